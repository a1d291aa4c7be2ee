"""What members fill in about customers."""

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from feedback.import_faults import advice


class BringForm(forms.Form):
    """The file with purchases."""

    file = forms.FileField(
        label=_("File with purchases"),
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.tsv,text/csv,text/plain", "class": "form-control"}),
        allow_empty_file=True,
        max_length=400,
    )

    @property
    def most(self) -> str:
        return f"{settings.IMPORT_MOST_BYTES // 1_000_000} MB"

    def too_large(self) -> None:
        """Say so although nothing of the file has been kept."""
        self.full_clean()
        self._errors = forms.utils.ErrorDict()
        self.add_error("file", advice("too_large", value=self.most))

"""What members fill in about customers."""

from django import forms
from django.utils.translation import gettext_lazy as _


class BringForm(forms.Form):
    """The file with purchases."""

    file = forms.FileField(
        label=_("File with purchases"),
        help_text=_("CSV in UTF-8, at most 20,000 rows and 5 MB."),
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv", "class": "form-control"}),
        allow_empty_file=True,
    )

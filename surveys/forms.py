"""Forms of surveys."""

from typing import Any

from django import forms
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from organizations.fields import NameField
from surveys import documents, languages, questionnaire, starters
from surveys.faults import Fault
from surveys.models import Basis
from surveys.questionnaire import Questionnaire


def posted(request: HttpRequest) -> QueryDict | None:
    """A form that was sent empty is still a form that was sent."""
    return request.POST if request.method == "POST" else None


def ready_languages() -> list[str]:
    """Those in which every template is worded."""
    offered = [starter.questionnaire().languages for starter in starters.STARTERS.values()]
    return [code for code in languages.CUSTOMER if all(code in codes for codes in offered)]


class NameForm(forms.Form):
    """Renames a survey, or names its copy."""

    name = NameField(label=gettext_lazy("Name"), max_length=120)


class StartForm(forms.Form):
    """A survey from a template."""

    starter = forms.ChoiceField(label=gettext_lazy("Template"), widget=forms.RadioSelect)
    name = NameField(
        label=gettext_lazy("Name"),
        max_length=120,
        required=False,
        help_text=gettext_lazy("Only your team sees it. Leave it empty to use the template's name."),
    )
    base_language = forms.ChoiceField(
        label=gettext_lazy("Main language"),
        help_text=gettext_lazy("Customers whose language you do not offer read this one."),
    )
    more = forms.MultipleChoiceField(
        label=gettext_lazy("Also in"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ready = [(code, languages.name(code)) for code in ready_languages()]
        choices = {"starter": [(starter.key, _(starter.name)) for starter in starters.STARTERS.values()]}
        for name, offered in (choices | {"base_language": ready, "more": ready}).items():
            self.fields[name].choices = offered  # type: ignore[attr-defined]  # they are ChoiceFields, see above

    def languages(self) -> list[str]:
        base = self.cleaned_data["base_language"]
        return [base, *(code for code in self.cleaned_data["more"] if code != base)]


class UploadForm(forms.Form):
    """A survey from a questionnaire's file."""

    name = NameField(label=gettext_lazy("Name"), max_length=120)
    basis = forms.ChoiceField(label=gettext_lazy("Asked"), choices=Basis.choices, initial=Basis.TRANSACTIONAL)
    document = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("A .json file that was downloaded from a survey here."),
        widget=forms.ClearableFileInput(attrs={"accept": "application/json,.json"}),
    )
    faults: tuple[Fault, ...] = ()

    def clean_document(self) -> Questionnaire:
        file = self.cleaned_data["document"]
        if file.size is None or file.size > documents.LARGEST:
            most = documents.LARGEST // 1024
            raise forms.ValidationError(_("The file is larger than %(most)s kB.") % {"most": most}, code="too_large")
        try:
            return questionnaire.read(file.read())
        except questionnaire.FaultyQuestionnaire as faulty:
            self.faults = faulty.faults
            raise forms.ValidationError(_("This file cannot be used; see below why."), code="faulty") from None

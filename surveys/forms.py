"""Forms of surveys and touchpoints."""

import dataclasses
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Field, Layout, Submit
from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from organizations.models import Organization
from surveys import documents, languages, questionnaire, starters, touchpoints
from surveys.faults import Fault
from surveys.models import BOUNDS, Basis, Survey, Touchpoint
from surveys.questionnaire import Questionnaire

TIMING = tuple(field.name for field in dataclasses.fields(touchpoints.Timing))


def posted(request: HttpRequest) -> QueryDict | None:
    """A form that was sent empty is still a form that was sent."""
    return request.POST if request.method == "POST" else None


def ready_languages() -> list[str]:
    """Those in which every template is worded."""
    offered = [starter.questionnaire().languages for starter in starters.STARTERS.values()]
    return [code for code in languages.CUSTOMER if all(code in codes for codes in offered)]


class NameForm(forms.Form):
    """Renames a survey, or names its copy."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)


class StartForm(forms.Form):
    """A survey from a template."""

    starter = forms.ChoiceField(label=gettext_lazy("Template"), widget=forms.RadioSelect)
    name = forms.CharField(
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

    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
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


class TouchpointForm(forms.ModelForm):  # type: ignore[type-arg]  # generic in the stubs alone
    """After which moment a survey is sent, how long after, and how often at the most."""

    class Meta:
        model = Touchpoint
        fields = ("name", "survey", *TIMING)
        labels = {
            "survey": gettext_lazy("Survey"),
            "days_after": gettext_lazy("Days after the purchase"),
            "quiet_period": gettext_lazy("Quiet period in days"),
            "open_for": gettext_lazy("Days the link stays open"),
            "only_younger_than": gettext_lazy("Only purchases younger than (days)"),
        }
        help_texts = {
            "name": gettext_lazy("Only your team sees it, for instance “After a delivery”."),
            "days_after": gettext_lazy("Long enough to have used it, short enough to remember. 0 sends the same day."),
            "quiet_period": gettext_lazy("Nobody is asked twice within it, whatever the survey. 0 switches it off."),
            "open_for": gettext_lazy("After that the page thanks her kindly and says that it is closed."),
            "only_younger_than": gettext_lazy(
                "Protects against asking about last year when you bring old purchases. "
                "Must be more than the days after which it is sent."
            ),
        }

    def __init__(self, *args: Any, organization: Organization, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["survey"].queryset = (  # type: ignore[attr-defined]  # a ModelChoiceField
            self._choosable(organization)
        )
        if self.instance.started_at is not None:
            self.fields["survey"].disabled = True
            self.fields["survey"].help_text = _(
                "It was started with this survey, and its figures belong to it. Make a new touchpoint for another one."
            )
        for name, (lowest, highest) in BOUNDS.items():
            self.fields[name].validators += [MinValueValidator(lowest), MaxValueValidator(highest)]
        self.helper = FormHelper()
        self.helper.attrs = {"novalidate": ""}
        self.helper.layout = Layout(
            "name",
            "survey",
            Div(
                Div(Field("days_after", inputmode="numeric"), css_class="col-md-6"),
                Div(Field("only_younger_than", inputmode="numeric"), css_class="col-md-6"),
                Div(Field("quiet_period", inputmode="numeric"), css_class="col-md-6"),
                Div(Field("open_for", inputmode="numeric"), css_class="col-md-6"),
                Div(Field("reminders", inputmode="numeric"), css_class="col-md-6"),
                Div(Field("days_between", inputmode="numeric"), css_class="col-md-6"),
                css_class="row",
            ),
            Submit("save", _("Save"), css_id="save-touchpoint"),
        )

    def _choosable(self, organization: Organization) -> Any:
        current = organization.surveys.filter(archived_at=None)
        if self.instance.survey_id:
            current |= organization.surveys.filter(pk=self.instance.survey_id)
        return current.order_by("name", "pk")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        after, limit = cleaned.get("days_after"), cleaned.get("only_younger_than")
        if after is not None and limit is not None and after >= limit:
            self.add_error(
                "only_younger_than",
                ngettext_lazy(
                    "It is sent after %(days)s day, so this must be more than %(days)s.",
                    "It is sent after %(days)s days, so this must be more than %(days)s.",
                    after,
                )
                % {"days": after},
            )
        if not self.errors:
            try:
                touchpoints.check(self.timing())
            except touchpoints.RemindsTooLate as refusal:
                self.add_error("reminders", str(refusal))
        return cleaned

    def timing(self) -> touchpoints.Timing:
        return touchpoints.Timing(**{name: self.cleaned_data[name] for name in TIMING})

    def survey(self) -> Survey:
        chosen = self.cleaned_data["survey"]
        assert isinstance(chosen, Survey)
        return chosen

"""The form of a touchpoint: after which moment a survey is sent, to whom, and how often at the most."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Field, Layout
from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from organizations.fields import NameField
from organizations.models import Organization
from surveys import rule_rows, touchpoints
from surveys.models import BOUNDS, Survey, Touchpoint
from surveys.rule_rows import Row
from surveys.rules import Rules
from surveys.touchpoints import Timing


class TouchpointForm(forms.ModelForm):  # type: ignore[type-arg]  # generic in the stubs alone
    """`rows` are its rules as rows of the form; with faults after a check that found some."""

    class Meta:
        model = Touchpoint
        fields = ("name", "survey", *BOUNDS)
        field_classes = {"name": NameField}
        labels = {
            "survey": gettext_lazy("Survey"),
            "days_after": gettext_lazy("Days after the purchase"),
            "quiet_period": gettext_lazy("Quiet period in days"),
            "open_for": gettext_lazy("Days the link stays open"),
            "only_younger_than": gettext_lazy("Only purchases younger than (days)"),
            "reminders": gettext_lazy("Reminders at the most"),
            "days_between": gettext_lazy("Days before each reminder"),
        }
        help_texts = {
            "name": gettext_lazy("Only your team sees it, for instance “After a delivery”."),
            "days_after": gettext_lazy("Long enough to have used it, short enough to remember. 0 sends the same day."),
            "quiet_period": gettext_lazy(
                "Nobody is asked twice within it, whatever the survey. It counts from the invitation; "
                "a reminder does not make it longer. 0 switches it off."
            ),
            "open_for": gettext_lazy("After that the page thanks her kindly and says that it is closed."),
            "only_younger_than": gettext_lazy(
                "Protects against asking about last year when you bring old purchases. "
                "Must be more than the days after which it is sent."
            ),
            "reminders": gettext_lazy(
                "0 to 3. Never after an answer, an opt-out, or a newer invitation. One is usual."
            ),
            "days_between": gettext_lazy("Counted from the mail before it."),
        }

    def __init__(
        self, *args: Any, organization: Organization, rows: tuple[Row, ...] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.rows = rows if rows is not None else self._rows()
        self._rules: Rules = ()
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
        self.helper = _helper("name", "survey", "days_after", "only_younger_than")
        self.manners = _helper("quiet_period", "open_for", "reminders", "days_between")

    def _rows(self) -> tuple[Row, ...]:
        if self.is_bound:
            return rule_rows.sent(self.data)
        return rule_rows.of(touchpoints.rules_of(self.instance)) if self.instance.pk else ()

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
        self._read_rules()
        return cleaned

    def _read_rules(self) -> None:
        try:
            self._rules = rule_rows.rules(self.rows)
        except rule_rows.FaultyRows as faulty:
            self.rows = faulty.rows
            self.add_error(None, _("A rule cannot be used like this; see beside it."))

    def timing(self) -> Timing:
        return Timing(**{name: self.cleaned_data[name] for name in BOUNDS})

    def rules(self) -> Rules:
        return self._rules

    def survey(self) -> Survey:
        chosen = self.cleaned_data["survey"]
        assert isinstance(chosen, Survey)
        return chosen


def _helper(*names: str) -> FormHelper:
    """Numbers stand two in a row."""
    helper = FormHelper()
    helper.form_tag, helper.disable_csrf, helper.form_show_errors = False, True, True
    wide = [name for name in names if name not in BOUNDS]
    numbers = [Div(Field(name, inputmode="numeric"), css_class="col-md-6") for name in names if name in BOUNDS]
    helper.layout = Layout(*wide, Div(*numbers, css_class="row"))
    return helper

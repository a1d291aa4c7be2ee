"""The filter bar: what the address says about survey, touchpoint and time, checked."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dashboards import periods, tallies
from dashboards.chosen import Chosen
from dashboards.labels import Labels
from dashboards.saying import PERIODS
from dashboards.segment import Segment
from surveys.models import Basis, Survey, Touchpoint

NO_SUCH_PERIOD = {
    "empty": ("start", gettext_lazy("Say from when, until when, or both.")),
    "too_early": ("start", gettext_lazy("Take a day from the year 2000 on.")),
    "backwards": ("end", gettext_lazy("The last day lies before the first. Swap them.")),
    "future": ("start", gettext_lazy("This day is still to come. Take today or an earlier day.")),
    "unknown": ("period", gettext_lazy("Choose one of these periods.")),
}
TREND_BY = [("", gettext_lazy("Automatic")), ("week", gettext_lazy("Weeks")), ("month", gettext_lazy("Months"))]


def _day() -> forms.DateInput:
    """As the browser's date field writes it into the address, whatever the language."""
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class FilterForm(forms.Form):
    """Everything is optional: without parameters it is the newest survey, all touchpoints, the last 90 days.

    Where those may not be shown the view takes a longer period instead (of_period).
    """

    survey = forms.TypedChoiceField(label=gettext_lazy("Survey"), required=False, coerce=int, empty_value=None)
    touchpoint = forms.TypedChoiceField(label=gettext_lazy("Touchpoint"), required=False, coerce=int, empty_value=None)
    period = forms.ChoiceField(label=gettext_lazy("Period"), required=False, choices=list(PERIODS.items()))
    start = forms.DateField(label=gettext_lazy("From"), required=False, widget=_day())
    end = forms.DateField(label=gettext_lazy("To"), required=False, widget=_day())
    segment = forms.CharField(label=gettext_lazy("Segment"), required=False, max_length=200, widget=forms.Select)
    by = forms.ChoiceField(label=gettext_lazy("Trend by"), required=False, choices=TREND_BY)

    field_order = ("period", "start", "end", "touchpoint", "survey", "segment", "by")

    def __init__(
        self,
        data: Any,
        *,
        surveys: Sequence[Survey],
        touchpoints: Sequence[Touchpoint],
        today: date,
        labels: Labels | None = None,
    ) -> None:
        super().__init__(self._with_defaults(data))
        self.surveys, self.touchpoints, self.today = surveys, touchpoints, today
        survey = self._survey(self.data.get("survey", ""), self.data.get("touchpoint", ""))
        self.labels = self._labels(survey) if labels is None else labels
        if survey is not None and survey.basis == Basis.RELATIONAL:
            # It is counted by quarters, and told by them.
            del self.fields["by"]
        self._select("segment").choices = [("", _("All segments")), *self.labels.groups()]
        self._field("survey").choices = [(survey.pk, survey.name) for survey in surveys]
        self._field("touchpoint").choices = [("", _("All touchpoints")), *((t.pk, t.name) for t in touchpoints)]
        for field in self.fields.values():
            field.error_messages["invalid_choice"] = _("This is not one of the choices. Choose one from the list.")
            field.error_messages["invalid"] = _("Write the day as year-month-day, such as 2026-03-31.")
            if isinstance(field, forms.DateField):
                field.input_formats = ["%Y-%m-%d"]
        for name, field in self.fields.items():
            field.widget.attrs |= {"class": self._classes(name), "id": f"filter-{name}"}

    def _labels(self, survey: Survey | None) -> Labels:
        """Of the survey that the address says, before it is checked: its values are what may be chosen."""
        return Labels() if survey is None else Labels.of(survey, self.touchpoints, tallies.dimensions(survey.pk))

    def _survey(self, survey: object, touchpoint: object) -> Survey | None:
        """Without a survey that of the touchpoint, else the first one."""
        asked = next((it.survey_id for it in self.touchpoints if str(it.pk) == str(touchpoint)), None)
        wanted = str(survey or asked or "")
        return next((it for it in self.surveys if str(it.pk) == wanted), self.surveys[0] if self.surveys else None)

    @property
    def names_a_period(self) -> bool:
        """Whether the address itself says which days are meant."""
        return self._names_a_period

    def of_period(self, name: str) -> "FilterForm":
        """The same choice over another period."""
        said = {**self.data, "period": name}
        return FilterForm(
            said, surveys=self.surveys, touchpoints=self.touchpoints, today=self.today, labels=self.labels
        )

    def _with_defaults(self, data: Any) -> dict[str, Any]:
        """So that the bar shows what is looked at; a day alone says that a span is meant."""
        given = {name: value for name, value in data.items() if name in self.base_fields}
        self._names_a_period = any(given.get(name) for name in ("period", "start", "end"))
        if not given.get("period"):
            given["period"] = periods.CUSTOM if given.get("start") or given.get("end") else periods.DEFAULT
        return given

    def _field(self, name: str) -> forms.ChoiceField:
        field = self.fields[name]
        if not isinstance(field, forms.ChoiceField):
            raise TypeError(f"{name} is no choice")
        return field

    def _select(self, name: str) -> forms.Select:
        widget = self.fields[name].widget
        if not isinstance(widget, forms.Select):
            raise TypeError(f"{name} is not chosen from a list")
        return widget

    def _classes(self, name: str) -> str:
        kind = "form-control" if name in ("start", "end") else "form-select"
        return f"{kind} is-invalid" if name in self.errors else kind

    def clean_segment(self) -> Segment | None:
        """Another survey was chosen beside it: the segment may belong to the one before."""
        said = self.cleaned_data["segment"]
        meant = list(Segment.readings(said))
        found = next((it for it in meant if it.value in self.labels.values.get(it.dimension, ())), None)
        organization = self.surveys[0].organization_id if self.surveys else None
        if found or not said or any(tallies.is_known(organization, it) for it in meant[:5]):
            return found
        raise forms.ValidationError(_("This is not one of the choices. Choose one from the list."))

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("touchpoint") and values.get("segment"):
            self.add_error("segment", _("Answers are counted by touchpoint or by segment. Choose one of both."))
        if not self.errors:
            span = {"start": values.get("start"), "end": values.get("end")}
            try:
                values["period"] = periods.of(values["period"], today=self.today, **span)
            except periods.NoSuchPeriod as refusal:
                field, sentence = NO_SUCH_PERIOD[refusal.code]
                self.add_error(field, str(sentence))
        return values

    @property
    def chosen(self) -> Chosen | None:
        """None where the address says something impossible: the errors say what."""
        if not self.is_valid() or not self.surveys:
            return None
        values = self.cleaned_data
        touchpoint = next((t for t in self.touchpoints if t.pk == values["touchpoint"]), None)
        survey = self._survey(values["survey"], values["touchpoint"])
        if survey is None:
            return None
        if touchpoint is not None and touchpoint.survey_id != survey.pk:
            # Another survey was chosen beside it: the touchpoint belongs to the one before.
            touchpoint = None
        return Chosen(survey, touchpoint, values["period"], values.get("by", ""), values["segment"])

"""Which period is shown first, and which wider choice is near to one that would give away the few it leaves out."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import urlencode

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from dashboards import figures, periods, reading, suppression
from dashboards.chosen import Chosen
from dashboards.figures import FIGURES
from dashboards.periods import Period
from dashboards.reading import Bases, Sight
from dashboards.saying import WIDER
from surveys.models import Question

FIRST = (periods.DEFAULT, "365d", periods.ALL)


@dataclass(frozen=True)
class Wider:
    """A choice that may be shown, and what a link to it says."""

    chosen: Chosen
    label: str | Promise

    @property
    def query(self) -> str:
        """As an address says it."""
        chosen, span = self.chosen, self.chosen.period.span
        is_custom = chosen.period.name == periods.CUSTOM
        said = {
            "survey": chosen.survey.pk,
            "touchpoint": chosen.touchpoint.pk if chosen.touchpoint else "",
            "segment": chosen.part or "",
            "period": chosen.period.name,
            "start": span.start if is_custom else "",
            "end": span.end if is_custom else "",
            "by": chosen.by,
        }
        return urlencode({name: value for name, value in said.items() if value})


def first(chosen: Chosen, questions: Sequence[Question], *, today: date, sight: Sight) -> str:
    """The name of the shortest of the usual periods that may be shown; the usual one where none may."""
    counts = reading.counter(chosen.survey, segment=chosen.segment, sight=sight)
    for name in FIRST:
        if may_be_shown(counts(periods.of(name, today=today).span), questions, k=sight.k):
            return name
    return periods.DEFAULT


def nearest(chosen: Chosen, questions: Sequence[Question], *, today: date, sight: Sight) -> Wider | None:
    """The first wider choice that may be shown; a longer time comes before all touchpoints."""

    def is_one(wider: Wider) -> bool:
        counts = reading.counter(wider.chosen.survey, segment=wider.chosen.segment, sight=sight)
        return may_be_shown(counts(wider.chosen.period.span), questions, k=sight.k)

    return next(filter(is_one, _wider(chosen, today)), None)


def may_be_shown(bases: Mapping[int, Bases], questions: Sequence[Question], *, k: int) -> bool:
    """Whether some figure may be told, and none would give away the few that the choice leaves out."""
    scored = [bases[question.pk] for question in questions if question.figure in FIGURES and question.pk in bases]
    if any(figures.is_refused(it.now, it.outer, k=k) for it in scored):
        return False
    return any(it.now and not suppression.is_too_few(it.now, k=k) for it in scored)


def _wider(chosen: Chosen, today: date) -> Iterator[Wider]:
    for name in FIRST:
        period = periods.of(name, today=today)
        if _begins_earlier(period, chosen.period):
            yield Wider(replace(chosen, period=period), WIDER[name])
    everything = periods.of(periods.ALL, today=today)
    if chosen.touchpoint:
        yield Wider(replace(chosen, touchpoint=None), _("Show all touchpoints"))
        yield Wider(replace(chosen, touchpoint=None, period=everything), _("Show all touchpoints and all time"))
    if chosen.part:
        yield Wider(replace(chosen, part=None), _("Show all segments"))
        yield Wider(replace(chosen, part=None, period=everything), _("Show all segments and all time"))


def _begins_earlier(period: Period, than: Period) -> bool:
    start, other = period.span.start, than.span.start
    return other is not None and (start is None or start < other)

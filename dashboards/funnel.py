"""From those who were asked to those who answered: the steps, the rates by their names, and who fell out on the way."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet, Sum
from django.db.models.expressions import RawSQL
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from dashboards import dispositions, durations, metrics, rounding, suppression
from dashboards.chosen import Chosen
from dashboards.dispositions import Dispositions
from dashboards.kpi import Kpi
from dashboards.models import DailyAsked
from dashboards.saying import Teller
from dashboards.shown import Cell, Table, number

SUMMED = (
    *("waiting", "withheld", "ineligible", "bounced", "refused", "partial", "completed", "silent"),
    *("started", "in_doubt", "failed"),
)
MINUTE, HOUR, DAY = 60, 3600, 86400

Rate = Callable[[Dispositions], Kpi]
# The name says of whom a rate is a share: a "response rate" alone could be any of three.
RATES: Sequence[tuple[Rate, str | Promise, str | Promise]] = (
    (
        dispositions.response_rate,
        gettext_lazy("Response rate (AAPOR RR2)"),
        gettext_lazy("answered in full or in part, of all sent"),
    ),
    (
        dispositions.complete_response_rate,
        gettext_lazy("Complete response rate (AAPOR RR1)"),
        gettext_lazy("answered to the end, of all sent"),
    ),
    (
        dispositions.response_rate_delivered,
        gettext_lazy("Response rate of delivered mails"),
        gettext_lazy("larger, since mails that came back are left out; no AAPOR rate"),
    ),
    (dispositions.delivery_rate, gettext_lazy("Delivery rate"), gettext_lazy("delivered, of all sent")),
    (dispositions.start_rate, gettext_lazy("Start rate"), gettext_lazy("began to answer, of delivered")),
    (
        dispositions.completion_rate,
        gettext_lazy("Completion rate"),
        gettext_lazy("answered to the end, of those who began; no response rate"),
    ),
    (
        dispositions.cooperation_rate,
        gettext_lazy("Cooperation rate (AAPOR COOP1)"),
        gettext_lazy("answered to the end, of those who answered or refused"),
    ),
    (
        dispositions.refusal_rate,
        gettext_lazy("Refusal rate (AAPOR REF1)"),
        gettext_lazy("opted out or broke off before the first score, of all sent"),
    ),
)


@dataclass(frozen=True)
class Counted:
    """What became of the invitations of a span, added up."""

    outcomes: Mapping[str, int]
    durations: Mapping[int, int]
    # Silent ones whose links are still open; at most, since links are known by the last one of each day.
    may_answer: int

    @property
    def invitations(self) -> int:
        left = ("waiting", "withheld", "ineligible", "bounced", "refused", "partial", "completed", "silent")
        return sum(self.outcomes[name] for name in left)

    @property
    def dispositions(self) -> Dispositions:
        it = self.outcomes
        return Dispositions(
            sent=self.invitations - it["waiting"] - it["withheld"],
            ineligible=it["ineligible"],
            bounced=it["bounced"],
            opened=0,  # nobody counts opens: mail programs open all or none
            started=it["started"],
            partial=it["partial"],
            completed=it["completed"],
            refused=it["refused"],
        )


@dataclass(frozen=True)
class Step:
    name: str
    count: int
    said: str
    share: str
    number: Cell
    width: str


@dataclass(frozen=True)
class NamedRate:
    name: str
    figure: Kpi
    value: str
    of: str


@dataclass(frozen=True)
class Funnel:
    """As a page shows it; without steps and rates, why."""

    steps: Sequence[Step]
    rates: Sequence[NamedRate]
    # Who fell out, or stands aside, and how many.
    others: Sequence[tuple[str, int, str]]
    median: str
    answered: str
    may_answer: str
    window: str
    missing: str = ""

    @property
    def table(self) -> Table:
        """For a download: the numbers as they stand on the page."""
        rows: list[Sequence[Cell]] = [(step.name, step.count, step.number) for step in self.steps]
        rows += [(rate.name, None, number(rounding.value(rate.figure))) for rate in self.rates]
        rows += [(name, n, None) for name, n, _said in self.others]
        rows += [(_("Time to answer, median"), self.median, None)] if self.median else []
        return Table([_("Step or rate"), _("Invitations"), _("Percent")], rows)

    @property
    def width(self) -> str:
        """Of the headline's bar, for a picture."""
        return f"{self.rates[0].figure.value or 0:.2f}" if self.rates else "0"

    @property
    def headline(self) -> NamedRate | None:
        return self.rates[0] if self.rates else None


def of(chosen: Chosen, *, tell: Teller, now: datetime) -> Funnel | None:
    """None where nobody was asked on these days. Invitations are no answers: their numbers are told however few.

    A rate is about people and is told from the minimum group on, of those who were asked.
    """
    window = tell.span(chosen.period.span)
    if chosen.part is not None:
        return Funnel(
            [], [], [], "", "", "", window, _("Invitations are counted by touchpoint, and by no other segment.")
        )
    counted = read(chosen, now=now)
    if not counted.invitations:
        return None
    sums = counted.dispositions
    few = suppression.is_too_few(sums.eligible, k=tell.k)
    missing = _("%(n)s of %(k)s sent invitations needed") % {"n": sums.eligible, "k": tell.k} if few else ""
    is_told = bool(sums.eligible) and not few
    answers = sums.completed + sums.partial
    return Funnel(
        steps=_steps(counted, tell) if is_told else [],
        rates=[_named(rate, name, of, sums, tell) for rate, name, of in RATES] if is_told else [],
        others=_others(counted, tell, is_told=is_told),
        median=_median(counted, tell),
        answered=_("%(answers)s of %(sent)s answered")
        % {"answers": tell.count(answers), "sent": tell.count(sums.eligible)},
        may_answer=_may_answer(counted, tell),
        window=window,
        missing=missing or ("" if is_told else _("No invitation has left yet")),
    )


def read(chosen: Chosen, *, now: datetime) -> Counted:
    """Two queries over as many rows as there are days and touchpoints, however many were asked."""
    rows = _rows(chosen)
    still = Sum("silent", filter=Q(open_until__gt=now), default=0)
    sums = rows.aggregate(may_answer=still, **{name: Sum(name, default=0) for name in SUMMED})
    steps = rows.annotate(
        step=RawSQL("(jsonb_each_text(durations)).key", ()), n=RawSQL("(jsonb_each_text(durations)).value::int", ())
    )
    found: dict[int, int] = {}
    for step, n in steps.values_list("step", "n"):
        found[int(step)] = found.get(int(step), 0) + n
    return Counted(sums, found, sums.pop("may_answer"))


def _rows(chosen: Chosen) -> QuerySet[DailyAsked, Any]:
    span = chosen.period.span
    rows = DailyAsked.objects.filter(survey=chosen.survey, day__lte=span.end)
    if span.start:
        rows = rows.filter(day__gte=span.start)
    return rows.filter(touchpoint=chosen.touchpoint) if chosen.touchpoint else rows


def _steps(counted: Counted, tell: Teller) -> list[Step]:
    sums = counted.dispositions
    counts = [
        (_("Sent"), sums.eligible),
        (_("Delivered"), sums.delivered),
        (_("Started"), sums.started),
        (_("Completed"), sums.completed),
    ]
    shares = [(name, n, metrics.percent(n, sums.eligible)) for name, n in counts]
    return [
        Step(name, n, tell.count(n), tell.with_unit(share), number(rounding.value(share)), f"{share.value or 0:.2f}")
        for name, n, share in shares
    ]


def _named(rate: Rate, name: str | Promise, of: str | Promise, sums: Dispositions, tell: Teller) -> NamedRate:
    figure = rate(sums)
    return NamedRate(str(name), figure, tell.with_unit(figure) if figure.value is not None else "–", str(of))


def _others(counted: Counted, tell: Teller, *, is_told: bool) -> list[tuple[str, int, str]]:
    it = counted.outcomes
    named = [
        (_("Waiting to leave"), it["waiting"]),
        (_("Withheld: it was no longer right to send it"), it["withheld"]),
    ]
    if is_told:
        named += [
            (_("Came back, or could not be sent"), it["bounced"]),
            (_("of those, failed when sending"), it["failed"]),
            (_("In doubt: left, and nobody confirmed it; counted as delivered"), it["in_doubt"]),
            (_("Answered in part"), it["partial"]),
            (_("Refused: opted out, or broke off before the first score"), it["refused"]),
            (_("Left out of the figures: not counted as sent"), it["ineligible"]),
        ]
    return [(name, n, tell.count(n)) for name, n in named if n]


def _median(counted: Counted, tell: Teller) -> str:
    if suppression.is_too_few(sum(counted.durations.values()), k=tell.k):
        return ""
    seconds = durations.percentile(counted.durations, 0.5)
    return "" if seconds is None else lasting(seconds)


def lasting(seconds: float) -> str:
    """As people say it: 45 minutes, 5 hours, 3 days."""
    if seconds < 90 * MINUTE:
        n = max(1, round(seconds / MINUTE))
        return ngettext("%(n)d minute", "%(n)d minutes", n) % {"n": n}
    if seconds < 36 * HOUR:
        n = round(seconds / HOUR)
        return ngettext("%(n)d hour", "%(n)d hours", n) % {"n": n}
    n = round(seconds / DAY)
    return ngettext("%(n)d day", "%(n)d days", n) % {"n": n}


def _may_answer(counted: Counted, tell: Teller) -> str:
    n = counted.may_answer
    if not n:
        return ""
    return ngettext("up to %(n)s may still answer", "up to %(n)s may still answer", n) % {"n": tell.count(n)}

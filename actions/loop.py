"""How the follow-up goes: cases opened, open, overdue, and closed in time; the same for everybody, without a person."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, F, IntegerField, Q, QuerySet, Value
from django.db.models.functions import Coalesce, Extract, Round

from actions.models import Case, CaseState, Cause, Outcome
from dashboards import suppression, survival
from dashboards.kpi import Kpi
from dashboards.survival import CaseTime
from organizations.models import Member, Organization

PERIODS = (30, 90, 365)


@dataclass(frozen=True)
class Waiting:
    """What waits now, of all cases or of one member's."""

    open: int
    overdue: int
    soon: int
    unassigned: int


@dataclass(frozen=True)
class Loop:
    """Of the cases opened in a period; the figures are None with a reason below the minimum group."""

    opened: int
    closed: int
    closure: Kpi
    on_time: Kpi
    median: Kpi
    outcomes: list[tuple[str, int]]
    causes: list[tuple[str, int]]


def waiting(organization: Organization, *, now: datetime, owner: Member | None = None) -> Waiting:
    """One query."""
    cases = Case.objects.filter(organization=organization).open()
    found: dict[str, int] = (cases.filter(owner=owner) if owner else cases).aggregate(
        open=Count("pk"),
        overdue=Count("pk", filter=Q(due_at__lt=now)),
        soon=Count("pk", filter=Q(due_at__gte=now, due_at__lt=now + timedelta(hours=24))),
        unassigned=Count("pk", filter=Q(owner=None)),
    )
    return Waiting(**found)


def of(organization: Organization, *, days: int, now: datetime) -> Loop:
    """Cohort by day of opening; cases whose response was erased while open are in none of the figures."""
    cohort = Case.objects.filter(
        organization=organization, opened_at__gt=now - timedelta(days=days), opened_at__lte=now
    )
    cohort = cohort.exclude(outcome=Outcome.ERASED)
    times = _times(cohort, now=now)
    closed, k = sum(time.closed for time in times), organization.minimum_group
    median = survival.median_time([time.days for time in times], [time.closed for time in times])
    tell = closed >= k
    return Loop(
        opened=len(times),
        closed=closed,
        closure=suppression.guarded(survival.closure_rate(times), k=k),
        on_time=suppression.guarded(survival.on_time_rate(times), k=k),
        median=suppression.guarded(median, k=k),
        outcomes=_counts(cohort, "outcome", Outcome) if tell else [],
        causes=_counts(cohort, "cause", Cause) if tell else [],
    )


def _times(cohort: QuerySet[Case], *, now: datetime) -> list[CaseTime]:
    """Counted in tenths of days by the database: alike cases are one row, and a year has few enough for fractions.

    Whether the promise was kept is judged to the second; `allowed` only carries it on.
    """
    ended = Coalesce("closed_at", Value(now))
    grouped = (
        cohort.annotate(
            tenths=Round(Extract(ended - F("opened_at"), "epoch") / 8640.0, output_field=IntegerField()),
            is_closed=Q(closed_at__isnull=False),
            in_time=Q(promised_at__gte=ended),
        )
        .order_by()
        .values_list("tenths", "is_closed", "in_time")
        .annotate(n=Count("pk"))
    )
    return [
        case
        for tenths, is_closed, in_time, n in grouped
        for case in [CaseTime(tenths / 10, is_closed, tenths / 10 if in_time else tenths / 10 - 1)] * n
    ]


def _counts(cohort: Any, field: str, names: Any) -> list[tuple[str, int]]:
    """The most frequent first."""
    found = cohort.filter(state=CaseState.CLOSED).order_by().values_list(field).annotate(n=Count("pk"))
    return sorted(((str(names(value).label), n) for value, n in found), key=lambda row: (-row[1], row[0]))

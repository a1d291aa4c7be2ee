"""How the follow-up goes, in figures that open cases cannot flatter."""

from datetime import datetime, timedelta

import pytest

from actions import casework, closing, loop
from actions.models import Case, Cause, Outcome
from dashboards import kpi
from feedback import answering
from organizations.models import Member, Organization, Role
from tests import factories
from tests.actions.unhappy import case_of

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture
def carla(acme: Organization) -> Member:
    return factories.cast(acme)[Role.CASE_WORKER]


def opened(acme: Organization, days_ago: float, *, now: datetime, closed_after: float | None = None) -> Case:
    """Due two days after it was opened; closed after so many days, or still open."""
    case = case_of(acme, f"Anna {Case.objects.count()}", now=now - days_ago * DAY)
    at = case.opened_at
    Case.objects.filter(pk=case.pk).update(due_at=at + 2 * DAY, promised_at=at + 2 * DAY)
    if closed_after is not None:
        carla = acme.members.get(role=Role.CASE_WORKER)
        closing.close(case, outcome=Outcome.EXPLAINED, cause=Cause.DELIVERY, by=carla, now=at + closed_after * DAY)
    return case


def test_shares_and_median_of_seven_cases_by_hand(acme: Organization, carla: Member, now: datetime) -> None:
    for closed_after in (1, 1, 2, 3):
        opened(acme, 10, now=now, closed_after=closed_after)
    opened(acme, 10, now=now)  # past its due time
    opened(acme, 1, now=now)  # young
    opened(acme, 1, now=now)

    found = loop.of(acme, days=30, now=now)

    assert (found.opened, found.closed) == (7, 4)
    assert found.closure.value == pytest.approx(100 * 4 / 7)
    # Closed in time: 1, 1, 2 of the four closed and the one overdue; the young ones are no failures.
    assert found.on_time.value == pytest.approx(100 * 3 / 5)
    # Kaplan and Meier: after a day 5/7 are open; the young leave; after two 5/7 · 2/3 < 1/2.
    assert found.median.value == 2.0
    assert found.causes == []  # of four cases nobody is told what lay behind them


def test_causes_and_outcomes_are_counted_from_the_minimum_group_on(
    acme: Organization, carla: Member, now: datetime
) -> None:
    for _case in range(5):
        opened(acme, 10, now=now, closed_after=1)

    found = loop.of(acme, days=30, now=now)

    assert found.causes == [("delivery: late, lost or damaged", 5)]
    assert found.outcomes == [("explained or apologised", 5)]


def test_where_half_were_never_closed_there_is_no_median(acme: Organization, carla: Member, now: datetime) -> None:
    for _case in range(5):
        opened(acme, 10, now=now)
    opened(acme, 10, now=now, closed_after=1)

    found = loop.of(acme, days=30, now=now)

    assert (found.median.value, found.median.reason) == (None, kpi.DEGENERATE)


def test_fewer_than_the_minimum_group_give_no_figure(acme: Organization, carla: Member, now: datetime) -> None:
    for _case in range(4):
        opened(acme, 10, now=now, closed_after=1)

    found = loop.of(acme, days=30, now=now)

    assert [figure.reason for figure in (found.closure, found.on_time, found.median)] == [kpi.SUPPRESSED] * 3
    assert (found.causes, found.outcomes) == ([], [])
    assert found.opened == 4


def test_moving_the_due_time_makes_nobody_punctual(acme: Organization, carla: Member, now: datetime) -> None:
    for _case in range(5):
        late = opened(acme, 10, now=now)
        casework.change_due(late, due_at=now + 9 * DAY, by=carla, now=now - 9 * DAY)
        closing.close(late, outcome=Outcome.EXPLAINED, cause=Cause.PRICE, by=carla, now=now)

    assert loop.of(acme, days=30, now=now).on_time.value == 0


def test_a_case_whose_response_was_erased_while_open_is_neither_success_nor_failure(
    acme: Organization, carla: Member, now: datetime
) -> None:
    case = opened(acme, 10, now=now)
    assert case.response is not None
    answering.erase(case.response, by=acme.members.get(role=Role.OWNER), now=now)

    assert loop.of(acme, days=30, now=now).opened == 0


def test_what_waits_now_is_counted_for_all_and_for_one(acme: Organization, carla: Member, now: datetime) -> None:
    casework.take(opened(acme, 10, now=now), by=carla, now=now)
    opened(acme, 1.5, now=now)
    opened(acme, 0.5, now=now)

    assert loop.waiting(acme, now=now) == loop.Waiting(open=3, overdue=1, soon=1, unassigned=2)
    assert loop.waiting(acme, now=now, owner=carla) == loop.Waiting(open=1, overdue=1, soon=0, unassigned=0)

"""What became of those who were asked: each invitation has one outcome, whatever happened to it."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboards import asked, durations
from dashboards.models import DailyAsked
from feedback import answering, mailing, suppressing
from feedback.models import Invitation, Message, MessageState, Purpose, SuppressionReason
from organizations.models import Organization, Role
from surveys.models import Touchpoint
from tests import factories
from tests.dashboards.verbs import answered, score
from tests.factories import NOW

TODAY = date(2026, 3, 10)


@pytest.fixture
def touchpoint(db: None) -> Touchpoint:
    organization = factories.organization()
    factories.cast(organization)
    return factories.touchpoint(organization)


def ask(
    touchpoint: Touchpoint, *, state: str | None = MessageState.SENT, at: datetime = NOW, **fields: Any
) -> Invitation:
    purchase = factories.purchase(factories.customer(touchpoint.organization))
    invitation = factories.invitation(purchase, touchpoint=touchpoint, now=at)
    if state is not None:
        message = mailing.draft(
            invitation, purpose=Purpose.INVITATION, not_before=at, give_up_at=at + timedelta(days=2), now=at
        )
        message.state, message.sent_at = state, at if state == MessageState.SENT else None
        message.lease_until = at
        message.save()
    return invitation


def counted(touchpoint: Touchpoint, day: date = TODAY) -> dict[str, int]:
    found = DailyAsked.objects.filter(touchpoint=touchpoint, day=day).values().first()
    row: dict[str, Any] = dict(found) if found else {}
    kept = {name: value for name, value in row.items() if isinstance(value, int) and not name.endswith("id") and value}
    kept.pop("newest", None)
    return kept


def recount(touchpoint: Touchpoint) -> int:
    return asked.recount(touchpoint.organization)


@pytest.mark.parametrize(
    ("state", "becomes"),
    [
        (None, {"waiting": 1}),
        (MessageState.QUEUED, {"waiting": 1}),
        (MessageState.WIRE, {"waiting": 1}),
        (MessageState.WITHHELD, {"withheld": 1}),
        (MessageState.SENT, {"silent": 1}),
        (MessageState.IN_DOUBT, {"silent": 1, "in_doubt": 1}),
        (MessageState.FAILED, {"bounced": 1, "failed": 1}),
    ],
)
def test_a_mail_says_what_became_of_those_who_are_silent(
    touchpoint: Touchpoint, state: str | None, becomes: dict[str, int]
) -> None:
    ask(touchpoint, state=state)
    recount(touchpoint)

    assert counted(touchpoint) == becomes


def test_an_answer_counts_as_complete_partial_or_a_break_off_before_the_question(touchpoint: Touchpoint) -> None:
    answered(ask(touchpoint), now=NOW + timedelta(hours=5), nps=score(9))
    answered(ask(touchpoint), now=NOW, is_complete=False, nps=score(9))
    answered(ask(touchpoint), now=NOW, is_complete=False)
    recount(touchpoint)

    assert counted(touchpoint) == {"completed": 1, "partial": 1, "refused": 1, "started": 3}


def test_whoever_answered_was_reached_though_her_mail_is_said_to_have_failed(touchpoint: Touchpoint) -> None:
    answered(ask(touchpoint, state=MessageState.FAILED), now=NOW, nps=score(9))
    recount(touchpoint)

    assert counted(touchpoint) == {"completed": 1, "started": 1}


def test_a_response_left_out_of_the_figures_was_not_eligible(touchpoint: Touchpoint) -> None:
    response = answered(ask(touchpoint), now=NOW, nps=score(9))
    quentin = touchpoint.organization.members.get(role=Role.QUALITY_MANAGER)
    answering.exclude(response, why="Our own test", by=quentin, now=NOW)
    recount(touchpoint)

    assert counted(touchpoint) == {"ineligible": 1}


@pytest.mark.parametrize(
    ("days", "becomes"), [(-1, {"silent": 1}), (0, {"refused": 1}), (29, {"refused": 1}), (31, {"silent": 1})]
)
def test_an_opt_out_while_the_link_was_open_is_a_refusal(
    touchpoint: Touchpoint, days: int, becomes: dict[str, int]
) -> None:
    invitation = ask(touchpoint)
    suppressing.suppress(
        touchpoint.organization,
        address_key=invitation.address_key,
        reason=SuppressionReason.OPTED_OUT,
        now=NOW + timedelta(days=days),
    )
    recount(touchpoint)

    assert counted(touchpoint) == becomes


@pytest.mark.parametrize(("days", "becomes"), [(2, {"bounced": 1}), (9, {"silent": 1})])
def test_a_mail_that_came_back_within_days_was_not_delivered(
    touchpoint: Touchpoint, days: int, becomes: dict[str, int]
) -> None:
    invitation = ask(touchpoint)
    suppressing.suppress(
        touchpoint.organization,
        address_key=invitation.address_key,
        reason=SuppressionReason.BOUNCED,
        now=NOW + timedelta(days=days),
    )
    recount(touchpoint)

    assert counted(touchpoint) == becomes


def test_a_reminder_is_no_second_invitation(touchpoint: Touchpoint) -> None:
    invitation = ask(touchpoint)
    first = Message.objects.get()
    Message.objects.create(
        organization=touchpoint.organization,
        invitation=invitation,
        purpose=Purpose.REMINDER,
        number=1,
        uuid="00000000-0000-4000-8000-000000000001",
        to=first.to,
        address_key=first.address_key,
        not_before=NOW,
        give_up_at=NOW,
        created_at=NOW,
    )
    recount(touchpoint)

    assert counted(touchpoint) == {"silent": 1}


def test_days_are_the_organizations(touchpoint: Touchpoint) -> None:
    ask(touchpoint, at=datetime.fromisoformat("2026-03-09T23:30:00+00:00"))  # half past midnight in Berlin
    recount(touchpoint)

    assert counted(touchpoint) == {"silent": 1}
    assert counted(touchpoint, TODAY - timedelta(days=1)) == {}


def test_a_recount_of_some_days_leaves_the_others_and_takes_away_what_is_gone(touchpoint: Touchpoint) -> None:
    old, new = ask(touchpoint, at=NOW - timedelta(days=50)), ask(touchpoint)
    recount(touchpoint)
    Message.objects.all().delete()
    Invitation.objects.filter(pk__in=[old.pk, new.pk]).delete()

    asked.recount(touchpoint.organization, days=[TODAY])

    assert [row.day for row in asked.rows_of(touchpoint.organization)] == [date(2026, 1, 19)]
    recount(touchpoint)
    assert asked.rows_of(touchpoint.organization) == []


def test_the_counts_of_an_organization_go_with_its_last_invitation(touchpoint: Touchpoint) -> None:
    ask(touchpoint)
    asked.sweep(now=NOW)
    Message.objects.all().delete()
    Invitation.objects.all().delete()

    asked.sweep(now=NOW)

    assert asked.rows_of(touchpoint.organization) == []


def test_an_organization_that_cannot_be_counted_keeps_no_other_from_being_counted(touchpoint: Touchpoint) -> None:
    others = [factories.touchpoint(factories.organization(name)) for name in ("Globex", "Initech")]
    for each in (touchpoint, *others):
        ask(each)
    Organization.objects.filter(name="Globex").update(time_zone="Mars/Olympus_Mons")

    asked.sweep_all()

    assert [counted(each) for each in (touchpoint, *others)] == [{"silent": 1}, {}, {"silent": 1}]


def test_the_sweep_finds_what_was_asked_or_answered_since_whatever_day_it_belongs_to(touchpoint: Touchpoint) -> None:
    old = ask(touchpoint, at=NOW - timedelta(days=20))
    asked.sweep(now=NOW)
    assert counted(touchpoint, date(2026, 2, 18)) == {"silent": 1}

    answered(old, now=NOW, nps=score(9))
    asked.sweep(now=NOW)

    assert counted(touchpoint, date(2026, 2, 18)) == {"completed": 1, "started": 1}


def test_counting_some_days_and_counting_all_come_to_the_same(
    touchpoint: Touchpoint, freeze: Callable[[Any], None]
) -> None:
    for days in range(6):
        answered(ask(touchpoint, at=NOW - timedelta(days=days)), now=NOW, nps=score(days))
    asked.sweep(now=NOW)
    by_day = [str(vars(row) | {"_state": 0, "id": 0}) for row in asked.rows_of(touchpoint.organization)]
    DailyAsked.objects.all().delete()

    recount(touchpoint)

    assert [str(vars(row) | {"_state": 0, "id": 0}) for row in asked.rows_of(touchpoint.organization)] == by_day


def test_how_long_answers_took_is_counted_from_the_mail_in_the_same_steps_as_everywhere(touchpoint: Touchpoint) -> None:
    waits = [timedelta(seconds=20), timedelta(seconds=60), timedelta(minutes=7), timedelta(hours=5), timedelta(days=20)]
    for wait in waits:
        answered(ask(touchpoint), now=NOW + wait, nps=score(9))
    recount(touchpoint)

    steps = DailyAsked.objects.get().durations

    expected: dict[str, int] = {}
    for wait in waits:
        step = str(durations.step_of(wait.total_seconds()))
        expected[step] = expected.get(step, 0) + 1
    assert steps == expected


@given(st.floats(60, 10_000_000))
def test_a_time_lies_within_its_step(seconds: float) -> None:
    step = durations.step_of(seconds)

    assert durations.lower(step) * 0.999 <= seconds <= durations.upper(step) * 1.001


@given(st.lists(st.floats(60, 5_000_000), min_size=1, max_size=60))
def test_the_median_of_steps_is_near_to_the_median_of_the_times(times: list[float]) -> None:
    steps: dict[int, int] = {}
    for time in times:
        steps[durations.step_of(time)] = steps.get(durations.step_of(time), 0) + 1
    ordered = sorted(times)
    low, high = ordered[(len(times) - 1) // 2], ordered[len(times) // 2]

    median = durations.percentile(steps, 0.5)

    assert median is not None
    assert low / 1.2501 <= median <= high * 1.2501


def test_without_times_there_is_no_median() -> None:
    assert durations.percentile({}, 0.5) is None


def test_a_median_half_way_through_a_step() -> None:
    # Two of four in the step from 1 to 1.25 minutes: its middle on a logarithmic scale.
    assert durations.percentile({0: 1, 1: 2, 2: 1}, 0.5) == pytest.approx(60 * 1.25**0.5)


def test_a_share_outside_nought_to_one_is_refused() -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        durations.percentile({0: 1}, 1.5)

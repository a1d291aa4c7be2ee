"""Whoever is unhappy gets one case, and nobody is overlooked."""

from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, connection, transaction
from pytest_django import DjangoAssertNumQueries

from actions import case_log, casework, closing, rules, triage
from actions.models import Case, CaseEntry, CaseRules, CaseState, Cause, EntryKind, HandOver, Outcome
from feedback import answering
from feedback.models import Invitation, Response
from organizations import membership
from organizations.models import Member, Organization, Role
from tests import factories
from tests.actions.unhappy import again, answers, at_once, case_of

pytestmark = pytest.mark.django_db

Cast = dict[Role, Member]
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def choose(acme: Organization, by: Member, *, now: datetime, **changes: object) -> CaseRules:
    chosen: dict[str, object] = {
        "is_on": True,
        "due_in": 2,
        "due_unit": "working_days",
        "hand_over": "nobody",
        "first_owner": None,
        "silent_questions": [],
    }
    return rules.change(acme, **(chosen | changes), by=by, now=now)  # type: ignore[arg-type]  # a test's keywords


def test_a_detractor_gets_a_case_that_is_due_in_two_working_days(acme: Organization, now: datetime) -> None:
    response = answers(acme, now=now, nps=2)

    assert triage.sweep(now=now + MINUTE) == 1

    case = Case.objects.get()
    assert (case.response, case.customer, case.survey) == (response, response.customer, response.survey)
    assert (case.question.key, case.score, case.band, case.state) == ("nps", 2, "low", CaseState.NEW)
    assert (case.owner, case.opened_at) == (None, now + MINUTE)
    # A Tuesday morning in Berlin → Thursday, the same time.
    assert case.due_at.astimezone(ZoneInfo("Europe/Berlin")).strftime("%a %H:%M") == "Thu 10:01"
    assert [entry.kind for entry in case.entries.all()] == [EntryKind.OPENED]


@pytest.mark.parametrize(("nps", "product"), [(7, 3), (9, 5), (10, None), (None, 4)])
def test_whoever_is_not_unhappy_gets_none(acme: Organization, now: datetime, nps: int, product: int) -> None:
    answers(acme, now=now, nps=nps, product=product)

    assert triage.sweep(now=now) == 0


def test_a_low_csat_score_opens_one_too_and_two_low_scores_open_one(acme: Organization, now: datetime) -> None:
    one = answers(acme, "Anna Berg", now=now, nps=9, product=2)
    two = answers(acme, "Berta Kühn", now=now, nps=6, product=1)

    triage.sweep(now=now)

    assert Case.objects.get(response=one).question.key == "product"
    assert Case.objects.get(response=two).question.key == "nps"


def test_sweeping_again_and_by_many_at_once_opens_no_second_case(acme: Organization, now: datetime) -> None:
    case_of(acme, now=now)

    assert triage.sweep(now=now + MINUTE) == 0
    assert triage.sweep_all(now=now + HOUR) == 0
    assert Case.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_eight_sweeps_at_the_same_instant_open_each_case_once(now: datetime) -> None:
    acme = factories.organization()
    for number in range(6):
        answers(acme, f"Anna {number}", now=now)

    opened = at_once([lambda: triage.sweep(now=now)] * 8)

    assert sum(opened) == 6
    assert Case.objects.count() == 6
    assert CaseEntry.objects.filter(kind=EntryKind.OPENED).count() == 6


def test_the_database_allows_one_case_per_response(acme: Organization, now: datetime) -> None:
    case = case_of(acme, now=now)
    case.pk = None

    with pytest.raises(IntegrityError, match="response_has_one_case"), transaction.atomic():
        case.save(force_insert=True)


def test_a_response_left_out_of_the_figures_opens_no_case(acme: Organization, cast: Cast, now: datetime) -> None:
    response = answers(acme, now=now)
    answering.exclude(response, why="A test order", by=cast[Role.QUALITY_MANAGER], now=now)

    assert triage.sweep(now=now) == 0

    answering.include(response, by=cast[Role.QUALITY_MANAGER], now=now)
    assert triage.sweep(now=now) == 1


def test_whoever_stopped_half_way_has_a_day_to_go_on(acme: Organization, now: datetime) -> None:
    answers(acme, now=now, nps=3, is_complete=False)

    assert triage.sweep(now=now + 23 * HOUR) == 0
    assert triage.sweep(now=now + 24 * HOUR) == 1


def test_what_a_sweep_overlooked_is_found_at_night_unless_it_is_too_old(acme: Organization, now: datetime) -> None:
    answers(acme, now=now - 29 * DAY)
    answers(acme, "Berta Kühn", now=now - 31 * DAY)

    assert triage.sweep(now=now) == 0
    assert triage.sweep_all(now=now) == 1


def test_more_cases_than_one_go_takes_are_all_opened(
    acme: Organization, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(5):
        answers(acme, f"Anna {number}", now=now)
    monkeypatch.setattr(triage, "AT_ONCE", 2)

    assert triage.sweep(now=now) == 5


def test_an_anonymous_response_opens_a_case_that_leads_to_nobody(acme: Organization, now: datetime) -> None:
    response = answers(acme, now=now)
    Response.objects.filter(pk=response.pk).update(anonymous=True, invitation=None, customer=None)

    triage.sweep(now=now)

    assert Case.objects.get().customer is None


def test_a_customer_who_is_happy_after_all_keeps_her_case_and_its_log_tells(acme: Organization, now: datetime) -> None:
    case = case_of(acme, now=now, nps=2)

    again(invitation_of(case), now=now + HOUR, nps=9)
    triage.sweep(now=now + HOUR + MINUTE)
    triage.sweep(now=now + HOUR + 2 * MINUTE)

    case.refresh_from_db()
    assert (case.score, case.band, case.state) == (9, "high", CaseState.NEW)
    assert [entry.kind for entry in case.entries.order_by("pk")] == [EntryKind.OPENED, EntryKind.CHANGED_ANSWER]
    assert case.entries.get(kind=EntryKind.CHANGED_ANSWER).detail["was"] == 2


def test_a_customer_who_grows_unhappy_later_gets_her_case_then(acme: Organization, now: datetime) -> None:
    response = answers(acme, now=now - 5 * DAY, nps=9)
    assert triage.sweep(now=now) == 0

    assert response.invitation is not None
    again(response.invitation, now=now, nps=1)

    assert triage.sweep(now=now + MINUTE) == 1


def test_a_case_closed_since_she_was_happy_again_reopens_when_she_is_not(
    acme: Organization, cast: Cast, now: datetime
) -> None:
    case = case_of(acme, now=now, nps=2)
    again(invitation_of(case), now=now + HOUR, nps=9)
    triage.sweep(now=now + HOUR)
    carla = cast[Role.CASE_WORKER]
    closing.close(case, outcome=Outcome.EXPLAINED, cause=Cause.MISTAKE, by=carla, now=now + 2 * HOUR)

    again(invitation_of(case), now=now + 3 * HOUR, nps=0)
    triage.sweep(now=now + 3 * HOUR)

    case.refresh_from_db()
    assert (case.state, case.owner, case.times_reopened) == (CaseState.IN_WORK, carla, 1)
    assert case.due_at > now + DAY


def test_questions_that_are_to_open_no_case_open_none(acme: Organization, cast: Cast, now: datetime) -> None:
    survey = factories.survey(acme, now=now)
    nps = survey.questions.get(key="nps")
    choose(acme, cast[Role.QUALITY_MANAGER], now=now, silent_questions=[nps.pk])
    answers(acme, now=now, nps=0)
    both = answers(acme, "Berta Kühn", now=now, nps=0, product=1)

    assert triage.sweep(now=now) == 1
    assert Case.objects.get(response=both).question.key == "product"


def test_rules_that_are_off_open_nothing(acme: Organization, cast: Cast, now: datetime) -> None:
    choose(acme, cast[Role.QUALITY_MANAGER], now=now, is_on=False)
    answers(acme, now=now)

    assert triage.sweep(now=now) == 0


def test_cases_can_be_due_in_hours(acme: Organization, cast: Cast, now: datetime) -> None:
    choose(acme, cast[Role.QUALITY_MANAGER], now=now, due_in=48, due_unit="hours")

    assert case_of(acme, now=now).due_at == now + 48 * HOUR


def test_new_cases_can_go_to_one_member(acme: Organization, cast: Cast, now: datetime) -> None:
    carla = cast[Role.CASE_WORKER]
    choose(acme, cast[Role.QUALITY_MANAGER], now=now, hand_over=HandOver.ONE, first_owner=carla)

    case = case_of(acme, now=now)

    assert (case.owner, case.state) == (carla, CaseState.NEW)
    membership.leave(carla, now=now)
    assert case_of(acme, "Berta Kühn", now=now).owner is None


def test_new_cases_can_go_in_turn_to_whoever_has_the_fewest(acme: Organization, cast: Cast, now: datetime) -> None:
    carla, clara = cast[Role.CASE_WORKER], factories.member(acme, Role.CASE_WORKER, name="clara")
    choose(acme, cast[Role.QUALITY_MANAGER], now=now, hand_over=HandOver.IN_TURN)

    owners = [case_of(acme, f"Anna {number}", now=now).owner for number in range(4)]

    assert owners == [carla, clara, carla, clara]


def test_cases_cannot_go_to_somebody_who_may_not_see_them(acme: Organization, cast: Cast, now: datetime) -> None:
    for nobody in (None, cast[Role.VIEWER], factories.member(factories.organization(), name="mallory")):
        with pytest.raises(rules.NobodyNamed):
            choose(acme, cast[Role.OWNER], now=now, hand_over=HandOver.ONE, first_owner=nobody)


@pytest.mark.parametrize("how", ["leaves", "becomes a viewer"])
def test_cases_of_a_member_who_may_no_more_are_free(acme: Organization, cast: Cast, now: datetime, how: str) -> None:
    carla = cast[Role.CASE_WORKER]
    case = casework.take(case_of(acme, now=now), by=carla, now=now)
    if how == "leaves":
        membership.leave(carla, now=now)
    else:
        membership.change_role(carla, Role.VIEWER, by=cast[Role.OWNER], now=now)

    triage.sweep(now=now + MINUTE)

    case.refresh_from_db()
    assert (case.owner, case.state) == (None, CaseState.NEW)
    assert case.entries.filter(kind=EntryKind.RELEASED, by=None).count() == 1


@pytest.mark.parametrize("responses", [1, 3])
def test_a_sweep_with_nothing_to_do_asks_three_times_whatever_there_is(
    acme: Organization, now: datetime, responses: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(responses):
        case_of(acme, f"Anna {number}", now=now)

    with django_assert_num_queries(3):
        triage.sweep(now=now + MINUTE)


def test_the_log_of_a_case_only_grows(acme: Organization, now: datetime) -> None:
    entry = case_of(acme, now=now).entries.get()

    with pytest.raises(IntegrityError, match="only grows"), transaction.atomic():
        CaseEntry.objects.filter(pk=entry.pk).update(at=now + DAY)


def test_an_erased_response_takes_its_person_out_of_the_case_and_leaves_the_count(
    acme: Organization, cast: Cast, now: datetime, freeze: Callable[[datetime], None]
) -> None:
    quentin, carla = cast[Role.QUALITY_MANAGER], cast[Role.CASE_WORKER]
    still_open, closed = case_of(acme, now=now), case_of(acme, "Berta Kühn", now=now)
    casework.note(still_open, text="Anna called twice", by=carla, now=now)
    again(invitation_of(still_open), now=now + HOUR, nps=8)
    triage.sweep(now=now + HOUR)
    closing.close(
        closed,
        outcome=Outcome.COMPENSATED,
        cause=Cause.OTHER,
        cause_text="Berta's doorbell",
        text="Berta is content",
        by=carla,
        now=now,
    )

    for case in (still_open, closed):
        assert case.response is not None
        answering.erase(case.response, by=quentin, now=now + 2 * HOUR)

    still_open.refresh_from_db()
    closed.refresh_from_db()
    assert (still_open.state, still_open.outcome, still_open.cause) == (CaseState.CLOSED, Outcome.ERASED, "")
    assert (closed.outcome, closed.cause, closed.cause_text) == (Outcome.COMPENSATED, Cause.OTHER, "")
    for case in (still_open, closed):
        assert (case.response, case.customer) == (None, None)
        assert (case.score, case.band) == (None, "")
        assert not case.entries.exclude(text="").exists()
        assert not case.entries.exclude(message=None).exists()
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(c::text, ' ') FROM actions_case c")
        rows = cursor.fetchone()[0]
        cursor.execute("SELECT string_agg(e::text, ' ') FROM actions_caseentry e")
        rows += cursor.fetchone()[0]
    for told in ("Anna", "Berta", "score", '"was": 2', "question", "low"):
        assert told not in rows


def test_the_log_of_an_anonymous_case_tells_no_score(acme: Organization, now: datetime) -> None:
    case = case_of(acme, now=now)
    again(invitation_of(case), now=now + HOUR, nps=8)
    triage.sweep(now=now + HOUR)
    assert "from 2 to 8" in case_log.lines(case)[-1].did
    Response.objects.update(anonymous=True, invitation=None, customer=None)

    case = Case.objects.get(pk=case.pk)

    assert case_log.lines(case)[-1].did == "noticed that the customer changed her answers"


def invitation_of(case: Case) -> Invitation:
    assert case.response is not None
    assert case.response.invitation is not None
    return case.response.invitation

"""Surveys about the whole relationship: each customer counts once a quarter, by her latest answer in it."""

import itertools
from collections.abc import Callable
from datetime import date, timedelta
from importlib import import_module
from typing import Any

import pytest
from django.db import connection

from dashboards import figures, origins, reading, rollup, tallies
from dashboards.figures import FIGURES
from dashboards.models import DailyCount
from dashboards.periods import Span
from dashboards.reading import Sight
from dashboards.segment import Segment
from dashboards.tallies import DayCount
from feedback import answering
from feedback.models import ChangedDay, Customer, Response
from surveys.answers import AnswerValue
from surveys.models import Basis, Question, Survey, Touchpoint
from tests import factories
from tests.dashboards.verbs import answered, chose, score
from tests.factories import NOW

TODAY = date(2026, 3, 10)
THIS_QUARTER, LAST_QUARTER = date(2026, 1, 1), date(2025, 10, 1)
EVER = Span(None, TODAY)
IN_LAST_QUARTER = 80
IN_THE_ONE_BEFORE = 170


@pytest.fixture
def yearly(db: None) -> Touchpoint:
    touchpoint = factories.touchpoint(factories.organization())
    touchpoint.survey.basis = Basis.RELATIONAL
    touchpoint.survey.save()
    return touchpoint


@pytest.fixture
def anna(yearly: Touchpoint) -> Customer:
    return factories.customer(yearly.organization, "Anna Berg")


@pytest.fixture
def berta(yearly: Touchpoint) -> Customer:
    return factories.customer(yearly.organization, "Berta Cohn")


def says(who: Customer, touchpoint: Touchpoint, value: int | AnswerValue, *, days_ago: int, **bought: Any) -> Response:
    invitation = factories.invitation(factories.purchase(who, **bought), touchpoint=touchpoint)
    said: dict[str, Any] = {"nps": score(value)} if isinstance(value, int) else {"what_went_wrong": value}
    return answered(invitation, now=NOW - timedelta(days=days_ago), **said)


def say(touchpoint: Touchpoint, *values: int, days_ago: int, **bought: Any) -> None:
    """Each by a customer of her own."""
    for value in values:
        says(factories.customer(touchpoint.organization), touchpoint, value, days_ago=days_ago, **bought)


def question(touchpoint: Touchpoint, key: str = "nps") -> Question:
    return Question.objects.get(survey=touchpoint.survey, key=key)


def sight(of: Touchpoint, *, today: date = TODAY, is_viewer: bool = False) -> Sight:
    return Sight.of(of.survey, today=today, k=5, sees_single_answers=not is_viewer)


def read(
    of: Touchpoint, *, segment: Segment | None = None, span: Span = EVER, today: date = TODAY, is_viewer: bool = False
) -> reading.Reading:
    rollup.sweep()
    seen = sight(of, today=today, is_viewer=is_viewer)
    length = timedelta(days=span.days or 0)
    previous = Span(span.start - length, span.start - timedelta(days=1)) if span.start else None
    return reading.read(of.survey, segment=segment, span=span, previous=previous, sight=seen)


def scores(found: list[DayCount]) -> list[int]:
    return [value for day in found for value, n in enumerate(day.counts) for _ in range(n)]


def rows(touchpoint: Touchpoint, key: str = "nps", dimension: str = "") -> dict[tuple[date, str], list[int]]:
    """What is stored, as the scores that were given."""
    rollup.sweep()
    assert rollup.verify(touchpoint.survey_id) == []
    found = DailyCount.objects.filter(question=question(touchpoint, key), dimension=dimension).order_by("day", "value")
    return {(row.day, row.value): [value for value, n in enumerate(row.counts) for _ in range(n)] for row in found}


# --- what counts ------------------------------------------------------------------------------------------------------


def test_the_latest_answer_of_each_customer_counts_on_the_first_day_of_the_quarter(
    yearly: Touchpoint, anna: Customer, berta: Customer
) -> None:
    says(anna, yearly, 9, days_ago=2)
    says(anna, yearly, 0, days_ago=20)
    says(berta, yearly, 7, days_ago=10)

    assert rows(yearly) == {(THIS_QUARTER, ""): [7, 9]}


def test_of_two_answers_on_one_day_the_second_counts(yearly: Touchpoint, anna: Customer) -> None:
    says(anna, yearly, 9, days_ago=2)
    says(anna, yearly, 3, days_ago=2)

    assert rows(yearly) == {(THIS_QUARTER, ""): [3]}


def test_several_quarters_are_added_up(yearly: Touchpoint, anna: Customer) -> None:
    says(anna, yearly, 9, days_ago=2)
    says(anna, yearly, 4, days_ago=IN_LAST_QUARTER)
    says(anna, yearly, 0, days_ago=IN_LAST_QUARTER + 1)

    assert rows(yearly) == {(LAST_QUARTER, ""): [4], (THIS_QUARTER, ""): [9]}
    assert scores(read(yearly).now(question(yearly))) == [4, 9]


def test_a_new_answer_has_its_whole_quarter_counted_anew_and_no_other(yearly: Touchpoint, anna: Customer) -> None:
    says(anna, yearly, 4, days_ago=IN_LAST_QUARTER)
    says(anna, yearly, 0, days_ago=60)
    assert rows(yearly) == {(LAST_QUARTER, ""): [4], (THIS_QUARTER, ""): [0]}
    DailyCount.objects.filter(day=LAST_QUARTER).update(answered=7)

    says(anna, yearly, 9, days_ago=2)
    rollup.sweep()

    found = DailyCount.objects.filter(dimension="").order_by("day")
    assert [(row.day, row.answered) for row in found] == [(LAST_QUARTER, 7), (THIS_QUARTER, 1)]


def test_responses_without_a_customer_count_each(yearly: Touchpoint, anna: Customer) -> None:
    for value in (9, 3):
        says(anna, yearly, value, days_ago=2)
    Response.objects.update(customer=None)

    assert rows(yearly) == {(THIS_QUARTER, ""): [3, 9]}


def test_the_answer_before_counts_where_the_latest_is_left_out(yearly: Touchpoint, anna: Customer) -> None:
    says(anna, yearly, 9, days_ago=60)
    latest = says(anna, yearly, 0, days_ago=2)
    by = yearly.organization.members.get()
    assert rows(yearly) == {(THIS_QUARTER, ""): [0]}

    answering.exclude(latest, why="Answered by her cat", by=by, now=NOW)
    assert rows(yearly) == {(THIS_QUARTER, ""): [9]}

    answering.include(latest, by=by, now=NOW)
    assert rows(yearly) == {(THIS_QUARTER, ""): [0]}

    answering.erase(latest, by=by, now=NOW)
    assert rows(yearly) == {(THIS_QUARTER, ""): [9]}


def test_the_latest_choices_of_each_customer_count(yearly: Touchpoint, anna: Customer) -> None:
    says(anna, yearly, chose("late", "damaged"), days_ago=2)
    says(anna, yearly, chose("price"), days_ago=4)
    asked = question(yearly, "what_went_wrong")

    counts, n = reading.chosen(asked, read(yearly).now(asked))

    assert (counts["late"], counts["damaged"], counts["price"], n) == (1, 1, 0, 1)


def test_a_question_that_she_skipped_the_last_time_keeps_her_answer_before(yearly: Touchpoint, anna: Customer) -> None:
    says(anna, yearly, 9, days_ago=4)
    says(anna, yearly, chose("price"), days_ago=2)

    assert rows(yearly) == {(THIS_QUARTER, ""): [9]}


def test_a_customer_stands_in_the_segment_of_her_latest_answer(yearly: Touchpoint, anna: Customer) -> None:
    after_delivery = factories.touchpoint(yearly.organization, survey=yearly.survey, name="After a delivery")
    says(anna, yearly, 0, days_ago=9, region="north")
    says(anna, after_delivery, 9, days_ago=2, region="south")

    assert rows(yearly, dimension="a:region") == {(THIS_QUARTER, "south"): [9]}
    assert rows(yearly, dimension="touchpoint") == {(THIS_QUARTER, str(after_delivery.pk)): [9]}


def test_what_an_installation_had_counted_by_days_is_counted_anew_by_quarters(
    yearly: Touchpoint, anna: Customer
) -> None:
    Survey.objects.update(basis=Basis.TRANSACTIONAL)
    for days_ago, value in ((2, 9), (20, 0), (IN_LAST_QUARTER, 3), (IN_LAST_QUARTER + 1, 4)):
        says(anna, yearly, value, days_ago=days_ago)
    rollup.sweep()
    assert DailyCount.objects.filter(dimension="").count() == 4
    Survey.objects.update(basis=Basis.RELATIONAL)

    with connection.cursor() as cursor:
        cursor.execute(import_module("dashboards.migrations.0003_relationships_are_counted_by_quarters").MARK)

    assert ChangedDay.objects.count() == 2
    assert rollup.verify(yearly.survey_id) == []
    assert rows(yearly) == {(LAST_QUARTER, ""): [3], (THIS_QUARTER, ""): [9]}


def test_of_a_survey_after_each_experience_every_answer_counts(yearly: Touchpoint, anna: Customer) -> None:
    yearly.survey.basis = Basis.TRANSACTIONAL
    yearly.survey.save()
    says(anna, yearly, 9, days_ago=2)
    says(anna, yearly, 0, days_ago=20)

    assert scores(read(yearly).now(question(yearly))) == [0, 9]


# --- what is told -----------------------------------------------------------------------------------------------------


def test_a_span_is_told_by_whole_quarters_and_the_one_before_by_those_before(yearly: Touchpoint) -> None:
    say(yearly, *[9] * 6, days_ago=2)
    say(yearly, *[7] * 6, days_ago=IN_LAST_QUARTER)
    say(yearly, *[0] * 6, days_ago=IN_THE_ONE_BEFORE)
    nps = question(yearly)

    found = read(yearly, span=Span(date(2025, 12, 31), TODAY))

    assert found.window(nps.pk).span == Span(LAST_QUARTER, TODAY)
    assert found.window(nps.pk).is_widened
    assert scores(found.now(nps)) == [7] * 6 + [9] * 6
    before = found.window_before(nps.pk)
    assert before is not None
    assert before.span.end < LAST_QUARTER
    found = read(yearly, span=Span(date(2025, 11, 30), date(2025, 12, 31)))
    assert (scores(found.now(nps)), found.window(nps.pk).span) == ([7] * 6, Span(LAST_QUARTER, date(2025, 12, 31)))


def test_viewers_are_told_quarters_that_are_over(yearly: Touchpoint) -> None:
    say(yearly, *[7] * 6, days_ago=IN_LAST_QUARTER)
    say(yearly, *[9] * 6, days_ago=2)
    nps = question(yearly)

    found = read(yearly, is_viewer=True)

    assert (scores(found.now(nps)), found.window(nps.pk).waits) == ([7] * 6, True)
    assert found.window(nps.pk).span == Span(None, date(2025, 12, 31))
    assert found.sight.next_told == date(2026, 4, 1)
    assert read(yearly, is_viewer=True, span=Span(THIS_QUARTER, TODAY)).now(nps) == []
    assert reading.counter(yearly.survey, segment=None, sight=found.sight)(EVER) == {nps.pk: 6}
    assert read(yearly, is_viewer=True, today=date(2026, 3, 31)).now(nps) == found.now(nps)
    later = read(yearly, is_viewer=True, today=date(2026, 4, 1), span=Span(None, date(2026, 4, 1)))
    assert scores(later.now(nps)) == [7] * 6 + [9] * 6


def test_members_who_see_single_answers_see_the_running_quarter_at_once(yearly: Touchpoint) -> None:
    say(yearly, *[7] * 6, days_ago=IN_LAST_QUARTER)
    say(yearly, 9, 9, days_ago=0)
    nps = question(yearly)

    together = read(yearly, span=Span(THIS_QUARTER, TODAY))
    assert (scores(together.now(nps)), together.window(nps.pk).span) == ([7] * 6 + [9, 9], Span(LAST_QUARTER, TODAY))

    say(yearly, 9, 9, 9, days_ago=0)
    apart = read(yearly, span=Span(THIS_QUARTER, TODAY))
    assert (scores(apart.now(nps)), apart.window(nps.pk).span) == ([9] * 5, Span(THIS_QUARTER, TODAY))
    assert apart.sight.next_told is None


def test_a_quarter_of_too_few_customers_waits_for_the_next(yearly: Touchpoint) -> None:
    say(yearly, 7, 7, 7, days_ago=IN_THE_ONE_BEFORE)
    say(yearly, 9, 9, days_ago=IN_LAST_QUARTER)
    nps = question(yearly)

    assert read(yearly, is_viewer=True, today=LAST_QUARTER).now(nps) == []
    found = read(yearly, is_viewer=True, span=Span(LAST_QUARTER, TODAY))
    assert scores(found.now(nps)) == [7, 7, 7, 9, 9]
    assert found.window(nps.pk).span == Span(date(2025, 7, 1), date(2025, 12, 31))


def test_a_viewer_who_looks_every_day_never_sees_fewer_than_enough_new_answers(
    yearly: Touchpoint, anna: Customer, berta: Customer
) -> None:
    nps, seen = question(yearly), [0]
    for days_ago in range(200, -40, -8):
        today = TODAY - timedelta(days=days_ago)
        says([anna, berta][days_ago % 16 // 8], yearly, 9, days_ago=days_ago)
        say(yearly, *[9] * (days_ago % 3 == 0), days_ago=days_ago)
        seen.append(len(scores(read(yearly, is_viewer=True, today=today, span=Span(None, today)).now(nps))))

    new = [later - earlier for earlier, later in itertools.pairwise(seen) if later != earlier]
    assert len(new) == 2
    assert all(n >= 5 for n in new)


def test_the_stamp_of_a_viewer_stands_still_while_the_quarter_runs(yearly: Touchpoint) -> None:
    def stamp() -> str:
        rollup.sweep()
        until = sight(yearly, is_viewer=True).until
        return tallies.stamp(yearly.survey_id, segment=None, until=until)

    say(yearly, 9, days_ago=IN_LAST_QUARTER)
    before = stamp()
    say(yearly, 9, days_ago=9)

    assert stamp() == before


def test_a_segment_is_told_the_same_beside_the_others_and_by_itself(yearly: Touchpoint) -> None:
    for quarter in (IN_LAST_QUARTER, IN_THE_ONE_BEFORE):
        say(yearly, *[9] * 6, days_ago=quarter, region="north")
        say(yearly, *[2] * 7, days_ago=quarter, region="south")
    nps, north = question(yearly), Segment("a:region", "north")

    ranked = origins.of(read(yearly, is_viewer=True), nps, dimension="a:region")
    alone = read(yearly, segment=north, is_viewer=True)

    assert ranked["north"].answers is not None
    assert ranked["north"].rest is not None
    assert (ranked["north"].answers.n, ranked["north"].rest.n) == (12, 14)
    assert reading.distribution(nps, alone.now(nps)) == ranked["north"].answers


@pytest.mark.parametrize("answers", [1, 3])
def test_latest_answers_take_two_queries_however_many_there_are(
    yearly: Touchpoint, anna: Customer, answers: int, django_assert_num_queries: Callable[..., Any]
) -> None:
    for days_ago in range(answers):
        says(anna, yearly, 9, days_ago=days_ago)
    rollup.sweep()

    with django_assert_num_queries(2):
        reading.read(yearly.survey, segment=None, span=EVER, previous=None, sight=sight(yearly))


# --- customers who count more than once -------------------------------------------------------------------------------


@pytest.fixture
def after_purchase(db: None) -> Touchpoint:
    return factories.touchpoint(factories.organization())


def told(touchpoint: Touchpoint, *, at: Touchpoint | None = None, span: Span = EVER) -> Any:
    segment = Segment("touchpoint", str(at.pk)) if at else None
    found, asked = read(touchpoint, segment=segment, span=span), question(touchpoint)
    answers = reading.distribution(asked, found.now(asked))
    return figures.shown(FIGURES["nps"], answers, k=5, repeats=found.clusters.get(asked.pk))


def test_customers_who_answered_twice_widen_the_interval_and_it_says_so(after_purchase: Touchpoint) -> None:
    for value in [9] * 12 + [2] * 8:
        who = factories.customer(after_purchase.organization)
        for days_ago in (1, 2):
            says(who, after_purchase, value, days_ago=days_ago)

    assert_is_clustered(told(after_purchase))


def assert_is_clustered(shown: Any) -> None:
    # NPS 20; SE² = 20/19 · (12·1.6² + 8·2.4²) / 40²; t of 19 degrees is 2.093024.
    half = 100 * 2.093024 * (20 / 19 * (12 * 1.6**2 + 8 * 2.4**2) / 40**2) ** 0.5
    assert shown.interval == pytest.approx((20 - half, 20 + half), abs=1e-4)
    assert shown.method == figures.CLUSTERED
    assert figures.CLUSTERED in shown.flags


def test_customers_who_count_in_several_quarters_widen_it_and_answers_that_count_for_nothing_do_not(
    yearly: Touchpoint,
) -> None:
    for value in [9] * 12 + [2] * 8:
        who = factories.customer(yearly.organization)
        for days_ago in (1, IN_LAST_QUARTER):
            says(who, yearly, value, days_ago=days_ago)
            says(who, yearly, 5, days_ago=days_ago + 1)

    assert_is_clustered(told(yearly))
    this_quarter = told(yearly, span=Span(THIS_QUARTER, TODAY))
    assert (this_quarter.n, this_quarter.method) == (20, "adjusted_wald")


def test_where_customers_answered_once_the_usual_interval_stands(after_purchase: Touchpoint) -> None:
    say(after_purchase, 9, 2, 9, 9, 2, days_ago=1)

    shown = told(after_purchase)

    assert shown.method == "adjusted_wald"
    assert figures.CLUSTERED not in shown.flags


def test_a_touchpoint_where_customers_come_again_has_its_own_interval(after_purchase: Touchpoint) -> None:
    calls = factories.touchpoint(after_purchase.organization, survey=after_purchase.survey, name="After a call")
    for value in (9, 2, 9):
        who = factories.customer(after_purchase.organization)
        for days_ago in (1, 2):
            says(who, calls, value, days_ago=days_ago)
    say(after_purchase, *[9] * 30, days_ago=1)

    assert told(after_purchase).method == "adjusted_wald"
    assert told(after_purchase, at=calls).method == figures.CLUSTERED


def test_answers_left_out_and_those_of_nobody_make_no_repeats(after_purchase: Touchpoint) -> None:
    say(after_purchase, 9, 2, 9, 9, 2, days_ago=1)
    anna = factories.customer(after_purchase.organization)
    for response in [says(anna, after_purchase, 0, days_ago=days) for days in [1] * 4]:
        answering.exclude(response, why="A test", by=after_purchase.organization.members.get(), now=NOW)

    found = read(after_purchase).clusters[question(after_purchase).pk]

    assert (found.customers, found.answers, found.are_needed) == (5, 5, False)

"""Surveys about the whole relationship: a customer who answers again has changed her mind, and is one customer."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from dashboards import figures, latest, reading, rollup
from dashboards.figures import FIGURES
from dashboards.periods import Span
from dashboards.reading import Sight
from dashboards.segment import Segment
from dashboards.tallies import DayCount
from feedback import answering
from feedback.models import Customer, Response
from surveys.answers import AnswerValue
from surveys.models import Basis, Question, Touchpoint
from tests import factories
from tests.dashboards.verbs import answered, chose, score
from tests.factories import NOW

TODAY = date(2026, 3, 10)
MONTH = Span(TODAY - timedelta(days=29), TODAY)
MONTH_BEFORE = Span(TODAY - timedelta(days=59), TODAY - timedelta(days=30))
EVER = Span(None, TODAY)
SIGHT = Sight.of(today=TODAY, k=5, sees_single_answers=True)


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


def question(touchpoint: Touchpoint, key: str = "nps") -> Question:
    return Question.objects.get(survey=touchpoint.survey, key=key)


def read(
    of: Touchpoint, *, touchpoint: Touchpoint | None = None, span: Span = MONTH, sight: Sight = SIGHT
) -> reading.Reading:
    rollup.sweep()
    previous = MONTH_BEFORE if span == MONTH else None
    segment = Segment("touchpoint", str(touchpoint.pk)) if touchpoint else None
    return reading.read(of.survey, segment=segment, span=span, previous=previous, sight=sight)


def scores(found: list[DayCount]) -> list[int]:
    return [value for day in found for value, n in enumerate(day.counts) for _ in range(n)]


def test_the_latest_answer_of_each_customer_counts(yearly: Touchpoint, anna: Customer, berta: Customer) -> None:
    says(anna, yearly, 9, days_ago=2)
    says(anna, yearly, 0, days_ago=20)
    says(berta, yearly, 7, days_ago=10)

    assert scores(read(yearly).now(question(yearly))) == [7, 9]


def test_of_two_answers_on_one_day_the_second_counts(yearly: Touchpoint, anna: Customer) -> None:
    says(anna, yearly, 9, days_ago=2)
    says(anna, yearly, 3, days_ago=2)

    assert scores(read(yearly).now(question(yearly))) == [3]


def test_each_period_has_its_own_latest_answer(yearly: Touchpoint, anna: Customer) -> None:
    says(anna, yearly, 9, days_ago=2)
    says(anna, yearly, 4, days_ago=31)
    says(anna, yearly, 0, days_ago=40)

    found = read(yearly)

    assert scores(found.now(question(yearly))) == [9]
    assert scores(found.before(question(yearly))) == [4]


def test_responses_without_a_customer_count_each(yearly: Touchpoint, anna: Customer) -> None:
    for value in (9, 3):
        says(anna, yearly, value, days_ago=2)
    Response.objects.update(customer=None)

    assert scores(read(yearly).now(question(yearly))) == [3, 9]


def test_the_answer_before_counts_where_the_latest_is_left_out(yearly: Touchpoint, anna: Customer) -> None:
    says(anna, yearly, 9, days_ago=9)
    latest = says(anna, yearly, 0, days_ago=2)
    by = yearly.organization.members.get()

    answering.exclude(latest, why="Answered by her cat", by=by, now=NOW)

    assert scores(read(yearly).now(question(yearly))) == [9]


def test_at_a_touchpoint_the_latest_answer_given_there_counts(yearly: Touchpoint, anna: Customer) -> None:
    after_delivery = factories.touchpoint(yearly.organization, survey=yearly.survey, name="After a delivery")
    says(anna, yearly, 9, days_ago=9)
    says(anna, after_delivery, 0, days_ago=2)

    found = read(yearly, touchpoint=yearly)

    assert scores(found.now(question(yearly))) == [9]
    assert found.bases_of(question(yearly)) == (1, 1)


def test_bases_are_customers_too(yearly: Touchpoint, anna: Customer, berta: Customer) -> None:
    says(anna, yearly, 9, days_ago=2)
    says(anna, yearly, 9, days_ago=3)
    says(berta, yearly, 9, days_ago=200)

    found = read(yearly)

    assert found.bases[question(yearly).pk] == reading.Bases(now=1, ever=2, everywhere=1)


def test_viewers_see_whole_days_until_yesterday(yearly: Touchpoint, anna: Customer, berta: Customer) -> None:
    says(anna, yearly, 9, days_ago=1)
    says(anna, yearly, 2, days_ago=0)
    says(berta, yearly, 3, days_ago=0)
    viewers = Sight.of(today=TODAY, k=5, sees_single_answers=False)

    found = read(yearly, sight=viewers)

    assert scores(found.now(question(yearly))) == [9]
    assert found.window(question(yearly).pk).span == Span(MONTH.start, TODAY - timedelta(days=1))
    assert found.bases[question(yearly).pk] == reading.Bases(now=1, ever=1, everywhere=1)
    assert reading.counter(yearly.survey, segment=None, sight=viewers)(EVER) == found.bases
    assert read(yearly, sight=viewers, span=Span(TODAY, TODAY)).now(question(yearly)) == []


def test_the_latest_choices_of_each_customer_count(yearly: Touchpoint, anna: Customer) -> None:
    says(anna, yearly, chose("late", "damaged"), days_ago=2)
    says(anna, yearly, chose("price"), days_ago=4)
    asked = question(yearly, "what_went_wrong")

    counts, n = reading.chosen(asked, read(yearly).now(asked))

    assert (counts["late"], counts["damaged"], counts["price"], n) == (1, 1, 0, 1)


def test_a_trend_has_the_latest_answer_of_each_month(yearly: Touchpoint, anna: Customer) -> None:
    says(anna, yearly, 9, days_ago=2)
    says(anna, yearly, 5, days_ago=3)
    says(anna, yearly, 0, days_ago=40)
    found = read(yearly, span=EVER)

    months = reading.over_time(found, question(yearly), by="month")

    assert [(day.day, scores([day])) for day in months] == [(date(2026, 1, 1), [0]), (date(2026, 3, 1), [9])]


def test_a_customer_stands_in_the_segment_of_her_latest_answer(yearly: Touchpoint, anna: Customer) -> None:
    says(anna, yearly, 0, days_ago=9, region="north")
    says(anna, yearly, 9, days_ago=2, region="south")

    rollup.sweep()
    regions, channels = (
        latest.segments(yearly.survey_id, span=MONTH, question=question(yearly).pk, dimension=dimension)
        for dimension in ("a:region", "channel")
    )

    assert regions == [("south", 9, 1)]
    assert channels == [("email", 9, 1)]


def test_of_a_survey_after_each_experience_every_answer_counts(yearly: Touchpoint, anna: Customer) -> None:
    yearly.survey.basis = Basis.TRANSACTIONAL
    yearly.survey.save()
    says(anna, yearly, 9, days_ago=2)
    says(anna, yearly, 0, days_ago=20)

    assert scores(read(yearly).now(question(yearly))) == [0, 9]


@pytest.mark.parametrize("answers", [1, 3])
def test_latest_answers_take_two_queries_however_many_there_are(
    yearly: Touchpoint, anna: Customer, answers: int, django_assert_num_queries: Callable[..., Any]
) -> None:
    for days_ago in range(answers):
        says(anna, yearly, 9, days_ago=days_ago)
    rollup.sweep()

    with django_assert_num_queries(2):
        reading.read(yearly.survey, segment=None, span=MONTH, previous=MONTH_BEFORE, sight=SIGHT)


# --- surveys after each experience: customers who answered more than once ---------------------------------------------


@pytest.fixture
def after_purchase(db: None) -> Touchpoint:
    return factories.touchpoint(factories.organization())


def told(touchpoint: Touchpoint, *, at: Touchpoint | None = None) -> Any:
    found, asked = read(touchpoint, touchpoint=at), question(touchpoint)
    answers = reading.distribution(asked, found.now(asked))
    return figures.shown(FIGURES["nps"], answers, bases=(), k=5, repeats=found.clusters.get(asked.pk))


def test_customers_who_answered_twice_widen_the_interval_and_it_says_so(after_purchase: Touchpoint) -> None:
    for value in [9] * 12 + [2] * 8:
        who = factories.customer(after_purchase.organization)
        for days_ago in (1, 2):
            says(who, after_purchase, value, days_ago=days_ago)

    shown = told(after_purchase)

    # NPS 20; SE² = 20/19 · (12·1.6² + 8·2.4²) / 40²; t of 19 degrees is 2.093024.
    half = 100 * 2.093024 * (20 / 19 * (12 * 1.6**2 + 8 * 2.4**2) / 40**2) ** 0.5
    assert shown.interval == pytest.approx((20 - half, 20 + half), abs=1e-4)
    assert shown.method == figures.CLUSTERED
    assert figures.CLUSTERED in shown.flags


def test_where_customers_answered_once_the_usual_interval_stands(after_purchase: Touchpoint) -> None:
    for value in (9, 2, 9, 9, 2):
        says(factories.customer(after_purchase.organization), after_purchase, value, days_ago=1)

    shown = told(after_purchase)

    assert shown.method == "adjusted_wald"
    assert figures.CLUSTERED not in shown.flags


def test_a_touchpoint_where_customers_come_again_has_its_own_interval(after_purchase: Touchpoint) -> None:
    calls = factories.touchpoint(after_purchase.organization, survey=after_purchase.survey, name="After a call")
    for value in (9, 2, 9):
        who = factories.customer(after_purchase.organization)
        for days_ago in (1, 2):
            says(who, calls, value, days_ago=days_ago)
    for _ in range(30):
        says(factories.customer(after_purchase.organization), after_purchase, 9, days_ago=1)

    assert told(after_purchase).method == "adjusted_wald"
    assert told(after_purchase, at=calls).method == figures.CLUSTERED


def test_answers_left_out_and_those_of_nobody_make_no_repeats(after_purchase: Touchpoint) -> None:
    for value in (9, 2, 9, 9, 2):
        says(factories.customer(after_purchase.organization), after_purchase, value, days_ago=1)
    anna = factories.customer(after_purchase.organization)
    for response in [says(anna, after_purchase, 0, days_ago=days) for days in [1] * 4]:
        answering.exclude(response, why="A test", by=after_purchase.organization.members.get(), now=NOW)

    found = read(after_purchase).clusters[question(after_purchase).pk]

    assert (found.customers, found.answers, found.are_needed) == (5, 5, False)

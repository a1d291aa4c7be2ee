"""Daily counts → distributions."""

import itertools
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from dashboards import origins, reading, rollup, tallies
from dashboards.periods import Span
from dashboards.reading import Sight
from dashboards.segment import Segment
from surveys.models import Basis, Question, Survey, Touchpoint
from tests import factories
from tests.dashboards.verbs import answered, chose, score
from tests.factories import NOW

TODAY = date(2026, 3, 10)
WEEK = Span(TODAY - timedelta(days=6), TODAY)
WEEK_BEFORE = Span(TODAY - timedelta(days=13), TODAY - timedelta(days=7))


@pytest.fixture
def after_purchase(db: None) -> Touchpoint:
    return factories.touchpoint(factories.organization())


SURVEY = Survey(basis=Basis.TRANSACTIONAL)
LIVE = Sight.of(SURVEY, today=TODAY, k=5, sees_single_answers=True)
VIEWERS = Sight.of(SURVEY, today=TODAY, k=5, sees_single_answers=False)


def read(of: Touchpoint, *, segment: Segment | None = None, sight: Sight = LIVE, span: Span = WEEK) -> reading.Reading:
    previous = WEEK_BEFORE if span == WEEK else None
    return reading.read(of.survey, segment=segment, span=span, previous=previous, sight=sight)


def counts(question: Question, days: list[tallies.DayCount]) -> tuple[int, ...]:
    return reading.distribution(question, days).counts


def says(touchpoint: Touchpoint, *scores: int, days_ago: int = 0) -> None:
    for value in scores:
        purchase = factories.purchase(factories.customer(touchpoint.organization))
        invitation = factories.invitation(purchase, touchpoint=touchpoint)
        answered(invitation, now=NOW - timedelta(days=days_ago), nps=score(value), what_went_wrong=chose("damaged"))
    rollup.sweep()


def question(touchpoint: Touchpoint, key: str = "nps") -> Question:
    return Question.objects.get(survey=touchpoint.survey, key=key)


def test_a_span_and_the_one_before_are_read_apart(after_purchase: Touchpoint) -> None:
    says(after_purchase, *[9] * 6)
    says(after_purchase, *[0] * 5, days_ago=7)
    says(after_purchase, *[5] * 5, days_ago=30)

    found, nps = read(after_purchase), question(after_purchase)

    assert counts(nps, found.now(nps)) == (0, 0, 0, 0, 0, 0, 0, 0, 0, 6, 0)
    assert counts(nps, found.before(nps)) == (5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)


def test_a_span_is_told_with_the_few_before_it_by_which_it_could_be_told_from_a_longer_one(
    after_purchase: Touchpoint,
) -> None:
    says(after_purchase, *[9] * 6)
    says(after_purchase, 0, 0, days_ago=20)

    found, nps = read(after_purchase), question(after_purchase)

    assert found.window(nps.pk).span == Span(TODAY - timedelta(days=20), TODAY)
    assert counts(nps, found.now(nps))[0] == 2
    assert found.before(nps) == []


def test_each_question_has_borders_of_its_own(after_purchase: Touchpoint) -> None:
    says(after_purchase, *[9] * 6)
    invitation = factories.invitation(
        factories.purchase(factories.customer(after_purchase.organization)), touchpoint=after_purchase
    )
    answered(invitation, now=NOW - timedelta(days=20), what_went_wrong=chose("late"))
    rollup.sweep()

    found = read(after_purchase)

    assert found.window(question(after_purchase).pk).span == WEEK
    asked = question(after_purchase, "what_went_wrong")
    assert found.window(asked.pk).span == Span(TODAY - timedelta(days=20), TODAY)
    assert reading.chosen(asked, found.now(asked))[1] == 7


def test_viewers_see_whole_days_and_the_newest_answers_once_they_are_enough(after_purchase: Touchpoint) -> None:
    says(after_purchase, *[9] * 5, days_ago=3)
    says(after_purchase, *[0] * 3, days_ago=1)
    says(after_purchase, *[0] * 9)
    nps = question(after_purchase)

    assert sum(counts(nps, read(after_purchase).now(nps))) == 17
    viewers = read(after_purchase, sight=VIEWERS)
    assert sum(counts(nps, viewers.now(nps))) == 5
    assert viewers.window(nps.pk).waits
    assert viewers.waiting(nps) == 3
    tomorrow = Sight.of(SURVEY, today=TODAY + timedelta(days=1), k=5, sees_single_answers=False)
    assert sum(counts(nps, read(after_purchase, sight=tomorrow).now(nps))) == 17


def test_a_viewer_who_looks_after_each_answer_never_sees_fewer_than_enough_new_ones(
    after_purchase: Touchpoint,
) -> None:
    nps, seen = question(after_purchase), [0]
    for days_ago in range(9, -1, -1):
        for _ in range(2):
            says(after_purchase, 9, days_ago=days_ago)
            sight = Sight.of(SURVEY, today=TODAY - timedelta(days=days_ago), k=5, sees_single_answers=False)
            found = read(after_purchase, sight=sight, span=Span(None, TODAY - timedelta(days=days_ago)))
            seen.append(sum(counts(nps, found.now(nps))))

    new = {later - earlier for earlier, later in itertools.pairwise(seen)}
    assert new == {0, 6}


def test_one_touchpoint_is_read_apart_only_where_the_others_cannot_be_told_from_it(after_purchase: Touchpoint) -> None:
    after_delivery = factories.touchpoint(
        after_purchase.organization, survey=after_purchase.survey, name="After a delivery"
    )
    here = Segment("touchpoint", str(after_purchase.pk))
    says(after_purchase, *[9] * 9, days_ago=8)
    says(after_delivery, 0, 1, days_ago=8)
    nps, ever = question(after_purchase), Span(None, TODAY)

    assert read(after_purchase, segment=here, sight=VIEWERS, span=ever).now(nps) == []

    says(after_delivery, *[0] * 5, days_ago=7)
    told = read(after_purchase, segment=here, sight=VIEWERS, span=ever)
    assert sum(counts(nps, told.now(nps))) == 9


def test_choices_are_read_by_their_lasting_keys(after_purchase: Touchpoint) -> None:
    says(after_purchase, 3, 3)

    asked = question(after_purchase, "what_went_wrong")
    chosen, n = reading.chosen(asked, read(after_purchase).now(asked))
    assert (chosen["late"], chosen["damaged"], n) == (0, 2, 2)


def test_values_of_a_dimension_are_added_up_over_their_blocks_beside_all_others(after_purchase: Touchpoint) -> None:
    says(after_purchase, *[9] * 6)
    says(after_purchase, *[9] * 6, days_ago=1)
    nps = question(after_purchase)

    found = origins.of(read(after_purchase), nps, dimension="channel")

    assert found["email"].answers is not None
    assert found["email"].answers.count(9, 9) == 12
    assert found["email"].rest is not None
    assert found["email"].rest.n == 0


def test_the_stamp_changes_with_a_count_and_with_nothing_else(after_purchase: Touchpoint) -> None:
    def stamp(until: date = TODAY) -> str:
        return tallies.stamp(after_purchase.survey_id, segment=None, until=until)

    says(after_purchase, 9)
    before, of_yesterday = stamp(), stamp(TODAY - timedelta(days=1))
    rollup.rebuild(after_purchase.survey_id)
    assert stamp() == before

    says(after_purchase, 9)

    assert stamp() != before
    assert stamp(TODAY - timedelta(days=1)) == of_yesterday


@pytest.mark.parametrize("customers", [1, 3])
def test_reading_takes_as_many_queries_however_many_answered(
    after_purchase: Touchpoint, customers: int, django_assert_num_queries: Callable[..., Any]
) -> None:
    for days_ago in range(customers):
        says(after_purchase, *[9] * 5, days_ago=days_ago)

    with django_assert_num_queries(2):
        read(after_purchase)
    with django_assert_num_queries(4):
        read(after_purchase, segment=Segment("channel", "email"))

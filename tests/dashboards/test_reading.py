"""Daily counts → distributions."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from dashboards import reading, rollup
from dashboards.periods import Span
from surveys.models import Question, Touchpoint
from tests import factories
from tests.dashboards.verbs import answered, chose, score
from tests.factories import NOW

TODAY = date(2026, 3, 10)
WEEK = Span(TODAY - timedelta(days=6), TODAY)
WEEK_BEFORE = Span(TODAY - timedelta(days=13), TODAY - timedelta(days=7))


@pytest.fixture
def after_purchase(db: None) -> Touchpoint:
    return factories.touchpoint(factories.organization())


def says(touchpoint: Touchpoint, *scores: int, days_ago: int = 0) -> None:
    for value in scores:
        purchase = factories.purchase(factories.customer(touchpoint.organization))
        invitation = factories.invitation(purchase, touchpoint=touchpoint)
        answered(invitation, now=NOW - timedelta(days=days_ago), nps=score(value), what_went_wrong=chose("damaged"))
    rollup.sweep()


def question(touchpoint: Touchpoint, key: str = "nps") -> Question:
    return Question.objects.get(survey=touchpoint.survey, key=key)


def test_a_span_and_the_one_before_are_read_apart(after_purchase: Touchpoint) -> None:
    says(after_purchase, 9, 10)
    says(after_purchase, 0, days_ago=7)
    says(after_purchase, 5, days_ago=30)

    read = reading.read(after_purchase.survey, touchpoint=None, span=WEEK, previous=WEEK_BEFORE)

    nps = question(after_purchase)
    assert reading.distribution(nps, read.now(nps)).counts == (0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1)
    assert reading.distribution(nps, read.before(nps)).counts == (1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
    assert read.bases_of(nps) == (4, 2)


def test_one_touchpoint_is_read_beside_the_base_of_all(after_purchase: Touchpoint) -> None:
    after_delivery = factories.touchpoint(
        after_purchase.organization, survey=after_purchase.survey, name="After a delivery"
    )
    says(after_purchase, 9)
    says(after_delivery, 0, 1)

    read = reading.read(after_purchase.survey, touchpoint=after_delivery.pk, span=WEEK, previous=None)

    nps = question(after_purchase)
    assert reading.distribution(nps, read.now(nps)).n == 2
    assert read.bases_of(nps) == (2, 3)


def test_choices_are_read_by_their_lasting_keys(after_purchase: Touchpoint) -> None:
    says(after_purchase, 3, 3)

    read = reading.read(after_purchase.survey, touchpoint=None, span=WEEK, previous=None)

    asked = question(after_purchase, "what_went_wrong")
    counts, n = reading.chosen(asked, read.now(asked))
    assert (counts["late"], counts["damaged"], n) == (0, 2, 2)


def test_segments_are_added_up_over_the_span(after_purchase: Touchpoint) -> None:
    says(after_purchase, 9)
    says(after_purchase, 9, days_ago=1)
    says(after_purchase, 0, days_ago=7)

    read = reading.read(after_purchase.survey, touchpoint=None, span=WEEK, previous=None)
    found = reading.segments(read, question(after_purchase))

    assert found["channel"]["email"].counts == (0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0)
    assert sorted(found) == ["channel", "language", "touchpoint", "version"]


def test_the_stamp_changes_with_a_count_and_with_nothing_else(after_purchase: Touchpoint) -> None:
    says(after_purchase, 9)
    before = reading.stamp(after_purchase.survey_id, touchpoint=None, span=WEEK)
    rollup.rebuild(after_purchase.survey_id)
    assert reading.stamp(after_purchase.survey_id, touchpoint=None, span=WEEK) == before

    says(after_purchase, 9)

    assert reading.stamp(after_purchase.survey_id, touchpoint=None, span=WEEK) != before


@pytest.mark.parametrize("customers", [1, 3])
def test_reading_takes_three_queries_however_many_answered(
    after_purchase: Touchpoint, customers: int, django_assert_num_queries: Callable[..., Any]
) -> None:
    for days_ago in range(customers):
        says(after_purchase, 9, days_ago=days_ago)

    with django_assert_num_queries(3):
        reading.read(after_purchase.survey, touchpoint=None, span=WEEK, previous=WEEK_BEFORE)

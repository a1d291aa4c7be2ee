"""The dashboard opens on a period that tells something."""

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest

from surveys.models import Question, Touchpoint
from tests.dashboards.test_dashboard_page import a_touchpoint, address, get, say, signed_in, words
from tests.factories import NOW


@pytest.fixture
def touchpoint(db: None, freeze: Callable[[Any], None]) -> Touchpoint:
    freeze(NOW)
    return a_touchpoint()


def period_of(page: str) -> str:
    """What the filter bar says."""
    bar = page[page.index('id="filter-period"') :]
    return str(re.findall(r'<option value="(\w+)" selected', bar)[0])


@pytest.mark.parametrize(
    ("days_ago", "period"),
    [
        ((1,) * 9, "90d"),
        ((1,) * 9 + (100,) * 2, "90d"),
        ((100,) * 9, "365d"),
        ((400,) * 5, "all"),
    ],
    ids=["all is recent", "two a season ago", "a season ago", "more than a year ago"],
)
def test_without_a_period_the_shortest_that_tells_something_is_chosen(
    touchpoint: Touchpoint, days_ago: tuple[int, ...], period: str
) -> None:
    for days in days_ago:
        say(touchpoint, 9, days_ago=days)

    page = get(touchpoint)

    assert period_of(page) == period
    assert "+100" in words(page)


def test_too_few_of_late_give_way_to_a_longer_period(touchpoint: Touchpoint) -> None:
    say(touchpoint, 9, 9, 9)
    say(touchpoint, *[9] * 6, days_ago=200)

    assert period_of(get(touchpoint)) == "365d"
    assert "6 answers" in words(get(touchpoint))


def test_where_nothing_may_be_shown_yet_the_usual_period_says_how_many_are_missing(touchpoint: Touchpoint) -> None:
    say(touchpoint, 9, 9, days_ago=100)

    page = get(touchpoint)

    assert period_of(page) == "90d"


def test_a_period_in_the_address_is_kept(touchpoint: Touchpoint) -> None:
    say(touchpoint, *[9] * 9)
    say(touchpoint, 0, days_ago=100)

    assert period_of(get(touchpoint, "?period=90d")) == "90d"


def test_definition_and_live_updates_look_at_the_period_of_the_page(touchpoint: Touchpoint) -> None:
    say(touchpoint, *[9] * 4, 0, days_ago=100)
    page, client = get(touchpoint), signed_in(touchpoint)
    question = Question.objects.get(survey=touchpoint.survey, key="nps")

    definition = client.get(address(touchpoint.organization, "definition", question.pk)).content.decode()
    live = unescape(re.findall(r'data-live="([^"]+)"', page)[0])
    stamp = re.findall(r'data-stamp="([^"]+)"', page)[0]

    assert "+60" in words(definition)
    assert "period=365d" in live
    assert client.get(f"{live}&stamp={stamp}").status_code == 204

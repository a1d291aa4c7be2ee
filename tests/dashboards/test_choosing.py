"""The dashboard opens on a period that tells something, and leads from a choice that may not be shown elsewhere."""

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest

from surveys.models import Basis, Question, Touchpoint
from tests import factories
from tests.dashboards.test_dashboard_page import a_touchpoint, address, get, say, signed_in, words
from tests.factories import NOW

REFUSED = "Not shown: it would give away the few answers that this choice leaves out."


@pytest.fixture
def touchpoint(db: None, freeze: Callable[[Any], None]) -> Touchpoint:
    freeze(NOW)
    return a_touchpoint()


def period_of(page: str) -> str:
    """What the filter bar says."""
    bar = page[page.index('id="filter-period"') :]
    return str(re.findall(r'<option value="(\w+)" selected', bar)[0])


def link(page: str) -> tuple[str, str]:
    """Where the refusal leads, and what it says."""
    refusal = page[page.index("hb-refused") :]
    href, label = re.findall(r'<a class="btn" href="([^"]+)">([^<]+)</a>', refusal)[0]
    return unescape(href), label


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
    assert REFUSED not in page


def test_too_few_of_late_give_way_to_a_longer_period(touchpoint: Touchpoint) -> None:
    say(touchpoint, 9, 9, 9)
    say(touchpoint, *[9] * 6, days_ago=200)

    assert period_of(get(touchpoint)) == "365d"
    assert "6 answers" in words(get(touchpoint))


def test_where_nothing_may_be_shown_yet_the_usual_period_says_how_many_are_missing(touchpoint: Touchpoint) -> None:
    say(touchpoint, 9, 9, days_ago=100)

    page = get(touchpoint)

    assert period_of(page) == "90d"
    assert REFUSED not in page


def test_a_period_in_the_address_is_kept(touchpoint: Touchpoint) -> None:
    say(touchpoint, *[9] * 9)
    say(touchpoint, 0, days_ago=100)

    assert period_of(get(touchpoint, "?period=90d")) == "90d"


def about_the_relationship(touchpoint: Touchpoint) -> None:
    """Latest answers make no blocks: there a choice that leaves out a few is refused."""
    touchpoint.survey.basis = Basis.RELATIONAL
    touchpoint.survey.save()


def test_a_refusal_stands_once_above_quiet_tiles_and_leads_to_what_may_be_shown(touchpoint: Touchpoint) -> None:
    about_the_relationship(touchpoint)
    say(touchpoint, *[9] * 9)
    say(touchpoint, 0, days_ago=100)

    page = get(touchpoint, "?period=90d")

    assert page.count(REFUSED) == 1
    assert page.index("hb-refused") < page.index("hb-tiles")
    assert "– Not shown: too few answers are left out" in words(page)
    href, label = link(page)
    assert label == "Show the last 365 days"
    shown = signed_in(touchpoint).get(href).content.decode()
    assert period_of(shown) == "365d"
    assert "+80" in words(shown)


def test_a_touchpoint_that_leaves_out_a_few_leads_to_all_touchpoints(touchpoint: Touchpoint) -> None:
    about_the_relationship(touchpoint)
    after_delivery = factories.touchpoint(touchpoint.organization, survey=touchpoint.survey, name="After a delivery")
    say(touchpoint, *[9] * 10)
    say(after_delivery, 0, 0, 0)

    href, label = link(get(touchpoint, f"?touchpoint={touchpoint.pk}&period=30d"))

    assert label == "Show all touchpoints"
    page = signed_in(touchpoint).get(href).content.decode()
    assert period_of(page) == "30d"
    assert "+54" in words(page)


def test_a_segment_that_leaves_out_a_few_leads_to_all_segments(touchpoint: Touchpoint) -> None:
    about_the_relationship(touchpoint)
    say(touchpoint, *[9] * 10, region="north")
    say(touchpoint, 0, 0, 0, region="south")

    href, label = link(get(touchpoint, "?segment=a:region=north&period=30d"))

    assert label == "Show all segments"
    assert "+54" in words(signed_in(touchpoint).get(href).content.decode())


def test_a_chosen_span_of_days_stays_where_its_touchpoint_is_given_up(touchpoint: Touchpoint) -> None:
    about_the_relationship(touchpoint)
    after_delivery = factories.touchpoint(touchpoint.organization, survey=touchpoint.survey, name="After a delivery")
    say(touchpoint, *[9] * 10)
    say(after_delivery, 0, 0, 0)

    href, _ = link(get(touchpoint, f"?touchpoint={touchpoint.pk}&start=2026-03-01&end=2026-03-10"))

    assert "start=2026-03-01&end=2026-03-10" in href
    assert "+54" in words(signed_in(touchpoint).get(href).content.decode())


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

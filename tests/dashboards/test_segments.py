"""A part of the answers by itself, and where a figure comes from."""

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest

from dashboards import rollup
from dashboards.segment import Segment
from feedback import answering
from organizations.models import Role
from surveys.models import Question, Touchpoint
from tests import factories
from tests.dashboards.test_dashboard_page import LAST_WEEK, a_touchpoint, address, get, member, say, signed_in, words
from tests.factories import NOW


@pytest.fixture
def touchpoint(db: None, freeze: Callable[[Any], None]) -> Touchpoint:
    freeze(NOW)
    return a_touchpoint()


def say_last_week(touchpoint: Touchpoint, *scores: int, **bought: Any) -> None:
    say(touchpoint, *scores, days_ago=LAST_WEEK, **bought)


def rows(page: str) -> list[str]:
    """The ranking, as a person reads it, one line a segment."""
    table = page[page.index('class="hb-ranking"') :]
    table = table[: table.index("</table>")]
    return [words(row) for row in re.findall(r"<tr.*?</tr>", table, flags=re.S)[1:]]


# --- the filter -----------------------------------------------------------------------------------------------------


def test_one_segment_is_looked_at_by_itself_and_the_page_says_which(touchpoint: Touchpoint) -> None:
    say_last_week(touchpoint, *[9] * 7, region="north")
    say_last_week(touchpoint, *[2] * 6, region="south")

    page = get(touchpoint, "?segment=a:region=south")

    assert "Post-purchase · region: south ·" in words(page)
    assert "−100" in words(page)
    assert "6 answers" in words(page)


def test_choices_comments_and_what_was_left_out_are_those_of_the_segment(touchpoint: Touchpoint) -> None:
    say_last_week(touchpoint, *[9] * 6, region="north", text="From the north")
    left_out = say(touchpoint, *[2] * 6, days_ago=LAST_WEEK, region="south", text="From the south")[0]
    answering.exclude(left_out, why="A test", by=member(touchpoint, Role.QUALITY_MANAGER), now=NOW)
    rollup.sweep()
    question = Question.objects.get(survey=touchpoint.survey, key="nps")
    client, link = signed_in(touchpoint), address(touchpoint.organization, "definition", question.pk)

    page = get(touchpoint, "?segment=a:region=south", role=Role.CASE_WORKER)

    assert "From the south" in page
    assert "From the north" not in page
    south, north = (
        words(client.get(link, {"segment": f"a:region={name}"}).content.decode()) for name in ("south", "north")
    )
    assert "region: south" in south
    assert "1 response that somebody left out" in south
    assert "0 responses that somebody left out" in north


def test_a_segment_whose_others_are_too_few_is_not_told(touchpoint: Touchpoint) -> None:
    say_last_week(touchpoint, *[9] * 7, region="north")
    say_last_week(touchpoint, 0, 0, region="south")

    page = get(touchpoint, "?segment=a:region=north")

    assert "hb-tile-figure" not in page
    assert "the few others of these days could be worked out" in words(page)
    assert "7 of 5" not in words(page)


def test_an_attribute_may_have_the_sign_of_equality_in_its_name(touchpoint: Touchpoint) -> None:
    odd: dict[str, Any] = {"a=b": "c=d"}
    say_last_week(touchpoint, *[9] * 7, **odd)
    say_last_week(touchpoint, *[2] * 7, **{"a=b": "e"})

    assert "+100" in words(get(touchpoint, "?segment=a:a%3Db%3Dc%3Dd"))


@pytest.mark.parametrize("said", ["rubbish", "a:region=nowhere", "=", "touchpoint=x", "a" * 300])
def test_a_segment_that_is_none_is_said_beside_the_filter(touchpoint: Touchpoint, said: str) -> None:
    say_last_week(touchpoint, *[9] * 7, region="north")

    page = words(get(touchpoint, f"?segment={said}"))

    assert "This choice cannot be shown" in page
    assert "Choose one from the list" in page or "at most 200 characters" in page


def test_a_segment_and_a_touchpoint_are_not_counted_together(touchpoint: Touchpoint) -> None:
    say_last_week(touchpoint, *[9] * 7, region="north")

    page = words(get(touchpoint, f"?segment=a:region=north&touchpoint={touchpoint.pk}"))

    assert "Answers are counted by touchpoint or by segment. Choose one of both." in page


def test_a_segment_of_another_survey_gives_way_to_the_survey(touchpoint: Touchpoint) -> None:
    say_last_week(touchpoint, *[9] * 7, region="north")
    other = factories.survey(touchpoint.organization, starter="support", name="After a call")

    assert "After a call · " in words(get(touchpoint, f"?survey={other.pk}&segment=a:region=north"))


def test_a_segment_of_another_organization_is_no_choice(touchpoint: Touchpoint) -> None:
    say_last_week(touchpoint, *[9] * 7, region="north")
    mallory = factories.touchpoint(factories.organization("Mallory's"))
    say_last_week(mallory, *[9] * 7, region="secret")

    assert "Choose one from the list" in words(get(touchpoint, "?segment=a:region=secret"))


def test_an_address_says_a_segment_and_is_read_again() -> None:
    segment = Segment("a:store=x", "1=2")

    assert segment in set(Segment.readings(str(segment)))
    assert list(Segment.readings("nothing")) == []


# --- where it comes from --------------------------------------------------------------------------------------------


def test_segments_are_ranked_and_only_what_holds_is_marked(touchpoint: Touchpoint) -> None:
    say_last_week(touchpoint, *[9] * 30, *[2] * 10, region="north")
    say_last_week(touchpoint, *[9] * 29, *[2] * 11, region="east")
    say_last_week(touchpoint, *[9] * 10, *[2] * 30, region="south")
    say_last_week(touchpoint, *[9] * 6, region="west")

    found = rows(get(touchpoint, "?where=a:region"))

    assert [row.split(":")[0] for row in found] == ["north", "east", "south", "west"]
    assert "no reliable difference" not in found[0]
    assert re.search(r"40 answers \+\d+(\.\d)? points", found[0])
    assert re.search(r"40 answers −\d+(\.\d)? points", found[2])
    assert found[3].endswith("6 answers low base")


def test_a_click_on_a_segment_shows_its_answers_alone(touchpoint: Touchpoint) -> None:
    say_last_week(touchpoint, *[9] * 7, region="north & east")
    say_last_week(touchpoint, *[2] * 6, region="south")

    page = get(touchpoint, "?where=a:region")
    href = unescape(re.findall(r'<th scope="row"><a href="([^"]+)">north', page)[0])

    shown = get(touchpoint, href)
    assert "region: north &amp; east ·" in words(shown)
    assert 'aria-current="true"' in shown


def test_segments_that_are_too_few_are_only_counted(touchpoint: Touchpoint) -> None:
    say_last_week(touchpoint, *[9] * 7, region="north")
    say_last_week(touchpoint, *[9] * 7, region="south")
    say_last_week(touchpoint, *[9] * 7, region="east")
    say_last_week(touchpoint, 0, 0, region="west")

    page = get(touchpoint, "?where=a:region")

    assert len(rows(page)) == 2
    assert "2 more have too few answers to be told, or would tell another." in words(page)


def test_a_long_list_unfolds(touchpoint: Touchpoint) -> None:
    for number in range(14):
        say_last_week(touchpoint, *[9] * 5, region=f"region {number:02}")

    page = get(touchpoint, "?where=a:region")

    assert "Show 2 more" in words(page)
    assert page.count('<tr class="is-weak"') == 14


def test_what_the_organization_chose_to_report_by_comes_first_in_its_order(touchpoint: Touchpoint) -> None:
    touchpoint.organization.reporting_attributes = ["store", "product"]
    touchpoint.organization.save()
    for product, store in [("Lamp", "Berlin"), ("Chair", "Paris")]:
        say_last_week(touchpoint, *[9] * 6, product=product, store=store)

    page = get(touchpoint)

    assert "NPS by store" in words(page)
    assert page.index("where=a%3Astore") < page.index("where=a%3Aproduct")


def test_a_dimension_that_is_none_is_the_first(touchpoint: Touchpoint) -> None:
    say_last_week(touchpoint, *[9] * 7, region="north")
    say_last_week(touchpoint, *[9] * 7, region="south")

    assert "NPS by region" in words(get(touchpoint, "?where=rubbish"))

"""The dashboard as members see it: honest under the minimum group, clear about rubbish, live without reloading."""

import csv
import io
import itertools
import re
from collections.abc import Callable, Sequence
from datetime import timedelta
from html import unescape
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils.html import strip_tags
from playwright.sync_api import BrowserContext, Page, expect

from dashboards import rollup
from feedback import answering
from feedback.models import Response
from organizations.models import Member, Organization, Role
from surveys.answers import AnswerValue
from surveys.models import Basis, Question, Touchpoint
from tests import factories, workbooks
from tests.browsing import axe
from tests.dashboards.verbs import answered, chose, score
from tests.factories import NOW

Freeze = Callable[[Any], None]


@pytest.fixture
def touchpoint(db: None, freeze: Freeze) -> Touchpoint:
    freeze(NOW)
    return a_touchpoint()


def a_touchpoint(**fields: Any) -> Touchpoint:
    organization = factories.organization(**fields)
    factories.cast(organization)
    return factories.touchpoint(organization)


def member(touchpoint: Touchpoint, role: Role) -> Member:
    return touchpoint.organization.members.get(role=role)


def signed_in(touchpoint: Touchpoint, role: Role = Role.VIEWER) -> Client:
    client = Client()
    client.force_login(member(touchpoint, role).user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def say(touchpoint: Touchpoint, *scores: int, days_ago: int = 1, text: str = "", **bought: Any) -> list[Response]:
    responses = []
    for value in scores:
        purchase = factories.purchase(factories.customer(touchpoint.organization), **bought)
        invitation = factories.invitation(purchase, touchpoint=touchpoint)
        said: dict[str, Any] = {"nps": score(value)} | ({"reason": AnswerValue(text=text)} if text else {})
        responses.append(answered(invitation, now=NOW - timedelta(days=days_ago), **said))
    rollup.sweep()
    return responses


def address(of: Organization, name: str = "dashboard", *args: int) -> str:
    return reverse(f"dashboards:{name}", args=[of.slug, *args])


def get(touchpoint: Touchpoint, query: str = "", role: Role = Role.VIEWER) -> str:
    answer = signed_in(touchpoint, role).get(address(touchpoint.organization) + query)
    assert answer.status_code == 200
    return str(answer.content.decode())


def words(page: str) -> str:
    """What a person reads."""
    without_data = re.sub(r"<script.*?</script>", "", page, flags=re.S)
    return " ".join(strip_tags(without_data).split())


# --- figures --------------------------------------------------------------------------------------------------------


def test_before_anybody_answered_the_tile_says_so(touchpoint: Touchpoint) -> None:
    assert "No answers yet" in words(get(touchpoint))


def test_under_the_minimum_group_the_page_says_how_many_are_missing_and_nothing_else(touchpoint: Touchpoint) -> None:
    say(touchpoint, 9, 10, 9, 2)

    page = get(touchpoint)

    assert "4 of 5 answers needed" in words(page)
    assert "data-chart" not in page
    assert "hb-tile-figure" not in page
    assert "Detractors" not in page


def test_with_the_fifth_answer_the_figure_appears_with_interval_and_n(touchpoint: Touchpoint) -> None:
    say(touchpoint, 9, 10, 9, 2, 7)

    page = words(get(touchpoint))

    # 3 promoters, 1 detractor of 5; adjusted Wald.
    assert "+40 −30 to +80" in page
    assert "5 answers" in page
    assert "low base" in page
    assert "Promoters 60 %, Detractors 20 %" in page.replace("\u202f", " ")


def test_an_organization_may_ask_for_more_answers_before_figures_are_shown(touchpoint: Touchpoint) -> None:
    touchpoint.organization.minimum_group = 10
    touchpoint.organization.save()
    say(touchpoint, *[9] * 9)

    assert "9 of 10 answers needed" in words(get(touchpoint))


def test_a_response_left_out_takes_its_figure_below_the_minimum_again(touchpoint: Touchpoint) -> None:
    annas = say(touchpoint, 9, 10, 9, 2, 7)[0]
    answering.exclude(annas, why="Our own test", by=member(touchpoint, Role.QUALITY_MANAGER), now=NOW)
    rollup.sweep()

    assert "4 of 5 answers needed" in words(get(touchpoint))


def test_a_change_is_told_where_it_is_real(touchpoint: Touchpoint) -> None:
    say(touchpoint, *[2] * 20, days_ago=100)
    say(touchpoint, *[9] * 20)

    page = words(get(touchpoint))

    assert "+200 points" in page
    assert "NPS rose by 200 points" in page


def test_noise_is_no_change(touchpoint: Touchpoint) -> None:
    say(touchpoint, 9, 9, 2, 7, 9, days_ago=100)
    say(touchpoint, 9, 2, 2, 7, 9)

    page = words(get(touchpoint))

    assert "no reliable change" in page
    assert "NPS by week" in page


LAST_WEEK = 3


def test_a_touchpoint_whose_others_are_too_few_is_not_told(touchpoint: Touchpoint) -> None:
    after_delivery = factories.touchpoint(touchpoint.organization, survey=touchpoint.survey, name="After a delivery")
    say(touchpoint, *[9] * 10, days_ago=LAST_WEEK)
    say(after_delivery, 0, 0, 0, days_ago=LAST_WEEK)

    page = get(touchpoint, f"?touchpoint={touchpoint.pk}")

    assert "hb-tile-figure" not in page
    assert "data-chart" not in page


def test_a_period_is_widened_to_whole_groups_and_says_so_quietly(touchpoint: Touchpoint) -> None:
    say(touchpoint, *[9] * 10)
    say(touchpoint, 0, 0, days_ago=20)
    question = Question.objects.get(survey=touchpoint.survey, key="nps")
    link = address(touchpoint.organization, "definition", question.pk)

    page, client = words(get(touchpoint, "?period=7d")), signed_in(touchpoint)

    assert "12 answers" in page
    assert "18 Feb 2026 – 9 Mar 2026 · by day of answer; widened so that no single answer can be worked out" in page
    assert "widened so that no single answer" in words(client.get(link + "?period=7d").content.decode())
    downloaded = client.get(address(touchpoint.organization) + "?period=7d&csv=scores").getvalue().decode()
    assert "widened so that no single answer" in downloaded


def test_viewers_see_whole_days_and_those_who_may_see_single_answers_see_today(touchpoint: Touchpoint) -> None:
    say(touchpoint, *[9] * 6)
    say(touchpoint, 0, 0, 0, days_ago=0)

    assert "6 answers" in words(get(touchpoint))
    assert "whole days, the newest answers 5 or more at a time" in words(get(touchpoint))
    assert "9 answers" in words(get(touchpoint, role=Role.CASE_WORKER))


def test_a_viewer_learns_nothing_by_subtracting_one_day(touchpoint: Touchpoint) -> None:
    """She asks for every span of ten days there is, and subtracts those that lie within others."""
    for days_ago, n in enumerate((3, 1, 6, 2, 4, 1, 1, 7, 3, 2), start=1):
        say(touchpoint, *[9] * (n - 1), 0, days_ago=days_ago)
    client, day = signed_in(touchpoint), NOW.date()

    told = {}
    for first, last in itertools.combinations_with_replacement(range(10, 0, -1), 2):
        query = f"?start={day - timedelta(days=first)}&end={day - timedelta(days=last)}&csv=figures"
        answer = client.get(address(touchpoint.organization) + query)
        row = next(csv.reader(io.StringIO(answer.getvalue().decode("utf-8-sig").splitlines()[1])))
        told[first, last] = int(row[5] or 0)

    within = [(a, b) for a in told for b in told if a[0] >= b[0] and a[1] <= b[1]]
    assert len(set(told.values())) > 3
    assert {told[a] - told[b] for a, b in within} & {1, 2, 3, 4} == set()


def test_segments_under_the_minimum_group_are_told_neither_figure_nor_n(touchpoint: Touchpoint) -> None:
    say(touchpoint, *[9] * 7, region="north", days_ago=LAST_WEEK)
    say(touchpoint, *[9] * 6, region="south", days_ago=LAST_WEEK)
    say(touchpoint, 0, 0, 0, region="west", days_ago=LAST_WEEK)

    downloaded = signed_in(touchpoint).get(address(touchpoint.organization) + "?csv=by-a-region").getvalue().decode()

    rows = dict(line.split(",", 1) for line in downloaded.strip().splitlines()[1:4])
    assert rows == {"north": "100,33,100,7,low base", "south": ",,,,", "west": ",,,,"}


def test_languages_are_called_by_their_names(touchpoint: Touchpoint) -> None:
    for language in ("en", "de"):
        for value in (9, 9, 9, 9, 9, 2):
            customer = factories.customer(touchpoint.organization, language=language)
            invitation = factories.invitation(factories.purchase(customer), touchpoint=touchpoint)
            answered(invitation, now=NOW - timedelta(days=LAST_WEEK), nps=score(value))
    rollup.sweep()

    downloaded = signed_in(touchpoint).get(address(touchpoint.organization) + "?csv=by-language").getvalue().decode()

    assert {line.split(",")[0] for line in downloaded.partition("\r\n\r\n")[0].splitlines()[1:]} == {
        "English",
        "Deutsch",
    }


def test_an_attribute_may_be_called_anything_and_its_chart_can_still_be_named_and_downloaded(
    touchpoint: Touchpoint,
) -> None:
    for name in ('store "x"; filename=<b>', "店 舗", "store:x"):
        north: dict[str, Any] = {name: "north"}
        south: dict[str, Any] = {name: "south"}
        say(touchpoint, *[9] * 7, days_ago=LAST_WEEK, **north)
        say(touchpoint, *[9] * 6, days_ago=LAST_WEEK, **south)

    ids = []
    for query in re.findall(r'href="(\?[^"#]*where=a[^"#]*)#origins"', get(touchpoint)):
        ids += re.findall(r"csv=(by-a-[^&\"]*)", get(touchpoint, unescape(query)))

    assert len(set(ids)) == 3
    for name in ids:
        assert re.fullmatch(r"[a-z0-9-]+", name)
        answer = signed_in(touchpoint).get(address(touchpoint.organization), {"csv": name})
        assert answer["Content-Disposition"] == f'attachment; filename="{name}.csv"'


def test_numbers_stand_in_the_organizations_notation(db: None, freeze: Freeze) -> None:
    freeze(NOW)
    touchpoint = a_touchpoint(language="de")
    say(touchpoint, *[9] * 67, *[2] * 53)

    assert "55,8" in words(get(touchpoint))


def test_only_the_newest_answers_question_is_scored_and_choices_have_their_labels(touchpoint: Touchpoint) -> None:
    for _ in range(5):
        invitation = factories.invitation(
            factories.purchase(factories.customer(touchpoint.organization)), touchpoint=touchpoint
        )
        answered(invitation, now=NOW - timedelta(days=1), what_went_wrong=chose("late", "price"))
    rollup.sweep()

    page = get(touchpoint)

    assert "What did not go well?" in words(page)
    assert "It arrived late" in page


# --- who sees what --------------------------------------------------------------------------------------------------


def test_case_workers_read_comments_and_viewers_do_not(touchpoint: Touchpoint) -> None:
    say(touchpoint, 2, text="The box was <b>crushed</b>")

    assert "The box was &lt;b&gt;crushed" in get(touchpoint, role=Role.CASE_WORKER)
    assert "crushed" not in get(touchpoint, role=Role.VIEWER)


def test_comments_of_responses_left_out_are_not_among_them(touchpoint: Touchpoint) -> None:
    said = say(touchpoint, 2, text="Only a test")[0]
    answering.exclude(said, why="Our own test", by=member(touchpoint, Role.QUALITY_MANAGER), now=NOW)

    assert "Only a test" not in get(touchpoint, role=Role.CASE_WORKER)


def test_anonymous_comments_wait_for_the_minimum_group_and_come_without_score(touchpoint: Touchpoint) -> None:
    say(touchpoint, 2, text="Nobody shall know me")
    Response.objects.update(anonymous=True, invitation=None, customer=None)
    assert "Nobody shall know me" not in get(touchpoint, role=Role.CASE_WORKER)

    say(touchpoint, 9, 9, 9, 9)

    page = get(touchpoint, role=Role.CASE_WORKER)
    assert "Nobody shall know me" in page
    assert "hb-score hb-low" not in page


def test_comments_are_paged(touchpoint: Touchpoint) -> None:
    for number in range(11):
        say(touchpoint, 9, text=f"Comment {number:02}")

    assert "Comment 00" not in get(touchpoint, role=Role.CASE_WORKER)
    assert "Comment 00" in get(touchpoint, "?page=2", role=Role.CASE_WORKER)


# --- rubbish --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("period=fortnight", "This is not one of the choices"),
        ("period=custom", "Say from when, until when, or both"),
        ("start=tomorrow", "Write the day as year-month-day"),
        ("start=1000000000-01-01", "Write the day as year-month-day"),
        ("start=0001-01-01", "Take a day from the year 2000 on"),
        ("start=2026-03-01&end=2026-02-01", "The last day lies before the first"),
        ("start=2999-01-01", "This day is still to come"),
        ("touchpoint=" + "9" * 40, "This is not one of the choices"),
        ("survey=-1", "This is not one of the choices"),
        ("survey=" + quote("'; DROP TABLE"), "This is not one of the choices"),
        ("by=century", "This is not one of the choices"),
    ],
)
def test_rubbish_in_the_address_is_answered_beside_the_filter(touchpoint: Touchpoint, query: str, message: str) -> None:
    page = get(touchpoint, f"?{query}")

    assert message in words(page)
    assert "This choice cannot be shown" in words(page)


@pytest.mark.parametrize("query", ["page=x", "page=-1", "page=" + "9" * 30, "question=x", "question=" + "9" * 30])
def test_a_page_or_question_that_is_none_is_the_first(touchpoint: Touchpoint, query: str) -> None:
    say(touchpoint, *[9] * 5, text="Good")

    assert "+100" in words(get(touchpoint, f"?{query}", role=Role.CASE_WORKER))


def test_a_nul_in_the_address_is_refused(touchpoint: Touchpoint) -> None:
    assert signed_in(touchpoint).get(address(touchpoint.organization) + "?period=%00").status_code == 400


def test_a_touchpoint_or_survey_of_somebody_else_is_no_choice(touchpoint: Touchpoint) -> None:
    foreign = factories.touchpoint(factories.organization("Mallory's"))

    for query in (f"?touchpoint={foreign.pk}", f"?survey={foreign.survey_id}"):
        assert "This is not one of the choices" in words(get(touchpoint, query))


def test_a_touchpoint_of_another_survey_gives_way_to_the_survey(touchpoint: Touchpoint) -> None:
    other = factories.survey(touchpoint.organization, starter="support", name="After a call")

    page = words(get(touchpoint, f"?survey={other.pk}&touchpoint={touchpoint.pk}"))

    assert "After a call · " in page
    assert "CES" in page


# --- definition, downloads, changes -----------------------------------------------------------------------------------


def test_a_figure_leads_to_its_formula_window_n_and_what_was_left_out(touchpoint: Touchpoint) -> None:
    left_out = say(touchpoint, 0, *[9] * 5)[0]
    answering.exclude(left_out, why="Our own test", by=member(touchpoint, Role.QUALITY_MANAGER), now=NOW)
    rollup.sweep()
    question = Question.objects.get(survey=touchpoint.survey, key="nps")
    link = address(touchpoint.organization, "definition", question.pk)
    assert f'href="{link}?period=30d"' in get(touchpoint, "?period=30d")

    page = words(signed_in(touchpoint).get(link + "?period=30d").content.decode())

    assert "+100 points from −100 to +100" in page
    assert "promoters, who gave 9–10, minus detractors" in page
    assert "9 Feb 2026 – 9 Mar 2026 by day of answer, Europe/Berlin" in page
    assert "5 answers" in page
    assert "1 response that somebody left out" in page


def test_the_definition_under_the_minimum_group_tells_no_figure(touchpoint: Touchpoint) -> None:
    say(touchpoint, *[9] * 4)
    question = Question.objects.get(survey=touchpoint.survey, key="nps")

    page = words(
        signed_in(touchpoint).get(address(touchpoint.organization, "definition", question.pk)).content.decode()
    )

    assert "4 of 5 answers needed" in page
    assert "+100 " not in page.replace("to +100", "")


def defined(touchpoint: Touchpoint) -> str:
    question = Question.objects.get(survey=touchpoint.survey, key="nps")
    page = signed_in(touchpoint).get(address(touchpoint.organization, "definition", question.pk))
    return words(page.content.decode())


def say_twice(touchpoint: Touchpoint, first: int, second: int) -> None:
    customer = factories.customer(touchpoint.organization)
    for value, days_ago in ((first, 2), (second, 1)):
        invitation = factories.invitation(factories.purchase(customer), touchpoint=touchpoint)
        answered(invitation, now=NOW - timedelta(days=days_ago), nps=score(value))
    rollup.sweep()


# --- surveys about the whole relationship -----------------------------------------------------------------------------


@pytest.fixture
def relationship(touchpoint: Touchpoint) -> Touchpoint:
    touchpoint.survey.basis = Basis.RELATIONAL
    touchpoint.survey.save()
    return touchpoint


def test_a_survey_about_the_whole_relationship_counts_each_customer_once_a_quarter(relationship: Touchpoint) -> None:
    for _ in range(6):
        say_twice(relationship, 0, 9)

    page = words(get(relationship, role=Role.CASE_WORKER))

    assert "+100" in page
    assert "6 answers" in page
    assert "Each customer counts once a quarter, by her latest answer in it" in defined(relationship)


def test_its_trend_goes_by_quarters_and_nothing_else_can_be_chosen(relationship: Touchpoint) -> None:
    say(relationship, *[9] * 5)
    say(relationship, *[0] * 2, days_ago=80)
    say(relationship, *[9] * 3, days_ago=170)
    say(relationship, *[9] * 6, days_ago=260)

    carla = signed_in(relationship, Role.CASE_WORKER)
    page = carla.get(address(relationship.organization) + "?period=all&by=week").content.decode()
    downloaded = carla.get(address(relationship.organization) + "?period=all&csv=trend")
    rows = downloaded.getvalue().decode("utf-8-sig").partition("\r\n\r\n")[0].splitlines()

    assert "filter-by" not in page
    assert "NPS by quarter" in words(page)
    assert rows[0] == "Quarter,From,To,NPS,Low,High,Answers"
    assert [row.split(",")[:4] for row in rows[1:]] == [
        ["Q2 2025", "2025-04-01", "2025-06-30", "100"],
        ["Q3 2025 – Q4 2025", "2025-07-01", "2025-12-31", "20"],
        ["Q1 2026", "2026-01-01", "2026-03-31", "100"],
    ]


def test_a_viewer_is_told_when_the_running_quarter_is_over_and_not_how_many_wait(relationship: Touchpoint) -> None:
    say(relationship, *[9] * 7)

    page = words(get(relationship, role=Role.VIEWER))

    assert "Told by whole quarters: the next one from 1 April 2026" in page
    assert "7 answers" not in page
    assert "No answers" not in page
    assert "answers needed" not in page


def test_a_viewer_reads_beside_the_figure_that_the_running_quarter_is_not_among_it(relationship: Touchpoint) -> None:
    say(relationship, *[9] * 7, days_ago=80)
    say(relationship, *[0] * 3)

    page = words(get(relationship, role=Role.VIEWER))

    assert "+100" in page
    assert (
        "1 Oct 2025 – 31 Dec 2025 · by day of answer; whole quarters; "
        "a quarter is told when it is over, the next one from 1 April 2026 on" in page
    )


def test_a_figure_of_customers_who_answered_twice_is_marked_and_explained(touchpoint: Touchpoint) -> None:
    for value in (9, 9, 2, 9, 2, 7):
        say_twice(touchpoint, value, value)

    assert "repeated answers" in words(get(touchpoint))
    assert "cluster-robust: customers answered more than 1.2 times on average" in defined(touchpoint)
    assert "adjusted Wald" not in defined(touchpoint)


def test_the_definition_of_somebody_elses_question_is_not_found(touchpoint: Touchpoint) -> None:
    foreign = factories.survey(factories.organization("Mallory's")).questions.first()
    assert foreign is not None

    assert signed_in(touchpoint).get(address(touchpoint.organization, "definition", foreign.pk)).status_code == 404


def test_a_download_has_the_numbers_of_the_chart(touchpoint: Touchpoint) -> None:
    say(touchpoint, *[9] * 6, *[2] * 2)

    answer = signed_in(touchpoint).get(address(touchpoint.organization) + "?csv=scores")

    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.getvalue().decode().splitlines()[10] == "9,6,75"


@pytest.mark.parametrize("name", ["nothing", "", "../scores"])
def test_a_download_of_no_chart_is_not_found(touchpoint: Touchpoint, name: str) -> None:
    assert signed_in(touchpoint).get(address(touchpoint.organization) + f"?csv={name}").status_code == 404


def test_a_download_says_what_its_numbers_are_about(touchpoint: Touchpoint) -> None:
    say(touchpoint, *[9] * 6, *[2] * 2, days_ago=LAST_WEEK)

    answer = signed_in(touchpoint).get(address(touchpoint.organization) + f"?csv=scores&touchpoint={touchpoint.pk}")
    lines = answer.getvalue().decode().partition("\r\n\r\n")[2].splitlines()

    assert "Survey,Post-purchase" in lines
    assert "Touchpoint,After a purchase" in lines
    assert "Days,by day of answer" in lines
    assert "Minimum group,5" in lines
    assert any(line.startswith("Period,") for line in lines)
    assert any(line.startswith("Shown,") and "n = 8" in line for line in lines)


def test_a_workbook_has_the_same_numbers_as_the_csv_file(touchpoint: Touchpoint) -> None:
    say(touchpoint, *[9] * 6, *[2] * 2)
    client = signed_in(touchpoint)

    written = client.get(address(touchpoint.organization) + "?csv=figures").getvalue().decode("utf-8-sig")
    book = workbooks.rows(client.get(address(touchpoint.organization) + "?xlsx=figures").getvalue())

    figures = next(csv.reader(io.StringIO(written.splitlines()[1])))
    assert figures[:6] == [
        "NPS",
        "How likely are you to recommend us to a friend or colleague?",
        "50",
        "-14",
        "87",
        "8",
    ]
    assert list(book[1].values())[:6] == [*figures[:2], 50.0, -14.0, 87.0, 8.0]


def test_under_the_minimum_group_a_download_has_no_numbers_either(touchpoint: Touchpoint) -> None:
    say(touchpoint, 9, 9, 2)
    client = signed_in(touchpoint)

    assert client.get(address(touchpoint.organization) + "?csv=scores").status_code == 404
    figures = client.get(address(touchpoint.organization) + "?csv=figures").getvalue().decode()
    assert figures.splitlines()[1].endswith(",,,,,,3 of 5 answers needed")


def test_a_survey_with_a_name_like_a_formula_is_harmless_in_a_download(touchpoint: Touchpoint) -> None:
    touchpoint.survey.name = "=cmd()"
    touchpoint.survey.save()
    say(touchpoint, *[9] * 5)

    answer = signed_in(touchpoint).get(address(touchpoint.organization) + "?csv=scores")

    assert "Survey,'=cmd()" in answer.getvalue().decode().splitlines()


def test_changes_are_told_when_a_count_has_changed(touchpoint: Touchpoint) -> None:
    say(touchpoint, *[9] * 5)
    client, url = signed_in(touchpoint), address(touchpoint.organization, "changes")
    stamp = re.findall(r'data-stamp="([^"]+)"', get(touchpoint))[0]
    assert client.get(url, {"stamp": stamp}).status_code == 204

    say(touchpoint, 2)

    assert client.get(url, {"stamp": stamp}).status_code == 200


def test_what_is_counted_while_the_page_is_drawn_is_told_as_a_change(touchpoint: Touchpoint) -> None:
    say(touchpoint, *[9] * 6)
    client, drawn = signed_in(touchpoint), list[str]()

    def counts_meanwhile(execute: Callable[..., Any], statement: str, *more: Any) -> Any:
        found = execute(statement, *more)
        # Right after the figures were read, somebody else's answer is counted.
        if '"dashboards_dailycount"."counts"' in statement and not drawn:
            drawn.append(statement)
            say(touchpoint, 2)
        return found

    with connection.execute_wrapper(counts_meanwhile):
        page = str(client.get(address(touchpoint.organization)).content.decode())

    assert drawn
    stamp = re.findall(r'data-stamp="([^"]+)"', page)[0]
    assert client.get(address(touchpoint.organization, "changes"), {"stamp": stamp}).status_code == 200


def test_a_rubbish_filter_has_no_changes(touchpoint: Touchpoint) -> None:
    assert signed_in(touchpoint).get(address(touchpoint.organization, "changes") + "?period=x").status_code == 204


def test_htmx_gets_the_part_that_the_page_includes(touchpoint: Touchpoint) -> None:
    part = signed_in(touchpoint).get(address(touchpoint.organization), headers={"HX-Request": "true"}).content.decode()

    assert part.lstrip().startswith('<div id="dashboard"')
    assert part.strip() in get(touchpoint)


def test_pictures_from_the_browsers_memory_are_allowed_on_pages_with_charts_alone(touchpoint: Touchpoint) -> None:
    client = signed_in(touchpoint)
    chart = client.get(address(touchpoint.organization))["Content-Security-Policy"]
    other = client.get(address(touchpoint.organization, "changes") + "?stamp=x")["Content-Security-Policy"]

    assert "img-src 'self' data: blob:" in chart
    assert "blob:" not in other
    assert "unsafe" not in chart


def test_without_a_published_survey_the_page_says_what_to_do_next(db: None, client: Client) -> None:
    organization = factories.organization()
    client.force_login(factories.member(organization, Role.QUALITY_MANAGER).user)

    page = client.get(address(organization)).content.decode()

    assert "Your figures will stand here" in page
    assert f'href="{reverse("actions:home", args=[organization.slug])}">Show me the way' in page


def test_without_a_published_survey_a_viewer_reads_who_starts(db: None, client: Client) -> None:
    organization = factories.organization()
    client.force_login(factories.member(organization, Role.VIEWER).user)

    page = client.get(address(organization)).content.decode()

    assert "an owner or quality manager starts that" in page
    assert "Show me the way" not in page


QUERIES = 19


@pytest.mark.parametrize("days", [1, 3])
def test_the_page_takes_the_same_number_of_queries_however_much_there_is(
    touchpoint: Touchpoint, days: int, django_assert_num_queries: Callable[..., Any]
) -> None:
    for days_ago in range(days):
        for region in ("north", "south"):
            say(touchpoint, *[9] * 5, days_ago=days_ago, region=region, text="Good")
    client, url = signed_in(touchpoint, Role.CASE_WORKER), address(touchpoint.organization)
    client.get(url)

    with django_assert_num_queries(QUERIES):
        client.get(url)


# --- in a browser ---------------------------------------------------------------------------------------------------


def enter(context: BrowserContext, site: str, touchpoint: Touchpoint, role: Role = Role.CASE_WORKER) -> Page:
    session = signed_in(touchpoint, role).cookies["hearback_session"].value
    context.add_cookies([{"name": "hearback_session", "value": session, "url": site}])
    page = context.new_page()
    page.goto(site + address(touchpoint.organization))
    return page


def say_now(touchpoint: Touchpoint, scores: Sequence[int]) -> None:
    from django.utils import timezone

    for number, value in enumerate(scores):
        purchase = factories.purchase(factories.customer(touchpoint.organization), region=f"region {number % 2}")
        invitation = factories.invitation(purchase, touchpoint=touchpoint)
        answered(invitation, now=timezone.now(), nps=score(value), reason=AnswerValue(text="Well done"))
    rollup.sweep()


def test_a_new_answer_shows_without_reloading_and_keeps_what_is_open(live_site: str, context: BrowserContext) -> None:
    touchpoint = a_touchpoint()
    say_now(touchpoint, [9, 10, 9, 2])
    page = enter(context, live_site, touchpoint)
    expect(page.get_by_text("4 of 5 answers needed").first).to_be_visible()

    say_now(touchpoint, [7])
    expect(page.locator(".hb-tile-figure").first).to_contain_text("+40", timeout=60_000)
    expect(page.locator(".hb-plot .main-svg").first).to_be_visible()

    page.locator("#table-scores summary").click()
    say_now(touchpoint, [9])
    expect(page.locator(".hb-tile-figure").first).to_contain_text("+50", timeout=60_000)
    expect(page.locator("#table-scores")).to_have_attribute("open", "")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1440])
def test_axe_finds_nothing_on_the_dashboard(
    live_site: str, new_context: Callable[..., BrowserContext], scheme: str, width: int
) -> None:
    touchpoint = a_touchpoint()
    say_now(touchpoint, [9, 10, 9, 2, 7, 8] * 2)
    page = enter(new_context(viewport={"width": width, "height": 900}, color_scheme=scheme), live_site, touchpoint)
    expect(page.locator(".hb-plot .main-svg").first).to_be_visible()

    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_chart_follows_the_theme_and_can_be_saved_as_a_picture(live_site: str, context: BrowserContext) -> None:
    touchpoint = a_touchpoint()
    say_now(touchpoint, [9, 10, 9, 2, 7, 8])
    page = enter(context, live_site, touchpoint)
    bars = "() => document.getElementById('chart-scores').data[0].marker.color[9]"
    expect(page.locator("#chart-scores .main-svg").first).to_be_visible()
    assert page.evaluate(bars) == "#1d6fb8"

    page.evaluate("document.documentElement.dataset.bsTheme = 'dark'; document.dispatchEvent(new Event('themechange'))")
    assert page.evaluate(bars) == "#6cb2eb"

    with page.expect_download() as download:
        page.locator("[data-picture='chart-scores']").click()
    assert download.value.suggested_filename == "scores.png"


def test_choosing_a_period_changes_the_figures_and_the_address(live_site: str, context: BrowserContext) -> None:
    touchpoint = a_touchpoint()
    say_now(touchpoint, [9, 10, 9, 2, 7, 8])
    page = enter(context, live_site, touchpoint)

    page.get_by_label("Period").select_option("7d")
    page.wait_for_url("**period=7d**")
    expect(page.locator(".hb-plot .main-svg").first).to_be_visible()

    page.go_back()
    expect(page.get_by_label("Period")).to_have_value("90d")
    expect(page.locator(".hb-plot .main-svg").first).to_be_visible()

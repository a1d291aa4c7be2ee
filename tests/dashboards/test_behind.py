"""From a number to the answers behind it: as many as the number says, for those who may see them."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from dashboards import behind, periods, rollup
from dashboards.chosen import Chosen
from dashboards.segment import Segment
from feedback import answering
from feedback.models import Customer, Response
from organizations.models import Role
from surveys.models import Basis, Survey, Touchpoint
from tests import factories
from tests.dashboards.verbs import answered, chose, score
from tests.factories import NOW

Freeze = Callable[[Any], None]


@pytest.fixture
def touchpoint(db: None, freeze: Freeze) -> Touchpoint:
    """Twelve answers at one touchpoint and six at another, over two months, one of them left out."""
    freeze(NOW)
    organization = factories.organization()
    cast = factories.cast(organization)
    first = factories.touchpoint(organization)
    second = factories.touchpoint(organization, survey=first.survey, name="After a delivery")
    for number, (at, given) in enumerate([(first, 9)] * 7 + [(first, 2)] * 6 + [(second, 7)] * 6):
        customer = factories.customer(organization)
        store = "Köln & Bonn" if number % 2 else "Ulm"
        invitation = factories.invitation(factories.purchase(customer, days_ago=5, store=store), touchpoint=at)
        said: dict[str, Any] = {"nps": score(given)} | ({"what_went_wrong": chose("late")} if given == 2 else {})
        response = answered(invitation, now=NOW - timedelta(days=40 * (number % 2)), **said)
        if number == 12:
            answering.exclude(response, why="A test", by=cast[Role.QUALITY_MANAGER], now=NOW)
    rollup.sweep()
    return first


def signed_in(touchpoint: Touchpoint, role: Role) -> Client:
    client = Client()
    client.force_login(touchpoint.organization.members.get(role=role).user)
    return client


def board(touchpoint: Touchpoint, role: Role, query: str = "") -> str:
    address = reverse("dashboards:dashboard", args=[touchpoint.organization.slug])
    return signed_in(touchpoint, role).get(address + query).content.decode()


ROW = re.compile(r'<th scope="row"><a href="([^"]*/responses/[^"]*)">(.*?)<span.*?</th>(.*?)</tr>', re.S)
SEGMENT = re.compile(r'<td class="hb-ranking-n"><a href="([^"]*)">(\d+) answers', re.S)


def numbers_with_links(page: str) -> Iterator[tuple[str, int]]:
    for address, _label, rest in ROW.findall(page):
        cells = re.findall(r"<td>([^<]*)</td>", rest)
        # n is the last column of figures, and the first one of counts.
        yield unescape(address), int(cells[-1] if len(cells) > 2 else cells[0])
    for address, n in SEGMENT.findall(page):
        yield unescape(address), int(n)


@pytest.mark.parametrize(
    "query",
    [
        "?period=90d",
        "?period=90d&touchpoint={pk}",
        "?period=30d",
        "?period=all&by=month",
        "?period=90d&segment=language%3Den&where=a:store",
    ],
)
def test_every_row_of_every_table_leads_to_as_many_answers_as_it_counts(touchpoint: Touchpoint, query: str) -> None:
    page = board(touchpoint, Role.CASE_WORKER, query.format(pk=touchpoint.pk))
    carla = signed_in(touchpoint, Role.CASE_WORKER)

    found = list(numbers_with_links(page))

    assert len(found) >= 4
    for address, n in found:
        assert carla.get(address).context["page_obj"].paginator.count == n, address


def test_of_a_survey_about_the_whole_relationship_the_lists_have_the_answers_that_count(touchpoint: Touchpoint) -> None:
    Survey.objects.update(basis=Basis.RELATIONAL)
    for customer in Customer.objects.order_by("pk")[:8]:
        for days_ago, given in ((1, 6), (3, 10), (85, 10), (86, 2)):
            invitation = factories.invitation(factories.purchase(customer, store="Ulm"), touchpoint=touchpoint)
            answered(invitation, now=NOW - timedelta(days=days_ago), nps=score(given), what_went_wrong=chose("late"))
    left_out = Response.objects.filter(answered_on=NOW.date() - timedelta(days=1)).first()
    assert left_out is not None
    quentin = touchpoint.organization.members.get(role=Role.QUALITY_MANAGER)
    answering.exclude(left_out, why="A test", by=quentin, now=NOW)
    rollup.sweep()
    carla = signed_in(touchpoint, Role.CASE_WORKER)

    found = list(numbers_with_links(board(touchpoint, Role.CASE_WORKER, "?period=all&where=a:store")))

    assert len(found) >= 10
    for address, n in found:
        assert carla.get(address).context["page_obj"].paginator.count == n, address


def test_a_tile_and_its_bands_lead_to_their_answers(touchpoint: Touchpoint) -> None:
    page = board(touchpoint, Role.CASE_WORKER, "?period=90d")
    carla = signed_in(touchpoint, Role.CASE_WORKER)
    base = unescape(re.search(r'class="hb-n"><a href="([^"]*)"', page).group(1))  # type: ignore[union-attr]

    counts = [
        carla.get(f"{base}{more}").context["page_obj"].paginator.count for more in ("", "&band=low", "&band=high")
    ]

    assert counts == [18, 5, 7]


def test_viewers_get_no_links_to_single_answers(touchpoint: Touchpoint) -> None:
    page = board(touchpoint, Role.VIEWER, "?period=90d")

    assert 'class="hb-n">' in page
    assert "/responses/" not in page


def test_a_segment_of_rare_values_has_no_list_of_its_own(touchpoint: Touchpoint) -> None:
    chosen = Chosen(touchpoint.survey, None, periods.of("all", today=NOW.date()), "", Segment("a:store", "other"))

    assert behind.answers(chosen) is None

"""A manager's ten minutes with the figures: what she reads, what she takes along, and what she is not shown.

A real browser on the demo shop; she is a viewer.
"""

import csv
import re
from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, expect

from actions import demo
from dashboards import rollup
from organizations.models import Role
from tests.browsing import axe
from tests.desks import desk_of

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

# Where single people and their answers stand, and where things are changed.
CLOSED_TO_HER = [
    "customers/",
    "customers/export/",
    "responses/",
    "responses/export/",
    "mail/",
    "surveys/",
    "touchpoints/",
    "cases/board/",
    "cases/export/",
    "cases/rules/",
    "settings/record/",
]


def test_she_reads_the_figures_takes_a_table_along_and_sees_no_single_answer(
    live_site: str, new_context: Callable[..., BrowserContext], browser_faults: list[str]
) -> None:
    shop = demo.load(password="a long enough sentence", now=timezone.now())
    rollup.sweep()
    vera = shop.members.select_related("user").get(role=Role.VIEWER)
    page = desk_of(vera, new_context, live_site)
    home = f"{live_site}/o/{shop.slug}/"

    # The first page she sees is the dashboard: value, interval, number of answers, and a change only where it is real.
    page.goto(home)
    expect(page).to_have_url(re.compile(r"/dashboard/"))
    nps = page.get_by_role("region", name=re.compile("^NPS How likely"))
    expect(nps.locator(".hb-tile-figure")).to_have_text(re.compile(r"[+−]?\d+\s+[+−]?\d+ to [+−]?\d+"))
    expect(nps.locator(".hb-n")).to_have_text(re.compile(r"\d+ answers"))
    assert axe(page) == []

    # A year instead of a quarter: the address keeps it, so she can send it to a colleague.
    page.get_by_label("Period").select_option(label="Last 365 days")
    expect(page).to_have_url(re.compile(r"period=365d"))
    figure = nps.locator(".hb-tile-figure a").inner_text()

    # One click tells how the figure is made, for this very window.
    nps.get_by_role("link", name=re.compile("^How it is made")).click()
    expect(page).to_have_url(re.compile(r"/dashboard/figures/\d+/"))
    expect(page.locator("main")).to_contain_text(figure)
    page.go_back()

    # What she takes along says the same as the screen, to the last digit.
    rows = _download(page, re.compile("^CSV"), last=True)
    assert next(row[2] for row in rows if row[0] == "NPS") == figure.lstrip("+").replace("−", "-")
    assert all(not cell.startswith(("=", "@")) for row in rows for cell in row)

    # Single people and what they said are closed to her.
    for path in ("dashboard/?period=all", "cases/"):
        page.goto(home + path)
        expect(page.locator("main")).to_be_visible()
        links = page.eval_on_selector_all("a[href]", "links => links.map(link => link.getAttribute('href'))")
        assert [link for link in links if re.search(r"/(responses|customers|mail)/|/cases/\d", link)] == []
        shown = page.content()
        named = [customer.name for customer in shop.customers.exclude(name="")[:300]]
        assert [name for name in named if name in shown] == []
    for path in CLOSED_TO_HER:
        answer = page.goto(home + path)
        assert answer is not None
        assert answer.status == 403, path
        expect(page.get_by_role("heading").first).to_be_visible()
    browser_faults.clear()

    # On her phone she reads the same.
    phone = {"width": 390, "height": 844}
    pocket = desk_of(vera, new_context, live_site, viewport=phone, color_scheme="dark", has_touch=True, is_mobile=True)
    figures = []
    for looked in (page, pocket):
        looked.goto(f"{live_site}/o/{shop.slug}/dashboard/?period=365d")
        expect(looked.locator(".hb-tile-figure").first).to_be_visible()
        figures.append(looked.locator(".hb-tile-figure").all_inner_texts())

    assert figures[0] == figures[1]
    assert pocket.evaluate("document.documentElement.scrollWidth") <= phone["width"]


def _download(page: Page, name: re.Pattern[str], *, last: bool) -> list[list[str]]:
    links = page.get_by_role("link", name=name)
    with page.expect_download() as coming:
        (links.last if last else links.first).click()
    with coming.value.path().open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))

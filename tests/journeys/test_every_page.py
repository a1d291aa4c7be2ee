"""Every page that can be opened, with data on it: axe finds nothing, nothing is too wide, the browser is content."""

from collections.abc import Callable

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page

from actions import demo
from dashboards import rollup
from organizations.models import Role
from tests import factories
from tests.belongings import Belongings
from tests.browsing import axe
from tests.test_wall import ADDRESSES, Within

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

# Charts are drawn, and nothing that the page asked for by itself is on its way.
SETTLED = """() => !document.querySelector(".htmx-request")
    && [...document.querySelectorAll("[data-chart]")].every(chart => chart.querySelector(".main-svg"))"""
SEEN = [
    ({"width": 1440, "height": 900}, "light"),
    ({"width": 390, "height": 844}, "dark"),
]


@pytest.fixture
def it(live_site: str) -> Belongings:
    """The demo shop with one of everything on top of its own."""
    now = timezone.now()
    shop = demo.load(password="a long enough sentence", now=now)
    rollup.sweep()
    # The newest in the list, with a mark beside the name; among those of the demo there is not always one.
    una = factories.purchase(factories.customer(shop, "Una Finished"))
    factories.response(factories.invitation(una, touchpoint=shop.touchpoints.all()[0]), now=now, completed=False)
    belongings = Belongings(shop)
    belongings.__dict__["cast"] = {Role(member.role): member for member in shop.members.select_related("user")}
    return belongings


def pages(it: Belongings, client: Client) -> list[str]:
    """The paths that answer a GET with a page; a download, a redirect and a button's address are none."""
    paths = []
    for name, entry in ADDRESSES.items():
        slug = {"slug": it.organization.slug} if isinstance(entry, Within) else {}
        path = reverse(name, kwargs=slug | entry.words(it))
        answer = client.get(path)
        if answer.status_code == 200 and answer.headers["Content-Type"].startswith("text/html"):
            paths.append(path)
    return paths


def test_every_page_is_accessible_and_fits(
    it: Belongings, live_site: str, client: Client, new_context: Callable[..., BrowserContext]
) -> None:
    client.force_login(it.cast[Role.OWNER].user)
    paths = pages(it, client)
    faults = []
    for viewport, scheme in SEEN:
        context = new_context(viewport=viewport, color_scheme=scheme)
        _sign_in(context, client, live_site)
        page = context.new_page()
        faults += [f"{scheme}, {fault}" for path in paths for fault in _faults(page, live_site + path)]

    assert not faults, "\n".join(faults)
    assert len(paths) > 60


def _sign_in(context: BrowserContext, client: Client, site: str) -> None:
    name = settings.SESSION_COOKIE_NAME
    context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": site}])


def _faults(page: Page, url: str) -> list[str]:
    page.goto(url)
    page.wait_for_function(SETTLED)
    found = axe(page)
    too_wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    if too_wide > 0:
        found.append(f"scrolls sideways by {too_wide} px")
    return [f"{url}: {fault}" for fault in found]

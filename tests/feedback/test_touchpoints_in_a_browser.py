"""A touchpoint in a real browser: rules as rows, settings tried before they are saved, with scripts and without."""

import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, expect

from feedback import inviting
from organizations.models import Organization
from surveys.models import Survey, Touchpoint
from tests import factories
from tests.browsing import axe

Opened = Callable[..., Page]


@pytest.fixture
def acme(live_site: str) -> Organization:
    return factories.organization()


@pytest.fixture
def survey(acme: Organization) -> Survey:
    survey = factories.survey(acme)
    for name, store in (("Anna Berg", "Berlin"), ("Bela Toth", "Berlin"), ("Chiara Neri", "Rome")):
        factories.purchase(factories.customer(acme, name), days_ago=20, now=timezone.now(), store=store)
    return survey


@pytest.fixture
def opened(live_site: str, acme: Organization, client: Client, new_context: Callable[..., BrowserContext]) -> Opened:
    def open_page(place: str, *, width: int = 1440, color_scheme: str = "light", scripts: bool = True) -> Page:
        context = new_context(
            viewport={"width": width, "height": 900}, color_scheme=color_scheme, java_script_enabled=scripts
        )
        client.force_login(acme.members.get(role="quality_manager").user)
        session = client.cookies["hearback_session"].value
        context.add_cookies([{"name": "hearback_session", "value": session, "url": live_site}])
        page = context.new_page()
        page.goto(f"{live_site}/o/{acme.slug}/{place}")
        return page

    return open_page


@pytest.mark.parametrize("scripts", [True, False])
def test_rules_are_built_tried_and_saved_with_scripts_and_without(
    opened: Opened, acme: Organization, survey: Survey, scripts: bool
) -> None:
    page = opened("touchpoints/new/", scripts=scripts)
    page.get_by_role("textbox", name=re.compile("^Name")).fill("After a purchase in Berlin")
    page.get_by_role("combobox", name=re.compile("^Survey")).select_option(str(survey.pk))

    page.get_by_role("button", name="Add a rule").click()
    page.get_by_label("What is looked at").select_option("interaction:store")
    page.get_by_label("With what").fill("Berlin")
    page.get_by_role("button", name="Try these settings").click()
    expect(page.get_by_role("heading", name="Would have asked about 2 of 3 experiences")).to_be_visible()
    row = page.get_by_role("row", name=re.compile("not meant by the rules"))
    row.locator("summary").click()
    expect(row).to_contain_text("Chiara Neri")
    assert acme.touchpoints.count() == 0

    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name=re.compile("^After a purchase in Berlin"))).to_be_visible()
    expect(page.get_by_text("Only if the purchase's “store” is Berlin.")).to_be_visible()
    assert acme.touchpoints.get().rules == [{"interaction": "store", "is": "Berlin"}]


def test_enter_saves_and_takes_out_no_rule(opened: Opened, acme: Organization, survey: Survey) -> None:
    touchpoint = factories.touchpoint(acme, survey=survey, rules=[{"interaction": "store", "is": "Berlin"}])
    page = opened(f"touchpoints/{touchpoint.pk}/settings/")

    page.get_by_label("With what").fill("Rome")
    page.get_by_label("With what").press("Enter")

    expect(page.get_by_text("Saved. It holds for everybody who is asked from now on.")).to_be_visible()
    assert Touchpoint.objects.get().rules == [{"interaction": "store", "is": "Rome"}]


def test_from_the_touchpoint_to_the_ledger_to_a_customer_and_back(
    opened: Opened, acme: Organization, survey: Survey
) -> None:
    touchpoint = factories.touchpoint(
        acme, survey=survey, rules=[{"interaction": "store", "is": "Berlin"}], reminders=2, days_between=5
    )
    inviting.sweep(now=timezone.now())
    page = opened("touchpoints/")

    page.get_by_role("link", name=touchpoint.name).click()
    expect(page.get_by_text("Whoever has not answered is reminded up to 2 times, each 5 days later.")).to_be_visible()
    page.get_by_role("link", name="skipped: not meant by the rules").click()
    expect(page.get_by_role("row")).to_have_count(2)
    page.get_by_role("link", name="Chiara Neri").click()
    page.get_by_role("link", name="Not asked: not meant by the rules").click()

    expect(page).to_have_url(re.compile(rf"/touchpoints/{touchpoint.pk}/ledger/\?q="))
    expect(page.get_by_role("link", name="Chiara Neri")).to_be_visible()


@pytest.mark.parametrize(("width", "color_scheme"), [(390, "dark"), (1440, "light")])
def test_axe_finds_nothing_and_nothing_scrolls_sideways(
    opened: Opened, acme: Organization, survey: Survey, width: int, color_scheme: str
) -> None:
    touchpoint = factories.touchpoint(acme, survey=survey, rules=[{"interaction": "store", "is_not": "Rome"}] * 2)
    inviting.sweep(now=timezone.now())
    places = [
        "touchpoints/",
        *(f"touchpoints/{touchpoint.pk}/{place}" for place in ("", "settings/", "dry-run/", "ledger/")),
    ]
    page = opened(places[0], width=width, color_scheme=color_scheme)
    base, found = page.url.removesuffix(places[0]), {}

    for place in places:
        page.goto(base + place)
        found[place] = [*axe(page), *(["scrolls sideways"] if _is_wide(page) else [])]
    page.goto(f"{base}touchpoints/{touchpoint.pk}/settings/")
    page.get_by_label("With what").first.fill("")
    page.get_by_role("button", name="Try these settings").click()
    expect(page.get_by_text("Write something here.")).to_be_visible()
    found["a fault"] = [*axe(page), *(["scrolls sideways"] if _is_wide(page) else [])]

    assert {place: faults for place, faults in found.items() if faults} == {}


def _is_wide(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > window.innerWidth"))

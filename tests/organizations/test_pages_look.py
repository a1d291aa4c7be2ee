"""The pages in a real browser: nothing for axe to find, nothing that scrolls sideways, scripts that help."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Literal

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from organizations import joining, links, preferences
from organizations.models import Member, Role
from tests import factories
from tests.browsing import axe

FRONT = [
    "/",
    "/accounts/signup/",
    "/accounts/login/",
    "/accounts/password/reset/",
    "/accounts/password/reset/done/",
    "/accounts/password/reset/key/1-x-y/",
    "/accounts/confirm-email/",
    "/accounts/confirm-email/used/",
    "/mailbox/",
]
OWN = [
    "/organizations/?all=1",
    "/organizations/new/",
    "/profile/",
    "/accounts/password/change/",
    "/accounts/email/",
    "/accounts/reauthenticate/",
]

SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


@pytest.fixture
def olga(transactional_db: None) -> Member:
    now = datetime.now(UTC)
    organization = factories.organization(now=now - timedelta(days=40))
    cast = factories.cast(organization, now=now - timedelta(days=20))
    olga = cast[Role.OWNER]
    olga.user.set_password(factories.PASSWORD)
    olga.user.save()
    joining.invite(organization, email="bob@acme.example", role=Role.VIEWER, by=olga, now=now)
    joining.invite(organization, email="carl@acme.example", role=Role.OWNER, by=olga, now=now - timedelta(days=15))
    preferences.change(organization, by=olga, now=now, name="Acme Audio and Video", minimum_group=7)
    return olga


def sign_in(page: Page, site: str, member: Member) -> None:
    page.goto(f"{site}/accounts/login/")
    page.get_by_label("E-mail address").fill(member.user.email)
    page.get_by_label("Password").fill(factories.PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda url: "/accounts/" not in url)


def faults_of(page: Page) -> list[str]:
    """By day and by night: the page follows the system while it is open."""
    faults = []
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        page.locator(f'html[data-bs-theme="{scheme}"]').wait_for()
        faults += [f"{page.url} by {scheme}: {fault}" for fault in axe(page)]
    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        faults.append(f"{page.url}: scrolls sideways")
    return faults


@pytest.mark.parametrize(("width", "scheme"), [(390, "dark"), (1440, "light")])
def test_pages_are_readable_by_everybody(
    live_site: str,
    new_context: Callable[..., BrowserContext],
    olga: Member,
    width: int,
    scheme: Literal["light", "dark"],
) -> None:
    page = new_context(viewport={"width": width, "height": 844}, color_scheme=scheme).new_page()
    settings = f"/o/{olga.organization.slug}/settings"
    invitation = olga.organization.colleague_invites.get(email="bob@acme.example")
    join = f"/join/{links.token(links.JOIN, invitation.public_id)}/"
    within = [f"{settings}/", f"{settings}/members/", f"{settings}/members/leave/", f"{settings}/record/",
              f"{settings}/record/?until=2020-01-01"]  # fmt: skip
    faults = []

    # Before anything else is judged: whoever comes by night sees the night from the start.
    page.goto(live_site)
    assert page.locator("html").get_attribute("data-bs-theme") == scheme
    for address in [*FRONT, join]:
        page.goto(live_site + address)
        faults += faults_of(page)
    page.goto(f"{live_site}/accounts/signup/")
    page.get_by_role("button", name="Create account").click()
    page.get_by_text("This field is required").first.wait_for()
    faults += faults_of(page)
    sign_in(page, live_site, olga)
    for address in [*OWN, join, *within]:
        page.goto(live_site + address)
        faults += faults_of(page)

    assert faults == []


def test_the_address_and_the_time_zone_are_suggested(
    live_site: str, new_context: Callable[..., BrowserContext], olga: Member
) -> None:
    page = new_context(timezone_id="Asia/Tokyo").new_page()
    sign_in(page, live_site, olga)
    page.goto(f"{live_site}/organizations/new/")
    address = page.get_by_label("Address", exact=True)

    page.get_by_label("Name of your organization").press_sequentially("Blå & Größe GmbH")
    expect(address).to_have_value("bla-and-grosse-gmbh")
    expect(page.get_by_label("Time zone")).to_have_value("Asia/Tokyo")

    address.fill("mine-alone")
    page.get_by_label("Name of your organization").press_sequentially("!")
    expect(address).to_have_value("mine-alone")


def test_somebody_who_was_invited_signs_up_with_her_hands_and_joins(live_site: str, page: Page, olga: Member) -> None:
    from tests.organizations.conftest import link_in, notice_to

    page.goto(live_site + link_in(notice_to("bob@acme.example")))
    page.get_by_role("link", name="Create an account").click()
    page.get_by_label("Your name").fill("Bob")
    page.get_by_label("Your e-mail address at work").fill("bob@acme.example")
    page.get_by_label("Password").fill("seventeen blue bikes")
    page.get_by_role("button", name="Create account").click()
    page.get_by_role("heading", name="Look into your mail").wait_for()
    page.goto(live_site + link_in(notice_to("bob@acme.example")))
    page.get_by_role("button", name="Yes, confirm").click()
    page.get_by_role("button", name="Accept the invitation").click()
    page.get_by_text("Welcome to Acme Audio and Video").wait_for()

    assert Member.objects.get(user__email="bob@acme.example").role == Role.VIEWER

"""A stranger's attempts, in a browser: without an account, with one of her own, with a bent link, with a pen."""

import re
from collections.abc import Callable

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import BrowserContext, Dialog, Page, expect

from feedback.models import Answer, Response, Suppression
from organizations import links
from organizations.models import Member, Role
from tests import factories
from tests.belongings import Belongings
from tests.desks import desk_of
from tests.test_wall import ADDRESSES, Within

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

PEN = "\"'><img src=x onerror=alert(1)><script>alert(2)</script>"


@pytest.fixture
def acme(live_site: str) -> Belongings:
    """An organization with one of everything, asked about and answered today."""
    shop = factories.organization(now=timezone.now())
    return Belongings(shop)


@pytest.fixture
def mallory() -> Member:
    """She owns an organization of her own."""
    return factories.member(factories.organization("Mallory"), Role.OWNER, name="mallory")


def test_without_an_account_every_members_page_leads_to_the_door_and_no_further(
    acme: Belongings, live_site: str, page: Page
) -> None:
    page.goto(f"{live_site}/o/{acme.organization.slug}/dashboard/")
    expect(page).to_have_url(re.compile(r"/accounts/login/\?next=/o/acme-audio"))
    assert acme.organization.name not in page.content()

    # The way back after signing in never leads to another site.
    vera = factories.member(acme.organization, Role.VIEWER, password=factories.PASSWORD)
    page.goto(f"{live_site}/accounts/login/?next=https://evil.example/")
    page.get_by_label("E-mail").fill(vera.user.email)
    page.get_by_label("Password").fill(factories.PASSWORD)
    page.get_by_role("button", name=re.compile("Sign in")).click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    assert page.url.startswith(live_site)


def test_a_member_of_another_organization_finds_nothing_there_and_changes_nothing(
    acme: Belongings,
    mallory: Member,
    live_site: str,
    new_context: Callable[..., BrowserContext],
    browser_faults: list[str],
) -> None:
    hers = desk_of(mallory, new_context, live_site)
    for path in ("", "dashboard/", f"surveys/{acme.survey.pk}/edit/", f"responses/{acme.response.pk}/"):
        answer = hers.goto(f"{live_site}/o/{acme.organization.slug}/{path}")
        assert answer is not None
        assert answer.status == 404
        assert acme.mark not in hers.content()
    # A browser says in its console that a page was not found; that is what she was to see.
    assert all("404" in fault for fault in browser_faults)
    browser_faults.clear()

    # From a page of her own, with her own valid form token, she posts at Acme's addresses.
    hers.goto(live_site)
    token = next(cookie["value"] for cookie in hers.context.cookies() if cookie["name"] == settings.CSRF_COOKIE_NAME)
    exclude = reverse("feedback:response_exclude", args=[acme.organization.slug, acme.response.pk])
    posted = hers.request.post(
        live_site + exclude, form={"why": "because", "csrfmiddlewaretoken": token}, headers={"referer": live_site}
    )
    assert posted.status == 404
    assert not acme.response.exclusions.exists()


def test_a_link_that_is_guessed_bent_or_used_for_something_else_opens_nothing(
    acme: Belongings, live_site: str, page: Page, browser_faults: list[str]
) -> None:
    token = acme.answer_token
    bent = token[:-2] + ("AA" if token[-2:] != "AA" else "BB")
    for path in (f"/r/{bent}", f"/u/{token}", f"/join/{token}/", "/r/1.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"):
        answer = page.goto(live_site + path)
        assert answer is not None
        assert answer.status == 404
    browser_faults.clear()

    # Opening a true one, with whatever behind it, stores nothing and stops no mail.
    now = timezone.now()
    asked = factories.invitation(factories.purchase(acme.customer, now=now), touchpoint=acme.touchpoint, now=now)
    page.goto(f"{live_site}/r/{links.token(links.ANSWER, asked.public_id)}?s=10&q-nps=10&confirm=1")
    expect(page.locator('input[value="10"]')).to_be_checked()
    assert not Response.objects.exists()
    assert not Suppression.objects.exists()


def test_what_a_customer_writes_is_read_as_words_on_every_page(
    live_site: str, client: Client, new_context: Callable[..., BrowserContext]
) -> None:
    it = Belongings(
        factories.organization(f"Acme {PEN}", now=timezone.now(), slug="acme", sender_address="feedback@acme.example"),
        mark=PEN,
    )
    comment = it.survey.questions.filter(kind="text").first()
    assert comment is not None
    Answer.objects.create(organization=it.organization, response=it.response, question=comment, kind="text", text=PEN)
    client.force_login(it.cast[Role.OWNER].user)
    hers = desk_of(it.cast[Role.OWNER], new_context, live_site)
    spoken: list[str] = []

    def hear(dialog: Dialog) -> None:
        spoken.append(dialog.message)
        dialog.dismiss()

    hers.on("dialog", hear)

    seen = 0
    for path in _pages(it, client):
        hers.goto(live_site + path)
        assert hers.locator("img[onerror], img[src=x]").count() == 0, path
        seen += PEN in hers.locator("body").inner_text()

    assert spoken == []
    assert seen > 10


def _pages(it: Belongings, client: Client) -> list[str]:
    paths = []
    for name, entry in ADDRESSES.items():
        slug = {"slug": it.organization.slug} if isinstance(entry, Within) else {}
        path = reverse(name, kwargs=slug | entry.words(it))
        answer = client.get(path)
        if answer.status_code == 200 and answer.headers["Content-Type"].startswith("text/html"):
            paths.append(path)
    return paths


def test_a_members_page_cannot_be_framed_and_a_customers_page_can(acme: Belongings, live_site: str, page: Page) -> None:
    members = page.request.get(f"{live_site}/accounts/login/").headers
    customers = page.request.get(f"{live_site}/r/{acme.answer_token}").headers

    assert "frame-ancestors 'none'" in members["content-security-policy"]
    assert "frame-ancestors 'none'" not in customers["content-security-policy"]
    assert "set-cookie" not in customers

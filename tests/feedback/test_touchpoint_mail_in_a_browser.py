"""The mail beside its words follows what is typed, in a frame that can run nothing."""

from collections.abc import Callable

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from playwright.sync_api import BrowserContext, Page, expect

from feedback.models import MailWording
from organizations.models import Role
from surveys.models import Touchpoint
from tests import factories

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def touchpoint(db: None) -> Touchpoint:
    return factories.touchpoint(factories.organization())


@pytest.fixture
def desk(live_site: str, touchpoint: Touchpoint, client: Client, new_context: Callable[..., BrowserContext]) -> Page:
    """The quality manager's page with the words of the invitation."""
    client.force_login(touchpoint.organization.members.get(role=Role.QUALITY_MANAGER).user)
    context = new_context(viewport={"width": 1440, "height": 900})
    name = settings.SESSION_COOKIE_NAME
    context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_site}])
    page = context.new_page()
    slug = touchpoint.organization.slug
    page.goto(live_site + reverse("feedback:touchpoint_mail", args=[slug, touchpoint.pk]))
    return page


def test_the_preview_follows_what_is_typed_and_nothing_is_stored(desk: Page) -> None:
    mail = desk.frame_locator(".hb-mail-frame")
    expect(mail.get_by_text("Hello Maria,")).to_be_visible()

    desk.get_by_label("Greeting").first.fill("Dear {name|customer},")
    expect(mail.get_by_text("Dear Maria,")).to_be_visible()
    desk.get_by_label("To", exact=True).select_option("nobody")
    expect(mail.get_by_text("Dear customer,")).to_be_visible()

    assert not MailWording.objects.exists()


def test_the_preview_speaks_the_chosen_language_and_shows_the_plain_text(desk: Page) -> None:
    mail = desk.frame_locator(".hb-mail-frame")

    desk.locator("#mail-language").select_option("de")
    expect(mail.get_by_text("Guten Tag Maria,")).to_be_visible()
    desk.get_by_text("Plain text").click()

    expect(mail.locator("pre")).to_contain_text("Guten Tag Maria,")


def test_words_are_saved_beside_each_other(desk: Page) -> None:
    desk.locator("[name=subject-en]").fill("A question")
    desk.locator("[name=subject-de]").fill("Eine Frage")
    desk.get_by_role("button", name="Save").click()

    expect(desk.get_by_text("Saved. It holds for every mail")).to_be_visible()
    assert dict(MailWording.objects.values_list("language", "subject")) == {"en": "A question", "de": "Eine Frage"}

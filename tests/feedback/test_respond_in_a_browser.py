"""The customer's page under a thumb: one question brings the next, a reload loses nothing, axe finds nothing."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, expect

from feedback import addresses
from feedback.models import Invitation
from tests import factories
from tests.browsing import axe
from tests.feedback.asking import ENDINGS, ask, path_of, question, stored, survey_of

pytestmark = pytest.mark.django_db(transaction=True)

ONE_PAGE: dict[str, Any] = {
    "languages": ["en", "ar"],
    "pages": [
        {
            "questions": [
                question("recommend", "nps", required=True),
                question("why", "text", show_if={"answer": "recommend", "at_most": 6}),
                question("stars", "csat", look="stars"),
                question("faces", "csat", look="smileys", required=True),
                question(
                    "what",
                    "multiple_choice",
                    choices=[
                        {"key": "late", "label": {"en": "It came late"}},
                        {"key": "other", "label": {"en": "Something else"}, "other": True},
                    ],
                ),
            ]
        }
    ],
    "endings": ENDINGS,
}


@pytest.fixture
def anna(live_site: str) -> Invitation:
    now = timezone.now()
    acme = factories.organization(colour="#ffd43b")
    document = {**ONE_PAGE, "languages": ["en"]}
    return ask(acme, survey=survey_of(acme, document, now=now), now=now)


def block(page: Page, key: str) -> Any:
    return page.locator(f"#q-{key}")


def choose(page: Page, key: str, value: str) -> None:
    page.locator(f"#q-{key} label:has(input[value='{value}'])").click()


def test_one_answer_brings_the_next_question(anna: Invitation, live_site: str, page: Page) -> None:
    page.goto(live_site + path_of(anna))
    expect(block(page, "recommend")).to_be_visible()
    expect(block(page, "faces")).to_be_hidden()

    choose(page, "recommend", "3")
    expect(block(page, "why")).to_be_visible()
    expect(block(page, "faces")).to_be_visible()
    choose(page, "recommend", "9")
    expect(block(page, "why")).to_be_hidden()
    choose(page, "faces", "5")
    page.get_by_role("button", name="Send").click()

    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    assert stored(anna) == {"recommend": 9, "faces": 5}


def test_a_reload_loses_nothing(anna: Invitation, live_site: str, page: Page) -> None:
    page.goto(f"{live_site}{path_of(anna)}?s=3")
    block(page, "why").locator("textarea").fill("Too loud")
    choose(page, "recommend", "2")
    expect(page.locator("[data-status]")).to_have_text("Not sent yet")

    page.reload()

    expect(block(page, "why").locator("textarea")).to_have_value("Too loud")
    expect(page.locator("#q-recommend input[value='2']")).to_be_checked()


def test_it_is_answered_by_keyboard_alone(anna: Invitation, live_site: str, page: Page) -> None:
    page.goto(f"{live_site}{path_of(anna)}?s=8")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")  # from 8 to 9
    page.keyboard.press("Tab")  # stars
    page.keyboard.press("Tab")  # faces
    page.keyboard.press("Space")
    page.get_by_role("button", name="Send").focus()
    page.keyboard.press("Enter")

    expect(page).to_have_url(re.compile("/thanks$"))
    assert stored(anna)["recommend"] == 9


def test_a_script_that_submits_the_form_stores_nothing(anna: Invitation, live_site: str, page: Page) -> None:
    page.goto(f"{live_site}{path_of(anna)}?s=9")
    page.evaluate("document.querySelector('[name=go][value=on]').click()")
    page.wait_for_url(re.compile(r"/r/[^/]+\?$"))

    assert stored(anna) == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_nothing_is_in_anybodys_way(
    anna: Invitation, live_site: str, new_context: Callable[..., BrowserContext], scheme: str, width: int
) -> None:
    page = new_context(viewport={"width": width, "height": 700}, color_scheme=scheme).new_page()
    for address in (f"{path_of(anna)}?s=3", addresses.unsubscribe(anna.organization_id, anna.address_key)):
        page.goto(address if address.startswith("http") else live_site + address)
        assert axe(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        small = page.evaluate(
            "[...document.querySelectorAll('.scale label, .choices label, button')]"
            ".filter((one) => one.offsetParent && (one.offsetHeight < 44 || one.offsetWidth < 44)).length"
        )
        assert small <= (0 if width > 320 else 11), "targets under a thumb are 44 px"


def test_without_a_script_the_fault_stands_beside_its_question(
    anna: Invitation, live_site: str, new_context: Callable[..., BrowserContext], browser_faults: list[str]
) -> None:
    page = new_context(java_script_enabled=False).new_page()
    page.goto(live_site + path_of(anna))
    page.get_by_role("button", name="Send").click()

    expect(page.get_by_role("group", name="About recommend?")).to_contain_text("Please answer this question.")
    choose(page, "recommend", "9")
    choose(page, "faces", "4")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    browser_faults.clear()  # the browser logs the 422 that was meant


def test_it_stands_in_a_frame_of_this_site_and_needs_no_cookie(anna: Invitation, live_site: str, page: Page) -> None:
    shop = f'<!doctype html><title>Shop</title><iframe name="inner" src="{path_of(anna)}?s=9" width="400" height="900">'
    page.route("**/our-shop", lambda route: route.fulfill(body=shop, content_type="text/html"))
    page.goto(f"{live_site}/our-shop")
    inner = page.frame_locator("iframe[name=inner]")
    inner.locator("#q-faces label").nth(4).click()
    inner.get_by_role("button", name="Send").click()

    expect(inner.get_by_role("heading", name="Thank you")).to_be_visible()
    assert page.context.cookies() == []

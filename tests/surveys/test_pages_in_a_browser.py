"""Pages of surveys and touchpoints in a real browser: nothing for axe to find, and the editor by keyboard."""

import re
from collections.abc import Callable

import pytest
from django.test import Client
from playwright.sync_api import BrowserContext, Dialog, Page, Route, expect

from organizations.models import AuditEntry, Member, Organization
from surveys import documents, drafting
from surveys.models import Survey
from tests import factories
from tests.browsing import axe
from tests.factories import NOW
from tests.surveys.editor_form import draft_data, edited, keys

Opened = Callable[..., Page]


@pytest.fixture
def acme(live_site: str) -> Organization:
    return factories.organization()


@pytest.fixture
def opened(live_site: str, acme: Organization, client: Client, new_context: Callable[..., BrowserContext]) -> Opened:
    """opened("surveys/", width=390, color_scheme="dark") → the page as Quentin sees it."""

    def open_page(place: str, *, width: int = 1440, color_scheme: str = "light", scripts: bool = True) -> Page:
        context = new_context(
            viewport={"width": width, "height": 900}, color_scheme=color_scheme, java_script_enabled=scripts
        )
        session = client.cookies["hearback_session"].value
        context.add_cookies([{"name": "hearback_session", "value": session, "url": live_site}])
        page = context.new_page()
        page.goto(f"{live_site}/o/{acme.slug}/{place}")
        return page

    return open_page


@pytest.mark.parametrize(("width", "color_scheme"), [(390, "dark"), (1440, "light")])
def test_axe_finds_nothing_and_nothing_scrolls_sideways(
    opened: Opened, client: Client, acme: Organization, quentin: Member, survey: Survey, width: int, color_scheme: str
) -> None:
    edited(client, survey, "Would you buy here again?")
    touchpoint = factories.touchpoint(acme, survey=survey)
    places = [
        "surveys/",
        "surveys/?q=nothing",
        "surveys/new/",
        "surveys/upload/",
        *(f"surveys/{survey.pk}/{place}" for place in ("", "edit/?beside=de", "publish/", "discard/", "rename/")),
        f"surveys/{survey.pk}/preview/",
        "touchpoints/",
        f"touchpoints/{touchpoint.pk}/",
        "touchpoints/new/",
    ]
    page = opened(places[0], width=width, color_scheme=color_scheme)
    base = page.url.removesuffix(places[0])
    found = {}

    for place in places:
        page.goto(base + place)
        scrolls = page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
        found[place] = [*axe(page), *(["scrolls sideways"] if scrolls else [])]

    assert {place: faults for place, faults in found.items() if faults} == {}


def test_the_editor_works_without_scripts(opened: Opened, survey: Survey) -> None:
    page = opened(f"surveys/{survey.pk}/edit/", scripts=False)
    page.get_by_label("Question", exact=True).first.fill("Would you buy here again?")

    page.get_by_role("button", name="Move question 1 down").click()
    expect(page.locator("article").first).to_contain_text("What is the main reason")
    page.get_by_role("button", name="Undo: a move").click()
    expect(page.locator("article").first).to_contain_text("Would you buy here again?")
    page.get_by_role("button", name="Redo: a move").click()

    expect(page.locator("article").nth(1)).to_contain_text("Would you buy here again?")
    assert keys(draft_data(survey))[0] == ["reason", "nps"]
    assert draft_data(survey)["pages"][0]["questions"][1]["text"]["en"] == "Would you buy here again?"


def test_what_is_pressed_and_typed_while_an_answer_is_on_its_way_is_not_lost(opened: Opened, survey: Survey) -> None:
    page = opened(f"surveys/{survey.pk}/edit/")
    held: list[Route] = []
    page.route("**/edit/", lambda route: held.append(route) if route.request.method == "POST" else route.fallback())
    with page.expect_request("**/edit/"):
        page.locator("#down-question-nps").click()

    page.locator("#down-question-nps").click()
    page.get_by_label("Question", exact=True).first.fill("Would you buy here again?")
    page.unroute("**/edit/")
    for route in held:
        route.fallback()

    expect(page.locator("#editor-said")).to_have_text("Now question 2 of 6, on page 2.")
    expect(page.locator("#question-nps textarea").first).to_have_value("Would you buy here again?")
    page.locator("#test-mail-menu > summary").click()
    expect(page.locator("[data-state]")).to_have_text(re.compile(r"^Saved \d\d:\d\d$"))
    expect(page.locator("#test-mail-menu")).to_have_attribute("open", "")
    assert [keys(draft_data(survey))[at][0] for at in range(2)] == ["reason", "nps"]
    assert draft_data(survey)["pages"][1]["questions"][0]["text"]["en"] == "Would you buy here again?"


def test_a_button_that_is_reached_and_not_pressed_does_nothing(opened: Opened, survey: Survey) -> None:
    page = opened(f"surveys/{survey.pk}/edit/")
    page.locator("#down-question-nps").evaluate("""(button) => {
        const field = document.querySelector("#question-nps textarea");
        field.value = "Would you buy here again?";
        field.dispatchEvent(new Event("input", { bubbles: true }));
        button.focus();
    }""")

    expect(page.locator("[data-state]")).to_have_text(re.compile(r"^Saved \d\d:\d\d$"))
    expect(page.locator("#editor-said")).to_have_text("")
    assert keys(draft_data(survey))[0] == ["nps", "reason"]


def test_leaving_while_something_cannot_be_saved_asks_first(opened: Opened, survey: Survey) -> None:
    page = opened(f"surveys/{survey.pk}/edit/")
    asked: list[str] = []

    def answer(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", answer)
    page.route("**/edit/", lambda route: None if route.request.method == "POST" else route.continue_())

    page.get_by_label("Question", exact=True).first.fill("Would you buy here again?")
    page.get_by_role("link", name="Overview and versions").click()
    page.wait_for_url(f"**/surveys/{survey.pk}/")

    assert asked == ["beforeunload"]


def test_the_preview_is_answered_to_the_thanks_inside_its_frame(
    opened: Opened, acme: Organization, quentin: Member
) -> None:
    support = factories.survey(acme, starter="support", name="Support", by=quentin)
    drafting.continue_(support, by=quentin, now=NOW)
    page = opened(f"surveys/{support.pk}/preview/?version=1")
    frame = page.frame_locator("iframe")

    frame.get_by_role("radio", name="7", exact=False).first.check(force=True)
    for index in range(len(documents.of(factories.published(support)).pages)):
        frame.locator(f"form:has(input[name=page][value='{index}']) button[name=go][value=on]").click()

    expect(frame.get_by_role("heading", name="Thank you")).to_be_visible()
    assert AuditEntry.objects.filter(organization=acme).count() == 3  # created, published, the next draft begun


def test_a_button_that_acts_rests_while_its_form_is_on_its_way(opened: Opened, quentin: Member, survey: Survey) -> None:
    page = opened(f"surveys/{survey.pk}/rename/")
    page.get_by_label("Name").fill("After a delivery")

    resting, is_sent_again = page.evaluate(
        """() => {
            const form = document.querySelector("main form[method=post]");
            form.requestSubmit();
            const again = new SubmitEvent("submit", { bubbles: true, cancelable: true });
            return [form.querySelector("button").getAttribute("aria-disabled"), form.dispatchEvent(again)];
        }"""
    )

    assert (resting, is_sent_again) == ("true", False)
    expect(page.get_by_role("heading", name="After a delivery", level=1)).to_be_visible()
    page.go_back()
    expect(page.locator("main form[method=post] button").first).not_to_have_attribute("aria-disabled", "true")


def test_more_than_a_form_holds_is_told_in_the_editor_and_stays_typed(
    opened: Opened, survey: Survey, browser_faults: list[str]
) -> None:
    page = opened(f"surveys/{survey.pk}/edit/")
    page.evaluate(
        """() => {
            const much = document.createElement("input");
            Object.assign(much, { type: "hidden", name: "x", value: "x".repeat(2700000) });
            document.getElementById("editor").append(much);
        }"""
    )
    first = page.locator("#editor textarea").first

    first.fill("Would you buy here again?")

    expect(page.locator("#editor-bar .hb-bar-note")).to_contain_text("What you typed is still here")
    expect(page.locator("[data-state]")).to_have_text("Not saved.")
    expect(first).to_have_value("Would you buy here again?")
    page.locator("input[name=x]").evaluate("(much) => much.remove()")
    first.press_sequentially("!")
    expect(page.locator("[data-state]")).to_contain_text("Saved ")
    expect(page.locator("#editor-bar .hb-bar-note")).to_have_count(0)
    assert all("413" in fault for fault in browser_faults)
    browser_faults.clear()

"""A quality manager edits a survey: by keyboard alone, in two languages, back and forth, in two tabs at once."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import BrowserContext, Locator, Page, expect

from organizations.models import Member, Notice, Organization
from surveys import documents, drafting, publishing, questionnaire
from surveys.models import Survey
from tests import factories
from tests.browsing import axe
from tests.factories import NOW
from tests.surveys.editor_form import draft_data, keys

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

SAVED = re.compile(r"Saved \d\d:\d\d")


@pytest.fixture
def acme(live_site: str) -> Organization:
    return factories.organization()


@pytest.fixture
def quentin(acme: Organization, client: Client) -> Member:
    member = factories.member(acme)
    client.force_login(member.user)
    return member


@pytest.fixture
def context(
    live_site: str, quentin: Member, client: Client, new_context: Callable[..., BrowserContext]
) -> BrowserContext:
    context = new_context(viewport={"width": 1440, "height": 900})
    session = client.cookies["hearback_session"].value
    context.add_cookies([{"name": "hearback_session", "value": session, "url": live_site}])
    return context


@pytest.fixture
def opened(live_site: str, acme: Organization, context: BrowserContext) -> Callable[[Survey], Page]:
    def open_editor(survey: Survey) -> Page:
        page = context.new_page()
        page.goto(f"{live_site}/o/{acme.slug}/surveys/{survey.pk}/edit/")
        return page

    return open_editor


@pytest.fixture
def survey(acme: Organization, quentin: Member) -> Survey:
    return factories.survey(acme, by=quentin)


@pytest.fixture
def blank(acme: Organization, quentin: Member) -> Survey:
    """One statement, since a survey cannot be quite empty."""
    wording = questionnaire.parse(
        {
            "format": 1,
            "base_language": "en",
            "pages": [{"questions": [{"key": "hello", "kind": "statement", "text": {"en": "Hello"}}]}],
        }
    )
    return drafting.create(acme, name="Blank", basis="transactional", questionnaire=wording, by=quentin, now=NOW)


def asked(survey: Survey) -> list[dict[str, Any]]:
    return [question for page in draft_data(survey)["pages"] for question in page["questions"]]


def by_keyboard(page: Page, target: Locator, key: str = "Enter") -> None:
    """What a keyboard reaches and presses; a click could hit what no key gets to."""
    target.focus()
    expect(target).to_be_focused()
    page.keyboard.press(key)


def test_a_survey_is_built_from_nothing_by_keyboard_alone(
    opened: Callable[[Survey], Page], blank: Survey, quentin: Member
) -> None:
    page = opened(blank)
    said = page.locator("#editor-said")

    by_keyboard(page, page.get_by_label("Add a question to page 1"))
    by_keyboard(page, page.get_by_role("button", name="Recommendation (NPS), 0 to 10"))
    expect(said).to_have_text("New question 2 of 2.")
    expect(page.get_by_label("Question", exact=True).nth(0)).to_be_focused()
    page.keyboard.press("Control+A")
    page.keyboard.type("Would you tell a friend about us?")
    expect(page.locator("[data-state]")).to_have_text(SAVED)
    expect(page.locator("#undo")).to_have_attribute("aria-label", "Undo: what was typed")

    by_keyboard(page, page.get_by_label("Add a question to page 1"))
    by_keyboard(page, page.get_by_role("button", name="One choice"))
    expect(page.locator("#open-question-new_2 textarea").first).to_be_focused()
    page.keyboard.type("What did you come for?")
    choices = page.locator("#question-new_2 .hb-choice input.form-control")
    for number, word in enumerate(("Shoes", "Shirts")):
        choices.nth(number).focus()
        page.keyboard.type(word)
    expect(page.locator("[data-state]")).to_have_text(SAVED)
    by_keyboard(page, page.get_by_role("button", name="Add “something else”"))
    expect(page.get_by_text("with room for her own words")).to_be_visible()
    by_keyboard(page, page.get_by_role("button", name="Move choice 2 of question 3 up"))
    expect(said).to_have_text("Now choice 1 of 3.")
    expect(page.locator("#up-new_2-new_2")).to_be_focused()

    by_keyboard(page, page.locator("#question-new_2 [id^=add-row]"))
    expect(page.locator("#question-new_2 .hb-if").first).to_contain_text("is 0 to 6")
    by_keyboard(page, page.locator("#question-new_2").get_by_label("7–8"), "Space")
    by_keyboard(page, page.get_by_role("button", name="Move question 1 down"))
    expect(said).to_have_text("Now question 2 of 3, on page 1.")
    expect(page.locator("#down-question-hello")).to_be_focused()
    page.keyboard.press("Enter")
    expect(said).to_have_text("Now question 3 of 3, on page 1.")
    page.keyboard.press("Enter")
    expect(said).to_have_text("It cannot be moved any further.")
    expect(page.locator("#down-question-hello")).to_be_focused()
    expect(page.locator("#to-mend")).to_have_count(0)

    publishing.publish(blank.versions.get(), by=quentin, now=NOW)
    wording = documents.of(factories.published(blank))
    assert [question.key for question in wording.questions] == ["nps", "what_did_you_come_for", "hello"]
    data: Any = questionnaire.to_data(wording)
    nps, came_for, _hello = data["pages"][0]["questions"]
    assert nps["text"]["en"] == "Would you tell a friend about us?"
    assert [choice["key"] for choice in came_for["choices"]] == ["shirts", "shoes", "something_else"]
    assert came_for["show_if"] == {"answer": "nps", "band": ["low", "middle"]}


def test_two_languages_stand_side_by_side_and_what_is_missing_is_counted(
    opened: Callable[[Survey], Page], survey: Survey
) -> None:
    page = opened(survey)
    page.locator("#languages > summary").click()
    page.get_by_label("Another language:").select_option("nl")
    page.locator("#add-language").click()
    expect(page.locator("#language-counts")).to_contain_text(re.compile(r"Nederlands\s+\d+ texts missing"))
    missing = page.locator("#language-counts .hb-missing").inner_text()
    count = int(missing.split()[0])
    page.locator("#open-question-reason > summary").click()
    dutch = page.locator("#question-reason textarea[lang=nl]").first
    expect(dutch).to_have_attribute("placeholder", "What is the main reason for your score?")

    dutch.fill("Wat is de belangrijkste reden?")

    expect(page.locator("#language-counts .hb-missing")).to_have_text(f"{count - 1} texts missing")
    assert asked(survey)[1]["text"]["nl"] == "Wat is de belangrijkste reden?"
    assert axe(page) == []
    page.locator("#remove-language").click()
    expect(page.locator("#editor-said")).to_have_text("Nederlands removed with its texts.")
    assert draft_data(survey)["languages"] == ["en", "de"]


def test_what_was_removed_comes_back_after_a_reload(opened: Callable[[Survey], Page], survey: Survey) -> None:
    page = opened(survey)
    before = keys({"pages": questionnaire.to_data(documents.of(factories.published(survey)))["pages"]})
    page.get_by_role("button", name="Remove question 4").click()
    expect(page.locator("#editor-said")).to_have_text("Removed: How satisfied are you with the delivery?")
    page.get_by_role("button", name="Duplicate question 1").click()
    expect(page.locator("#editor-said")).to_have_text("Copied as question 2.")

    page.reload()
    page.get_by_role("button", name="Undo: a duplicate").click()
    page.get_by_role("button", name="Undo: a removal").click()
    expect(page.locator("#editor-said")).to_have_text("Taken back: a removal.")

    expect(page.locator("#undo")).to_be_disabled()
    assert keys(draft_data(survey)) == before
    page.get_by_role("button", name="Redo: a removal").click()
    expect(page.locator("#question-delivery")).to_have_count(0)


def test_a_question_is_dragged_to_another_page(opened: Callable[[Survey], Page], survey: Survey) -> None:
    page = opened(survey)
    page.locator("#open-question-nps > summary").click()

    page.locator("#question-checkout > .hb-grip").drag_to(
        page.locator("#question-reason"), target_position={"x": 60, "y": 8}
    )

    expect(page.locator("#editor-said")).to_have_text("Now question 2 of 6, on page 1.")
    assert keys(draft_data(survey))[0] == ["nps", "checkout", "reason"]


def test_two_tabs_at_once_lose_nothing(opened: Callable[[Survey], Page], survey: Survey) -> None:
    first, second = opened(survey), opened(survey)
    first.get_by_label("Question", exact=True).first.fill("From the first tab?")
    expect(first.locator("[data-state]")).to_have_text(SAVED)

    second.get_by_label("Question", exact=True).first.fill("From the second tab?")

    note = second.locator("#editor-bar [role=alert]")
    expect(note).to_contain_text("Quentin changed this survey at")
    expect(note).to_contain_text("now reads “From the second tab?”")
    expect(second.get_by_label("Question", exact=True).first).to_have_value("From the second tab?")
    assert asked(survey)[0]["text"]["en"] == "From the first tab?"
    assert axe(second) == []

    second.get_by_role("button", name="Save mine over it").click()
    expect(second.locator("[data-state]")).to_have_text(SAVED)
    assert asked(survey)[0]["text"]["en"] == "From the second tab?"
    second.get_by_role("button", name="Undo: saving over somebody else's wording").click()
    expect(second.get_by_label("Question", exact=True).first).to_have_value("From the first tab?")


def test_the_preview_shows_each_change_without_losing_its_place(
    opened: Callable[[Survey], Page], survey: Survey
) -> None:
    page = opened(survey)
    frame = page.frame_locator("iframe.hb-preview")
    page.locator("#open-question-checkout > summary").click()
    block = frame.locator("[data-key=checkout]")
    expect(block).to_be_in_viewport()

    page.locator("#question-checkout .hb-look", has_text="Stars").click()

    expect(block.locator(".scale.stars svg")).to_have_count(5)
    expect(block).to_be_in_viewport()
    page.locator("[data-preview-language]").select_option("de")
    expect(block).to_contain_text("Wie zufrieden sind Sie mit Bestellung und Bezahlung?")


def test_a_test_mail_has_the_words_just_typed_and_comes_back_to_the_editor(
    opened: Callable[[Survey], Page], survey: Survey, quentin: Member
) -> None:
    page = opened(survey)
    page.get_by_label("Question", exact=True).first.fill("Typed a moment ago?")
    page.locator("#test-mail-menu > summary").click()
    page.locator("#test-mail-en").click()

    expect(page.get_by_text(f"A test is on its way to {quentin.user.email}.")).to_be_visible()
    expect(page).to_have_url(re.compile(r"/edit/$"))
    notice = Notice.objects.get()
    assert (notice.to, "Typed a moment ago?" in notice.text) == (quentin.user.email, True)


def test_a_broken_line_is_told_and_what_was_typed_is_sent_when_it_is_back(
    opened: Callable[[Survey], Page], survey: Survey, browser_faults: list[str]
) -> None:
    page = opened(survey)
    page.context.set_offline(True)
    page.get_by_label("Question", exact=True).first.fill("On the train?")
    expect(page.locator("[data-state]")).to_contain_text("Not saved: no connection.")

    page.context.set_offline(False)

    expect(page.locator("[data-state]")).to_have_text(SAVED, timeout=60_000)
    assert asked(survey)[0]["text"]["en"] == "On the train?"
    browser_faults.clear()


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (390, "dark")])
def test_the_editor_at_work_is_accessible_and_fits(
    opened: Callable[[Survey], Page], survey: Survey, context: BrowserContext, width: int, scheme: Any
) -> None:
    page = opened(survey)
    page.set_viewport_size({"width": width, "height": 844})
    page.emulate_media(color_scheme=scheme)
    page.reload()
    page.get_by_label("Add a question to page 2").click()
    page.get_by_role("button", name="Several choices").click()
    expect(page.locator("#open-question-new_1 textarea").first).to_be_focused()
    page.locator("#question-new_1 [id^=add-row]").click()
    expect(page.locator("#question-new_1 .hb-if-row")).to_have_count(1)
    page.locator("#question-new_1 .hb-if-row select").first.select_option("interaction")
    expect(page.locator("#question-new_1 .hb-if-row input[list]")).to_have_value("product")
    page.locator("#more-question-new_1 > summary").click()
    page.get_by_role("button", name="Remove question 4").click()
    expect(page.locator(".hb-toast")).to_be_visible()
    page.locator("#to-mend > summary").click()
    page.get_by_label("Add a question to page 1").click()

    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
    if width < 1200:
        page.locator("[data-show-tab=preview]").click()
        expect(page.locator("iframe.hb-preview")).to_be_visible()
        assert axe(page) == []

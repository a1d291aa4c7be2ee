"""Whatever a customer reads, she reads in her language: ten of them, one from right to left."""

import email
import email.policy
import re
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import polib
import pytest
from django.test import Client
from django.utils import translation
from playwright.sync_api import BrowserContext, Page, expect

from feedback import addresses, composing, suppressing
from feedback.models import Customer, Invitation, Message, Purpose, SuppressionReason
from organizations.models import Organization
from surveys import languages
from surveys.models import Survey
from tests import customer_texts, factories
from tests.browsing import axe
from tests.environment import ROOT
from tests.feedback.asking import fields_of, path_of, survey_of

OTHERS = [language for language in languages.CUSTOMER if language != "en"]
PLACEHOLDER = re.compile(r"%\(\w+\)s")
LETTERS = re.compile(r"[^\W\d_]{3,}")
TEXTS = sorted(customer_texts.texts())


def catalogue(language: str) -> polib.POFile:
    return polib.pofile(str(ROOT / "locale" / language / "LC_MESSAGES" / "django.po"))


# --- the catalogues ---


@pytest.mark.parametrize("language", OTHERS)
def test_each_text_that_a_customer_may_read_is_there(language: str) -> None:
    known = {(entry.msgid, entry.msgid_plural): entry for entry in catalogue(language)}

    assert [text for text in TEXTS if text not in known] == []
    assert [text for text in TEXTS if not all(_said(known[text]))] == []


@pytest.mark.parametrize("language", [language for language in OTHERS if language != "de"])
def test_a_language_for_customers_alone_holds_nothing_else(language: str) -> None:
    assert {(entry.msgid, entry.msgid_plural) for entry in catalogue(language)} == {*TEXTS}


@pytest.mark.parametrize("language", OTHERS)
def test_each_text_fills_in_what_english_fills_in(language: str) -> None:
    wrong = []
    for entry in catalogue(language):
        most = sorted(PLACEHOLDER.findall(entry.msgid_plural or entry.msgid))
        for said in _said(entry):
            found = sorted(PLACEHOLDER.findall(said))
            # «One answer» and «two answers» may leave the number out.
            if found != most and not (entry.msgid_plural and set(found) < set(most)):
                wrong.append(said)
    assert wrong == []


@pytest.mark.parametrize("language", OTHERS)
def test_every_number_of_answers_has_its_form(language: str) -> None:
    with translation.override(language):
        said = [
            translation.ngettext("One answer needs another look:", "%(counter)s answers need another look:", number)
            for number in range(1, 130)
        ]

    assert [text for text in said if "answer" in text] == []
    assert all("%(counter)s" in text for text in said[2:])


def _said(entry: polib.POEntry) -> list[str]:
    return list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]


# --- the pages and the mails ---


def questionnaire_in(language: str) -> dict[str, Any]:
    """Its wording is the reader's alone, so that whatever is English is ours."""

    def words(text: str) -> dict[str, str]:
        return {language: text}

    return {
        "base_language": language,
        "languages": [language],
        "pages": [
            {
                "questions": [
                    {"key": "nps", "kind": "nps", "required": True, "text": words("?")},
                    {
                        "key": "what",
                        "kind": "multiple_choice",
                        "at_least": 1,
                        "at_most": 1,
                        "text": words("??"),
                        "choices": [
                            {"key": "a", "label": words("1")},
                            {"key": "b", "label": words("2")},
                            {"key": "c", "label": words("3"), "other": True},
                        ],
                    },
                ]
            },
            {"questions": [{"key": "why", "kind": "text", "text": words("???")}]},
        ],
        "endings": [{"key": "end", "title": words("!")}],
    }


@pytest.fixture
def shop(db: None) -> Organization:
    return factories.organization("Zzz", sender_name="Zzz")


def asked_in(language: str, shop: Organization, now: datetime) -> Invitation:
    survey = survey_of(shop, questionnaire_in(language), now=now)
    customer = factories.customer(shop, "Zzz", language=language)
    purchase = factories.purchase(customer, days_ago=5, now=now, product="Zzz")
    touchpoint = factories.touchpoint(shop, survey=survey, now=now)
    return factories.invitation(purchase, touchpoint=touchpoint, now=now, language=language)


def english_in(said: str) -> set[str]:
    """Whole texts of ours that were left in English."""
    plain = " ".join(re.sub(r"<(style|script|svg)\b.*?</\1>", " ", said, flags=re.S).split())
    pieces = {
        piece.strip()
        for text, plural in TEXTS
        for whole in (text, plural)
        for piece in PLACEHOLDER.split(whole)
        if len(LETTERS.findall(piece)) >= 2
    }
    return {piece for piece in pieces if piece in plain}


@pytest.mark.parametrize("language", OTHERS)
def test_her_pages_are_in_her_language_from_the_first_to_the_thanks(
    shop: Organization, client: Client, freeze: Any, now: datetime, language: str
) -> None:
    invitation = asked_in(language, shop, now)
    path = path_of(invitation)
    freeze(now)

    first = client.get(path).content.decode()
    mend = client.post(path, fields_of(first) | {"q-what": ["a", "b"], "go": ["on"]}).content.decode()
    second = client.post(path, fields_of(first) | {"q-nps": ["9"], "go": ["on"]}).content.decode()
    stale = client.post(path, {"go": "on"}).content.decode()
    client.post(path, fields_of(second) | {"go": ["on"]})
    thanks = client.get(path + "/thanks").content.decode()
    too_late = asked_in(language, shop, now)
    freeze(now + timedelta(days=40))
    closed = client.get(path_of(too_late)).content.decode()

    for page in (first, mend, second, stale, thanks, closed):
        assert f'<html lang="{language}" dir="{languages.direction(language)}"' in page
        assert english_in(page) == set()


@pytest.mark.parametrize("language", OTHERS)
@pytest.mark.parametrize("purpose", [Purpose.INVITATION, Purpose.REMINDER])
def test_her_mail_is_in_her_language(shop: Organization, now: datetime, language: str, purpose: Purpose) -> None:
    invitation = asked_in(language, shop, now)
    message = Message(
        organization=shop,
        invitation=invitation,
        customer=invitation.customer,
        purpose=purpose,
        to=invitation.customer.email,
        address_key=invitation.address_key,
        uuid=uuid.uuid4(),
    )

    mail: Any = email.message_from_bytes(composing.compose(message, now=now), policy=email.policy.default)

    assert english_in(str(mail["Subject"])) == set()
    for kind in ("plain", "html"):
        assert english_in(str(mail.get_body((kind,)).get_content())) == set()


@pytest.mark.parametrize("language", OTHERS)
def test_the_way_out_speaks_the_language_of_the_mail_and_not_of_the_browser(
    shop: Organization, client: Client, now: datetime, language: str
) -> None:
    invitation = asked_in(language, shop, now)
    way_out = f"/u/{addresses.opt_out_token(shop.pk, invitation.address_key)}"

    pages = [
        client.get(way_out, headers={"Accept-Language": "en"}),
        client.post(way_out, headers={"Accept-Language": "en"}),
        client.post(f"{way_out}/undo", headers={"Accept-Language": "en"}),
    ]

    for page in pages:
        assert page.headers["Content-Language"] == language
        assert english_in(page.content.decode()) == set()


def test_the_way_out_of_somebody_whom_we_forgot_speaks_as_her_browser_does(
    shop: Organization, client: Client, now: datetime
) -> None:
    invitation = asked_in("tr", shop, now)
    way_out = f"/u/{addresses.opt_out_token(shop.pk, invitation.address_key)}"
    Customer.objects.all().delete()

    page = client.get(way_out, headers={"Accept-Language": "pl-PL,pl;q=0.9,en;q=0.5"})

    assert page.headers["Content-Language"] == "pl"


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("fr-CA,fr;q=0.9", "fr"),
        ("sv, ar;q=0.5", "ar"),
        ("en;q=0.1, nl", "nl"),
        ("", "en"),
        ("xx-" * 3000, "en"),
        ("*;q=x, ,;;;=", "en"),
    ],
)
def test_a_link_that_leads_nowhere_says_so_as_her_browser_speaks(
    db: None, client: Client, header: str, language: str
) -> None:
    page = client.get("/r/nothing", headers={"Accept-Language": header})

    assert (page.status_code, page.headers["Content-Language"]) == (404, language)


# --- right to left ---

ARABIC_AND_ENGLISH: dict[str, Any] = {
    "base_language": "en",
    "languages": ["en", "ar"],
    "pages": [
        {
            "title": {"en": "Your purchase", "ar": "مشترياتك"},
            "questions": [
                {
                    "key": "nps",
                    "kind": "nps",
                    "required": True,
                    "text": {"en": "Would you recommend us?", "ar": "ما مدى احتمال أن توصي بنا؟"},
                },
                {"key": "why", "kind": "text", "text": {"en": "Why?", "ar": "ما السبب؟"}},
            ],
        }
    ],
    "endings": [{"key": "end", "title": {"en": "Thank you", "ar": "شكرًا لك"}}],
}


@pytest.fixture
def bilingual(shop: Organization, now: datetime) -> Survey:
    return survey_of(shop, ARABIC_AND_ENGLISH, now=now)


@pytest.mark.journey
@pytest.mark.django_db(transaction=True)
def test_an_arabic_page_runs_from_right_to_left_and_can_be_switched(
    live_site: str, new_context: Callable[..., BrowserContext], now: datetime
) -> None:
    shop = factories.organization("Acme Audio")
    survey = survey_of(shop, ARABIC_AND_ENGLISH, now=now)
    customer = factories.customer(shop, "ليلى", language="ar")
    touchpoint = factories.touchpoint(shop, survey=survey)
    invitation = factories.invitation(factories.purchase(customer), touchpoint=touchpoint, open_for=3650, language="ar")
    page: Page = new_context(viewport={"width": 390, "height": 844}).new_page()

    page.goto(live_site + path_of(invitation))

    zero, ten = (page.locator(f'.scale input[value="{value}"]').bounding_box() for value in (0, 5))
    assert zero is not None
    assert ten is not None
    assert zero["x"] > ten["x"]
    assert page.locator("[data-go] button").first.text_content() == "إرسال"
    assert axe(page) == []
    page.get_by_role("button", name="English").click()
    expect(page.locator('html[dir="ltr"] [data-go] button').first).to_have_text("Send")


def test_a_released_address_still_speaks_her_language(shop: Organization, client: Client, now: datetime) -> None:
    invitation = asked_in("fr", shop, now)
    suppressing.suppress(shop, address_key=invitation.address_key, reason=SuppressionReason.OPTED_OUT, now=now)

    page = client.post(f"/u/{addresses.opt_out_token(shop.pk, invitation.address_key)}/undo")

    assert "Nous pourrons vous interroger de nouveau" in page.content.decode()

"""German says all that English says, and says it everywhere."""

import email
import email.policy
import re
import shutil
import subprocess
import sys
import uuid
from datetime import timedelta
from email.message import EmailMessage
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from zoneinfo import available_timezones

import polib
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation
from django.utils.html import strip_tags

from actions import triage
from actions.models import Case
from config import translations
from dashboards import rollup
from feedback import addresses, composing
from feedback.models import Invitation, Message, Purpose, Response
from organizations import notices
from organizations.models import Organization, Role
from organizations.templatetags.hearback import ago
from surveys.answers import AnswerValue
from surveys.models import Survey, Touchpoint
from tests import factories
from tests.dashboards.verbs import answered, score
from tests.environment import ROOT
from tests.factories import NOW
from tests.feedback.asking import open_page, path_of, press, survey_of

NOTICE_TEMPLATES = ROOT / "templates" / "emails" / "notices"
CATALOGUE = ROOT / "locale" / "de" / "LC_MESSAGES" / "django.po"
APPS = ("organizations", "surveys", "feedback", "dashboards", "actions", "api", "config", "templates", "static")
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%%|\{\{?\w+[^}]*\}\}?|</?\w+[^>]*>")


@pytest.fixture(scope="module")
def german() -> polib.POFile:
    return polib.pofile(str(CATALOGUE))


# --- the catalogue ---


def test_every_text_has_its_german(german: polib.POFile) -> None:
    assert len(german) > 900
    assert [entry.msgid for entry in german if entry.fuzzy or not all(_german(entry))] == []


def test_german_fills_in_what_english_fills_in(german: polib.POFile) -> None:
    assert [entry.msgid for entry in german if not _placeholders_agree(entry)] == []


def test_spaces_at_the_ends_of_a_text_stay(german: polib.POFile) -> None:
    def ends(text: str) -> tuple[bool, bool]:
        return text != text.lstrip(), text != text.rstrip()

    assert [entry.msgid for entry in german if any(ends(said) != ends(entry.msgid) for said in _german(entry))] == []


def test_the_catalogue_tells_nothing_of_the_machine_that_made_it(german: polib.POFile) -> None:
    assert set(german.metadata) == {
        *("Project-Id-Version", "Language", "Plural-Forms"),
        *("MIME-Version", "Content-Type", "Content-Transfer-Encoding"),
    }
    assert german.obsolete_entries() == []
    assert [entry.msgid for entry in german if entry.occurrences] == []


@pytest.mark.skipif(shutil.which("xgettext") is None, reason="xgettext is not installed (apt-get install gettext)")
def test_the_catalogue_holds_exactly_the_texts_of_the_sources(german: polib.POFile, tmp_path: Path) -> None:
    for app in APPS:
        shutil.copytree(ROOT / app, tmp_path / app, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "manage.py", tmp_path)
    (tmp_path / "locale" / "de" / "LC_MESSAGES").mkdir(parents=True)

    subprocess.run(
        [sys.executable, "manage.py", "makemessages", "--locale=de", "--no-location", "--no-wrap"],
        cwd=tmp_path,
        check=True,
        capture_output=True,
        timeout=600,
    )

    collected = polib.pofile(str(tmp_path / "locale" / "de" / "LC_MESSAGES" / "django.po"))
    assert _texts(german) == _texts(collected), "run `make messages` and translate what is new"


def test_dates_that_the_tools_write_are_dropped_and_the_rest_stays(tmp_path: Path) -> None:
    folder = tmp_path / "de" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    source = folder / "django.po"
    source.write_text('msgid ""\nmsgstr ""\n"POT-Creation-Date: 2026-01-01\\n"\n"Language: de\\n"\n')

    translations.drop_dates(tmp_path)

    assert source.read_text() == 'msgid ""\nmsgstr ""\n"Language: de\\n"\n'


def _texts(catalogue: polib.POFile) -> set[tuple[str | None, str, str]]:
    return {(entry.msgctxt, entry.msgid, entry.msgid_plural) for entry in catalogue if not entry.obsolete}


def _german(entry: polib.POEntry) -> list[str]:
    """Every form there must be; '' where one is missing."""
    if entry.msgid_plural:
        return [entry.msgstr_plural.get(form, "") for form in (0, 1)]
    return [entry.msgstr]


def _placeholders_agree(entry: polib.POEntry) -> bool:
    said = [sorted(PLACEHOLDER.findall(text)) for text in _german(entry)]
    if not entry.msgid_plural:
        return said == [sorted(PLACEHOLDER.findall(entry.msgid))]
    # «One answer» may leave the number out; nothing else may be missing, and nothing new may appear.
    most = sorted(PLACEHOLDER.findall(entry.msgid_plural))
    return said[1] == most and set(said[0]) <= set(most) and len(most) - len(said[0]) <= 1


# --- what people read ---

ENGLISH_WORDS = re.compile(
    r"\b(the|and|your|you|this|that|with|of|is|are|to|please|we|not|for|by|from|has|it|ago|days?|no)\b", re.IGNORECASE
)
READ_OUT = ("placeholder", "title", "aria-label", "alt")
# The language's name in that language, and words of the file format and of code, which are nobody's language.
SAME_IN_EVERY_LANGUAGE = {"English", "Deutsch", "customer", "email", "name", "language"}
CITIES = {zone.partition("/")[2].replace("_", " ") for zone in available_timezones()}


class Reader(HTMLParser):
    """All that a page shows or a screen reader says, except what stands in another language or is code."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self.silent: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if self.silent:
            self.silent += [tag] if tag == self.silent[-1] else []
        elif tag in ("script", "style", "code", "pre", "svg") or (tag != "html" and given.get("lang") == "en"):
            self.silent.append(tag)
        else:
            self.said += [str(given[name]) for name in READ_OUT if given.get(name)]

    def handle_endtag(self, tag: str) -> None:
        if self.silent and tag == self.silent[-1]:
            self.silent.pop()

    def handle_data(self, data: str) -> None:
        if not self.silent and data.strip():
            self.said.append(" ".join(data.split()))


def english_in(html: str, german: polib.POFile) -> list[str]:
    """What was not said in German: a text of the catalogue left as it is, or words that no German text has."""
    reader = Reader()
    reader.feed(html)
    left = {entry.msgid for entry in german if entry.msgstr != entry.msgid} - {entry.msgstr for entry in german}
    return sorted(
        {said for said in reader.said if said in left or ENGLISH_WORDS.search(said)} - SAME_IN_EVERY_LANGUAGE - CITIES
    )


@pytest.fixture
def shop(db: None, freeze: Any) -> Organization:
    freeze(NOW)
    return factories.organization("Nordlicht", language="de", sender_name="Nordlicht")


@pytest.fixture
def anna(shop: Organization) -> Invitation:
    """A customer who reads German and bought headphones."""
    customer = factories.customer(shop, "Anna Berg", language="de")
    purchase = factories.purchase(customer, product="Kopfhörer")
    return factories.invitation(purchase, touchpoint=factories.touchpoint(shop, name="Nach dem Kauf"))


def test_english_is_noticed(german: polib.POFile) -> None:
    assert english_in("<p>Send</p><p title='How it is made'>Gut</p><p lang=en>Send</p>", german) == [
        "How it is made",
        "Send",
    ]


def test_a_german_customers_page_is_german(anna: Invitation, client: Client, german: polib.POFile) -> None:
    html = client.get(path_of(anna)).content.decode()

    assert '<html lang="de"' in html
    assert "Weiter" in html
    assert english_in(html, german) == []


def test_a_german_customer_is_told_in_german_what_to_mend(
    anna: Invitation, client: Client, german: polib.POFile
) -> None:
    answer = press(client, anna, open_page(client, anna))

    assert "Bitte beantworten Sie diese Frage." in answer.content.decode()
    assert english_in(answer.content.decode(), german) == []


def test_a_german_customer_is_thanked_in_german(anna: Invitation, client: Client, german: polib.POFile) -> None:
    answered(anna, now=NOW, nps=score(9), reason=AnswerValue(text="Schnell und freundlich."))

    html = client.get(path_of(anna) + "/thanks").content.decode()

    assert "Vielen Dank" in html
    assert english_in(html, german) == []


def test_a_closed_survey_says_so_in_german(anna: Invitation, client: Client, freeze: Any, german: polib.POFile) -> None:
    freeze(NOW + timedelta(days=40))

    html = client.get(path_of(anna)).content.decode()

    assert "Diese Umfrage ist beendet" in html
    assert english_in(html, german) == []


def test_no_more_questions_is_german_before_and_after(anna: Invitation, client: Client, german: polib.POFile) -> None:
    way_out = "/" + addresses.unsubscribe(anna.organization_id, anna.address_key).split("/", 3)[3]

    before = client.get(way_out, headers={"Accept-Language": "de"}).content.decode()
    after = client.post(way_out, headers={"Accept-Language": "de"}).content.decode()

    assert "Keine Fragen mehr?" in before
    assert "Sie werden nicht mehr gefragt" in after
    assert english_in(before, german) + english_in(after, german) == []


@pytest.mark.parametrize("purpose", [Purpose.INVITATION, Purpose.REMINDER])
def test_a_german_customers_mail_is_german(anna: Invitation, purpose: Purpose, german: polib.POFile) -> None:
    mail = mail_of(anna, purpose)
    text, html = (str(mail.get_body((kind,)).get_content()) for kind in ("plain", "html"))  # type: ignore[union-attr]

    assert english_in(f"<p>{mail['Subject']}</p>", german) == []
    assert english_in("".join(f"<p>{line}</p>" for line in text.splitlines()), german) == []
    assert english_in(html, german) == []
    assert text.startswith("Guten Tag Anna Berg,")


def mail_of(invitation: Invitation, purpose: Purpose) -> EmailMessage:
    message = Message(
        organization=invitation.organization,
        invitation=invitation,
        customer=invitation.customer,
        purpose=purpose,
        to=invitation.customer.email,
        address_key=invitation.address_key,
        number=0,
        uuid=uuid.uuid4(),
    )
    parsed = email.message_from_bytes(composing.compose(message, now=NOW), policy=email.policy.default)
    assert isinstance(parsed, EmailMessage)
    return parsed


# --- what members read ---

OF_THE_SHOP = [
    *("actions:home", "dashboards:dashboard", "dashboards:methods"),
    *("actions:cases", "actions:board", "actions:case_figures", "actions:case_rules"),
    *("surveys:list", "surveys:start", "surveys:upload", "feedback:touchpoints", "feedback:create_touchpoint"),
    *("feedback:customers", "feedback:bring", "feedback:imports", "feedback:reporting_attributes"),
    *("feedback:outbox", "feedback:responses", "organizations:appearance"),
    *("organizations:settings", "organizations:members", "organizations:leave", "organizations:record"),
]
OF_ONE_SURVEY = [
    "surveys:detail",
    "surveys:edit",
    "surveys:preview",
    "surveys:publish",
    "surveys:rename",
    "surveys:copy",
]
OF_ONE_TOUCHPOINT = [
    *("feedback:touchpoint", "feedback:edit_touchpoint", "feedback:touchpoint_mail", "feedback:dry_run"),
    "feedback:ledger",
]
OF_ONE_RESPONSE = ["feedback:response", "feedback:response_exclude", "feedback:response_erase"]
OF_ONESELF = [
    *("organizations:mine", "organizations:found", "organizations:profile"),
    *("account_change_password", "account_email"),
]
OF_STRANGERS = [
    *("organizations:landing", "account_signup", "account_login", "account_reset_password"),
    *("account_reset_password_done", "account_email_verification_sent"),
]


@pytest.fixture
def heike(shop: Organization, german_survey: Touchpoint) -> Client:
    """An owner who chose German; twelve customers have answered, one of them with words."""
    client = Client()
    factories.cast(shop, language="de")
    client.force_login(
        shop.members.get(role=Role.OWNER).user, backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    for value in (10, 10, 9, 9, 9, 8, 7, 6, 4, 10, 2):
        customer = factories.customer(shop, "Anna Berg", language="de")
        invitation = factories.invitation(factories.purchase(customer), touchpoint=german_survey)
        answered(invitation, now=NOW - timedelta(days=2), nps=score(value), reason=AnswerValue(text="So war es."))
    rollup.sweep()
    return client


@pytest.fixture
def german_survey(shop: Organization) -> Touchpoint:
    """Its wording is German alone, so that whatever stays English is ours."""
    survey = survey_of(shop, GERMAN, now=NOW)
    Survey.objects.filter(pk=survey.pk).update(name="Nach dem Kauf")
    return factories.touchpoint(shop, survey=survey, name="Nach dem Kauf")


GERMAN: dict[str, Any] = {
    "base_language": "de",
    "languages": ["de"],
    "pages": [
        {
            "questions": [
                {"key": "nps", "kind": "nps", "required": True, "text": {"de": "Empfehlen Sie uns weiter?"}},
                {
                    "key": "reason",
                    "kind": "text",
                    "text": {"de": "Warum?"},
                    "show_if": {"answer": "nps", "at_most": 6},
                },
            ]
        }
    ],
    "endings": [{"key": "end", "title": {"de": "Danke"}}],
}


def test_a_german_member_finds_her_way_in_german(heike: Client, shop: Organization) -> None:
    html = heike.get(reverse("dashboards:dashboard", args=[shop.slug])).content.decode()

    places = ["Umfragen", "Anlässe", "Kundschaft", "Rückmeldungen", "Übersicht", "Fälle", "Mails"]
    places.append("Einstellungen")
    # Once beside the page, once in the menu of a phone.
    assert re.findall(r'class="nav-link-title">([^<]+)<', html) == places * 2


def test_a_german_members_dashboard_is_german(heike: Client, shop: Organization, german: polib.POFile) -> None:
    html = heike.get(reverse("dashboards:dashboard", args=[shop.slug])).content.decode()

    assert "11 Antworten" in html
    assert "kleine Basis" in html
    assert "Promotoren" in html
    assert english_in(html, german) == []


@pytest.mark.parametrize("name", OF_THE_SHOP)
def test_pages_of_the_organization_are_german(
    heike: Client, shop: Organization, german: polib.POFile, name: str
) -> None:
    answer = heike.get(reverse(name, args=[shop.slug]), follow=True)

    assert answer.status_code == 200
    assert english_in(answer.content.decode(), german) == []


@pytest.mark.parametrize("name", OF_ONE_SURVEY)
def test_pages_of_a_survey_are_german(
    heike: Client, shop: Organization, german_survey: Touchpoint, german: polib.POFile, name: str
) -> None:
    answer = heike.get(reverse(name, args=[shop.slug, german_survey.survey_id]), follow=True)

    assert answer.status_code == 200
    assert english_in(answer.content.decode(), german) == []


@pytest.mark.parametrize("name", OF_ONE_TOUCHPOINT)
def test_pages_of_a_touchpoint_are_german(
    heike: Client, shop: Organization, german_survey: Touchpoint, german: polib.POFile, name: str
) -> None:
    answer = heike.get(reverse(name, args=[shop.slug, german_survey.pk]))

    assert answer.status_code == 200
    assert english_in(answer.content.decode(), german) == []


def test_the_page_of_a_case_is_german(heike: Client, shop: Organization, german: polib.POFile) -> None:
    triage.sweep_all(now=NOW)
    case = Case.objects.filter(organization=shop).latest("pk")

    answer = heike.get(reverse("actions:case", args=[shop.slug, case.pk]))

    assert answer.status_code == 200
    assert english_in(answer.content.decode(), german) == []


@pytest.mark.parametrize("name", OF_ONE_RESPONSE)
def test_pages_of_a_response_are_german(heike: Client, shop: Organization, german: polib.POFile, name: str) -> None:
    response = Response.objects.filter(organization=shop).latest("pk")

    answer = heike.get(reverse(name, args=[shop.slug, response.pk]))

    assert answer.status_code == 200
    assert english_in(answer.content.decode(), german) == []


@pytest.mark.parametrize("name", OF_ONESELF)
def test_ones_own_pages_are_german(heike: Client, german: polib.POFile, name: str) -> None:
    answer = heike.get(reverse(name), headers={"Accept-Language": "de"}, follow=True)

    assert answer.status_code == 200
    assert english_in(answer.content.decode(), german) == []


@pytest.mark.parametrize("name", OF_STRANGERS)
def test_a_strangers_german_browser_is_spoken_to_in_german(
    db: None, client: Client, german: polib.POFile, name: str
) -> None:
    answer = client.get(reverse(name), headers={"Accept-Language": "de"})

    assert answer.status_code == 200
    assert '<html lang="de"' in answer.content.decode()
    assert english_in(answer.content.decode(), german) == []


def test_times_bend_as_german_does(shop: Organization) -> None:
    with translation.override("de"):
        said = [strip_tags(str(ago(NOW + timedelta(days=days)))) for days in (-400, -62, -15, -2, 2)]

    assert [text.replace("\xa0", " ") for text in said] == [
        *("vor 1 Jahr", "vor 2 Monaten", "vor 2 Wochen", "vor 2 Tagen", "in 2 Tagen"),
    ]


NOTICES = sorted(path.name.removesuffix(".subject.txt") for path in NOTICE_TEMPLATES.glob("*.subject.txt"))


@pytest.mark.parametrize("kind", NOTICES)
def test_notices_are_german(shop: Organization, german: polib.POFile, kind: str) -> None:
    facts = {
        "name": "Heike",
        "email": "heike@nordlicht.example",
        "inviter": "Olga",
        "role": "Fallbearbeitung",
        "link": "https://feedback.example/x",
        "until": NOW,
        "ip": "192.0.2.1",
        "mine": [(SimpleNamespace(pk=7, due_at=NOW - timedelta(hours=1)), "https://feedback.example/x/7")],
        "free": [(SimpleNamespace(pk=8, due_at=NOW + timedelta(hours=1)), "https://feedback.example/x/8")],
        "overdue": 1,
        "soon": 0,
        "fresh": 0,
        "more": 2,
        "now": NOW,
    }

    notice = notices.write(kind, to="heike@nordlicht.example", language="de", facts=facts, now=NOW, organization=shop)

    lines = [notice.subject, *notice.text.splitlines()]
    assert english_in("".join(f"<p>{line}</p>" for line in lines) + notice.html, german) == []

"""The page of all mails, and what a person decides about those that did not leave."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from playwright.sync_api import BrowserContext

from feedback import outbox
from feedback.models import Message, MessageState
from organizations.models import AuditEntry, Member, Organization, Role
from tests import factories
from tests.browsing import axe
from tests.feedback import mailings

pytestmark = pytest.mark.django_db


@pytest.fixture
def quentin(acme: Organization, client: Client) -> Member:
    made = factories.member(acme)
    client.force_login(made.user)
    return made


def mail(acme: Organization, name: str, state: MessageState, now: datetime, **fields: Any) -> Message:
    touchpoint = acme.touchpoints.first() or mailings.touchpoint_of(acme)
    [message] = mailings.invite(touchpoint, [name], now=now)
    if state == MessageState.SENT:
        fields["sent_at"] = now
    Message.objects.filter(pk=message.pk).update(state=state, **fields)
    message.refresh_from_db()
    return message


def in_doubt(acme: Organization, now: datetime, name: str = "anna") -> Message:
    return mail(acme, name, MessageState.IN_DOUBT, now, wire_at=now, attempts=1, cause="line_cut", worker="w")


def failed(acme: Organization, now: datetime, name: str = "bernd") -> Message:
    reply = "5.7.1 your mail looks like <b>spam</b>"
    return mail(acme, name, MessageState.FAILED, now, attempts=1, cause="refused", last_code=550, last_reply=reply)


def page(client: Client, acme: Organization, query: str = "") -> str:
    answer = client.get(reverse("feedback:outbox", args=[acme.slug]) + query)
    assert answer.status_code == 200
    return answer.content.decode()


def address(name: str, acme: Organization, message: Message) -> str:
    return reverse(f"feedback:{name}", args=[acme.slug, message.pk])


def test_an_empty_outbox_says_what_to_do_next(client: Client, acme: Organization, quentin: Member) -> None:
    assert "No mail yet" in page(client, acme)


def test_each_mail_tells_its_state_and_the_servers_words(
    client: Client, acme: Organization, quentin: Member, now: datetime
) -> None:
    in_doubt(acme, now)
    failed(acme, now)
    mail(acme, "clara", MessageState.WITHHELD, now, cause="opted_out")

    shown = page(client, acme)

    assert "The line to the mail server broke" in shown
    assert "“550 5.7.1 your mail looks like &lt;b&gt;spam&lt;/b&gt;”" in shown
    assert "She wants no more mail from us." in shown


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", {"anna", "bernd"}),
        ("?state=failed", {"bernd"}),
        ("?state=in_doubt&purpose=invitation", {"anna"}),
        ("?purpose=reminder", set()),
        ("?q=ANNA", {"anna"}),
        ("?q=C-bernd", {"bernd"}),
        ("?q=bernd@customers", {"bernd"}),
        ("?q=nobody", set()),
    ],
)
def test_mails_are_found_by_state_kind_and_customer(
    query: str, names: set[str], client: Client, acme: Organization, quentin: Member, now: datetime
) -> None:
    in_doubt(acme, now)
    failed(acme, now)

    shown = page(client, acme, query)

    assert {name for name in ("anna", "bernd") if f"{name}@customers.example</div>" in shown} == names


@pytest.mark.parametrize(
    "query",
    ["?page=0", "?page=-1", "?page=999999999999999999999", "?page=x", "?state=nonsense&purpose=7", "?q=%25_'\"<b>"],
)
def test_rubbish_in_the_address_asks_for_nothing(
    query: str, client: Client, acme: Organization, quentin: Member, now: datetime
) -> None:
    in_doubt(acme, now)

    page(client, acme, query)


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_asks_the_database_the_same_number_of_times_for_any_number_of_mails(
    count: int, client: Client, acme: Organization, quentin: Member, now: datetime
) -> None:
    for number in range(count):
        in_doubt(acme, now, f"customer{number}")

    with CaptureQueriesContext(connection) as queries:
        page(client, acme)

    assert len(queries) == 7


def test_a_person_who_knows_says_that_the_mail_arrived(
    client: Client, acme: Organization, quentin: Member, now: datetime
) -> None:
    message = in_doubt(acme, now)

    answer = client.post(address("outbox_arrived", acme, message) + "?state=in_doubt&q=anna")

    assert answer.headers["Location"].endswith("?state=in_doubt&purpose=&q=anna")
    message.refresh_from_db()
    assert (message.state, message.sent_at) == (MessageState.SENT, now)
    assert AuditEntry.objects.get(what="message.marked_arrived").by == quentin


def test_only_a_mail_in_doubt_can_be_said_to_have_arrived(
    client: Client, acme: Organization, quentin: Member, now: datetime
) -> None:
    message = failed(acme, now)

    client.post(address("outbox_arrived", acme, message))

    message.refresh_from_db()
    assert message.state == MessageState.FAILED
    assert not AuditEntry.objects.filter(what="message.marked_arrived").exists()


@pytest.mark.parametrize(
    ("word", "state"), [("twice", "queued"), (" TWICE ", "queued"), ("yes", "in_doubt"), ("", "in_doubt")]
)
def test_a_second_copy_needs_the_word(
    word: str, state: str, client: Client, acme: Organization, quentin: Member, now: datetime
) -> None:
    message = in_doubt(acme, now)

    answer = client.post(address("outbox_again", acme, message), {"word": word})

    message.refresh_from_db()
    assert message.state == state
    assert answer.status_code == (302 if state == "queued" else 422)
    assert AuditEntry.objects.filter(what="message.sent_again").count() == (state == "queued")


def test_looking_at_the_question_sends_nothing(
    client: Client, acme: Organization, quentin: Member, now: datetime
) -> None:
    message = in_doubt(acme, now)

    assert client.get(address("outbox_again", acme, message)).status_code == 200
    assert client.get(address("outbox_arrived", acme, message)).status_code == 405

    message.refresh_from_db()
    assert message.state == MessageState.IN_DOUBT


def test_a_failed_mail_is_tried_again_with_new_time(
    client: Client, acme: Organization, quentin: Member, now: datetime, freeze: Callable[[datetime], None]
) -> None:
    message = failed(acme, now)
    later = now + timedelta(days=5)
    freeze(later)

    client.post(address("outbox_again", acme, message))

    message.refresh_from_db()
    assert (message.state, message.not_before, message.attempts, message.cause) == ("queued", later, 0, "")
    assert message.give_up_at == later + timedelta(hours=48)


def test_a_sent_mail_cannot_be_sent_again(client: Client, acme: Organization, quentin: Member, now: datetime) -> None:
    message = mail(acme, "anna", MessageState.SENT, now)

    client.get(address("outbox_again", acme, message))
    client.post(address("outbox_again", acme, message), {"word": "twice"})

    message.refresh_from_db()
    assert message.state == MessageState.SENT


def test_all_that_failed_is_tried_again_but_nothing_in_doubt(
    client: Client, acme: Organization, quentin: Member, now: datetime
) -> None:
    for name in ("bernd", "clara", "dora"):
        failed(acme, now, name)
    in_doubt(acme, now)

    client.post(reverse("feedback:outbox_retry", args=[acme.slug]) + "?state=failed&q=C-")

    states = dict(Message.objects.values_list("customer__name", "state"))
    assert states == {"Bernd": "queued", "Clara": "queued", "Dora": "queued", "Anna": "in_doubt"}
    assert AuditEntry.objects.filter(what="message.sent_again").count() == 3


def test_another_organizations_mail_cannot_be_touched(
    client: Client, acme: Organization, quentin: Member, now: datetime
) -> None:
    message = in_doubt(factories.organization("Elsewhere"), now)

    for name in ("outbox_arrived", "outbox_again"):
        assert client.post(address(name, acme, message), {"word": "twice"}).status_code == 404
    assert "anna@customers.example" not in page(client, acme)
    message.refresh_from_db()
    assert message.state == MessageState.IN_DOUBT


def test_a_case_worker_has_no_business_here(client: Client, acme: Organization, now: datetime) -> None:
    client.force_login(factories.member(acme, Role.CASE_WORKER).user)
    message = in_doubt(acme, now)

    assert client.get(reverse("feedback:outbox", args=[acme.slug])).status_code == 403
    assert client.post(address("outbox_again", acme, message), {"word": "twice"}).status_code == 403


def test_a_decision_that_comes_too_late_changes_nothing(acme: Organization, quentin: Member, now: datetime) -> None:
    message = in_doubt(acme, now)
    Message.objects.filter(pk=message.pk).update(state=MessageState.SENT, sent_at=now)

    with pytest.raises(outbox.NotInDoubt):
        outbox.mark_arrived(message, by=quentin, now=now)
    with pytest.raises(outbox.CannotSendAgain):
        outbox.send_again(message, by=quentin, confirmed=True, now=now)


@pytest.mark.journey
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1440])
def test_the_outbox_is_for_everybody(
    scheme: str,
    width: int,
    live_site: str,
    client: Client,
    acme: Organization,
    quentin: Member,
    now: datetime,
    new_context: Callable[..., BrowserContext],
) -> None:
    message = in_doubt(acme, now)
    failed(acme, now)
    mail(acme, "clara", MessageState.SENT, now, last_code=250)
    mail(acme, "dora", MessageState.QUEUED, now)
    context = new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    context.add_cookies(
        [{"name": name, "value": morsel.value, "url": live_site} for name, morsel in client.cookies.items()]
    )
    browsed = context.new_page()

    for place in (
        reverse("feedback:outbox", args=[acme.slug]),
        reverse("feedback:outbox", args=[acme.slug]) + "?state=in_doubt",
        address("outbox_again", acme, message),
    ):
        browsed.goto(live_site + place)
        assert axe(browsed) == []
        assert browsed.evaluate("document.documentElement.scrollWidth") <= width

"""A member writes to one customer in her own words, and the mail reads like an answer."""

import email
import email.policy
import uuid
from datetime import datetime, timedelta
from typing import Any

import pytest

from feedback import composing, letters, mailing, suppressing
from feedback.models import Customer, Letter, Message, MessageState, Purpose, Response, SuppressionReason
from organizations.models import AuditEntry, Member, Organization, Role
from tests import factories
from tests.dashboards.verbs import answered, score
from tests.feedback import mailings
from tests.smtp_sink import Sink


@pytest.fixture
def acme(db: None) -> Organization:
    return factories.organization(sender_name="Acme Audio")


@pytest.fixture
def anna(acme: Organization) -> Customer:
    return factories.customer(acme, "Anna Berg", email="anna@customers.example")


@pytest.fixture
def carla(acme: Organization) -> Member:
    return factories.member(acme, Role.CASE_WORKER)


@pytest.fixture
def complaint(anna: Customer, now: datetime) -> Response:
    """She was asked by mail, and answered with a 2."""
    touchpoint = factories.touchpoint(anna.organization)
    invitation = factories.invitation(factories.purchase(anna, now=now), touchpoint=touchpoint, now=now)
    mailings.enqueue(invitation, now=now)
    Message.objects.update(state=MessageState.SENT, sent_at=now)
    answered(invitation, now=now, nps=score(2))
    return Response.objects.get()


def write(anna: Customer, carla: Member, now: datetime, **fields: Any) -> Message:
    values = {"subject": "Your headphones", "text": "I am sorry.\n\nA new pair is on its way."}
    return letters.write(customer=anna, by=carla, now=now, **(values | fields))


def mail_of(message: Message, now: datetime) -> Any:
    return email.message_from_bytes(composing.compose(message, now=now), policy=email.policy.default)


def body(mail: Any, kind: str) -> str:
    return str(mail.get_body((kind,)).get_content()).replace("\r\n", "\n")


def test_a_letter_greets_her_and_is_signed_by_whoever_wrote_it(anna: Customer, carla: Member, now: datetime) -> None:
    mail = mail_of(write(anna, carla, now), now)

    assert mail["Subject"] == "Your headphones"
    assert mail["To"] == "Anna Berg <anna@customers.example>"
    assert body(mail, "plain") == (
        "Hello Anna Berg,\n\nI am sorry.\n\nA new pair is on its way.\n\nCarla\nAcme Audio\n"
    )
    assert "I am sorry.<br><br>A new pair is on its way." in body(mail, "html")
    assert "#066fd1" in body(mail, "html")


def test_a_letter_is_no_mass_mail(anna: Customer, carla: Member, now: datetime) -> None:
    mail = mail_of(write(anna, carla, now), now)

    assert mail["List-Unsubscribe"] is None
    assert mail["Auto-Submitted"] is None
    assert "/u/" not in body(mail, "plain")


@pytest.mark.parametrize(("to_author", "answers_to"), [(True, "carla@"), (False, "feedback@acmeaudio.example")])
def test_her_answer_goes_to_the_author_or_to_the_organization(
    anna: Customer, carla: Member, now: datetime, to_author: bool, answers_to: str
) -> None:
    mail = mail_of(write(anna, carla, now, answers_to_author=to_author), now)

    assert str(mail["Reply-To"]).startswith(answers_to)
    assert mail["From"] == "Acme Audio <feedback@acmeaudio.example>"


def test_it_stands_beneath_the_mail_that_asked_her_and_beneath_earlier_letters(
    complaint: Response, anna: Customer, carla: Member, now: datetime
) -> None:
    asked = Message.objects.get()
    first = write(anna, carla, now, response=complaint)
    Message.objects.filter(pk=first.pk).update(state=MessageState.SENT, sent_at=now)
    second = mail_of(write(anna, carla, now + timedelta(hours=1), response=complaint), now)

    assert mail_of(first, now)["In-Reply-To"] == f"<{asked.uuid}@acmeaudio.example>"
    assert second["In-Reply-To"] == f"<{first.uuid}@acmeaudio.example>"
    assert str(second["References"]).split() == [
        f"<{asked.uuid}@acmeaudio.example>",
        f"<{first.uuid}@acmeaudio.example>",
    ]


def test_she_is_written_to_in_the_language_she_answered_in(
    complaint: Response, anna: Customer, carla: Member, now: datetime
) -> None:
    Response.objects.update(language="de")
    complaint.refresh_from_db()

    mail = mail_of(write(anna, carla, now, response=complaint), now)

    assert mail["Content-Language"] == "de"
    assert body(mail, "plain").startswith("Guten Tag Anna Berg,")


def test_the_button_pressed_twice_is_one_letter(anna: Customer, carla: Member, now: datetime) -> None:
    key = uuid.uuid4()

    assert write(anna, carla, now, key=key) == write(anna, carla, now, key=key)
    assert Letter.objects.count() == Message.objects.count() == 1
    assert AuditEntry.objects.filter(what="message.written", by=carla).count() == 1


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"subject": " \x00 "}, "subject"),
        ({"subject": "x" * 151}, "subject"),
        ({"text": "\n \x07\n"}, "text"),
        ({"text": "x" * 5001}, "text"),
    ],
)
def test_an_empty_or_endless_letter_is_refused_at_its_field(
    anna: Customer, carla: Member, now: datetime, fields: dict[str, str], field: str
) -> None:
    with pytest.raises(letters.CannotWrite) as refusal:
        write(anna, carla, now, **fields)

    assert refusal.value.field == field
    assert not Message.objects.exists()


def test_what_a_member_types_is_text_and_can_add_no_header(anna: Customer, carla: Member, now: datetime) -> None:
    subject, text = "Hi\r\nBcc: eve@evil.example", "<script>alert(1)</script> {name} %(x)s {{ x }}"

    mail = mail_of(write(anna, carla, now, subject=subject, text=text), now)

    assert mail["Bcc"] is None
    assert mail["Subject"] == "Hi Bcc: eve@evil.example"
    assert "<script" not in body(mail, "html")
    assert text in body(mail, "plain")


@pytest.mark.parametrize("reason", [SuppressionReason.BOUNCED, SuppressionReason.COMPLAINED])
def test_an_address_that_bounced_or_complained_gets_no_letter(
    anna: Customer, carla: Member, now: datetime, reason: SuppressionReason
) -> None:
    suppressing.suppress(anna.organization, address_key=anna.address_key, reason=reason, now=now)

    assert letters.why_not(anna)
    with pytest.raises(letters.CannotWrite):
        write(anna, carla, now)


def test_a_customer_without_an_address_gets_no_letter(acme: Organization, carla: Member, now: datetime) -> None:
    nobody = factories.customer(acme, email="", address_key="")

    with pytest.raises(letters.CannotWrite, match="no e-mail address"):
        write(nobody, carla, now)


def test_the_purpose_may_be_the_outcome(anna: Customer, carla: Member, now: datetime) -> None:
    assert mail_of(write(anna, carla, now, purpose=Purpose.OUTCOME), now)["Subject"] == "Your headphones"


def test_words_that_were_erased_are_not_sent(complaint: Response, anna: Customer, carla: Member, now: datetime) -> None:
    message = write(anna, carla, now, response=complaint)
    Letter.objects.all().delete()

    with pytest.raises(composing.CannotCompose):
        composing.compose(message, now=now)


@pytest.mark.django_db(transaction=True)
def test_an_answer_reaches_her_though_she_wants_no_more_questions(
    anna: Customer, carla: Member, mail_sink: Sink, now: datetime
) -> None:
    touchpoint = factories.touchpoint(anna.organization)
    invitation = factories.invitation(factories.purchase(anna, now=now), touchpoint=touchpoint, now=now)
    mailings.enqueue(invitation, now=now)
    before = write(anna, carla, now)
    suppressing.suppress(anna.organization, address_key=anna.address_key, reason=SuppressionReason.OPTED_OUT, now=now)
    write(anna, carla, now, subject="Once more")

    mailing.work(worker="w", now=now)

    assert sorted(str(mail.message["Subject"]) for mail in mail_sink.to(anna.email)) == ["Once more", "Your headphones"]
    assert Message.objects.get(pk=before.pk).state == MessageState.SENT
    assert Message.objects.get(invitation=invitation).state == MessageState.WITHHELD


@pytest.mark.django_db(transaction=True)
def test_a_letter_that_waits_is_withheld_when_the_address_bounces(
    anna: Customer, carla: Member, mail_sink: Sink, now: datetime
) -> None:
    message = write(anna, carla, now)
    suppressing.suppress(anna.organization, address_key=anna.address_key, reason=SuppressionReason.BOUNCED, now=now)

    mailing.work(worker="w", now=now)

    message.refresh_from_db()
    assert (message.state, message.cause) == (MessageState.WITHHELD, "bounced")
    assert mail_sink.mails == []

"""What stands in a mail to a customer, and what can never get into it."""

import email
import email.policy
import re
import uuid
from datetime import datetime, timedelta
from email.header import decode_header, make_header
from email.message import EmailMessage
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from feedback import addresses, composing, mailing
from feedback.models import Customer, Invitation, Message, Purpose
from organizations import links
from organizations.models import Organization
from tests import factories
from tests.examples import examples

pytestmark = pytest.mark.django_db


@pytest.fixture
def acme() -> Organization:
    return factories.organization(sender_name="Rita from Acme", colour="#ffd43b")


@pytest.fixture
def invitation(acme: Organization, now: datetime) -> Invitation:
    anna = factories.customer(acme, "Anna Berg")
    headphones = factories.purchase(anna, days_ago=5, now=now, product="Headphones")
    return factories.invitation(headphones, touchpoint=factories.touchpoint(acme), now=now)


def mail_for(invitation: Invitation, purpose: str = Purpose.INVITATION, **fields: Any) -> Message:
    values = {"to": invitation.customer.email, "address_key": invitation.address_key, "number": 0, "uuid": uuid.uuid4()}
    return Message(
        organization=invitation.organization,
        invitation=invitation,
        customer=invitation.customer,
        purpose=purpose,
        **(values | fields),
    )


def read(raw: bytes) -> EmailMessage:
    parsed = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(parsed, EmailMessage)
    return parsed


def composed(invitation: Invitation, now: datetime, **fields: Any) -> EmailMessage:
    return read(composing.compose(mail_for(invitation, **fields), now=now))


def html_of(mail: EmailMessage) -> str:
    part = mail.get_body(("html",))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def text_of(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def test_the_first_question_stands_in_the_mail_with_a_link_for_every_score(
    invitation: Invitation, now: datetime
) -> None:
    html = html_of(composed(invitation, now))

    page = addresses.answer(invitation)
    scores = [int(score) for score in re.findall(rf'href="{re.escape(page)}\?s=(\d+)"', html)]
    assert scores == list(range(11))
    assert "recommend" in html


def test_the_mail_names_the_customer_what_she_bought_and_when(invitation: Invitation, now: datetime) -> None:
    mail = composed(invitation, now)

    assert mail["Subject"] == "How are you getting on with Headphones?"
    for body in (html_of(mail), text_of(mail)):
        assert "Hello Anna Berg," in body
        assert "Headphones (12 March 2026)" in body


def test_a_purchase_without_a_product_is_named_by_its_day(acme: Organization, now: datetime) -> None:
    guest = factories.customer(acme)
    guest.name = ""
    guest.save()
    order = factories.purchase(guest, days_ago=5, now=now)
    mail = composed(factories.invitation(order, touchpoint=factories.touchpoint(acme), now=now), now)

    assert mail["Subject"] == "How was it with Acme Audio?"
    assert "Hello,\n" in text_of(mail)
    assert "12 March 2026" in text_of(mail)


def test_the_plain_text_carries_the_question_the_link_and_the_way_out(invitation: Invitation, now: datetime) -> None:
    text = text_of(composed(invitation, now))

    assert "How likely are you to recommend" in text
    assert f"\n{addresses.answer(invitation)}\n" in text
    assert f"\n{addresses.unsubscribe(invitation.organization_id, invitation.address_key)}\n" in text


@pytest.mark.parametrize("purpose", [Purpose.INVITATION, Purpose.REMINDER])
def test_every_invitation_and_reminder_can_be_stopped_with_one_click(
    invitation: Invitation, now: datetime, purpose: str
) -> None:
    mail = composed(invitation, now, purpose=purpose, number=1 if purpose == Purpose.REMINDER else 0)

    opt_out = addresses.unsubscribe(invitation.organization_id, invitation.address_key)
    assert (
        mail["List-Unsubscribe"]
        == f"<{opt_out}>, <mailto:{invitation.organization.sender_address}?subject=unsubscribe>"
    )
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_a_message_has_the_same_id_at_every_attempt_and_speaks_for_the_senders_domain(
    invitation: Invitation, now: datetime
) -> None:
    message = mail_for(invitation)

    first = read(composing.compose(message, now=now))
    second = read(composing.compose(message, now=now + timedelta(hours=1)))

    assert first["Message-ID"] == second["Message-ID"] == f"<{message.uuid}@acmeaudio.example>"
    assert first["From"] == "Rita from Acme <feedback@acmeaudio.example>"
    assert first["Reply-To"] == first["From"]
    assert first["Auto-Submitted"] == "auto-generated"


def test_a_german_customer_reads_german(acme: Organization, now: datetime) -> None:
    berta = factories.customer(acme, "Berta Kühn", language="de-AT")
    order = factories.purchase(berta, days_ago=5, now=now, product="Kopfhörer")
    mail = composed(factories.invitation(order, touchpoint=factories.touchpoint(acme), now=now), now)

    assert mail["Content-Language"] == "de"
    assert '<html lang="de" dir="ltr"' in html_of(mail)
    assert "Wie wahrscheinlich" in html_of(mail)


def test_what_a_shop_writes_is_text_in_the_mail_and_nothing_more(acme: Organization, now: datetime) -> None:
    eve = factories.customer(acme, "<img src=x onerror=alert(1)>", email="eve@customers.example")
    order = factories.purchase(eve, now=now, product='"><script>alert(1)</script> {{ x }} %(day)s {% now %}')
    html = html_of(composed(factories.invitation(order, touchpoint=factories.touchpoint(acme), now=now), now))

    assert "<script" not in html
    assert "<img" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt; {{ x }} %(day)s {% now %}" in html


HEADERS = {
    *("Date", "To", "Subject", "Message-ID", "From", "Reply-To", "Content-Language", "Auto-Submitted"),
    *("X-Auto-Response-Suppress", "MIME-Version", "List-Unsubscribe", "List-Unsubscribe-Post", "Content-Type"),
}


@settings(max_examples=examples(150), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.text(max_size=60), product=st.text(max_size=120), sender=st.text(max_size=60))
def test_no_name_can_add_a_header_or_a_recipient(
    invitation: Invitation, now: datetime, name: str, product: str, sender: str
) -> None:
    invitation.customer.name, invitation.interaction.attributes = name, {"product": product}
    invitation.organization.sender_name = sender

    raw = composing.compose(mail_for(invitation), now=now)

    mail = read(raw)
    assert set(mail.keys()) == HEADERS
    assert len(mail.keys()) == len(HEADERS)
    assert [address.addr_spec for address in mail["To"].addresses] == [invitation.customer.email]
    assert [address.addr_spec for address in mail["From"].addresses] == ["feedback@acmeaudio.example"]
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert not re.search("[\u202a-\u202e\u2066-\u2069\x00-\x08]", str(mail["Subject"]) + html_of(mail) + text_of(mail))


def test_names_in_any_script_arrive_as_they_are(invitation: Invitation, now: datetime) -> None:
    invitation.customer.name = "Αλεξάνδρα Παπαδοπούλου-Κωνσταντινίδου του Ιωάννη 🎧"
    invitation.interaction.attributes = {"product": "سماعات الرأس اللاسلكية مع إلغاء الضوضاء، الطراز الجديد 🎧"}

    mail = composed(invitation, now)

    to = email.message_from_bytes(composing.compose(mail_for(invitation), now=now))["To"]
    assert str(make_header(decode_header(to))) == f"{invitation.customer.name} <{invitation.customer.email}>"
    assert invitation.interaction.attributes["product"] in mail["Subject"]


@pytest.mark.parametrize(
    "address", ["anna@exa mple.com", "anna\r\nBcc: x@y.example", "änna@example.com", "anna", "a@b@c..d", ""]
)
def test_an_address_that_cannot_be_written_to_is_refused(invitation: Invitation, now: datetime, address: str) -> None:
    with pytest.raises(composing.CannotCompose):
        composing.compose(mail_for(invitation, to=address), now=now)


def test_a_domain_with_umlauts_goes_on_the_wire_in_its_ascii_form(invitation: Invitation, now: datetime) -> None:
    mail = composed(invitation, now, to="anna@bücher.example")

    assert mail["To"].addresses[0].addr_spec == "anna@xn--bcher-kva.example"


def test_a_change_of_the_senders_name_shows_in_the_very_next_mail(invitation: Invitation, now: datetime) -> None:
    composed(invitation, now)
    invitation.organization.sender_name = "Otto from Acme"

    assert composed(invitation, now)["From"].startswith("Otto from Acme")


def test_a_test_mail_does_not_offer_to_stop_what_it_is_not(invitation: Invitation, now: datetime) -> None:
    mail = composed(invitation, now, purpose=Purpose.TEST, to="quentin@acme.example")

    assert mail["List-Unsubscribe"] is None
    assert mail["To"].addresses[0].addr_spec == "quentin@acme.example"


def test_a_mail_whose_wording_nobody_has_written_is_refused(invitation: Invitation, now: datetime) -> None:
    with pytest.raises(composing.CannotCompose):
        composing.compose(mail_for(invitation, purpose=Purpose.REPLY), now=now)


def test_a_compiled_letter_asks_the_database_nothing(
    invitation: Invitation, now: datetime, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    composing.compose(mail_for(invitation), now=now)
    message = mailing_message(invitation, now)

    with django_assert_num_queries(2):
        [selected] = composing.ready(Message.objects.filter(pk=message.pk))
        composing.compose(selected, now=now)


def mailing_message(invitation: Invitation, now: datetime) -> Message:
    return mailing.enqueue(
        invitation=invitation,
        purpose=Purpose.INVITATION,
        not_before=now,
        give_up_at=now + timedelta(days=2),
        now=now,
    )


def test_the_way_out_needs_no_row_at_all(invitation: Invitation) -> None:
    address = addresses.unsubscribe(invitation.organization_id, invitation.address_key)
    Customer.objects.all().delete()

    asked = addresses.opt_out(address.rpartition("/")[2])

    assert asked == addresses.OptOut(invitation.organization_id, links.address_key(invitation.customer.email))


def test_the_logo_stands_in_the_mail_and_its_name_where_pictures_are_off(
    invitation: Invitation, now: datetime, settings: Any
) -> None:
    settings.SITE_URL = "https://feedback.acme.example"
    invitation.organization.logo = f"{'0' * 32}-320x96.png"

    html = html_of(composed(invitation, now))

    picture = re.search(r"<img[^>]*>", html)
    assert picture is not None
    for part in ('width="160"', 'height="48"', 'alt="Acme Audio"', f"https://feedback.acme.example/logo/{'0' * 32}-"):
        assert part in picture[0]

"""Mail to a domain that exists for examples and tests never leaves, but for a mailbox of our own."""

from datetime import datetime
from typing import Any

import pytest

from feedback import mailing, outbox
from feedback.models import Message, MessageState
from tests import factories
from tests.feedback import mailings
from tests.smtp_sink import Sink

pytestmark = pytest.mark.django_db(transaction=True)

RESERVED = [
    *("anna@shop.invalid", "anna@shop.test", "anna@shop.example", "anna@shop.localhost", "anna@localhost"),
    *("anna@example.com", "anna@mail.example.net", "anna@EXAMPLE.ORG"),
]
REAL = ["anna@my-example.com", "anna@example.de", "anna@invalid.shop.de", "anna@contest.com"]


def message_to(address: str, now: datetime) -> Message:
    touchpoint = factories.touchpoint(factories.organization())
    customer = factories.customer(touchpoint.organization, email=address)
    return mailings.enqueue(
        factories.invitation(factories.purchase(customer, now=now), touchpoint=touchpoint, now=now), now=now
    )


@pytest.mark.parametrize("address", RESERVED)
def test_in_production_it_is_withheld_and_says_why(mail_sink: Sink, now: datetime, settings: Any, address: str) -> None:
    settings.MAIL_RESERVED_DOMAINS = False
    message = message_to(address, now)

    mailing.work(worker="w", now=now)

    message.refresh_from_db()
    assert (message.state, message.attempts) == (MessageState.WITHHELD, 0)
    assert outbox.why(message) == "Its domain is reserved for examples and tests; no mail leaves for it."
    assert mail_sink.mails == []


@pytest.mark.parametrize("address", REAL)
def test_a_domain_that_only_looks_like_one_gets_its_mail(
    mail_sink: Sink, now: datetime, settings: Any, address: str
) -> None:
    settings.MAIL_RESERVED_DOMAINS = False
    message_to(address, now)

    mailing.work(worker="w", now=now)

    assert list(mail_sink.per_recipient) == [address]


def test_the_mailbox_on_this_machine_takes_it(mail_sink: Sink, now: datetime, settings: Any) -> None:
    settings.MAIL_RESERVED_DOMAINS = True
    message_to("anna@shop.invalid", now)

    mailing.work(worker="w", now=now)

    assert list(mail_sink.per_recipient) == ["anna@shop.invalid"]

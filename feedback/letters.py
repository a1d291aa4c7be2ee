"""What a member writes to one customer → a Message with her words, in the queue like any other mail."""

import re
import uuid
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from feedback import envelope, known, suppressing
from feedback.models import Customer, Letter, Message, Purpose, Response, SuppressionReason
from organizations import audit
from organizations.models import Member
from surveys import languages
from surveys.answers import clean

LONGEST_SUBJECT, LONGEST_TEXT = 150, 5000
# Personal words wait for no mailing.
PRIORITY = -10
_TRY_FOR = timedelta(hours=48)
_MOST_IN_A_THREAD = 10


class CannotWrite(Exception):
    """The letter cannot be sent; the message says what to mend. `field` is subject, text, or '' for the whole."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


@transaction.atomic
def write(
    *,
    customer: Customer,
    response: Response | None = None,
    subject: str,
    text: str,
    by: Member,
    now: datetime,
    key: uuid.UUID | None = None,
    purpose: Purpose = Purpose.REPLY,
    answers_to_author: bool = False,
) -> Message:
    """Queue one letter. The same `key` twice (a button pressed twice) is one mail.

    An opt-out from questions does not hold it back, for it answers her; what bounced or complained gets none.
    """
    subject, text = known.line(subject), _paragraphs(text)
    key = key or uuid.uuid4()
    earlier = Message.objects.filter(uuid=key, organization=by.organization, customer=customer).first()
    if earlier is not None:
        return earlier
    _check(customer, response, subject, text, by)
    message = Message.objects.create(
        organization=by.organization,
        customer=customer,
        purpose=purpose,
        uuid=key,
        to=customer.email,
        address_key=customer.address_key,
        priority=PRIORITY,
        not_before=now,
        give_up_at=now + _TRY_FOR,
        created_at=now,
    )
    Letter.objects.create(
        organization=by.organization,
        message=message,
        response=response,
        by=by,
        language=language_for(customer, response),
        subject=subject,
        text=text,
        answers_to=by.user.email if answers_to_author else by.organization.sender_address,
        thread=_thread(customer, response),
        created_at=now,
    )
    detail = {"customer": customer.pk, "response": response.pk if response else None}
    audit.record(by.organization, by=by, what="message.written", about=message, now=now, detail=detail)
    return message


def why_not(customer: Customer) -> str:
    """Why no letter can reach her, for a page that would offer to write one; '' where it can."""
    if not customer.email:
        return _("We know no e-mail address of this customer.")
    reasons = suppressing.all_reasons(customer.organization, customer.address_key)
    if SuppressionReason.COMPLAINED in reasons:
        return _("She reported our mail as spam, so nothing is sent to her address any more.")
    if SuppressionReason.BOUNCED in reasons:
        return _("Mail to her address came back: it does not exist. Bring a purchase with her right address first.")
    return ""


def language_for(customer: Customer, response: Response | None) -> str:
    """The one she answered in, else hers, else ours; one of those in which our own words are there."""
    wanted = response.language if response else customer.language or customer.organization.language
    return languages.choose(wanted, languages.CUSTOMER, customer.organization.language)


def _check(customer: Customer, response: Response | None, subject: str, text: str, by: Member) -> None:
    if customer.organization_id != by.organization_id or (response and response.customer_id != customer.pk):
        raise ValueError("the customer, her response and the author belong to one organization")
    obstacle = why_not(customer)
    if obstacle:
        raise CannotWrite(obstacle)
    if not subject:
        raise CannotWrite(_("Say in a few words what the mail is about."), "subject")
    if len(subject) > LONGEST_SUBJECT:
        raise CannotWrite(_("At most %(most)d characters.") % {"most": LONGEST_SUBJECT}, "subject")
    if not text:
        raise CannotWrite(_("Write something to her."), "text")
    if len(text) > LONGEST_TEXT:
        raise CannotWrite(_("At most %(most)d characters.") % {"most": LONGEST_TEXT}, "text")


def _paragraphs(text: str) -> str:
    """No control characters; one empty line between paragraphs."""
    return re.sub(r"\n{3,}", "\n\n", "\n".join(line.rstrip() for line in clean(text).split("\n")))


def _thread(customer: Customer, response: Response | None) -> str:
    """What went to her about this experience before; a letter without a response begins a thread of its own."""
    if response is None:
        return ""
    about_it = Message.objects.filter(customer=customer, invitation=response.invitation_id, sent_at__isnull=False)
    letters = Message.objects.filter(letter__response=response, sent_at__isnull=False)
    earlier = sorted({*about_it, *letters}, key=lambda message: (message.created_at, message.pk))[-_MOST_IN_A_THREAD:]
    address = customer.organization.sender_address
    return " ".join(envelope.message_id(message.uuid, address) for message in earlier)

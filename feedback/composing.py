"""Message → the mail itself: the first question as links, as HTML and as plain text, ready for the wire."""

import urllib.parse
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from html import escape

from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from feedback import addresses, compiled, envelope, known, mail_frame, wordings
from feedback.compiled import Ask
from feedback.envelope import CannotCompose
from feedback.models import Customer, Invitation, Letter, Message, Purpose
from feedback.wordings import Words
from organizations.models import Member, Organization
from surveys.answers import NOBODY, Attributes
from surveys.document import Questionnaire

__all__ = ["CannotCompose", "compose", "ready", "sample", "sample_letter"]

_ASKS = (Purpose.INVITATION, Purpose.REMINDER, Purpose.TEST)


def ready(messages: QuerySet[Message]) -> list[Message]:
    """With all that `compose` reads of a message that asks: two queries, and no mail asks the database."""
    found = list(messages.select_related("organization", "invitation__customer", "invitation__interaction"))
    newest = wordings.newest_ids({message.invitation.touchpoint_id for message in found if message.invitation})
    for message in found:
        if message.invitation:
            place = (message.invitation.touchpoint_id, message.purpose, message.invitation.language)
            message.wording_id = newest.get(place)
    return found


def compose(message: Message, *, now: datetime) -> bytes:
    """The whole message as RFC 5322 wants it; at each attempt the same but for its date."""
    if message.purpose in _ASKS and message.invitation is not None:
        return _question(message, message.invitation, now=now)
    return _letter(message, now=now)


@dataclass(frozen=True)
class Sample:
    """A mail to look at before anybody gets one."""

    subject: str
    html: str
    text: str


@dataclass(frozen=True)
class Somebody:
    """A customer made up for a sample, or nobody in particular."""

    name: str = ""
    product: str = ""
    attributes: Attributes = NOBODY


def sample(
    organization: Organization,
    questionnaire: Questionnaire,
    *,
    language: str,
    page: str,
    day: datetime,
    who: Somebody,
    purpose: Purpose = Purpose.INVITATION,
    words: Words = wordings.OURS,
    notice: str = "",
) -> Sample:
    """The mail as somebody made up would get it; every link in it leads to `page`. A notice stands above it all."""
    ask = compiled.from_wording(questionnaire, language, mail_frame.sender(organization), purpose, words, notice)
    values = ask.words(name=who.name, product=who.product, day=ask.day(day), attributes=who.attributes)
    values |= {"page": page, "unsubscribe": page}
    html, text = ask.html.filled(_as_html(values)), ask.text.filled(values)
    if "?" in page:
        html = html.replace(f"{escape(page)}?s=", f"{escape(page)}&amp;s=")
    return Sample(values["subject"], html, text)


def sample_letter(
    organization: Organization, *, customer: Customer, author: Member, language: str, subject: str, text: str
) -> Sample:
    """What `letters.write` would send."""
    html, plain = _letter_bodies(organization, customer, str(author), language, text)
    return Sample(known.line(subject), html, plain)


def _question(message: Message, invitation: Invitation, *, now: datetime) -> bytes:
    ask = compiled.published(
        invitation.version_id,
        invitation.language,
        mail_frame.sender(message.organization),
        message.purpose,
        _wording_id(message, invitation),
    )
    values = _values(ask, message, invitation)
    head = envelope.own(
        to=message.to,
        name=known.line(invitation.customer.name),
        subject=values.pop("subject"),
        message_id=envelope.message_id(message.uuid, ask.sender.address),
        now=now,
    )
    head += ask.head
    if message.purpose != Purpose.TEST:
        head += _way_out(values["unsubscribe"], ask.sender.address)
    text, html = ask.text_body.filled(values), ask.html_body.filled(_as_html(values))
    return envelope.sealed(head, uuid=message.uuid, text=text, html=html)


def _wording_id(message: Message, invitation: Invitation) -> int | None:
    # Set by `ready`; a message that came another way is asked about.
    if hasattr(message, "wording_id"):
        return message.wording_id
    place = (invitation.touchpoint_id, message.purpose, invitation.language)
    return wordings.newest_ids([invitation.touchpoint_id]).get(place)


def _values(ask: Ask, message: Message, invitation: Invitation) -> dict[str, str]:
    interaction, organization = invitation.interaction, message.organization
    values = ask.words(
        name=known.first_name(invitation.customer),
        product=known.product(interaction),
        day=ask.day(interaction.experienced_at.astimezone(organization.zone)),
        attributes=known.attributes_of(invitation),
    )
    values["page"] = addresses.answer(invitation)
    values["unsubscribe"] = addresses.unsubscribe(organization.pk, message.address_key)
    return values


def _way_out(opt_out: str, sender_address: str) -> list[str]:
    mailto = urllib.parse.quote(envelope.ascii_address(sender_address), safe="@")
    return [
        f"List-Unsubscribe: <{opt_out}>,\r\n <mailto:{mailto}?subject=unsubscribe>",
        "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
    ]


def _letter(message: Message, *, now: datetime) -> bytes:
    letter = Letter.objects.select_related("by__user", "message__customer").filter(message=message.pk).first()
    if letter is None or letter.message.customer is None:
        raise CannotCompose(_("There is no wording for this kind of mail."))
    organization, customer = message.organization, letter.message.customer
    sender = mail_frame.sender(organization)
    html, text = _letter_bodies(organization, customer, str(letter.by), letter.language, letter.text)
    head = envelope.own(
        to=message.to,
        name=known.line(customer.name),
        subject=letter.subject,
        message_id=envelope.message_id(message.uuid, sender.address),
        now=now,
    )
    head += compiled.shared_head(sender, letter.language, letter.answers_to)
    head += envelope.in_thread(letter.thread.split())
    return envelope.whole(head, uuid=message.uuid, text=text, html=html)


def _letter_bodies(
    organization: Organization, customer: Customer, author: str, language: str, text: str
) -> tuple[str, str]:
    with translation.override(language):
        name = known.first_name(customer)
        context = {
            **mail_frame.of_sender(mail_frame.sender(organization), language),
            "hello": _("Hello %(name)s,") % {"name": name} if name else _("Hello,"),
            "paragraphs": text.split("\n\n"),
            "plain": text,
            "author": known.line(author),
        }
        html = compiled.inlined("emails/customer/letter.html", context)
        return html, render_to_string("emails/customer/letter.txt", context)


def _as_html(values: Mapping[str, str]) -> dict[str, str]:
    return {name: escape(value).replace("\n", "<br>") for name, value in values.items()}

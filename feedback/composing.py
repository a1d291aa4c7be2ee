"""Message → the mail itself: the first question as links, as HTML and as plain text, ready for the wire."""

import re
import secrets
import urllib.parse
from binascii import b2a_qp
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.header import Header
from email.utils import format_datetime, formataddr
from functools import lru_cache
from html import escape

import css_inline
from django.template.loader import render_to_string
from django.utils import formats, translation
from django.utils.translation import gettext as _

from feedback import addresses, colours, known
from feedback.models import Invitation, Message, Purpose
from organizations.models import Organization
from surveys import documents, kinds, languages, piping
from surveys.answers import Attributes
from surveys.document import Question, Questionnaire, ScaleDetails
from surveys.models import SurveyVersion

# What `compose` reads of a message: select it with the message, and no mail asks the database.
RELATED = ("organization", "invitation__customer", "invitation__interaction")

LONGEST_PRODUCT = 80
SMILEYS = {1: "😞", 2: "🙁", 3: "😐", 4: "🙂", 5: "😄"}
_ADDRESS = re.compile(r"[!#-'*+\-./0-9=?A-Z^-~]{1,64}@(?P<domain>[^\s@<>,;:\"()\[\]\\]{1,255})")
_PART = "Content-Type: text/%s; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable"
_INLINER = css_inline.CSSInliner(keep_at_rules=True, load_remote_stylesheets=False, minify_css=True)


class CannotCompose(Exception):
    """This message can never become a mail; sending it again later would not help."""


def compose(message: Message, *, now: datetime) -> bytes:
    """The whole message as RFC 5322 wants it, with CRLF; the same message gives the same Message-ID at each attempt."""
    invitation = message.invitation
    if invitation is None or message.purpose not in _OPENINGS:
        raise CannotCompose(_("There is no wording for this kind of mail."))
    letter = _letter(invitation.version_id, invitation.language, _sender(message.organization), message.purpose)
    values = _values(letter, message, invitation)
    boundary = f"=_{message.uuid.hex}"
    head = [
        f"Date: {format_datetime(now)}",
        f"To: {_mailbox(known.line(invitation.customer.name), message.to)}",
        f"Subject: {_unstructured('Subject', values.pop('subject'))}",
        f"Message-ID: <{message.uuid}@{letter.domain}>",
        *letter.head,
    ]
    if message.purpose != Purpose.TEST:
        opt_out = values["unsubscribe"]
        head += [
            f"List-Unsubscribe: <{opt_out}>,\r\n <mailto:{letter.mailto}?subject=unsubscribe>",
            "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
        ]
    head.append(f'Content-Type: multipart/alternative; boundary="{boundary}"')
    html_values = {name: escape(value) for name, value in values.items()}
    parts = "".join(
        f"--{boundary}\r\n{_PART % kind}\r\n\r\n{_quoted_printable(text)}\r\n"
        for kind, text in (("plain", letter.text.filled(values)), ("html", letter.html.filled(html_values)))
    )
    return "\r\n".join([*head, "", f"{parts}--{boundary}--\r\n"]).encode("ascii")


@dataclass(frozen=True)
class Sample:
    """A mail to look at before anybody gets one."""

    subject: str
    html: str
    text: str


def sample(
    organization: Organization,
    questionnaire: Questionnaire,
    *,
    language: str,
    page: str,
    day: datetime,
    name: str,
    product: str,
) -> Sample:
    """The invitation as a made-up customer would get it; every link in it leads to `page`, a preview."""
    letter = _compiled(questionnaire, language, _sender(organization), Purpose.TEST)
    attributes = Attributes({"name": name, "first_name": name}, {"product": product})
    values = letter.words(name=name, product=product, day=letter.day(day), attributes=attributes)
    values |= {"page": page, "unsubscribe": page}
    html_values = {key: escape(value) for key, value in values.items()}
    return Sample(values["subject"], letter.html.filled(html_values), letter.text.filled(values))


class Blanks:
    """A text with named blanks, cut up once so that filling it in is one join."""

    def __init__(self, text: str, mark: str) -> None:
        self._pieces = re.split(f"{mark}([a-z]+)_", text)

    def filled(self, values: Mapping[str, str]) -> str:
        pieces = self._pieces.copy()
        pieces[1::2] = [values[name] for name in pieces[1::2]]
        return "".join(pieces)


@dataclass(frozen=True)
class Opening:
    """How a mail begins, with and without a product to name."""

    subject: str
    subject_of_product: str
    paragraph: str
    paragraph_of_product: str


def _invitation() -> Opening:
    return Opening(
        _("How was it with %(organization)s?"),
        _("How are you getting on with %(product)s?"),
        _("How did it go with us on %(day)s? One answer helps us to do better, and it takes less than a minute."),
        _(
            "How did it go with %(product)s (%(day)s)? One answer helps us to do better, and it takes less than "
            "a minute."
        ),
    )


def _reminder() -> Opening:
    return Opening(
        _("May we ask once more how it was with %(organization)s?"),
        _("May we ask once more about %(product)s?"),
        _(
            "Perhaps our question about %(day)s came at a bad time. We would still like to know, "
            "and will not ask again."
        ),
        _(
            "Perhaps our question about %(product)s (%(day)s) came at a bad time. We would still like to know, "
            "and will not ask again."
        ),
    )


_OPENINGS = {Purpose.INVITATION: _invitation, Purpose.REMINDER: _reminder, Purpose.TEST: _invitation}


@dataclass(frozen=True)
class Sender:
    """All of an organization that a mail shows; a change of it makes a new letter."""

    id: int
    name: str
    colour: str
    sender_name: str
    address: str


@dataclass(frozen=True)
class Letter:
    """One wording, compiled for one organization and language: what is left is to fill in a customer's own."""

    language: str
    organization: str
    domain: str
    mailto: str
    head: tuple[str, ...]
    opening: Opening
    hello: str
    hello_name: str
    why: str
    question: str
    html: Blanks
    text: Blanks

    def words(self, *, name: str, product: str, day: str, attributes: Attributes) -> dict[str, str]:
        product = product if len(product) <= LONGEST_PRODUCT else f"{product[: LONGEST_PRODUCT - 1].rstrip()}…"
        said = {"organization": self.organization, "product": product, "day": day}
        return {
            "subject": (self.opening.subject_of_product if product else self.opening.subject) % said,
            "hello": self.hello_name % {"name": name} if name else self.hello,
            "paragraph": (self.opening.paragraph_of_product if product else self.opening.paragraph) % said,
            "question": piping.fill(self.question, {}, attributes),
            "why": self.why % said,
        }

    def day(self, moment: datetime) -> str:
        return _day(moment.date().toordinal(), self.language)


@lru_cache(maxsize=4096)
def _day(ordinal: int, language: str) -> str:
    with translation.override(language):
        return formats.date_format(datetime.fromordinal(ordinal), "DATE_FORMAT")


def _values(letter: Letter, message: Message, invitation: Invitation) -> dict[str, str]:
    interaction, organization = invitation.interaction, message.organization
    values = letter.words(
        name=known.first_name(invitation.customer),
        product=known.product(interaction),
        day=letter.day(interaction.experienced_at.astimezone(organization.zone)),
        attributes=known.attributes_of(invitation),
    )
    values["page"] = addresses.answer(invitation)
    values["unsubscribe"] = addresses.unsubscribe(organization.pk, message.address_key)
    return values


def _sender(organization: Organization) -> Sender:
    return Sender(
        organization.pk, organization.name, organization.colour, organization.sender_name, organization.sender_address
    )


@lru_cache(maxsize=512)
def _letter(version_id: int, wanted: str, sender: Sender, purpose: str) -> Letter:
    """Kept by a published version's id: it never changes. What changes of the organization is part of the key."""
    try:
        questionnaire = documents.of_published(version_id)
    except SurveyVersion.DoesNotExist:
        raise CannotCompose(_("The survey of this mail was never published.")) from None
    return _compiled(questionnaire, wanted, sender, Purpose(purpose))


def _compiled(questionnaire: Questionnaire, wanted: str, sender: Sender, purpose: Purpose) -> Letter:
    language = languages.choose(wanted, questionnaire.languages, questionnaire.base_language)
    mark = f"blank{secrets.token_hex(8)}"  # nobody's text can hold it
    blank = {name: f"{mark}{name}_" for name in ("hello", "paragraph", "question", "why", "page", "unsubscribe")}
    with translation.override(language):
        context = blank | _frame(questionnaire, language, sender)
        html = _INLINER.inline(render_to_string("emails/customer/invitation.html", context))
        text = render_to_string("emails/customer/invitation.txt", context)
        return Letter(
            language=language,
            organization=known.line(sender.name),
            domain=_ascii(sender.address).rpartition("@")[2],
            mailto=urllib.parse.quote(_ascii(sender.address), safe="@"),
            head=_head(language, sender),
            opening=_OPENINGS[purpose](),
            hello=_("Hello,"),
            hello_name=_("Hello %(name)s,"),
            why=_("You get this mail because you were a customer of %(organization)s on %(day)s."),
            question=_first(questionnaire).text.in_language(language, questionnaire.base_language).text,
            html=Blanks(html, mark),
            text=Blanks(text, mark),
        )


def _frame(questionnaire: Questionnaire, language: str, sender: Sender) -> dict[str, object]:
    question = _first(questionnaire)
    scale = question.details if isinstance(question.details, ScaleDetails) else None
    base = questionnaire.base_language
    return {
        "language": language,
        "direction": languages.direction(language),
        "start": "right" if languages.direction(language) == "rtl" else "left",
        "end": "left" if languages.direction(language) == "rtl" else "right",
        "organization": known.line(sender.name),
        "colour": sender.colour,
        "on_colour": colours.text_on(sender.colour),
        "points": [(score, _face(scale, score)) for score in scale.scale.points] if scale else [],
        "points_end": scale.scale.highest if scale else None,
        "low": scale.label(scale.scale.lowest).in_language(language, base) if scale else "",
        "high": scale.label(scale.scale.highest).in_language(language, base) if scale else "",
    }


def _face(details: ScaleDetails, score: int) -> str:
    return SMILEYS.get(score, "") if details.look == "smileys" else ""


def _first(questionnaire: Questionnaire) -> Question:
    """It is asked in the mail itself where it has a scale; a survey of mere statements shows its first."""
    return kinds.first(questionnaire) or questionnaire.questions[0]


def _head(language: str, sender: Sender) -> tuple[str, ...]:
    mailbox = _mailbox(known.line(sender.sender_name), sender.address)
    return (
        f"From: {mailbox}",
        f"Reply-To: {mailbox}",
        f"Content-Language: {language}",
        # No out-of-office notes in return.
        "Auto-Submitted: auto-generated",
        "X-Auto-Response-Suppress: OOF, AutoReply",
        "MIME-Version: 1.0",
    )


def _mailbox(name: str, address: str) -> str:
    address = _ascii(address)
    if not name:
        return address
    if name.isascii() and "=?" not in name and len(name) <= 60:
        return formataddr((name, address))
    return f"{Header(name, 'utf-8').encode(linesep=chr(13) + chr(10))}\r\n <{address}>"


def _unstructured(name: str, value: str) -> str:
    if value.isascii() and "=?" not in value and len(value) <= 200:
        return value
    return Header(value, "utf-8", header_name=name).encode(linesep="\r\n")


@lru_cache(maxsize=4096)
def _ascii(address: str) -> str:
    """The address as the wire takes it: the domain in its ASCII form; nothing in it that could end a header."""
    found = _ADDRESS.fullmatch(address.strip())
    if found is None:
        raise CannotCompose(
            _("“%(address)s” is not an address that mail can be sent to.") % {"address": known.line(address)}
        )
    domain = found["domain"]
    try:
        ascii_domain = domain.encode("idna").decode("ascii")
    except UnicodeError:
        raise CannotCompose(_("The domain “%(domain)s” does not exist.") % {"domain": domain}) from None
    return address.strip()[: -len(domain)] + ascii_domain


def _quoted_printable(text: str) -> str:
    lines = text.replace("\r\n", "\n").replace("\n", "\r\n")
    return b2a_qp(lines.encode("utf-8", "replace")).decode("ascii")

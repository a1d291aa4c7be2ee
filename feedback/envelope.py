"""Names, addresses and texts → the headers and parts of a mail, with nothing in them that could end a header."""

import re
from binascii import b2a_qp
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from email.header import Header
from email.utils import format_datetime, formataddr
from functools import lru_cache
from uuid import UUID

from django.utils.translation import gettext as _

from feedback.blanks import Blanks
from organizations import domains
from surveys.answers import clean

_ADDRESS = re.compile(r"[!#-'*+\-./0-9=?A-Z^-~]{1,64}@(?P<domain>[^\s@<>,;:\"()\[\]\\]{1,255})")
# A line end that is none: it vanishes when the mail is read.
_SEAM = "=\r\n"
_PART = "Content-Type: text/%s; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable"


class CannotCompose(Exception):
    """This message can never become a mail; sending it again later would not help."""


class Body:
    """A text with blanks, written for the wire once; a mail's own words are all that is left to be written."""

    def __init__(self, text: Blanks) -> None:
        self._written = text.between(_with_seam)

    def filled(self, values: Mapping[str, str]) -> str:
        words = {name: _with_seam(value) for name, value in values.items()}
        return self._written.filled(words).removesuffix(_SEAM)


def whole(head: Iterable[str], *, uuid: UUID, text: str, html: str) -> bytes:
    """Headers and two bodies as RFC 5322 wants them, with CRLF, in ASCII."""
    return sealed(head, uuid=uuid, text=_quoted_printable(text), html=_quoted_printable(html))


def sealed(head: Iterable[str], *, uuid: UUID, text: str, html: str) -> bytes:
    """The same of two bodies that are written for the wire already."""
    boundary = f"=_{uuid.hex}"
    parts = "".join(
        f"--{boundary}\r\n{_PART % kind}\r\n\r\n{body}\r\n" for kind, body in (("plain", text), ("html", html))
    )
    kind = f'Content-Type: multipart/alternative; boundary="{boundary}"'
    return "\r\n".join([*head, kind, "", f"{parts}--{boundary}--\r\n"]).encode("ascii")


def own(*, to: str, name: str, subject: str, message_id: str, now: datetime) -> list[str]:
    """The headers that differ from mail to mail."""
    return [
        f"Date: {format_datetime(now)}",
        f"To: {mailbox(name, to)}",
        f"Subject: {_unstructured('Subject', subject)}",
        f"Message-ID: {message_id}",
    ]


def shared(*, sender_name: str, sender_address: str, answers_to: str = "", language: str) -> tuple[str, ...]:
    """The headers that all mails of one sender in one language have; answers go to the sender unless told."""
    sender = mailbox(sender_name, sender_address)
    return (
        f"From: {sender}",
        f"Reply-To: {ascii_address(answers_to) if answers_to else sender}",
        f"Content-Language: {language}",
        "MIME-Version: 1.0",
    )


# No out-of-office notes in return.
NO_AUTOMATIC_ANSWERS = ("Auto-Submitted: auto-generated", "X-Auto-Response-Suppress: OOF, AutoReply")


def in_thread(ids: Sequence[str]) -> list[str]:
    """So that mail programs show a letter beneath what it continues."""
    return [f"In-Reply-To: {ids[-1]}", "References: " + "\r\n ".join(ids)] if ids else []


def message_id(uuid: UUID, sender_address: str) -> str:
    """The same message has the same id at each attempt; it speaks for the sender's domain."""
    return f"<{uuid}@{domain(sender_address)}>"


def domain(address: str) -> str:
    return ascii_address(address).rpartition("@")[2]


def mailbox(name: str, address: str) -> str:
    address = ascii_address(address)
    if not name:
        return address
    if name.isascii() and "=?" not in name and len(name) <= 60:
        return formataddr((name, address))
    return f"{Header(name, 'utf-8').encode(linesep=chr(13) + chr(10))}\r\n <{address}>"


@lru_cache(maxsize=4096)
def ascii_address(address: str) -> str:
    """The address as the wire takes it: the domain in its ASCII form; nothing in it that could end a header."""
    found = _ADDRESS.fullmatch(address.strip())
    if found is None:
        shown = " ".join(clean(address).split())
        raise CannotCompose(_("“%(address)s” is not an address that mail can be sent to.") % {"address": shown})
    ending = found["domain"]
    try:
        ascii_domain = domains.in_ascii(ending)
    except UnicodeError:
        raise CannotCompose(_("The domain “%(domain)s” does not exist.") % {"domain": ending}) from None
    return address.strip()[: -len(ending)] + ascii_domain


def _unstructured(name: str, value: str) -> str:
    if value.isascii() and "=?" not in value and len(value) <= 200:
        return value
    return Header(value, "utf-8", header_name=name).encode(linesep="\r\n")


def _with_seam(text: str) -> str:
    """Quoted-printable that ends at the end of a line, so that another piece can follow and no line grows too long."""
    # The letter keeps room for the seam in the last line, and a space before the seam as it is.
    written = _quoted_printable(f"{text}x")[:-1]
    return written if not written or written.endswith("\n") else f"{written}{_SEAM}"


def _quoted_printable(text: str) -> str:
    # In a text of one line b2a_qp breaks lines by LF, so CRLF comes last.
    written = b2a_qp(text.replace("\r\n", "\n").encode("utf-8", "replace"))
    return written.decode("ascii").replace("\n", "\r\n")

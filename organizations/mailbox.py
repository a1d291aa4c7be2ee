"""The development mailbox: mails that the local mail server put into a folder, to be looked at."""

import email
import email.policy
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from functools import lru_cache
from pathlib import Path

NAME = re.compile(r"[0-9A-Za-z-]{1,80}\Z")


@dataclass(frozen=True)
class Mail:
    """One mail as its reader's program would show it."""

    name: str
    recipients: tuple[str, ...]
    sender: str
    subject: str
    at: datetime | None
    text: str
    html: str
    headers: tuple[tuple[str, str], ...]
    attachments: tuple[str, ...]


def newest_first(folder: Path, *, recipient: str = "", limit: int = 100) -> list[Mail]:
    """At most `limit` mails, to whoever has `recipient` in the address."""
    found: list[Mail] = []
    for name in _names(folder):
        mail = read(folder, name)
        if mail and (not recipient or any(recipient.lower() in address.lower() for address in mail.recipients)):
            found.append(mail)
        if len(found) == limit:
            break
    return found


def read(folder: Path, name: str) -> Mail | None:
    """The mail of that name; None where there is none (any more)."""
    if not NAME.match(name):
        return None
    try:
        return _read(folder / f"{name}.eml", name)
    except FileNotFoundError:
        return None


# A file never changes once it is there; the list asks for all of them every few seconds.
@lru_cache(maxsize=4096)
def _read(path: Path, name: str) -> Mail:
    raw = path.read_bytes()
    message = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return Mail(
        name=name,
        recipients=_recipients(message),
        sender=str(message.get("From", "")),
        subject=str(message.get("Subject", "")),
        at=_sent_at(message),
        text=_body(message, "plain"),
        html=_body(message, "html"),
        headers=tuple((header, str(value)) for header, value in message.items()),
        attachments=tuple(part.get_filename() or part.get_content_type() for part in message.iter_attachments()),
    )


def _names(folder: Path) -> Iterator[str]:
    # The name begins with the nanosecond of arrival.
    return iter(sorted((path.stem for path in folder.glob("*.eml")), reverse=True))


def _recipients(message: EmailMessage) -> tuple[str, ...]:
    envelope = message.get_all("Delivered-To") or message.get_all("To") or []
    return tuple(str(value) for value in envelope)


def _sent_at(message: EmailMessage) -> datetime | None:
    try:
        at = parsedate_to_datetime(str(message["Date"]))
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _body(message: EmailMessage, kind: str) -> str:
    part = message.get_body(preferencelist=(kind,))
    try:
        return str(part.get_content()) if part else ""
    except (LookupError, UnicodeError):
        return ""

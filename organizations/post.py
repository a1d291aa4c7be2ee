"""A word to a member: written as a row, which is the queue, and mailed at least once."""

import logging
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8, EmailPolicy
from email.utils import parseaddr

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from organizations import smtp_replies
from organizations.models import Notice, NoticeState, Organization
from organizations.smtp import Server
from organizations.smtp_replies import Fate, Reply

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=5)
# A sign-in mail that comes a day late helps nobody.
GIVE_UP_AFTER = timedelta(hours=24)
_BATCH = 10
_SECONDS = 20.0
_PLAIN = SMTP.clone(cte_type="7bit")


class CannotNotify(ValueError):
    """No mail can be made of this; the message says what is wrong with it."""


def notify(
    *,
    to: str,
    kind: str,
    subject: str,
    text: str,
    html: str = "",
    organization: Organization | None = None,
    now: datetime,
) -> Notice:
    """Put one mail to a member, or to somebody about to become one, on its way."""
    subject = subject.strip()
    if not subject.isprintable() or not subject or len(subject) > 255:
        raise CannotNotify(_("A subject is one line of 1 to 255 printable characters."))
    try:
        validate_email(to)
    except ValidationError as fault:
        raise CannotNotify(_("This is not an e-mail address.")) from fault
    return Notice.objects.create(
        organization=organization,
        to=to,
        kind=kind,
        subject=subject,
        text=text.replace("\0", ""),
        html=html.replace("\0", ""),
        not_before=now,
        created_at=now,
    )


def send_notices(
    *, now: datetime, stop: Callable[[], bool] = lambda: False, seconds: float = _SECONDS, server: Server | None = None
) -> int:
    """Mail what is due until nothing is, or time is up; gives how many were sent."""
    clock, sent = ticking(now), 0
    end = now + timedelta(seconds=seconds)
    is_over = False
    _take_back_expired(now=now)
    with server or Server() as line:
        while not is_over and (batch := _claim(now=clock())):
            for notice in batch:
                is_over = is_over or stop() or clock() >= min(end, _lease(notice))
                if is_over:
                    _give_back(notice)
                    continue
                reply = _send(notice, line)
                _settle(notice, reply, now=clock())
                sent += reply.fate is Fate.ACCEPTED
                # The others would wait as long for the same answer.
                is_over = reply.is_about_server
    return sent


def ticking(now: datetime) -> Callable[[], datetime]:
    """A clock that starts at `now` and goes on, whatever is done to the machine's clock."""
    began = time.monotonic()
    return lambda: now + timedelta(seconds=time.monotonic() - began)


def write(notice: Notice) -> bytes:
    """The notice as a mail."""
    name, sender = parseaddr(settings.DEFAULT_FROM_EMAIL)
    mail = EmailMessage(policy=_policy(notice.to, sender))
    mail["From"] = Address(display_name=name, addr_spec=sender)
    mail["To"] = Address(addr_spec=notice.to)
    mail["Subject"] = notice.subject
    mail["Date"] = notice.created_at
    mail["Message-ID"] = f"<notice-{notice.pk}.{notice.created_at:%Y%m%d%H%M%S}@{sender.rpartition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(notice.text)
    if notice.html:
        mail.add_alternative(notice.html, subtype="html")
    return mail.as_bytes()


def _policy(*addresses: str) -> "EmailPolicy[EmailMessage]":
    return _PLAIN if "".join(addresses).isascii() else SMTPUTF8


@transaction.atomic(durable=True)
def _claim(*, now: datetime) -> list[Notice]:
    due = Notice.objects.filter(state=NoticeState.QUEUED, not_before__lte=now).order_by("not_before", "pk")
    batch = list(due.select_for_update(skip_locked=True)[:_BATCH])
    # The lease is the proof of the claim: it differs for each, so a late worker settles nobody else's.
    Notice.objects.filter(pk__in=[notice.pk for notice in batch]).update(
        state=NoticeState.CLAIMED, lease_until=now + LEASE
    )
    for notice in batch:
        notice.lease_until = now + LEASE
    return batch


def _send(notice: Notice, server: Server) -> Reply:
    try:
        content = write(notice)
    except ValueError as fault:
        log.exception("notice %s cannot be written", notice.pk)
        return smtp_replies.bad_address(str(fault))
    sender = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    refused = server.begin(sender=sender, recipient=notice.to, eight_bit=not content.isascii())
    return refused or server.hand_over(content)


def _settle(notice: Notice, reply: Reply, *, now: datetime) -> None:
    claimed = Notice.objects.filter(pk=notice.pk, state=NoticeState.CLAIMED, lease_until=notice.lease_until)
    heard = {
        "attempts": F("attempts") + 1,
        "lease_until": None,
        "last_reply": f"{reply.code or ''} {reply.text}".strip()[:500],
    }
    if reply.fate is Fate.ACCEPTED:
        claimed.update(state=NoticeState.SENT, sent_at=now, **heard)
    elif reply.fate is Fate.REFUSED or now >= notice.created_at + GIVE_UP_AFTER:
        claimed.update(state=NoticeState.FAILED, **heard)
    else:
        # Also when in doubt: a second copy of a sign-in mail harms less than none.
        pause = smtp_replies.pause(replace(reply, first_pause=min(reply.first_pause, 30)), attempts=notice.attempts)
        claimed.update(state=NoticeState.QUEUED, not_before=now + pause, **heard)


def _give_back(notice: Notice) -> None:
    Notice.objects.filter(pk=notice.pk, state=NoticeState.CLAIMED, lease_until=notice.lease_until).update(
        state=NoticeState.QUEUED, lease_until=None
    )


def _take_back_expired(*, now: datetime) -> None:
    Notice.objects.filter(state=NoticeState.CLAIMED, lease_until__lt=now).update(
        state=NoticeState.QUEUED, lease_until=None
    )


def _lease(notice: Notice) -> datetime:
    assert notice.lease_until is not None
    return notice.lease_until

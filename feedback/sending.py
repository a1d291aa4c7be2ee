"""One claimed mail through the wire: each step is one committed UPDATE, guarded by the state it leaves."""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import DatabaseError, connection

from feedback import composing, plans, suppressing
from feedback.causes import Cause
from feedback.models import Message, MessageState, SuppressionReason
from organizations import smtp_replies
from organizations.smtp import Server
from organizations.smtp_replies import Fate, Reply

log = logging.getLogger(__name__)

# Longer than the mail server may take to answer, so that no living worker is declared dead.
WIRE_LEASE = timedelta(seconds=180)

# This commit must be on disk before the first byte leaves: were it lost in a crash of the database, the row would read
# "claimed", go back to the queue, and the mail would leave twice. So it waits for the disk, one commit a mail.
# An opt-out or an answer that came after the claim stops the mail here; its row is withheld, or will be at the next
# claim.
_ONTO_THE_WIRE = """
UPDATE feedback_message
SET state = 'wire', attempts = attempts + 1, wire_at = %s, lease_until = %s
WHERE id = %s AND state = 'claimed' AND worker = %s AND NOT EXISTS (
    SELECT FROM feedback_suppression AS s
    WHERE s.organization_id = feedback_message.organization_id AND s.address_key = feedback_message.address_key
        AND NOT (s.reason = 'opted_out' AND feedback_message.purpose IN ('reply', 'outcome')))
    AND NOT (purpose IN ('invitation', 'reminder') AND EXISTS (
        SELECT FROM feedback_response AS r WHERE r.invitation_id = feedback_message.invitation_id))
"""

# This one does not wait for the disk: lost in a crash, the row would read "wire" and end in doubt, which sends nothing
# twice; and the next mail takes it to the disk anyhow. A reply that comes after the lease still settles the doubt.
_SETTLE = """
WITH no_wait AS MATERIALIZED (SELECT set_config('synchronous_commit', 'off', true))
UPDATE feedback_message
SET state = %s, cause = %s, last_code = %s, last_reply = %s, sent_at = %s,
    not_before = coalesce(%s, not_before), lease_until = NULL
FROM no_wait
WHERE id = %s AND worker = %s AND state IN ('wire', 'in_doubt') AND attempts = %s
"""

_SETTLE_BEFORE_WIRE = """
UPDATE feedback_message
SET state = %s, cause = %s, last_code = %s, last_reply = %s, sent_at = %s,
    not_before = coalesce(%s, not_before), lease_until = NULL, attempts = attempts + 1
WHERE id = %s AND worker = %s AND state = 'claimed' AND attempts = %s
"""


def send(message: Message, *, worker: str, server: Server, clock: Callable[[], datetime]) -> Reply | None:
    """The server's word on this mail, written to its row; None when the claim was no longer ours."""
    content, unwritable = _compose(message, now=clock())
    refused = unwritable or server.begin(
        sender=message.organization.sender_address, recipient=message.to, eight_bit=not content.isascii()
    )
    if refused:
        _settle("hearback_settle_early", _SETTLE_BEFORE_WIRE, message, refused, worker=worker, now=clock())
        return refused
    now = clock()
    if not _execute("hearback_wire", _ONTO_THE_WIRE, [now, now + WIRE_LEASE, message.pk, worker]):
        return None
    message.attempts += 1
    reply = server.hand_over(content)
    _settle("hearback_settle", _SETTLE, message, reply, worker=worker, now=clock())
    return reply


def _compose(message: Message, *, now: datetime) -> tuple[bytes, Reply | None]:
    try:
        return composing.compose(message, now=now), None
    except composing.CannotCompose as refusal:
        return b"", Reply(Fate.REFUSED, text=smtp_replies.clean(str(refusal)), cause=Cause.CANNOT_COMPOSE)
    except DatabaseError:
        raise
    except Exception as fault:
        # A fault of ours, which the next release may mend: the mail waits, and the rest of the batch leaves.
        log.exception("message %s cannot be composed", message.pk)
        return b"", Reply(Fate.LATER, text=f"{type(fault).__name__}", cause=Cause.CANNOT_COMPOSE)


def _settle(name: str, step: str, message: Message, reply: Reply, *, worker: str, now: datetime) -> None:
    state, cause = _outcome(message, reply, now=now)
    pause = smtp_replies.pause(reply, attempts=message.attempts)
    sent_at = now if state == MessageState.SENT else None
    not_before = now + pause if state == MessageState.QUEUED else None
    row = [str(state), str(cause), reply.code, reply.text, sent_at, not_before, message.pk, worker, message.attempts]
    _execute(name, step, row)
    if reply.cause == smtp_replies.NO_SUCH_MAILBOX:
        suppressing.suppress(
            message.organization, address_key=message.address_key, reason=SuppressionReason.BOUNCED, now=now
        )


def _outcome(message: Message, reply: Reply, *, now: datetime) -> tuple[MessageState, str]:
    match reply.fate:
        case Fate.ACCEPTED:
            return MessageState.SENT, ""
        case Fate.REFUSED:
            return MessageState.FAILED, reply.cause
        case Fate.IN_DOUBT:
            return MessageState.IN_DOUBT, reply.cause
        case Fate.LATER:
            late = now >= message.give_up_at
            return (MessageState.FAILED, reply.cause or Cause.GAVE_UP) if late else (MessageState.QUEUED, "")


def _execute(name: str, step: str, values: Sequence[Any]) -> int:
    """Committed when this returns: no transaction is ever open here (mailing.claim refuses to run inside one)."""
    with connection.cursor() as cursor:
        plans.execute(cursor, name, step, values)
        return int(cursor.rowcount)

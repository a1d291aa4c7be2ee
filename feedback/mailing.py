"""Messages to customers: queued → claimed → wire → sent | queued later | failed | in doubt. The table is the queue.

A mail leaves at most once. A worker that dies before the wire loses nothing: its lease runs out and the mail is queued
again. A worker that dies on the wire leaves a doubt, which is listed and never sent again by itself.
"""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from feedback import composing, sending, suppressing
from feedback.models import Invitation, Message, MessageState, Purpose
from organizations import post
from organizations.smtp import Server
from organizations.smtp_replies import Fate

LEASE = timedelta(seconds=60)
BATCH = 20
_SECONDS = 20.0
_UNTIL_IT_GOES_ON = timedelta(days=1)
# Only what asks for an answer is held back by an answer, an end, or a pause.
_ASKING = (Purpose.INVITATION.value, Purpose.REMINDER.value)
_START = (0, -32768)
# Domains that exist for examples and tests alone (RFC 2606, RFC 6761): a mail there is a mistake, or a demo.
_RESERVED = r"[@.](invalid|test|example|localhost|example\.(com|net|org))\.?$"


@dataclass
class Turn:
    """Whose turn it is: the lane (organization, priority) that was served last."""

    lane: tuple[int, int] = field(default=_START)


@dataclass(frozen=True)
class Settled:
    """What became of leases that ran out, and of mails whose touchpoint goes on."""

    queued_again: int
    in_doubt: int
    released: int


def enqueue(
    *,
    invitation: Invitation,
    purpose: Purpose,
    number: int = 0,
    not_before: datetime,
    give_up_at: datetime,
    now: datetime,
    priority: int = 0,
) -> Message:
    """The one mail of this kind about this invitation: enqueued twice, or by twenty at once, it is one row."""
    message = draft(
        invitation,
        purpose=purpose,
        number=number,
        not_before=not_before,
        give_up_at=give_up_at,
        now=now,
        priority=priority,
    )
    enqueue_all([message])
    return Message.objects.get(uuid=message.uuid)


def enqueue_all(messages: Sequence[Message]) -> None:
    """The same for many drafts in one statement; what is queued already stays as it is."""
    Message.objects.bulk_create(messages, ignore_conflicts=True, batch_size=1000)


def draft(
    invitation: Invitation,
    *,
    purpose: Purpose,
    number: int = 0,
    not_before: datetime,
    give_up_at: datetime,
    now: datetime,
    priority: int = 0,
) -> Message:
    """The mail as it will be queued, known by an id that invitation, purpose and number decide."""
    return Message(
        organization_id=invitation.organization_id,
        invitation=invitation,
        customer_id=invitation.customer_id,
        purpose=purpose,
        number=number,
        uuid=uuid.uuid5(invitation.public_id, f"{Purpose(purpose).value}.{number}"),
        to=invitation.customer.email,
        address_key=invitation.address_key,
        priority=priority,
        not_before=not_before,
        give_up_at=give_up_at,
        created_at=now,
    )


# Why each mail of `due` may not leave, '' where it may: for the claim, and for whoever plans a mail that asks.
JUDGED = """judged AS MATERIALIZED (
    SELECT m.id, CASE
        WHEN s.reason IS NOT NULL THEN s.reason
        WHEN %(keeps_off)s AND m."to" ~* %(reserved)s THEN 'reserved'
        WHEN m.purpose <> ALL(%(asking)s) THEN ''
        WHEN EXISTS (SELECT FROM feedback_response r WHERE r.invitation_id = i.id) THEN 'answered'
        WHEN i.expires_at <= %(now)s THEN 'expired'
        WHEN m.purpose = 'reminder' AND m.number > t.reminders THEN 'not_wanted'
        WHEN m.purpose = 'reminder' AND EXISTS (
            SELECT FROM feedback_invitation AS later
            WHERE later.organization_id = i.organization_id AND later.address_key = i.address_key
                AND later.created_at > i.created_at) THEN 'asked_since'
        WHEN t.state = 'paused' THEN 'paused'
        ELSE '' END AS cause
    FROM due AS m
    LEFT JOIN feedback_invitation i ON i.id = m.invitation_id
    LEFT JOIN surveys_touchpoint t ON t.id = i.touchpoint_id
    LEFT JOIN LATERAL (
        SELECT reason FROM feedback_suppression s
        WHERE s.organization_id = m.organization_id AND s.address_key = m.address_key AND m.address_key <> ''
            AND NOT (s.reason = 'opted_out' AND m.purpose = ANY(%(personal)s))
        ORDER BY reason = 'complained' DESC, reason = 'opted_out' DESC LIMIT 1) AS s ON true
)"""

# One step along the index finds the next lane, however many mails wait in this one. So an organization with
# 200,000 mails costs as much to pass by as one with a single mail, and each gets an equal share of the batch.
# `due` locks its rows as "queued", so the UPDATE need not ask again (asked, the planner reads the whole queue).
_CLAIM = """
WITH RECURSIVE lane AS (
    (SELECT organization_id, priority, not_before FROM feedback_message
     WHERE state = 'queued' AND (organization_id, priority) > (%(organization)s, %(priority)s)
     ORDER BY organization_id, priority, not_before LIMIT 1)
    UNION ALL
    SELECT following.* FROM lane CROSS JOIN LATERAL (
        SELECT organization_id, priority, not_before FROM feedback_message AS m
        WHERE state = 'queued' AND (m.organization_id, m.priority) > (lane.organization_id, lane.priority)
        ORDER BY m.organization_id, m.priority, m.not_before LIMIT 1) AS following
),
due_lane AS MATERIALIZED (
    SELECT organization_id, priority FROM lane WHERE not_before <= %(now)s LIMIT %(limit)s
),
due AS MATERIALIZED (
    SELECT mine.* FROM due_lane CROSS JOIN LATERAL (
        SELECT m.id, m.organization_id, m.invitation_id, m.purpose, m.number, m.address_key, m."to"
        FROM feedback_message AS m
        WHERE m.state = 'queued' AND m.organization_id = due_lane.organization_id
            AND m.priority = due_lane.priority AND m.not_before <= %(now)s
        ORDER BY m.not_before, m.id
        LIMIT (SELECT ceil(%(limit)s::numeric / count(*))::int FROM due_lane)
        FOR UPDATE SKIP LOCKED) AS mine
    LIMIT %(limit)s
),
{judged},
taken AS (
    UPDATE feedback_message AS m
    SET state = CASE judged.cause WHEN '' THEN 'claimed' WHEN 'paused' THEN 'queued' ELSE 'withheld' END,
        cause = judged.cause,
        worker = CASE judged.cause WHEN '' THEN %(worker)s ELSE '' END,
        lease_until = CASE judged.cause WHEN '' THEN %(lease)s::timestamptz END,
        not_before = CASE judged.cause WHEN 'paused' THEN %(held)s ELSE m.not_before END
    FROM judged WHERE m.id = judged.id
    RETURNING m.id, m.state
)
SELECT (SELECT array_agg(id) FROM taken WHERE state = 'claimed'),
       (SELECT count(*) FROM taken),
       (SELECT array[organization_id, priority] FROM due_lane ORDER BY organization_id DESC, priority DESC LIMIT 1),
       (SELECT count(*) FROM due_lane)
""".replace("{judged}", JUDGED)


def claim(*, worker: str, now: datetime, limit: int = BATCH, turn: Turn | None = None) -> list[Message]:
    """Lease queued messages that are due; committed before anything goes on the wire.

    What may not leave any more is withheld in the same transaction; what a paused touchpoint holds stays queued.
    """
    turn = turn or Turn()
    while True:
        began_at = turn.lane
        claimed, handled = _claim_once(worker=worker, now=now, limit=limit, turn=turn)
        if claimed:
            messages = composing.ready(Message.objects.filter(pk__in=claimed))
            return sorted(messages, key=lambda message: (message.priority, message.not_before, message.pk))
        if not handled and began_at == _START:
            return []


def judging(now: datetime) -> dict[str, Any]:
    """What JUDGED wants to know."""
    return {
        "now": now,
        "asking": list(_ASKING),
        "personal": list(suppressing.PERSONAL),
        "keeps_off": not settings.MAIL_RESERVED_DOMAINS,
        "reserved": _RESERVED,
    }


@transaction.atomic(durable=True)
def _claim_once(*, worker: str, now: datetime, limit: int, turn: Turn) -> tuple[list[int], int]:
    values: dict[str, Any] = judging(now) | {
        "organization": turn.lane[0],
        "priority": turn.lane[1],
        "limit": limit,
        "worker": worker,
        "lease": now + LEASE,
        "held": now + _UNTIL_IT_GOES_ON,
    }
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, values)
        claimed, handled, last, lanes = cursor.fetchone()
    # Fewer lanes than there was room for: the round is over.
    turn.lane = (last[0], last[1]) if last and lanes == limit else _START
    return claimed or [], handled


def work(
    *,
    worker: str,
    now: datetime,
    stop: Callable[[], bool] = lambda: False,
    seconds: float = _SECONDS,
    limit: int = BATCH,
    turn: Turn | None = None,
    server: Server | None = None,
) -> int:
    """Send what is due until nothing is, or time is up; gives how many mails were handed over.

    `worker` names this run and no other. Told to stop, it finishes the mail on the wire and gives the others back.
    """
    clock, turn, handed_over = post.ticking(now), turn or Turn(), 0
    end = now + timedelta(seconds=seconds)
    with server or Server() as line:
        is_over = False
        while not is_over and (batch := claim(worker=worker, now=clock(), limit=limit, turn=turn)):
            for position, message in enumerate(batch):
                if is_over or stop() or clock() >= end:
                    is_over = True
                    _give_back(batch[position:], worker=worker)
                    break
                reply = sending.send(message, worker=worker, server=line, clock=clock)
                handed_over += reply is not None and reply.fate is Fate.ACCEPTED
                # The server is away: the others would wait as long for the same answer.
                is_over = reply is not None and reply.is_about_server
    return handed_over


def settle_leases(*, now: datetime) -> Settled:
    """What a dead worker left: claimed mails are queued again, mails on the wire are in doubt. Then the held ones."""
    expired = Message.objects.filter(lease_until__lt=now)
    return Settled(
        queued_again=expired.filter(state=MessageState.CLAIMED).update(
            state=MessageState.QUEUED, worker="", lease_until=None
        ),
        # The worker's name stays: if it lives after all, its reply still settles the doubt.
        in_doubt=expired.filter(state=MessageState.WIRE).update(
            state=MessageState.IN_DOUBT, cause="worker_died", lease_until=None
        ),
        released=Message.objects.filter(state=MessageState.QUEUED, cause="paused")
        .exclude(invitation__touchpoint__state="paused")
        .update(cause="", not_before=now),
    )


def _give_back(messages: list[Message], *, worker: str) -> None:
    Message.objects.filter(
        pk__in=[message.pk for message in messages], state=MessageState.CLAIMED, worker=worker
    ).update(state=MessageState.QUEUED, worker="", lease_until=None)

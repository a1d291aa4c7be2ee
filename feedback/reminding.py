"""An invitation that brought no answer → one reminder more, if she may still be reminded in that very moment."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction

from feedback import mailing
from feedback.models import Invitation, Message, Purpose
from surveys.models import Touchpoint

_GIVE_UP = timedelta(hours=48)

# `due` is the reminder as it would leave, so that the claim's own judgement can be asked about it before it is made.
# What that judgement refuses is never looked at again; "paused" does not come here, and a mail that has not left yet
# (or is in doubt, until somebody knows better) is looked at again the next day.
_LOOK = """
WITH due AS MATERIALIZED (
    SELECT i.id, i.organization_id, i.id AS invitation_id, 'reminder' AS purpose, last.number + 1 AS number,
        i.address_key, last."to", last.state, last.sent_at, t.days_between, t.reminders
    FROM surveys_touchpoint AS t
    JOIN surveys_survey AS survey ON survey.id = t.survey_id AND survey.archived_at IS NULL
    CROSS JOIN LATERAL (
        SELECT id, organization_id, address_key FROM feedback_invitation
        WHERE touchpoint_id = t.id AND remind_at <= %(now)s
        ORDER BY remind_at LIMIT %(limit)s
        FOR UPDATE SKIP LOCKED) AS i
    LEFT JOIN LATERAL (
        SELECT number, state, sent_at, "to" FROM feedback_message
        WHERE invitation_id = i.id AND purpose = ANY(%(asking)s)
        ORDER BY number DESC LIMIT 1) AS last ON true
    WHERE t.state = 'running'
),
{judged},
looked AS (
    SELECT due.*, CASE
        WHEN judged.cause <> '' THEN NULL
        WHEN due.state IS DISTINCT FROM 'sent' THEN %(now)s + interval '1 day'
        WHEN due.sent_at + make_interval(days => due.days_between) > %(now)s
            THEN due.sent_at + make_interval(days => due.days_between)
        ELSE %(now)s END AS at
    FROM due JOIN judged ON judged.id = due.id
)
UPDATE feedback_invitation AS i
SET remind_at = CASE
    WHEN looked.at IS DISTINCT FROM %(now)s THEN looked.at
    WHEN looked.number < looked.reminders THEN %(now)s + make_interval(days => looked.days_between) END
FROM looked WHERE looked.id = i.id
RETURNING i.id, CASE WHEN looked.at = %(now)s THEN looked.number END, looked."to"
""".replace("{judged}", mailing.JUDGED)


@dataclass(frozen=True)
class Looked:
    """At how many invitations a sweep looked, and how many reminders came of it."""

    invitations: int
    reminders: int


def first_look(touchpoint: Touchpoint, *, now: datetime) -> datetime | None:
    """When to look at an invitation that is made now; None where nobody is reminded."""
    return now + timedelta(days=touchpoint.days_between) if touchpoint.reminders else None


@transaction.atomic
def sweep(*, now: datetime, limit: int = 1000) -> Looked:
    """Queue the reminders that are due at running touchpoints, at most `limit` each; never after an answer.

    Only a mail that was sent is reminded of, so many days after it. An invitation is looked at once for each reminder,
    and two sweeps at once never look at the same one. The claim asks all of it again just before the mail leaves.
    """
    with connection.cursor() as cursor:
        cursor.execute(_LOOK, mailing.judging(now) | {"limit": limit})
        found = cursor.fetchall()
    wanted = {pk: (number, to) for pk, number, to in found if number is not None}
    invitations = Invitation.objects.filter(pk__in=wanted).select_related("customer")
    mailing.enqueue_all([_mail(invitation, *wanted[invitation.pk], now=now) for invitation in invitations])
    return Looked(len(found), len(wanted))


def _mail(invitation: Invitation, number: int, to: str, *, now: datetime) -> Message:
    give_up_at = min(invitation.expires_at, now + _GIVE_UP)
    message = mailing.draft(
        invitation, purpose=Purpose.REMINDER, number=number, not_before=now, give_up_at=give_up_at, now=now
    )
    # To where the invitation went: opt-outs and the quiet period go by that address.
    message.to = to
    return message

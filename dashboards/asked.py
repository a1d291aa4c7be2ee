"""Invitations → what became of those of each day, counted anew from the rows of whoever was asked and answered.

Nobody who sends or answers marks a day for this: every minute the last days are counted, and those whose invitations
were answered or made since; every hour the last two months, and every night all.
"""

import logging
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db import DatabaseError, connection, transaction
from django.db.models import Exists, OuterRef

from dashboards.durations import FIRST, GROWTH
from dashboards.models import DailyAsked
from feedback.models import Invitation
from organizations.models import Organization

logger = logging.getLogger(__name__)

# A mail is tried for two days, so what becomes of it is known by then.
RECENT = 4
# Longer than a sweep can be late: an answer is not missed between two of them.
LATELY = timedelta(minutes=10)

_PARTIES = """
    WITH party AS (
        SELECT i.organization_id, v.survey_id, i.touchpoint_id, i.id, i.expires_at, m.state, r.completed_at,
               (i.created_at AT TIME ZONE %(zone)s)::date AS day,
               coalesce(m.sent_at, i.created_at) AS sent_at,
               r.id IS NOT NULL AS has_begun,
               r.id IS NOT NULL AND EXISTS (
                   SELECT FROM feedback_exclusion e WHERE e.response_id = r.id AND e.lifted_at IS NULL) AS is_left_out,
               r.id IS NOT NULL AND r.completed_at IS NULL AND EXISTS (
                   SELECT FROM feedback_answer a WHERE a.response_id = r.id AND a.score IS NOT NULL) AS has_scored,
               EXISTS (
                   SELECT FROM feedback_suppression s
                   WHERE s.organization_id = i.organization_id AND s.address_key = i.address_key
                     AND s.reason IN ('opted_out', 'complained') AND s.at >= i.created_at AND s.at < i.expires_at
               ) AS has_refused,
               EXISTS (
                   SELECT FROM feedback_suppression s
                   WHERE s.organization_id = i.organization_id AND s.address_key = i.address_key
                     AND s.reason = 'bounced' AND s.at >= i.created_at
                     AND s.at < coalesce(m.sent_at, i.created_at) + interval '5 days'
               ) AS has_bounced
        FROM feedback_invitation i
        JOIN surveys_surveyversion v ON v.id = i.version_id
        LEFT JOIN feedback_message m ON m.invitation_id = i.id AND m.purpose = 'invitation' AND m.number = 0
        LEFT JOIN feedback_response r ON r.invitation_id = i.id
        WHERE i.organization_id = %(organization)s
          AND i.created_at >= coalesce((%(first)s::date)::timestamp AT TIME ZONE %(zone)s, '-infinity')
          AND i.created_at < coalesce((%(last)s::date + 1)::timestamp AT TIME ZONE %(zone)s, 'infinity')
          AND (%(days)s::date[] IS NULL OR (i.created_at AT TIME ZONE %(zone)s)::date = ANY(%(days)s::date[]))
    ), judged AS (
        -- Each one has one outcome, the first that is true of it. Whoever answered was reached, whatever her mail says.
        SELECT *, CASE
            WHEN is_left_out THEN 'ineligible'
            WHEN completed_at IS NOT NULL THEN 'completed'
            WHEN has_scored THEN 'partial'
            WHEN has_begun THEN 'refused'
            WHEN state = 'withheld' THEN 'withheld'
            WHEN state IS NULL OR state NOT IN ('sent', 'in_doubt', 'failed') THEN 'waiting'
            WHEN state = 'failed' OR has_bounced THEN 'bounced'
            WHEN has_refused THEN 'refused'
            ELSE 'silent' END AS outcome
        FROM party
    )
"""
_OUTCOMES = ("waiting", "withheld", "ineligible", "bounced", "refused", "partial", "completed", "silent")
_KEYS = "organization_id, survey_id, touchpoint_id, day"
_COUNTS = (*_OUTCOMES, "started", "in_doubt", "failed", "newest", "open_until", "durations")
_COUNTED = f"""
    {_PARTIES}, step AS (
        SELECT {_KEYS}, count(*) AS n, greatest(0, ceil(
                   ln(greatest(extract(epoch FROM completed_at - sent_at)::float8, {FIRST}) / {FIRST})
                   / ln({GROWTH}) - 1e-9))::int AS step
        FROM judged WHERE outcome = 'completed' GROUP BY {_KEYS}, step
    ), steps AS (
        SELECT {_KEYS}, jsonb_object_agg(step, n) AS durations FROM step GROUP BY {_KEYS}
    )
    SELECT {_KEYS}, {", ".join(f"count(*) FILTER (WHERE outcome = '{name}') AS {name}" for name in _OUTCOMES)},
           count(*) FILTER (WHERE has_begun AND NOT is_left_out) AS started,
           count(*) FILTER (WHERE state = 'in_doubt' AND outcome NOT IN ('waiting', 'withheld')) AS in_doubt,
           count(*) FILTER (WHERE state = 'failed' AND outcome = 'bounced') AS failed,
           max(id) AS newest, max(expires_at) AS open_until,
           coalesce((array_agg(durations))[1], '{{}}'::jsonb) AS durations
    FROM judged LEFT JOIN steps USING ({_KEYS})
    GROUP BY {_KEYS}
"""  # noqa: S608 - names of our own columns alone
_SAME = " AND ".join(f"a.{key} = c.{key}" for key in ("survey_id", "touchpoint_id", "day"))
_GONE = f"""
    DELETE FROM dashboards_dailyasked a
    WHERE a.organization_id = %(organization)s AND (%(days)s::date[] IS NULL OR a.day = ANY(%(days)s::date[]))
      AND NOT EXISTS (SELECT FROM now_asked c WHERE {_SAME})
"""  # noqa: S608
_WRITTEN = f"""
    INSERT INTO dashboards_dailyasked ({_KEYS}, {", ".join(_COUNTS)})
    SELECT {_KEYS}, {", ".join(_COUNTS)} FROM now_asked
    ON CONFLICT (survey_id, touchpoint_id, day) DO UPDATE
    SET {", ".join(f"{name} = excluded.{name}" for name in _COUNTS)}
"""  # noqa: S608


def sweep(*, now: datetime, days: int = RECENT) -> int:
    """Count the last days of every organization, and those that were touched lately; gives how many rows."""
    return _of_each(lambda organization: recount(organization, days=_touched(organization, now, days)))


def sweep_all() -> int:
    """Every day of every organization, as far as a night is long; gives how many rows."""
    return _of_each(recount)


def recount_all() -> int:
    """The same at once, and for all or with an error; gives how many rows."""
    return sum(recount(organization) for organization in _all())


def _of_each(count: Callable[[Organization], int]) -> int:
    rows = 0
    for organization in _all():
        try:
            rows += count(organization)
        except DatabaseError:
            # One organization in trouble must not keep all others from their figures; the next sweep comes back to it.
            logger.exception("invitations of organization %s were not counted", organization.pk)
    return rows


def _all() -> list[Organization]:
    """Also those whose last invitation is gone: their counts are still there."""
    asked = Exists(Invitation.objects.filter(organization=OuterRef("pk")))
    counted = Exists(DailyAsked.objects.filter(organization=OuterRef("pk")))
    # In any order: were a night too short, it would else be the same ones every night that nobody comes to.
    return list(Organization.objects.filter(asked | counted).order_by("?"))


def _touched(organization: Organization, now: datetime, days: int) -> list[date]:
    today = organization.day_of(now)
    recent = {today - timedelta(days=back) for back in range(days)}
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT DISTINCT (i.created_at AT TIME ZONE %(zone)s)::date FROM feedback_invitation i
            WHERE i.organization_id = %(organization)s AND i.id > coalesce(
                (SELECT max(newest) FROM dashboards_dailyasked WHERE organization_id = %(organization)s), 0)
            UNION
            SELECT DISTINCT (i.created_at AT TIME ZONE %(zone)s)::date
            FROM feedback_response r JOIN feedback_invitation i ON i.id = r.invitation_id
            WHERE r.changed_at > %(lately)s AND r.organization_id = %(organization)s
            """,
            {"organization": organization.pk, "zone": organization.time_zone, "lately": now - LATELY},
        )
        return sorted(recent | {day for (day,) in cursor.fetchall()})


@transaction.atomic
def recount(organization: Organization, *, days: Sequence[date] | None = None) -> int:
    """These days, or all of them; gives how many rows are right now. Two at once come one after the other."""
    if days is not None and not days:
        return 0
    params: dict[str, Any] = {
        "organization": organization.pk,
        "zone": organization.time_zone,
        "days": None if days is None else list(days),
        "first": min(days) if days else None,
        "last": max(days) if days else None,
    }
    with connection.cursor() as cursor:
        # Counting months of a large organization is no web request.
        cursor.execute("SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = '60s'; SET LOCAL jit = off")
        key = f"daily asked of {organization.pk}"
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [key])
        cursor.execute(f"CREATE TEMPORARY TABLE now_asked ON COMMIT DROP AS {_COUNTED}", params)
        cursor.execute(_GONE, params)
        cursor.execute(_WRITTEN)
        rows = int(cursor.rowcount)
        cursor.execute("DROP TABLE now_asked")
    return rows


def rows_of(organization: Organization) -> list[DailyAsked]:
    return list(DailyAsked.objects.filter(organization=organization).order_by("day", "touchpoint"))

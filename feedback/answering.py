"""A judged page → Response and Answers, once per invitation; leaving out of the figures, and erasing."""

import json
import uuid
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from feedback import forgetting, journal, known, plans
from feedback.models import Channel, Customer, Exclusion, Invitation, Response
from organizations import audit, visible
from organizations.models import Member
from surveys.answers import AnswerValue
from surveys.models import Question

LONGEST_REASON = 300
# Question ids and kinds with what was answered.
Given = Sequence[tuple[int, str, AnswerValue]]


class NothingToExclude(Exception):
    """The response is left out already, or in already."""


class Forgotten(Exception):
    """She was erased while her page was open: nothing of it is stored."""


class ReasonMissing(Exception):
    """Whoever leaves a response out of the figures says why."""


def key_of(invitation: Invitation) -> uuid.UUID:
    """The same for every submit of one invitation, however many tabs, phones and retries there are."""
    return uuid.uuid5(invitation.public_id, "response")


def submit(
    invitation: Invitation,
    *,
    version_id: int,
    accepted: Mapping[str, AnswerValue],
    language: str,
    is_complete: bool,
    now: datetime,
    has_begun: bool = False,
) -> bool:
    """Store exactly these answers, as `surveys.path` accepted them; the last complete submit wins.

    An unfinished save never takes anything back from an answer that was sent to the end: then False, nothing is stored.
    `has_begun` when a response was seen just now; it may be gone since then, or wrongly not seen.
    """
    response, given = _response(invitation, version_id, language, is_complete, now), _given(version_id, accepted)
    if not has_begun and _store_first(response, given):
        return True
    while True:
        is_stored = _store_again(response, given)
        if is_stored is not None:
            return is_stored
        if Customer.objects.filter(pk=invitation.customer_id, erased_at__isnull=False).exists():
            raise Forgotten
        # The response was erased in between.
        if _store_first(response, given):
            return True


def _response(invitation: Invitation, version_id: int, language: str, is_complete: bool, now: datetime) -> Response:
    """The one response of this invitation as it would be made now."""
    organization, interaction = invitation.organization, invitation.interaction
    return Response(
        organization_id=invitation.organization_id,
        survey_id=invitation.touchpoint.survey_id,
        version_id=version_id,
        key=key_of(invitation),
        invitation_id=invitation.pk,
        customer_id=invitation.customer_id,
        touchpoint_id=invitation.touchpoint_id,
        language=language,
        channel=Channel.EMAIL,
        answered_on=organization.day_of(now),
        experienced_on=organization.day_of(interaction.experienced_at),
        attributes=known.segments(interaction, organization.reporting_attributes),
        completed_at=now if is_complete else None,
        created_at=now,
        changed_at=now,
    )


_GIVEN = "(%s::bigint, %s::text, %s::smallint, %s::numeric, %s::date, %s::text[], %s::text)"
_ANSWERS = """
    INSERT INTO feedback_answer (organization_id, response_id, question_id, kind, score, number, "on", choices, text)
    SELECT stored.organization_id, stored.id, given.*
    FROM stored CROSS JOIN (VALUES {answers}) AS given
    WHERE given.column1 IS NOT NULL
"""
_JOURNAL = """
    INSERT INTO feedback_changedday (organization_id, survey_id, day)
    SELECT organization_id, survey_id, answered_on FROM stored
"""

# The busiest write of the product, as one statement that commits itself. Whoever submits a second time, or at the same
# instant on another phone, finds the row there. An erasure of hers that is under way is waited for.
_FIRST = f"""
WITH hers AS (
    SELECT id FROM feedback_customer WHERE id = %s AND erased_at IS NULL FOR KEY SHARE
),
stored AS (
    INSERT INTO feedback_response (
        customer_id, organization_id, survey_id, version_id, key, invitation_id, anonymous, touchpoint_id, language,
        channel, answered_on, experienced_on, attributes, completed_at, created_at, changed_at
    ) SELECT hers.id, %s, %s, %s, %s, %s, false, %s, %s, %s, %s, %s, %s, %s, %s, %s FROM hers
    ON CONFLICT DO NOTHING RETURNING id, organization_id, survey_id, answered_on
),
answers AS ({_ANSWERS}),
journal AS ({_JOURNAL})
SELECT count(*) FROM stored
"""  # noqa: S608 - texts of our own


def _store_first(response: Response, given: Given) -> bool:
    """False when there is a response of this invitation already; then nothing is stored."""
    rows = _rows(given)
    statement = _FIRST.format(answers=", ".join([_GIVEN] * len(rows)))
    values = [*_values(response), *(value for row in rows for value in row)]
    with _alone(), connection.cursor() as cursor:
        plans.execute(cursor, f"hearback_first_{len(rows)}", statement, values)
        return bool(cursor.fetchone()[0])


# Submits of one invitation come one after the other. The lock is a statement before the other, which would not see
# else what the submit that it waited for had stored, and would leave some of it beside its own.
_LOCK = "SELECT FROM feedback_response WHERE key = %s FOR UPDATE"
_AGAIN = f"""
WITH stored AS (
    UPDATE feedback_response
    SET version_id = %s, language = %s, completed_at = coalesce(completed_at, %s), changed_at = %s
    WHERE key = %s AND (completed_at IS NULL OR %s)
    RETURNING id, organization_id, survey_id, answered_on
),
gone AS (
    DELETE FROM feedback_answer USING stored WHERE response_id = stored.id AND question_id <> ALL (%s::bigint[])
),
answers AS ({_ANSWERS}
    ON CONFLICT (response_id, question_id) DO UPDATE SET
        kind = EXCLUDED.kind, score = EXCLUDED.score, number = EXCLUDED.number, "on" = EXCLUDED."on",
        choices = EXCLUDED.choices, text = EXCLUDED.text
    WHERE (feedback_answer.kind, feedback_answer.score, feedback_answer.number)
            IS DISTINCT FROM (EXCLUDED.kind, EXCLUDED.score, EXCLUDED.number)
        OR (feedback_answer."on", feedback_answer.choices, feedback_answer.text)
            IS DISTINCT FROM (EXCLUDED."on", EXCLUDED.choices, EXCLUDED.text)
),
journal AS ({_JOURNAL})
SELECT EXISTS (SELECT FROM stored), EXISTS (SELECT FROM feedback_response WHERE key = %s)
"""  # noqa: S608 - texts of our own


def _store_again(response: Response, given: Given) -> bool | None:
    """Its day and its attributes stay as first made; version and language are those of the answers that now stand.

    None when there is no response of this invitation any more.
    """
    rows, key = _rows(given), response.key
    statement = _AGAIN.format(answers=", ".join([_GIVEN] * len(rows)))
    values = [
        *(response.version_id, response.language, response.completed_at, response.changed_at),
        *(key, response.completed_at is not None, [pk for pk, _kind, _value in given]),
        *(value for row in rows for value in row),
        key,
    ]
    with _alone(), connection.cursor() as cursor:
        lock = plans.Step("hearback_lock", _LOCK, [key])
        plans.together(cursor, lock, plans.Step(f"hearback_again_{len(rows)}", statement, values))
        is_stored, is_there = cursor.fetchone()
    return bool(is_stored) if is_there else None


def _alone() -> AbstractContextManager[Any]:
    """What is sent is a transaction by itself; within another's, a savepoint keeps a refusal from spoiling that."""
    return transaction.atomic() if connection.in_atomic_block else nullcontext()


def _rows(given: Given) -> list[list[Any]]:
    return [_columns(*answer) for answer in given] or [[None] * 7]


def _values(response: Response) -> list[Any]:
    return [
        *(response.customer_id, response.organization_id, response.survey_id, response.version_id, response.key),
        *(response.invitation_id, response.touchpoint_id, response.language),
        *(str(response.channel), response.answered_on, response.experienced_on),
        *(json.dumps(response.attributes), response.completed_at, response.created_at, response.changed_at),
    ]


def _given(version_id: int, accepted: Mapping[str, AnswerValue]) -> Given:
    questions = _questions(version_id)
    return [(*questions[key], value) for key, value in accepted.items() if key in questions]


@lru_cache(maxsize=512)
def _questions(version_id: int) -> dict[str, tuple[int, str]]:
    """Question ids and kinds by key. Kept for ever: a published version never changes, and its questions stay."""
    rows = Question.objects.filter(survey__versions=version_id).values_list("key", "pk", "kind")
    return {key: (pk, kind) for key, pk, kind in rows}


def _columns(question_id: int, kind: str, value: AnswerValue) -> list[Any]:
    choices = list(value.choices) or None
    return [question_id, kind, value.score, value.number, value.on, choices, value.text or None]


@transaction.atomic
def exclude(response: Response, *, why: str, by: Member, now: datetime) -> Exclusion:
    """Leave it out of the figures; the answers stay, and so does who left them out and why."""
    why = known.line(why)[:LONGEST_REASON]
    if not visible.is_visible(why):
        raise ReasonMissing(_("Say why this response is to be left out: the figures' readers will ask."))
    locked = Response.objects.select_for_update(of=("self",)).get(pk=response.pk)
    if locked.exclusions.filter(lifted_at__isnull=True).exists():
        raise NothingToExclude(_("This response is left out of the figures already."))
    exclusion = Exclusion.objects.create(
        organization_id=locked.organization_id, response=locked, by=by, why=why, at=now
    )
    journal.mark(locked)
    audit.record(by.organization, by=by, what="response.excluded", about=locked, now=now)
    return exclusion


@transaction.atomic
def include(response: Response, *, by: Member, now: datetime) -> Exclusion:
    """Count it again; the exclusion stays, lifted, as a record."""
    locked = Response.objects.select_for_update(of=("self",)).get(pk=response.pk)
    exclusion = locked.exclusions.filter(lifted_at__isnull=True).first()
    if exclusion is None:
        raise NothingToExclude(_("This response counts already."))
    exclusion.lifted_at, exclusion.lifted_by = now, by
    exclusion.save(update_fields=["lifted_at", "lifted_by"])
    journal.mark(locked)
    audit.record(by.organization, by=by, what="response.included", about=locked, now=now)
    return exclusion


@transaction.atomic
def erase(response: Response, *, by: Member, now: datetime) -> int:
    """Delete it with its answers, for good; what remains is that somebody did so. Returns how many answers went."""
    locked = Response.objects.select_for_update(of=("self",)).get(pk=response.pk)
    answers = locked.answers.count()
    detail = {"survey": locked.survey_id, "answered_on": locked.answered_on.isoformat(), "answers": answers}
    journal.mark(locked)
    audit.record(by.organization, by=by, what="response.erased", about=locked, now=now, detail=detail)
    forgetting.forget(locked, now=now)
    locked.delete()
    return answers

"""A link's token → whom it asks, what she has answered so far, and whether she still may."""

import json
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from itertools import islice
from typing import Any

from django.db import DatabaseError, connection
from django.db.models import JSONField, Model
from django.db.models.base import ModelState

from feedback import addresses, plans
from feedback.models import Customer, Interaction, Invitation, Response
from organizations.models import Organization
from surveys.answers import Answers, AnswerValue
from surveys.models import Survey, Touchpoint

# Whoever had opened the page when the survey closed may finish.
GRACE = timedelta(days=7)
NOBODY = uuid.UUID(int=0)


@dataclass(frozen=True)
class Asked:
    invitation: Invitation
    response: Response | None
    newest_version_id: int

    @property
    def organization(self) -> Organization:
        return self.invitation.organization

    @property
    def has_answered(self) -> bool:
        return self.response is not None and self.response.completed_at is not None

    @property
    def version_id(self) -> int:
        """The newest wording, until she has begun to answer another."""
        return self.newest_version_id if self.response is None else self.response.version_id

    @property
    def closes_at(self) -> datetime:
        archived_at = self.invitation.touchpoint.survey.archived_at
        expires_at = self.invitation.expires_at
        return expires_at if archived_at is None else min(archived_at, expires_at)

    def is_open(self, *, opened_at: datetime | None, now: datetime) -> bool:
        """`opened_at` is when her page was made, where she has one; a started answer counts as well."""
        if now < self.closes_at:
            return True
        started_at = self.response.created_at if self.response else None
        begun = [at for at in (opened_at, started_at) if at is not None]
        return bool(begun) and min(begun) < self.closes_at and now < self.closes_at + GRACE


def find(token: str) -> Asked | None:
    """One query, also for a forged token: unknown and forged links take the same time and look the same."""
    public_id = addresses.invited(token)
    row = _row(public_id or NOBODY)
    if row is None or public_id is None:
        return None
    return _asked(row)


# Written out: the busiest query of the product, and building it anew by the ORM costs more than running it. Only what
# her pages read: each column costs both sides something, and one that is missing here is asked for when it is read.
_TABLES: tuple[tuple[type[Model], str, tuple[str, ...]], ...] = (
    (
        Invitation,
        "invitation",
        (
            *("id", "public_id", "organization_id", "customer_id", "interaction_id", "touchpoint_id", "version_id"),
            *("language", "expires_at"),
        ),
    ),
    (
        Organization,
        "organization",
        ("id", "name", "logo", "colour", "is_demo", "time_zone", "reporting_attributes"),
    ),
    (Customer, "customer", ("id", "name", "language", "attributes")),
    (Interaction, "interaction", ("id", "experienced_at", "attributes")),
    (Touchpoint, "touchpoint", ("id", "survey_id")),
    (Survey, "survey", ("id", "archived_at")),
    (Response, "response", ("id", "version_id", "language", "completed_at", "created_at", "changed_at")),
)


def _row(public_id: uuid.UUID) -> Sequence[Any] | None:
    # The first question of a request, and a harmless one: asked again where the connection kept from the last request
    # has died, it saves asking each time whether that still lives.
    connection.health_check_done = True  # type: ignore[attr-defined]  # Django's own, and missing in the stubs
    try:
        return _read(public_id)
    except DatabaseError:
        if connection.in_atomic_block or connection.is_usable():
            raise
        connection.close()
        return _read(public_id)


def _read(public_id: uuid.UUID) -> Sequence[Any] | None:
    with connection.cursor() as cursor:
        # Planning these joins takes PostgreSQL ten times as long as running them.
        plans.execute(cursor, "hearback_asked", _sql(), [public_id])
        row: Sequence[Any] | None = cursor.fetchone()
        return row


@cache
def _sql() -> str:
    columns = ", ".join(f'{table}."{name}"' for _model, table, names in _TABLES for name in names)
    return f"""
        SELECT {columns}, (
            SELECT id FROM surveys_surveyversion
            WHERE survey_id = survey.id AND published_at IS NOT NULL ORDER BY number DESC LIMIT 1
        )
        FROM feedback_invitation invitation
        JOIN organizations_organization organization ON organization.id = invitation.organization_id
        JOIN feedback_customer customer ON customer.id = invitation.customer_id
        JOIN feedback_interaction interaction ON interaction.id = invitation.interaction_id
        JOIN surveys_touchpoint touchpoint ON touchpoint.id = invitation.touchpoint_id
        JOIN surveys_survey survey ON survey.id = touchpoint.survey_id
        LEFT JOIN feedback_response response ON response.invitation_id = invitation.id
        WHERE invitation.public_id = %s
    """  # noqa: S608 - names of our own columns alone


def _asked(row: Sequence[Any]) -> Asked:
    values = iter(row)
    rows: dict[str, Any] = {table: _instance(model, names, values) for model, table, names in _TABLES}
    invitation = rows["invitation"]
    invitation.organization, invitation.customer = rows["organization"], rows["customer"]
    invitation.interaction, invitation.touchpoint = rows["interaction"], rows["touchpoint"]
    invitation.touchpoint.survey = rows["survey"]
    return Asked(invitation, rows["response"], next(values) or invitation.version_id)


def _instance(model: type[Model], names: tuple[str, ...], values: Iterator[Any]) -> Model | None:
    """As `from_db`, which sets each field by itself, and takes three times as long."""
    read = dict(zip(names, islice(values, len(names)), strict=True))
    if read["id"] is None:
        return None
    for name in _documents(model) & read.keys():
        read[name] = read[name] and json.loads(read[name])
    made = model.__new__(model)
    made._state = ModelState()
    made._state.adding, made._state.db = False, "default"
    made.__dict__.update(read)
    return made


@cache
def _documents(model: type[Model]) -> frozenset[str]:
    return frozenset(field.attname for field in model._meta.concrete_fields if isinstance(field, JSONField))


_ANSWERS = """
    SELECT question.key, answer.score, answer.choices, answer.text, answer.number, answer."on"
    FROM feedback_answer answer JOIN surveys_question question ON question.id = answer.question_id
    WHERE answer.response_id = %s
"""


def answers_of(response: Response | None) -> Answers:
    """What is stored, by question key."""
    if response is None:
        return {}
    with connection.cursor() as cursor:
        plans.execute(cursor, "hearback_answers", _ANSWERS, [response.pk])
        return {
            key: AnswerValue(score=score, choices=tuple(choices or ()), text=text or "", number=number, on=on)
            for key, score, choices, text, number, on in cursor.fetchall()
        }

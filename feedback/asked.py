"""A link's token → whom it asks, what she has answered so far, and whether she still may."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import OuterRef, Subquery

from feedback import addresses
from feedback.models import Answer, Invitation, Response
from organizations.models import Organization
from surveys.answers import Answers, AnswerValue
from surveys.models import SurveyVersion

# Whoever had opened the page when the survey closed may finish.
GRACE = timedelta(days=7)
NOBODY = uuid.UUID(int=0)

_NEWEST = (
    SurveyVersion.objects.published().filter(survey=OuterRef("touchpoint__survey")).order_by("-number").values("pk")[:1]
)


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
    invitation = (
        Invitation.objects.filter(public_id=public_id or NOBODY)
        .select_related("organization", "customer", "interaction", "touchpoint__survey", "response")
        .annotate(newest_version_id=Subquery(_NEWEST))
        .first()
    )
    if invitation is None or public_id is None:
        return None
    response: Response | None = getattr(invitation, "response", None)
    return Asked(invitation, response, invitation.newest_version_id or invitation.version_id)


def answers_of(response: Response | None) -> Answers:
    """What is stored, by question key."""
    if response is None:
        return {}
    return {answer.question.key: value_of(answer) for answer in response.answers.select_related("question")}


def value_of(answer: Answer) -> AnswerValue:
    return AnswerValue(
        score=answer.score,
        choices=tuple(answer.choices or ()),
        text=answer.text or "",
        number=answer.number,
        on=answer.on,
    )

"""The demo's interactions → whom its touchpoints have asked in eighteen months, and why not the others."""

import random
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings

from feedback import eligibility, inviting, mailing, reminding
from feedback.causes import Cause
from feedback.models import (
    Interaction,
    Invitation,
    Message,
    MessageState,
    Purpose,
    Reason,
    Skip,
    Suppression,
    SuppressionReason,
)
from organizations.models import Organization
from surveys import documents, languages, touchpoints
from surveys.models import SurveyVersion, Touchpoint

# What fell due later than this is left to the real sweep, so that the mailbox has something to open.
LEFT_TO_THE_SWEEP = timedelta(hours=12)
GIVE_UP = timedelta(hours=48)
BOUNCES, COMPLAINS, OPTS_OUT, GIVES_UP = 0.02, 0.001, 0.012, 0.003


@dataclass
class Asked:
    """What there is to store; `at` is when each undecided interaction was decided."""

    invitations: list[Invitation] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    skips: list[Skip] = field(default_factory=list)
    suppressions: dict[str, Suppression] = field(default_factory=dict)
    # By address: when it was asked last.
    last: dict[str, datetime] = field(default_factory=dict)

    def reached(self) -> Iterator[Invitation]:
        """Whose mail arrived."""
        for invitation, message in zip(self.invitations, self.messages, strict=True):
            if message.state == MessageState.SENT:
                yield invitation

    def wants_no_more(self, invitation: Invitation, at: datetime) -> bool:
        row = self.suppressions.get(invitation.address_key)
        return row is not None and row.at <= at


def ask_all(shop: Organization, running: list[Touchpoint], *, chance: random.Random, now: datetime) -> Asked:
    """Everything that fell due, in that order; stored as if it had been sent on its day."""
    asked, until = Asked(), now - LEFT_TO_THE_SWEEP if settings.MAILBOX_DIR else now
    rules = {touchpoint.pk: touchpoints.rules_of(touchpoint) for touchpoint in running}
    for touchpoint, interaction, at in sorted(_due(shop, running, until), key=lambda due: (due[2], due[1].pk)):
        is_meant = inviting.rules_hold(interaction, rules[touchpoint.pk])
        _decide(asked, touchpoint, interaction, chance, is_meant=is_meant, at=at, now=now)
    Suppression.objects.bulk_create(asked.suppressions.values(), ignore_conflicts=True)
    Skip.objects.bulk_create(asked.skips, batch_size=5000)
    Invitation.objects.bulk_create(asked.invitations, batch_size=2000)
    Message.objects.bulk_create(asked.messages, batch_size=2000)
    return asked


def remind_all(asked: Asked, answered: dict[int, datetime], *, now: datetime) -> None:
    """One reminder to whoever was asked long enough ago and had not answered by then."""
    reminders = [_reminder(asked, each, answered.get(each.pk), now=now) for each in asked.reached()]
    Message.objects.bulk_create([each for each in reminders if each is not None], batch_size=2000)


def _due(
    shop: Organization, running: list[Touchpoint], until: datetime
) -> Iterator[tuple[Touchpoint, Interaction, datetime]]:
    interactions = list(shop.interactions.select_related("customer").order_by("experienced_at", "pk"))
    for touchpoint in running:
        assert touchpoint.started_at is not None
        for interaction in interactions:
            # The sweep comes round every few seconds.
            due = interaction.experienced_at + timedelta(days=touchpoint.days_after, seconds=4)
            at = max(due, touchpoint.started_at)
            if at <= until:
                yield touchpoint, interaction, at


def _decide(
    asked: Asked,
    touchpoint: Touchpoint,
    interaction: Interaction,
    chance: random.Random,
    *,
    is_meant: bool,
    at: datetime,
    now: datetime,
) -> None:
    key = interaction.customer.address_key
    suppression = asked.suppressions.get(key)
    facts = eligibility.Facts(
        interaction.experienced_at,
        bool(key),
        suppression.reason if suppression and suppression.at <= at else None,
        asked.last.get(key),
        is_meant,
    )
    reason = eligibility.reason_to_skip(facts, inviting.manners_of(touchpoint), now=at)
    if reason:
        skip = Skip(organization_id=touchpoint.organization_id, touchpoint=touchpoint, reason=Reason(reason), at=at)
        skip.interaction = interaction
        asked.skips.append(skip)
        return
    invitation = _invitation(touchpoint, interaction, chance, at=at, now=now)
    asked.last[key] = at
    asked.invitations.append(invitation)
    asked.messages.append(_sent(asked, invitation, chance, at=at, now=now))


def _invitation(
    touchpoint: Touchpoint, interaction: Interaction, chance: random.Random, *, at: datetime, now: datetime
) -> Invitation:
    version, customer = _version(touchpoint), interaction.customer
    questionnaire = documents.of(version)
    remind_at = reminding.first_look(touchpoint, now=at)
    return Invitation(
        organization=touchpoint.organization,
        touchpoint=touchpoint,
        interaction=interaction,
        customer=customer,
        version=version,
        public_id=uuid.UUID(int=chance.getrandbits(128), version=4),
        language=languages.choose(customer.language, questionnaire.languages, questionnaire.base_language),
        address_key=customer.address_key,
        created_at=at,
        expires_at=at + timedelta(days=touchpoint.open_for),
        remind_at=remind_at if remind_at and remind_at > now else None,
    )


def _version(touchpoint: Touchpoint) -> SurveyVersion:
    version = touchpoint.survey.published
    assert version is not None
    return version


def _sent(asked: Asked, invitation: Invitation, chance: random.Random, *, at: datetime, now: datetime) -> Message:
    """Its mail, and what became of it: nearly always it arrived."""
    message = _mail(invitation, Purpose.INVITATION, at=at)
    fate, later = chance.random(), at + timedelta(minutes=chance.randrange(10, 4000))
    if fate < BOUNCES:
        _fail(message, Cause.NO_SUCH_MAILBOX, 550, "5.1.1 no such user here")
        _suppress(asked, invitation, SuppressionReason.BOUNCED, at=at)
    elif fate < BOUNCES + GIVES_UP:
        _fail(message, Cause.GAVE_UP, 452, "4.2.2 mailbox full")
    elif fate < BOUNCES + GIVES_UP + OPTS_OUT and later < now:
        _suppress(asked, invitation, SuppressionReason.OPTED_OUT, at=later)
    elif fate > 1 - COMPLAINS and later < now:
        _suppress(asked, invitation, SuppressionReason.COMPLAINED, at=later)
    return message


def _mail(invitation: Invitation, purpose: Purpose, *, at: datetime, number: int = 0) -> Message:
    message = mailing.draft(invitation, purpose=purpose, number=number, not_before=at, give_up_at=at + GIVE_UP, now=at)
    message.state, message.attempts, message.last_code = MessageState.SENT, 1, 250
    message.wire_at = message.sent_at = at + timedelta(seconds=3)
    return message


def _fail(message: Message, cause: Cause, code: int, reply: str) -> None:
    message.state, message.cause, message.last_code, message.last_reply = MessageState.FAILED, cause, code, reply
    message.sent_at = None


def _suppress(asked: Asked, invitation: Invitation, reason: SuppressionReason, *, at: datetime) -> None:
    row = Suppression(
        organization_id=invitation.organization_id, address_key=invitation.address_key, reason=reason, at=at
    )
    asked.suppressions.setdefault(invitation.address_key, row)


def _reminder(asked: Asked, invitation: Invitation, answered_at: datetime | None, *, now: datetime) -> Message | None:
    touchpoint = invitation.touchpoint
    at = invitation.created_at + timedelta(days=touchpoint.days_between, seconds=4)
    has_answered = answered_at is not None and answered_at <= at
    if not touchpoint.reminders or at > now or has_answered or asked.wants_no_more(invitation, at):
        return None
    return _mail(invitation, Purpose.REMINDER, at=at, number=1)

"""What became of touchpoints' interactions, in numbers."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Count

from feedback import inviting
from feedback.models import Invitation, Message, MessageState, Purpose, Reason, Response, Skip
from surveys.models import Touchpoint

UNSENT = (MessageState.QUEUED, MessageState.CLAIMED, MessageState.WIRE)


@dataclass(frozen=True)
class Tally:
    """One line of the list: invitations, complete responses, mails that wait."""

    asked: int = 0
    answered: int = 0
    waiting: int = 0


@dataclass(frozen=True)
class Way:
    """How far invitations came: made, sent, begun to be answered, answered; and the reminders that were sent."""

    asked: int
    sent: int
    waiting: int
    reminded: int
    begun: int
    answered: int


@dataclass(frozen=True)
class Decided:
    """Every interaction on record, by what this touchpoint made of it; the parts add up to the total."""

    total: int
    asked: int
    not_due: int
    undecided: int
    skipped: Mapping[str, int] = field(default_factory=dict)

    @property
    def all_skipped(self) -> int:
        return sum(self.skipped.values())


def of(touchpoints: Collection[Touchpoint]) -> dict[int, Tally]:
    """Three queries, however many touchpoints."""
    asked = _by_touchpoint(Invitation.objects.filter(touchpoint__in=touchpoints).values_list("touchpoint"))
    answered = _by_touchpoint(
        Response.objects.filter(touchpoint__in=touchpoints, completed_at__isnull=False).values_list("touchpoint")
    )
    waiting = _by_touchpoint(
        Message.objects.filter(
            organization__in={touchpoint.organization_id for touchpoint in touchpoints},
            state__in=UNSENT,
            invitation__touchpoint__in=touchpoints,
        ).values_list("invitation__touchpoint")
    )
    return {
        each.pk: Tally(asked.get(each.pk, 0), answered.get(each.pk, 0), waiting.get(each.pk, 0)) for each in touchpoints
    }


def _by_touchpoint(rows: object) -> dict[int, int]:
    return dict(rows.annotate(count=Count("pk")).order_by())  # type: ignore[attr-defined]  # of three models


def way(touchpoint: Touchpoint) -> Way:
    mails = Message.objects.filter(invitation__touchpoint=touchpoint).values_list("purpose", "state")
    counts = {(purpose, state): count for purpose, state, count in mails.annotate(count=Count("pk")).order_by()}
    responses = Response.objects.filter(touchpoint=touchpoint, invitation__isnull=False)
    return Way(
        asked=Invitation.objects.filter(touchpoint=touchpoint).count(),
        sent=counts.get((Purpose.INVITATION, MessageState.SENT), 0),
        waiting=sum(count for (_purpose, state), count in counts.items() if state in UNSENT),
        reminded=counts.get((Purpose.REMINDER, MessageState.SENT), 0),
        begun=responses.count(),
        answered=responses.filter(completed_at__isnull=False).count(),
    )


def decided(touchpoint: Touchpoint, *, now: datetime) -> Decided:
    reasons = Skip.objects.filter(touchpoint=touchpoint).values_list("reason").annotate(count=Count("pk")).order_by()
    skipped = {reason: count for reason, count in reasons if count}
    total = touchpoint.organization.interactions.count()
    asked = Invitation.objects.filter(touchpoint=touchpoint).count()
    due_until = now - timedelta(days=touchpoint.days_after)
    not_due = inviting.open_ones(touchpoint.organization, touchpoint.pk).filter(experienced_at__gt=due_until).count()
    undecided = max(0, total - asked - sum(skipped.values()) - not_due)
    return Decided(
        total, asked, not_due, undecided, {reason: skipped[reason] for reason in Reason if reason in skipped}
    )

"""One line of the ledger: an interaction with its outcome, mail and answer, read in two statements for any number."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import FilteredRelation, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, pgettext_lazy

from feedback.models import Interaction, Message, MessageState, Purpose, Reason
from surveys.models import Touchpoint

ASKED, ANSWERED, BEGUN, UNANSWERED, UNSENT = "asked", "answered", "begun", "unanswered", "unsent"
SKIPPED, NOT_DUE, UNDECIDED = "skipped", "not_due", "undecided"
OUTCOMES: dict[str, str | Promise] = {
    ASKED: pgettext_lazy("outcome", "asked"),
    ANSWERED: gettext_lazy("asked, answered"),
    BEGUN: gettext_lazy("asked, begun to answer"),
    UNANSWERED: gettext_lazy("asked, no answer yet"),
    UNSENT: gettext_lazy("asked, mail not sent"),
    SKIPPED: gettext_lazy("skipped, for any reason"),
    NOT_DUE: gettext_lazy("not due yet"),
    UNDECIDED: gettext_lazy("not decided yet"),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One interaction with its outcome; mail and `sent_at` are those of the invitation itself."""

    interaction_id: int
    at: datetime
    source: str
    reference: str
    customer_id: int
    customer_name: str
    customer_reference: str
    email: str
    outcome: str
    reason: str
    decided_at: datetime | None
    mail: str
    sent_at: datetime | None
    reminders: int
    response_id: int | None
    answered_at: datetime | None

    @property
    def customer(self) -> str:
        return self.customer_name or self.customer_reference

    @property
    def told(self) -> str:
        """By what `words` tells it."""
        return self.reason or self.outcome


def words() -> dict[str, str]:
    """Every outcome and reason as people read it."""
    return {name: str(label) for name, label in OUTCOMES.items()} | {each.value: str(each.label) for each in Reason}


def facts(touchpoint: Touchpoint, found: QuerySet[Interaction]) -> QuerySet[Interaction, tuple[Any, ...]]:
    return found.annotate(
        asked=FilteredRelation("invitations", condition=Q(invitations__touchpoint=touchpoint)),
        left_out=FilteredRelation("skips", condition=Q(skips__touchpoint=touchpoint)),
    ).values_list(
        "pk",
        "experienced_at",
        "source",
        "reference",
        "customer_id",
        "customer__name",
        "customer__reference",
        "customer__email",
        "asked__pk",
        "asked__created_at",
        "left_out__reason",
        "left_out__at",
        "asked__response__pk",
        "asked__response__completed_at",
    )


def entries(touchpoint: Touchpoint, rows: Sequence[tuple[Any, ...]], *, now: datetime) -> list[Entry]:
    mails, due_until = _mails([row[8] for row in rows if row[8]]), now - timedelta(days=touchpoint.days_after)

    def entry(row: tuple[Any, ...]) -> Entry:
        pk, at, source, reference, customer, name, number, email = row[:8]
        asked, asked_at, reason, skipped_at, response, answered_at = row[8:]
        state, sent_at, reminders = mails.get(asked, ("", None, 0))
        if asked:
            outcome = _asked(state, response, answered_at)
        elif reason:
            outcome = SKIPPED
        else:
            outcome = UNDECIDED if at <= due_until else NOT_DUE
        return Entry(
            interaction_id=pk,
            at=at,
            source=source,
            reference=reference,
            customer_id=customer,
            customer_name=name,
            customer_reference=number,
            email=email,
            outcome=outcome,
            reason=reason or "",
            decided_at=asked_at or skipped_at,
            mail=state,
            sent_at=sent_at,
            reminders=reminders,
            response_id=response,
            answered_at=answered_at,
        )

    return [entry(row) for row in rows]


def _mails(invitations: Sequence[int]) -> dict[int, tuple[str, datetime | None, int]]:
    """State and time of each invitation's own mail, and how many reminders were sent after it."""
    first: dict[int, tuple[str, datetime | None]] = {}
    reminded: Counter[int] = Counter()
    found = Message.objects.filter(invitation__in=invitations, purpose__in=[Purpose.INVITATION, Purpose.REMINDER])
    for invitation, purpose, state, sent_at in found.values_list("invitation_id", "purpose", "state", "sent_at"):
        if purpose == Purpose.INVITATION:
            first[invitation] = (state, sent_at)
        elif state == MessageState.SENT:
            reminded[invitation] += 1
    return {invitation: (*mail, reminded[invitation]) for invitation, mail in first.items()}


def _asked(state: str, response: int | None, answered_at: datetime | None) -> str:
    if response is not None:
        return BEGUN if answered_at is None else ANSWERED
    return UNANSWERED if state == MessageState.SENT else UNSENT

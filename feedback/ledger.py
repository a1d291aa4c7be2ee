"""Every interaction on record with what a touchpoint made of it: asked, and what came of that, or why not."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, FilteredRelation, OuterRef, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from feedback import intake, inviting
from feedback.models import Interaction, Message, MessageState, Purpose, Reason, Response
from surveys.models import Touchpoint

ASKED, ANSWERED, BEGUN, UNANSWERED, UNSENT = "asked", "answered", "begun", "unanswered", "unsent"
SKIPPED, NOT_DUE, UNDECIDED = "skipped", "not_due", "undecided"
OUTCOMES: dict[str, str | Promise] = {
    ASKED: gettext_lazy("asked"),
    ANSWERED: gettext_lazy("asked, answered"),
    BEGUN: gettext_lazy("asked, begun to answer"),
    UNANSWERED: gettext_lazy("asked, no answer yet"),
    UNSENT: gettext_lazy("asked, mail not sent"),
    SKIPPED: gettext_lazy("skipped, for any reason"),
    NOT_DUE: gettext_lazy("not due yet"),
    UNDECIDED: gettext_lazy("not decided yet"),
}
LONGEST_WORDS = 120
PER_PAGE = 50
_CHUNK = 5000
# More customers than this who fit the words: then the words are too few to look for anybody.
_MOST_CUSTOMERS = 5000


@dataclass(frozen=True)
class Place:
    """Where a page begins: after this interaction in the list's order, or before it."""

    at: datetime
    pk: int
    is_before: bool = False


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


@dataclass(frozen=True)
class Page:
    """`previous` and `following` lead on; None where the list ends."""

    entries: Sequence[Entry]
    previous: Place | None
    following: Place | None


def words() -> dict[str, str]:
    """Every outcome and reason as people read it."""
    return {name: str(label) for name, label in OUTCOMES.items()} | {each.value: str(each.label) for each in Reason}


def labels() -> list[tuple[str, str]]:
    """All that the list may be filtered by, each reason on its own."""
    reasons = [(str(reason), _("skipped: %(reason)s") % {"reason": reason.label}) for reason in Reason]
    return [*((name, str(label)) for name, label in OUTCOMES.items()), *reasons]


def find(
    touchpoint: Touchpoint, *, outcome: str = "", words: str = "", now: datetime
) -> QuerySet[Interaction, Interaction]:
    """`outcome` is one of OUTCOMES, or a reason to skip; anything else asks for all."""
    found = _with_outcome(touchpoint, outcome, now=now)
    if words:
        customers = touchpoint.organization.customers.filter(
            Q(sort_name__contains=intake.sort_name(words)) | Q(email__icontains=words) | Q(reference__iexact=words)
        )
        keys = list(customers.order_by().values_list("pk", flat=True)[:_MOST_CUSTOMERS])
        found = found.filter(Q(customer__in=keys) | Q(reference__iexact=words))
    return found


def _with_outcome(touchpoint: Touchpoint, outcome: str, *, now: datetime) -> QuerySet[Interaction]:
    interactions = touchpoint.organization.interactions
    if outcome in Reason.values:
        return interactions.filter(skips__touchpoint=touchpoint, skips__reason=outcome)
    due_until = now - timedelta(days=touchpoint.days_after)
    asked = interactions.filter(invitations__touchpoint=touchpoint)
    match outcome:
        case "asked":
            return asked
        case "answered":
            return asked.filter(Exists(_responses().filter(completed_at__isnull=False)))
        case "begun":
            return asked.filter(Exists(_responses().filter(completed_at__isnull=True)))
        case "unanswered":
            return asked.filter(Exists(_sent()), ~Exists(_responses()))
        case "unsent":
            return asked.filter(~Exists(_sent()), ~Exists(_responses()))
        case "skipped":
            return interactions.filter(skips__touchpoint=touchpoint)
        case "not_due":
            return inviting.open_ones(touchpoint.organization, touchpoint.pk).filter(experienced_at__gt=due_until)
        case "undecided":
            return inviting.open_ones(touchpoint.organization, touchpoint.pk).filter(experienced_at__lte=due_until)
    return interactions.all()


def _responses() -> QuerySet[Response]:
    return Response.objects.filter(invitation=OuterRef("invitations"))


def _sent() -> QuerySet[Message]:
    return Message.objects.filter(
        invitation=OuterRef("invitations"), purpose=Purpose.INVITATION, number=0, state=MessageState.SENT
    )


def page(
    touchpoint: Touchpoint,
    found: QuerySet[Interaction],
    *,
    place: Place | None = None,
    oldest_first: bool = False,
    size: int = PER_PAGE,
    now: datetime,
) -> Page:
    """By the place where it begins and not by its number: the thousandth page costs no more than the first."""
    backwards = place is not None and place.is_before
    rising = oldest_first is not backwards
    if place is not None:
        found = found.filter(_beyond(place, rising))
    order = ("experienced_at", "pk") if rising else ("-experienced_at", "-pk")
    rows = list(_facts(touchpoint, found).order_by(*order)[: size + 1])
    more, rows = len(rows) > size, rows[:size]
    if backwards:
        rows.reverse()
    has_previous, has_following = (more, True) if backwards else (place is not None, more)
    entries = _entries(touchpoint, rows, now=now)
    return Page(
        entries,
        Place(entries[0].at, entries[0].interaction_id, is_before=True) if rows and has_previous else None,
        Place(entries[-1].at, entries[-1].interaction_id) if rows and has_following else None,
    )


def _beyond(place: Place, rising: bool) -> Q:
    # The first part is for the index, the second for purchases of the same moment.
    if rising:
        return Q(experienced_at__gte=place.at) & (Q(experienced_at__gt=place.at) | Q(pk__gt=place.pk))
    return Q(experienced_at__lte=place.at) & (Q(experienced_at__lt=place.at) | Q(pk__lt=place.pk))


def every(
    touchpoint: Touchpoint, found: QuerySet[Interaction], *, oldest_first: bool = False, now: datetime
) -> Iterator[Entry]:
    """All of them, fetched as they are taken: memory stays the same for a million."""
    place = None
    while True:
        chunk = page(touchpoint, found, place=place, oldest_first=oldest_first, size=_CHUNK, now=now)
        yield from chunk.entries
        place = chunk.following
        if place is None:
            return


def _facts(touchpoint: Touchpoint, found: QuerySet[Interaction]) -> QuerySet[Interaction, tuple[Any, ...]]:
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


def _entries(touchpoint: Touchpoint, rows: Sequence[tuple[Any, ...]], *, now: datetime) -> list[Entry]:
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

"""Every interaction on record with what a touchpoint made of it: asked, and what came of that, or why not."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from feedback import intake, inviting, ledger_lines
from feedback.ledger_lines import OUTCOMES, Entry
from feedback.models import Interaction, Message, MessageState, Purpose, Reason, Response
from surveys.models import Touchpoint

LONGEST_WORDS = 120
PER_PAGE = 50
_CHUNK = 5000
_UNSENT = [state for state in MessageState if state != MessageState.SENT]
# More customers than this who fit the words: then the words are too few to look for anybody.
_MOST_CUSTOMERS = 5000


@dataclass(frozen=True)
class Place:
    """Where a page begins: after this interaction in the list's order, or before it."""

    at: datetime
    pk: int
    is_before: bool = False


@dataclass(frozen=True)
class Page:
    """`previous` and `following` lead on; None where the list ends."""

    entries: Sequence[Entry]
    previous: Place | None
    following: Place | None


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
        found = found.filter(Q(customer__in=_customers(touchpoint, words)) | Q(pk__in=_purchases(touchpoint, words)))
    return found


def _customers(touchpoint: Touchpoint, words: str) -> list[int]:
    """Looked up first: then their purchases are found by an index, however many others there are."""
    found = touchpoint.organization.customers.filter(
        Q(sort_name__contains=intake.sort_name(words)) | Q(email__icontains=words) | Q(reference__iexact=words)
    )
    return list(found.order_by().values_list("pk", flat=True)[:_MOST_CUSTOMERS])


def _purchases(touchpoint: Touchpoint, words: str) -> list[int]:
    """By order number, as it is written or in capitals; so the index that keeps it unique answers."""
    numbers = {words, words.upper(), words.lower()}
    found = touchpoint.organization.interactions.filter(reference__in=numbers)
    return list(found.order_by().values_list("pk", flat=True)[:_MOST_CUSTOMERS])


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
            # From the few mails that did not leave, rather than from the many that did.
            waiting = {
                "invitations__messages__organization": touchpoint.organization,
                "invitations__messages__purpose": Purpose.INVITATION,
                "invitations__messages__state__in": _UNSENT,
            }
            return interactions.filter(~Exists(_responses()), invitations__touchpoint=touchpoint, **waiting)
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
    rows = list(ledger_lines.facts(touchpoint, found).order_by(*order)[: size + 1])
    more, rows = len(rows) > size, rows[:size]
    if backwards:
        rows.reverse()
    has_previous, has_following = (more, True) if backwards else (place is not None, more)
    entries = ledger_lines.entries(touchpoint, rows, now=now)
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

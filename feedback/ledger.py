"""Every interaction on record with what a touchpoint made of it: asked, and what came of that, or why not."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from feedback import intake, inviting
from feedback.models import Interaction, Invitation, Message, MessageState, Purpose, Reason, Response, Skip
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
_CHUNK = 2000
# More customers than this who fit the words: then the words are too few to look for anybody.
_MOST_CUSTOMERS = 5000


@dataclass(frozen=True)
class Place:
    """Where a page begins: after this interaction in the list's order, or before it."""

    at: datetime
    pk: int
    is_before: bool = False


@dataclass(frozen=True)
class Entry:
    """One interaction with its outcome; `mail` is the state of the invitation's own mail."""

    interaction: Interaction
    outcome: str
    reason: str = ""
    decided_at: datetime | None = None
    mail: Message | None = None
    reminders: int = 0
    response: Response | None = None

    @property
    def told(self) -> str:
        return str(Reason(self.reason).label) if self.reason else str(OUTCOMES[self.outcome])


@dataclass(frozen=True)
class Page:
    """`newer` and `older` lead on; None where the list ends."""

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
            return asked.filter(invitations__response__completed_at__isnull=False)
        case "begun":
            return asked.filter(invitations__response__isnull=False, invitations__response__completed_at__isnull=True)
        case "unanswered":
            return asked.filter(Exists(_sent()), invitations__response__isnull=True)
        case "unsent":
            return asked.filter(~Exists(_sent()), invitations__response__isnull=True)
        case "skipped":
            return interactions.filter(skips__touchpoint=touchpoint)
        case "not_due":
            return inviting.open_ones(touchpoint.organization, touchpoint.pk).filter(experienced_at__gt=due_until)
        case "undecided":
            return inviting.open_ones(touchpoint.organization, touchpoint.pk).filter(experienced_at__lte=due_until)
    return interactions.all()


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
    rows = list(found.select_related("customer").order_by(*order)[: size + 1])
    more, rows = len(rows) > size, rows[:size]
    if backwards:
        rows.reverse()
    has_previous, has_following = (more, True) if backwards else (place is not None, more)
    return Page(
        _entries(touchpoint, rows, now=now),
        Place(rows[0].experienced_at, rows[0].pk, is_before=True) if rows and has_previous else None,
        Place(rows[-1].experienced_at, rows[-1].pk) if rows and has_following else None,
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


def _entries(touchpoint: Touchpoint, interactions: Sequence[Interaction], *, now: datetime) -> list[Entry]:
    """Four queries, however many there are."""
    here = {"touchpoint": touchpoint, "interaction__in": interactions}
    invitations = {each.interaction_id: each for each in Invitation.objects.filter(**here)}
    skips = {each.interaction_id: each for each in Skip.objects.filter(**here)}
    asked = list(invitations.values())
    mails = list(Message.objects.filter(invitation__in=asked, purpose__in=[Purpose.INVITATION, Purpose.REMINDER]))
    responses = {each.invitation_id: each for each in Response.objects.filter(invitation__in=asked)}
    first = {mail.invitation_id: mail for mail in mails if mail.purpose == Purpose.INVITATION}
    reminded: dict[Any, int] = {}
    for mail in mails:
        if mail.purpose == Purpose.REMINDER and mail.state == MessageState.SENT:
            reminded[mail.invitation_id] = reminded.get(mail.invitation_id, 0) + 1
    due_until = now - timedelta(days=touchpoint.days_after)

    def entry(interaction: Interaction) -> Entry:
        if invitation := invitations.get(interaction.pk):
            mail, response = first.get(invitation.pk), responses.get(invitation.pk)
            outcome = _asked(mail, response)
            return Entry(
                interaction, outcome, "", invitation.created_at, mail, reminded.get(invitation.pk, 0), response
            )
        if skip := skips.get(interaction.pk):
            return Entry(interaction, SKIPPED, skip.reason, skip.at)
        return Entry(interaction, UNDECIDED if interaction.experienced_at <= due_until else NOT_DUE)

    return [entry(interaction) for interaction in interactions]


def _asked(mail: Message | None, response: Response | None) -> str:
    if response is not None:
        return BEGUN if response.completed_at is None else ANSWERED
    return UNANSWERED if mail is not None and mail.state == MessageState.SENT else UNSENT

"""The mails of an organization as people see them, and what a person decides about those that did not leave."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from feedback import intake
from feedback.causes import Cause
from feedback.models import Message, MessageState
from organizations import audit
from organizations.models import Member, Organization

# After a person has asked for it, we try as long as for a new mail.
_TRY_FOR = timedelta(hours=48)
MOST_AT_ONCE = 1000


class NotInDoubt(Exception):
    """Only a mail in doubt can be said to have arrived."""


class CannotSendAgain(Exception):
    """Only what failed or is in doubt can be sent again."""


class NotConfirmed(Exception):
    """A second copy in somebody's inbox needs a second thought."""


@dataclass(frozen=True)
class InState:
    """How many mails are in a state, in the words of the page."""

    state: str
    label: str | Promise
    count: int
    explanation: str | Promise


_EXPLAINED: dict[str, str | Promise] = {
    MessageState.QUEUED: gettext_lazy("Leaves when its time has come."),
    MessageState.CLAIMED: gettext_lazy("A worker is about to send it."),
    MessageState.WIRE: gettext_lazy("The mail server is taking it right now."),
    MessageState.SENT: gettext_lazy("The mail server has confirmed it."),
    MessageState.FAILED: gettext_lazy("It was not sent, and we do not try any more."),
    MessageState.IN_DOUBT: gettext_lazy("It left, and nobody confirmed it. We never send it again by ourselves."),
    MessageState.WITHHELD: gettext_lazy("It was no longer right to send it."),
}


def by_state(organization: Organization) -> list[InState]:
    """Every state with its number of mails, also where that is 0."""
    rows = Message.objects.filter(organization=organization).values_list("state").annotate(count=Count("pk"))
    counts = dict(rows.order_by("state"))
    return [InState(state.value, state.label, counts.get(state.value, 0), _EXPLAINED[state]) for state in MessageState]


def find(organization: Organization, *, state: str = "", purpose: str = "", search: str = "") -> QuerySet[Message]:
    """Newest first; `search` looks at the customer's name, number and address, and at where the mail went."""
    found = Message.objects.filter(organization=organization).select_related("customer", "invitation__touchpoint")
    if state:
        found = found.filter(state=state)
    if purpose:
        found = found.filter(purpose=purpose)
    if search:
        found = found.filter(
            Q(customer__sort_name__contains=intake.sort_name(search))
            | Q(customer__reference__icontains=search)
            | Q(to__icontains=search)
        )
    return found.order_by("-pk")


def why(message: Message) -> str:
    """In plain words why it has not left, failed, or is in doubt; '' where there is nothing to explain."""
    if message.cause in Cause.values:
        return str(Cause(message.cause).label)
    if message.state == MessageState.QUEUED and message.attempts:
        return _("The mail server asked us to try again later.")
    return ""


@transaction.atomic
def mark_arrived(message: Message, *, by: Member, now: datetime) -> None:
    """A person knows that the mail arrived, perhaps because the customer said so."""
    locked = _locked(message)
    if locked.state != MessageState.IN_DOUBT:
        raise NotInDoubt(_("This mail is not in doubt any more. Reload the page to see what became of it."))
    Message.objects.filter(pk=locked.pk).update(
        state=MessageState.SENT, sent_at=locked.wire_at or now, worker="", cause=""
    )
    audit.record(by.organization, by=by, what="message.marked_arrived", about=locked, now=now)


@transaction.atomic
def send_again(message: Message, *, by: Member, confirmed: bool, now: datetime) -> None:
    """Queue it once more. Where it may have arrived already, only `confirmed`."""
    locked = _locked(message)
    if locked.state not in (MessageState.FAILED, MessageState.IN_DOUBT):
        raise CannotSendAgain(_("Only mail that failed or is in doubt can be sent again. Reload the page."))
    if not locked.to:
        raise CannotSendAgain(_("The customer was erased, and her address with her."))
    if locked.state == MessageState.IN_DOUBT and not confirmed:
        raise NotConfirmed(_("Most mails in doubt have arrived. Confirm that she may get this one twice."))
    _queue([locked.pk], now=now)
    audit.record(by.organization, by=by, what="message.sent_again", about=locked, now=now, detail={"was": locked.state})


@transaction.atomic
def retry_failed(organization: Organization, *, purpose: str = "", search: str = "", by: Member, now: datetime) -> int:
    """Queue again what failed and can be found like this; gives how many. Those that may not leave stay withheld."""
    found = find(organization, state=MessageState.FAILED, purpose=purpose, search=search)
    failed = list(found.exclude(to="").select_for_update(of=("self",))[:MOST_AT_ONCE])
    _queue([message.pk for message in failed], now=now)
    for message in failed:
        audit.record(organization, by=by, what="message.sent_again", about=message, now=now, detail={"was": "failed"})
    return len(failed)


def _queue(keys: Iterable[int], *, now: datetime) -> None:
    Message.objects.filter(pk__in=keys).update(
        state=MessageState.QUEUED,
        not_before=now,
        give_up_at=now + _TRY_FOR,
        attempts=0,
        worker="",
        lease_until=None,
        cause="",
    )


def _locked(message: Message) -> Message:
    return Message.objects.select_for_update(of=("self",)).get(pk=message.pk)

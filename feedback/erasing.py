"""A customer who wants to be forgotten → a row without a person: what she said goes, what was done stays a count."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import CharField, F, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat, Least
from django.utils.translation import gettext as _

from feedback import answering, asked, forgetting, inviting, recording
from feedback.models import (
    Customer,
    ImportState,
    Invitation,
    Letter,
    Message,
    MessageState,
    Reason,
    Release,
    Response,
)
from organizations import audit
from organizations.models import Member, Organization

# A page names single responses and other customers up to here, and counts beyond.
MOST_TOLD = 20
# Before the number of a row without a person. No file can name one: of a cell, blanks around it are not read.
_ERASED = " erased-"


class NotConfirmed(Exception):
    """The number that was typed is not hers."""

    def __init__(self, customer: Customer) -> None:
        super().__init__(_("Type the customer's number, %(number)s, to confirm.") % {"number": customer.reference})


class NotWhileRecording(Exception):
    """A file could bring her back at this very moment."""

    def __init__(self) -> None:
        super().__init__(_("Purchases are being recorded right now. Wait for the file to be done, then try again."))


@dataclass(frozen=True)
class Loss:
    """What goes with her, for whoever is about to do it."""

    responses: int
    letters: int
    purchases: int
    # What apps further down lose, in sentences.
    further: list[str]
    # Other customers at the same address, who are others as far as the organization knows.
    others: list[Customer]


def loss(customer: Customer) -> Loss:
    responses = list(_responses(customer).order_by("pk")[:MOST_TOLD])
    return Loss(
        responses=_responses(customer).count(),
        letters=Letter.objects.filter(message__in=_messages(customer)).count(),
        purchases=customer.interactions.count(),
        further=[" ".join(sentences) for sentences in map(forgetting.what_is_lost, responses) if sentences],
        others=list(_others(customer).order_by("pk")[:MOST_TOLD]),
    )


@transaction.atomic
def erase(customer: Customer, *, typed: str, by: Member, now: datetime) -> int:
    """Hers for good: name, address, attributes, answers and letters. Gives how many responses went; twice is once.

    Opt-outs and invitations keep the key of the address, so that both hold for whoever comes with it again; her row
    does not, or she would be asked further on. The shop's numbers of her purchases stay as well, so that a file that
    is brought once more finds them on record.
    """
    _refuse_while_recording(customer.organization)
    recording.one_at_a_time(customer.organization_id)
    # A file that was begun meanwhile has not come to its first batch, and may name her.
    _refuse_while_recording(customer.organization)
    # A mail to her that is being decided about is there before it is looked for.
    inviting.wait_for(customer.organization)
    locked = Customer.objects.select_for_update(of=("self",)).select_related("organization").get(pk=customer.pk)
    if locked.erased_at is not None:
        return 0
    # A page shows several blanks as one.
    if typed.split() != locked.reference.split():
        raise NotConfirmed(locked)
    responses = list(_responses(locked).select_related("organization"))
    for response in responses:
        answering.erase(response, by=by, now=now)
    mails = _forget_mails(locked, now=now)
    purchases = _forget_purchases(locked)
    if not _others(locked).exists():
        # Why a member let mail go there again may speak of her.
        Release.objects.filter(organization=locked.organization, address_key=locked.address_key).update(why="–")
    _forget_person(locked, now=now)
    detail = {"responses": len(responses), "mails": mails, "purchases": purchases}
    audit.record(locked.organization, by=by, what="customer.erased", about=locked, now=now, detail=detail)
    return len(responses)


def _refuse_while_recording(organization: Organization) -> None:
    if organization.imports.filter(state=ImportState.RECORDING).exists():
        raise NotWhileRecording


def _responses(customer: Customer) -> QuerySet[Response]:
    """Those by her mails too, whoever they were counted for."""
    return Response.objects.filter(Q(customer=customer) | Q(invitation__customer=customer))


def _messages(customer: Customer) -> QuerySet[Message]:
    return Message.objects.filter(Q(customer=customer) | Q(invitation__customer=customer))


def _others(customer: Customer) -> QuerySet[Customer]:
    same = Customer.objects.filter(organization=customer.organization_id, address_key=customer.address_key)
    return same.filter(erased_at=None).exclude(pk=customer.pk).exclude(address_key="")


def _forget_mails(customer: Customer, *, now: datetime) -> int:
    """What waits stays here, links that are out close, and of what has left there remains that it did."""
    # So long ago that a page which is open somewhere cannot be sent any more either.
    closed_at = now - asked.GRACE
    Invitation.objects.filter(customer=customer).update(expires_at=Least("expires_at", closed_at), remind_at=None)
    Letter.objects.filter(message__in=_messages(customer)).delete()
    unsent = _messages(customer).filter(state__in=[MessageState.QUEUED, MessageState.CLAIMED])
    unsent.update(state=MessageState.WITHHELD, cause=Reason.NO_ADDRESS, lease_until=None)
    return _messages(customer).update(to="", last_reply="")


def _forget_purchases(customer: Customer) -> int:
    """What was bought; and numbers that were made of hers or of her address, for want of one from the shop."""
    telling = Q(reference__startswith=f"{customer.reference} ")
    if customer.email:
        telling |= Q(reference__icontains=customer.email)
    nameless = Concat(Value(_ERASED), Cast(F("pk"), CharField()))
    customer.interactions.filter(telling).update(reference=nameless)
    return customer.interactions.update(attributes={})


def _forget_person(customer: Customer, *, now: datetime) -> None:
    customer.reference = f"{_ERASED}{customer.pk}"
    customer.email = customer.address_key = customer.name = customer.sort_name = customer.language = ""
    customer.attributes, customer.erased_at = {}, now
    customer.save(
        update_fields=[
            *("reference", "email", "address_key", "name", "sort_name", "language", "attributes", "erased_at"),
        ],
    )

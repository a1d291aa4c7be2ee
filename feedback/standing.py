"""Whether a customer's address is written to: why not, since when, and who let mail go there again."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from feedback import suppressing
from feedback.models import Customer, Release, SuppressionReason

_TOLD: dict[SuppressionReason, tuple[str | Promise, str | Promise]] = {
    SuppressionReason.OPTED_OUT: (
        _("She wants no more questions"),
        _("She pressed “Never ask me again”. Lift it only if she herself asks for that."),
    ),
    SuppressionReason.BOUNCED: (
        _("Her address does not exist"),
        _("A mail server said so. Lift it once the address works again."),
    ),
    SuppressionReason.COMPLAINED: (
        _("She reported our mail as spam"),
        _("Only she can take that back, with her mail provider."),
    ),
}


@dataclass(frozen=True)
class Stop:
    reason: str
    title: str
    advice: str
    at: datetime
    may_be_lifted: bool


@dataclass(frozen=True)
class Standing:
    stops: tuple[Stop, ...]
    released: tuple[Release, ...]


def of(customer: Customer) -> Standing:
    """Two queries."""
    organization, key = customer.organization, customer.address_key
    reasons = suppressing.all_reasons(organization, key)
    stops = tuple(_stop(reason, at) for reason, at in reasons.items())
    return Standing(stops, tuple(suppressing.released(organization, key)))


def _stop(reason: SuppressionReason, at: datetime) -> Stop:
    title, advice = _TOLD[reason]
    return Stop(reason.value, str(title), str(advice), at, reason in suppressing.LIFTABLE)

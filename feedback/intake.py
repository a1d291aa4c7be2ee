"""Purchases from a program → Customer and Interaction; the same purchase twice is recorded once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from feedback import purchase_values, recording
from feedback.purchases import Purchase
from organizations import audit
from organizations.models import Member, Organization

sort_name = purchase_values.sort_name


@dataclass(frozen=True)
class Recorded:
    """What an intake changed."""

    customers: int
    interactions: int
    already_known: int


@transaction.atomic
def record(
    organization: Organization, purchases: Sequence[Purchase], *, source: str, by: Member | None, now: datetime
) -> Recorded:
    """Store what is new of `purchases`; a customer's address, name or language is replaced only by a filled one."""
    recording.one_at_a_time(organization.pk)
    told = [purchase_values.values(each) for each in sorted(purchases, key=lambda each: each.experienced_at)]
    columns = [list(column) for column in zip(*told, strict=True)] or [[] for _ in purchase_values.COLUMNS]
    places = list(range(len(told)))
    made = recording.record(organization.pk, recording.Sql(_ROWS, [places, *columns]), source=source, now=now)
    recorded = Recorded(made.customers_new, made.purchases_new, made.purchases - made.purchases_new)
    audit.record(
        organization,
        by=by,
        what="interactions.recorded",
        about=organization,
        now=now,
        detail={"source": source, "new": recorded.interactions, "already_known": recorded.already_known},
    )
    return recorded


_KINDS = ", ".join(f"%s::text[]::{kind}[]" for kind in purchase_values.COLUMNS.values())
_ROWS = f"unnest(%s::int[], {_KINDS}) AS given (place, {', '.join(purchase_values.COLUMNS)})"

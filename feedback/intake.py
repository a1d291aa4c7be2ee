"""Purchase → Customer and Interaction; the same purchase twice is recorded once."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from feedback.models import Customer, Interaction
from feedback.purchases import Purchase
from organizations import audit, links
from organizations.models import Member, Organization

_LOCK = 7101  # the first half of an advisory lock; the organization is the second
_BATCH = 1000


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
    _one_at_a_time(organization)
    customers, new_customers = _customers(organization, purchases, now=now)
    known = _known(organization, source, [purchase.reference for purchase in purchases])
    fresh = [purchase for purchase in purchases if purchase.reference not in known]
    Interaction.objects.bulk_create(
        [_interaction(organization, purchase, customers[purchase.customer], source, now) for purchase in fresh],
        batch_size=_BATCH,
    )
    recorded = Recorded(new_customers, len(fresh), len(purchases) - len(fresh))
    audit.record(
        organization,
        by=by,
        what="interactions.recorded",
        about=organization,
        now=now,
        detail={"source": source, "new": recorded.interactions, "already_known": recorded.already_known},
    )
    return recorded


def sort_name(name: str) -> str:
    """Casefolded and without accents, so that all servers sort alike."""
    decomposed = unicodedata.normalize("NFKD", name.casefold())
    return "".join(mark for mark in decomposed if not unicodedata.combining(mark))[:160]


def _one_at_a_time(organization: Organization) -> None:
    # Two files at once would race for the same customers; waiting is cheaper than untangling.
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCK, organization.pk])


def _customers(
    organization: Organization, purchases: Sequence[Purchase], *, now: datetime
) -> tuple[dict[str, Customer], int]:
    latest = {purchase.customer: purchase for purchase in sorted(purchases, key=lambda each: each.experienced_at)}
    known = {
        customer.reference: customer
        for batch in _batches(sorted(latest))
        for customer in organization.customers.filter(reference__in=batch)
    }
    changed = [known[reference] for reference in known if _renew(known[reference], latest[reference])]
    Customer.objects.bulk_update(changed, ["email", "address_key", "name", "sort_name", "language"], batch_size=_BATCH)
    new = [_customer(organization, latest[reference], now) for reference in sorted(set(latest) - set(known))]
    Customer.objects.bulk_create(new, batch_size=_BATCH)
    return known | {customer.reference: customer for customer in new}, len(new)


def _renew(customer: Customer, purchase: Purchase) -> bool:
    before = (customer.email, customer.name, customer.language)
    customer.email = purchase.email or customer.email
    customer.address_key = links.address_key(customer.email)
    customer.name = purchase.name or customer.name
    customer.sort_name = sort_name(customer.name or customer.reference)
    customer.language = purchase.language or customer.language
    return before != (customer.email, customer.name, customer.language)


def _customer(organization: Organization, purchase: Purchase, now: datetime) -> Customer:
    return Customer(
        organization=organization,
        reference=purchase.customer,
        email=purchase.email,
        address_key=links.address_key(purchase.email),
        name=purchase.name,
        sort_name=sort_name(purchase.name or purchase.customer),
        language=purchase.language,
        created_at=now,
    )


def _interaction(
    organization: Organization, purchase: Purchase, customer: Customer, source: str, now: datetime
) -> Interaction:
    return Interaction(
        organization=organization,
        customer=customer,
        source=source,
        reference=purchase.reference,
        experienced_at=purchase.experienced_at,
        attributes=dict(purchase.attributes),
        created_at=now,
    )


def _known(organization: Organization, source: str, references: Sequence[str]) -> set[str]:
    return {
        reference
        for batch in _batches(list(references))
        for reference in organization.interactions.filter(source=source, reference__in=batch).values_list(
            "reference", flat=True
        )
    }


def _batches(values: Sequence[str]) -> list[Sequence[str]]:
    return [values[start : start + _BATCH] for start in range(0, len(values), _BATCH)]

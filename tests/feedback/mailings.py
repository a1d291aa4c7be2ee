"""Rows for the tests of the outbox: a shop, its customers, and a mail to each of them waiting."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from feedback import mailing
from feedback.models import Customer, Interaction, Invitation, Message, Purpose
from organizations import links
from organizations.models import Organization
from surveys.models import Touchpoint
from tests import factories


def touchpoint_of(shop: Organization) -> Touchpoint:
    return factories.touchpoint(shop)


def invite(touchpoint: Touchpoint, names: Sequence[str], *, now: datetime) -> list[Message]:
    """One customer, purchase and invitation for each name; `anna` is reached at anna@customers.example."""
    shop = touchpoint.organization
    customers = Customer.objects.bulk_create(
        Customer(
            organization=shop,
            reference=f"C-{name}",
            email=f"{name}@customers.example",
            address_key=links.address_key(f"{name}@customers.example"),
            name=name.title(),
            sort_name=name,
            language="en",
            created_at=now,
        )
        for name in names
    )
    purchases = Interaction.objects.bulk_create(
        Interaction(
            organization=shop,
            customer=customer,
            source="shop",
            reference=f"A-{customer.reference}",
            experienced_at=now - timedelta(days=4),
            created_at=now,
        )
        for customer in customers
    )
    version = factories.published(touchpoint.survey)
    invitations = Invitation.objects.bulk_create(
        Invitation(
            organization=shop,
            touchpoint=touchpoint,
            interaction=purchase,
            customer=purchase.customer,
            version=version,
            public_id=uuid.uuid4(),
            language="en",
            address_key=purchase.customer.address_key,
            created_at=now,
            expires_at=now + timedelta(days=30),
        )
        for purchase in purchases
    )
    mailing.enqueue_all(
        [
            mailing.draft(
                invitation,
                purpose=Purpose.INVITATION,
                not_before=now,
                give_up_at=now + timedelta(hours=48),
                now=now,
            )
            for invitation in invitations
        ]
    )
    return list(Message.objects.filter(invitation__in=invitations).order_by("pk"))


def enqueue(
    invitation: Invitation, *, now: datetime, purpose: Purpose = Purpose.INVITATION, number: int = 0
) -> Message:
    return mailing.enqueue(
        invitation=invitation,
        purpose=purpose,
        number=number,
        not_before=now,
        give_up_at=now + timedelta(hours=48),
        now=now,
    )

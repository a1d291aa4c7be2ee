"""A person → an organization of her own, with her as its first owner."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from organizations import audit
from organizations.models import Member, Organization, Role, User


class AddressTaken(Exception):
    """Another organization has this address."""

    def __init__(self) -> None:
        super().__init__(_("Another organization has this address. Take another one."))


def found(
    *,
    user: User,
    name: str,
    slug: str,
    time_zone: str,
    language: str,
    sender_name: str,
    sender_address: str,
    now: datetime,
) -> Member:
    """The new organization's first owner; raises AddressTaken."""
    with transaction.atomic():
        organization = Organization(
            slug=slug,
            name=name,
            time_zone=time_zone,
            language=language,
            sender_name=sender_name,
            sender_address=sender_address,
            created_at=now,
        )
        _claim_address(organization)
        owner = Member.objects.create(organization=organization, user=user, role=Role.OWNER, joined_at=now)
        audit.record(organization, by=owner, what="organization.founded", about=organization, now=now)
    return owner


def is_taken(slug: str) -> bool:
    return Organization.objects.filter(slug=slug).exists()


def _claim_address(organization: Organization) -> None:
    try:
        with transaction.atomic():
            organization.save(force_insert=True)
    except IntegrityError as error:
        if is_taken(organization.slug):
            raise AddressTaken from error
        raise

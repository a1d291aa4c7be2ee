"""Customers, what they did, and the addresses that must not be written to.

Here and in its neighbours `db_index=False` says that a constraint or index below begins with that column already.
"""

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _

from feedback import eligibility
from organizations.models import Member, Organization


class Customer(models.Model):
    """Whom we ask; known to the organization by its own reference."""

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="customers", db_index=False)
    reference = models.CharField(_("reference"), max_length=120)
    email = models.EmailField(_("e-mail"), blank=True)
    # Keyed hash of the normalized address, kept after erasure: quiet period and opt-out go by it, not by the customer.
    address_key = models.CharField(max_length=64, blank=True)
    name = models.CharField(_("name"), max_length=160, blank=True)
    sort_name = models.CharField(max_length=160, blank=True)
    language = models.CharField(_("language"), max_length=10, blank=True)
    attributes = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField()
    # Since when this row is nobody any more: it holds together what is counted, and the key of an address.
    erased_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "reference"], name="customer_is_known_by_one_reference"),
            models.CheckConstraint(
                condition=Q(email="") | ~Q(address_key=""), name="customer_with_an_address_has_its_key"
            ),
            models.CheckConstraint(
                condition=Q(erased_at__isnull=True) | Q(email="", name="", sort_name="", language="", attributes={}),
                name="erased_customer_is_nobody",
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "sort_name", "id"], name="customer_by_name"),
            models.Index(fields=["organization", "address_key"], name="customer_by_address"),
            # Members know a part of a name, an address or a number; the index knows every three letters.
            GinIndex(
                OpClass(F("sort_name"), name="gin_trgm_ops"),
                OpClass(Upper("email"), name="gin_trgm_ops"),
                OpClass(Upper("reference"), name="gin_trgm_ops"),
                name="customer_by_words",
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.reference


class Interaction(models.Model):
    """One thing a customer did, a purchase or a call, whether or not anybody asks about it."""

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="interactions", db_index=False)
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="interactions", db_index=False)
    source = models.CharField(_("source"), max_length=60)
    reference = models.CharField(_("reference"), max_length=120)
    experienced_at = models.DateTimeField(_("date of the experience"))
    attributes = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "source", "reference"], name="interaction_is_recorded_once"
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "experienced_at"], name="interaction_by_experience"),
            models.Index(fields=["customer", "experienced_at"], name="interaction_by_customer"),
        ]

    def __str__(self) -> str:
        return self.reference


class SuppressionReason(models.TextChoices):
    OPTED_OUT = eligibility.OPTED_OUT, _("opted out")
    BOUNCED = eligibility.BOUNCED, _("the address does not exist")
    COMPLAINED = eligibility.COMPLAINED, _("reported as spam")


class Suppression(models.Model):
    """An address that gets no more mail from this organization; no import may clear it."""

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="suppressions", db_index=False)
    address_key = models.CharField(max_length=64)
    reason = models.CharField(max_length=12, choices=SuppressionReason.choices)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "address_key", "reason"], name="address_is_suppressed_once_for_a_reason"
            ),
            models.CheckConstraint(
                condition=Q(reason__in=SuppressionReason.values), name="suppression_has_a_known_reason"
            ),
        ]


class Release(models.Model):
    """A suppression that a member lifted: why mail may go to this address again."""

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="+", db_index=False)
    address_key = models.CharField(max_length=64)
    reason = models.CharField(max_length=12, choices=SuppressionReason.choices)
    since = models.DateTimeField()
    why = models.CharField(_("reason"), max_length=300)
    by = models.ForeignKey(Member, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(why=""), name="release_has_a_reason")]
        indexes = [models.Index(fields=["organization", "address_key", "-at"], name="release_by_address")]

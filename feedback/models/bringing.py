"""Files with purchases: their bytes while they wait, how far they are read and recorded, and what is wrong in them."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from organizations.models import Member, Organization


class ImportState(models.TextChoices):
    MAPPING = "mapping", _("waits for what its columns mean")
    CHECKING = "checking", _("is being checked")
    CHECKED = "checked", _("checked, waits for your word")
    RECORDING = "recording", _("is being recorded")
    DONE = "done", _("recorded")
    CANCELLED = "cancelled", _("cancelled")
    FAILED = "failed", _("could not be read")


class Import(models.Model):
    """One file of purchases on its way; its row is the queue, and tells how far it has come."""

    AT_WORK = (ImportState.CHECKING, ImportState.RECORDING)
    OVER = (ImportState.DONE, ImportState.CANCELLED, ImportState.FAILED)

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="imports", db_index=False)
    # None: brought by a command.
    by = models.ForeignKey(Member, models.PROTECT, null=True, blank=True, related_name="+")
    name = models.CharField(_("file"), max_length=200)
    source = models.CharField(max_length=60)
    size = models.BigIntegerField()
    lines = models.IntegerField()
    # As feedback.mapping writes it.
    mapping = models.JSONField()
    moves_dates = models.BooleanField(_("trial run"), default=False)
    # So many days later than in the file; None until all dates have been read.
    moved_by = models.IntegerField(null=True, blank=True)
    # Recorded as soon as it is checked, without asking.
    is_straight = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=ImportState.choices, default=ImportState.MAPPING)
    # Why it failed or was given up, as a code of feedback.import_faults, and what that is about.
    cause = models.CharField(max_length=40, blank=True)
    cause_value = models.CharField(max_length=120, blank=True)

    worker = models.CharField(max_length=120, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)

    rows_read = models.IntegerField(default=0)
    rows_faulty = models.IntegerField(default=0)
    # Sound rows that say once more what an earlier row of this file says.
    rows_repeated = models.IntegerField(default=0)
    # Purchases in the file, once it is read to the end and sorted.
    purchases = models.IntegerField(null=True, blank=True)
    customers = models.IntegerField(null=True, blank=True)
    would_be_new = models.IntegerField(null=True, blank=True)
    customers_would_be_new = models.IntegerField(null=True, blank=True)
    first_on = models.DateField(null=True, blank=True)
    last_on = models.DateField(null=True, blank=True)
    purchases_done = models.IntegerField(default=0)
    purchases_new = models.IntegerField(default=0)
    customers_new = models.IntegerField(default=0)
    customers_renewed = models.IntegerField(default=0)

    created_at = models.DateTimeField()
    queued_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=ImportState.values), name="import_has_a_known_state"),
            models.CheckConstraint(
                condition=~Q(state__in=["checking", "recording"]) | Q(queued_at__isnull=False),
                name="import_at_work_was_queued",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["done", "cancelled", "failed"]) | Q(finished_at__isnull=False),
                name="import_that_is_over_says_when",
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "-id"], name="import_by_organization"),
            models.Index(
                fields=["queued_at", "id"], condition=Q(state__in=["checking", "recording"]), name="import_to_work_on"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_at_work(self) -> bool:
        return self.state in self.AT_WORK

    @property
    def is_over(self) -> bool:
        return self.state in self.OVER

    @property
    def would_be_known(self) -> int:
        return (self.purchases or 0) - (self.would_be_new or 0)

    @property
    def purchases_known(self) -> int:
        """Recorded before, and left as they are."""
        return self.purchases_done - self.purchases_new


class ImportChunk(models.Model):
    """A piece of a file, here so that any worker on any host can read it; deleted when its import is over."""

    of = models.ForeignKey(Import, models.CASCADE, related_name="chunks", db_index=False)
    number = models.IntegerField()
    content = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["of", "number"], name="chunk_is_stored_once")]


class ImportFault(models.Model):
    """What is wrong in one place of one row; `code` is one of feedback.import_faults."""

    of = models.ForeignKey(Import, models.CASCADE, related_name="faults", db_index=False)
    row = models.IntegerField()
    column = models.CharField(max_length=200, blank=True)
    code = models.CharField(max_length=40)
    value = models.CharField(max_length=120, blank=True)

    class Meta:
        indexes = [models.Index(fields=["of", "row"], name="fault_by_import")]

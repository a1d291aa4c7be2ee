"""Invitations, the mails that carry them, and why somebody was not asked."""

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from feedback import eligibility
from feedback.models.people import Customer, Interaction
from organizations.models import Organization
from surveys.models import SurveyVersion, Touchpoint


class Invitation(models.Model):
    """One ask about one interaction."""

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="invitations", db_index=False)
    touchpoint = models.ForeignKey(Touchpoint, models.PROTECT, related_name="+", db_index=False)
    interaction = models.ForeignKey(Interaction, models.CASCADE, related_name="invitations")
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="invitations")
    # The wording that the mail quotes; the page shows the newest one until she has begun to answer.
    version = models.ForeignKey(SurveyVersion, models.PROTECT, related_name="+")
    # Random and public: the link is this id and a keyed code, so nothing usable is at rest.
    public_id = models.UUIDField(unique=True)
    language = models.CharField(max_length=10)
    address_key = models.CharField(max_length=64)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    # When to look whether she is reminded; nobody looks at an invitation without it.
    remind_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["touchpoint", "interaction"], name="interaction_is_asked_about_once_per_touchpoint"
            ),
        ]
        indexes = [
            models.Index(
                fields=["touchpoint", "remind_at"], condition=Q(remind_at__isnull=False), name="invitation_to_remind"
            ),
            models.Index(fields=["organization", "address_key", "-created_at"], name="invitation_by_address"),
            models.Index(fields=["organization", "created_at"], name="invitation_by_day"),
        ]


class Purpose(models.TextChoices):
    INVITATION = "invitation", _("invitation")
    REMINDER = "reminder", _("reminder")
    REPLY = "reply", _("reply")
    OUTCOME = "outcome", _("outcome")
    TEST = "test", _("test")


class MessageState(models.TextChoices):
    """queued → claimed → wire → sent | queued later | failed | in_doubt; withheld when it may not be sent any more."""

    QUEUED = "queued", _("waiting")
    CLAIMED = "claimed", _("being sent")
    WIRE = "wire", _("on the wire")
    SENT = "sent", _("sent")
    FAILED = "failed", _("failed")
    IN_DOUBT = "in_doubt", _("in doubt")
    WITHHELD = "withheld", _("withheld")


class MessageQuerySet(models.QuerySet["Message"]):
    def due(self, now: datetime) -> "MessageQuerySet":
        return self.filter(state=MessageState.QUEUED, not_before__lte=now)


class Message(models.Model):
    """One e-mail to a customer; its row is the queue, and it leaves at most once."""

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="customer_messages", db_index=False)
    invitation = models.ForeignKey(
        Invitation, models.CASCADE, null=True, blank=True, related_name="messages", db_index=False
    )
    customer = models.ForeignKey(Customer, models.CASCADE, null=True, blank=True, related_name="messages")
    purpose = models.CharField(max_length=12, choices=Purpose.choices)
    # 0 for the invitation, then the reminders' numbers.
    number = models.PositiveSmallIntegerField(default=0)
    uuid = models.UUIDField(unique=True)
    to = models.EmailField()
    address_key = models.CharField(max_length=64)
    state = models.CharField(max_length=10, choices=MessageState.choices, default=MessageState.QUEUED)
    # Each priority of an organization is a lane of its own, so a test never waits behind a mailing.
    priority = models.SmallIntegerField(default=0)
    not_before = models.DateTimeField()
    # A code that may be retried never becomes a failure before this.
    give_up_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    worker = models.CharField(max_length=120, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    last_code = models.PositiveSmallIntegerField(null=True, blank=True)
    last_reply = models.CharField(max_length=500, blank=True)
    # Why it is withheld or failed, as a Reason or an SMTP class; empty while it may still leave.
    cause = models.CharField(max_length=40, blank=True)
    created_at = models.DateTimeField()
    wire_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)

    # Which words it is to be said in; no column: composing sets it on what is about to leave.
    wording_id: int | None

    objects = MessageQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["invitation", "purpose", "number"], name="invitation_has_one_mail_of_a_kind"
            ),
            models.CheckConstraint(condition=Q(state__in=MessageState.values), name="message_has_a_known_state"),
            models.CheckConstraint(condition=Q(purpose__in=Purpose.values), name="message_has_a_known_purpose"),
            models.CheckConstraint(
                condition=~Q(state__in=["claimed", "wire"]) | Q(lease_until__isnull=False),
                name="message_at_work_has_a_lease",
            ),
            models.CheckConstraint(
                condition=~Q(state="sent") | Q(sent_at__isnull=False), name="sent_message_says_when"
            ),
        ]
        indexes = [
            # A lane is (organization, priority); workers go round the lanes, so nobody waits behind a big mailing.
            models.Index(
                fields=["organization", "priority", "not_before", "id"],
                condition=Q(state="queued"),
                name="message_due_in_its_lane",
            ),
            models.Index(
                fields=["organization", "address_key"],
                condition=Q(state__in=["queued", "claimed"]),
                name="message_unsent_by_address",
            ),
            models.Index(fields=["invitation"], condition=Q(state="queued", cause="paused"), name="message_held"),
            models.Index(fields=["lease_until"], condition=Q(state__in=["claimed", "wire"]), name="message_leased"),
            models.Index(fields=["organization", "state", "-id"], name="message_by_state"),
        ]


class Reason(models.TextChoices):
    """Why a touchpoint did not ask about an interaction; the values are eligibility's."""

    NO_ADDRESS = eligibility.NO_ADDRESS, _("no e-mail address")
    OPTED_OUT = eligibility.OPTED_OUT, _("opted out")
    BOUNCED = eligibility.BOUNCED, _("mail to this address came back")
    COMPLAINED = eligibility.COMPLAINED, _("reported our mail as spam")
    ASKED_RECENTLY = eligibility.ASKED_RECENTLY, _("asked recently")
    TOO_LONG_AGO = eligibility.TOO_LONG_AGO, _("too long ago")
    NOT_MEANT = eligibility.NOT_MEANT, _("not meant by the rules")


class Skip(models.Model):
    """Why a touchpoint did not ask about an interaction, and when that was decided."""

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="skips")
    touchpoint = models.ForeignKey(Touchpoint, models.CASCADE, related_name="+", db_index=False)
    interaction = models.ForeignKey(Interaction, models.CASCADE, related_name="skips")
    reason = models.CharField(max_length=20, choices=Reason.choices)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["touchpoint", "interaction"], name="interaction_is_skipped_once_per_touchpoint"
            ),
            models.CheckConstraint(condition=Q(reason__in=Reason.values), name="skip_has_a_known_reason"),
        ]
        indexes = [models.Index(fields=["touchpoint", "reason"], name="skip_by_reason")]


class Settled(models.Model):
    """From when to when, by experience, a touchpoint had decided about all that was on record when it looked."""

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="+")
    touchpoint = models.ForeignKey(Touchpoint, models.CASCADE, related_name="+", db_index=False)
    # What is too long ago is looked for apart.
    is_history = models.BooleanField()
    since = models.DateTimeField()
    until = models.DateTimeField()
    looked_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["touchpoint", "is_history"], name="touchpoint_has_one_mark_of_a_kind")
        ]

"""Users, organizations and their members; the notices they get and the record of what they did."""

import zoneinfo
from datetime import date, datetime
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """A person who signs in; what she may do is decided by her memberships."""

    email = models.EmailField(_("e-mail"), unique=True)
    name = models.CharField(_("name"), max_length=120, blank=True)
    language = models.CharField(_("language"), max_length=10, blank=True)
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects = UserManager()

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="user_is_known_by_one_email")]

    def __str__(self) -> str:
        return self.name or self.email


def validate_time_zone(value: str) -> None:
    if value not in zoneinfo.available_timezones():
        raise ValidationError(_("Unknown time zone. Take one such as Europe/Berlin."), code="time_zone")


class Organization(models.Model):
    """The company or brand whose members work here; it owns everything below, and nothing crosses to another."""

    SMALLEST_GROUP, DEFAULT_GROUP, LARGEST_GROUP = 3, 5, 20

    slug = models.SlugField(_("address"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=120)
    time_zone = models.CharField(_("time zone"), max_length=64, default="UTC", validators=[validate_time_zone])
    language = models.CharField(_("language"), max_length=10, default="en")
    sender_name = models.CharField(_("sender name"), max_length=120)
    sender_address = models.EmailField(_("sender address"))
    colour = models.CharField(
        _("colour"), max_length=7, default="#066fd1", validators=[RegexValidator(r"^#[0-9a-f]{6}\Z")]
    )
    # The name of its Logo, which tells its size; '' where it has none.
    logo = models.CharField(_("logo"), max_length=80, blank=True)
    minimum_group = models.PositiveSmallIntegerField(
        _("minimum group"),
        default=DEFAULT_GROUP,
        validators=[MinValueValidator(SMALLEST_GROUP), MaxValueValidator(LARGEST_GROUP)],
    )
    # By which attributes answers are counted; None: nobody has chosen, and the first short texts are taken.
    reporting_attributes = models.JSONField(_("reporting attributes"), null=True, blank=True)
    is_demo = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(minimum_group__gte=3, minimum_group__lte=20), name="minimum_group_is_3_to_20"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Where its members begin."""
        return reverse(settings.HOME, args=[self.slug])

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        return zoneinfo.ZoneInfo(self.time_zone)

    def day_of(self, moment: datetime) -> date:
        """The day on which `moment` falls here."""
        return moment.astimezone(self.zone).date()


class Logo(models.Model):
    """A picture that pages and mails show for an organization; kept as long as mails may lead to it."""

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="+", db_index=False)
    # Made of a hash of the content, so that an address never shows anything else and says nothing of its owner.
    name = models.CharField(max_length=80, db_index=True)
    content = models.BinaryField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "name"], name="logo_is_kept_once"),
        ]


class Role(models.TextChoices):
    """What a member may do; each role may do all that the ones before it may."""

    VIEWER = "viewer", _("Viewer (management)")
    CASE_WORKER = "case_worker", _("Case worker")
    QUALITY_MANAGER = "quality_manager", _("Quality manager")
    OWNER = "owner", _("Owner")

    @property
    def rank(self) -> int:
        return list(Role).index(self)

    def may(self, needed: "Role") -> bool:
        return self.rank >= needed.rank


class MemberQuerySet(models.QuerySet["Member"]):
    def present(self) -> "MemberQuerySet":
        return self.filter(left_at__isnull=True)


class Member(models.Model):
    """A User in one Organization with a role; she leaves, and is never deleted."""

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="members")
    user = models.ForeignKey(User, models.PROTECT, related_name="memberships")
    role = models.CharField(_("role"), max_length=20, choices=Role.choices)
    joined_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True, blank=True)

    objects = MemberQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "user"], name="user_is_a_member_once"),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="member_has_a_known_role"),
        ]

    def __str__(self) -> str:
        return str(self.user)

    def may(self, needed: Role) -> bool:
        return self.left_at is None and Role(self.role).may(needed)


class ColleagueInvite(models.Model):
    """A colleague asked to join; her link carries a keyed token, so nothing usable is stored."""

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="colleague_invites")
    public_id = models.UUIDField(unique=True)
    email = models.EmailField(_("e-mail"))
    role = models.CharField(_("role"), max_length=20, choices=Role.choices)
    invited_by = models.ForeignKey(Member, models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "organization",
                Lower("email"),
                condition=Q(accepted_at__isnull=True, withdrawn_at__isnull=True),
                name="colleague_is_invited_once_at_a_time",
            ),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="colleague_is_invited_to_a_known_role"),
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=True) | Q(withdrawn_at__isnull=True),
                name="invite_is_accepted_or_withdrawn",
            ),
        ]


class NoticeState(models.TextChoices):
    QUEUED = "queued", _("waiting")
    CLAIMED = "claimed", _("being sent")
    SENT = "sent", _("sent")
    FAILED = "failed", _("failed")


class Notice(models.Model):
    """One e-mail to a member or to somebody about to become one; its row is the queue; sent at least once."""

    organization = models.ForeignKey(Organization, models.CASCADE, null=True, blank=True, related_name="+")
    to = models.EmailField()
    kind = models.CharField(max_length=40)
    subject = models.CharField(max_length=255)
    text = models.TextField()
    html = models.TextField(blank=True)
    state = models.CharField(max_length=10, choices=NoticeState.choices, default=NoticeState.QUEUED)
    not_before = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    last_reply = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["not_before", "id"], condition=Q(state="queued"), name="notice_due"),
            models.Index(fields=["lease_until"], condition=Q(state="claimed"), name="notice_leased"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=NoticeState.values), name="notice_has_a_known_state"),
            models.CheckConstraint(
                condition=~Q(state="claimed") | Q(lease_until__isnull=False), name="notice_at_work_has_a_lease"
            ),
            models.CheckConstraint(condition=~Q(state="sent") | Q(sent_at__isnull=False), name="sent_notice_says_when"),
        ]


class AuditEntry(models.Model):
    """Who did what to what, when; the database refuses to change or delete it."""

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="+")
    by = models.ForeignKey(Member, models.PROTECT, null=True, blank=True, related_name="+")
    what = models.CharField(max_length=60)
    about_type = models.CharField(max_length=60)
    about_id = models.CharField(max_length=64)
    detail = models.JSONField(default=dict)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["organization", "-at"], name="audit_by_organization")]

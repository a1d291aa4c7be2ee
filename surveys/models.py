"""Surveys with their frozen versions, the lasting questions, and the touchpoints after which we ask."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from organizations.models import Member, Organization


class Basis(models.TextChoices):
    TRANSACTIONAL = "transactional", _("after each experience")
    RELATIONAL = "relational", _("about the whole relationship")


class Survey(models.Model):
    """A named questionnaire that lives through versions."""

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="surveys")
    name = models.CharField(_("name"), max_length=120)
    basis = models.CharField(_("asked"), max_length=20, choices=Basis.choices, default=Basis.TRANSACTIONAL)
    created_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(basis__in=Basis.values), name="survey_has_a_known_basis"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def published(self) -> "SurveyVersion | None":
        """The version that customers see now."""
        return self.versions.filter(published_at__isnull=False).order_by("-number").first()


class SurveyVersionQuerySet(models.QuerySet["SurveyVersion"]):
    def drafts(self) -> "SurveyVersionQuerySet":
        return self.filter(published_at__isnull=True)

    def published(self) -> "SurveyVersionQuerySet":
        return self.filter(published_at__isnull=False)


class SurveyVersion(models.Model):
    """The wording that people saw: a draft until published, then frozen for ever (a trigger sees to it)."""

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="survey_versions")
    survey = models.ForeignKey(Survey, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    # Text and not jsonb: the bytes are what people saw, and jsonb would reorder them.
    document = models.TextField()
    digest = models.CharField(max_length=64)
    # What the editor holds while something in it is still to be mended; `document` is then the last sound state.
    unfinished = models.TextField(blank=True, default="")
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    # Counts the saves of a draft, so that two people editing at once cannot overwrite each other unseen.
    revision = models.PositiveIntegerField(default=0)
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey(Member, models.PROTECT, null=True, blank=True, related_name="+")

    objects = SurveyVersionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["survey", "number"], name="version_numbers_are_unique"),
            models.UniqueConstraint(
                fields=["survey"], condition=Q(published_at__isnull=True), name="survey_has_one_draft"
            ),
            models.CheckConstraint(
                condition=Q(published_at__isnull=True, published_by__isnull=True)
                | Q(published_at__isnull=False, published_by__isnull=False),
                name="published_version_says_when_and_by_whom",
            ),
            models.CheckConstraint(
                condition=Q(published_at__isnull=True) | Q(unfinished=""), name="published_version_is_finished"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.survey} {self.number}"


class DraftStep(models.Model):
    """One change to a draft, with the state on its other side: it can be taken back, and made again."""

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="+")
    version = models.ForeignKey(SurveyVersion, models.CASCADE, related_name="steps")
    number = models.PositiveIntegerField()
    what = models.CharField(max_length=20)
    place = models.CharField(max_length=60, blank=True)
    state = models.TextField()
    is_undone = models.BooleanField(default=False)
    by = models.ForeignKey(Member, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "number"], name="steps_of_a_draft_stand_in_one_order"),
        ]

    def __str__(self) -> str:
        return f"{self.version}: {self.what}"


class Question(models.Model):
    """What is asked under a lasting key, so that trends go on over versions."""

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="+")
    survey = models.ForeignKey(Survey, models.CASCADE, related_name="questions")
    parent = models.ForeignKey("self", models.CASCADE, null=True, blank=True, related_name="rows")
    key = models.CharField(max_length=60)
    kind = models.CharField(max_length=30)
    figure = models.CharField(max_length=20, blank=True)
    lowest = models.SmallIntegerField(null=True, blank=True)
    highest = models.SmallIntegerField(null=True, blank=True)
    # Lasting keys in the order of first publication; it only ever grows, so a histogram's places keep their sense.
    choice_keys = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    title = models.CharField(max_length=500)
    position = models.PositiveSmallIntegerField()
    first_version = models.ForeignKey(SurveyVersion, models.PROTECT, related_name="+")
    last_version = models.ForeignKey(SurveyVersion, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["survey", "key"], name="question_key_is_unique_in_its_survey"),
            models.CheckConstraint(
                condition=Q(lowest__isnull=True, highest__isnull=True) | Q(lowest__lt=F("highest")),
                name="question_scale_has_two_ends",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class TouchpointState(models.TextChoices):
    DRAFT = "draft", _("not started")
    RUNNING = "running", _("running")
    PAUSED = "paused", _("paused")


# The fewest and the most of each, in days (reminders are counted); the database keeps them too.
BOUNDS = {
    "days_after": (0, 365),
    "quiet_period": (0, 730),
    "open_for": (1, 365),
    "only_younger_than": (1, 3650),
    "reminders": (0, 3),
    "days_between": (1, 60),
}


class TouchpointQuerySet(models.QuerySet["Touchpoint"]):
    def running(self) -> "TouchpointQuerySet":
        return self.filter(state=TouchpointState.RUNNING)


class Touchpoint(models.Model):
    """A moment after which we ask: which survey, how long after the experience, and how often at the most."""

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="touchpoints")
    survey = models.ForeignKey(Survey, models.PROTECT, related_name="touchpoints")
    name = models.CharField(_("name"), max_length=120)
    state = models.CharField(max_length=10, choices=TouchpointState.choices, default=TouchpointState.DRAFT)
    # Tests of attributes, all of which must hold; surveys.rules reads them. None of them: every interaction is meant.
    rules = models.JSONField(default=list, blank=True)
    days_after = models.PositiveSmallIntegerField(_("days after the experience"), default=3)
    quiet_period = models.PositiveSmallIntegerField(_("quiet period in days"), default=30)
    open_for = models.PositiveSmallIntegerField(_("days the link stays open"), default=30)
    only_younger_than = models.PositiveSmallIntegerField(
        _("ask only about experiences younger than (days)"), default=30
    )
    reminders = models.PositiveSmallIntegerField(_("reminders at the most"), default=0)
    days_between = models.PositiveSmallIntegerField(_("days before each reminder"), default=7)
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)

    objects = TouchpointQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=TouchpointState.values), name="touchpoint_has_a_known_state"),
            models.CheckConstraint(
                condition=Q(days_after__lt=F("only_younger_than")), name="touchpoint_asks_before_it_is_too_late"
            ),
            models.CheckConstraint(
                condition=Q(**{f"{name}__range": bounds for name, bounds in BOUNDS.items()}),
                name="touchpoint_keeps_its_bounds",
            ),
            models.CheckConstraint(
                condition=Q(reminders=0) | Q(open_for__gt=F("reminders") * F("days_between")),
                name="touchpoint_reminds_while_the_link_works",
            ),
            models.CheckConstraint(
                condition=Q(state="draft") | Q(started_at__isnull=False), name="started_touchpoint_says_since_when"
            ),
        ]

    def __str__(self) -> str:
        return self.name

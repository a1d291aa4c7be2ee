"""Responses and answers, what is left out of the figures, and the days whose counts have changed."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import BrinIndex, GinIndex, OpClass
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from feedback.models.asking import Invitation
from feedback.models.people import Customer
from organizations.models import Member, Organization
from surveys.models import Question, Survey, SurveyVersion, Touchpoint


class Channel(models.TextChoices):
    EMAIL = "email", _("e-mail")
    LINK = "link", _("open link")


class Response(models.Model):
    """What came back; it carries what it is counted by, frozen when it is made."""

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="responses", db_index=False)
    survey = models.ForeignKey(Survey, models.PROTECT, related_name="+", db_index=False)
    version = models.ForeignKey(SurveyVersion, models.PROTECT, related_name="+")
    key = models.UUIDField(unique=True)
    invitation = models.OneToOneField(Invitation, models.PROTECT, null=True, blank=True, related_name="response")
    customer = models.ForeignKey(
        Customer, models.SET_NULL, null=True, blank=True, related_name="responses", db_index=False
    )
    anonymous = models.BooleanField(default=False)
    touchpoint = models.ForeignKey(Touchpoint, models.PROTECT, null=True, blank=True, related_name="+")
    language = models.CharField(max_length=10)
    channel = models.CharField(max_length=10, choices=Channel.choices)
    answered_on = models.DateField()
    experienced_on = models.DateField(null=True, blank=True)
    attributes = models.JSONField(default=dict, blank=True)
    # None while only part of the pages has been sent.
    completed_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(anonymous=False) | Q(invitation__isnull=True, customer__isnull=True),
                name="anonymous_response_leads_to_nobody",
            ),
            models.CheckConstraint(condition=Q(channel__in=Channel.values), name="response_has_a_known_channel"),
        ]
        indexes = [
            models.Index(fields=["survey", "answered_on", "customer"], name="response_by_survey_day"),
            models.Index(fields=["survey", "experienced_on"], name="response_by_experience"),
            models.Index(fields=["organization", "-id"], name="response_by_organization"),
            models.Index(fields=["customer", "answered_on"], name="response_by_customer"),
            # What was said lately, for whoever looks every few seconds; it costs an answer next to nothing.
            BrinIndex(fields=["changed_at"], autosummarize=True, pages_per_range=16, name="response_by_change"),
        ]


class Folded(Func):
    """A text in small letters without accents, as `feedback.words.folded` makes it of what is looked for."""

    template = "lower(regexp_replace(normalize(%(expressions)s, NFKD), '[\u0300-\u036f]', '', 'g'))"
    output_field = models.TextField()


SCORED = ["nps", "csat", "ces"]
CHOSEN = ["single_choice", "multiple_choice"]


class Answer(models.Model):
    """The answer to one question: a score, choices, a text, a number or a date."""

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="+")
    response = models.ForeignKey(Response, models.CASCADE, related_name="answers", db_index=False)
    question = models.ForeignKey(Question, models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=30)
    score = models.SmallIntegerField(null=True, blank=True)
    number = models.DecimalField(max_digits=20, decimal_places=6, null=True, blank=True)
    on = models.DateField(null=True, blank=True)
    choices = ArrayField(models.CharField(max_length=60), null=True, blank=True)
    # The comment, or what "other" stands for.
    text = models.TextField(null=True, blank=True)  # noqa: DJ001 - None and '' differ: which column a kind fills is a constraint

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["response", "question"], name="question_is_answered_once_per_response"),
            models.CheckConstraint(
                condition=(
                    Q(kind__in=SCORED, score__isnull=False, number=None, on=None, choices=None, text=None)
                    | Q(kind__in=CHOSEN, choices__len__gt=0, score=None, number=None, on=None)
                    | Q(kind="text", text__gt="", score=None, number=None, on=None, choices=None)
                ),
                name="answer_fills_the_columns_of_its_kind",
            ),
        ]
        indexes = [
            models.Index(fields=["question", "response"], name="answer_by_question"),
            # Words are looked for in any place of a comment; the index knows every three letters.
            GinIndex(
                OpClass(Folded(F("text")), name="gin_trgm_ops"), condition=Q(text__isnull=False), name="answer_by_words"
            ),
        ]


class Exclusion(models.Model):
    """A response left out of the figures, with who and why; it is lifted, never deleted."""

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="+")
    response = models.ForeignKey(Response, models.CASCADE, related_name="exclusions")
    by = models.ForeignKey(Member, models.PROTECT, related_name="+")
    why = models.CharField(_("reason"), max_length=300)
    at = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.ForeignKey(Member, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["response"], condition=Q(lifted_at__isnull=True), name="response_is_excluded_once_at_a_time"
            ),
            models.CheckConstraint(condition=~Q(why=""), name="exclusion_has_a_reason"),
            models.CheckConstraint(
                condition=Q(lifted_at__isnull=True, lifted_by__isnull=True)
                | Q(lifted_at__isnull=False, lifted_by__isnull=False),
                name="lifted_exclusion_says_when_and_by_whom",
            ),
        ]


class ChangedDay(models.Model):
    """Journal: a day of a survey whose counts must be made anew. Append-only; the roll-up alone deletes."""

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="+")
    survey = models.ForeignKey(Survey, models.CASCADE, related_name="+", db_index=False)
    day = models.DateField()

    class Meta:
        indexes = [models.Index(fields=["survey", "day"], name="changed_day_by_survey")]

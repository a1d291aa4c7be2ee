"""Histograms per question, day and segment value: counted from the raw answers, never edited.

`db_index=False`: a constraint or index below begins with that column already.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from organizations.models import Organization
from surveys.models import Question, Survey, Touchpoint


class SegmentValue(models.Model):
    """A value of a reporting attribute that has rows of its own, fixed when first seen; only a rebuild changes it."""

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="+")
    survey = models.ForeignKey(Survey, models.CASCADE, related_name="+", db_index=False)
    dimension = models.CharField(max_length=60)
    value = models.CharField(max_length=120)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["survey", "dimension", "value"], name="segment_value_is_listed_once"),
        ]


class DailyCount(models.Model):
    """How often each score or choice was given to one question on one day, in all (dimension '') or in one segment."""

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="+")
    survey = models.ForeignKey(Survey, models.CASCADE, related_name="+", db_index=False)
    question = models.ForeignKey(Question, models.CASCADE, related_name="+", db_index=False)
    day = models.DateField()
    dimension = models.CharField(max_length=60, blank=True)
    value = models.CharField(max_length=120, blank=True)
    # Scores from the scale's lowest to its highest, or the question's choice_keys in their order.
    counts = ArrayField(models.IntegerField())
    # Who answered at all: the sum of counts on a scale, but not where several choices may be ticked.
    answered = models.IntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["question", "dimension", "value", "day"], name="daily_count_is_one_row"),
            models.CheckConstraint(condition=models.Q(answered__gt=0), name="daily_count_has_answers"),
        ]
        indexes = [models.Index(fields=["survey", "day"], name="daily_count_by_survey_day")]


class DailyAsked(models.Model):
    """What became of the invitations that one touchpoint made on one day: each one has one outcome."""

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="+", db_index=False)
    survey = models.ForeignKey(Survey, models.CASCADE, related_name="+", db_index=False)
    touchpoint = models.ForeignKey(Touchpoint, models.CASCADE, related_name="+")
    day = models.DateField()
    # Outcomes, after which come events.
    waiting = models.IntegerField()
    withheld = models.IntegerField()
    ineligible = models.IntegerField()
    bounced = models.IntegerField()
    refused = models.IntegerField()
    partial = models.IntegerField()
    completed = models.IntegerField()
    silent = models.IntegerField()
    started = models.IntegerField()
    in_doubt = models.IntegerField()
    failed = models.IntegerField()
    # The newest invitation that was counted, and when the last link closes.
    newest = models.BigIntegerField()
    open_until = models.DateTimeField()
    # How many answers came how long after the mail: counts by the steps of dashboards.durations.
    durations = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["survey", "touchpoint", "day"], name="daily_asked_is_one_row"),
        ]
        indexes = [
            models.Index(fields=["organization", "newest"], name="daily_asked_by_newest"),
            models.Index(fields=["survey", "day"], name="daily_asked_by_survey_day"),
        ]

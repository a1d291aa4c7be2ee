"""The organization's own words in the mails of a touchpoint."""

from django.db import models
from django.db.models import Q

from feedback.models.asking import Purpose
from organizations.models import Member, Organization
from surveys.models import Touchpoint


class MailWording(models.Model):
    """One state of the words of one kind of mail in one language; the newest holds, and none is ever changed.

    So what a mail said can be told from when it went on the wire. An empty text stands for our own wording.
    """

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="+")
    touchpoint = models.ForeignKey(Touchpoint, models.CASCADE, related_name="+", db_index=False)
    purpose = models.CharField(
        max_length=12, choices=[(kind.value, kind.label) for kind in (Purpose.INVITATION, Purpose.REMINDER)]
    )
    language = models.CharField(max_length=10)
    subject = models.CharField(max_length=150, blank=True)
    greeting = models.CharField(max_length=120, blank=True)
    opening = models.TextField(blank=True)
    closing = models.TextField(blank=True)
    by = models.ForeignKey(Member, models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(purpose__in=[Purpose.INVITATION, Purpose.REMINDER]), name="wording_is_of_a_mail_that_asks"
            ),
        ]
        indexes = [
            models.Index(fields=["touchpoint", "purpose", "language", "-id"], name="wording_newest_first"),
        ]

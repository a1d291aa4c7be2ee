"""What a member wrote to one customer in her own words: the body of a reply."""

from django.db import models
from django.db.models import Q

from feedback.models.answers import Response
from feedback.models.asking import Message
from organizations.models import Member, Organization


class Letter(models.Model):
    """The words of one Message; it goes with the response it answers when that is erased, and the message stays."""

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="+")
    message = models.OneToOneField(Message, models.CASCADE, related_name="letter")
    response = models.ForeignKey(Response, models.CASCADE, null=True, blank=True, related_name="+")
    by = models.ForeignKey(Member, models.PROTECT, related_name="+")
    language = models.CharField(max_length=10)
    subject = models.CharField(max_length=150)
    text = models.TextField()
    # Where her answer goes: the author, or whoever reads the organization's address.
    answers_to = models.EmailField()
    # Ids of the mails it continues, so that her mail program shows them as one conversation.
    thread = models.TextField(blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(subject="") & ~Q(text=""), name="letter_says_something"),
        ]

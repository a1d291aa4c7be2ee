"""Whom we asked, and what they said, as rows."""

from feedback.models.answers import Answer, ChangedDay, Channel, Exclusion, Response
from feedback.models.asking import Invitation, Message, MessageState, Purpose, Reason, Skip
from feedback.models.people import Customer, Interaction, Suppression, SuppressionReason

__all__ = [
    "Answer",
    "ChangedDay",
    "Channel",
    "Customer",
    "Exclusion",
    "Interaction",
    "Invitation",
    "Message",
    "MessageState",
    "Purpose",
    "Reason",
    "Response",
    "Skip",
    "Suppression",
    "SuppressionReason",
]

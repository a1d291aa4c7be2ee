"""Whom we asked, and what they said, as rows."""

from feedback.models.answers import Answer, ChangedDay, Channel, Exclusion, Folded, Response
from feedback.models.asking import Invitation, Message, MessageState, Purpose, Reason, Settled, Skip
from feedback.models.bringing import Import, ImportChunk, ImportFault, ImportState
from feedback.models.letters import Letter
from feedback.models.people import Customer, Interaction, Release, Suppression, SuppressionReason
from feedback.models.wordings import MailWording

__all__ = [
    "Answer",
    "ChangedDay",
    "Channel",
    "Customer",
    "Exclusion",
    "Folded",
    "Import",
    "ImportChunk",
    "ImportFault",
    "ImportState",
    "Interaction",
    "Invitation",
    "Letter",
    "MailWording",
    "Message",
    "MessageState",
    "Purpose",
    "Reason",
    "Release",
    "Response",
    "Settled",
    "Skip",
    "Suppression",
    "SuppressionReason",
]

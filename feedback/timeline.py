"""What happened between us and a customer: purchases, mails, why we did not ask, and what she said."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from feedback import known
from feedback.models import Customer, Interaction, Message, Response, Skip
from organizations.models import Organization

# A history longer than this is read in a report, not on a page.
MOST_OF_A_KIND = 100


@dataclass(frozen=True)
class Event:
    at: datetime
    title: str
    detail: str
    icon: str
    url: str = ""


def of(customer: Customer) -> list[Event]:
    """All that any app knows of her, the latest first."""
    told = [event for name in settings.TIMELINE for event in import_string(name)(customer)]
    return sorted(told, key=lambda event: event.at, reverse=True)


def beside(response: Response) -> list[Event]:
    """What came of this response, such as its case."""
    return [event for name in settings.ABOUT_RESPONSE for event in import_string(name)(response)]


def events(customer: Customer) -> list[Event]:
    """What this app knows; four queries, whatever there is to tell."""
    interactions, skips = customer.interactions, Skip.objects.filter(interaction__customer=customer)
    mails = customer.messages.exclude(sent_at=None).select_related("organization", "invitation__interaction")
    responses = customer.responses.select_related("survey", "organization")
    return [
        *(_experienced(interaction) for interaction in _latest(interactions.all())),
        *(_mailed(message) for message in _latest(mails)),
        *(_skipped(skip) for skip in _latest(skips.select_related("touchpoint", "interaction", "organization"))),
        *(_answered(response) for response in _latest(responses)),
    ]


def _latest(rows: QuerySet[Any, Any]) -> QuerySet[Any, Any]:
    return rows.order_by("-pk")[:MOST_OF_A_KIND]


def _experienced(interaction: Interaction) -> Event:
    product = known.product(interaction)
    title = _("Purchase: %(product)s") % {"product": product} if product else _("Purchase")
    return Event(interaction.experienced_at, title, interaction.reference, "shopping-cart")


def _mailed(message: Message) -> Event:
    sent_at = message.sent_at or message.created_at
    title = _("Mail sent: %(purpose)s") % {"purpose": message.get_purpose_display()}
    asked = message.invitation
    return Event(
        sent_at,
        title,
        "",
        "mail",
        _ledger(message.organization, asked.touchpoint_id, asked.interaction) if asked else "",
    )


def _skipped(skip: Skip) -> Event:
    return Event(
        skip.at,
        _("Not asked: %(reason)s") % {"reason": skip.get_reason_display()},
        str(skip.touchpoint),
        "mail-off",
        _ledger(skip.organization, skip.touchpoint_id, skip.interaction),
    )


def _ledger(organization: Organization, touchpoint_id: int, interaction: Interaction) -> str:
    """Where the ledger tells what became of this interaction."""
    page = reverse("feedback:ledger", args=[organization.slug, touchpoint_id])
    return f"{page}?{urlencode({'q': interaction.reference})}"


def _answered(response: Response) -> Event:
    title = _("Answered: %(survey)s") if response.completed_at else _("Began to answer: %(survey)s")
    url = reverse("feedback:response", args=[response.organization.slug, response.pk])
    return Event(response.created_at, title % {"survey": response.survey}, "", "message", url)

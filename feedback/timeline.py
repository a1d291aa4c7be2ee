"""What happened between us and a customer: purchases, mails, why we did not ask, and what she said."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from feedback import bringing, known
from feedback.models import Customer, Interaction, Invitation, Message, Reason, Response, Skip
from organizations.models import Organization

# A history longer than this is read in a report, not on a page.
MOST_OF_A_KIND = 100
_INVITED = Invitation.objects.filter(interaction=OuterRef("pk"))


@dataclass(frozen=True)
class Note:
    """Said quietly below an event."""

    title: str
    detail: str
    url: str


@dataclass(frozen=True)
class Event:
    at: datetime
    title: str
    detail: str
    icon: str
    url: str = ""
    notes: Sequence[Note] = ()


def of(customer: Customer) -> list[Event]:
    """All that any app knows of her, the latest first."""
    told = [event for name in settings.TIMELINE for event in import_string(name)(customer)]
    return sorted(told, key=lambda event: event.at, reverse=True)


def events(customer: Customer) -> list[Event]:
    """What this app knows; four queries, whatever there is to tell."""
    interactions = customer.interactions.annotate(was_asked_about=Exists(_INVITED)).select_related("organization")
    latest = list(_latest(interactions))
    skips = _skips(latest)
    mails = customer.messages.exclude(sent_at=None).select_related("organization", "invitation__interaction")
    responses = customer.responses.select_related("survey", "organization")
    return [
        *(_experienced(interaction, skips[interaction.pk]) for interaction in latest),
        *(_mailed(message) for message in _latest(mails)),
        *(_answered(response) for response in _latest(responses)),
    ]


def _latest(rows: QuerySet[Any, Any]) -> QuerySet[Any, Any]:
    return rows.order_by("-pk")[:MOST_OF_A_KIND]


def _skips(interactions: Sequence[Interaction]) -> dict[int, list[Skip]]:
    found: dict[int, list[Skip]] = defaultdict(list)
    for skip in Skip.objects.filter(interaction__in=interactions).select_related("touchpoint").order_by("pk"):
        found[skip.interaction_id].append(skip)
    return found


def _experienced(interaction: Interaction, skips: Sequence[Skip]) -> Event:
    notes = _not_asked(interaction, skips)
    product, detail = known.product(interaction), interaction.reference
    if product or interaction.source == bringing.SOURCE:
        title = _("Purchase: %(product)s") % {"product": product} if product else _("Purchase")
        return Event(interaction.experienced_at, title, detail, "shopping-cart", notes=notes)
    # A call, a delivery, or whatever else a source of its own records.
    title = _("From “%(source)s”") % {"source": interaction.source}
    return Event(interaction.experienced_at, title, detail, "point", notes=notes)


def _not_asked(interaction: Interaction, skips: Iterable[Skip]) -> list[Note]:
    """One note a reason. That a touchpoint does not mean it says something only where no other did."""
    by_reason: dict[str, list[Skip]] = defaultdict(list)
    for skip in skips:
        by_reason[skip.reason].append(skip)
    if len(by_reason) > 1 or interaction.was_asked_about:  # type: ignore[attr-defined]
        by_reason.pop(Reason.NOT_MEANT, None)
    return [
        Note(
            _("Not asked: %(reason)s") % {"reason": Reason(reason).label},
            ", ".join(str(skip.touchpoint) for skip in alike),
            _ledger(interaction.organization, alike[0].touchpoint_id, interaction),
        )
        for reason, alike in by_reason.items()
    ]


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


def _ledger(organization: Organization, touchpoint_id: int, interaction: Interaction) -> str:
    """Where the ledger tells what became of this interaction."""
    page = reverse("feedback:ledger", args=[organization.slug, touchpoint_id])
    return f"{page}?{urlencode({'q': interaction.reference})}"


def _answered(response: Response) -> Event:
    title = _("Answered: %(survey)s") if response.completed_at else _("Began to answer: %(survey)s")
    url = reverse("feedback:response", args=[response.organization.slug, response.pk])
    return Event(response.created_at, title % {"survey": response.survey}, "", "message", url)

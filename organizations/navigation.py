"""The left navigation: pages in the order of the flow, as far as the member's role may see them."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from organizations.models import Member, Role


@dataclass(frozen=True)
class Place:
    name: str
    label: str | Promise
    icon: str
    role: Role


# URL names are strings, so that this page may list what apps further down serve.
PLACES = [
    Place("surveys:list", _("Surveys"), "forms", Role.QUALITY_MANAGER),
    Place("feedback:touchpoints", _("Touchpoints"), "send", Role.QUALITY_MANAGER),
    Place("feedback:customers", _("Customers"), "users", Role.CASE_WORKER),
    Place("feedback:responses", _("Responses"), "message", Role.CASE_WORKER),
    Place("dashboards:dashboard", _("Dashboard"), "chart-histogram", Role.VIEWER),
    Place("actions:cases", _("Cases"), "lifebuoy", Role.VIEWER),
    Place("feedback:outbox", _("Mail"), "mail", Role.QUALITY_MANAGER),
    Place("organizations:settings", _("Settings"), "settings", Role.OWNER),
]


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Context for base.html; empty outside an organization."""
    member: Member | None = getattr(request, "member", None)
    if member is None:
        return {}
    slug = member.organization.slug
    places = [_shown(place, reverse(place.name, args=[slug]), request) for place in PLACES if member.may(place.role)]
    return {"organization": member.organization, "member": member, "places": places}


def _shown(place: Place, url: str, request: HttpRequest) -> dict[str, Any]:
    return {"label": place.label, "icon": place.icon, "url": url, "here": request.path.startswith(url)}

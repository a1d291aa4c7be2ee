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
    Place("surveys:touchpoints", _("Touchpoints"), "send", Role.QUALITY_MANAGER),
    Place("feedback:customers", _("Customers"), "users", Role.CASE_WORKER),
    Place("feedback:responses", _("Responses"), "message", Role.CASE_WORKER),
    Place("dashboards:dashboard", _("Dashboard"), "chart", Role.VIEWER),
    Place("feedback:outbox", _("Mail"), "mail", Role.QUALITY_MANAGER),
    Place("organizations:settings", _("Settings"), "settings", Role.OWNER),
]


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Context for base.html; empty outside an organization."""
    member: Member | None = getattr(request, "member", None)
    if member is None:
        return {}
    slug = member.organization.slug
    here = request.resolver_match.view_name if request.resolver_match else ""
    places = [
        {"label": place.label, "icon": place.icon, "url": reverse(place.name, args=[slug]), "here": _is(place, here, request, slug)}
        for place in PLACES
        if member.may(place.role)
    ]
    return {"organization": member.organization, "member": member, "places": places}


def _is(place: Place, here: str, request: HttpRequest, slug: str) -> bool:
    return here == place.name or request.path.startswith(reverse(place.name, args=[slug]))

"""The left navigation: pages in the order of the flow, as far as the member's role may see them."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from organizations.models import Member, Role


@dataclass(frozen=True)
class Place:
    name: str
    label: str | Promise
    icon: str
    role: Role


SETTINGS = Place("organizations:settings", _("Settings"), "settings", Role.OWNER)


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Context for base.html; empty outside an organization."""
    member: Member | None = getattr(request, "member", None)
    if member is None:
        return {}
    slug = member.organization.slug
    places = [_shown(place, reverse(place.name, args=[slug]), request) for place in _places() if member.may(place.role)]
    return {"organization": member.organization, "member": member, "places": places}


def _shown(place: Place, url: str, request: HttpRequest) -> dict[str, Any]:
    return {"label": place.label, "icon": place.icon, "url": url, "here": request.path.startswith(url)}


@cache
def _places() -> list[Place]:
    return [import_string(name) for name in settings.NAVIGATION]

"""The other organizations of whoever looks at the page, for the menu that leads there."""

from typing import Any

from django import template

from organizations.models import Organization

register = template.Library()


@register.simple_tag(takes_context=True)
def other_organizations(context: dict[str, Any]) -> list[Organization]:
    """By name; asked of the database once a request, although the menu is on the page twice."""
    request = context["request"]
    if not hasattr(request, "other_organizations"):
        present = request.user.memberships.present().exclude(organization=request.organization)
        found = present.select_related("organization").order_by("organization__name")
        request.other_organizations = [membership.organization for membership in found]
    return list(request.other_organizations)

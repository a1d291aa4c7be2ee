"""What this app puts on pages that are not its own: its place in the navigation, its part of a response's page."""

from django.utils.translation import gettext_lazy as _

from organizations.models import Role
from organizations.navigation import Place

CASES = Place("actions:cases", _("Cases"), "lifebuoy", Role.VIEWER)

PARTS = {"response.aside": "actions/_cases_of_response.html"}

"""What this app puts on pages that are not its own: its places in the navigation."""

from django.utils.translation import gettext_lazy as _

from organizations.models import Role
from organizations.navigation import Place

TOUCHPOINTS = Place("feedback:touchpoints", _("Touchpoints"), "send", Role.QUALITY_MANAGER)
CUSTOMERS = Place("feedback:customers", _("Customers"), "users", Role.CASE_WORKER)
RESPONSES = Place("feedback:responses", _("Responses"), "message", Role.CASE_WORKER)
MAIL = Place("feedback:outbox", _("Mail"), "mail", Role.QUALITY_MANAGER)

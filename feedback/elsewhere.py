"""What this app puts on pages that are not its own: its places in the navigation, its parts of a survey's pages."""

from django.utils.translation import gettext_lazy as _

from organizations.models import Role
from organizations.navigation import Place

TOUCHPOINTS = Place("feedback:touchpoints", _("Touchpoints"), "send", Role.QUALITY_MANAGER)
CUSTOMERS = Place("feedback:customers", _("Customers"), "users", Role.CASE_WORKER)
RESPONSES = Place("feedback:responses", _("Responses"), "message", Role.CASE_WORKER)
MAIL = Place("feedback:outbox", _("Mail"), "mail", Role.QUALITY_MANAGER)

PARTS = {
    "survey.top": "feedback/_survey_sent_by_nothing.html",
    "survey.aside": "feedback/_survey_touchpoints.html",
    "survey.preview": "feedback/_preview.html",
    "editor.bar": "feedback/_test_mail_menu.html",
    "editor.preview": "feedback/_preview_of_all.html",
    "editor.end": "feedback/_test_mail_form.html",
}

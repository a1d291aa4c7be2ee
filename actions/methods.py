"""What this app adds to the page that says how figures are made."""

from django.utils.translation import gettext_lazy as _

from dashboards.methods import Group

GROUPS = (
    Group(
        "effectiveness",
        _("Whether an action helped"),
        ("actions.effectiveness", "actions.before_after", "actions.interrupted"),
    ),
)

"""What members did to cases, in the words of the organization's record."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

WORDS: dict[str, str | Promise] = {
    "case.taken": _("took case %(id)s"),
    "case.assigned": _("gave case %(id)s to %(to)s"),
    "case.released": _("left case %(id)s to whoever is free"),
    "case.noted": _("wrote a note on case %(id)s"),
    "case.replied": _("answered the customer of case %(id)s"),
    "case.moved": _("moved case %(id)s on"),
    "case.due_changed": _("changed the due time of case %(id)s to %(due)s"),
    "case.closed": _("closed case %(id)s"),
    "case.reopened": _("reopened case %(id)s"),
    "cases.exported": ngettext_lazy("downloaded %(rows)s case", "downloaded %(rows)s cases", "rows"),
    "case_rules.changed": _("changed when cases open, when they are due and who gets them"),
}

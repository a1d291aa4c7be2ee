"""What members did to purchases, mails and responses, in the words of the organization's record."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

WORDS: dict[str, str | Promise] = {
    "interactions.file_brought": _("brought a file of purchases"),
    "interactions.file_mapped": _("said what the columns of file %(id)s mean"),
    "interactions.file_confirmed": _("had the purchases of file %(id)s recorded"),
    "interactions.file_cancelled": ngettext_lazy(
        "cancelled file %(id)s after %(recorded)s new purchase",
        "cancelled file %(id)s after %(recorded)s new purchases",
        "recorded",
    ),
    "interactions.recorded": ngettext_lazy(
        "brought %(new)s new purchase; known already: %(already_known)s",
        "brought %(new)s new purchases; known already: %(already_known)s",
        "new",
    ),
    "address.suppressed": _("stopped all mail to an address"),
    "address.released": _("let mail go to an address again"),
    "message.written": _("wrote mail %(id)s to a customer"),
    "survey.tested_by_mail": _("had a test of the survey “%(name)s” sent to herself"),
    "touchpoint.mail_worded": _("changed the words of the mails of “%(name)s” (%(languages)s)"),
    "message.marked_arrived": _("noted that mail %(id)s has arrived"),
    "message.sent_again": _("had mail %(id)s sent again"),
    "response.excluded": _("left response %(id)s out of the figures"),
    "response.included": _("counted response %(id)s again"),
    "responses.exported": ngettext_lazy("downloaded %(rows)s response", "downloaded %(rows)s responses", "rows"),
    "customers.exported": ngettext_lazy("downloaded %(rows)s customer", "downloaded %(rows)s customers", "rows"),
    "ledger.exported": _("downloaded the ledger of “%(name)s”"),
    "mails.exported": ngettext_lazy(
        "downloaded a list of %(rows)s mail", "downloaded a list of %(rows)s mails", "rows"
    ),
    "response.erased": _("erased response %(id)s"),
    "customer.erased": ngettext_lazy(
        "erased a customer, with %(responses)s response", "erased a customer, with %(responses)s responses", "responses"
    ),
}

"""What members did to surveys and touchpoints, in the words of the organization's record."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

WORDS: dict[str, str | Promise] = {
    "survey.created": _("created the survey “%(name)s”"),
    "survey.copied": _("copied the survey “%(name)s”"),
    "survey.renamed": _("renamed the survey “%(from)s” to “%(to)s”"),
    "survey.draft_begun": _("began version %(version)s of the survey “%(name)s”"),
    "survey.draft_saved": _("changed the draft of the survey “%(name)s”"),
    "survey.draft_discarded": _("threw away the draft of the survey “%(name)s”"),
    "survey.published": _("published version %(version)s of the survey “%(name)s”"),
    "survey.archived": _("archived the survey “%(name)s”"),
    "survey.brought_back": _("brought back the survey “%(name)s”"),
    "touchpoint.created": _("created the touchpoint “%(name)s”"),
    "touchpoint.changed": _("changed the touchpoint “%(name)s”"),
    "touchpoint.started": _("started the touchpoint “%(name)s”"),
    "touchpoint.paused": _("paused the touchpoint “%(name)s”"),
}

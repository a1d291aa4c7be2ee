"""Touchpoint → what it does, as a sentence that anybody can check."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from surveys.touchpoints import Timing


def in_words(timing: Timing, survey: str) -> str:
    return " ".join([_asks(timing.days_after, survey), _spares(timing), _ends(timing.open_for)])


def _asks(days: int, survey: str) -> str:
    if days == 0:
        return _("On the day of a purchase we send “%(survey)s”.") % {"survey": survey}
    sentence = ngettext(
        "%(days)s day after a purchase we send “%(survey)s”.",
        "%(days)s days after a purchase we send “%(survey)s”.",
        days,
    )
    return sentence % {"days": days, "survey": survey}


def _spares(timing: Timing) -> str:
    old = ngettext(
        "Nobody is asked about a purchase that is %(days)s day old or older.",
        "Nobody is asked about a purchase that is %(days)s days old or older.",
        timing.only_younger_than,
    ) % {"days": timing.only_younger_than}
    if timing.quiet_period == 0:
        return old
    quiet = ngettext(
        "Whoever was asked anything in the last day is left in peace.",
        "Whoever was asked anything in the last %(days)s days is left in peace.",
        timing.quiet_period,
    ) % {"days": timing.quiet_period}
    return f"{quiet} {old}"


def _ends(days: int) -> str:
    return ngettext("The link works for %(days)s day.", "The link works for %(days)s days.", days) % {"days": days}

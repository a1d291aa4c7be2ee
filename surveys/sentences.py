"""Touchpoint → what it does, as a sentence that anybody can check."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from surveys import logic, rule_rows, touchpoints
from surveys.models import Touchpoint
from surveys.rules import Rules, written
from surveys.touchpoints import Timing

# Rules speak of no question, so they need no questionnaire to be told.
_NO_QUESTIONS = {"pages": [], "base_language": ""}


def of(touchpoint: Touchpoint) -> str:
    """Of one with its survey."""
    return in_words(touchpoints.timing_of(touchpoint), touchpoint.survey.name, touchpoints.rules_of(touchpoint))


def in_words(timing: Timing, survey: str, rules: Rules = ()) -> str:
    # Whoever tells sources apart records more than purchases.
    any_kind = any((rule.source, rule.name) == ("interaction", "source") for rule in rules)
    asks, spares = _asks(timing.days_after, survey, any_kind=any_kind), _spares(timing, any_kind=any_kind)
    said = [asks, _means(rules), spares, _reminds(timing), _ends(timing.open_for)]
    return " ".join(filter(None, said))


def tests() -> list[tuple[str, str]]:
    """How a rule compares, as its row offers it."""
    return [(test, str(logic.OPERATORS[test])) for test in rule_rows.TESTS]


def _means(rules: Rules) -> str:
    if not rules:
        return ""
    return _("Only if %(rules)s.") % {"rules": logic.in_words({"all": written(rules)}, _NO_QUESTIONS)}


def _reminds(timing: Timing) -> str:
    if not timing.reminders:
        return ""
    days = {"days": timing.days_between}
    if timing.reminders == 1:
        sentence = ngettext(
            "Whoever has not answered is reminded once, %(days)s day later.",
            "Whoever has not answered is reminded once, %(days)s days later.",
            timing.days_between,
        )
        return sentence % days
    sentence = ngettext(
        "Whoever has not answered is reminded up to %(times)s times, each %(days)s day later.",
        "Whoever has not answered is reminded up to %(times)s times, each %(days)s days later.",
        timing.days_between,
    )
    return sentence % (days | {"times": timing.reminders})


def _asks(days: int, survey: str, *, any_kind: bool) -> str:
    if days == 0:
        sentence = (
            _("On the day of a purchase or contact we send “%(survey)s”.")
            if any_kind
            else _("On the day of a purchase we send “%(survey)s”.")
        )
    elif any_kind:
        sentence = ngettext(
            "%(days)s day after a purchase or contact we send “%(survey)s”.",
            "%(days)s days after a purchase or contact we send “%(survey)s”.",
            days,
        )
    else:
        sentence = ngettext(
            "%(days)s day after a purchase we send “%(survey)s”.",
            "%(days)s days after a purchase we send “%(survey)s”.",
            days,
        )
    return sentence % {"days": days, "survey": survey}


def _spares(timing: Timing, *, any_kind: bool) -> str:
    old = _too_old(timing.only_younger_than, any_kind=any_kind)
    if timing.quiet_period == 0:
        return old
    quiet = ngettext(
        "Whoever was asked anything in the last day is left in peace.",
        "Whoever was asked anything in the last %(days)s days is left in peace.",
        timing.quiet_period,
    ) % {"days": timing.quiet_period}
    return f"{quiet} {old}"


def _too_old(days: int, *, any_kind: bool) -> str:
    if any_kind:
        sentence = ngettext(
            "Nobody is asked about what is %(days)s day old or older.",
            "Nobody is asked about what is %(days)s days old or older.",
            days,
        )
    else:
        sentence = ngettext(
            "Nobody is asked about a purchase that is %(days)s day old or older.",
            "Nobody is asked about a purchase that is %(days)s days old or older.",
            days,
        )
    return sentence % {"days": days}


def _ends(days: int) -> str:
    return ngettext("The link works for %(days)s day.", "The link works for %(days)s days.", days) % {"days": days}

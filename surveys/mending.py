"""A fault of the document → what somebody reads who sees cards: questions by their words, not by their keys."""

import re
from dataclasses import replace

from surveys import editing, piping
from surveys.editing import Data
from surveys.faults import Fault, Problem, gettext_noop
from surveys.reading import EMPTY

STILL_EMPTY = ("empty", "no_base_wording")

EMPTY_PAGE = Problem("too_few", gettext_noop("This page has no question yet. Add one, or remove the page."))
NO_PAGE = Problem("too_few", gettext_noop("This survey asks nothing yet. Add a page with a question."))
NO_CHOICE = Problem("too_few", gettext_noop("Nothing can be chosen yet. Add a choice."))
NOTHING_TICKED = Problem("too_few", gettext_noop("Tick at least one value of the condition."))
NO_QUESTION_TEXT = Problem("empty", gettext_noop("Write what it says."))
NO_CHOICE_TEXT = Problem("empty", gettext_noop("Write what choice %(number)s says."))
NOT_COMPARED = Problem("not_compared", gettext_noop("Say what the condition compares with."))


def in_plain_words(fault: Fault, data: Data) -> Fault:
    """As somebody would say it who sees cards and not a document: questions by their words, not by their keys."""
    if fault.code == "too_few":
        name = re.sub(r".*\.", "", fault.where)
        words = {"questions": EMPTY_PAGE, "pages": NO_PAGE, "choices": NO_CHOICE}.get(name)
        if words is None and ".show_if" in fault.where:
            words = NOTHING_TICKED
        return words.at(fault.where) if words is not None else fault
    if fault.code in STILL_EMPTY:
        return _still_empty(fault.where)
    asked = {question["key"]: question for _, question in editing.questions(data)}
    question = asked.get(str(fault.params.get("key")))
    text = piping.plain((question.get("text") or {}).get(data["base_language"], "")) if question else ""
    return replace(fault, params={**fault.params, "key": text}) if text else fault


def _still_empty(where: str) -> Fault:
    if ".show_if" in where:
        return NOT_COMPARED.at(where)
    choice = re.search(r"\.choices\[(\d+)\]\.label", where)
    if choice is not None:
        return NO_CHOICE_TEXT.at(where, number=int(choice[1]) + 1)
    return NO_QUESTION_TEXT.at(where) if re.search(r"questions\[\d+\]\.text", where) else EMPTY.at(where)

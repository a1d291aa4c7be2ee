"""What pages of surveys need of templates: wordings, kinds, languages and faults as people read them."""

import re
from collections.abc import Iterable

from django import template
from django.utils.translation import gettext as _

from surveys import conditions, documents, fields, kinds, languages, logic, piping, questionnaire
from surveys.asked_if import Subject
from surveys.conditions import Condition
from surveys.document import Question
from surveys.editing import Data
from surveys.faults import Fault
from surveys.questionnaire import Questionnaire
from surveys.wording import Wording

register = template.Library()


@register.filter
def worded(wording: Wording, language: str) -> str:
    """The text in this language, else in whichever it has."""
    return piping.plain(wording.get(language) or next((text for _code, text in wording.pairs), ""))


@register.filter
def condition(show_if: Condition | Data, wording: Questionnaire | Data) -> str:
    """A show-if as a sentence; both as they are, or both as plain data."""
    if not isinstance(show_if, dict):
        show_if = conditions.to_data(show_if)
    if isinstance(wording, Questionnaire):
        wording = questionnaire.to_data(wording)
    return logic.in_words(show_if, wording)


@register.filter
def kind_title(question: Question) -> str:
    return _(kinds.of(question).title)


@register.filter
def language_name(code: str) -> str:
    return languages.name(code)


@register.filter
def said(fault: Fault) -> str:
    return documents.said(fault)


@register.filter
def anchor(fault: Fault) -> str:
    return fields.anchor(fault.where)


@register.filter
def language_of(fault: Fault) -> str:
    """The name of the language in which a text is at fault, when its column is not shown."""
    code = re.sub(r".*\.", "", fault.where)
    return languages.name(code) if languages.is_language(code) and ".show_if" not in fault.where else ""


@register.filter
def isolated(text: str) -> str:
    """A name that may run the other way, so that a number beside it stays where it is."""
    return f"\u2068{text}\u2069"


@register.filter
def place_anchor(place: str) -> str:
    return fields.anchor(place)


@register.filter
def is_gone(subject: str, subjects: Iterable[Subject]) -> bool:
    """A question that cannot be asked about here (any more)."""
    return subject.startswith("answer:") and subject not in {known.value for known in subjects}


@register.filter
def operator(test: str) -> str:
    return logic.operator(test)

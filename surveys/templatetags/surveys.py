"""What pages of surveys need of templates: wordings, kinds, languages and faults as people read them."""

import re

from django import template
from django.utils.translation import gettext as _

from surveys import cards, documents, kinds, languages
from surveys.document import Question
from surveys.faults import Fault
from surveys.wording import Wording

register = template.Library()


@register.filter
def worded(wording: Wording, language: str) -> str:
    """The text in this language, else in whichever it has."""
    return wording.get(language) or next((text for _code, text in wording.pairs), "")


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
    return cards.anchor(fault.where)


@register.filter
def language_of(fault: Fault) -> str:
    """The name of the language in which a text is at fault, when its column is not shown."""
    code = re.sub(r".*\.", "", fault.where)
    return languages.name(code) if languages.is_language(code) else ""

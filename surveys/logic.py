"""A show-if → the sentence that says it: Asked only if “How likely…” is 0 to 6."""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from surveys import editing, kinds, piping
from surveys.editing import Data
from surveys.kinds.scored import ScoredKind
from surveys.scales import Band, Scale

LONGEST = 60
OPERATORS: Mapping[str, str | Promise] = {
    "band": gettext_lazy("is in"),
    "is": gettext_lazy("is"),
    "is_not": gettext_lazy("is not"),
    "one_of": gettext_lazy("is one of"),
    "includes": gettext_lazy("includes"),
    "at_least": gettext_lazy("is at least"),
    "at_most": gettext_lazy("is at most"),
    "contains": gettext_lazy("contains"),
    "answered": gettext_lazy("is answered"),
    "unanswered": gettext_lazy("is not answered"),
    "known": gettext_lazy("is known"),
    "unknown": gettext_lazy("is not known"),
}
Asked = Mapping[str, Data]


def in_words(condition: Data, data: Data) -> str:
    """`condition` as it stands in the document `data`."""
    asked = {
        question["key"]: {**question, "number": number}
        for number, (_place, question) in enumerate(editing.questions(data), start=1)
    }
    return _says(condition, asked, data["base_language"])


def operator(test: str) -> str:
    """A comparison as a list to choose from says it."""
    return str(OPERATORS.get(test, test))


def _says(condition: Data, asked: Asked, base: str) -> str:
    for name, glue in (("all", _(" and ")), ("any", _(" or "))):
        if name in condition:
            return glue.join(_bracketed(part, asked, base) for part in condition[name])
    if "not" in condition:
        return _("not %(condition)s") % {"condition": _bracketed(condition["not"], asked, base)}
    subject = next(name for name in ("answer", "customer", "interaction") if name in condition)
    test = next(name for name in condition if name != subject)
    return _test(subject, condition[subject], test, condition[test], asked, base)


def _bracketed(part: Data, asked: Asked, base: str) -> str:
    said = _says(part, asked, base)
    return f"({said})" if "all" in part or "any" in part else said


def _test(subject: str, name: str, test: str, operand: Any, asked: Asked, base: str) -> str:
    question = asked.get(name, {}) if subject == "answer" else {}
    params = {"subject": _subject(subject, name, question, base), "value": _value(test, operand, question, base)}
    if test == "answered":
        return (_("%(subject)s is answered") if operand else _("%(subject)s is not answered")) % params
    if test == "known":
        return (_("%(subject)s is known") if operand else _("%(subject)s is not known")) % params
    sentences = {
        "is_not": _("%(subject)s is not %(value)s"),
        "at_least": _("%(subject)s is at least %(value)s"),
        "at_most": _("%(subject)s is at most %(value)s"),
        "contains": _("%(subject)s contains %(value)s"),
    }
    return sentences.get(test, _("%(subject)s is %(value)s")) % params


def _subject(subject: str, name: str, question: Data, base: str) -> str:
    if subject == "answer":
        text = piping.plain(question.get("text", {}).get(base, ""))
        if question and not text:
            return _("question %(number)s") % {"number": question["number"]}
        text = text or name
        return _("“%(text)s”") % {"text": Truncator(text).chars(LONGEST)}
    if subject == "customer":
        return _("the customer's “%(name)s”") % {"name": name}
    if name == "source":
        return _("the source")
    return _("the purchase's “%(name)s”") % {"name": name}


def _value(test: str, operand: Any, question: Data, base: str) -> str:
    values = operand if isinstance(operand, list) else [operand]
    if test == "band":
        kind = kinds.KINDS.get(question.get("kind", ""))
        if isinstance(kind, ScoredKind):
            return _(" or ").join(_range(kind.on, Band(value)) for value in values)
    labels = {choice["key"]: choice["label"].get(base) or "…" for choice in question.get("choices", ())}
    said = [f"“{labels[value]}”" if value in labels else str(value) or "…" for value in values]
    return _(" or ").join(said) or "…"


def _range(scale: Scale, band: Band) -> str:
    scores = list(scale.scores_of(band))
    if len(scores) == 1:
        return str(scores[0])
    return _("%(first)s to %(last)s") % {"first": scores[0], "last": scores[-1]}

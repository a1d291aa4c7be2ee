"""Editor's form → document: each field is named for its place in the document.

The document is plain data here and may be faulty half-way; `questionnaire.parse` judges it.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from surveys import asked_if_form, kinds, questionnaire
from surveys.answers import clean
from surveys.faults import Fault
from surveys.kinds.scored import ScoredKind

Data = dict[str, Any]
NUMBERS = ("at_least", "at_most", "limit")


@dataclass(frozen=True)
class Slot:
    """One text of the document in all its languages: `holder[name]`."""

    place: str
    holder: Data
    name: str
    is_optional: bool

    @property
    def texts(self) -> dict[str, str]:
        return self.holder.get(self.name) or {}


def slots(data: Data) -> Iterator[Slot]:
    for at, page in enumerate(data["pages"]):
        yield Slot(f"pages[{at}].title", page, "title", is_optional=True)
    for place, question in questions(data):
        yield from _slots_of(place, question)
    for at, ending in enumerate(data["endings"]):
        yield Slot(f"endings[{at}].title", ending, "title", is_optional=True)
        yield Slot(f"endings[{at}].text", ending, "text", is_optional=True)
    yield Slot("submit", data, "submit", is_optional=True)


def questions(data: Data) -> Iterator[tuple[str, Data]]:
    for at, page in enumerate(data["pages"]):
        for number, question in enumerate(page["questions"]):
            yield f"pages[{at}].questions[{number}]", question


def points(question: Data) -> list[str]:
    """The points of a scale that have a name, or usually have one; a name that was cleared can be given again."""
    kind = kinds.KINDS[question["kind"]]
    if not isinstance(kind, ScoredKind):
        return []
    named = {int(point) for point in question.get("labels", {})}
    return [str(point) for point in sorted(named | {kind.on.lowest, kind.on.highest, *kind.labels})]


def _slots_of(place: str, question: Data) -> Iterator[Slot]:
    yield Slot(f"{place}.text", question, "text", is_optional=False)
    yield Slot(f"{place}.help", question, "help", is_optional=True)
    for point in points(question):
        yield Slot(f"{place}.labels.{point}", question.setdefault("labels", {}), point, is_optional=True)
    for at, choice in enumerate(question.get("choices", ())):
        yield Slot(f"{place}.choices[{at}].label", choice, "label", is_optional=False)


# --- what was typed -------------------------------------------------------------------------------


def typed(data: Data, form: Mapping[str, str], shown: Sequence[str]) -> Data:
    """The document with what stands in the form's fields; names that are no place of it are passed over."""
    data = deepcopy(data)
    for slot in slots(data):
        texts = dict(slot.texts)
        for language in shown:
            name = f"{slot.place}.{language}"
            if name in form:
                texts[language] = clean(form[name])
        slot.holder[slot.name] = {language: text for language, text in texts.items() if text}
    for place, question in questions(data):
        if f"{place}.open" in form:
            _set_options(question, form, place)
    asked = {question["key"]: question for _, question in questions(data)}
    for place, part in [*questions(data), *((f"pages[{at}]", page) for at, page in enumerate(data["pages"]))]:
        condition = asked_if_form.read(form, f"{place}.show_if", part.get("show_if"), asked)
        part.pop("show_if", None)
        if condition is not None:
            part["show_if"] = condition
    return data


def _set_options(question: Data, form: Mapping[str, str], place: str) -> None:
    question["required"] = f"{place}.required" in form
    for name in ("look", "length"):
        if f"{place}.{name}" in form:
            question[name] = clean(form[f"{place}.{name}"])
    for name in NUMBERS:
        if f"{place}.{name}" in form:
            question[name] = _number(form[f"{place}.{name}"])
    for at, choice in enumerate(question.get("choices", ())):
        for flag in ("other", "exclusive"):
            choice[flag] = f"{place}.choices[{at}].{flag}" in form


def _number(text: str) -> int | str | None:
    """What is no number stays as it was typed, so that the page can show it beside its fault."""
    text = clean(text)[:40]
    if re.fullmatch(r"[0-9]{1,6}", text):
        return int(text)
    return text or None


def finished(data: Data) -> Data:
    """What is empty left out, as the document is stored."""
    data = deepcopy(data)
    for slot in slots(data):
        if slot.is_optional and not slot.texts:
            slot.holder.pop(slot.name, None)
    for _, question in questions(data):
        for name in ("look", "length", *NUMBERS):
            if question.get(name) in (None, ""):
                question.pop(name, None)
        if not question.get("required"):
            question.pop("required", None)
        for choice in question.get("choices", ()):
            for flag in ("other", "exclusive"):
                if not choice.get(flag):
                    choice.pop(flag, None)
    return data


def faults_of(data: Data) -> tuple[Fault, ...]:
    """What must be mended before customers can see it."""
    found = _faults(finished(data))
    if not found:
        return ()
    # What refers to nothing is judged only where all else is sound, and should be told at once.
    places = {fault.where for fault in found}
    return (*found, *(fault for fault in _faults(_dotted(data)) if fault.where not in places))


def _faults(document: Data) -> tuple[Fault, ...]:
    try:
        questionnaire.parse(document)
    except questionnaire.FaultyQuestionnaire as faulty:
        return faulty.faults
    return ()


def _dotted(data: Data) -> Data:
    """With dots where a wording is still to come."""
    data = finished(data)
    base = data["base_language"]
    for slot in slots(data):
        if not slot.is_optional and not slot.texts.get(base):
            slot.holder[slot.name] = {**slot.texts, base: "…"}
    for page in data["pages"]:
        page["questions"] = page["questions"] or [{"key": "new_0", "kind": "statement", "text": {base: "…"}}]
    return data


def missing(data: Data, language: str) -> int:
    """How many texts this language still lacks."""
    base = data["base_language"]
    return sum(1 for slot in slots(data) if slot.texts.get(base) and not slot.texts.get(language))


def missing_of(place: str, question: Data, shown: Sequence[str]) -> int:
    """How many texts of one question the languages beside the first still lack."""
    base, others = shown[0], shown[1:]
    told = [slot.texts for slot in _slots_of(place, question) if slot.texts.get(base)]
    return sum(1 for texts in told for language in others if not texts.get(language))


def changed_question(before: Data, after: Data) -> str:
    """The key of the one question that differs; "" where it is none or several, or the frame."""
    olds = {question["key"]: question for _, question in questions(before)}
    news = {question["key"]: question for _, question in questions(after)}
    differing = [key for key in news if news[key] != olds.get(key)]
    frames = [{**data, "pages": [{**page, "questions": ()} for page in data["pages"]]} for data in (before, after)]
    is_one = len(differing) == 1 and list(olds) == list(news) and frames[0] == frames[1]
    return str(differing[0]) if is_one else ""


def presentable(data: Data) -> questionnaire.Questionnaire | None:
    """For a preview while something is missing: dots where a wording is to come; None where that does not help."""
    data = _dotted(data)
    for _ in range(2):  # conditions are judged only where all else is sound
        for fault in _faults(data):
            _leave_out(data, fault.where)
    try:
        return questionnaire.parse(data)
    except questionnaire.FaultyQuestionnaire:
        return None


def _leave_out(data: Data, where: str) -> None:
    """A condition that cannot be judged shows what it is about."""
    for place, question in questions(data):
        if where.startswith(f"{place}.show_if"):
            question.pop("show_if", None)
    for at, page in enumerate(data["pages"]):
        if where.startswith(f"pages[{at}].show_if"):
            page.pop("show_if", None)


def in_languages(data: Data, codes: Sequence[str]) -> Data:
    """The document in these languages alone; the first is the base. It must have a wording in each."""
    data = deepcopy(data)
    for slot in slots(data):
        texts = {code: text for code, text in slot.texts.items() if code in codes}
        if texts:
            slot.holder[slot.name] = texts
        else:
            slot.holder.pop(slot.name, None)
    return data | {"base_language": codes[0], "languages": list(codes)}

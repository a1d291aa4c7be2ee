"""Draft → what is published: new questions and choices get the lasting keys that their wording gives."""

import re
from collections.abc import Collection, Mapping
from copy import deepcopy

from surveys import editing, kinds, naming, piping
from surveys.editing import Data
from surveys.kinds.scored import ScoredKind

FRESH = re.compile(r"new_\d+")  # a key that its wording replaces when it is published


def settled(data: Data, taken: Mapping[str, Collection[str]]) -> Data:
    """`taken` holds every question key of former versions, each with its choices' keys: none of them is given twice."""
    data = deepcopy(data)
    base = data["base_language"]
    keys = {question["key"] for _, question in editing.questions(data)} | set(taken)
    names: dict[str, str] = {}
    choices: dict[str, dict[str, str]] = {}
    for _, question in editing.questions(data):
        was = question["key"]
        choices[was] = _name_choices(question, taken.get(was, ()), base)
        if FRESH.fullmatch(was) and was not in taken:
            question["key"] = names[was] = _key(question, base, keys)
            keys.add(question["key"])
    _refer(data, names, choices)
    return data


def _key(question: Data, base: str, keys: Collection[str]) -> str:
    is_scored = isinstance(kinds.KINDS[question["kind"]], ScoredKind)
    text = "" if is_scored else question.get("text", {}).get(base, "")
    return naming.key_for(text, instead=question["kind"], taken=keys)


def _name_choices(question: Data, known: Collection[str], base: str) -> dict[str, str]:
    names: dict[str, str] = {}
    used = {choice["key"] for choice in question.get("choices", ())} | set(known)
    for choice in question.get("choices", ()):
        was = choice["key"]
        if FRESH.fullmatch(was) and was not in known:
            choice["key"] = names[was] = naming.key_for(choice["label"].get(base, ""), instead="choice", taken=used)
            used.add(choice["key"])
    return names


def _refer(data: Data, names: Mapping[str, str], choices: Mapping[str, Mapping[str, str]]) -> None:
    """Whatever spoke of the old keys speaks of the new ones."""
    for part in [*data["pages"], *(question for _, question in editing.questions(data)), *data["endings"]]:
        if "show_if" in part:
            part["show_if"] = _condition(part["show_if"], names, choices)
    for slot in editing.slots(data):
        for language, text in slot.texts.items():
            slot.texts[language] = piping.PIPE.sub(lambda found: _pipe(found, names), text)


def _condition(part: Data, names: Mapping[str, str], choices: Mapping[str, Mapping[str, str]]) -> Data:
    for group in ("all", "any"):
        if group in part:
            return {group: [_condition(inner, names, choices) for inner in part[group]]}
    if "not" in part:
        return {"not": _condition(part["not"], names, choices)}
    if "answer" not in part:
        return part
    renamed = choices.get(part["answer"], {})

    def told(operand: object) -> object:
        if isinstance(operand, list):
            return [told(value) for value in operand]
        return renamed.get(operand, operand) if isinstance(operand, str) else operand

    tests = {test: told(operand) for test, operand in part.items() if test != "answer"}
    return {"answer": names.get(part["answer"], part["answer"]), **tests}


def _pipe(found: re.Match[str], names: Mapping[str, str]) -> str:
    name = found["name"].strip()
    if found["source"].strip() != "answer" or name not in names:
        return found[0]
    return f"{{{{answer:{names[name]}|{found['fallback']}}}}}"

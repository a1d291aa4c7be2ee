"""Editor's form ⇄ document: each field is named for its place in the document, each button is one change to it.

The document is plain data here and may be faulty half-way; `questionnaire.parse` judges it when it is saved.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from surveys import kinds, languages, naming
from surveys.answers import clean
from surveys.kinds.scored import ScoredKind

Data = dict[str, Any]
PLACE = re.compile(r"pages\[(\d{1,4})\](?:\.questions\[(\d{1,4})\](?:\.choices\[(\d{1,4})\])?)?")
FRESH = re.compile(r"new_\d+")  # a key that its wording will replace when it is saved


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


def _slots_of(place: str, question: Data) -> Iterator[Slot]:
    yield Slot(f"{place}.text", question, "text", is_optional=False)
    yield Slot(f"{place}.help", question, "help", is_optional=True)
    for point in question.get("labels", {}):
        yield Slot(f"{place}.labels.{point}", question["labels"], point, is_optional=True)
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
    return data


def _set_options(question: Data, form: Mapping[str, str], place: str) -> None:
    question["required"] = f"{place}.required" in form
    for name in ("look", "length"):
        if f"{place}.{name}" in form:
            question[name] = clean(form[f"{place}.{name}"])
    for name in ("at_least", "at_most"):
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


def finished(data: Data, taken: Mapping[str, Collection[str]]) -> Data:
    """Ready to be parsed: what is empty left out, new questions and choices named for what they say.

    `taken` holds every question key of former versions, each with its choices' keys: none of them is given twice.
    """
    data = deepcopy(data)
    for slot in slots(data):
        if slot.is_optional and not slot.texts:
            slot.holder.pop(slot.name, None)
    for _, question in questions(data):
        for name in ("look", "length", "at_least", "at_most"):
            if question.get(name) in (None, ""):
                question.pop(name, None)
        for choice in question.get("choices", ()):
            for flag in ("other", "exclusive"):
                if not choice.get(flag):
                    choice.pop(flag, None)
    _name_new_ones(data, taken)
    return data


def _name_new_ones(data: Data, taken: Mapping[str, Collection[str]]) -> None:
    base = data["base_language"]
    keys = {question["key"] for _, question in questions(data)} | set(taken)
    for _, question in questions(data):
        if FRESH.fullmatch(question["key"]) and question["key"] not in taken:
            is_scored = isinstance(kinds.KINDS.get(question["kind"]), ScoredKind)
            text = "" if is_scored else question.get("text", {}).get(base, "")
            question["key"] = naming.key_for(text, instead=question["kind"], taken=keys)
            keys.add(question["key"])
        known = set(taken.get(question["key"], ()))
        used = {choice["key"] for choice in question.get("choices", ())} | known
        for choice in question.get("choices", ()):
            if FRESH.fullmatch(choice["key"]) and choice["key"] not in known:
                choice["key"] = naming.key_for(choice["label"].get(base, ""), instead="choice", taken=used)
                used.add(choice["key"])


# --- buttons --------------------------------------------------------------------------------------


def pressed(data: Data, button: str) -> Data:
    """The document after a button such as «up:pages[0].questions[2]»; an unknown button changes nothing."""
    verb, _, rest = button.partition(":")
    act = BUTTONS.get(verb)
    if act is None:
        return data
    changed = deepcopy(data)
    try:
        act(changed, rest)
    except (IndexError, KeyError):
        return data
    return changed


def _at(place: str) -> tuple[int, int | None, int | None]:
    found = PLACE.fullmatch(place)
    if found is None:
        raise KeyError(place)
    page, question, choice = (None if part is None else int(part) for part in found.groups())
    assert page is not None
    return page, question, choice


def _move(data: Data, place: str, step: int) -> None:
    page, question, choice = _at(place)
    if question is None:
        _swap(data["pages"], page, step)
    elif choice is not None:
        _swap(data["pages"][page]["questions"][question]["choices"], choice, step)
    elif not _swap(data["pages"][page]["questions"], question, step) and 0 <= page + step < len(data["pages"]):
        moved = data["pages"][page]["questions"].pop(question)
        next_page = data["pages"][page + step]["questions"]
        next_page.insert(0 if step > 0 else len(next_page), moved)


def _swap(items: list[Data], at: int, step: int) -> bool:
    items[at]  # a place that is not there raises
    if not 0 <= at + step < len(items):
        return False
    items[at], items[at + step] = items[at + step], items[at]
    return True


def _remove(data: Data, place: str) -> None:
    page, question, choice = _at(place)
    if question is None:
        del data["pages"][page]
    elif choice is None:
        del data["pages"][page]["questions"][question]
    else:
        del data["pages"][page]["questions"][question]["choices"][choice]


def _add(data: Data, rest: str) -> None:
    """«pages[1]/csat»"""
    place, _, name = rest.partition("/")
    page, kind = _at(place)[0], kinds.KINDS[name]
    asked: Data = {"key": _fresh(data), "kind": name, "text": {}, "required": False}
    if isinstance(kind, ScoredKind):
        asked["labels"] = {str(point): {} for point in sorted({kind.on.lowest, kind.on.highest, *kind.labels})}
    if "choices" in kind.needs:
        asked["choices"] = [{"key": f"new_{number}", "label": {}} for number in (1, 2)]
    data["pages"][page]["questions"].append(asked)
    for language in data["languages"]:
        _fill(asked, language)


def _add_choice(data: Data, place: str) -> None:
    page, question, _ = _at(place)
    if question is None:
        raise KeyError(place)
    choices = data["pages"][page]["questions"][question]["choices"]
    choices.append({"key": _unused({choice["key"] for choice in choices}), "label": {}})


def _add_page(data: Data, rest: str) -> None:
    data["pages"].append({"questions": []})


def _add_language(data: Data, code: str) -> None:
    if not languages.is_language(code) or code in data["languages"]:
        return
    data["languages"].append(code)
    for _, question in questions(data):
        _fill(question, code, like=data["base_language"])


def _remove_language(data: Data, code: str) -> None:
    if code == data["base_language"] or code not in data["languages"]:
        return
    data["languages"].remove(code)
    for slot in slots(data):
        slot.texts.pop(code, None)


def _fill(question: Data, language: str, *, like: str | None = None) -> None:
    """The kind's own wording where there is none yet; only where the language `like` still has the kind's own."""
    kind = kinds.KINDS[question["kind"]]
    wordings = [(question["text"], kind.texts)]
    if isinstance(kind, ScoredKind):
        wordings += [(question["labels"].get(str(point), {}), texts) for point, texts in kind.labels.items()]
    for wording, own in wordings:
        is_own = like is None or wording.get(like) == own.get(like)
        if is_own and language in own:
            wording.setdefault(language, own[language])


def _fresh(data: Data) -> str:
    return _unused({question["key"] for _, question in questions(data)})


def _unused(keys: Collection[str]) -> str:
    number = 1
    while f"new_{number}" in keys:
        number += 1
    return f"new_{number}"


BUTTONS: Mapping[str, Callable[[Data, str], None]] = {
    "up": lambda data, place: _move(data, place, -1),
    "down": lambda data, place: _move(data, place, 1),
    "remove": _remove,
    "add": _add,
    "add-choice": _add_choice,
    "add-page": _add_page,
    "add-language": _add_language,
    "remove-language": _remove_language,
}


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

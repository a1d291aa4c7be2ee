"""Document after a button: each button of the editor is one change, named for what it does and for the place."""

import re
from collections.abc import Callable, Collection, Mapping
from copy import deepcopy

from surveys import asked_if, kinds, languages, show_if
from surveys.editing import Data, questions, slots
from surveys.kinds.scored import ScoredKind
from surveys.words import OTHER

PLACE = re.compile(r"pages\[(\d{1,4})\](?:\.questions\[(\d{1,4})\](?:\.choices\[(\d{1,4})\])?)?")


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


def _put(data: Data, rest: str) -> None:
    """«pages[0].questions[2]/pages[1].questions[0]»: dragged there, before what stands there."""
    source, _, target = rest.partition("/")
    page, question, choice = _at(source)
    to_page, to_question, to_choice = _at(target)
    if question is None or to_question is None or (choice is None) != (to_choice is None):
        raise KeyError(rest)
    if choice is None or to_choice is None:
        _transfer(data["pages"][page]["questions"], question, data["pages"][to_page]["questions"], to_question)
    elif (page, question) == (to_page, to_question):
        choices = data["pages"][page]["questions"][question]["choices"]
        _transfer(choices, choice, choices, to_choice)


def _transfer(here: list[Data], at: int, there: list[Data], before: int) -> None:
    moved = here.pop(at)
    there.insert(before - 1 if here is there and at < before else before, moved)


def _to_page(data: Data, rest: str) -> None:
    """«pages[0].questions[2]/pages[1]»: to the end of that page."""
    source, _, target = rest.partition("/")
    page, question, choice = _at(source)
    to_page, to_question, _none = _at(target)
    if question is None or choice is not None or to_question is not None:
        raise KeyError(rest)
    there = data["pages"][to_page]["questions"]
    _transfer(data["pages"][page]["questions"], question, there, len(there))


def _duplicate(data: Data, place: str) -> None:
    page, question, choice = _at(place)
    if question is None or choice is not None:
        raise KeyError(place)
    asked = data["pages"][page]["questions"]
    asked.insert(question + 1, {**deepcopy(asked[question]), "key": _fresh(data)})


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
    # "Something else" stays the last one.
    at = len(choices) - (1 if choices and choices[-1].get("other") else 0)
    choices.insert(at, {"key": _unused({choice["key"] for choice in choices}), "label": {}})


def _add_other(data: Data, place: str) -> None:
    page, question, _ = _at(place)
    if question is None:
        raise KeyError(place)
    choices = data["pages"][page]["questions"][question]["choices"]
    if not any(choice.get("other") for choice in choices):
        label = {code: OTHER[code] for code in data["languages"] if code in OTHER}
        choices.append({"key": _unused({choice["key"] for choice in choices}), "label": label, "other": True})


def _add_page(data: Data, rest: str) -> None:
    data["pages"].append({"questions": []})


def _add_row(data: Data, place: str) -> None:
    holder = _holder(data, place)
    row = asked_if.first_row(data, place)
    holder["show_if"] = show_if.joined(
        [*show_if.parts(holder.get("show_if")), row], show_if.glue(holder.get("show_if"))
    )


def _drop_row(data: Data, rest: str) -> None:
    """«pages[1].questions[0]/2»"""
    place, _, number = rest.partition("/")
    holder = _holder(data, place)
    rows = show_if.parts(holder.get("show_if"))
    if not number.isascii() or not number.isdigit():
        raise KeyError(rest)
    del rows[int(number[:4])]
    condition = show_if.joined(rows, show_if.glue(holder.get("show_if")))
    holder.pop("show_if", None)
    if condition is not None:
        holder["show_if"] = condition


def _holder(data: Data, place: str) -> Data:
    page, question, choice = _at(place)
    if choice is not None:
        raise KeyError(place)
    holder: Data = data["pages"][page] if question is None else data["pages"][page]["questions"][question]
    return holder


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
    "put": _put,
    "to-page": _to_page,
    "duplicate": _duplicate,
    "remove": _remove,
    "add": _add,
    "add-choice": _add_choice,
    "add-other": _add_other,
    "add-page": _add_page,
    "add-row": _add_row,
    "drop-row": _drop_row,
    "add-language": _add_language,
    "remove-language": _remove_language,
}

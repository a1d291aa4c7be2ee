"""A show-if ⇄ rows of a form: what is asked about, how it is compared, and with what; nested groups stay."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from surveys import kinds, piping
from surveys.answers import clean
from surveys.kinds.scored import ScoredKind
from surveys.scales import Band

Data = dict[str, Any]
Asked = Mapping[str, Data]
Control = Literal["", "bands", "points", "point", "choices", "choice", "word", "words", "number"]

SOURCES = ("customer", "interaction")
ATTRIBUTE_TESTS = ("is", "is_not", "one_of", "at_least", "at_most", "contains", "known", "unknown")
USUAL = {"customer": "language", "interaction": "product"}  # what nearly every shop sends
KNOWN_DETAILS = {
    "customer": ("language", "country", "name", "first_name", "segment"),
    "interaction": ("product", "amount", "currency", "store", "channel"),
}
OPPOSITES = {"unanswered": "answered", "unknown": "known"}
LISTS = ("bands", "points", "choices")
LONGEST = 200
NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,14})")


@dataclass(frozen=True)
class Option:
    value: str
    label: str
    is_chosen: bool


@dataclass(frozen=True)
class Row:
    """`part` as a sentence is all there is where it is not plain."""

    place: str
    part: Data
    is_plain: bool
    subject: str = ""
    name: str = ""
    test: str = ""
    tests: tuple[str, ...] = ()
    control: Control = ""
    options: tuple[Option, ...] = ()
    value: str = ""


@dataclass(frozen=True)
class Subject:
    value: str
    number: int
    text: str


@dataclass(frozen=True)
class AskedIf:
    place: str
    glue: str
    rows: tuple[Row, ...]
    subjects: tuple[Subject, ...]


def parts(condition: Data | None) -> list[Data]:
    if not condition:
        return []
    for group in ("all", "any"):
        if group in condition:
            return list(condition[group])
    return [condition]


def glue(condition: Data | None) -> str:
    return "any" if condition and "any" in condition else "all"


def joined(rows: Sequence[Data], how: str) -> Data | None:
    if not rows:
        return None
    if how == "any":
        return {"any": list(rows)}
    # One part that is a group of its own would lose its brackets.
    return rows[0] if len(rows) == 1 and not {"all", "any"} & set(rows[0]) else {"all": list(rows)}


def sheet(data: Data, holder: str, condition: Data | None) -> AskedIf:
    """Of the question or the page whose place is `holder`."""
    place = f"{holder}.show_if"
    if not condition:  # most have none, and every question would look at all the others
        return AskedIf(place, "all", (), ())
    asked = _asked(data)
    subjects = tuple(
        Subject(f"answer:{question['key']}", number, _text(question, data["base_language"]))
        for number, question in _before(data, holder)
    )
    rows = tuple(_row(f"{place}[{at}]", part, asked, data["base_language"]) for at, part in enumerate(parts(condition)))
    return AskedIf(place, glue(condition), rows, subjects)


def first_row(data: Data, holder: str) -> Data:
    """About the question just before; about the customer where there is none."""
    before = _before(data, holder)
    if not before:
        return _usual("customer", USUAL["customer"], {})
    question = before[-1][1]
    return _usual("answer", question["key"], question)


def read(form: Mapping[str, str], place: str, condition: Data | None, asked: Asked) -> Data | None:
    """The condition with what stands in the form's rows; rows that the form does not have stay."""
    if f"{place}.rows" not in form:
        return condition
    how = form.get(f"{place}.glue", glue(condition))
    return joined([_read(form, f"{place}[{at}]", part, asked) for at, part in enumerate(parts(condition))], how)


# --- one row --------------------------------------------------------------------------------------


def _row(place: str, part: Data, asked: Asked, base: str) -> Row:
    source = _source(part)
    if source is None:
        return Row(place, part, is_plain=False)
    name, test, operand = part[source], *_test(part, source)
    question = asked.get(name, {}) if source == "answer" else {}
    tests = _tests(source, question)
    control = _control(source, question, test)
    values = [str(value) for value in _listed(operand)]
    return Row(
        place,
        part,
        is_plain=True,
        subject=f"answer:{name}" if source == "answer" else source,
        name="" if source == "answer" else name,
        test=test,
        tests=tests if test in tests else (test, *tests),
        control=control,
        options=tuple(Option(value, label, value in values) for value, label in _options(question, control, base)),
        value=", ".join(values),
    )


def _read(form: Mapping[str, str], place: str, part: Data, asked: Asked) -> Data:
    source = _source(part)
    subject = form.get(f"{place}.subject", "")
    if source is None or not subject:
        return part
    wanted, _, key = subject.partition(":")
    if wanted not in ("answer", *SOURCES):
        return part
    name = key if wanted == "answer" else clean(form.get(f"{place}.name", ""))[:LONGEST]
    question = asked.get(name, {}) if wanted == "answer" else {}
    if wanted != source or (wanted == "answer" and name != part[source]):
        is_known = wanted != "answer" or bool(question)
        return _usual(wanted, name or USUAL.get(wanted, ""), question) if is_known else part
    was, operand = _test(part, source)
    test = form.get(f"{place}.test", was)
    if test not in (was, *_tests(source, question)):
        test = was
    if test == was:
        operand = _operand(form, f"{place}.value", operand, source, question, test)
    else:
        operand = _converted(operand, _control(source, question, test), question)
    return _part(source, name, test, operand)


def _source(part: Data) -> str | None:
    """None of a group, and of whatever else a row cannot show."""
    found = next((name for name in ("answer", *SOURCES) if name in part), None)
    return found if found is not None and len(part) == 2 and isinstance(part[found], str) else None


def _test(part: Data, source: str) -> tuple[str, Any]:
    test = next(name for name in part if name != source)
    for opposite, test_of in OPPOSITES.items():
        if test == test_of and part[test] is False:
            return opposite, False
    return test, part[test]


def _part(source: str, name: str, test: str, operand: Any) -> Data:
    if test in OPPOSITES:
        return {source: name, OPPOSITES[test]: False}
    return {source: name, test: True if test in OPPOSITES.values() else operand}


def _usual(source: str, name: str, question: Data) -> Data:
    if source != "answer":
        return {source: name, "is": ""}
    kind = kinds.KINDS[question["kind"]]
    if isinstance(kind, ScoredKind):
        return {source: name, "band": [Band.LOW.value]}
    if question.get("choices"):
        return {source: name, "one_of": [question["choices"][0]["key"]]}
    return {source: name, "answered": True}


def _tests(source: str, question: Data) -> tuple[str, ...]:
    if source != "answer":
        return ATTRIBUTE_TESTS
    kind = kinds.KINDS.get(question.get("kind", ""))
    if kind is None or not kind.tests:
        return ()
    compared = [test for test in kind.tests if test not in ("answered", "includes")]
    return (*sorted(compared, key=lambda test: test != "band"), "answered", "unanswered")


def _control(source: str, question: Data, test: str) -> Control:
    if test in ("answered", "unanswered", "known", "unknown"):
        return ""
    if source != "answer":
        return {"at_least": "number", "at_most": "number", "one_of": "words"}.get(test, "word")  # type: ignore[return-value]  # a literal each
    if isinstance(kinds.KINDS.get(question.get("kind", "")), ScoredKind):
        return {"band": "bands", "one_of": "points"}.get(test, "point")  # type: ignore[return-value]  # a literal each
    if question.get("choices"):
        return "choices" if test == "one_of" else "choice"
    return ""  # a question that is gone, or one of which only its being answered counts


def _options(question: Data, control: Control, base: str) -> list[tuple[str, str]]:
    kind = kinds.KINDS.get(question.get("kind", ""))
    if isinstance(kind, ScoredKind):
        if control == "bands":
            ranges = [(band, kind.on.scores_of(band)) for band in Band]
            return [(band.value, _span(scores)) for band, scores in ranges]
        return [(str(point), str(point)) for point in kind.on.points] if control in ("point", "points") else []
    if control in ("choice", "choices"):
        return [(choice["key"], (choice.get("label") or {}).get(base) or "…") for choice in question.get("choices", ())]
    return []


def _span(scores: range) -> str:
    return str(scores[0]) if len(scores) == 1 else f"{scores[0]}–{scores[-1]}"


# --- what it is compared with ---------------------------------------------------------------------


def _operand(form: Mapping[str, str], place: str, was: Any, source: str, question: Data, test: str) -> Any:
    control = _control(source, question, test)
    if control in LISTS:
        known = [value for value, _ in _options(question, control, "")]
        ticked = [value for value in known if f"{place}.{value}" in form]
        return was if ticked == [str(value) for value in _listed(was)] else [_value(value, control) for value in ticked]
    if not control or place not in form:
        return was
    text = clean(form[place])[:LONGEST]
    if text == ", ".join(str(value) for value in _listed(was)):
        return was
    if control == "words":
        return [_value(word.strip(), control) for word in text.split(",") if word.strip()]
    return _value(text, control)


def _converted(operand: Any, control: Control, question: Data) -> Any:
    """What was compared with before, as far as the other test knows it."""
    values = [str(value) for value in _listed(operand)]
    options = [value for value, _ in _options(question, control, "")]
    if control in LISTS:
        kept = [value for value in options if value in values] or options[:1]
        return [_value(value, control) for value in kept]
    if control in ("point", "choice"):
        kept = [value for value in values if value in options] or options[:1]
        return _value(kept[0], control) if kept else ""
    words = [_value(value, control) for value in values]
    return words if control == "words" else (words[0] if words else "")


def _value(text: str, control: Control) -> str | int:
    """Numbers as numbers: «5» means 5, «05» is a word."""
    is_number = control in ("point", "points", "number", "word", "words") and NUMBER.fullmatch(text)
    return int(text) if is_number else text


def _listed(operand: Any) -> list[Any]:
    if isinstance(operand, bool) or operand is None:
        return []
    return list(operand) if isinstance(operand, list | tuple) else [operand]


# --- the document ---------------------------------------------------------------------------------


def _asked(data: Data) -> dict[str, Data]:
    return {question["key"]: question for page in data["pages"] for question in page["questions"]}


def _before(data: Data, holder: str) -> list[tuple[int, Data]]:
    """The questions that are answered before this place, with their numbers."""
    found: list[tuple[int, Data]] = []
    number = 0
    for at, page in enumerate(data["pages"]):
        if holder == f"pages[{at}]":
            return found
        for position, question in enumerate(page["questions"]):
            if holder == f"pages[{at}].questions[{position}]":
                return found
            number += 1
            if kinds.KINDS[question["kind"]].tests:
                found.append((number, question))
    return found


def _text(question: Data, base: str) -> str:
    return piping.plain((question.get("text") or {}).get(base, ""))

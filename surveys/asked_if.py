"""A show-if → rows of a form: what is asked about, how it is compared, and with what."""

from collections.abc import Mapping
from dataclasses import dataclass

from surveys import kinds, piping, show_if
from surveys.show_if import Control, Data

KNOWN_DETAILS = {
    "customer": ("language", "country", "name", "first_name", "segment"),
    "interaction": ("product", "amount", "currency", "store", "channel"),
}


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
    rows = tuple(
        _row(f"{place}[{at}]", part, asked, data["base_language"]) for at, part in enumerate(show_if.parts(condition))
    )
    return AskedIf(place, show_if.glue(condition), rows, subjects)


def first_row(data: Data, holder: str) -> Data:
    """About the question just before; about the customer where there is none."""
    before = _before(data, holder)
    if not before:
        return show_if.usual("customer", show_if.USUAL["customer"], {})
    question = before[-1][1]
    return show_if.usual("answer", question["key"], question)


def _row(place: str, part: Data, asked: Mapping[str, Data], base: str) -> Row:
    source = show_if.source_of(part)
    if source is None:
        return Row(place, part, is_plain=False)
    name, test, operand = part[source], *show_if.test_of(part, source)
    question = asked.get(name, {}) if source == "answer" else {}
    tests = show_if.tests_of(source, question)
    control = show_if.control_of(source, question, test)
    values = [str(value) for value in show_if.listed(operand)]
    return Row(
        place,
        part,
        is_plain=True,
        subject=f"answer:{name}" if source == "answer" else source,
        name="" if source == "answer" else name,
        test=test,
        tests=tests if test in tests else (test, *tests),
        control=control,
        options=tuple(
            Option(value, label, value in values) for value, label in show_if.options_of(question, control, base)
        ),
        value=", ".join(values),
    )


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

"""Document + faults → the cards that the editor draws, each fault beside the field that it is about."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from surveys import editing, kinds, languages
from surveys.editing import Data
from surveys.faults import Fault

# A form with more fields than a request may carry would lose what was typed: then one question is open at a time.
MOST_OPEN_FIELDS = 900


@dataclass(frozen=True)
class Field:
    name: str
    value: str
    language: str
    faults: tuple[Fault, ...]

    @property
    def id(self) -> str:
        return anchor(self.name)

    @property
    def language_name(self) -> str:
        return languages.name(self.language)

    @property
    def direction(self) -> str:
        return languages.direction(self.language)


@dataclass(frozen=True)
class Setting:
    """A field that is the same in all languages."""

    name: str
    value: Any
    faults: tuple[Fault, ...]

    @property
    def id(self) -> str:
        return anchor(self.name)


@dataclass(frozen=True)
class ChoiceRow:
    place: str
    key: str
    label: tuple[Field, ...]
    other: Setting
    exclusive: Setting
    faults: tuple[Fault, ...]


@dataclass(frozen=True)
class QuestionCard:
    place: str
    number: int
    key: str
    kind: str
    title: str  # the kind's, in English, for translation
    summary: str
    is_open: bool
    is_first: bool
    is_last: bool
    text: tuple[Field, ...]
    help: tuple[Field, ...]
    labels: tuple[tuple[str, tuple[Field, ...]], ...]
    choices: tuple[ChoiceRow, ...]
    required: Setting | None
    look: Setting | None
    looks: tuple[str, ...]
    length: Setting | None
    bounds: tuple[tuple[str, Setting], ...]
    several: bool
    show_if: Data | None
    faults: tuple[Fault, ...]
    unfolds: bool  # something in its folded part must be mended

    @property
    def id(self) -> str:
        return f"question-{self.key}"

    @property
    def is_new(self) -> bool:
        """Its key is not settled yet."""
        return editing.FRESH.fullmatch(self.key) is not None


@dataclass(frozen=True)
class PageCard:
    place: str
    number: int
    title: tuple[Field, ...]
    questions: tuple[QuestionCard, ...]
    show_if: Data | None
    faults: tuple[Fault, ...]


@dataclass(frozen=True)
class EndingCard:
    title: tuple[Field, ...]
    text: tuple[Field, ...]
    faults: tuple[Fault, ...]


@dataclass(frozen=True)
class Sheet:
    pages: tuple[PageCard, ...]
    endings: tuple[EndingCard, ...]
    submit: tuple[Field, ...]
    faults: tuple[Fault, ...]  # those that belong to no card


@dataclass
class _Drawing:
    """Hands out each fault once: to its field, else to its card, else to the sheet."""

    shown: Sequence[str]
    faults: list[Fault]
    open_only: str | None  # a question's key; None: all are open
    count: int = field(default=0)

    def take(self, place: str) -> tuple[Fault, ...]:
        found = tuple(fault for fault in self.faults if fault.where == place)
        return self._taken(found)

    def take_within(self, place: str) -> tuple[Fault, ...]:
        return self._taken(
            tuple(fault for fault in self.faults if re.match(re.escape(place) + r"(?![0-9a-z_])", fault.where))
        )

    def _taken(self, found: tuple[Fault, ...]) -> tuple[Fault, ...]:
        if found:
            self.faults = [fault for fault in self.faults if fault not in found]
        return found

    def texts(self, place: str, wording: dict[str, str] | None) -> tuple[Field, ...]:
        return tuple(
            Field(f"{place}.{code}", (wording or {}).get(code, ""), code, self.take(f"{place}.{code}"))
            for code in self.shown
        )

    def setting(self, place: str, value: Any) -> Setting:
        return Setting(place, value, self.take(place))


def anchor(place: str) -> str:
    """A place as an id: pages[0].title.en → f-pages-0-title-en."""
    return "f-" + re.sub(r"[^A-Za-z0-9_]+", "-", place)


def sheet(data: Data, *, shown: Sequence[str], faults: Iterable[Fault] = (), opened: str = "") -> Sheet:
    """`shown` are the languages side by side; `opened` the question to open where not all can be."""
    drawing = _Drawing(shown, list(faults), None if _fields(data, shown) <= MOST_OPEN_FIELDS else opened)
    pages = tuple(_page(drawing, data, at, page) for at, page in enumerate(data["pages"]))
    endings = tuple(_ending(drawing, f"endings[{at}]", ending) for at, ending in enumerate(data["endings"]))
    submit = drawing.texts("submit", data.get("submit"))
    return Sheet(pages, endings, submit, tuple(drawing.faults))


def _fields(data: Data, shown: Sequence[str]) -> int:
    choices = sum(len(question.get("choices", ())) for _, question in editing.questions(data))
    return len(shown) * sum(1 for _ in editing.slots(data)) + 3 * choices


def _page(drawing: _Drawing, data: Data, at: int, page: Data) -> PageCard:
    place = f"pages[{at}]"
    title = drawing.texts(f"{place}.title", page.get("title"))
    questions = tuple(_question(drawing, data, at, number, asked) for number, asked in enumerate(page["questions"]))
    return PageCard(place, at + 1, title, questions, page.get("show_if"), drawing.take_within(place))


def _question(drawing: _Drawing, data: Data, page: int, number: int, asked: Data) -> QuestionCard:
    place, kind = f"pages[{page}].questions[{number}]", kinds.KINDS[asked["kind"]]
    text = drawing.texts(f"{place}.text", asked.get("text"))
    drawing.count += 1
    choices = tuple(
        _choice(drawing, f"{place}.choices[{at}]", choice) for at, choice in enumerate(asked.get("choices", ()))
    )
    help_ = drawing.texts(f"{place}.help", asked.get("help"))
    labels = tuple(
        (point, drawing.texts(f"{place}.labels.{point}", words)) for point, words in asked.get("labels", {}).items()
    )
    looks = tuple(getattr(kind, "looks", ()))
    look = drawing.setting(f"{place}.look", asked.get("look") or looks[0]) if len(looks) > 1 else None
    length = drawing.setting(f"{place}.length", asked.get("length") or "long") if "length" in kind.knows else None
    bounds = tuple(
        (name, drawing.setting(f"{place}.{name}", asked.get(name)))
        for name in ("at_least", "at_most")
        if name in kind.knows
    )
    folded: list[Field | Setting] = [
        *help_,
        *(words for _, label in labels for words in label),
        *(setting for _, setting in bounds),
    ]
    rest = drawing.take_within(place)
    return QuestionCard(
        place,
        drawing.count,
        asked["key"],
        kind.name,
        kind.title,
        asked.get("text", {}).get(data["base_language"], ""),
        is_open=drawing.open_only is None or drawing.open_only == asked["key"],
        is_first=page == number == 0,
        is_last=page == len(data["pages"]) - 1 and number == len(data["pages"][page]["questions"]) - 1,
        text=text,
        help=help_,
        labels=labels,
        choices=choices,
        required=drawing.setting(f"{place}.required", asked.get("required", False)) if kind.is_answered else None,
        look=look,
        looks=looks,
        length=length,
        bounds=bounds,
        several=kind.name == "multiple_choice",
        show_if=asked.get("show_if"),
        faults=rest,
        unfolds=any(part.faults for part in folded),
    )


def _choice(drawing: _Drawing, place: str, choice: Data) -> ChoiceRow:
    return ChoiceRow(
        place,
        choice["key"],
        drawing.texts(f"{place}.label", choice.get("label")),
        drawing.setting(f"{place}.other", choice.get("other", False)),
        drawing.setting(f"{place}.exclusive", choice.get("exclusive", False)),
        drawing.take_within(place),
    )


def _ending(drawing: _Drawing, place: str, ending: Data) -> EndingCard:
    return EndingCard(
        drawing.texts(f"{place}.title", ending.get("title")),
        drawing.texts(f"{place}.text", ending.get("text")),
        drawing.take_within(place),
    )

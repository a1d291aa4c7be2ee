"""Document + faults → the cards that the editor draws, each fault beside the field that it is about."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from surveys import asked_if, editing, kinds, piping, settling, show_if
from surveys.asked_if import AskedIf
from surveys.editing import Data
from surveys.faults import Fault
from surveys.fields import Field, Fields, Setting
from surveys.kinds.scored import ScoredKind

# A form with more fields than a request may carry would lose what was typed: then one question is open at a time.
MOST_OPEN_FIELDS = 900


@dataclass(frozen=True)
class ChoiceRow:
    place: str
    key: str
    label: tuple[Field, ...]
    other: Setting
    exclusive: Setting
    faults: tuple[Fault, ...]

    @property
    def is_at_fault(self) -> bool:
        return bool(
            self.faults or self.other.faults or self.exclusive.faults or any(text.faults for text in self.label)
        )


@dataclass(frozen=True)
class QuestionCard:
    place: str
    number: int
    key: str
    kind: str
    icon: str
    title: str  # the kind's, in English, for translation
    summary: str
    is_here: bool  # its fields are in the form
    is_unfolded: bool
    is_first: bool
    is_last: bool
    other_pages: tuple[int, ...]
    text: tuple[Field, ...]
    help: tuple[Field, ...]
    labels: tuple[tuple[str, tuple[Field, ...]], ...]
    choices: tuple[ChoiceRow, ...]
    required: Setting | None
    look: Setting | None
    looks: tuple[str, ...]
    points: tuple[int, ...]
    length: Setting | None
    limit: Setting | None
    bounds: tuple[tuple[str, Setting], ...]
    several: bool
    missing: int  # texts that the language beside still lacks
    show_if: Data | None
    asked_if: AskedIf
    condition_faults: tuple[Fault, ...]
    faults: tuple[Fault, ...]
    unfolds: bool  # something in its folded part must be mended

    @property
    def has_other(self) -> bool:
        return any(choice.other.value for choice in self.choices)

    @property
    def id(self) -> str:
        return f"question-{self.key}"

    @property
    def is_new(self) -> bool:
        """Its key is not settled yet."""
        return settling.FRESH.fullmatch(self.key) is not None


@dataclass(frozen=True)
class PageCard:
    place: str
    number: int
    title: tuple[Field, ...]
    questions: tuple[QuestionCard, ...]
    show_if: Data | None
    asked_if: AskedIf
    condition_faults: tuple[Fault, ...]
    faults: tuple[Fault, ...]

    @property
    def name(self) -> str:
        return self.title[0].value


@dataclass(frozen=True)
class EndingCard:
    title: tuple[Field, ...]
    text: tuple[Field, ...]
    show_if: Data | None
    faults: tuple[Fault, ...]


@dataclass(frozen=True)
class Sheet:
    pages: tuple[PageCard, ...]
    endings: tuple[EndingCard, ...]
    submit: tuple[Field, ...]
    faults: tuple[Fault, ...]  # those that belong to no card


@dataclass
class _Drawing(Fields):
    opened: str  # a question's key
    are_all_here: bool
    count: int = 0


def sheet(data: Data, *, shown: Sequence[str], faults: Iterable[Fault] = (), opened: str = "") -> Sheet:
    """`shown` are the languages side by side, the base first; `opened` is the question to unfold."""
    drawing = _Drawing(shown, list(faults), opened, _fields(data, shown) <= MOST_OPEN_FIELDS)
    pages = tuple(_page(drawing, data, at, page) for at, page in enumerate(data["pages"]))
    endings = tuple(_ending(drawing, f"endings[{at}]", ending) for at, ending in enumerate(data["endings"]))
    submit = drawing.texts("submit", data.get("submit"))
    return Sheet(pages, endings, submit, tuple(drawing.faults))


def _fields(data: Data, shown: Sequence[str]) -> int:
    choices = sum(len(question.get("choices", ())) for _, question in editing.questions(data))
    settings = 8 * sum(1 for _ in editing.questions(data))
    holders = [*data["pages"], *(question for _, question in editing.questions(data))]
    rows = sum(len(show_if.parts(holder.get("show_if"))) for holder in holders)
    return len(shown) * sum(1 for _ in editing.slots(data)) + 2 * choices + settings + 8 * rows


def _page(drawing: _Drawing, data: Data, at: int, page: Data) -> PageCard:
    place = f"pages[{at}]"
    title = drawing.texts(f"{place}.title", page.get("title"))
    questions = tuple(_question(drawing, data, at, number, asked) for number, asked in enumerate(page["questions"]))
    return PageCard(
        place,
        at + 1,
        title,
        questions,
        page.get("show_if"),
        asked_if.sheet(data, place, page.get("show_if")),
        drawing.take_within(f"{place}.show_if"),
        drawing.take_within(place),
    )


def _question(drawing: _Drawing, data: Data, page: int, number: int, asked: Data) -> QuestionCard:
    place, kind = f"pages[{page}].questions[{number}]", kinds.KINDS[asked["kind"]]
    text = drawing.texts(f"{place}.text", asked.get("text"))
    drawing.count += 1
    choices = tuple(
        _choice(drawing, f"{place}.choices[{at}]", choice) for at, choice in enumerate(asked.get("choices", ()))
    )
    help_ = drawing.texts(f"{place}.help", asked.get("help"))
    labels = tuple(
        (point, drawing.texts(f"{place}.labels.{point}", asked.get("labels", {}).get(point)))
        for point in editing.points(asked)
    )
    looks = tuple(getattr(kind, "looks", ()))
    look = drawing.setting(f"{place}.look", asked.get("look") or looks[0]) if len(looks) > 1 else None
    length = drawing.setting(f"{place}.length", asked.get("length") or "long") if "length" in kind.knows else None
    limit = drawing.setting(f"{place}.limit", asked.get("limit")) if "limit" in kind.knows else None
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
    if limit is not None:
        folded.append(limit)
    conditions = drawing.take_within(f"{place}.show_if")
    required = drawing.setting(f"{place}.required", asked.get("required", False)) if kind.is_answered else None
    rest = drawing.take_within(place)
    drawn: list[Field | Setting] = [*text, *folded]
    at_fault = bool(rest or conditions) or any(part.faults for part in drawn)
    at_fault = at_fault or any(choice.is_at_fault for choice in choices)
    return QuestionCard(
        place,
        drawing.count,
        asked["key"],
        kind.name,
        kind.icon,
        kind.title,
        piping.plain((asked.get("text") or {}).get(data["base_language"], "")),
        is_here=drawing.are_all_here or drawing.opened == asked["key"],
        is_unfolded=drawing.opened == asked["key"] or (at_fault and drawing.are_all_here),
        is_first=page == number == 0,
        is_last=page == len(data["pages"]) - 1 and number == len(data["pages"][page]["questions"]) - 1,
        other_pages=tuple(other for other in range(len(data["pages"])) if other != page),
        text=text,
        help=help_,
        labels=labels,
        choices=choices,
        required=required,
        look=look,
        looks=looks,
        points=tuple(kind.on.points) if isinstance(kind, ScoredKind) else (),
        length=length,
        limit=limit,
        bounds=bounds,
        several=kind.name == "multiple_choice",
        missing=editing.missing_of(place, asked, drawing.shown),
        show_if=asked.get("show_if"),
        asked_if=asked_if.sheet(data, place, asked.get("show_if")),
        condition_faults=conditions,
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
        ending.get("show_if"),
        drawing.take_within(place),
    )

"""The questionnaire as a tree that never changes: pages, questions, choices, endings and their wording."""

from dataclasses import dataclass
from functools import cached_property

from surveys.conditions import Condition
from surveys.scales import Scale
from surveys.wording import NOTHING, Wording

FORMAT = 1


@dataclass(frozen=True)
class Choice:
    """`is_other` asks for a text of one's own; `is_exclusive` ("nothing of this") stands alone."""

    key: str
    label: Wording
    is_other: bool = False
    is_exclusive: bool = False


@dataclass(frozen=True)
class ScaleDetails:
    """How a scale is drawn, and what its points are called; lowest and highest always have a label."""

    scale: Scale
    labels: tuple[tuple[int, Wording], ...]
    look: str = "numbers"

    def label(self, score: int) -> Wording:
        return next((label for point, label in self.labels if point == score), NOTHING)


@dataclass(frozen=True)
class ChoiceDetails:
    choices: tuple[Choice, ...]
    at_least: int | None = None
    at_most: int | None = None


@dataclass(frozen=True)
class TextDetails:
    limit: int
    is_long: bool = True


@dataclass(frozen=True)
class NoDetails:
    """A kind that has nothing to set."""


Details = ScaleDetails | ChoiceDetails | TextDetails | NoDetails | object  # a new kind may bring a type of its own


@dataclass(frozen=True)
class Question:
    key: str
    kind: str
    text: Wording
    details: Details
    help: Wording = NOTHING
    required: bool = False
    show_if: Condition | None = None

    @property
    def scale(self) -> Scale | None:
        return self.details.scale if isinstance(self.details, ScaleDetails) else None

    @property
    def choices(self) -> tuple[Choice, ...]:
        return self.details.choices if isinstance(self.details, ChoiceDetails) else ()


@dataclass(frozen=True)
class Page:
    questions: tuple[Question, ...]
    title: Wording = NOTHING
    show_if: Condition | None = None


@dataclass(frozen=True)
class Ending:
    """What she reads after answering; the first one whose condition holds, and the last has none."""

    key: str
    title: Wording
    text: Wording = NOTHING
    show_if: Condition | None = None


@dataclass(frozen=True)
class Questionnaire:
    base_language: str
    languages: tuple[str, ...]
    pages: tuple[Page, ...]
    endings: tuple[Ending, ...]
    submit: Wording = NOTHING

    @cached_property
    def questions(self) -> tuple[Question, ...]:
        return tuple(question for page in self.pages for question in page.questions)

    @cached_property
    def scales(self) -> dict[str, Scale]:
        return {question.key: question.scale for question in self.questions if question.scale is not None}

    @cached_property
    def _pages_by_key(self) -> dict[str, tuple[int, Question]]:
        return {question.key: (at, question) for at, page in enumerate(self.pages) for question in page.questions}

    def has(self, key: str) -> bool:
        return key in self._pages_by_key

    def question(self, key: str) -> Question:
        return self._pages_by_key[key][1]

    def page_of(self, key: str) -> int:
        return self._pages_by_key[key][0]

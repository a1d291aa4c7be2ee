"""What every kind of question must be able to do; each kind is one folder beside this file."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

from surveys import piping
from surveys.answers import AnswerValue
from surveys.conditions import Operand
from surveys.document import Details, NoDetails, Question
from surveys.faults import Fault, Problem, gettext_noop
from surveys.reading import Reader

Fields = Mapping[str, Sequence[str]]
Cell = str | int | None
Figure = Literal["nps", "csat", "ces", "choices", "comments"]

NOT_AN_ANSWER = Problem("not_an_answer", gettext_noop("This cannot be an answer to this question. Answer it again."))


@dataclass(frozen=True)
class Column:
    """A column of an export: a lasting name for programs, a heading for people."""

    name: str
    heading: str


class Kind(ABC):
    name: ClassVar[str]
    title: ClassVar[str]
    hint: ClassVar[str]  # what it is good for, in one line
    icon: ClassVar[str]
    figure: ClassVar[Figure | None] = None  # the name by which dashboards draw it
    takes: ClassVar[Literal["score", "choices", "text", "nothing"]]
    tests: ClassVar[tuple[str, ...]] = ("answered",)  # what a show-if may ask about it
    needs: ClassVar[tuple[str, ...]] = ()  # names in the document that only this kind has
    knows: ClassVar[tuple[str, ...]] = ()
    texts: ClassVar[Mapping[str, str]] = {}  # a good wording to start with, by language

    @property
    def template(self) -> str:
        return f"surveys/kinds/{self.name}.html"

    @property
    def is_answered(self) -> bool:
        return self.takes != "nothing"

    def default_text(self, language: str) -> str:
        return self.texts.get(language, "")

    # The document.

    def details(self, reader: Reader, part: Mapping[str, object], where: str) -> Details:
        return NoDetails()

    def details_data(self, question: Question) -> dict[str, object]:
        """What `details` has read, as it stands in the document; what is usual is left out."""
        return {}

    def bad_operand(self, question: Question, test: str, operand: Operand) -> Problem | None:
        """Why a show-if cannot compare this question with this value."""
        return None

    # Answers.

    @abstractmethod
    def read(self, question: Question, fields: Fields) -> AnswerValue:
        """What a form says, for any rubbish; what cannot be an answer is left to `faults`."""

    @abstractmethod
    def fields(self, question: Question, answer: AnswerValue) -> tuple[tuple[str, str], ...]:
        """The form fields that `read` reads this answer from."""

    @abstractmethod
    def is_possible(self, question: Question, answer: AnswerValue) -> bool:
        """Could this have been given on the question's page? What could not counts as no answer at all."""

    def impossible(self, question: Question, answer: AnswerValue) -> Fault:
        return NOT_AN_ANSWER.at(question.key)

    def to_mend(self, question: Question, answer: AnswerValue) -> tuple[Fault, ...]:
        """What is still wrong with a possible answer."""
        return ()

    def faults(self, question: Question, answer: AnswerValue) -> tuple[Fault, ...]:
        if answer.is_empty:
            return ()
        if not self.is_possible(question, answer):
            return (self.impossible(question, answer),)
        return self.to_mend(question, answer)

    def values(self, question: Question) -> tuple[str, ...]:
        """Every value the form can send for it, where these can be told; a script compares with them."""
        return ()

    def spoken(self, question: Question, answer: AnswerValue, language: str, base: str) -> str:
        """The answer as it reads in a sentence."""
        return answer.text

    # Exports and the page.

    def columns(self, question: Question, language: str, base: str) -> tuple[Column, ...]:
        return ()

    def cells(self, question: Question, answer: AnswerValue | None, language: str, base: str) -> tuple[Cell, ...]:
        """As many as `columns`; None where there is no answer."""
        return ()

    def control(self, question: Question, answer: AnswerValue, language: str, base: str) -> object:
        """What the kind's template draws."""
        return None


def field(key: str) -> str:
    return f"q-{key}"


def other_field(key: str) -> str:
    return f"q-{key}-other"


def heading(question: Question, language: str, base: str) -> str:
    """The question as a title: where it would say a name, it says the fallback."""
    return piping.plain(question.text.in_language(language, base).text)


def last(fields: Fields, name: str) -> str:
    values = fields.get(name) or ("",)
    return str(values[-1])

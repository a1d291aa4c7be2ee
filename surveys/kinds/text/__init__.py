"""Her own words, one line or many."""

from collections.abc import Mapping
from dataclasses import dataclass

from surveys.answers import AnswerValue, clean
from surveys.document import Question, TextDetails
from surveys.faults import Fault, Problem, gettext_noop
from surveys.kinds.kind import Cell, Column, Fields, Kind, field, heading, last
from surveys.kinds.text.words import TEXTS
from surveys.reading import Reader

LENGTHS = {"long": 4000, "short": 200}  # and how many characters they take unless the document says
MOST_CHARACTERS = 10_000

TEXT_TOO_LONG = Problem(
    "text_too_long", gettext_noop("This is %(length)s characters long; please use at most %(most)s.")
)


@dataclass(frozen=True)
class TextControl:
    text: str
    is_long: bool
    limit: int


class Text(Kind):
    name = "text"
    title = gettext_noop("Text")
    hint = gettext_noop("Her own words, in one line or many.")
    icon = "message-2"
    figure = "comments"
    takes = "text"
    knows = ("length", "limit")
    texts = TEXTS

    def details(self, reader: Reader, part: Mapping[str, object], where: str) -> TextDetails:
        length = reader.one_of(part["length"], f"{where}.length", LENGTHS) if "length" in part else "long"
        limit = LENGTHS[length]
        if "limit" in part:
            limit = reader.whole(part["limit"], f"{where}.limit", lowest=1, highest=MOST_CHARACTERS)
        return TextDetails(limit, is_long=length == "long")

    def details_data(self, question: Question) -> dict[str, object]:
        details = text_details(question)
        length = "long" if details.is_long else "short"
        data: dict[str, object] = {} if details.is_long else {"length": length}
        return data if details.limit == LENGTHS[length] else {**data, "limit": details.limit}

    def read(self, question: Question, fields: Fields) -> AnswerValue:
        return AnswerValue(text=clean(last(fields, field(question.key))))

    def fields(self, question: Question, answer: AnswerValue) -> tuple[tuple[str, str], ...]:
        return ((field(question.key), answer.text),) if answer.text else ()

    def is_possible(self, question: Question, answer: AnswerValue) -> bool:
        return answer == AnswerValue(text=clean(answer.text))

    def to_mend(self, question: Question, answer: AnswerValue) -> tuple[Fault, ...]:
        limit = text_details(question).limit
        if len(answer.text) > limit:
            return (TEXT_TOO_LONG.at(question.key, length=len(answer.text), most=limit),)
        return ()

    def columns(self, question: Question, language: str, base: str) -> tuple[Column, ...]:
        return (Column(question.key, heading(question, language, base)),)

    def cells(self, question: Question, answer: AnswerValue | None, language: str, base: str) -> tuple[Cell, ...]:
        return (None if answer is None else answer.text or None,)

    def control(self, question: Question, answer: AnswerValue, language: str, base: str) -> TextControl:
        details = text_details(question)
        return TextControl(answer.text, details.is_long, details.limit)


def text_details(question: Question) -> TextDetails:
    assert isinstance(question.details, TextDetails)
    return question.details


KIND = Text()

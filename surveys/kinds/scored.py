"""Questions answered by a score on a scale."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from surveys.answers import NO_ANSWER, AnswerValue, clean
from surveys.conditions import Operand
from surveys.document import Question, ScaleDetails
from surveys.faults import Fault, Problem, gettext_noop
from surveys.kinds.kind import Cell, Column, Fields, Kind, field, heading, last
from surveys.reading import Reader
from surveys.scales import Scale
from surveys.wording import NOTHING, Said, Wording

LONGEST_LABEL = 100
SCORE = re.compile(r"-?[0-9]{1,3}")

NOT_ON_SCALE = Problem("not_on_scale", gettext_noop("Choose a number from %(lowest)s to %(highest)s."))
OFF_SCALE = Problem(
    "operand_off_scale",
    gettext_noop("Compare with a whole number from %(lowest)s to %(highest)s, the question's scale."),
)


@dataclass(frozen=True)
class Point:
    value: int
    label: Said
    checked: bool


@dataclass(frozen=True)
class ScaleControl:
    points: tuple[Point, ...]
    look: str
    low: Said
    high: Said


class ScoredKind(Kind):
    takes = "score"
    tests = ("is", "is_not", "one_of", "at_least", "at_most", "band", "answered")
    knows = ("look", "labels")

    looks: ClassVar[tuple[str, ...]] = ("numbers",)  # the first one is the usual one
    on: ClassVar[Scale]
    labels: ClassVar[Mapping[int, Mapping[str, str]]]  # what points are called, by language

    def details(self, reader: Reader, part: Mapping[str, object], where: str) -> ScaleDetails:
        look = reader.one_of(part["look"], f"{where}.look", self.looks) if "look" in part else self.looks[0]
        given = self._given_labels(reader, part.get("labels", {}), f"{where}.labels")
        wanted = set(given) | {self.on.lowest, self.on.highest}
        if "labels" not in part:
            wanted |= set(self.labels)
        labels = []
        for point in sorted(wanted):
            label = given.get(point, NOTHING).completed(self.labels.get(point, {}), reader.languages)
            if not label and point not in given:
                reader.note_missing_base(f"{where}.labels.{point}")
            labels.append((point, label))
        return ScaleDetails(self.on, tuple(labels), look)

    def _given_labels(self, reader: Reader, value: object, where: str) -> dict[int, Wording]:
        names = {str(point): point for point in self.on.points}
        labels = reader.mapping(value, where, optional=names)
        return {
            names[name]: reader.wording(label, f"{where}.{name}", most=LONGEST_LABEL) for name, label in labels.items()
        }

    def details_data(self, question: Question) -> dict[str, object]:
        details = scale_details(question)
        data: dict[str, object] = {"labels": {str(point): label.as_dict() for point, label in details.labels}}
        return data if details.look == self.looks[0] else {**data, "look": details.look}

    def bad_operand(self, question: Question, test: str, operand: Operand) -> Problem | None:
        numbers = operand if isinstance(operand, tuple) else (operand,)
        if test not in ("band", "answered") and not all(self.on.holds(number) for number in numbers):
            return OFF_SCALE
        return None

    def read(self, question: Question, fields: Fields) -> AnswerValue:
        text = clean(last(fields, field(question.key)))
        if not text:
            return NO_ANSWER
        return AnswerValue(score=int(text)) if SCORE.fullmatch(text) else AnswerValue(text=text[:LONGEST_LABEL])

    def fields(self, question: Question, answer: AnswerValue) -> tuple[tuple[str, str], ...]:
        value = answer.text if answer.score is None else str(answer.score)
        return ((field(question.key), value),) if value else ()

    def is_possible(self, question: Question, answer: AnswerValue) -> bool:
        return self.on.holds(answer.score) and answer == AnswerValue(score=answer.score)

    def impossible(self, question: Question, answer: AnswerValue) -> Fault:
        return NOT_ON_SCALE.at(question.key, lowest=self.on.lowest, highest=self.on.highest)

    def values(self, question: Question) -> tuple[str, ...]:
        return tuple(map(str, self.on.points))

    def spoken(self, question: Question, answer: AnswerValue, language: str, base: str) -> str:
        return "" if answer.score is None else str(answer.score)

    def columns(self, question: Question, language: str, base: str) -> tuple[Column, ...]:
        text = heading(question, language, base)
        return Column(question.key, text), Column(f"{question.key}:band", f"{text} (band)")

    def cells(self, question: Question, answer: AnswerValue | None, language: str, base: str) -> tuple[Cell, ...]:
        if answer is None or answer.score is None or not self.on.holds(answer.score):
            return None, None
        return answer.score, self.on.band_of(answer.score).value

    def control(self, question: Question, answer: AnswerValue, language: str, base: str) -> ScaleControl:
        details = scale_details(question)
        said = {point: label.in_language(language, base) for point, label in details.labels}
        nothing = Said("", language)
        return ScaleControl(
            tuple(Point(point, said.get(point, nothing), point == answer.score) for point in self.on.points),
            details.look,
            low=said[self.on.lowest],
            high=said[self.on.highest],
        )


def scale_details(question: Question) -> ScaleDetails:
    assert isinstance(question.details, ScaleDetails)
    return question.details

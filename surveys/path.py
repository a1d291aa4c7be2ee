"""Questionnaire + answers → what is asked, what is required, and which answers count."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property

from surveys import conditions, kinds
from surveys.answers import NO_ANSWER, NOBODY, Answers, AnswerValue, Attributes
from surveys.document import Ending, Question, Questionnaire
from surveys.faults import Fault, Problem, gettext_noop

REQUIRED = Problem("required", gettext_noop("Please answer this question."))


@dataclass(frozen=True)
class Step:
    """One question, and whether it is asked; `answer` is the one that counts, empty when there is none."""

    question: Question
    page: int
    on_path: bool
    answer: AnswerValue = NO_ANSWER

    @property
    def is_required(self) -> bool:
        return self.on_path and self.question.required


@dataclass(frozen=True)
class Path:
    steps: tuple[Step, ...]
    facts: conditions.Facts
    ending: Ending

    @cached_property
    def keys(self) -> frozenset[str]:
        return frozenset(step.question.key for step in self.steps if step.on_path)

    @property
    def required(self) -> tuple[str, ...]:
        return tuple(step.question.key for step in self.steps if step.is_required)

    @property
    def answers(self) -> Answers:
        """Only those of questions on the path."""
        return self.facts.answers

    @cached_property
    def pages(self) -> tuple[int, ...]:
        return tuple(sorted({step.page for step in self.steps if step.on_path}))

    def on(self, key: str) -> bool:
        return key in self.keys

    def next_page(self, after: int) -> int | None:
        return next((page for page in self.pages if page > after), None)

    def previous_page(self, before: int) -> int | None:
        return next((page for page in reversed(self.pages) if page < before), None)


def walk(questionnaire: Questionnaire, answers: Answers, attributes: Attributes = NOBODY) -> Path:
    """Goes through the questions in their order. A hidden question counts as unanswered for all that follow, and so
    does an answer that its page could not have sent."""
    counted: dict[str, AnswerValue] = {}
    facts = conditions.Facts(counted, attributes, questionnaire.scales)
    steps: list[Step] = []
    for at, page in enumerate(questionnaire.pages):
        page_is_asked = page.show_if is None or conditions.holds(page.show_if, facts)
        for question in page.questions:
            on_path = page_is_asked and (question.show_if is None or conditions.holds(question.show_if, facts))
            answer = _counting(question, answers.get(question.key, NO_ANSWER)) if on_path else NO_ANSWER
            if not answer.is_empty:
                counted[question.key] = answer
            steps.append(Step(question, at, on_path, answer))
    ending = next(
        ending for ending in questionnaire.endings if ending.show_if is None or conditions.holds(ending.show_if, facts)
    )
    return Path(tuple(steps), facts, ending)


def _counting(question: Question, answer: AnswerValue) -> AnswerValue:
    # An answer that only wants mending still steers the path: else what hangs on it would vanish while she mends it.
    if answer.is_empty or kinds.of(question).is_possible(question, answer):
        return answer
    return NO_ANSWER


def _sound(questionnaire: Questionnaire, answers: Answers) -> Answers:
    """Only answers with nothing to mend: what they bring onto the path may be stored without the others."""
    asked = (question for question in questionnaire.questions if question.key in answers)
    return {q.key: answers[q.key] for q in asked if not kinds.of(q).faults(q, answers[q.key])}


@dataclass(frozen=True)
class Judgement:
    """`accepted` may be stored as it is; `unseen` came onto the path by these answers and has not been shown yet."""

    accepted: dict[str, AnswerValue]
    faults: dict[str, tuple[Fault, ...]]
    unseen: tuple[str, ...]
    path: Path

    @property
    def is_complete(self) -> bool:
        return not self.faults and not self.unseen

    @property
    def page_to_mend(self) -> int | None:
        """The first page that has to be shown again."""
        keys = {*self.faults, *self.unseen}
        return next((step.page for step in self.path.steps if step.question.key in keys), None)


def judge(
    questionnaire: Questionnaire,
    answers: Answers,
    attributes: Attributes = NOBODY,
    *,
    pages: Collection[int] | None = None,
    shown: Collection[str] | None = None,
) -> Judgement:
    """Requires what was shown, on the given pages (None: on all, for a confirmed response; none: for an unfinished
    one), and accepts answers to what is on the path only. `shown` None means that everything on the path was."""
    path = walk(questionnaire, answers, attributes)
    faults: dict[str, tuple[Fault, ...]] = {}
    unseen: list[str] = []
    for step in path.steps:
        key, asked = step.question.key, step.on_path and (pages is None or step.page in pages)
        found = kinds.of(step.question).faults(step.question, answers.get(key, NO_ANSWER)) if step.on_path else ()
        if found:
            faults[key] = found
        elif asked and shown is not None and key not in shown and step.answer.is_empty:
            unseen.append(key)
        elif asked and step.question.required and step.answer.is_empty:
            faults[key] = (REQUIRED.at(key),)
    accepted = path if not faults else walk(questionnaire, _sound(questionnaire, answers), attributes)
    return Judgement(dict(accepted.answers), faults, tuple(unseen), path)

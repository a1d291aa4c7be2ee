"""Questionnaire + answers + language → the blocks of a page, the same for the customer and for the preview."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from surveys import conditions, kinds, languages, path, piping
from surveys.answers import NO_ANSWER, NOBODY, Answers, Attributes
from surveys.conditions import Condition, Facts
from surveys.document import Page, Question, Questionnaire
from surveys.faults import Fault
from surveys.scripting import for_script
from surveys.wording import Said, Wording

Faults = Mapping[str, tuple[Fault, ...]]
SHOWN = "shown"  # the hidden field by which the page says which questions stood on it


@dataclass(frozen=True)
class Block:
    """One question as the page draws it. Off the path it is hidden and disabled, for a script to bring back."""

    key: str
    kind: str
    template: str
    text: Said
    help: Said
    required: bool
    on_path: bool
    field: str
    control: object
    faults: tuple[Fault, ...] = ()
    show_if: dict[str, object] | None = None
    # Something of this customer stands in it: an attribute, a word she typed, what she is to mend.
    is_personal: bool = False

    @property
    def id(self) -> str:
        return self.field


@dataclass(frozen=True)
class Progress:
    done: int
    total: int

    @property
    def percent(self) -> int:
        return 100 * self.done // self.total if self.total else 0


@dataclass(frozen=True)
class Sheet:
    """One page; `carried` are the hidden fields that bring the other pages' answers along."""

    index: int
    language: str
    direction: languages.Direction
    title: Said
    blocks: tuple[Block, ...]
    carried: tuple[tuple[str, str], ...]
    previous: int | None
    may_be_last: bool
    submit: Said
    progress: Progress

    @property
    def is_first(self) -> bool:
        return self.previous is None


@dataclass(frozen=True)
class Thanks:
    title: Said
    text: Said
    language: str
    direction: languages.Direction


def sheet(
    questionnaire: Questionnaire,
    page: int | None,
    language: str,
    answers: Answers | None = None,
    attributes: Attributes = NOBODY,
    faults: Faults | None = None,
) -> Sheet:
    """A page on the path; where `page` is none of them, the next one that is."""
    drawing = _Drawing(questionnaire, language, answers or {}, attributes, faults or {})
    pages = drawing.path.pages or (0,)
    wanted = pages[0] if page is None else page
    return drawing.sheet(next((index for index in pages if index >= wanted), pages[-1]))


def sheets(
    questionnaire: Questionnaire,
    language: str,
    answers: Answers | None = None,
    attributes: Attributes = NOBODY,
) -> tuple[Sheet, ...]:
    """Every page with every question, on the path or not."""
    drawing = _Drawing(questionnaire, language, answers or {}, attributes, {}, shows_all=True)
    return tuple(drawing.sheet(index) for index in range(len(questionnaire.pages)))


def thanks(
    questionnaire: Questionnaire, language: str, answers: Answers | None = None, attributes: Attributes = NOBODY
) -> Thanks:
    drawing = _Drawing(questionnaire, language, answers or {}, attributes, {})
    ending = drawing.path.ending
    return Thanks(drawing.say(ending.title), drawing.say(ending.text), language, languages.direction(language))


def text_of(
    questionnaire: Questionnaire,
    wording: Wording,
    language: str,
    answers: Answers | None = None,
    attributes: Attributes = NOBODY,
) -> Said:
    """Any wording of the questionnaire with its placeholders filled, for a mail or a title."""
    return _Drawing(questionnaire, language, answers or {}, attributes, {}).say(wording)


class _Drawing:
    def __init__(
        self,
        questionnaire: Questionnaire,
        language: str,
        answers: Answers,
        attributes: Attributes,
        faults: Faults,
        shows_all: bool = False,
    ) -> None:
        self.questionnaire, self.language, self.base = questionnaire, language, questionnaire.base_language
        self.answers, self.attributes, self.faults, self.shows_all = answers, attributes, faults, shows_all

    @cached_property
    def path(self) -> path.Path:
        """Walked for a page, and for no wording without a placeholder."""
        return path.walk(self.questionnaire, self.answers, self.attributes)

    def say(self, wording: Wording) -> Said:
        said = wording.in_language(self.language, self.base)
        if "{{" not in said.text:
            return said
        text = piping.fill(said.text, self._spoken(said.language), self.attributes)
        return Said(text, said.language, said.is_foreign)

    def _spoken(self, language: str) -> dict[str, str]:
        questions = {key: self.questionnaire.question(key) for key in self.path.answers}
        return {
            key: kinds.of(question).spoken(question, self.path.answers[key], language, self.base)
            for key, question in questions.items()
        }

    def sheet(self, index: int) -> Sheet:
        page = self.questionnaire.pages[index]
        return Sheet(
            index,
            self.language,
            languages.direction(self.language),
            self.say(page.title),
            self._blocks(page) if self.shows_all or index in self.path.pages else (),
            self._carried(index),
            self.path.previous_page(index),
            self._may_be_last(index),
            self.say(self.questionnaire.submit),
            self._progress(index),
        )

    def _blocks(self, page: Page) -> tuple[Block, ...]:
        undecided: set[str] = set()
        blocks: list[Block] = []
        for question in page.questions:
            left = _left(question.show_if, self.path.facts, undecided)
            if left is False and not self.shows_all:
                continue  # nothing on this page can bring it back
            undecided.add(question.key)
            blocks.append(self._block(question, None if isinstance(left, bool) else left))
        return tuple(blocks)

    def _block(self, question: Question, show_if: Condition | None) -> Block:
        kind, answer = kinds.of(question), self.answers.get(question.key, NO_ANSWER)
        faults = self.faults.get(question.key, ())
        return Block(
            question.key,
            question.kind,
            kind.template,
            self.say(question.text),
            self.say(question.help),
            question.required,
            self.path.on(question.key),
            kinds.field(question.key),
            kind.control(question, answer, self.language, self.base),
            faults,
            None if show_if is None else for_script(show_if, self.questionnaire),
            bool(faults or answer.text) or self._is_piped(question.text) or self._is_piped(question.help),
        )

    def _is_piped(self, wording: Wording) -> bool:
        return "{{" in wording.in_language(self.language, self.base).text

    def _carried(self, index: int) -> tuple[tuple[str, str], ...]:
        elsewhere = {
            key: answer
            for key, answer in self.answers.items()
            if self.questionnaire.has(key) and self.questionnaire.page_of(key) != index
        }
        seen = ((SHOWN, step.question.key) for step in self.path.steps if step.on_path and step.page < index)
        return (*kinds.fields_of(self.questionnaire, elsewhere), *seen)

    def _may_be_last(self, index: int) -> bool:
        """True when no answer on this page can lead to another one."""
        pages = self.questionnaire.pages
        undecided = {question.key for page in pages[index:] for question in page.questions}
        return not any(
            _left(page.show_if, self.path.facts, undecided) is not False
            and any(_left(question.show_if, self.path.facts, undecided) is not False for question in page.questions)
            for page in pages[index + 1 :]
        )

    def _progress(self, index: int) -> Progress:
        asked = [step for step in self.path.steps if step.on_path and kinds.of(step.question).is_answered]
        return Progress(sum(step.page < index for step in asked), len(asked))


def _left(condition: Condition | None, facts: Facts, undecided: set[str]) -> Condition | bool:
    return True if condition is None else conditions.reduce(condition, facts, undecided)

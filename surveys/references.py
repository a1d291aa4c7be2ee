"""Whatever a document refers to must exist, and must be known by the time it is needed."""

from collections.abc import Set

from surveys import kinds, piping
from surveys.conditions import AnswerTest, Condition, tests_in
from surveys.document import Question, Questionnaire
from surveys.faults import Problem, gettext_noop
from surveys.reading import KEY, Reader, inside
from surveys.wording import Wording

DUPLICATE_KEY = Problem("duplicate_key", gettext_noop("The key “%(key)s” is used twice; every question needs its own."))
DUPLICATE_ENDING = Problem(
    "duplicate_key", gettext_noop("The key “%(key)s” is used twice; every ending needs its own.")
)
UNKNOWN_QUESTION = Problem("unknown_question", gettext_noop("There is no question with the key “%(key)s”."))
LATER_QUESTION = Problem(
    "later_question",
    gettext_noop("“%(key)s” is asked only later. Move it before this, or ask about an earlier question."),
)
UNSUITABLE_TEST = Problem(
    "unsuitable_test", gettext_noop("“%(test)s” does not suit the question “%(key)s”. Possible are: %(known)s.")
)
NOTHING_TO_TEST = Problem("nothing_to_test", gettext_noop("“%(key)s” is a statement; nobody answers it."))
BROKEN_PIPE = Problem(
    "broken_pipe",
    gettext_noop(
        "Write a placeholder as {{answer:key|fallback}}, {{customer:name|fallback}} or {{interaction:name|fallback}}."
    ),
)
PIPE_FROM_SAME_PAGE = Problem(
    "pipe_from_same_page",
    gettext_noop("A text can repeat answers from earlier pages only. Put “%(key)s” on a page before this one."),
)
NO_PIPES_HERE = Problem("no_pipes_here", gettext_noop("Placeholders {{…}} are not possible here."))
LAST_ENDING = Problem("last_ending", gettext_noop("The last ending is for everybody else and has no condition."))
UNREACHABLE_ENDING = Problem(
    "unreachable_ending", gettext_noop("Nobody would get to the endings after this one. Give it a condition.")
)


def check(reader: Reader, questionnaire: Questionnaire) -> None:
    """Notes in `reader` everything that refers to nothing."""
    _check_keys(reader, questionnaire)
    check = _Check(reader, questionnaire)
    earlier_pages: set[str] = set()
    for at, page in enumerate(questionnaire.pages):
        where = f"pages[{at}]"
        check.condition(page.show_if, f"{where}.show_if", earlier_pages)
        check.wording(page.title, f"{where}.title", earlier_pages)
        earlier = set(earlier_pages)
        for position, question in enumerate(page.questions):
            check.question(question, f"{where}.questions[{position}]", earlier, earlier_pages)
            earlier.add(question.key)
        earlier_pages = earlier
    for at, ending in enumerate(questionnaire.endings):
        where = f"endings[{at}]"
        check.condition(ending.show_if, f"{where}.show_if", earlier_pages)
        check.wording(ending.title, f"{where}.title", earlier_pages)
        check.wording(ending.text, f"{where}.text", earlier_pages)
    check.no_pipes(questionnaire.submit, "submit")


def _check_keys(reader: Reader, questionnaire: Questionnaire) -> None:
    seen: set[str] = set()
    for at, page in enumerate(questionnaire.pages):
        for position, question in enumerate(page.questions):
            if question.key in seen:
                reader.note(DUPLICATE_KEY, f"pages[{at}].questions[{position}].key", key=question.key)
            seen.add(question.key)
    last = len(questionnaire.endings) - 1
    for at, ending in enumerate(questionnaire.endings):
        if ending.key in {other.key for other in questionnaire.endings[:at]}:
            reader.note(DUPLICATE_ENDING, f"endings[{at}].key", key=ending.key)
        if at == last and ending.show_if is not None:
            reader.note(LAST_ENDING, f"endings[{at}].show_if")
        if at < last and ending.show_if is None:
            reader.note(UNREACHABLE_ENDING, f"endings[{at}]")


class _Check:
    def __init__(self, reader: Reader, questionnaire: Questionnaire) -> None:
        self.reader, self.questionnaire = reader, questionnaire

    def question(self, question: Question, where: str, earlier: Set[str], earlier_pages: Set[str]) -> None:
        self.condition(question.show_if, f"{where}.show_if", earlier)
        self.wording(question.text, f"{where}.text", earlier_pages)
        self.wording(question.help, f"{where}.help", earlier_pages)
        for at, choice in enumerate(question.choices):
            self.no_pipes(choice.label, f"{where}.choices[{at}].label")
        for point, label in getattr(question.details, "labels", ()):
            self.no_pipes(label, f"{where}.labels.{point}")

    def condition(self, condition: Condition | None, where: str, earlier: Set[str]) -> None:
        for place, test in tests_in(condition, where) if condition is not None else ():
            if isinstance(test, AnswerTest):
                if test.key in earlier:
                    self._test(test, place)
                else:
                    self._absent(test.key, f"{place}.answer", LATER_QUESTION)

    def _absent(self, key: str, where: str, when_later: Problem) -> None:
        self.reader.note(when_later if self.questionnaire.has(key) else UNKNOWN_QUESTION, where, key=key)

    def _test(self, test: AnswerTest, where: str) -> None:
        question = self.questionnaire.question(test.key)
        kind = kinds.of(question)
        if not kind.tests:
            self.reader.note(NOTHING_TO_TEST, f"{where}.answer", key=test.key)
        elif test.test not in kind.tests:
            known = ", ".join(kind.tests)
            self.reader.note(UNSUITABLE_TEST, inside(where, test.test), test=test.test, key=test.key, known=known)
        elif problem := kind.bad_operand(question, test.test, test.operand):
            scale = question.scale
            bounds = {"lowest": scale.lowest, "highest": scale.highest} if scale else {}
            self.reader.note(problem, inside(where, test.test), **bounds)

    def wording(self, wording: Wording, where: str, known: Set[str]) -> None:
        for language, text in wording.pairs:
            place = f"{where}.{language}"
            if piping.has_broken_pipe(text):
                self.reader.note(BROKEN_PIPE, place)
            for pipe in piping.pipes_in(text):
                self._pipe(pipe, place, known)

    def _pipe(self, pipe: piping.Pipe, where: str, known: Set[str]) -> None:
        names = KEY if pipe.source == "answer" else piping.ATTRIBUTE_NAME
        if pipe.source not in piping.SOURCES or not names.fullmatch(pipe.name):
            self.reader.note(BROKEN_PIPE, where)
        elif pipe.source == "answer" and pipe.name not in known:
            self._absent(pipe.name, where, PIPE_FROM_SAME_PAGE)
        elif pipe.source == "answer" and not kinds.of(self.questionnaire.question(pipe.name)).is_answered:
            self.reader.note(NOTHING_TO_TEST, where, key=pipe.name)

    def no_pipes(self, wording: Wording, where: str) -> None:
        for language, text in wording.pairs:
            if "{{" in text or "}}" in text:
                self.reader.note(NO_PIPES_HERE, f"{where}.{language}")

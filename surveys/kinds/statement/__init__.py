"""Something to read, with nothing to answer."""

from surveys.answers import AnswerValue
from surveys.document import Question
from surveys.faults import gettext_noop
from surveys.kinds.kind import Fields, Kind


class Statement(Kind):
    name = "statement"
    title = gettext_noop("Statement")
    hint = gettext_noop("A text to read, with nothing to answer.")
    icon = "info-circle"
    takes = "nothing"
    tests = ()

    def read(self, question: Question, fields: Fields) -> AnswerValue:
        return AnswerValue()

    def fields(self, question: Question, answer: AnswerValue) -> tuple[tuple[str, str], ...]:
        return ()

    def is_possible(self, question: Question, answer: AnswerValue) -> bool:
        return False


KIND = Statement()

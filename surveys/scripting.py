"""A show-if as a small script in the page can judge it: plain comparisons with answers on the same page."""

from surveys import kinds
from surveys.conditions import AllOf, AnswerTest, AnyOf, Condition, Not, answer_passes
from surveys.document import Questionnaire


def for_script(condition: Condition, questionnaire: Questionnaire) -> dict[str, object]:
    """From a condition that only asks about answers, with `one_of` and `answered` as the only tests left."""
    match condition:
        case AllOf(parts):
            return {"all": [for_script(part, questionnaire) for part in parts]}
        case AnyOf(parts):
            return {"any": [for_script(part, questionnaire) for part in parts]}
        case Not(part):
            return {"not": for_script(part, questionnaire)}
        case AnswerTest(key, "answered", operand):
            return {"answer": key, "answered": operand}
        case AnswerTest():
            return {"answer": condition.key, "one_of": _passing(condition, questionnaire)}
    raise ValueError("attributes are worked in before a condition goes to the page")


def _passing(test: AnswerTest, questionnaire: Questionnaire) -> list[str]:
    """The values that pass, found by the very function that judges on the server."""
    question = questionnaire.question(test.key)
    kind = kinds.of(question)
    return [
        value
        for value in kind.values(question)
        if answer_passes(kind.read(question, {kinds.field(test.key): [value]}), test.test, test.operand, question.scale)
    ]

"""The kinds of question: every folder here is one, found by being here."""

from collections.abc import Mapping
from importlib import import_module
from pkgutil import iter_modules

from surveys.answers import Answers, AnswerValue
from surveys.document import Question, Questionnaire
from surveys.kinds.kind import Column, Fields, Kind, field, other_field


def _found() -> dict[str, Kind]:
    folders = sorted(module.name for module in iter_modules(__path__) if module.ispkg)
    kinds: list[Kind] = [import_module(f"{__name__}.{folder}").KIND for folder in folders]
    return {kind.name: kind for kind in kinds}


KINDS: Mapping[str, Kind] = _found()


def of(question: Question) -> Kind:
    return KINDS[question.kind]


def first(questionnaire: Questionnaire) -> Question | None:
    """The question that a mail asks: the first that can be answered."""
    return next((question for question in questionnaire.questions if of(question).is_answered), None)


def read_all(questionnaire: Questionnaire, fields: Fields) -> dict[str, AnswerValue]:
    """The answers in a submitted form, by question key; what was left empty is left out."""
    read = {question.key: of(question).read(question, fields) for question in questionnaire.questions}
    return {key: answer for key, answer in read.items() if not answer.is_empty}


def fields_of(questionnaire: Questionnaire, answers: Answers) -> tuple[tuple[str, str], ...]:
    """The form fields that carry these answers on."""
    return tuple(
        pair
        for question in questionnaire.questions
        if question.key in answers
        for pair in of(question).fields(question, answers[question.key])
    )


__all__ = ["KINDS", "Column", "Fields", "Kind", "field", "fields_of", "first", "of", "other_field", "read_all"]

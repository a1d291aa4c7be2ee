"""Short ways to write a questionnaire in a test."""

from typing import Any

from surveys.answers import AnswerValue
from surveys.document import Questionnaire
from surveys.faults import Fault
from surveys.questionnaire import FaultyQuestionnaire, parse

Document = dict[str, Any]


def document(*pages: list[Document], **more: Any) -> Document:
    return {"format": 1, "base_language": "en", "pages": [{"questions": page} for page in pages], **more}


def asking(*pages: list[Document], **more: Any) -> Questionnaire:
    return parse(document(*pages, **more))


def question(key: str, kind: str, text: str = "What do you say?", **more: Any) -> Document:
    return {"key": key, "kind": kind, "text": {"en": text}, **more}


def nps(key: str = "nps", **more: Any) -> Document:
    return question(key, "nps", "How likely are you to recommend us?", **more)


def csat(key: str = "delivery", **more: Any) -> Document:
    return question(key, "csat", "How satisfied are you with the delivery?", **more)


def text(key: str = "why", **more: Any) -> Document:
    return question(key, "text", "Why?", **more)


def choice(key: str, label: str, **more: Any) -> Document:
    return {"key": key, "label": {"en": label}, **more}


WRONG = [
    choice("late", "It was late"),
    choice("broken", "It was broken"),
    choice("other", "Something else", other=True),
]


def one_of(key: str = "wrong", choices: list[Document] = WRONG, **more: Any) -> Document:
    return question(key, "single_choice", "What went wrong?", choices=choices, **more)


def some_of(key: str = "wrong", choices: list[Document] = WRONG, **more: Any) -> Document:
    return question(key, "multiple_choice", "What went wrong?", choices=choices, **more)


def score(number: int) -> AnswerValue:
    return AnswerValue(score=number)


def chose(*keys: str, text: str = "") -> AnswerValue:
    return AnswerValue(choices=keys, text=text)


def wrote(words: str) -> AnswerValue:
    return AnswerValue(text=words)


def faults_in(broken: Document) -> dict[str, str]:
    """The code of the fault at each place."""
    return {fault.where: fault.code for fault in faults_of(broken)}


def faults_of(broken: Document) -> tuple[Fault, ...]:
    try:
        parse(broken)
    except FaultyQuestionnaire as refusal:
        return refusal.faults
    return ()

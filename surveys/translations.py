"""Every wording of a questionnaire with its place, and which of them a language still lacks."""

from collections.abc import Iterator

from surveys.document import Question, Questionnaire, ScaleDetails
from surveys.wording import Wording


def wordings(questionnaire: Questionnaire) -> Iterator[tuple[str, Wording]]:
    for at, page in enumerate(questionnaire.pages):
        yield f"pages[{at}].title", page.title
        for position, question in enumerate(page.questions):
            yield from _of_question(question, f"pages[{at}].questions[{position}]")
    for at, ending in enumerate(questionnaire.endings):
        yield f"endings[{at}].title", ending.title
        yield f"endings[{at}].text", ending.text
    yield "submit", questionnaire.submit


def _of_question(question: Question, where: str) -> Iterator[tuple[str, Wording]]:
    yield f"{where}.text", question.text
    yield f"{where}.help", question.help
    for at, choice in enumerate(question.choices):
        yield f"{where}.choices[{at}].label", choice.label
    if isinstance(question.details, ScaleDetails):
        for point, label in question.details.labels:
            yield f"{where}.labels.{point}", label


def untranslated(questionnaire: Questionnaire, language: str) -> tuple[str, ...]:
    """Places where customers of this language would read the base language."""
    return tuple(
        f"{where}.{language}" for where, wording in wordings(questionnaire) if wording and not wording.get(language)
    )

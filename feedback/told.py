"""One response as a member reads it: each answer under its question."""

from dataclasses import dataclass

from django.utils import translation

from feedback import asked, known
from feedback.models import Response
from surveys import documents, kinds, languages, rendering
from surveys.answers import NOBODY
from surveys.scales import Band, band_of
from surveys.wording import Said


@dataclass(frozen=True)
class Told:
    """One answer."""

    question: Said
    answer: str
    band: Band | None
    is_text: bool


def told(response: Response) -> list[Told]:
    """The answers, each under the wording that she read, in the reader's language where there is one."""
    questionnaire = documents.of_published(response.version_id)
    base = questionnaire.base_language
    language = languages.choose(translation.get_language() or base, questionnaire.languages, base)
    answers = asked.answers_of(response)
    attributes = known.attributes_of(response.invitation) if response.invitation else NOBODY
    return [
        Told(
            rendering.text_of(questionnaire, question.text, language, answers, attributes),
            kinds.of(question).spoken(question, answers[question.key], language, base),
            band_of(question.kind, answers[question.key].score),
            question.kind == "text",
        )
        for question in questionnaire.questions
        # Of an anonymous response comments alone may be shown: its other answers could tell who wrote them.
        if question.key in answers and (question.kind == "text" or not response.anonymous)
    ]

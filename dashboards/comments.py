"""What customers wrote in a span, newest first: for those who may see single answers."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Q, Subquery

from dashboards.chosen import Chosen
from dashboards.distribution import Distribution
from dashboards.figures import FIGURES
from feedback.models import Answer, Exclusion
from surveys.models import Question

PER_PAGE = 10
# Further back one reads the list of responses, which can be searched.
LAST_PAGE = 100


@dataclass(frozen=True)
class Comment:
    text: str
    question: str
    day: date
    response: int
    score: int | None
    tone: str


@dataclass(frozen=True)
class Comments:
    """One page of them."""

    shown: list[Comment]
    page: int
    has_older: bool


def page(number: str) -> int:
    """The number of a page as an address says it; rubbish is the first page."""
    return min(max(int(number), 1), LAST_PAGE) if number.isascii() and number.isdigit() and len(number) < 6 else 1


def of(chosen: Chosen, *, question: Question | None, number: int, with_anonymous: bool) -> Comments:
    """One query. Whoever answered anonymously is shown only among enough others, and without her score."""
    span, start = chosen.period.span, (number - 1) * PER_PAGE
    found = Answer.objects.filter(kind="text", response__survey=chosen.survey, response__answered_on__lte=span.end)
    if span.start:
        found = found.filter(response__answered_on__gte=span.start)
    if chosen.touchpoint:
        found = found.filter(response__touchpoint=chosen.touchpoint)
    if not with_anonymous:
        found = found.filter(response__anonymous=False)
    left_out = Exclusion.objects.filter(response=OuterRef("response"), lifted_at=None)
    scores = Answer.objects.filter(Q(response__anonymous=False), response=OuterRef("response"), question=question)
    rows = (
        found.filter(~Exists(left_out))
        .annotate(given=Subquery(scores.values("score")[:1]))
        .order_by("-response__answered_on", "-response_id", "question_id")
        .values_list("text", "question__title", "response__answered_on", "response_id", "given")
    )
    read = list(rows[start : start + PER_PAGE + 1])
    shown = [Comment(text or "", title, day, pk, given, _tone(question, given)) for text, title, day, pk, given in read]
    return Comments(shown[:PER_PAGE], number, len(read) > PER_PAGE and number < LAST_PAGE)


def _tone(question: Question | None, given: int | None) -> str:
    if question is None or given is None or question.lowest is None or question.highest is None:
        return ""
    answer = Distribution.of_scores([given], lowest=question.lowest, highest=question.highest)
    bands = FIGURES[question.figure].bands(answer)
    return ("low", "middle", "high")[bands.index(1)]

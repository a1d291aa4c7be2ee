"""What customers wrote in a span, newest first, searched: for those who may see single answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q, Subquery

from dashboards import segmented
from dashboards.chosen import Chosen
from dashboards.distribution import Distribution
from dashboards.figures import FIGURES
from feedback import responses, words
from feedback.models import Answer, Exclusion
from feedback.wanted import LONGEST_WORDS
from feedback.words import Piece
from surveys.models import Question
from surveys.scales import SCALES, Band

PER_PAGE = 10
# Further back one reads the list of responses, which can be searched.
LAST_PAGE = 100


@dataclass(frozen=True)
class Sought:
    """What an address looks for among the comments; rubbish looks for nothing."""

    words: str = ""
    band: Band | None = None
    question: int | None = None
    language: str = ""
    page: int = 1

    @classmethod
    def of(cls, query: Mapping[str, str], questions: Sequence[Question]) -> "Sought":
        about = query.get("about", "")
        return cls(
            words=query.get("say", "").replace("\0", "").strip()[:LONGEST_WORDS],
            band=next((band for band in Band if band == query.get("tone")), None),
            question=next((question.pk for question in questions if str(question.pk) == about), None),
            language=query.get("tongue", "").replace("\0", "")[:10],
            page=page(query.get("page", "")),
        )

    @property
    def is_narrow(self) -> bool:
        return bool(self.words or self.band or self.question or self.language)


@dataclass(frozen=True)
class Comment:
    pieces: list[Piece]
    question: str
    day: date
    # None where nobody may look at the rest of what was said.
    response: int | None
    score: int | None
    tone: str


@dataclass(frozen=True)
class Comments:
    """One page of them."""

    shown: list[Comment]
    sought: Sought
    has_older: bool

    @property
    def page(self) -> int:
        return self.sought.page


def page(number: str) -> int:
    """The number of a page as an address says it; rubbish is the first page."""
    return min(max(int(number), 1), LAST_PAGE) if number.isascii() and number.isdigit() and len(number) < 6 else 1


def of(chosen: Chosen, *, question: Question | None, sought: Sought, with_anonymous: bool) -> Comments:
    """One query. Whoever answered anonymously is shown only among enough others, and without her score.

    A band is about the score given to `question`.
    """
    span, start = chosen.period.span, (sought.page - 1) * PER_PAGE
    folded = words.of(sought.words)
    found = responses.saying(chosen.survey.organization_id, folded).filter(
        kind="text", response__survey=chosen.survey, response__answered_on__lte=span.end
    )
    if span.start:
        found = found.filter(response__answered_on__gte=span.start)
    found = segmented.among(found, chosen.segment, path="response__")
    if not with_anonymous:
        found = found.filter(response__anonymous=False)
    left_out = Exclusion.objects.filter(response=OuterRef("response"), lifted_at=None)
    scores = Answer.objects.filter(Q(response__anonymous=False), response=OuterRef("response"), question=question)
    found = found.filter(**_conditions(sought))
    if sought.band is not None:
        found = found.filter(Exists(scores.filter(score__in=_scores(question, sought.band))))
    rows = (
        found.filter(~Exists(left_out))
        .annotate(given=Subquery(scores.values("score")[:1]))
        .order_by("-response__answered_on", "-response_id", "question_id")
        .values_list("text", "question__title", "response__answered_on", "response_id", "given", "response__anonymous")
    )
    read = list(rows[start : start + PER_PAGE + 1])
    shown = [
        Comment(words.marked(text or "", folded), title, day, None if hidden else pk, given, _tone(question, given))
        for text, title, day, pk, given, hidden in read[:PER_PAGE]
    ]
    return Comments(shown, sought, len(read) > PER_PAGE and sought.page < LAST_PAGE)


def _conditions(sought: Sought) -> dict[str, Any]:
    plain: dict[str, Any] = {"question": sought.question, "response__language": sought.language or None}
    return {name: value for name, value in plain.items() if value is not None}


def _scores(question: Question | None, band: Band) -> list[int]:
    scale = SCALES.get(question.kind) if question else None
    return list(scale.scores_of(band)) if scale else []


def _tone(question: Question | None, given: int | None) -> str:
    if question is None or given is None or question.lowest is None or question.highest is None:
        return ""
    answer = Distribution.of_scores([given], lowest=question.lowest, highest=question.highest)
    bands = FIGURES[question.figure].bands(answer)
    return ("low", "middle", "high")[bands.index(1)]

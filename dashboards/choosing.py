"""Which period is shown first."""

from collections.abc import Mapping, Sequence
from datetime import date

from dashboards import periods, reading, suppression
from dashboards.chosen import Chosen
from dashboards.figures import FIGURES
from dashboards.reading import Sight
from surveys.models import Question

FIRST = (periods.DEFAULT, "365d", periods.ALL)


def first(chosen: Chosen, questions: Sequence[Question], *, today: date, sight: Sight) -> str:
    """The name of the shortest of the usual periods that may be shown; the usual one where none may."""
    counts = reading.counter(chosen.survey, segment=chosen.segment, sight=sight)
    for name in FIRST:
        if may_be_shown(counts(periods.of(name, today=today).span), questions, k=sight.k):
            return name
    return periods.DEFAULT


def may_be_shown(answered: Mapping[int, int], questions: Sequence[Question], *, k: int) -> bool:
    """Whether some figure may be told."""
    scored = (answered.get(question.pk, 0) for question in questions if question.figure in FIGURES)
    return any(n and not suppression.is_too_few(n, k=k) for n in scored)

"""Where a figure comes from: what may be told of each value of a dimension, and of all other answers of that time."""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from functools import cache

from dashboards import reading, suppression, tallies
from dashboards.blocks import Cut, Window
from dashboards.distribution import Distribution
from dashboards.periods import Span
from dashboards.reading import Reading
from dashboards.tallies import Run
from surveys.models import Question


@dataclass(frozen=True, slots=True)
class Origin:
    """One value: its answers, all others' in the same days, and which days those are; None where it may not be told."""

    window: Window
    answers: Distribution | None = None
    rest: Distribution | None = None


def of(read: Reading, question: Question, *, dimension: str) -> dict[str, Origin]:
    """Two queries at most."""
    days = read.all_days.get(question.pk, [])
    values = tallies.by_value(read.survey.pk, dimension=dimension, until=read.sight.until, question=question.pk)
    of_question = values.get(question.pk, {})
    cuts = read.sight.apart([(day.day, day.answered) for day in days], of_question)
    windows = {value: read.sight.window(cut, read.span) for value, cut in cuts.items()}
    runs = {value: _runs(window, of_question[value]) for value, window in windows.items()}
    lowest, highest = reading.scale(question)
    counts = tallies.sums(question.pk, dimension=dimension, places=highest - lowest + 1, runs=runs)

    @cache
    def everybody(within: tuple[Run, ...]) -> Distribution:
        return reading.distribution(question, [day for day in days if any(a <= day.day <= b for a, b in within)])

    found = {}
    for value, window in windows.items():
        answers = Distribution.of(counts[value], lowest=lowest, highest=highest) if value in counts else None
        if answers is None or suppression.is_too_few(answers.n, k=read.sight.k):
            found[value] = Origin(window)
        else:
            found[value] = Origin(window, answers, everybody(tuple(runs[value])) - answers)
    return {value: it for value, it in found.items() if it.answers or _touches(cuts[value], read.span)}


def _touches(cut: Cut, span: Span) -> bool:
    """Whether there are answers of it in the span that may not be told."""
    return any(block.touches(span.start, span.end) for block in (*cut.blocks, *filter(None, [cut.newest])))


def _runs(window: Window, days: tallies.Days) -> list[Run]:
    """The blocks, put together where none of its answers lie between them."""
    given = [day for day, n in days if n]
    runs: list[Run] = []
    for block in window.blocks:
        if runs and bisect_right(given, runs[-1][1]) == bisect_left(given, block.first):
            runs[-1] = runs[-1][0], block.last
        else:
            runs.append((block.first, block.last))
    return runs

"""Daily counts → distributions of a span, of its days and of its segments; nothing here reads single answers."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db import connection
from django.db.models import Q, Sum

from dashboards.distribution import Distribution
from dashboards.models import DailyCount
from dashboards.periods import Span
from surveys.models import Question

EVERYTHING = ""
TOUCHPOINT = "touchpoint"


@dataclass(frozen=True, slots=True)
class DayCount:
    """The histogram of one question on one day."""

    day: date
    counts: tuple[int, ...]
    answered: int


@dataclass(frozen=True, slots=True)
class Bases:
    """How many answered a question: as chosen, ever within the filter, and within the span without the filter."""

    now: int = 0
    ever: int = 0
    everywhere: int = 0


@dataclass(frozen=True)
class Reading:
    """What is counted about a survey's questions in a span and the one before, at one touchpoint or at all."""

    span: Span
    previous: Span | None
    days: dict[int, list[DayCount]] = field(default_factory=dict)
    bases: dict[int, Bases] = field(default_factory=dict)

    def now(self, question: Question) -> list[DayCount]:
        return [day for day in self.days.get(question.pk, []) if self.span.holds(day.day)]

    def before(self, question: Question) -> list[DayCount]:
        previous = self.previous
        return [] if previous is None else [day for day in self.days.get(question.pk, []) if previous.holds(day.day)]

    def bases_of(self, question: Question) -> tuple[int, int]:
        bases = self.bases.get(question.pk, Bases())
        return bases.ever, bases.everywhere


def read(survey: int, *, touchpoint: int | None, span: Span, previous: Span | None) -> Reading:
    """Two queries, however many questions, days and answers there are."""
    segment = _segment(touchpoint)
    first = previous.start if previous else span.start
    rows = DailyCount.objects.filter(survey=survey, day__lte=span.end, **segment)
    if first:
        rows = rows.filter(day__gte=first)
    days: dict[int, list[DayCount]] = defaultdict(list)
    for question, day, counts, answered in rows.order_by("day").values_list("question", "day", "counts", "answered"):
        days[question].append(DayCount(day, tuple(counts), answered))
    return Reading(span, previous, dict(days), bases(survey, touchpoint=touchpoint, span=span))


def bases(survey: int, *, touchpoint: int | None, span: Span) -> dict[int, Bases]:
    """By question, in one query."""
    segment = _segment(touchpoint)
    in_span = Q(day__lte=span.end)
    if span.start:
        in_span &= Q(day__gte=span.start)
    rows = DailyCount.objects.filter(Q(dimension=EVERYTHING) | Q(**segment), survey=survey)
    sums = rows.values("question").annotate(
        now=Sum("answered", filter=Q(**segment) & in_span),
        ever=Sum("answered", filter=Q(**segment)),
        everywhere=Sum("answered", filter=Q(dimension=EVERYTHING) & in_span),
    )
    found = sums.order_by("question").values_list("question", "now", "ever", "everywhere")
    return {question: Bases(*(n or 0 for n in counts)) for question, *counts in found}


def _segment(touchpoint: int | None) -> dict[str, str]:
    if touchpoint is None:
        return {"dimension": EVERYTHING, "value": ""}
    return {"dimension": TOUCHPOINT, "value": str(touchpoint)}


def distribution(question: Question, days: Iterable[DayCount]) -> Distribution:
    """All these days of a question on a scale together."""
    lowest, highest = scale(question)
    total = _added((day.counts for day in days), highest - lowest + 1)
    return Distribution.of(total, lowest=lowest, highest=highest)


def scale(question: Question) -> tuple[int, int]:
    if question.lowest is None or question.highest is None:
        raise ValueError(f"question {question.key} has no scale")
    return question.lowest, question.highest


def chosen(question: Question, days: Sequence[DayCount]) -> tuple[dict[str, int], int]:
    """How often each choice was taken, by its lasting key, and how many answered."""
    total = _added((day.counts for day in days), len(question.choice_keys))
    return dict(zip(question.choice_keys, total, strict=True)), sum(day.answered for day in days)


def _added(histograms: Iterable[tuple[int, ...]], places: int) -> list[int]:
    total = [0] * places
    for counts in histograms:
        for place, count in enumerate(counts[:places]):
            total[place] += count
    return total


def segments(question: Question, span: Span) -> dict[str, dict[str, Distribution]]:
    """The question's distribution in each segment value of a span, by dimension; added up in the database."""
    lowest, highest = scale(question)
    places = ", ".join(f"sum(counts[{place}])" for place in range(1, highest - lowest + 2))
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT dimension, value, ARRAY[{places}]::int[] FROM dashboards_dailycount
            WHERE question_id = %s AND dimension <> '' AND day BETWEEN coalesce(%s, '-infinity'::date) AND %s
            GROUP BY dimension, value ORDER BY dimension, value
            """,  # noqa: S608 - numbers of places
            [question.pk, span.start, span.end],
        )
        rows = cursor.fetchall()
    found: dict[str, dict[str, Distribution]] = defaultdict(dict)
    for dimension, value, counts in rows:
        found[dimension][value] = Distribution.of(counts, lowest=lowest, highest=highest)
    return dict(found)


def stamp(survey: int, *, touchpoint: int | None, span: Span) -> str:
    """Changes whenever a count of the span does."""
    segment = _segment(touchpoint)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT md5(coalesce(string_agg(question_id || ' ' || day || ' ' || counts::text, ',' ORDER BY id), ''))
            FROM dashboards_dailycount
            WHERE survey_id = %s AND dimension = %s AND value = %s
              AND day BETWEEN coalesce(%s, '-infinity'::date) AND %s
            """,
            [survey, segment["dimension"], segment["value"], span.start, span.end],
        )
        row = cursor.fetchone()
    return "" if row is None else str(row[0])

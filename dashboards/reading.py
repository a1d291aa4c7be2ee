"""Daily counts → distributions of a span, of its days and of its segments.

A survey about the whole relationship counts the latest answer of each customer instead, which counts of days cannot
tell. Here alone that is decided.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from django.db import connection
from django.db.models import Q, Sum

from dashboards import latest, repeats
from dashboards.clusters import Clusters
from dashboards.distribution import Distribution
from dashboards.models import DailyCount
from dashboards.periods import Span
from dashboards.trends import Every
from surveys.models import Basis, Question, Survey

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

    survey: Survey
    touchpoint: int | None
    span: Span
    previous: Span | None
    days: dict[int, list[DayCount]] = field(default_factory=dict)
    bases: dict[int, Bases] = field(default_factory=dict)
    clusters: dict[int, Clusters] = field(default_factory=dict)

    def now(self, question: Question) -> list[DayCount]:
        return [day for day in self.days.get(question.pk, []) if self.span.holds(day.day)]

    def before(self, question: Question) -> list[DayCount]:
        previous = self.previous
        return [] if previous is None else [day for day in self.days.get(question.pk, []) if previous.holds(day.day)]

    def bases_of(self, question: Question) -> tuple[int, int]:
        bases = self.bases.get(question.pk, Bases())
        return bases.ever, bases.everywhere


def is_latest_alone(survey: Survey) -> bool:
    """Whether the latest answer of each customer counts, and not every answer."""
    return survey.basis == Basis.RELATIONAL


def read(survey: Survey, *, touchpoint: int | None, span: Span, previous: Span | None) -> Reading:
    """Three queries at most, however many questions, days and answers there are."""
    days = _days(survey, touchpoint, span, previous)
    known = bases(survey, touchpoint=touchpoint, span=span)
    reading = Reading(survey, touchpoint, span, previous, days, known)
    return reading if is_latest_alone(survey) else replace(reading, clusters=_clusters(reading))


def _days(survey: Survey, touchpoint: int | None, span: Span, previous: Span | None) -> dict[int, list[DayCount]]:
    if is_latest_alone(survey):
        found = latest.days(survey.pk, touchpoint=touchpoint, span=span, previous=previous)
        return {question: [DayCount(*row) for row in rows] for question, rows in found.items()}
    first = previous.start if previous else span.start
    rows = DailyCount.objects.filter(survey=survey, day__lte=span.end, **_segment(touchpoint))
    if first:
        rows = rows.filter(day__gte=first)
    days: dict[int, list[DayCount]] = defaultdict(list)
    for question, day, counts, answered in rows.order_by("day").values_list("question", "day", "counts", "answered"):
        days[question].append(DayCount(day, tuple(counts), answered))
    return dict(days)


def _clusters(read: Reading) -> dict[int, Clusters]:
    answers = [n for base in read.bases.values() if (n := base.now)]
    if not answers:
        return {}
    return repeats.read(
        read.survey.pk, touchpoint=read.touchpoint, span=read.span, fewest=min(answers), most=max(answers)
    )


def bases(survey: Survey, *, touchpoint: int | None, span: Span) -> dict[int, Bases]:
    """By question, in one query."""
    if is_latest_alone(survey):
        known = latest.bases(survey.pk, touchpoint=touchpoint, span=span)
        return {question: Bases(*counts) for question, counts in known.items()}
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


def over_time(read: Reading, question: Question, *, by: Every) -> list[DayCount]:
    """What the weeks or months of the span are added up from."""
    if not is_latest_alone(read.survey):
        return read.now(question)
    found = latest.over_time(read.survey.pk, touchpoint=read.touchpoint, span=read.span, question=question.pk, by=by)
    return [DayCount(*row) for row in found]


def segments(read: Reading, question: Question) -> dict[str, dict[str, Distribution]]:
    """The question's distribution in each segment value of the span, by dimension; added up in the database."""
    lowest, highest = scale(question)
    is_latest = is_latest_alone(read.survey)
    rows = _latest_segments(read, question) if is_latest else _segments(question, read.span)
    found: dict[str, dict[str, Distribution]] = defaultdict(dict)
    for dimension, value, counts in rows:
        found[dimension][value] = Distribution.of(counts, lowest=lowest, highest=highest)
    return dict(found)


def _segments(question: Question, span: Span) -> list[tuple[str, str, list[int]]]:
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
        return list(cursor.fetchall())


def _latest_segments(read: Reading, question: Question) -> list[tuple[str, str, list[int]]]:
    lowest, highest = scale(question)
    found: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0] * (highest - lowest + 1))
    for dimension, value, given, n in latest.segments(read.survey.pk, span=read.span, question=question.pk):
        found[dimension, value][given - lowest] += n
    return [(dimension, value, counts) for (dimension, value), counts in found.items()]


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

"""Raw answers → the latest one of each customer: how surveys about the whole relationship are counted.

Whoever answers twice has changed her mind, and is one customer still. Responses without a customer count each.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any, Literal

from django.db import connection

from dashboards.counting import LONGEST_NAME, LONGEST_VALUE, NOT_EXCLUDED, OTHER
from dashboards.periods import Span
from dashboards.segment import Segment
from dashboards.segmented import condition

Row = tuple[date, tuple[int, ...], int]
WHO = "coalesce(r.customer_id, -r.id)"
ANSWERS = f"""
    FROM feedback_response r
    JOIN feedback_answer x ON x.response_id = r.id
    JOIN surveys_question q ON q.id = x.question_id
    WHERE r.survey_id = %(survey)s AND (x.score IS NOT NULL OR x.choices IS NOT NULL) AND {NOT_EXCLUDED}
"""
IN_SPAN = "r.answered_on BETWEEN coalesce(%(start)s, '-infinity'::date) AND %(end)s"
ONE_QUESTION = "x.question_id = %(question)s"


def _latest(period: str, condition: str) -> str:
    """One row a customer, question and period: of answers on one day the one that came in last."""
    # Narrow, so that it is sorted in memory; what else is wanted is read for the latest ones alone.
    return f"""
        SELECT DISTINCT ON (x.question_id, period, who)
               x.question_id, {period} AS period, {WHO} AS who, r.answered_on, r.id, x.score, x.choices
        {ANSWERS} AND {condition}
        ORDER BY x.question_id, period, who, r.answered_on DESC, r.id DESC
    """


PLACES = """
    coalesce(q.highest - q.lowest + 1, cardinality(q.choice_keys)),
    CASE WHEN score IS NOT NULL THEN ARRAY[score - q.lowest]
         ELSE ARRAY(SELECT array_position(q.choice_keys, choice) - 1 FROM unnest(choices) AS choice) END
"""


def _places(day: str, latest: str) -> str:
    """How often each score or list of choices is among these, with its places in the histogram of its question."""
    return f"""
        SELECT question_id, day, {PLACES}, n
        FROM (
            SELECT question_id, {day} AS day, score, choices, count(*) AS n
            FROM ({latest}) AS l GROUP BY question_id, {day}, score, choices
        ) AS given
        JOIN surveys_question q ON q.id = question_id
    """  # noqa: S608


def days(survey: int, *, segment: Segment | None, span: Span, previous: Span | None) -> dict[int, list[Row]]:
    """By question: the latest answer of each customer in the span, and in the one before, on the day she gave it."""
    in_filter, params = condition(segment)
    wanted = {"survey": survey, "start": span.start, "end": span.end} | params
    wanted["first"] = previous.start if previous else span.start
    period = "(%(start)s::date IS NULL OR r.answered_on >= %(start)s)"
    in_spans = "r.answered_on BETWEEN coalesce(%(first)s, '-infinity'::date) AND %(end)s"
    inner = _latest(period, f"{in_spans} AND {in_filter}")
    return _counted(_places("answered_on", inner), wanted)


def over_time(
    survey: int, *, segment: Segment | None, span: Span, question: int, by: Literal["week", "month"]
) -> list[Row]:
    """The latest answer of each customer in each week or month, on that period's first day within the span."""
    in_filter, params = condition(segment)
    wanted = {"survey": survey, "start": span.start, "end": span.end, "question": question} | params
    period = f"greatest(date_trunc('{by}', r.answered_on)::date, %(start)s::date)"
    inner = _latest(period, f"{IN_SPAN} AND {in_filter} AND {ONE_QUESTION}")
    found = _counted(_places("period", inner), wanted)
    return found.get(question, [])


def bases(survey: int, *, segment: Segment | None, span: Span, until: date) -> dict[int, tuple[int, int, int]]:
    """By question, how many customers answered: as chosen, ever until that day, within the span without the filter."""
    in_filter, params = condition(segment)
    rows = _rows(
        f"""
        SELECT question_id, count(*) FILTER (WHERE now), count(*) FILTER (WHERE ever),
               count(*) FILTER (WHERE everywhere)
        FROM (
            SELECT x.question_id, bool_or({in_filter} AND {IN_SPAN}) AS now, bool_or({in_filter}) AS ever,
                   bool_or({IN_SPAN}) AS everywhere
            {ANSWERS} AND r.answered_on <= %(until)s GROUP BY x.question_id, {WHO}
        ) AS customer
        GROUP BY question_id
        """,  # noqa: S608
        {"survey": survey, "start": span.start, "end": span.end, "until": until} | params,
    )
    return {question: (now, ever, everywhere) for question, now, ever, everywhere in rows}


def segments(survey: int, *, span: Span, question: int, dimension: str) -> list[tuple[str, int, int]]:
    """Value, score and how many customers gave it last; values without rows of their own are "other"."""
    rows = _rows(
        f"""
        SELECT CASE WHEN listed.id IS NULL THEN %(other)s ELSE s.value END, l.score, count(*)
        FROM ({_latest("true", f"{IN_SPAN} AND {ONE_QUESTION}")}) AS l
        JOIN feedback_response r ON r.id = l.id
        CROSS JOIN LATERAL (
            VALUES ('touchpoint', r.touchpoint_id::text), ('version', r.version_id::text),
                   ('language', r.language), ('channel', r.channel)
            UNION ALL
            SELECT 'a:' || a.key, left(a.value, {LONGEST_VALUE}) FROM jsonb_each_text(r.attributes) AS a
            WHERE length(a.key) <= {LONGEST_NAME}
        ) AS s (dimension, value)
        LEFT JOIN dashboards_segmentvalue listed
            ON listed.survey_id = %(survey)s AND listed.dimension = s.dimension AND listed.value = s.value
        WHERE s.value <> '' AND s.dimension = %(dimension)s
        GROUP BY 1, 2 ORDER BY 1, 2
        """,  # noqa: S608
        {
            "survey": survey,
            "start": span.start,
            "end": span.end,
            "question": question,
            "dimension": dimension,
            "other": OTHER,
        },
    )
    return [(value, score, n) for value, score, n in rows]


def _counted(statement: str, wanted: dict[str, Any]) -> dict[int, list[Row]]:
    """One histogram a question and day, in order of days."""
    found: dict[tuple[int, date], list[tuple[int, list[int], int]]] = defaultdict(list)
    for question, day, size, places, n in _rows(statement, wanted):
        found[question, day].append((size, places, n))
    by_question: dict[int, list[Row]] = defaultdict(list)
    for question, day in sorted(found):
        by_question[question].append((day, *_histogram(found[question, day])))
    return dict(by_question)


def _histogram(cells: Iterable[tuple[int, list[int], int]]) -> tuple[tuple[int, ...], int]:
    counts: list[int] = []
    answered = 0
    for size, places, n in cells:
        counts = counts or [0] * size
        for place in places:
            counts[place] += n
        answered += n
    return tuple(counts), answered


def _rows(statement: str, wanted: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, wanted)
        return list(cursor.fetchall())

"""Answers of customers who answered more than once → their sums for the interval, in one query."""

from typing import Any

from django.db import connection

from dashboards.clusters import ANSWERS_PER_CUSTOMER, Clusters
from dashboards.counting import NOT_EXCLUDED
from dashboards.figures import FIGURES
from dashboards.periods import Span

# The interval of so many answers is about a point wide either way, clustered or not, and reading more takes too long.
MANY = 30_000

# Whoever answered twice is found in the index alone; only if there are enough of them are the answers read.
SUMS = f"""
    WITH again AS (
        SELECT sum(n - 1) AS n FROM (
            SELECT count(*) AS n FROM feedback_response
            WHERE survey_id = %(survey)s AND customer_id IS NOT NULL
              AND answered_on BETWEEN coalesce(%(start)s, '-infinity'::date) AND %(end)s
            GROUP BY customer_id
        ) AS customer
    )
    SELECT question_id, count(*), sum(n), sum(s), sum(s * s), sum(s * n), sum(n * n)
    FROM (
        SELECT x.question_id, count(*) AS n,
               sum((x.score >= band.high_from)::int - (band.counts_low AND x.score <= band.low_to)::int) AS s
        FROM feedback_response r
        -- Each by its index: there are not many, and the table of all answers is never read through.
        CROSS JOIN LATERAL (SELECT question_id, score FROM feedback_answer WHERE response_id = r.id OFFSET 0) AS x
        JOIN surveys_question q ON q.id = x.question_id
        JOIN unnest(%(names)s, %(low)s, %(high)s, %(counts_low)s) AS band (name, low_to, high_from, counts_low)
            ON band.name = q.figure
        WHERE (SELECT n FROM again) > %(spare)s
          AND r.survey_id = %(survey)s AND r.answered_on BETWEEN coalesce(%(start)s, '-infinity'::date) AND %(end)s
          AND (%(touchpoint)s::bigint IS NULL OR r.touchpoint_id = %(touchpoint)s::bigint)
          AND x.score IS NOT NULL AND {NOT_EXCLUDED}
        GROUP BY x.question_id, coalesce(r.customer_id, -r.id)
    ) AS customer
    GROUP BY question_id
"""  # noqa: S608 - a constant


def read(survey: int, *, touchpoint: int | None, span: Span, fewest: int, most: int) -> dict[int, Clusters]:
    """By question, where some customers may have answered more often than the usual interval allows.

    Fewest and most are the answers that a question of the survey has.
    """
    if most > MANY:
        return {}
    figures = list(FIGURES.values())
    params: dict[str, Any] = {
        "survey": survey,
        "touchpoint": touchpoint,
        "start": span.start,
        "end": span.end,
        "names": [figure.name for figure in figures],
        "low": [figure.scale.low_to for figure in figures],
        "high": [figure.scale.high_from for figure in figures],
        "counts_low": [figure.name == "nps" for figure in figures],
        # n answers of m customers are more than 1.2 a customer if n - m is more than this.
        "spare": int(fewest * (1 - 1 / ANSWERS_PER_CUSTOMER)),
    }
    with connection.cursor() as cursor:
        cursor.execute(SUMS, params)
        return {question: Clusters(*map(int, sums)) for question, *sums in cursor.fetchall()}

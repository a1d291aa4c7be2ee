"""Answers of customers who answered more than once → their sums for the interval, in one query."""

from collections.abc import Mapping
from typing import Any

from django.db import connection

from dashboards.blocks import Window
from dashboards.clusters import ANSWERS_PER_CUSTOMER, Clusters
from dashboards.counting import IN_ORDER, LATEST, NOT_EXCLUDED, quarter_of
from dashboards.figures import FIGURES
from dashboards.segment import Segment
from dashboards.segmented import condition

# The interval of so many answers is about a point wide either way, clustered or not, and reading more takes too long.
MANY = 30_000

# Whoever answered twice is found in the index alone; only if there are enough of them are the answers read.
SUMS = """
    WITH again AS (
        SELECT sum(n - 1) AS n FROM (
            SELECT count({each}) AS n FROM feedback_response
            WHERE survey_id = %(survey)s AND customer_id IS NOT NULL AND answered_on BETWEEN %(start)s AND %(end)s
            GROUP BY customer_id
        ) AS customer
    )
    SELECT question_id, count(*), sum(n), sum(s), sum(s * s), sum(s * n), sum(n * n)
    FROM (
        SELECT r.question_id, count(*) AS n,
               sum((r.score >= band.high_from)::int - (band.counts_low AND r.score <= band.low_to)::int) AS s
        FROM (
            SELECT {latest} r.*, x.question_id, x.score
            FROM feedback_response r
            -- Each by its index: there are not many, and the table of all answers is never read through.
            CROSS JOIN LATERAL (SELECT question_id, score FROM feedback_answer WHERE response_id = r.id OFFSET 0) AS x
            WHERE (SELECT coalesce(n, 0) FROM again) > %(spare)s AND r.survey_id = %(survey)s
              AND r.answered_on BETWEEN %(start)s AND %(end)s AND x.score IS NOT NULL AND {counts}
            {in_order}
        ) AS r
        JOIN surveys_question q ON q.id = r.question_id
        JOIN unnest(%(names)s, %(low)s, %(high)s, %(counts_low)s) AS band (name, low_to, high_from, counts_low)
            ON band.name = q.figure
        JOIN unnest(%(questions)s::bigint[], %(starts)s::date[], %(ends)s::date[]) AS told (question, first, last)
            ON told.question = q.id AND r.answered_on BETWEEN told.first AND told.last
        WHERE {in_filter}
        GROUP BY r.question_id, coalesce(r.customer_id, -r.id)
    ) AS customer
    GROUP BY question_id
"""


def read(
    survey: int,
    *,
    segment: Segment | None,
    windows: Mapping[int, Window],
    by_quarter: bool = False,
    at_any_rate: bool = False,
) -> dict[int, Clusters]:
    """By question, where some customers may have answered more often than the usual interval allows; or anyway.

    By quarter the latest answer of a customer in each is one, and the others are none.
    """
    told = {question: window for question, window in windows.items() if window.blocks}
    if not told or max(window.n for window in told.values()) > MANY:
        return {}
    figures, in_filter = list(FIGURES.values()), condition(segment)
    starts = [window.blocks[0].first for window in told.values()]
    ends = [window.blocks[-1].last for window in told.values()]
    params: dict[str, Any] = in_filter[1] | {
        "survey": survey,
        "start": min(starts),
        "end": max(ends),
        "questions": list(told),
        "starts": starts,
        "ends": ends,
        "names": [figure.name for figure in figures],
        "low": [figure.scale.low_to for figure in figures],
        "high": [figure.scale.high_from for figure in figures],
        "counts_low": [figure.name == "nps" for figure in figures],
        # n answers of m customers are more than 1.2 a customer if n - m is more than this.
        "spare": -1 if at_any_rate else int(min(it.n for it in told.values()) * (1 - 1 / ANSWERS_PER_CUSTOMER)),
    }
    with connection.cursor() as cursor:
        cursor.execute(
            SUMS.format(
                in_filter=in_filter[0],
                counts=NOT_EXCLUDED,
                each=f"DISTINCT {quarter_of('answered_on')}" if by_quarter else "*",
                latest=LATEST if by_quarter else "",
                in_order=IN_ORDER if by_quarter else "",
            ),
            params,
        )
        return {question: Clusters(*map(int, sums)) for question, *sums in cursor.fetchall()}

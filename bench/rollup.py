"""How long a rebuild takes beside one raw GROUP BY, and how soon a new answer is counted."""

import os
import time
from collections.abc import Callable
from typing import Any

from django.db import connection
from django.utils import timezone

from bench import seed
from bench.seed import Seeded
from dashboards import rollup
from dashboards.models import DailyCount
from feedback import answering
from surveys.answers import AnswerValue
from tests import factories

# BENCH_ANSWERS=1000000,10000000 measures larger ones.
SIZES = [int(size) for size in os.environ.get("BENCH_ANSWERS", "10000,100000").split(",")]
RATIO = 3
SECONDS = 10
# What a roll-up reads at the least: which day, which score, and not what was left out.
RAW = """
    SELECT x.question_id, r.answered_on, x.score, count(*)
    FROM feedback_answer x JOIN feedback_response r ON r.id = x.response_id
    WHERE r.survey_id = %s AND NOT EXISTS (
        SELECT FROM feedback_exclusion e WHERE e.response_id = r.id AND e.lifted_at IS NULL)
    GROUP BY x.question_id, r.answered_on, x.score
"""


def run(report: Any) -> None:
    for size in SIZES:
        with seed.seeded(size, until=seed.yesterday()) as seeded:
            _measure(report, size, seeded)


def _measure(report: Any, size: int, seeded: Seeded) -> None:
    survey = seeded.survey.pk
    raw = _best(lambda: _raw(survey))
    first = _once(lambda: rollup.rebuild(survey))
    again = _best(lambda: rollup.rebuild(survey))
    report.tell(f"{size:,} answers, raw GROUP BY", raw, "s")
    report.tell(f"{size:,} answers, first build of {_rows(survey):,} rows", first, "s")
    report.at_most(f"{size:,} answers, rebuild ÷ raw GROUP BY", again / raw, RATIO)
    report.at_most(f"{size:,} answers, an answer until it is counted", _latency(seeded), SECONDS, "s")


def _raw(survey: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(RAW, [survey])
        cursor.fetchall()


def _rows(survey: int) -> int:
    return DailyCount.objects.filter(survey=survey).count()


def _latency(seeded: Seeded) -> float:
    """From the submit to the commit of its count: the clock's two seconds and one sweep."""
    purchase = factories.purchase(factories.customer(seeded.organization))
    invitation = factories.invitation(purchase, touchpoint=seeded.touchpoints[0])
    version = factories.published(seeded.survey).pk
    answering.submit(
        invitation,
        version_id=version,
        accepted={"nps": AnswerValue(score=9)},
        language="en",
        is_complete=True,
        now=timezone.now(),
    )
    return 2.0 + _once(rollup.sweep)


def _once(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _best(work: Callable[[], object]) -> float:
    return min(_once(work) for _ in range(3))

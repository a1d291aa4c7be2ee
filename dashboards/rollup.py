"""Days that changed → their histograms, counted anew from the raw answers.

The journal says which days changed. A day is locked before it is counted: two roll-ups could otherwise write in
another order than they read, and the older count would stay.
"""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date

from django.db import DatabaseError, connection, transaction

from dashboards import counting
from dashboards.counting import Difference, Scope
from feedback.models import ChangedDay
from surveys.models import Survey

logger = logging.getLogger(__name__)

# So many days in one transaction: an import of old answers is caught up with quickly, and no lock is held for long.
DAYS_AT_ONCE = 50
# A rebuild reads everything; the limits that protect web requests would end it half-way.
# All answers pass from the workers that join them to the one that counts: at the usual price nobody would help it.
PATIENTLY = """
    SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = '60s'; SET LOCAL work_mem = '64MB';
    SET LOCAL parallel_tuple_cost = 0.005
"""
# Every statement here is new to PostgreSQL, and compiling one takes longer than counting a day.
UNCOMPILED = "SET LOCAL jit = off"


def sweep() -> int:
    """Count every day that waits in the journal; gives how many were counted."""
    done = 0
    for survey, days in _waiting():
        try:
            done += roll_up(survey, days=days)
        except DatabaseError:
            # One survey in trouble must not keep all others from their figures; its days stay in the journal.
            logger.exception("days of survey %s were not counted", survey)
    return done


def _waiting() -> Iterator[tuple[int, list[date]]]:
    rows = ChangedDay.objects.values_list("survey_id", "day").distinct().order_by("survey_id", "day")
    by_survey: dict[int, list[date]] = {}
    for survey, day in rows:
        by_survey.setdefault(survey, []).append(day)
    for survey, days in by_survey.items():
        for start in range(0, len(days), DAYS_AT_ONCE):
            yield survey, days[start : start + DAYS_AT_ONCE]


@transaction.atomic
def roll_up(survey: int, *, days: Sequence[date]) -> int:
    """Count these days of a survey; a day that another roll-up counts now is left to the next sweep."""
    locked = _lock_days(survey, days)
    if not locked:
        return 0
    scope = Scope(survey, locked)
    _run(UNCOMPILED)
    # Deleted in one statement before the count: whatever is marked later stays in the journal for the next sweep.
    ChangedDay.objects.filter(survey=survey, day__in=locked).delete()
    with counting.counted(scope):
        if counting.has_new_values(scope):
            _lock(survey, "segments")
            counting.list_new_values(scope)
        counting.fold(scope)
        counting.write(scope)
    return len(locked)


def rebuild(survey: int) -> int:
    """Count all days of a survey and choose anew which segment values have rows of their own; gives the rows."""
    with _patiently():
        _lock(survey, "")
        scope = Scope(survey)
        ChangedDay.objects.filter(survey=survey).delete()
        with counting.counted(scope):
            counting.list_anew(scope)
            counting.fold(scope)
            return counting.write(scope)


def verify(survey: int) -> list[Difference]:
    """Where the stored counts differ from the raw answers, days that wait in the journal left out."""
    with _patiently("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"), counting.counted(Scope(survey)):
        counting.fold(Scope(survey))
        return counting.differences(Scope(survey))


def surveys() -> list[int]:
    """Whose counts there are to rebuild or verify."""
    return list(Survey.objects.order_by("pk").values_list("pk", flat=True))


@contextmanager
def _patiently(first: str = "") -> Iterator[None]:
    with transaction.atomic():
        if first and not connection.savepoint_ids:
            _run(first)
        _run(f"{PATIENTLY}; {UNCOMPILED}")
        yield


def _lock_days(survey: int, days: Sequence[date]) -> list[date]:
    """The days that are now ours alone; none of them while the survey is being rebuilt."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock_shared(hashtextextended(%s, 0))", [_key(survey, "")])
        row = cursor.fetchone()
        if row is None or not row[0]:
            return []
        cursor.execute(
            "SELECT day FROM unnest(%s::date[]) AS day "
            "WHERE pg_try_advisory_xact_lock(hashtextextended(%s || day::text, 0))",
            [list(days), _key(survey, "")],
        )
        return [day for (day,) in cursor.fetchall()]


def _lock(survey: int, what: str) -> None:
    _run("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", _key(survey, what))


def _run(statement: str, *params: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)


def _key(survey: int, what: str) -> str:
    return f"daily counts of {survey} {what}"

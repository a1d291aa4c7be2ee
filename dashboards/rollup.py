"""Days that changed → their histograms, counted anew from the raw answers.

The journal says which days changed. A day is locked before it is counted: two roll-ups could otherwise write in
another order than they read, and the older count would stay. Surveys about the whole relationship count each customer
once a quarter: there a changed day means its whole quarter, which is locked by its first day.
"""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from itertools import groupby

from django.db import DatabaseError, connection, transaction

from dashboards import counting, periods
from dashboards.counting import Difference, Scope
from feedback.models import ChangedDay
from surveys.models import Basis, Survey

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
    rows = ChangedDay.objects.values_list("survey_id", "survey__basis", "day").distinct()
    for (survey, basis), found in groupby(rows.order_by("survey_id", "day"), key=lambda row: row[:2]):
        days = [day for *_, day in found]
        if basis == Basis.RELATIONAL:
            yield from ((survey, list(of)) for _, of in groupby(days, key=periods.quarter))
        else:
            yield from ((survey, days[at : at + DAYS_AT_ONCE]) for at in range(0, len(days), DAYS_AT_ONCE))


@transaction.atomic
def roll_up(survey: int, *, days: Sequence[date]) -> int:
    """Count these days of a survey; a day that another roll-up counts now is left to the next sweep."""
    by_quarter = _is_by_quarter(survey)
    counted_on = {day: periods.quarter(day)[0] if by_quarter else day for day in days}
    locked = _lock_days(survey, sorted(set(counted_on.values())))
    if not locked:
        return 0
    read = _quarters(locked) if by_quarter else locked
    scope = Scope(survey, read, by_quarter)
    _run(UNCOMPILED)
    # Deleted in one statement before the count: whatever is marked later stays in the journal for the next sweep.
    ChangedDay.objects.filter(survey=survey, day__in=read).delete()
    with counting.counted(scope):
        if counting.has_new_values(scope):
            _lock(survey, "segments")
            counting.list_new_values(scope)
        counting.fold(scope)
        counting.write(scope)
    return sum(day in locked for day in counted_on.values())


def _is_by_quarter(survey: int) -> bool:
    """Whether each customer counts once a quarter, by her latest answer, and not every answer."""
    return Survey.objects.filter(pk=survey, basis=Basis.RELATIONAL).exists()


def _quarters(firsts: Sequence[date]) -> list[date]:
    """All days of the quarters that begin on these."""
    spans = [periods.quarter(first) for first in firsts]
    return [first + timedelta(days=after) for first, last in spans for after in range((last - first).days + 1)]


def rebuild(survey: int) -> int:
    """Count all days of a survey and choose anew which segment values have rows of their own; gives the rows."""
    with _patiently():
        _lock(survey, "")
        scope = _everything(survey)
        ChangedDay.objects.filter(survey=survey).delete()
        with counting.counted(scope):
            counting.list_anew(scope)
            counting.fold(scope)
            return counting.write(scope)


def verify(survey: int) -> list[Difference]:
    """Where the stored counts differ from the raw answers, days that wait in the journal left out."""
    with _patiently("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"):
        scope = _everything(survey)
        with counting.counted(scope):
            counting.fold(scope)
            return counting.differences(scope)


def _everything(survey: int) -> Scope:
    return Scope(survey, by_quarter=_is_by_quarter(survey))


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

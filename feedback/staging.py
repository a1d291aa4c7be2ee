"""The rows of one file on their way: loaded as they are read, then sorted by customer, then taken batch by batch.

Two unlogged tables for each import, made and dropped with it: nothing of another import is ever locked or scanned, and
what a crash of the database empties is read again from the file.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any

from django.db import connection, transaction

from feedback import purchase_values, recording
from feedback.models import Import
from feedback.purchase_rows import LONGEST_SHOWN, Row

_LOADED, _SORTED = "feedback_import_loaded_", "feedback_import_sorted_"
_COLUMNS = {"n": "int", "day": "date", **purchase_values.COLUMNS}
_PATIENTLY = "SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = '60s'; SET LOCAL work_mem = '64MB'"
# Every statement is new to PostgreSQL, and compiling one takes longer than a batch.
_UNCOMPILED = "SET LOCAL jit = off"
# What a crash takes of the last blocks is done again; the last commit of an import waits for the disk.
_SOON = "SET LOCAL synchronous_commit = off"
# Vacuuming and analysing what is dropped in a minute would take the time that recording needs.
_SHORT_LIVED = "WITH (autovacuum_enabled = off)"
_ROWS_AT_ONCE = 500
_TABS = len(_COLUMNS) - 1
_ESCAPED = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def begin(it: Import) -> None:
    """Empty tables for its rows, but for a mark by which they are known to be whole."""
    drop(it.pk)
    columns = ", ".join(f"{name} {kind}" for name, kind in _COLUMNS.items())
    _run(f"CREATE UNLOGGED TABLE {_LOADED}{it.pk} ({columns}) {_SHORT_LIVED}")
    _run(f"INSERT INTO {_LOADED}{it.pk} (n) VALUES (0)")  # noqa: S608


def is_there(it: Import) -> bool:
    """Whether all that was read still stands there; a crash of the database empties unlogged tables."""
    if it.purchases == 0:
        return True
    name, mark = (_LOADED, "n = 0") if it.purchases is None else (_SORTED, "place = 1")
    if _value("SELECT to_regclass(%s)", [f"{name}{it.pk}"]) is None:
        return False
    return bool(_value(f"SELECT EXISTS (SELECT FROM {name}{it.pk} WHERE {mark})"))  # noqa: S608


def load(it: Import, rows: Iterable[Row]) -> None:
    """PostgreSQL takes in the first rows while the next ones are still being read."""
    columns = ", ".join(_COLUMNS)
    statement = f"COPY {_LOADED}{it.pk} ({columns}) FROM STDIN"
    _run(_SOON)
    with connection.cursor() as cursor:
        cursor.copy_expert(statement, _Stream(rows))


class _Stream:
    """Rows as a file that is written while it is read."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._rows = iter(rows)

    def read(self, _size: int = -1) -> bytes:
        return "".join([_line(row) for row in islice(self._rows, _ROWS_AT_ONCE)]).encode()


def _line(row: Row) -> str:
    """As COPY reads it; nothing is unknown, since the sign for that begins with a mark that is doubled here."""
    cells = (str(row.number), purchase_values.written(row.day), *purchase_values.values(row.purchase))
    line = "\t".join(cells)
    # What stands between cells and lines is looked for in all of them at once: hardly a row has any in it.
    if "\\" in line or "\n" in line or "\r" in line or line.count("\t") != _TABS:
        line = "\t".join([cell.translate(_ESCAPED) for cell in cells])
    return line + "\n"


@contextmanager
def patience() -> Iterator[None]:
    """A transaction that may take its time: the limits that protect web requests would end it half-way."""
    with transaction.atomic():
        _run(f"{_PATIENTLY}; {_UNCOMPILED}; {_SOON}")
        yield


def sort(it: Import) -> None:
    """Sorted by customer and day; without an order number the reference is customer, day and ordinal within it.

    In the file's order within the day, and "C" so that every server sorts alike.
    """
    ordered = 'customer COLLATE "C", day, n'
    reference = "reference"
    if not _has_order(it):
        reference = "customer || ' ' || to_char(day, 'YYYY-MM-DD') || ' ' || ordinal"
    others = ", ".join(name for name in _COLUMNS if name not in ("customer", "reference"))
    _run(
        f"""
        CREATE UNLOGGED TABLE {_SORTED}{it.pk} {_SHORT_LIVED} AS
        SELECT row_number() OVER (ORDER BY {ordered})::int AS place, customer, {reference} AS reference, {others}
        FROM (
            SELECT *, row_number() OVER (PARTITION BY customer COLLATE "C", day ORDER BY n) AS ordinal
            FROM {_LOADED}{it.pk} WHERE n > 0
        ) AS loaded
        """  # noqa: S608
    )
    _run(f"CREATE UNIQUE INDEX ON {_SORTED}{it.pk} (place)")
    _run(f"SET LOCAL default_statistics_target = 30; ANALYZE {_SORTED}{it.pk} (place, customer, reference)")
    _run(f"DROP TABLE {_LOADED}{it.pk}")


def take_out_repeated(it: Import, *, column: str, most_faults: int) -> tuple[int, int]:
    """An order number in several rows counts once, its first: how many rows say the same again, how many differ.

    Those that differ are faults in `column`.
    """
    if not _has_order(it):
        return 0, 0
    said = ", ".join(name for name in purchase_values.COLUMNS if name != "reference")
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            WITH several AS (
                SELECT reference FROM {_LOADED}{it.pk} WHERE n > 0 GROUP BY reference HAVING count(*) > 1
            ), told AS (
                SELECT n, row_number() OVER w > 1 AS again,
                       ROW({said})::text = first_value(ROW({said})::text) OVER w AS alike
                FROM {_LOADED}{it.pk} JOIN several USING (reference)
                WINDOW w AS (PARTITION BY reference ORDER BY n)
            ), gone AS (
                DELETE FROM {_LOADED}{it.pk} l USING told WHERE told.again AND l.n = told.n
                RETURNING l.n, left(l.reference, %s) AS reference, told.alike
            ), listed AS (
                INSERT INTO feedback_importfault (of_id, row, "column", code, value)
                SELECT %s, n, %s, 'order_twice', reference FROM gone WHERE NOT alike ORDER BY n LIMIT %s
            )
            SELECT count(*) FILTER (WHERE alike), count(*) FILTER (WHERE NOT alike) FROM gone
            """,  # noqa: S608
            [LONGEST_SHOWN, it.pk, column, most_faults],
        )
        repeated, differing = cursor.fetchone()
        return repeated, differing


def outlook(it: Import) -> tuple[Any, ...]:
    """Purchases and customers in the file, how many of each would be new, the first and the last day."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT count(*), count(*) FILTER (WHERE i.id IS NULL), min(s.day), max(s.day)
            FROM {_SORTED}{it.pk} s LEFT JOIN feedback_interaction i
              ON i.organization_id = %s AND i.source = %s AND i.reference = s.reference
            """,  # noqa: S608
            [it.organization_id, it.source],
        )
        purchases, new, first_on, last_on = cursor.fetchone()
        cursor.execute(
            f"""
            SELECT count(*), count(*) FILTER (WHERE c.id IS NULL)
            FROM (SELECT DISTINCT customer FROM {_SORTED}{it.pk}) s LEFT JOIN feedback_customer c
              ON c.organization_id = %s AND c.reference = s.customer
            """,  # noqa: S608
            [it.organization_id],
        )
        return (purchases, *cursor.fetchone(), new, first_on, last_on)


def record(it: Import, *, first: int, last: int) -> recording.Recorded:
    """Store the rows from place `first` to `last`, days moved as the import says."""
    assert it.queued_at is not None
    moved = recording.AS_IT_WAS
    if it.moved_by:
        # By the organization's days, so that noon stays noon; never later than now.
        zone = it.organization.time_zone
        then = "((experienced_at AT TIME ZONE %s) + make_interval(days => %s)) AT TIME ZONE %s"
        moved = recording.Sql(f"least({then}, %s)", [zone, it.moved_by, zone, it.queued_at])
    rows = recording.Sql(f"{_SORTED}{it.pk} WHERE place BETWEEN %s AND %s", [first, last])
    # Nobody brought any of it before the file was checked, and none has been met since.
    looks_new = it.would_be_new == it.purchases and it.purchases_new == it.purchases_done
    return recording.record(
        it.organization_id, rows, source=it.source, now=it.queued_at, moved=moved, looks_new=looks_new
    )


def drop(pk: int) -> None:
    for name in (_LOADED, _SORTED):
        _run(f"DROP TABLE IF EXISTS {name}{int(pk)}")


def left_behind(living: Iterable[int]) -> list[int]:
    """Imports that have tables although none of them is still on its way."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() AND tablename LIKE %s",
            ["feedback\\_import\\_%"],
        )
        names = [name for (name,) in cursor.fetchall() if name.startswith((_LOADED, _SORTED))]
    there = {int(name.rpartition("_")[2]) for name in names if name.rpartition("_")[2].isdigit()}
    return sorted(there - set(living))


def _has_order(it: Import) -> bool:
    return any(column["role"] == "order" for column in it.mapping["columns"])


def _run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def _value(statement: str, params: Sequence[Any] = ()) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return cursor.fetchone()[0]

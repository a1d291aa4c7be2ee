"""A statement run so often that planning it costs more than running it: each connection plans it once."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from weakref import WeakKeyDictionary

from django.db import DatabaseError, connection
from django.db.backends.utils import CursorWrapper

# A pooler has given us another session, which does not know the plan, or knows it already; a table has changed under
# the plan. In each case nothing has been done yet.
_NO_SUCH_PLAN, _KNOWN_PLAN, _STALE_PLAN = "26000", "42P05", "0A000"

_planned: WeakKeyDictionary[Any, set[str]] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class Step:
    """A statement with a %s for each of its values, and a name for its plan."""

    name: str
    statement: str
    values: Sequence[Any]


def execute(cursor: CursorWrapper, name: str, statement: str, values: Sequence[Any]) -> None:
    """`statement` with a %s for each value."""
    together(cursor, Step(name, statement, values))


def together(cursor: CursorWrapper, *steps: Step) -> None:
    """One message to the server, which makes one transaction of it; each step sees what the one before waited for.

    What the last step gives can be fetched.
    """
    planned = _planned.setdefault(connection.connection, set())
    try:
        for step in steps:
            name = _unmistakable(step.name, step.statement)
            if name not in planned:
                places = tuple(f"${number}" for number in range(1, len(step.values) + 1))
                cursor.execute(f"PREPARE {name} AS {step.statement % places}")
                planned.add(name)
        _send(cursor, [(_call(step), step.values) for step in steps])
    except DatabaseError as fault:
        state = getattr(fault.__cause__, "pgcode", None)
        if state not in (_NO_SUCH_PLAN, _KNOWN_PLAN, _STALE_PLAN):
            raise
        planned.difference_update(_unmistakable(step.name, step.statement) for step in steps)
        if connection.in_atomic_block:
            raise
        _send(cursor, [(step.statement, step.values) for step in steps])


def _call(step: Step) -> str:
    return f"EXECUTE {_unmistakable(step.name, step.statement)} ({', '.join(['%s'] * len(step.values))})"


def _send(cursor: CursorWrapper, calls: Sequence[tuple[str, Sequence[Any]]]) -> None:
    cursor.execute("; ".join(text for text, _values in calls), [value for _text, values in calls for value in values])


@lru_cache(maxsize=256)
def _unmistakable(name: str, statement: str) -> str:
    """A pooler's session may remember what an older release planned under this name."""
    return f"{name}_{hashlib.sha256(statement.encode()).hexdigest()[:12]}"

"""A statement run so often that planning it costs more than running it: each connection plans it once."""

import hashlib
from collections.abc import Sequence
from functools import lru_cache
from typing import Any
from weakref import WeakKeyDictionary

from django.db import DatabaseError, connection
from django.db.backends.utils import CursorWrapper

# A pooler has given us another session, which does not know the plan, or knows it already; a table has changed under
# the plan. In each case nothing has been done yet.
_NO_SUCH_PLAN, _KNOWN_PLAN, _STALE_PLAN = "26000", "42P05", "0A000"

_planned: WeakKeyDictionary[Any, set[str]] = WeakKeyDictionary()


def execute(cursor: CursorWrapper, name: str, statement: str, values: Sequence[Any]) -> None:
    """`statement` with a %s for each value."""
    name = _unmistakable(name, statement)
    planned = _planned.setdefault(connection.connection, set())
    try:
        if name not in planned:
            places = tuple(f"${number}" for number in range(1, len(values) + 1))
            cursor.execute(f"PREPARE {name} AS {statement % places}")
            planned.add(name)
        cursor.execute(f"EXECUTE {name} ({', '.join(['%s'] * len(values))})", values)
    except DatabaseError as fault:
        state = getattr(fault.__cause__, "pgcode", None)
        if state not in (_NO_SUCH_PLAN, _KNOWN_PLAN, _STALE_PLAN):
            raise
        planned.discard(name)
        if connection.in_atomic_block:
            raise
        cursor.execute(statement, values)


@lru_cache(maxsize=256)
def _unmistakable(name: str, statement: str) -> str:
    """A pooler's session may remember what an older release planned under this name."""
    return f"{name}_{hashlib.sha256(statement.encode()).hexdigest()[:12]}"

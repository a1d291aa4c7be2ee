"""Purchases → customers and interactions, many in one statement; what holds for all that comes in stands here alone.

Twice is once. What is filled in replaces what was known of a customer, what is empty leaves it; nothing here touches a
suppression.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple

from django.db import IntegrityError, connection, transaction

from feedback import settled
from feedback.purchase_values import COLUMNS

_LOCK = 7101  # the first half of an advisory lock; the organization is the second


class Recorded(NamedTuple):
    """What a set of purchases changed."""

    purchases: int
    purchases_new: int
    customers_new: int
    customers_renewed: int


class CustomerMissing(Exception):
    """A purchase found no customer, although no one else may make any meanwhile."""


def one_at_a_time(organization_id: int) -> None:
    """Two at once would race for the same customers; waiting is cheaper than untangling."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCK, organization_id])


def nobody_records(organization_id: int) -> bool:
    """From now to the end of this transaction nothing comes in; False where somebody is at it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [_LOCK, organization_id])
        return bool(cursor.fetchone()[0])


class Sql(NamedTuple):
    """A piece of a statement with its parameters."""

    text: str
    params: Sequence[Any] = ()


AS_IT_WAS = Sql("experienced_at")


def record(
    organization_id: int, rows: Sql, *, source: str, now: datetime, moved: Sql = AS_IT_WAS, looks_new: bool = False
) -> Recorded:
    """Store what is new of `rows`, a table or set with COLUMNS and `place`; call within `one_at_a_time`.

    Rows of a customer stand in `place` from the oldest to the newest. `moved` says when each was experienced. Where
    all `looks_new`, nobody looks for each of them first, which saves an eighth of the time: the constraints refuse
    what was on record all the same, and then each is looked for.
    """
    store = partial(_store, organization_id, rows, source=source, now=now, moved=moved)
    if not looks_new:
        return store(once=True)
    try:
        with transaction.atomic():
            return store(once=False)
    except IntegrityError:
        return store(once=True)


def _store(organization_id: int, rows: Sql, *, source: str, now: datetime, moved: Sql, once: bool) -> Recorded:
    parts = _ONCE if once else dict.fromkeys(_ONCE, "")
    statement = _STATEMENT.format(rows=rows.text, columns=", ".join(COLUMNS), moved=moved.text, **parts)
    mine = [organization_id]
    with connection.cursor() as cursor:
        cursor.execute(statement, [*rows.params, *mine * 3, now, *mine, source, *moved.params, now])
        given, placed, made, born, renewed, oldest = cursor.fetchone()
    if given != placed:
        raise CustomerMissing(f"{given - placed} purchases of organization {organization_id}")
    if oldest is not None:
        settled.reopen(organization_id, oldest=oldest)
    return Recorded(given, made, born, renewed)


_ONCE = {
    "one_customer": "ON CONFLICT (organization_id, reference) DO NOTHING",
    "one_purchase": "ON CONFLICT (organization_id, source, reference) DO NOTHING",
}
# The last filled one of each counts; customers in a fixed order, so that nobody waits for each other in a ring.
_LAST = "(array_agg({0} ORDER BY place DESC) FILTER (WHERE {1} <> ''))[1]"
# Batches come sorted by customer: without this, joins would read all customers of the organization for each of them.
_NEAR = "c.reference BETWEEN (SELECT min(customer) FROM said) AND (SELECT max(customer) FROM said)"
_STATEMENT = f"""
    WITH given AS MATERIALIZED (SELECT place, {{columns}} FROM {{rows}}),
    said AS MATERIALIZED (
        SELECT customer, min(sort_name) FILTER (WHERE name = '') AS nameless,
               {_LAST.format("email", "email")} AS email, {_LAST.format("address_key", "email")} AS address_key,
               {_LAST.format("name", "name")} AS name, {_LAST.format("sort_name", "name")} AS sort_name,
               {_LAST.format("language", "language")} AS language
        FROM given GROUP BY customer
    ),
    known AS MATERIALIZED (
        SELECT c.id, c.reference FROM feedback_customer c JOIN said s ON s.customer = c.reference
        WHERE c.organization_id = %s AND {_NEAR}
    ),
    renewed AS (
        UPDATE feedback_customer c
        SET email = coalesce(s.email, c.email), address_key = coalesce(s.address_key, c.address_key),
            name = coalesce(s.name, c.name), sort_name = coalesce(s.sort_name, c.sort_name),
            language = coalesce(s.language, c.language)
        FROM said s
        WHERE c.organization_id = %s AND c.reference = s.customer AND {_NEAR}
          AND (coalesce(s.email, c.email), coalesce(s.name, c.name), coalesce(s.language, c.language))
              IS DISTINCT FROM (c.email, c.name, c.language)
        RETURNING 1
    ),
    born AS (
        INSERT INTO feedback_customer
            (organization_id, reference, email, address_key, name, sort_name, language, attributes, created_at)
        SELECT %s, s.customer, coalesce(s.email, ''), coalesce(s.address_key, ''), coalesce(s.name, ''),
               coalesce(s.sort_name, s.nameless), coalesce(s.language, ''), '{{{{}}}}', %s
        FROM said s WHERE NOT EXISTS (SELECT FROM known k WHERE k.reference = s.customer)
        ORDER BY s.customer COLLATE "C"
        {{one_customer}} RETURNING id, reference
    ),
    placed AS MATERIALIZED (
        SELECT g.place, g.reference, g.experienced_at, g.attributes, k.id FROM given g
        JOIN (SELECT id, reference FROM known UNION ALL SELECT id, reference FROM born) k ON k.reference = g.customer
    ),
    made AS (
        INSERT INTO feedback_interaction
            (organization_id, customer_id, source, reference, experienced_at, attributes, created_at)
        SELECT %s, id, %s, reference, {{moved}}, attributes, %s FROM placed ORDER BY place
        {{one_purchase}} RETURNING experienced_at
    )
    SELECT (SELECT count(*) FROM given), (SELECT count(*) FROM placed), (SELECT count(*) FROM made),
           (SELECT count(*) FROM born), (SELECT count(*) FROM renewed), (SELECT min(experienced_at) FROM made)
"""  # noqa: S608 - texts of our own alone

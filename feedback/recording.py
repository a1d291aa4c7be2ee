"""Purchases → customers and interactions, many in one statement; what holds for all that comes in stands here alone.

Twice is once. What is filled in replaces what was known of a customer, what is empty leaves it; nothing here touches a
suppression.
"""

import unicodedata
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache, partial
from json.encoder import encode_basestring
from typing import Any, NamedTuple

from django.db import IntegrityError, connection, transaction

from feedback import settled
from feedback.purchases import Purchase
from organizations import links

_LOCK = 7101  # the first half of an advisory lock; the organization is the second
# What the statement below reads of a purchase; rows of a customer stand in `place` from the oldest to the newest.
COLUMNS = {
    "customer": "text",
    "reference": "text",
    "experienced_at": "timestamptz",
    "email": "text",
    "address_key": "text",
    "name": "text",
    "sort_name": "text",
    "language": "text",
    "attributes": "jsonb",
}


class Recorded(NamedTuple):
    """What a set of purchases changed."""

    purchases: int
    purchases_new: int
    customers_new: int
    customers_renewed: int


class CustomerMissing(Exception):
    """A purchase found no customer, although no one else may make any meanwhile."""


def values(purchase: Purchase) -> tuple[str, ...]:
    """A purchase as `COLUMNS` name it, each as PostgreSQL reads it."""
    email, name = purchase.email, purchase.name
    return (
        purchase.customer,
        purchase.reference,
        written(purchase.experienced_at),
        email,
        _address_key(email) if email else "",
        name,
        sort_name(name or purchase.customer),
        purchase.language,
        _json(purchase.attributes) if purchase.attributes else "{}",
    )


# A day stands in many rows.
written = lru_cache(maxsize=10_000)(str)


def sort_name(name: str) -> str:
    """Casefolded and without accents, so that all servers sort alike."""
    if name.isascii():
        return name.lower()[:160]
    return " ".join([word.lower() if word.isascii() else _unmarked(word) for word in name.split(" ")])[:160]


@lru_cache(maxsize=20_000)  # Words come again where whole names do not.
def _unmarked(word: str) -> str:
    return unicodedata.normalize("NFKD", word.casefold()).translate(_UNMARKED)


class _Unmarked(dict[int, int | None]):
    """Each sign as it is, but an accent as nothing; known once it was asked for."""

    def __missing__(self, sign: int) -> int | None:
        self[sign] = kept = None if unicodedata.combining(chr(sign)) else sign
        return kept


_UNMARKED = _Unmarked()


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
    """Store what is new of `rows`, a table or set with `place` and COLUMNS; call within `one_at_a_time`.

    `moved` says when each was experienced. Where all `looks_new`, looking for each of them is left to the constraints:
    a fifth of the time; one that was on record all the same ends in another look at all of them.
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


@lru_cache(maxsize=50_000)
def _address_key(email: str) -> str:
    return links.address_key(email)


def _json(attributes: Any) -> str:
    """A third of the time of json.dumps, for a mapping of texts."""
    return "{" + ", ".join([_name(name) + _text(value) for name, value in attributes.items()]) + "}"


_text = encode_basestring


@lru_cache(maxsize=1000)
def _name(name: str) -> str:
    return _text(name) + ": "

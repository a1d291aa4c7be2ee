"""Responses, read from the database a few thousand at a time → what one file says of each, block by block.

A block is the cells that belong together: those of one question, those about the customer. Most blocks are the same in
many rows, so they are made once and taken again. The list of who is in a file is made once and what they said is read
later: whatever is erased in the meantime is not in the file any more, and memory does not grow with it.
"""

import json
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain, islice
from typing import Any, Generic, TypeVar

from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from feedback.cells import Cell, block
from feedback.models import Response
from surveys.answers import AnswerValue
from surveys.document import Question as Asked
from surveys.kinds.kind import Kind

AT_ONCE = 2_000
# Where attributes hardly ever repeat, memory is to stay the same all the same.
_KEPT = 20_000
_NOBODY = (None, None, None, None)
# Neither a number nor a day.
_NO_MORE = [None, None]
# Of a row's blocks, those before the questions': number, wording, times, person, segments.
_BEFORE = 5

Block = TypeVar("Block")


@dataclass(frozen=True)
class Place:
    """Which of the questions' blocks is this question's, and how many cells it has."""

    number: int
    width: int
    asked: Asked
    kind: Kind
    base: str


@dataclass(frozen=True)
class Names:
    surveys: Mapping[int, str]
    versions: Mapping[int, int]
    touchpoints: Mapping[int, str]


class _Known(dict[Any, Block]):
    """Blocks by what they were made of."""

    def keep(self, key: Any, made: Block) -> Block:
        if len(self) >= _KEPT:
            self.clear()
        self[key] = made
        return made


class Reader(ABC, Generic[Block]):
    """What all rows of one file have in common."""

    def __init__(self, attributes: Sequence[str], places: Mapping[int, Place], language: str, names: Names) -> None:
        self.attributes, self.places, self.language, self.names = attributes, places, language, names
        self.zones = [timezone.get_current_timezone_name()] * 3
        self.asked: _Known[Block] = _Known()
        self.segments: _Known[Block] = _Known()
        self.said: _Known[Block] = _Known()
        self.nobody = self.block(_person(*_NOBODY))
        self.nothing = [self.block([None] * place.width) for place in places.values()]

    @abstractmethod
    def number(self, pk: int) -> Block:
        """The first cell of a row."""

    @abstractmethod
    def block(self, cells: Sequence[Cell]) -> Block:
        """These cells, after others."""

    @abstractmethod
    def times(self, written: str) -> Block:
        """Days and moments, which the database has written with a comma between each two."""

    def batches(self, found: QuerySet[Response, Any]) -> Iterator[list[list[Block]]]:
        """The blocks of each of them, in their order."""
        ids = found.values_list("pk", flat=True).iterator(chunk_size=AT_ONCE)
        while some := list(islice(ids, AT_ONCE)):
            rows = self._read(some)
            yield [rows[pk] for pk in some if pk in rows]

    def _read(self, ids: list[int]) -> dict[int, list[Block]]:
        with connection.cursor() as cursor:
            cursor.execute(_RESPONSES, [*self.zones, ids])
            rows = {row[0]: self._row(*row) for row in cursor.fetchall()}
            cursor.execute(_ANSWERS, [ids])
            places, said = self.places, self.said
            for response, question, score, choices, text, *more in cursor.fetchall():
                place, row = places.get(question), rows.get(response)
                if place is None or row is None:
                    continue
                key = (question, score, choices) if text is None and more == _NO_MORE else None
                made = said.get(key)
                if made is None:
                    made = self._said(place, score, choices, text or "", *more)
                    if key:
                        said.keep(key, made)
                row[_BEFORE + place.number] = made
        return rows

    def _row(self, pk: int, times: str, segments: str, *told: Any) -> list[Block]:
        asked, person = told[:5], told[5:]
        if (wording := self.asked.get(asked)) is None:
            wording = self.asked.keep(asked, self.block(self._asked(*asked)))
        if (counted_by := self.segments.get(segments)) is None:
            counted_by = self.segments.keep(segments, self.block(self._segments(segments)))
        who = self.nobody if person == _NOBODY else self.block(_person(*person))
        return [self.number(pk), wording, self.times(times), who, counted_by, *self.nothing]

    def _asked(self, survey: int, version: int, touchpoint: int | None, *plain: str) -> list[Cell]:
        names = self.names
        return [
            names.surveys.get(survey),
            names.versions.get(version),
            names.touchpoints.get(touchpoint) if touchpoint else None,
            *plain,
        ]

    def _segments(self, written: str) -> list[Cell]:
        # What is no text stands as the database writes it.
        segments = json.loads(written, parse_int=str, parse_float=str)
        values = [segments.get(name) for name in self.attributes]
        return [value if value is None or isinstance(value, str) else json.dumps(value) for value in values]

    def _said(self, place: Place, score: int | None, choices: str | None, text: str, number: Any, on: Any) -> Block:
        value = AnswerValue(score, tuple(json.loads(choices)) if choices else (), text, number, on)
        return self.block(place.kind.cells(place.asked, value, self.language, place.base))


class Lines(Reader[str]):
    """For a CSV file: a block is a piece of a line."""

    def read(self, found: QuerySet[Response, Any]) -> Iterator[str]:
        """Some hundred kilobytes of whole lines at a time."""
        for batch in self.batches(found):
            yield "".join([f"{''.join(row)}\r\n" for row in batch])

    def number(self, pk: int) -> str:
        return str(pk)

    def block(self, cells: Sequence[Cell]) -> str:
        return block(cells)

    def times(self, written: str) -> str:
        return f",{written}"


class Rows(Reader[Sequence[Cell]]):
    """For a sheet, which knows numbers, days and moments."""

    def read(self, found: QuerySet[Response, Any]) -> Iterator[list[Cell]]:
        for batch in self.batches(found):
            for row in batch:
                yield list(chain.from_iterable(row))

    def number(self, pk: int) -> Sequence[Cell]:
        return [pk]

    def block(self, cells: Sequence[Cell]) -> Sequence[Cell]:
        return cells

    def times(self, written: str) -> Sequence[Cell]:
        return [_time(one) if one else None for one in written.split(",")]


def _person(reference: str | None, name: str | None, email: str | None, why: str | None) -> list[Cell]:
    return [reference, name, email, 0 if why is None else 1, why]


def _time(written: str) -> date:
    return datetime.fromisoformat(written) if " " in written else date.fromisoformat(written)


# Written out: a file of 100,000 rows is to take two seconds, and the ORM alone would take one of them. The database
# writes days and moments, in the organization's time, ten times as fast as Python, and texts are known again sooner
# than lists and objects.
_RESPONSES = """
    SELECT r.id,
           concat(r.answered_on, ',', r.experienced_on, ',', date_trunc('second', r.created_at AT TIME ZONE %s), ',',
                  date_trunc('second', r.completed_at AT TIME ZONE %s), ',',
                  date_trunc('second', r.changed_at AT TIME ZONE %s)),
           r.attributes::text, r.survey_id, r.version_id, r.touchpoint_id, r.channel, r.language,
           c.reference, c.name, c.email, e.why
    FROM feedback_response r
    LEFT JOIN feedback_customer c ON c.id = r.customer_id
    LEFT JOIN feedback_exclusion e ON e.response_id = r.id AND e.lifted_at IS NULL
    WHERE r.id = ANY(%s)
"""
_ANSWERS = """
    SELECT response_id, question_id, score, array_to_json(choices)::text, text, number, "on"
    FROM feedback_answer
    WHERE response_id = ANY(%s)
"""

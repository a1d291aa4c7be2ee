"""Rows of cells → purchases; every fault is told with its row, its column and how to mend it."""

import re
import zoneinfo
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import lru_cache
from itertools import islice
from operator import itemgetter
from typing import NamedTuple

from feedback import dates
from feedback.lines import Broken, Cells
from feedback.mapping import Mapping
from feedback.purchases import LONGEST, Purchase

LONGEST_VALUE = 500
LONGEST_SHOWN = 80
OLDEST_YEAR = 1990
# Room for the day and the number within it, which make the reference where there is no order number.
LONGEST_WITHOUT_ORDER = LONGEST - len(" 2026-01-31 9999999")
LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,4})?", re.ASCII)
NUMBER = re.compile(r"-?\d{1,18}(?:\.\d+)?", re.ASCII)
# Control characters but tab, lone surrogates, overrides of direction; NUL and what could not be decoded are faults.
UNCLEAN = re.compile("[\x01-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069]")
_NOT_IN_ADDRESSES = re.compile(r'[ \t"<>(),;:\\\r\n]')
# How spreadsheets keep the zeros before a number.
_GUARDED = re.compile(r'="([^"]*)"')


@dataclass(frozen=True)
class Fault:
    """What is wrong in one place of one row."""

    row: int
    column: str
    code: str
    value: str = ""


class Row(NamedTuple):
    """A sound row: the purchase, and its day in the organization's zone."""

    number: int
    day: date
    purchase: Purchase


_SAID = ("order", "date", "customer", "email", "name", "language")


class Reader:
    """Reads rows as a checked mapping says; `now` tells which days lie in the future."""

    def __init__(self, mapping: Mapping, *, zone: zoneinfo.ZoneInfo, now: datetime) -> None:
        self.mapping, self._zone, self._today = mapping, zone, now.astimezone(zone).date()
        self._width = len(mapping.columns)
        self._places = {column.role: place for place, column in enumerate(mapping.columns)}
        self._attributes = [
            (place, column.kept_as, column.role) for place, column in enumerate(mapping.columns) if column.kept_as
        ]
        # A column that is not there reads the empty cell behind the last one.
        self._said = itemgetter(*(self._places.get(role, -1) for role in _SAID))
        self._longest_customer = LONGEST if mapping.has_order else LONGEST_WITHOUT_ORDER
        # A day, an address stand in many rows.
        self._moment = lru_cache(maxsize=10_000)(self._read_moment)

    def read(self, number: int, cells: Cells) -> Row | list[Fault] | None:
        """A purchase, or everything that is wrong with the row; None where it is empty."""
        if isinstance(cells, Broken):
            return [Fault(number, "", cells.code, shown(cells.value))]
        row = [cell.strip() for cell in cells]
        if not any(row):
            return None
        if len(row) != self._width:
            if len(row) > self._width and any(row[self._width :]):
                return [Fault(number, "", "too_many_cells", shown(next(cell for cell in row[self._width :] if cell)))]
            row += [""] * (self._width - len(row))
        text = "".join(row)
        if not text.isprintable() or "\ufffd" in text or "=" in text:
            faults = [fault for place, cell in enumerate(row) if (fault := self._unclean(number, place, cell))]
            if faults:
                return faults
            row = [_cleaned(cell) for cell in row]
        return self._row(number, row)

    def _unclean(self, number: int, place: int, cell: str) -> Fault | None:
        code = ""
        if "\0" in cell:
            code = "nul"
        elif "\ufffd" in cell:
            code = "not_in_encoding"
        elif cell[:1] == "=" and not _GUARDED.fullmatch(cell):
            code = "formula"
        if not code or place >= self._width or self.mapping.columns[place].role == "ignored":
            return None
        return Fault(number, self._heading(place), code, shown(cell))

    def _row(self, number: int, row: Sequence[str]) -> Row | list[Fault]:
        faults: list[Fault] = []
        order, when, customer, email, name, language = self._said((*row, ""))
        for role, value in (("order", order), ("name", name)):
            if len(value) > LONGEST:
                self._tell(faults, number, role, "too_long", value)
        if not order and "order" in self._places:
            self._tell(faults, number, "order", "required")
        moment = self._moment(when)
        if isinstance(moment, str):
            self._tell(faults, number, "date", moment, when)
        given, customer = customer, customer or email.lower()
        if customer and self.mapping.pattern:
            email = self.mapping.pattern.replace("{customer}", customer).replace("{order}", order)
        if email and (code := address_fault(email)):
            self._tell(faults, number, "email" if "email" in self._places else "customer", code, email)
        elif not customer:
            self._tell(faults, number, "customer" if "customer" in self._places else "email", "no_customer")
        elif len(customer) > self._longest_customer:
            self._tell(faults, number, "customer" if given else "email", "too_long", customer)
        if language:
            language = language.replace("_", "-")
            if not LANGUAGE.fullmatch(language):
                self._tell(faults, number, "language", "not_a_language", language)
        attributes = self._read_attributes(number, row, faults)
        if faults or isinstance(moment, str):
            return faults
        return Row(number, moment[1], Purchase(order, customer, moment[0], email, name, language, attributes))

    def _tell(self, faults: list[Fault], number: int, role: str, code: str, value: str = "") -> None:
        place = self._places.get(role)
        faults.append(Fault(number, role if place is None else self._heading(place), code, shown(value)))

    def _read_attributes(self, number: int, row: Sequence[str], faults: list[Fault]) -> dict[str, str]:
        attributes = {}
        for place, name, role in self._attributes:
            value = row[place]
            if not value:
                continue
            if len(value) > LONGEST_VALUE:
                faults.append(Fault(number, self._heading(place), "too_long", shown(value)))
            elif role == "amount":
                plain = plain_number(value, decimal=self.mapping.decimal)
                if plain is None:
                    faults.append(Fault(number, self._heading(place), "not_a_number", shown(value)))
                else:
                    attributes[name] = plain
            else:
                attributes[name] = value
        return attributes

    def _read_moment(self, text: str) -> tuple[datetime, date] | str:
        """The moment in UTC and its day here, or the code of what is wrong."""
        if not text:
            return "required"
        try:
            read = dates.read(text, self.mapping.date_form)
            # Noon keeps a day without a time on its day, whatever the zone that reads it.
            moment = read if isinstance(read, datetime) else datetime.combine(read, time(12))
            moment = moment if moment.tzinfo else moment.replace(tzinfo=self._zone)
            day = moment.astimezone(self._zone).date()
            # PostgreSQL takes no offset of 16 hours or more.
            moment = moment.astimezone(UTC)
        except (dates.NotADate, OverflowError):
            return "two_dates" if dates.are_two(text) else "not_a_date"
        if day > self._today:
            return "in_future"
        return "too_old" if day.year < OLDEST_YEAR else (moment, day)

    def _heading(self, place: int) -> str:
        column = self.mapping.columns[place]
        return column.heading or column.kept_as or f"{column.role} ({place + 1})"


def numbered(rows: Iterable[Cells], mapping: Mapping, *, after: int = 0) -> Iterator[tuple[int, Cells]]:
    """Every row below the header and the row `after`, with its number in the file."""
    first = max(after, int(mapping.has_header))
    return islice(enumerate(rows, start=1), first, None)


def read_all(
    rows: Iterable[Cells], mapping: Mapping, *, zone: zoneinfo.ZoneInfo, now: datetime
) -> Iterator[tuple[int, Row | list[Fault] | None]]:
    """Every row with its number, as `Reader` reads it."""
    reader = Reader(mapping, zone=zone, now=now)
    return ((number, reader.read(number, cells)) for number, cells in numbered(rows, mapping))


def shown(value: str) -> str:
    """So much of a faulty value as a list shows, in one line."""
    return " ".join(UNCLEAN.sub("", value.replace("\0", "␀")).split())[:LONGEST_SHOWN]


def plain_number(value: str, *, decimal: str) -> str | None:
    """1.234,56 € → 1234.56; None where it is no number."""
    if decimal == "." and NUMBER.fullmatch(value):
        return value
    other = "," if decimal == "." else "."
    bare = value.strip(" \u00a0€$£¥").replace(other, "").replace("'", "").replace("\u00a0", "").replace(" ", "")
    bare = bare.replace(decimal, ".").removeprefix("+")
    return bare if NUMBER.fullmatch(bare) else None


def address_fault(value: str) -> str:
    """What keeps this from being one e-mail address that every mail server takes; '' where nothing does."""
    local, at, domain = value.rpartition("@")
    if not (local and at and "." in domain.strip(".")) or _NOT_IN_ADDRESSES.search(value) or "@" in local:
        return "not_an_address"
    if ".." in value or len(local) > 64:
        return "not_an_address"
    if len(value) > LONGEST:
        return "too_long"
    return "" if local.isascii() else "local_part"


def _cleaned(cell: str) -> str:
    guarded = _GUARDED.fullmatch(cell)
    return " ".join(UNCLEAN.sub("", (guarded[1] if guarded else cell).replace("\n", " ")).split())

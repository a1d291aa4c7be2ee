"""A file of purchases, read into values; every fault is told with its row, its column and how to mend it."""

import csv
import io
import zoneinfo
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time

MOST_BYTES = 5_000_000
MOST_ROWS = 20_000
MOST_COLUMNS = 60
MOST_FAULTS = 200
LONGEST = 120
LONGEST_VALUE = 500
REQUIRED = ("order", "date")
KNOWN = ("customer", "email", "name", "language", "order", "date")
# A file to begin with.
SAMPLE = (
    "order,date,customer,email,name,language,product,store\r\n"
    "A-1001,2026-01-31,C-17,anna@example.com,Anna Berg,de,Headphones,Berlin\r\n"
)


@dataclass(frozen=True)
class Purchase:
    """One thing a customer did, as it came in."""

    reference: str
    customer: str
    experienced_at: datetime
    email: str = ""
    name: str = ""
    language: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Fault:
    """What is wrong in one place; row 1 is the header, row 0 the file as a whole."""

    row: int
    column: str
    code: str
    value: str = ""


@dataclass(frozen=True)
class Sheet:
    """What a file holds: purchases only if there is no fault."""

    purchases: tuple[Purchase, ...] = ()
    faults: tuple[Fault, ...] = ()


class _Faulty(Exception):
    def __init__(self, column: str, code: str, value: str = "") -> None:
        super().__init__(code)
        self.column, self.code, self.value = column, code, value[:80]


def read(content: bytes, *, zone: zoneinfo.ZoneInfo, now: datetime) -> Sheet:
    """The purchases in a CSV file (UTF-8; comma, semicolon or tab; columns order, date and customer or email)."""
    try:
        header, rows = _table(content)
    except _Faulty as fault:
        return Sheet(faults=(Fault(1 if fault.column else 0, fault.column, fault.code, fault.value),))
    purchases: dict[str, Purchase] = {}
    faults: list[Fault] = []
    for number, cells in rows:
        try:
            purchase = _purchase(dict(zip(header, cells, strict=False)), len(cells) - len(header), zone=zone, now=now)
            known = purchases.setdefault(purchase.reference, purchase)
            if known != purchase:
                raise _Faulty("order", "order_twice", purchase.reference)
        except _Faulty as fault:
            faults.append(Fault(number, fault.column, fault.code, fault.value))
        if len(faults) >= MOST_FAULTS:
            break
    if not purchases and not faults:
        faults.append(Fault(0, "", "no_rows"))
    return Sheet(faults=tuple(faults)) if faults else Sheet(purchases=tuple(purchases.values()))


def _table(content: bytes) -> tuple[list[str], list[tuple[int, list[str]]]]:
    reader = csv.reader(io.StringIO(_text(content), newline=""), delimiter=_delimiter(content), strict=True)
    try:
        rows = [(reader.line_num, [cell.strip() for cell in cells]) for cells in _bounded(reader) if any(cells)]
    except csv.Error as error:
        raise _Faulty("", "broken_csv", str(error)) from error
    if not rows:
        raise _Faulty("", "empty")
    header = [name.lower() for name in rows[0][1]]
    _check_header(header)
    return header, rows[1:]


def _bounded(reader: Iterator[list[str]]) -> Iterator[list[str]]:
    for number, cells in enumerate(reader):
        if number > MOST_ROWS:
            raise _Faulty("", "too_many_rows")
        yield cells


def _text(content: bytes) -> str:
    if len(content) > MOST_BYTES:
        raise _Faulty("", "too_large")
    if b"\0" in content:
        raise _Faulty("", "not_text")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _Faulty("", "not_utf8", str(error.start)) from error


def _delimiter(content: bytes) -> str:
    first_line = content.split(b"\n", 1)[0]
    return max((",", ";", "\t"), key=lambda mark: first_line.count(mark.encode()))


def _check_header(header: list[str]) -> None:
    if len(header) > MOST_COLUMNS:
        raise _Faulty("", "too_many_columns")
    for name in header:
        if len(name) > LONGEST:
            raise _Faulty(name[:20], "too_long", name)
        if header.count(name) > 1:
            raise _Faulty(name or "?", "column_twice", name)
    for name in REQUIRED:
        if name not in header:
            raise _Faulty(name, "column_missing")
    if "customer" not in header and "email" not in header:
        raise _Faulty("customer", "nobody_to_ask")


def _purchase(row: dict[str, str], extra_cells: int, *, zone: zoneinfo.ZoneInfo, now: datetime) -> Purchase:
    if extra_cells > 0:
        raise _Faulty("", "too_many_cells")
    for name in KNOWN:
        if len(row.get(name, "")) > LONGEST:
            raise _Faulty(name, "too_long", row[name])
    email = _email(row.get("email", ""))
    customer = row.get("customer", "") or email.lower()
    if not customer:
        raise _Faulty("customer", "no_customer")
    if len(customer) > LONGEST:
        raise _Faulty("email", "too_long", email)
    if not row["order"]:
        raise _Faulty("order", "required")
    return Purchase(
        reference=row["order"],
        customer=customer,
        experienced_at=_moment(row.get("date", ""), zone=zone, now=now),
        email=email,
        name=row.get("name", ""),
        language=row.get("language", "")[:10],
        attributes=dict(_attributes(row)),
    )


def _attributes(row: dict[str, str]) -> Iterator[tuple[str, str]]:
    for name, value in row.items():
        if name and name not in KNOWN and value:
            if len(value) > LONGEST_VALUE:
                raise _Faulty(name, "too_long", value)
            yield name, value


def _email(value: str) -> str:
    if not value:
        return ""
    local, at, domain = value.rpartition("@")
    bad = not (local and at and "." in domain.strip(".")) or any(mark in value for mark in ' \t"<>(),;:\\\r\n')
    if bad or "@" in local or ".." in value or len(local) > 64:
        raise _Faulty("email", "not_an_address", value)
    return value


def _moment(value: str, *, zone: zoneinfo.ZoneInfo, now: datetime) -> datetime:
    if not value:
        raise _Faulty("date", "required")
    try:
        # Noon keeps a day without a time on its day, whatever the zone that reads it.
        moment = (
            datetime.combine(date.fromisoformat(value), time(12), zone)
            if len(value) == len("2026-01-31")
            else datetime.fromisoformat(value)
        )
        moment = moment if moment.tzinfo else moment.replace(tzinfo=zone)
        in_future = moment.astimezone(zone).date() > now.astimezone(zone).date()
        # PostgreSQL takes no offset of 16 hours or more.
        moment = moment.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise _Faulty("date", "not_a_date", value) from error
    if in_future:
        raise _Faulty("date", "in_future", value)
    if moment.year < 1990:
        raise _Faulty("date", "too_old", value)
    return moment

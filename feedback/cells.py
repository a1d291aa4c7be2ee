"""A value → a cell that a spreadsheet shows and does not obey."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, tzinfo
from decimal import Decimal
from typing import Any

Cell = str | int | float | Decimal | date | None

# A text that begins so is run as a formula, and what customers chose or wrote may begin so. The last four are their
# full-width forms, which East Asian editions of Excel read alike.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
# What a spreadsheet, or whoever copies from one, passes over before a formula.
PASSED_OVER = " \u00a0\u3000\u200b\ufeff'\""
# Small enough to begin at once, large enough that sending is not the dear part.
_PIECE = 32_768


# The writer of CSV puts these down as they are.
_PLAIN = frozenset({int, float, Decimal, date, type(None)})


def cell(value: Cell, zone: tzinfo | None = None) -> str:
    """As it stands in a CSV file: a text that a spreadsheet would run gets an apostrophe before it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, datetime):
        if value.tzinfo is None and not value.microsecond:
            return str(value)
        local = value.astimezone(zone) if zone and value.tzinfo else value
        return local.replace(tzinfo=None).isoformat(sep=" ", timespec="seconds")
    if isinstance(value, str):
        # Most texts begin with a letter or a digit, and no formula does.
        is_safe = value[:1].isalnum() or not value.lstrip(PASSED_OVER).startswith(FORMULA)
        return value if is_safe else f"'{value}"
    return str(value)


def csv_pieces(head: Sequence[str], rows: Iterable[Sequence[Cell]], *, zone: tzinfo | None = None) -> Iterator[bytes]:
    """A CSV file in pieces, while its rows still come; moments stand in this zone, where one is given."""
    file = io.StringIO()
    # The mark makes spreadsheets read UTF-8.
    file.write("\ufeff")
    writer = csv.writer(file)
    writer.writerow(map(cell, head))
    for row in rows:
        # What most cells hold is written without asking further: there are millions of them.
        writer.writerow(
            [
                value if type(value) in _PLAIN or (type(value) is str and value[:1].isalnum()) else cell(value, zone)
                for value in row
            ]
        )
        if file.tell() >= _PIECE:
            yield _taken(file)
    yield _taken(file)


def csv_of_lines(head: Sequence[str], lines: Iterable[str]) -> Iterator[bytes]:
    """The same where the rows come as lines made of blocks, one or many at a time."""
    yield from csv_pieces(head, ())
    for some in lines:
        yield some.encode("utf-8", "replace")


class _Given:
    """A file that gives back what is written into it."""

    def write(self, text: str) -> str:
        return text


def block(cells: Sequence[Cell]) -> str:
    """These cells as they stand in a line after others, each with the comma before it."""
    if not cells:
        return ""
    written: Any = csv.writer(_Given()).writerow(["", *map(cell, cells)])
    return str(written).removesuffix("\r\n")


def _taken(file: io.StringIO) -> bytes:
    piece = file.getvalue().encode("utf-8", "replace")
    file.seek(0)
    file.truncate()
    return piece

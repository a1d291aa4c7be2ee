"""The first lines of a file → a first idea of how it is laid out and what its columns mean."""

import re
from collections.abc import Callable, Sequence
from itertools import islice
from typing import NamedTuple

from feedback import dates, layouts
from feedback.headings import role_of
from feedback.mapping import ATTRIBUTE, IGNORED, LONGEST_HEADING, LONGEST_NAME, MOST_COLUMNS, Column, Mapping
from feedback.purchase_rows import UNCLEAN

SAMPLE_LINES = 2000
_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_LANGUAGE = re.compile(r"[A-Za-z]{2}(?:[-_][A-Za-z]{2,4})?")


class Guess(NamedTuple):
    """A mapping to begin with, and in which forms the dates may be read; several: somebody must say which."""

    mapping: Mapping
    date_forms: tuple[str, ...]


def guess(lines: Sequence[str], *, encoding: str) -> Guess:
    lines = [line for line in islice(lines, SAMPLE_LINES) if line.strip()]
    delimiter, cuts = layouts.of(lines)
    return guess_columns(lines, Mapping((), encoding=encoding, delimiter=delimiter, cuts=cuts), has_header=None)


def guess_columns(lines: Sequence[str], laid_out: Mapping, *, has_header: bool | None) -> Guess:
    """What the columns mean in a layout that is known; `has_header` None: look."""
    rows = layouts.cells(lines, laid_out)
    if has_header is None:
        has_header = _has_header(rows)
    # One more than can be is kept, so that the check can say so.
    width = min(max(layouts.usual_width(rows), len(rows[0]) if has_header and rows else 0), MOST_COLUMNS + 1)
    headings = [*(map(_readable, rows[0]) if has_header and rows else ()), *[""] * width][:width]
    values = [[row[place] for row in rows[has_header:] if place < len(row) and row[place]] for place in range(width)]
    columns = _named(headings, _roles(headings, values))
    dated = next((values[place] for place, column in enumerate(columns) if column.role == "date"), [])
    amounts = next((values[place] for place, column in enumerate(columns) if column.role == "amount"), [])
    forms = dates.possible(dated) or _mostly(dated)
    mapping = Mapping(
        columns=tuple(columns),
        encoding=laid_out.encoding,
        delimiter=laid_out.delimiter,
        cuts=laid_out.cuts,
        has_header=has_header,
        date_form=forms[0] if len(forms) == 1 else "",
        decimal=_decimal(amounts),
        pattern=laid_out.pattern,
    )
    return Guess(mapping, forms)


def _readable(heading: str) -> str:
    """Without marks that nobody sees and no database keeps, and no longer than a mapping may hold."""
    return UNCLEAN.sub("", heading.replace("\0", ""))[:LONGEST_HEADING]


def _has_header(rows: Sequence[Sequence[str]]) -> bool:
    """Headings are names: filled in, unlike each other, and no number, date or address."""
    if not rows:
        return False
    first = rows[0]
    if any(_is_value(cell) for cell in first):
        return False
    return any(role_of(cell) for cell in first) or (all(first) and len(set(first)) == len(first))


def _is_value(cell: str) -> bool:
    return bool(layouts.NUMBER.fullmatch(cell) or _ADDRESS.fullmatch(cell) or dates.possible([cell]))


def _roles(headings: Sequence[str], values: Sequence[Sequence[str]]) -> list[str]:
    """By heading; what no heading tells, by what stands there."""
    roles: list[str] = []
    for heading in headings:
        role = role_of(heading)
        roles.append(role if role and role not in roles else "")
    for role, fits in (("date", _are_dates), ("email", _are_addresses)):
        _give(roles, role, values, fits)
    if "email" not in roles or not any(headings):
        _give(roles, "customer", values, _are_numbers_of_people)
    if not any(headings):
        _give(roles, "amount", values, _are_amounts)
        _give(roles, "language", values, _are_languages)
    return roles


def _give(roles: list[str], role: str, values: Sequence[Sequence[str]], fits: Callable[[Sequence[str]], bool]) -> None:
    if role in roles:
        return
    for place, column in enumerate(values):
        if not roles[place] and column and fits(column):
            roles[place] = role
            return


def _named(headings: Sequence[str], roles: Sequence[str]) -> list[Column]:
    taken: set[str] = set(roles)
    columns = []
    for place, (heading, role) in enumerate(zip(headings, roles, strict=True), start=1):
        name = "" if role else _free(" ".join(heading.lower().split())[:LONGEST_NAME] or f"column_{place}", taken)
        taken.add(name)
        columns.append(Column(heading, role or (ATTRIBUTE if name else IGNORED), name))
    return columns


def _free(name: str, taken: set[str]) -> str:
    return next(
        each
        for each in (name, *(f"{name[:50]}_{number}" for number in range(2, MOST_COLUMNS + 2)))
        if each not in taken
    )


def _mostly(values: Sequence[str]) -> tuple[str, ...]:
    """The forms that read the most of a column in which some cells are faulty."""
    fits = {form: sum(form in dates.possible([value]) for value in values[:300]) for form in dates.FORMS}
    best = max(fits.values())
    return tuple(form for form, count in fits.items() if 0 < count == best)


def _decimal(amounts: Sequence[str]) -> str:
    """A comma where it stands last before one or two digits in more amounts than a point does."""
    commas = sum(bool(re.search(r",\d{1,2}\D*$", amount)) for amount in amounts)
    points = sum(bool(re.search(r"\.\d{1,2}\D*$", amount)) for amount in amounts)
    return "," if commas > points else "."


def _share(values: Sequence[str], fits: Callable[[str], object]) -> float:
    return sum(bool(fits(value)) for value in values) / len(values)


def _are_dates(values: Sequence[str]) -> bool:
    return bool(_mostly(values)) and _share(values[:300], lambda value: dates.possible([value])) >= 0.8


def _are_addresses(values: Sequence[str]) -> bool:
    return _share(values, _ADDRESS.fullmatch) >= 0.8


def _are_numbers_of_people(values: Sequence[str]) -> bool:
    return _share(values, re.compile(r"[A-Za-z]{0,4}[-_]?\d+", re.ASCII).fullmatch) >= 0.95


def _are_amounts(values: Sequence[str]) -> bool:
    return _share(values, re.compile(r"-?[\d.,]*\d[.,]\d{2}", re.ASCII).fullmatch) >= 0.9


def _are_languages(values: Sequence[str]) -> bool:
    return _share(values, _LANGUAGE.fullmatch) >= 0.95 and len(set(values)) < 40

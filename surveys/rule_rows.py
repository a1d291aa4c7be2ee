"""Rules ⇄ the rows of a form: what is looked at, how it is compared, and with what."""

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation

from surveys.answers import clean
from surveys.faults import Fault
from surveys.rules import MOST, FaultyRules, Rules, read

# "Not given" is `known: false`; everything else is called as in the document.
TESTS = ("is", "is_not", "one_of", "contains", "at_least", "at_most", "known", "unknown")
WITHOUT_VALUE = ("known", "unknown")
LONGEST = 2000
_PLACE = re.compile(r"rules\[(\d+)\]")


@dataclass(frozen=True)
class Row:
    """`subject` is "interaction:store" or "customer:language"; '' where nothing was chosen yet."""

    subject: str = ""
    test: str = "is"
    value: str = ""
    faults: tuple[Fault, ...] = ()


class FaultyRows(Exception):
    """The same rows, each with its faults."""

    def __init__(self, rows: Sequence[Row]) -> None:
        super().__init__()
        self.rows = tuple(rows)


def of(rules: Rules) -> tuple[Row, ...]:
    return tuple(_row(f"{rule.source}:{rule.name}", rule.test, rule.operand) for rule in rules)


def _row(subject: str, test: str, operand: object) -> Row:
    if test == "known":
        return Row(subject, "known" if operand else "unknown")
    if isinstance(operand, tuple):
        return Row(subject, test, _joined(operand))
    return Row(subject, test, str(operand))


def _joined(values: Sequence[object]) -> str:
    """As people write a list; a value that has a comma itself stands in quotes."""
    lines = io.StringIO()
    csv.writer(lines, lineterminator="\n").writerows([value] for value in values)
    return ", ".join(lines.getvalue().split("\n")[:-1])


def _split(value: str) -> list[str]:
    cells = next(csv.reader([value.replace("\n", " ")], skipinitialspace=True), [])
    return [cell for cell in dict.fromkeys(map(str.strip, cells)) if cell]


def sent(form: Mapping[str, str]) -> tuple[Row, ...]:
    """The rows as they were sent, in their order; more than there may be is read too, and refused later."""
    found = []
    for number in range(MOST + 1):
        if (subject := form.get(f"rule-{number}-subject")) is not None:
            test, value = form.get(f"rule-{number}-test", ""), form.get(f"rule-{number}-value", "")
            found.append(Row(subject[:200], test if test in TESTS else "is", clean(value)[:LONGEST]))
    return tuple(found)


def added(rows: tuple[Row, ...]) -> tuple[Row, ...]:
    return (*rows, Row()) if len(rows) < MOST else rows


def removed(rows: tuple[Row, ...], at: int) -> tuple[Row, ...]:
    return tuple(row for number, row in enumerate(rows) if number != at)


def rules(rows: Sequence[Row]) -> Rules:
    """A row in which nothing was chosen is no rule."""
    used = [number for number, row in enumerate(rows) if row.subject]
    try:
        return read([_data(rows[number]) for number in used])
    except FaultyRules as faulty:
        raise FaultyRows(_with_faults(rows, used, faulty.faults)) from None


def _with_faults(rows: Sequence[Row], used: Sequence[int], faults: Sequence[Fault]) -> list[Row]:
    marked = list(rows)
    for fault in faults:
        place = _PLACE.match(fault.where)
        number = used[int(place[1])] if place else used[-1]
        marked[number] = replace(marked[number], faults=(*marked[number].faults, fault))
    return marked


def _data(row: Row) -> dict[str, object]:
    source, _, name = row.subject.partition(":")
    if row.test in WITHOUT_VALUE:
        return {source: name, "known": row.test == "known"}
    return {source: name, row.test: _operand(row.test, row.value)}


def _operand(test: str, value: str) -> object:
    if test == "one_of":
        return [_scalar(part) for part in _split(value)]
    if test in ("at_least", "at_most"):
        return _number(value)
    return value if test == "contains" else _scalar(value)


def _scalar(value: str) -> str | int | float:
    """A number only where it is written as numbers are: "01234" stays a word."""
    number = _number(value)
    return number if str(number) == value else value


def _number(value: str) -> str | int | float:
    """Also with a decimal comma; what is no number stays as it is, so that the fault can say so."""
    point = value.replace(",", ".") if value.count(",") == 1 and "." not in value else value
    try:
        number = Decimal(point)
    except InvalidOperation:
        return value
    # abs() would compute, and overflow.
    if not number.is_finite() or number.copy_abs() >= 10**15:
        return value
    return int(number) if number == number.to_integral_value() else float(number)

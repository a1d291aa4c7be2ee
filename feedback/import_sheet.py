"""A file under a mapping: its columns and its first rows, as they will be recorded."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property

from feedback import attributes, bringing, layouts, purchase_rows
from feedback.import_faults import advice
from feedback.import_words import FIXED
from feedback.mapping import Column, Mapping, NotAMapping
from feedback.models import Import
from feedback.purchase_rows import Fault, Row

_SHOWN_ROWS, _SHOWN_VALUES = 10, 3


@dataclass(frozen=True)
class ShownColumn:
    """A column with what stands in it, what it is said to be, and whether answers are counted by it."""

    place: int
    heading: str
    role: str
    name: str
    examples: Sequence[str]
    doubt: str
    is_reported: bool
    fault: str = ""

    @property
    def number(self) -> int:
        return self.place + 1


@dataclass(frozen=True)
class ShownRow:
    """A row as it will be recorded, or what is wrong with it."""

    number: int
    reference: str = ""
    day: date | None = None
    row: Row | None = None
    faults: Sequence[tuple[Fault, str]] = ()


@dataclass
class Sheet:
    """A file under a mapping, for one request."""

    it: Import
    mapping: Mapping
    moves_dates: bool
    now: datetime
    # Names of attributes; None: not said yet.
    reported: set[str] | None = None
    fault: NotAMapping | None = None
    date_forms: Sequence[str] = field(default_factory=tuple)

    @cached_property
    def lines(self) -> list[str]:
        return bringing.sample(self.it, self.mapping.encoding)

    @cached_property
    def cells(self) -> list[list[str]]:
        rows = layouts.cells(self.lines, self.mapping)
        return rows[1:] if self.mapping.has_header else rows

    @cached_property
    def columns(self) -> list[ShownColumn]:
        return [self._column(place, column) for place, column in enumerate(self.mapping.columns)]

    @property
    def rows(self) -> list[ShownRow]:
        """The first ones as they will be recorded; none while the mapping does not fit together."""
        try:
            self.mapping.check()
        except NotAMapping:
            return []
        zone = self.it.organization.zone
        source = bringing.rows_of(self.lines, self.mapping)
        read = purchase_rows.read_all(source, self.mapping, zone=zone, now=self.now)
        shown: list[ShownRow] = []
        on_a_day: Counter[tuple[str, date]] = Counter()
        for number, found in read:
            if isinstance(found, Row):
                on_a_day[found.purchase.customer, found.day] += 1
                ordinal = on_a_day[found.purchase.customer, found.day]
                reference = found.purchase.reference or f"{found.purchase.customer} {found.day} {ordinal}"
                shown.append(ShownRow(number, reference, found.day, found))
            elif found:
                shown.append(ShownRow(number, faults=[(fault, advice(fault.code)) for fault in found]))
            if len(shown) == _SHOWN_ROWS:
                break
        return shown

    def check(self) -> None:
        """Refuse what cannot be read, or holds nothing to read."""
        if not any(line.strip() for line in self.lines[self.mapping.has_header :]):
            raise NotAMapping("no_rows")
        self.mapping.check()

    @property
    def is_ambiguous(self) -> bool:
        """The dates of this file can be read in several ways, and nobody has said in which."""
        return not self.mapping.date_form and len(self.date_forms) > 1

    @property
    def signature(self) -> str:
        """How the file is laid out; where that changes, the columns are other ones."""
        it = self.mapping
        return f"{it.encoding} {it.delimiter!r} {it.cuts} {it.has_header}"

    @property
    def layout(self) -> str:
        return FIXED if self.mapping.cuts else {"\t": "tab"}.get(self.mapping.delimiter, self.mapping.delimiter)

    @property
    def cuts(self) -> str:
        """Where columns begin, counted from 1 as people do."""
        return ", ".join(str(cut + 1) for cut in self.mapping.cuts)

    @property
    def told(self) -> str:
        """What does not fit together, and how to mend it."""
        return advice(self.fault.code, column=self.fault.column) if self.fault else ""

    @property
    def reported_names(self) -> list[str]:
        return [column.kept_as for column in self.mapping.columns if column.kept_as in (self.reported or set())]

    def _column(self, place: int, column: Column) -> ShownColumn:
        values = [row[place] for row in self.cells if place < len(row) and row[place]]
        doubt = attributes.doubt(values) if column.kept_as else ""
        told = (
            self.told if self.fault and self.fault.column in (column.heading, column.kept_as) and column.heading else ""
        )
        return ShownColumn(
            place=place,
            heading=column.heading,
            role=column.role,
            name=column.name,
            examples=list(dict.fromkeys(value[:40] for value in values))[:_SHOWN_VALUES],
            doubt=doubt,
            is_reported=self._is_reported(column.kept_as, doubt),
            fault=told,
        )

    def _is_reported(self, name: str, doubt: str) -> bool:
        if not name:
            return False
        if self.reported is not None:
            return name in self.reported
        chosen = self.it.organization.reporting_attributes
        return name in chosen if chosen is not None else not doubt

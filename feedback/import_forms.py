"""The page on which a member says what the columns of her file mean: what she sees, and what she says."""

from collections import Counter
from collections.abc import Mapping as Said
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from feedback import attributes, bringing, dates, guessing, known, purchase_rows
from feedback.import_faults import advice
from feedback.mapping import ATTRIBUTE, DELIMITERS, ENCODINGS, IGNORED, LONGEST_NAME, Column, Mapping, NotAMapping
from feedback.models import Import
from feedback.purchase_rows import Fault, Row

ROLES: dict[str, str | Promise] = {
    "order": _("order number"),
    "date": _("date of the purchase"),
    "customer": _("customer number"),
    "email": _("e-mail address"),
    "name": _("name of the customer"),
    "language": _("language"),
    "amount": _("amount"),
    "currency": _("currency"),
    "product": _("product"),
    "store": _("store"),
    "channel": _("channel"),
    ATTRIBUTE: _("another attribute"),
    IGNORED: _("left out"),
}
FIXED = "fixed"
LAYOUTS: dict[str, str | Promise] = {
    ",": _("comma  ,"),
    ";": _("semicolon  ;"),
    "tab": _("tab"),
    "|": _("bar  |"),
    FIXED: _("none: columns of fixed width"),
}
DATE_FORMS: dict[str, str | Promise] = {
    "ymd": _("year first: 2026-01-31"),
    "compact": _("digits alone: 20260131"),
    "dmy": _("day first: 31.01.2026 or 31/01/2026"),
    "mdy": _("month first: 01/31/2026"),
}
DECIMALS: dict[str, str | Promise] = {".": _("point: 1234.56"), ",": _("comma: 1234,56")}
_NAMES: dict[str, str | Promise] = {
    "utf-8-sig": "UTF-8",
    "utf-16": "UTF-16",
    "cp1252": _("Western Europe (Windows-1252)"),
    "iso8859-15": _("Western Europe (ISO 8859-15)"),
    "mac-roman": _("Western Europe (Macintosh)"),
    "cp1250": _("Central Europe (Windows-1250)"),
    "iso8859-2": _("Central Europe (ISO 8859-2)"),
    "cp1251": _("Cyrillic (Windows-1251)"),
    "koi8-r": _("Cyrillic (KOI8-R)"),
    "cp1253": _("Greek (Windows-1253)"),
    "cp1254": _("Turkish (Windows-1254)"),
    "cp1255": _("Hebrew (Windows-1255)"),
    "cp1256": _("Arabic (Windows-1256)"),
    "cp1257": _("Baltic (Windows-1257)"),
    "shift_jis": _("Japanese (Shift JIS)"),
    "euc_kr": _("Korean (EUC-KR)"),
    "gb18030": _("Chinese (GB 18030)"),
    "big5": _("Chinese (Big5)"),
}
ENCODING_NAMES: dict[str, str | Promise] = {name: _NAMES.get(name, name.upper()) for name in ENCODINGS}
_SHOWN_ROWS, _SHOWN_VALUES = 10, 3
_LONGEST_CUT = 5


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
        rows = guessing.cells(self.lines, self.mapping)
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


def opened(it: Import, *, now: datetime) -> Sheet:
    """As it was guessed, or said before."""
    sheet = Sheet(it, bringing.mapping_of(it), it.moves_dates, now)
    if not sheet.mapping.date_form:
        sheet.date_forms = _date_forms(sheet)
    return sheet


def said(it: Import, form: Said[str, str], *, now: datetime) -> Sheet:
    """As a form says it. Where the layout is another one, the columns are guessed anew."""
    before = Sheet(it, bringing.mapping_of(it), it.moves_dates, now)
    laid_out = _laid_out(before.mapping, form)
    sheet = Sheet(it, laid_out, form.get("moves_dates") == "on", now)
    if not laid_out.cuts and form.get("layout") == FIXED:
        sheet.mapping = laid_out = replace(laid_out, cuts=guessing.layout_of_fixed(sheet.lines))
    if form.get("laid_out") != sheet.signature:
        guess = guessing.guess_columns(sheet.lines, laid_out, has_header=laid_out.has_header)
        return Sheet(it, guess.mapping, sheet.moves_dates, now, date_forms=guess.date_forms)
    columns = _columns(before.mapping if sheet.signature == before.signature else _again(sheet), form)
    date_form, decimal = form.get("date_form", ""), form.get("decimal", ".")
    pattern = form.get("pattern", "").strip()
    sheet.mapping = replace(laid_out, columns=columns, date_form=date_form, decimal=decimal, pattern=pattern)
    sheet.reported = {column.kept_as for place, column in enumerate(columns) if form.get(f"report-{place}") == "on"} - {
        ""
    }
    sheet.date_forms = _date_forms(sheet)
    return sheet


def most_reported() -> int:
    return known.MOST_SEGMENTS


def _again(sheet: Sheet) -> Mapping:
    """The headings of a layout that was chosen a moment ago and is not stored yet."""
    return guessing.guess_columns(sheet.lines, sheet.mapping, has_header=sheet.mapping.has_header).mapping


def _laid_out(before: Mapping, form: Said[str, str]) -> Mapping:
    encoding = form.get("encoding", "")
    layout = {"tab": "\t"}.get(form.get("layout", ""), form.get("layout", ""))
    return replace(
        before,
        encoding=encoding if encoding in ENCODINGS else before.encoding,
        delimiter=layout if layout in DELIMITERS else ",",
        cuts=_cuts(form.get("cuts", "")) if layout == FIXED else (),
        has_header=form.get("has_header") == "on",
    )


def _cuts(text: str) -> tuple[int, ...]:
    """Rising numbers below 10,000 out of what was typed."""
    words = text.replace(",", " ").replace(";", " ").split()
    typed = [int(word) for word in words if word.isascii() and word.isdigit() and len(word) <= _LONGEST_CUT]
    return tuple(sorted({number - 1 for number in typed if 1 <= number <= 10_000} | ({0} if typed else set())))


def _columns(headed: Mapping, form: Said[str, str]) -> tuple[Column, ...]:
    return tuple(_column(place, column, form) for place, column in enumerate(headed.columns))


def _column(place: int, column: Column, form: Said[str, str]) -> Column:
    role = form.get(f"role-{place}", column.role)
    typed = " ".join(form.get(f"name-{place}", "").split())[: LONGEST_NAME + 1]
    proposed = column.name or " ".join(column.heading.lower().split())[:LONGEST_NAME] or f"column_{place + 1}"
    return Column(column.heading, role, (typed or proposed) if role == ATTRIBUTE else "")


def _date_forms(sheet: Sheet) -> tuple[str, ...]:
    place = sheet.mapping.of("date")
    if place is None:
        return ()
    return dates.possible(row[place] for row in sheet.cells if place < len(row) and row[place])

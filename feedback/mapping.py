"""What the columns of a file mean, as a value: kept with an import, downloaded, and used again for the next file."""

import codecs
import re
from collections.abc import Mapping as Dict
from dataclasses import asdict, dataclass, replace
from typing import Any

from feedback.dates import FORMS

FORMAT = 1
# What a column can be; each of these at most once.
PEOPLE = ("customer", "email", "name", "language")
ATTRIBUTES = ("amount", "currency", "product", "store", "channel")
ONCE = ("order", "date", *PEOPLE, *ATTRIBUTES)
ATTRIBUTE, IGNORED = "attribute", "ignored"
ROLES = (*ONCE, ATTRIBUTE, IGNORED)
DELIMITERS = (",", ";", "\t", "|")
ENCODINGS = (
    *("utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "iso8859-15", "cp1250", "iso8859-2", "cp1251"),
    *("cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "koi8-r", "mac-roman", "shift_jis", "euc_kr", "gb18030"),
    "big5",
)
MOST_COLUMNS = 60
LONGEST_NAME = 58
LONGEST_HEADING = 500
LONGEST_PATTERN = 120
_PLACE = re.compile(r"\{(\w*)\}")


class NotAMapping(Exception):
    """This says nothing, or nothing that fits together, about the columns; `code` tells which, `column` where."""

    def __init__(self, code: str, column: str = "") -> None:
        super().__init__(f"{code} {column}".strip())
        self.code, self.column = code, column


@dataclass(frozen=True)
class Column:
    """One column: its heading in the file, what it is, and under which name an attribute is kept."""

    heading: str
    role: str
    name: str = ""

    @property
    def kept_as(self) -> str:
        """The name of the attribute; '' for what is no attribute."""
        return self.role if self.role in ATTRIBUTES else self.name if self.role == ATTRIBUTE else ""


@dataclass(frozen=True)
class Mapping:
    """How a file is read; `cuts`, where columns begin, stand in place of a delimiter in a file of fixed widths."""

    columns: tuple[Column, ...]
    encoding: str = "utf-8-sig"
    delimiter: str = ","
    cuts: tuple[int, ...] = ()
    has_header: bool = True
    date_form: str = ""
    decimal: str = "."
    pattern: str = ""

    def of(self, role: str) -> int | None:
        """Which column it is."""
        return next((place for place, column in enumerate(self.columns) if column.role == role), None)

    @property
    def has_order(self) -> bool:
        return self.of("order") is not None

    @property
    def attributes(self) -> tuple[str, ...]:
        return tuple(column.kept_as for column in self.columns if column.kept_as)

    def check(self) -> None:
        """Refuse what cannot be read by."""
        _check_layout(self)
        _check_columns(self)
        if self.date_form not in FORMS:
            raise NotAMapping("date_form_unknown")
        _check_pattern(self)

    def as_json(self) -> dict[str, Any]:
        """As it is stored and downloaded: lists, words and numbers alone."""
        columns = [asdict(column) for column in self.columns]
        return {"format": FORMAT, **asdict(self), "columns": columns, "cuts": list(self.cuts)}

    def fitted(self, headings: tuple[str, ...]) -> "Mapping":
        """The same for a file with these headings, in which the columns may stand in another order."""
        if not self.has_header:
            if len(headings) < len(self.columns):
                raise NotAMapping("columns_missing", str(len(self.columns)))
            return self
        mine = {_alike(column.heading): column for column in self.columns}
        there = {_alike(heading) for heading in headings}
        for heading, column in mine.items():
            if heading not in there and column.role != IGNORED:
                raise NotAMapping("column_missing", column.heading)
        columns = (mine.get(_alike(heading), Column(heading, IGNORED)) for heading in headings)
        return replace(self, columns=tuple(columns))


def of_json(value: Any) -> Mapping:
    """The mapping that was written so; whatever else it is, it is refused."""
    if not isinstance(value, Dict) or value.get("format") != FORMAT or not isinstance(value.get("columns"), list):
        raise NotAMapping("not_a_mapping")
    known = {name for name in Mapping.__dataclass_fields__ if name != "columns"}
    if set(value) - known - {"format", "columns"}:
        raise NotAMapping("not_a_mapping", sorted(set(value) - known - {"format", "columns"})[0][:LONGEST_NAME])
    columns = tuple(_column(each) for each in value["columns"])
    plain = {name: value[name] for name in known - {"cuts"} if name in value}
    cuts = value.get("cuts", [])
    is_plain = all(isinstance(each, bool if name == "has_header" else str) for name, each in plain.items())
    if not is_plain or not isinstance(cuts, list) or not all(type(cut) is int for cut in cuts):
        raise NotAMapping("not_a_mapping")
    return Mapping(columns=columns, cuts=tuple(cuts), **plain)


def _column(value: Any) -> Column:
    if not isinstance(value, Dict) or set(value) - {"heading", "role", "name"}:
        raise NotAMapping("not_a_mapping")
    if not all(isinstance(each, str) and len(each) <= LONGEST_HEADING and "\0" not in each for each in value.values()):
        raise NotAMapping("not_a_mapping")
    return Column(value.get("heading", ""), value.get("role", IGNORED), value.get("name", ""))


def _check_layout(it: Mapping) -> None:
    try:
        codecs.lookup(it.encoding)
    except LookupError as error:
        raise NotAMapping("encoding_unknown", it.encoding) from error
    if it.encoding not in (*ENCODINGS, "utf-8"):
        raise NotAMapping("encoding_unknown", it.encoding)
    if not it.cuts and it.delimiter not in DELIMITERS:
        raise NotAMapping("delimiter_unknown")
    if it.cuts and (list(it.cuts) != sorted(set(it.cuts)) or it.cuts[0] < 0 or it.cuts[-1] > 10_000):
        raise NotAMapping("cuts_unordered")
    if it.decimal not in (".", ","):
        raise NotAMapping("not_a_mapping", "decimal")


def _check_columns(it: Mapping) -> None:
    if not it.columns or (it.cuts and len(it.cuts) != len(it.columns)):
        raise NotAMapping("columns_missing", str(len(it.cuts)))
    if len(it.columns) > MOST_COLUMNS:
        raise NotAMapping("too_many_columns")
    for column in it.columns:
        if column.role not in ROLES:
            raise NotAMapping("role_unknown", column.heading)
    roles = [column.role for column in it.columns]
    for role in ONCE:
        if roles.count(role) > 1:
            raise NotAMapping("two_dates_columns" if role == "date" else "role_twice", role)
    if "date" not in roles:
        raise NotAMapping("no_date")
    if "customer" not in roles and "email" not in roles:
        raise NotAMapping("nobody_to_ask")
    _check_names(it)


def _check_names(it: Mapping) -> None:
    names = it.attributes
    for name in names:
        if not name.strip() or not name.isprintable():
            raise NotAMapping("name_missing", next(c.heading for c in it.columns if c.kept_as == name))
        if len(name) > LONGEST_NAME:
            raise NotAMapping("name_too_long", name[:20])
        if names.count(name) > 1:
            raise NotAMapping("column_twice", name)
    for column in it.columns:
        if column.role == ATTRIBUTE and not column.name.strip():
            raise NotAMapping("name_missing", column.heading)


def _check_pattern(it: Mapping) -> None:
    if not it.pattern:
        return
    roles = {column.role for column in it.columns}
    places = _PLACE.findall(it.pattern)
    if "email" in roles:
        raise NotAMapping("pattern_and_email")
    if "customer" not in places or any(place not in ("customer", "order") or place not in roles for place in places):
        raise NotAMapping("pattern_places", it.pattern)
    bare = _PLACE.sub("x", it.pattern)
    is_one = bare.count("@") == 1 and bare.isprintable() and not set(bare) & set("{} ")
    if len(it.pattern) > LONGEST_PATTERN or not is_one:
        raise NotAMapping("pattern_address", it.pattern)


def _alike(heading: str) -> str:
    return " ".join(heading.casefold().split())

"""What a member says of her file, on the page that asks what its columns mean → its mapping."""

from collections.abc import Mapping as Said
from dataclasses import replace
from datetime import datetime

from feedback import bringing, dates, guessing, known, layouts
from feedback.import_sheet import Sheet
from feedback.import_words import FIXED
from feedback.mapping import ATTRIBUTE, DELIMITERS, ENCODINGS, LONGEST_NAME, Column, Mapping
from feedback.models import Import

_LONGEST_CUT = 5


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
        sheet.mapping = laid_out = replace(laid_out, cuts=layouts.of_fixed(sheet.lines))
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

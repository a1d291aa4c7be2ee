"""Rows → a file to download: CSV while the rows still come, or a workbook; memory stays the same for a million rows."""

import itertools
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import IO, Any

from django.http import FileResponse, StreamingHttpResponse
from django.utils import timezone, translation
from django.utils.http import content_disposition_header

from feedback.cells import Cell, csv_of_lines, csv_pieces

# What a sheet of Excel can hold, the head included, and what one cell can.
MOST_ROWS = 1_048_576
_LONGEST = 32_767
_LONGEST_TITLE = 31
_LARGEST = 10**15
_IN_MEMORY = 1_000_000
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def csv_response(name: str, head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> StreamingHttpResponse:
    """`name` without its ending; moments are written in the zone of the request that asked."""
    return _csv_response(name, csv_pieces(head, rows, zone=timezone.get_current_timezone()))


def csv_response_of_lines(name: str, head: Sequence[str], lines: Iterable[str]) -> StreamingHttpResponse:
    """The same where the rows come as lines that are written already."""
    return _csv_response(name, csv_of_lines(head, lines))


def xlsx_response(
    name: str, head: Sequence[str], rows: Iterable[Sequence[Cell]], *, title: str = "", most_rows: int = MOST_ROWS
) -> FileResponse:
    """A workbook; what does not fit into one sheet stands in further ones, each with the head: "Answers", "Answers 2".

    `title` names the sheets.
    """
    file = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 - the response closes it when it was sent
    try:
        _write(file, head, _local(rows), title=title, most_rows=most_rows)
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"{name}.xlsx", content_type=XLSX)


def _csv_response(name: str, pieces: Iterator[bytes]) -> StreamingHttpResponse:
    response = StreamingHttpResponse(_as_asked(pieces), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = str(content_disposition_header(True, f"{name}.csv"))
    return response


def _as_asked(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """They are written after the request's middleware has gone, so its language and zone are kept."""
    language, zone = translation.get_language() or "en", timezone.get_current_timezone()

    def kept() -> Iterator[bytes]:
        with translation.override(language), timezone.override(zone):
            yield from pieces

    return kept()


def _local(rows: Iterable[Sequence[Cell]]) -> Iterator[list[Cell]]:
    for row in rows:
        yield [_naive(value) if isinstance(value, datetime) else value for value in row]


def _naive(moment: datetime) -> datetime:
    return timezone.localtime(moment).replace(tzinfo=None) if timezone.is_aware(moment) else moment


def _write(file: IO[bytes], head: Sequence[str], rows: Iterator[Sequence[Cell]], *, title: str, most_rows: int) -> None:
    import xlsxwriter  # few requests need it

    # A full sheet may be larger than plain ZIP takes.
    how = {"constant_memory": True, "default_date_format": "yyyy-mm-dd hh:mm", "use_zip64": True}
    with xlsxwriter.Workbook(file, how) as book:
        bold, day = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy-mm-dd"})
        for number in itertools.count(1):
            sheet = book.add_worksheet(_title(title, number))
            sheet.freeze_panes(1, 0)
            for column, heading in enumerate(head):
                sheet.write_string(0, column, heading, bold)
            for place, row in enumerate(itertools.islice(rows, most_rows - 1), start=1):
                for column, value in enumerate(row):
                    _put(sheet, place, column, value, day)
            # A sheet is begun only for a row that comes.
            if (following := next(rows, None)) is None:
                break
            rows = itertools.chain([following], rows)


def _title(title: str, number: int) -> str | None:
    """Of the sheet with this number; where nobody named it, the library does."""
    if not title:
        return None
    after = f" {number}" if number > 1 else ""
    return title[: _LONGEST_TITLE - len(after)] + after


def _put(sheet: Any, row: int, column: int, value: Cell, day: Any) -> None:
    """Each kind by its own verb: the general one would take "=1+1" for a formula and "http:" for a link."""
    match value:
        case str():
            sheet.write_string(row, column, value[:_LONGEST])
        case bool() | int() | float() | Decimal():
            # Beyond, a sheet rounds what may be somebody's number; and it knows neither infinity nor "not a number".
            if -_LARGEST < value < _LARGEST:
                sheet.write_number(row, column, value)
            else:
                sheet.write_string(row, column, str(value)[:_LONGEST])
        case datetime():
            sheet.write_datetime(row, column, value)
        case date():
            sheet.write_datetime(row, column, value, day)

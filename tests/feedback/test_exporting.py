"""Files to download: nothing in them is obeyed, nothing in them is lost, and a million rows need no more memory."""

import io
import tracemalloc
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

import pytest
from django.http import FileResponse
from django.utils import timezone

from feedback import exporting
from feedback.cells import Cell, block, cell, csv_of_lines, csv_pieces
from tests import workbooks

# Closing a file tells Django that the request is over, and Django looks at its connections.
pytestmark = pytest.mark.django_db

MOMENT = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "said",
    [
        "=1+1",
        "+49 30 1",
        "-2",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        "  =1",
        "\u00a0=1",
        "\u3000=1",
        "\uff1d1+1",
        "\uff20A",
    ],
)
def test_a_text_that_a_spreadsheet_would_run_is_shown_as_it_was_said(said: str) -> None:
    assert cell(said) == f"'{said}"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("Anna Berg", "Anna Berg"),
        ("", ""),
        ("5 - 3 = 2", "5 - 3 = 2"),
        (None, ""),
        (-5, "-5"),
        (Decimal("-1.50"), "-1.50"),
        (True, "1"),
        (date(2026, 3, 10), "2026-03-10"),
        (MOMENT, "2026-03-10 09:00:00"),
    ],
)
def test_everything_else_stands_as_it_is(value: Cell, shown: str) -> None:
    assert cell(value) == shown


def test_a_csv_file_is_read_by_spreadsheets_as_utf_8_and_quotes_what_must_be_quoted() -> None:
    pieces = csv_pieces(["name", "comment"], [["Zoë", 'she said "no",\nthen left']])

    assert b"".join(pieces) == '\ufeffname,comment\r\nZoë,"she said ""no"",\nthen left"\r\n'.encode()


def test_a_csv_file_begins_before_its_last_row_is_known() -> None:
    read = 0

    def rows() -> Iterator[list[Cell]]:
        nonlocal read
        for read in range(1, 100_001):
            yield [read, "word " * 10]

    first = next(csv_pieces(["number", "words"], rows()))

    assert 30_000 < len(first) < 40_000
    assert read < 1_000


def test_moments_stand_in_the_zone_of_whoever_asked_though_the_rows_come_after_her_request() -> None:
    with timezone.override(ZoneInfo("Europe/Berlin")):
        response = exporting.csv_response("ledger", ["at"], [[MOMENT]])

    assert b"".join(response) == "\ufeffat\r\n2026-03-10 10:00:00\r\n".encode()
    assert response["Content-Disposition"] == 'attachment; filename="ledger.csv"'


def test_a_workbook_holds_texts_as_texts_and_numbers_as_numbers() -> None:
    rows: list[list[Cell]] = [["=1+1", 7, Decimal("2.5"), None, date(2026, 3, 10), MOMENT, "http://shop.example", True]]
    with timezone.override(ZoneInfo("Europe/Berlin")):
        response = exporting.xlsx_response("ledger", ["=head"], rows)

    sheet = _sheet(response)
    cells = _cells(sheet)
    assert cells[0] == ["=head"]
    assert cells[1] == ["=1+1", 7.0, 2.5, 46091.0, pytest.approx(46091 + 10 / 24), "http://shop.example", 1.0]
    assert "<f>" not in sheet
    assert response["Content-Disposition"] == 'attachment; filename="ledger.xlsx"'


def test_a_workbook_keeps_the_beginning_of_a_text_that_no_cell_can_hold() -> None:
    response = exporting.xlsx_response("long", ["text"], [["a" * 40_000]])

    assert _cells(_sheet(response))[1] == ["a" * 32_767]


def test_a_workbook_of_many_rows_and_sheets_needs_no_more_memory_than_one_of_few() -> None:
    def measured(rows: int) -> int:
        tracemalloc.start()
        try:
            many = ([f"row {number}" * 5] for number in range(rows))
            exporting.xlsx_response("many", ["text"], many, most_rows=4_000).close()
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    assert measured(8_000) < measured(1_000) + 800_000


@pytest.mark.parametrize(
    ("rows", "sheets"),
    [(0, [[]]), (1, [[1]]), (3, [[1, 2, 3]]), (4, [[1, 2, 3], [4]]), (7, [[1, 2, 3], [4, 5, 6], [7]])],
)
def test_what_does_not_fit_into_a_sheet_goes_on_in_the_next_one_under_the_same_head(
    rows: int, sheets: list[list[int]]
) -> None:
    # Three rows and the head.
    response = exporting.xlsx_response(
        "answers", ["number"], ([number] for number in range(1, rows + 1)), title="Answers", most_rows=4
    )
    content = response.getvalue()
    response.close()

    assert workbooks.titles(content) == ["Answers", "Answers 2", "Answers 3"][: len(sheets)]
    assert [workbooks.rows(content, sheet + 1) for sheet in range(len(sheets))] == [
        [{"A": "number"}, *({"A": number} for number in sheet)] for sheet in sheets
    ]


def test_a_sheet_whose_title_is_too_long_for_excel_keeps_its_number() -> None:
    response = exporting.xlsx_response("long", ["number"], [[1], [2]], title="a" * 40, most_rows=2)
    content = response.getvalue()
    response.close()

    assert workbooks.titles(content) == ["a" * 31, f"{'a' * 29} 2"]


def _sheet(response: FileResponse) -> str:
    content = b"".join(response)
    response.close()
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        return book.read("xl/worksheets/sheet1.xml").decode()


def _cells(sheet: str) -> list[list[object]]:
    space = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
    return [
        [_value(found, space) for found in row if found.find(f"{space}v") is not None or found.get("t") == "inlineStr"]
        for row in ElementTree.fromstring(sheet).iter(f"{space}row")
    ]


def _value(found: ElementTree.Element, space: str) -> object:
    if found.get("t") == "inlineStr":
        return "".join(found.itertext())
    return float(found.findtext(f"{space}v") or "nan")


def test_a_number_that_no_sheet_can_hold_is_a_text_in_the_workbook() -> None:
    long_card, endless = 4_006_381_333_931_001_234, float("inf")

    response = exporting.xlsx_response("numbers", ["card", "share"], [[long_card, 0.5], [12, endless], [10**400, None]])

    content = response.getvalue()
    response.close()
    assert workbooks.rows(content)[1:] == [
        {"A": "4006381333931001234", "B": 0.5},
        {"A": 12.0, "B": "inf"},
        {"A": f"1{'0' * 400}"},
    ]


def test_a_cell_is_the_same_in_a_file_as_by_itself() -> None:
    zone, local = ZoneInfo("Europe/Berlin"), MOMENT.replace(tzinfo=None)
    texts = ["Anna", "7", "=1+1", " =1", "\u00e4u\u00dferst", "\u0663", "\uff1d1"]
    values: list[Cell] = [*texts, True, 3, Decimal("1.50"), MOMENT, local, local.replace(microsecond=7), MOMENT.date()]
    text = b"".join(csv_pieces(["head"], ([value] for value in values), zone=zone)).decode("utf-8-sig")

    assert text.split("\r\n")[1:-1] == [cell(value, zone) for value in values]
    assert cell(local) == cell(local.replace(microsecond=7)) == "2026-03-10 09:00:00"


def test_a_line_made_of_blocks_is_the_line_that_its_cells_make() -> None:
    words = ["Anna", "=1+1", " =1", 'she said "no"', "a,b", "two\nlines", "a\rb", "", "\uff1d1", "\u00e4u\u00dferst"]
    rows: list[list[Cell]] = [[7, *words], [8, None, 3, Decimal("-1.50"), True, MOMENT.date(), *words[:5]]]

    lines = [f"{row[0]}{block(row[1:4])}{block([])}{block(row[4:5])}{block(row[5:])}\r\n" for row in rows]

    assert list(csv_of_lines(["a", "b"], lines)) == list(csv_pieces(["a", "b"], [])) + [line.encode() for line in lines]
    assert b"".join(csv_of_lines(["a"], lines)) == b"".join(csv_pieces(["a"], rows))

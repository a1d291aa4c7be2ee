"""Rows become purchases, or each of their faults is told with its place."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback import purchase_rows
from feedback.import_faults import OF_A_ROW
from feedback.mapping import Column, Mapping
from feedback.purchase_rows import Fault, Reader, Row
from feedback.purchases import Purchase
from tests.feedback.files import BERLIN, CDNOW, NOW, read

SHOP = "order,date,customer\n"


def only(content: bytes | str, **changes: Any) -> Row:
    (row,) = read(content, **changes)
    assert isinstance(row, Row), row
    return row


def faults(content: bytes | str, **changes: Any) -> list[Fault]:
    return [fault for row in read(content, **changes) if isinstance(row, list) for fault in row]


def test_a_purchase_is_read_with_all_its_columns() -> None:
    row = only(
        "order,date,customer,email,name,language,product\n"
        "A-1,2026-03-01,C-1,Anna@Example.com,Anna Berg,de_AT,Headphones\n"
    )

    assert (row.number, row.day.isoformat()) == (2, "2026-03-01")
    assert row.purchase == Purchase(
        reference="A-1",
        customer="C-1",
        experienced_at=datetime(2026, 3, 1, 12, 0, tzinfo=BERLIN),
        email="Anna@Example.com",
        name="Anna Berg",
        language="de-AT",
        attributes={"product": "Headphones"},
    )


def test_the_whole_file_of_cdnow_is_sound() -> None:
    rows = [row for row in read(CDNOW.read_bytes()) if isinstance(row, Row)]

    assert len(rows) == 6919
    assert len({row.purchase.customer for row in rows}) == 2357
    assert rows[0].purchase.attributes == {"column_2": "0001", "column_4": "2", "amount": "29.33"}


def test_without_a_customer_number_the_address_stands_for_her() -> None:
    assert only("order,date,email\nA-1,2026-03-01,Anna@Example.com\n").purchase.customer == "anna@example.com"


def test_an_address_can_be_made_from_a_pattern() -> None:
    purchase = only(SHOP + "A-1,2026-03-01,17\n", pattern="kunde{customer}@example.invalid").purchase

    assert purchase.email == "kunde17@example.invalid"


def test_a_time_with_an_offset_is_kept_in_utc() -> None:
    late = only(SHOP + "A-1,2026-03-01T23:30:00+00:00,C-1\n")

    assert (late.purchase.experienced_at, late.day.isoformat()) == (
        datetime(2026, 3, 1, 23, 30, tzinfo=UTC),
        "2026-03-02",
    )


@pytest.mark.parametrize(
    ("written", "decimal", "kept"), [("1.234,50 €", ",", "1234.50"), ("$1,234.5", ".", "1234.5"), ("-3", ".", "-3")]
)
def test_an_amount_is_kept_as_a_plain_number(written: str, decimal: str, kept: str) -> None:
    assert purchase_rows.plain_number(written, decimal=decimal) == kept


def test_zeros_that_a_spreadsheet_guards_are_kept() -> None:
    assert only('date,customer,order\n2026-03-01,C-1,="00017"\n').purchase.reference == "00017"


def test_every_fault_of_a_row_is_told_at_once() -> None:
    found = faults(
        "order,date,customer,email,amount\n,31.02.2026,,nobody,dear\nA-2,2026-03-01,C-2,b@b.example,2\nA-3,2026-03-01,C-2,,2\n"
    )

    assert [(fault.row, fault.column, fault.code) for fault in found] == [
        (2, "order", "required"),
        (2, "date", "not_a_date"),
        (2, "email", "not_an_address"),
        (2, "amount", "not_a_number"),
    ]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("A-1,2026-03-01,C-1,more", "too_many_cells"),
        (",2026-03-01,C-1", "required"),
        ("A-1,,C-1", "required"),
        ("A-1,2026-03-01,", "no_customer"),
        ("A-1,2026-03-11,C-1", "in_future"),
        ("A-1,1970-01-01,C-1", "too_old"),
        ("A-1,2026-02-31,C-1", "not_a_date"),
        ("A-1,9999-12-31T23:59:59-23:59,C-1", "not_a_date"),
        ("A-1,2026-01-31 2026-02-01,C-1", "two_dates"),
        ("A-1,31.01.2026,C-1", "not_a_date"),
        ('"A-1,2026-03-01,C-1', "broken_csv"),
        ("A" * 121 + ",2026-03-01,C-1", "too_long"),
        ("A-1,2026-03-01,C\0-1", "nul"),
        ('=HYPERLINK("http://evil.example"),2026-03-01,C-1', "formula"),
        ("=1+1,2026-03-01,C-1", "formula"),
    ],
)
def test_a_faulty_row_is_told_and_keeps_no_other_out(row: str, code: str) -> None:
    found = read(SHOP + "A-0,2026-03-01,C-0\n" + row + "\nA-9,2026-03-02,C-9\n")

    assert [each.purchase.reference for each in found if isinstance(each, Row)] == ["A-0", "A-9"]
    (fault,) = next(each for each in found if isinstance(each, list))
    assert (fault.row, fault.code) == (3, code)
    assert code in OF_A_ROW


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("two@a.example;one@b.example", "not_an_address"),
        ("nobody", "not_an_address"),
        ("jörg@example.com", "local_part"),
        (f"{'a' * 64}@{'b' * 60}.example", "too_long"),
    ],
)
def test_an_address_that_mail_servers_refuse_is_a_fault(address: str, code: str) -> None:
    assert purchase_rows.address_fault(address) == code


def test_letters_of_another_encoding_are_faults_in_their_rows() -> None:
    content = "order,date,customer\nA-1,2026-03-01,Anna\nA-2,2026-03-01,Bäcker\n".encode("cp1252")

    (fault,) = faults(content)

    assert (fault.row, fault.column, fault.code) == (3, "customer", "not_in_encoding")


def test_a_column_that_is_left_out_may_hold_anything() -> None:
    columns = (
        Column("order", "order"),
        Column("date", "date"),
        Column("customer", "customer"),
        Column("note", "ignored"),
    )
    row = only("order,date,customer,note\nA-1,2026-03-01,C-1,=SUM(A1)\n", columns=columns)

    assert row.purchase.attributes == {}


def test_without_order_numbers_there_is_room_for_day_and_place_in_the_reference() -> None:
    (fault,) = faults(
        f"date,customer\n2026-03-01,{'x' * 110}\n2026-03-01,short\n",
        columns=(Column("date", "date"), Column("customer", "customer")),
    )

    assert fault.code == "too_long"


@given(st.lists(st.text(max_size=20), min_size=1, max_size=6))
def test_any_cells_make_a_purchase_or_faults_with_advice(cells: list[str]) -> None:
    columns = ("order", "date", "customer", "email", "amount")
    reader = Reader(Mapping(tuple(Column(role, role) for role in columns), date_form="ymd"), zone=BERLIN, now=NOW)

    found = reader.read(7, cells)

    assert found is None or isinstance(found, Row) or all(fault.code in OF_A_ROW and fault.row == 7 for fault in found)

"""A file of purchases is read whole, or each fault is told with its place."""

import zoneinfo
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback import purchases
from feedback.purchase_faults import ADVICE, advice
from feedback.purchases import Fault, Sheet

NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
BERLIN = zoneinfo.ZoneInfo("Europe/Berlin")


def read(text: str | bytes) -> Sheet:
    return purchases.read(text.encode() if isinstance(text, str) else text, zone=BERLIN, now=NOW)


def only_fault(text: str | bytes) -> Fault:
    sheet = read(text)
    assert sheet.purchases == ()
    (fault,) = sheet.faults
    return fault


def test_a_purchase_is_read_with_all_its_columns() -> None:
    (purchase,) = read(
        "order,date,customer,email,name,language,product\nA-1,2026-03-01,C-1,Anna@Example.com,Anna Berg,de,Headphones\n"
    ).purchases

    assert purchase.reference == "A-1"
    assert purchase.customer == "C-1"
    assert purchase.email == "Anna@Example.com"
    assert purchase.experienced_at == datetime(2026, 3, 1, 12, 0, tzinfo=BERLIN)
    assert purchase.attributes == {"product": "Headphones"}


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_separators_of_all_spreadsheets_are_understood(mark: str) -> None:
    (purchase,) = read(f"order{mark}date{mark}email\nA-1{mark}2026-03-01{mark}anna@example.com\n").purchases

    assert (purchase.reference, purchase.customer) == ("A-1", "anna@example.com")


def test_a_time_with_an_offset_is_kept_to_the_second() -> None:
    (purchase,) = read("order,date,customer\nA-1,2026-03-01T23:30:00+00:00,C-1\n").purchases

    assert purchase.experienced_at == datetime(2026, 3, 1, 23, 30, tzinfo=UTC)


def test_a_time_is_kept_in_utc_so_that_the_database_takes_any_offset() -> None:
    (purchase,) = read("order,date,customer\nA-1,2026-03-01T23:30:00+23:59,C-1\n").purchases

    assert purchase.experienced_at.isoformat() == "2026-02-28T23:31:00+00:00"


def test_the_same_line_twice_is_one_purchase() -> None:
    assert len(read("order,date,customer\nA-1,2026-03-01,C-1\nA-1,2026-03-01,C-1\n").purchases) == 1


def test_one_faulty_row_keeps_the_whole_file_out() -> None:
    fault = only_fault("order,date,customer\nA-1,2026-03-01,C-1\nA-2,31.02.2026,C-2\n")

    assert (fault.row, fault.column, fault.code, fault.value) == (3, "date", "not_a_date", "31.02.2026")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty"),
        ("\n\n", "empty"),
        ("order,date,customer\n", "no_rows"),
        ("date,customer\n2026-03-01,C-1\n", "column_missing"),
        ("order,customer\nA-1,C-1\n", "column_missing"),
        ("order,date\nA-1,2026-03-01\n", "nobody_to_ask"),
        ("order,date,date,customer\nA-1,2026-03-01,2026-03-01,C-1\n", "column_twice"),
        ("order,date,customer\nA-1,2026-03-01,C-1,more\n", "too_many_cells"),
        ("order,date,customer\n,2026-03-01,C-1\n", "required"),
        ("order,date,customer\nA-1,,C-1\n", "required"),
        ("order,date,customer\nA-1,2026-03-01,\n", "no_customer"),
        ("order,date,email\nA-1,2026-03-01,two@a.example;one@b.example\n", "not_an_address"),
        ("order,date,email\nA-1,2026-03-01,nobody\n", "not_an_address"),
        ("order,date,customer\nA-1,2026-03-11,C-1\n", "in_future"),
        ("order,date,customer\nA-1,1970-01-01,C-1\n", "too_old"),
        ("order,date,customer\nA-1,9999-12-31T23:59:59-23:59,C-1\n", "not_a_date"),
        ("order,date,customer\nA-1,2026-03-01,C-1\nA-1,2026-03-02,C-1\n", "order_twice"),
        ('order,date,customer\n"A-1,2026-03-01,C-1\n', "broken_csv"),
        ("order,date,customer\n" + "A" * 121 + ",2026-03-01,C-1\n", "too_long"),
        # Small letters can be longer than capital ones, and the address stands for the customer here.
        (f"order,date,email\nA-1,2026-03-01,{'İ' * 60}@{'İ' * 50}.example\n", "too_long"),
        ("order,date,customer,note\nA-1,2026-03-01,C-1," + "x" * 501 + "\n", "too_long"),
        (",".join(["order", "date", "customer", *map(str, range(60))]) + "\n", "too_many_columns"),
        (b"order,date,customer\nA-1,2026-03-01,\0\n", "not_text"),
        ("order,date,customer\nA-1,2026-03-01,Bäcker\n".encode("cp1252"), "not_utf8"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "not_text"),
        (b"x" * (purchases.MOST_BYTES + 1), "too_large"),
        ("order,date,customer\n" + "A-1,2026-03-01,C-1\n" * (purchases.MOST_ROWS + 1), "too_many_rows"),
    ],
)
def test_a_faulty_file_is_told_where_and_how_to_mend_it(text: str | bytes, code: str) -> None:
    fault = only_fault(text)

    assert fault.code == code
    assert str(advice(fault)).endswith((".", "."))


@given(
    st.binary(max_size=400)
    | st.text(max_size=400).map(lambda text: ("order,date,customer\n" + text).encode("utf-8", "replace"))
)
def test_rubbish_is_refused_with_advice_and_never_breaks(content: bytes) -> None:
    sheet = read(content)

    assert bool(sheet.purchases) != bool(sheet.faults)
    assert all(fault.code in ADVICE for fault in sheet.faults)

"""A file's bytes are looked at once: what can be read is told from what cannot, and in which encoding it is written."""

import pytest

from feedback.import_faults import ADVICE, advice
from feedback.scanning import LONGEST_LINE, Scan, Scanner, Unreadable

TABLE = "order;date;name\nA-1;2026-03-01;Jürgen Bäcker\n"


def scan(content: bytes, *, most_bytes: int = 10**9, pieces: int = 7) -> Scan:
    scanner = Scanner(most_bytes=most_bytes)
    for start in range(0, len(content), pieces):
        scanner.feed(content[start : start + pieces])
    return scanner.result()


@pytest.mark.parametrize(
    ("encoding", "found", "is_certain"),
    [
        ("utf-8", "utf-8-sig", True),
        ("utf-8-sig", "utf-8-sig", True),
        ("utf-16", "utf-16", True),
        ("cp1252", "cp1252", False),
    ],
)
def test_the_encoding_is_found_however_the_bytes_arrive(encoding: str, found: str, is_certain: bool) -> None:
    for pieces in (1, 7, 4096):
        scanned = scan(TABLE.encode(encoding), pieces=max(pieces, 4))
        assert (scanned.encoding, scanned.is_certain) == (found, is_certain)


def test_wide_letters_without_a_mark_are_known_by_their_zeros() -> None:
    assert scan(TABLE.encode("utf-16-le"), pieces=4096).encoding == "utf-16-le"
    assert scan(TABLE.encode("utf-16-be"), pieces=4096).encoding == "utf-16-be"


def test_polish_letters_are_not_taken_for_western_ones_where_these_know_no_such_byte() -> None:
    assert scan("name\nŤažký Źródło\n".encode("cp1250")).encoding == "cp1250"


def test_lines_are_counted_whatever_ends_them() -> None:
    assert [scan(f"a{end}b{end}c{end}".encode()).lines for end in ("\n", "\r\n", "\r")] == [3, 3, 3]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b" \r\n\t\n", "empty"),
        ("".encode("utf-8-sig"), "empty"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "a_picture"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "a_picture"),
        (b"PK\x03\x04\x14\x00", "a_workbook"),
        (b"%PDF-1.7", "not_text"),
        (b"\x01\x00\x02" * 500, "not_text"),
        (b"order,date\n" + b"x" * (LONGEST_LINE + 1), "line_too_long"),
        (b"order,date\n" * 200, "too_large"),
    ],
)
def test_what_is_no_table_is_refused_with_advice(content: bytes, code: str) -> None:
    with pytest.raises(Unreadable) as refusal:
        scan(content, most_bytes=2000 if code == "too_large" else 10**9, pieces=4096)

    assert refusal.value.code == code
    assert advice(code, value=refusal.value.value).endswith(".")


def test_a_line_of_100_mb_is_refused_when_its_first_piece_arrives() -> None:
    scanner = Scanner(most_bytes=500_000_000)

    with pytest.raises(Unreadable):
        scanner.feed(b"x" * 1_000_000)


def test_every_piece_of_advice_says_what_to_do() -> None:
    said = [advice(code, value="5 MB", column="date") for code in ADVICE]

    assert all(text.endswith(".") and "%" not in text for text in said)

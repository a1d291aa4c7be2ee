"""Bytes become rows of cells, piece by piece, and one broken row takes no other with it."""

import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.lines import Broken, delimited, fixed, lines
from feedback.scanning import Unreadable


def rows(text: str, delimiter: str = ",") -> list[object]:
    return list(delimited(text.split("\n"), delimiter))


def test_a_quoted_cell_may_hold_the_delimiter_a_mark_and_a_line_break() -> None:
    assert rows('1,"a,b",2\n3,"say ""hi""",4\n5,"two\nlines",6') == [
        ["1", "a,b", "2"],
        ["3", 'say "hi"', "4"],
        ["5", "two\nlines", "6"],
    ]


def test_a_mark_that_is_never_closed_breaks_its_own_row_alone() -> None:
    found = rows('1,"open,2\n3,4\n5,6')

    assert isinstance(found[0], Broken)
    assert found[1:] == [["3", "4"], ["5", "6"]]


def test_a_mark_within_a_cell_is_a_letter_like_others() -> None:
    assert rows('1,5" pipe\n2,6" pipe') == [["1", '5" pipe'], ["2", '6" pipe']]


@given(st.lists(st.lists(st.text('ab,;"\n ', max_size=6), min_size=2, max_size=3), min_size=1, max_size=6))
def test_whatever_a_spreadsheet_writes_is_read_back(table: list[list[str]]) -> None:
    import csv
    import io

    written = io.StringIO()
    csv.writer(written, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(table)

    assert rows(written.getvalue().removesuffix("\n")) == table


@given(st.text("é€x\r\n\N{GRINNING FACE}", max_size=40), st.integers(1, 5))
def test_letters_and_line_ends_are_whole_wherever_a_piece_ends(text: str, size: int) -> None:
    content = text.encode()
    pieces = [content[start : start + size] for start in range(0, len(content), size)]

    whole = text.replace("\r\n", "\n").replace("\r", "\n")
    assert list(lines(pieces, "utf-8")) == whole.removesuffix("\n").split("\n") * bool(whole)


def test_a_wrong_encoding_shows_in_the_letters_it_cannot_read() -> None:
    assert list(lines(["Bäcker\n".encode("cp1252")], "utf-8")) == ["B\ufffdcker"]


def test_letters_of_two_bytes_are_read_with_their_mark_and_without() -> None:
    text = "Bäcker\nMüller"

    for encoded in (text.encode("utf-16"), text.encode("utf-16-le")):
        assert list(lines([encoded[:7], encoded[7:]], "utf-16")) == ["Bäcker", "Müller"]


def test_columns_of_fixed_width_are_cut_where_they_begin() -> None:
    assert list(fixed([" 7 Anna   29.33", "12 Bela  129.33"], [0, 2, 7])) == [
        [" 7", " Anna", "   29.33"],
        ["12", " Bela", "  129.33"],
    ]


def test_a_value_that_runs_into_the_next_column_is_a_fault_and_no_half_value() -> None:
    rows = list(fixed(["12 Anna", "13 Bela", "123 Cora"], [0, 2]))

    assert rows == [["12", " Anna"], ["13", " Bela"], Broken("does_not_fit", "123 Cora")]


def test_columns_may_stand_without_a_gap() -> None:
    assert list(fixed(["20260101Anna", "20260102Bela"], [0, 8])) == [["20260101", "Anna"], ["20260102", "Bela"]]


def test_a_line_without_end_is_refused() -> None:
    with pytest.raises(Unreadable):
        list(lines([b"x" * 60_000] * 3, "utf-8"))


def test_memory_does_not_grow_with_the_file() -> None:
    def pieces(count: int) -> object:
        return (b"A-1,2026-01-31,C-17\n" * 5_000 for _ in range(count))

    def peak(count: int) -> int:
        tracemalloc.start()
        for _row in delimited(lines(pieces(count), "utf-8"), ","):  # type: ignore[arg-type]
            pass
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    assert peak(30) < peak(3) * 1.5

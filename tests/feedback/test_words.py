"""Words are found whatever their case and accents, and a text stays as it was written."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback import words
from feedback.words import Piece


@pytest.mark.parametrize(
    ("written", "sought"),
    [
        ("Über", "uber"),
        ("İstanbul", "istanbul"),
        ("ΟΔΟΣ", "οδοσ"),
        ("Cafe\u0301", "café"),
        ("\uff21BC", "abc"),
    ],
)
def test_case_and_accents_make_no_difference(written: str, sought: str) -> None:
    assert words.folded(written) == words.folded(sought)


def test_hits_stand_apart_as_they_were_written() -> None:
    assert words.marked("Der Käse, der KASE!", words.of("käse")) == [
        Piece("Der ", False),
        Piece("Käse", True),
        Piece(", der ", False),
        Piece("KASE", True),
        Piece("!", False),
    ]


def test_an_accent_of_its_own_belongs_to_its_letter() -> None:
    assert words.marked("Cafe\u0301s", words.of("cafe")) == [Piece("Cafe\u0301", True), Piece("s", False)]


def test_a_letter_that_reads_as_several_is_found_as_a_whole() -> None:
    assert words.marked("a\ufb03b", words.of("f")) == [Piece("a", False), Piece("\ufb03", True), Piece("b", False)]


def test_signs_that_mean_something_in_a_pattern_are_only_signs() -> None:
    assert words.marked("100% (a.b)", words.of("(a.b)")) == [Piece("100% ", False), Piece("(a.b)", True)]


@given(st.text(), st.text())
def test_no_letter_is_lost_or_doubled(text: str, said: str) -> None:
    pieces = words.marked(text, words.of(said))

    assert "".join(piece.text for piece in pieces) == text
    assert all(one.is_hit != other.is_hit for one, other in pairwise(pieces))

"""A number in an address is a number, or nothing."""

import pytest

from organizations.numbers import LARGEST_ID, number


@pytest.mark.parametrize(("said", "meant"), [("0", 0), ("17", 17), ("007", 7), (str(LARGEST_ID), LARGEST_ID)])
def test_digits_are_a_number(said: str, meant: int) -> None:
    assert number(said) == meant


@pytest.mark.parametrize(
    "said", [None, "", " ", "-1", "+1", "1.0", "1e3", "١", "²", "1\0", "0x1", "9" * 400, str(LARGEST_ID + 1)]
)
def test_anything_else_is_none(said: str | None) -> None:
    assert number(said) is None


def test_what_is_more_than_can_be_meant_is_none() -> None:
    assert (number("100", most=100), number("101", most=100)) == (100, None)

"""Figures in words: one point is a point, and all others are points."""

import pytest

from dashboards import saying


@pytest.mark.parametrize(
    ("written", "words"),
    [("1", 1), ("+1", 1), ("−1", 1), ("1.0", 2), ("−0,5", 2), ("0", 2), ("+11", 2), ("–", 2)],
)
def test_a_plural_is_chosen_by_what_is_written(written: str, words: int) -> None:
    assert saying.one_or_many(written) == words

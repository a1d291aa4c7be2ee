"""Whoever watches a survey about the whole relationship from day to day never learns what fewer than k customers said.

Customers answer again within a quarter and in later ones; every figure that was ever told is held against all others.
"""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboards import periods
from dashboards.blocks import Cut, Window
from dashboards.periods import Span
from dashboards.reading import Sight
from dashboards.tallies import Days
from surveys.models import Basis, Survey
from tests.examples import examples

SURVEY = Survey(basis=Basis.RELATIONAL)
BEGINNING = date(2025, 1, 1)
QUARTERS = [date(2025, 1, 1), date(2025, 4, 1), date(2025, 7, 1), date(2025, 10, 1)]
END = date(2026, 1, 1)
BORDERS = [first + timedelta(days=days) for first in (*QUARTERS, END) for days in (-1, 0, 30)]
SPANS = [Span(start, end) for end in BORDERS for start in (None, *BORDERS) if start is None or start <= end]


@dataclass(frozen=True)
class Said:
    """One answer: who gave it, when, and where she stood."""

    who: int
    day: date
    segment: str


ANSWERS = st.lists(
    st.builds(
        Said,
        who=st.integers(0, 7),
        day=st.dates(BEGINNING, END - timedelta(days=1)),
        segment=st.sampled_from("abc"),
    ),
    max_size=45,
)


def counting(answers: list[Said], until: date) -> list[Said]:
    """Of each customer and quarter the latest that was there by then."""
    found = {}
    for said in sorted(answers, key=lambda said: said.day):
        if said.day <= until:
            found[said.who, periods.quarter(said.day)] = said
    return list(found.values())


def days(answers: list[Said], until: date) -> Days:
    """As they are stored: on the first day of their quarter."""
    firsts = [periods.quarter(said.day)[0] for said in answers]
    return [(first, firsts.count(first)) for first in QUARTERS if first in firsts and first <= until]


def cuts(answers: list[Said], today: date, k: int) -> tuple[Sight, Cut, dict[str, Cut]]:
    """What a viewer is told on a day: of all, and of each segment."""
    sight = Sight.of(SURVEY, today=today, k=k, sees_single_answers=False)
    there = counting(answers, today)
    everything = days(there, sight.until)
    by_segment = {name: days([said for said in there if said.segment == name], sight.until) for name in "abc"}
    return sight, sight.cut(everything), sight.apart(everything, {name: of for name, of in by_segment.items() if of})


def watched(answers: list[Said], k: int) -> Iterator[tuple[list[Said], str, Window]]:
    """The answers that count on each day on which anything may change, and each window that is told then."""
    for today in sorted({*BORDERS, *(said.day for said in answers)}):
        sight, total, segments = cuts(answers, today, k)
        for name, cut in {"": total, **segments}.items():
            for window in {sight.window(cut, span).blocks: sight.window(cut, span) for span in SPANS}.values():
                yield counting(answers, today), name, window


def known(answers: list[Said], k: int) -> tuple[np.ndarray, np.ndarray]:
    """The sums that were told, one a row: how often each answer is in it; then how many answers each column is.

    That nobody answered is unknown too, once a segment exists.
    """
    since = {name: min(s.day for s in answers if s.segment == name) for name in {s.segment for s in answers}}
    empty = [
        (first, name)
        for first in QUARTERS
        for name, day in since.items()
        if periods.quarter(first)[1] >= day
        and not any(s.segment == name and periods.quarter(s.day)[0] == first for s in counting(answers, END))
    ]
    rows = set()
    for there, name, window in watched(answers, k):
        own = [said in there and name in ("", said.segment) and window.holds(said.day) for said in answers]
        none = [name in ("", other) and window.holds(first) for first, other in empty]
        rows.add((*own, *none))
    columns = np.array(sorted(rows), dtype=float).T
    # Answers that are told together in all sums are one unknown; what was never told is none.
    cells: dict[tuple[float, ...], int] = {}
    for column, weight in zip(columns, [1] * len(answers) + [0] * len(empty), strict=True):
        if column.any():
            cells[tuple(column)] = cells.get(tuple(column), 0) + weight
    return np.array(list(cells), dtype=float).T, np.array(list(cells.values()), dtype=int)


@settings(max_examples=examples(60), deadline=None)
@given(answers=ANSWERS, k=st.integers(3, 6))
def test_no_linear_combination_of_all_that_was_ever_told_isolates_too_few(answers: list[Said], k: int) -> None:
    told, weights = known(answers, k) if answers else (np.zeros((0, 0)), np.zeros(0))
    if not len(weights):
        return
    sets = np.array(list(itertools.product((0, 1), repeat=len(weights))), dtype=float)
    n = sets @ weights
    few = sets[(n > 0) & (n < k)]

    unexplained = few - few @ np.linalg.pinv(told) @ told

    assert not len(few) or np.abs(unexplained).max(axis=1).min() > 1e-9


@settings(max_examples=examples(60), deadline=None)
@given(answers=ANSWERS, k=st.integers(3, 6))
def test_from_day_to_day_whole_blocks_are_added_and_none_changes(answers: list[Said], k: int) -> None:
    before: dict[str, Cut] = {}
    for today in [BEGINNING + timedelta(days=number) for number in range(370)]:
        _sight, total, segments = cuts(answers, today, k)
        now = {"": total, **segments}
        for name, cut in before.items():
            assert now[name].blocks[: len(cut.blocks)] == cut.blocks
        assert all(block.n >= k for cut in now.values() for block in cut.blocks)
        assert all(block.last < today for cut in now.values() for block in cut.blocks)
        before = now


def test_three_segments_of_five_customers_are_told_every_quarter() -> None:
    """So that the others prove something: here is much to subtract."""
    answers = [
        Said(number, first + timedelta(days=number), "abc"[number % 3]) for first in QUARTERS for number in range(15)
    ]

    _sight, total, segments = cuts(answers, END, k=5)

    assert [block.n for block in total.blocks] == [15] * 4
    assert {name: [block.n for block in cut.blocks] for name, cut in segments.items()} == dict.fromkeys("abc", [5] * 4)
    assert len(known(answers, k=5)[1]) == 12

"""Whoever subtracts permitted figures from each other never learns what fewer than the minimum group said."""

import itertools
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboards import blocks
from dashboards.blocks import Block, Cut
from dashboards.periods import Span
from tests.examples import examples

MONDAY = date(2026, 1, 5)
Days = list[tuple[date, int]]
Cell = tuple[date, str]


def on(day: int) -> date:
    return MONDAY + timedelta(days=day)


def days(*counts: int) -> Days:
    return [(on(place), n) for place, n in enumerate(counts) if n]


def edges(cut: Cut) -> list[tuple[date, date, int]]:
    return [(block.first, block.last, block.n) for block in cut.blocks]


def window(cut: Cut, start: int | None, end: int) -> blocks.Window:
    return cut.window(Span(None if start is None else on(start), on(end)))


# --- one question in time ---------------------------------------------------------------------------------------------


def test_a_block_ends_with_the_day_on_which_its_answers_are_enough() -> None:
    cut = blocks.cut(days(7, 2, 0, 2, 3, 4), k=5)

    assert edges(cut) == [(on(0), on(0), 7), (on(1), on(4), 7)]
    assert cut.newest == Block(on(5), on(5), 4)


def test_the_edges_of_a_span_go_outwards_to_the_next_border() -> None:
    told = window(blocks.cut(days(2, 4, 5, 1, 1, 9), k=5), 1, 4)

    assert (told.span, told.n, told.is_widened) == (Span(on(0), on(5)), 22, True)


def test_a_span_that_splits_no_block_is_told_as_it_is() -> None:
    told = window(blocks.cut(days(5, 0, 0, 5, 0, 0, 5), k=5), 1, 4)

    assert (told.span, told.n, told.is_widened) == (Span(on(1), on(4)), 5, False)


def test_the_newest_answers_wait_until_they_are_enough() -> None:
    cut = blocks.cut(days(6, 0, 4), k=5)

    told = window(cut, 0, 2)
    assert (told.span, told.n, told.waits) == (Span(on(0), on(1)), 6, True)
    all_of_it = window(cut.with_the_newest(), 0, 2)
    assert (all_of_it.span, all_of_it.n, all_of_it.waits) == (Span(on(0), on(2)), 10, False)


def test_where_all_answers_wait_there_are_none() -> None:
    told = window(blocks.cut(days(4), k=5), None, 3)

    assert (told.n, told.waits) == (0, True)


def test_the_span_before_has_no_block_of_the_span_itself() -> None:
    cut = blocks.cut(days(5, 2, 2, 2, 5), k=5)
    now = window(cut, 3, 4)

    before = cut.before(Span(on(0), on(2)), now)

    assert (now.span.start, now.n) == (on(1), 11)
    assert (before.span, before.n) == (Span(on(0), on(0)), 5)


@settings(max_examples=examples(50), deadline=None)
@given(counts=st.lists(st.integers(0, 9), max_size=60), later=st.lists(st.integers(0, 9), max_size=9))
def test_whoever_watches_the_figures_grow_sees_blocks_being_added_and_none_change(
    counts: list[int], later: list[int]
) -> None:
    before, after = (blocks.cut(days(*known), k=5) for known in (counts, counts + later))

    assert after.blocks[: len(before.blocks)] == before.blocks
    assert all(block.n >= 5 for block in after.blocks)


@settings(max_examples=examples(100), deadline=None)
@given(data=st.data())
def test_no_sum_or_difference_of_spans_is_about_too_few(data: st.DataObject) -> None:
    k = data.draw(st.integers(3, 20))
    counts = data.draw(st.lists(st.integers(0, 9), max_size=40))
    cut = blocks.cut(days(*counts), k=k)
    seen: dict[date, int] = {}
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.none() | st.integers(-2, 42))
        told = window(cut, start, data.draw(st.integers(start or 0, 43)))
        times = data.draw(st.integers(-2, 2))
        for day, _n in days(*counts):
            seen[day] = seen.get(day, 0) + (times if told.holds(day) else 0)

    # A day whose answers are in the sum once, and one in which they are not, are told apart: so is what each sums to.
    for times in set(seen.values()) - {0}:
        n = sum(n for day, n in days(*counts) if seen[day] == times)
        assert n == 0 or n >= k


# --- segments ---------------------------------------------------------------------------------------------------------


def cut_apart(
    segments: dict[str, Days], k: int, at_most: int = blocks.WEEKS_AT_MOST
) -> tuple[tuple[Block, ...], dict[str, Cut]]:
    all_days: dict[date, int] = {}
    for day, n in itertools.chain.from_iterable(segments.values()):
        all_days[day] = all_days.get(day, 0) + n
    total = blocks.cut(sorted(all_days.items()), k=k).blocks
    return total, blocks.apart(total, segments, k=k, at_most=at_most)


def test_segments_that_have_enough_every_day_are_told_by_day() -> None:
    _total, found = cut_apart({"de": days(5, 6, 7), "en": days(9, 8, 7)}, k=5)

    assert {name: [block.n for block in cut.blocks] for name, cut in found.items()} == {
        "de": [5, 6, 7],
        "en": [9, 8, 7],
    }


def test_a_rare_segment_is_told_over_longer_times_and_the_others_take_turns_to_hide_it() -> None:
    _total, found = cut_apart({"de": days(9, 9, 9), "en": days(8, 8, 8), "fr": days(2, 2, 2)}, k=5)

    assert edges(found["fr"]) == [(on(0), on(2), 6)]
    assert [block.n for block in found["de"].blocks] == [9, 18]
    assert [block.n for block in found["en"].blocks] == [16, 8]


def test_of_a_segment_that_stays_too_rare_nothing_is_told_and_nothing_that_would_tell_it() -> None:
    _total, found = cut_apart({"de": days(9, 9), "fr": days(1, 1)}, k=5)

    assert [len(found[name].blocks) for name in ("de", "fr")] == [0, 0]


def test_those_who_still_answered_the_old_version_cannot_be_told_from_the_weeks_of_the_new_one() -> None:
    _total, found = cut_apart({"1": days(9, 9, 3), "2": days(0, 0, 9)}, k=5)

    assert found["2"].blocks == ()


def test_answers_without_a_value_are_a_part_of_the_total_that_cannot_be_told_either() -> None:
    total = blocks.cut(days(12), k=5).blocks

    assert blocks.apart(total, {"de": days(9)}, k=5)["de"].blocks == ()
    assert len(blocks.apart(total, {"de": days(7)}, k=5)["de"].blocks) == 1


def test_weeks_put_blocks_together_and_the_running_one_waits() -> None:
    daily = blocks.cut(days(*[5] * 16), k=5).blocks

    assert [(week.first, week.last) for week in blocks.weeks(daily, until=on(15))] == [(on(0), on(6)), (on(7), on(13))]


def test_blocks_of_quarters_begin_and_end_with_them_and_the_running_one_today() -> None:
    first_days = [(date(2025, 10, 1), 3), (date(2026, 1, 1), 4), (date(2026, 4, 1), 2)]

    cut = blocks.quarters(blocks.cut(first_days, k=5), until=date(2026, 5, 20))

    assert edges(cut) == [(date(2025, 10, 1), date(2026, 3, 31), 7)]
    assert cut.newest == Block(date(2026, 4, 1), date(2026, 5, 20), 2)


def isolated(total: tuple[Block, ...], found: dict[str, Cut], answers: dict[Cell, int], k: int) -> list[list[Cell]]:
    """The sets of too few answers that are some blocks of the total without some blocks of segments inside them."""
    groups = [(name, block) for name, cut in found.items() for block in cut.blocks]
    caught = []
    for some in itertools.chain.from_iterable(itertools.combinations(groups, size) for size in range(len(groups) + 1)):
        touched = [b for b in total if any(b.first <= group.last and b.last >= group.first for _, group in some)]
        rest = [
            cell
            for cell in answers
            if any(b.first <= cell[0] <= b.last for b in touched)
            and not any(cell[1] == name and g.first <= cell[0] <= g.last for name, g in some)
        ]
        if 0 < sum(answers[cell] for cell in rest) < k:
            caught.append(rest)
    return caught


SEGMENTS = st.dictionaries(
    st.sampled_from(["a", "b", "c", "d"]), st.lists(st.integers(0, 8), min_size=6, max_size=6), min_size=1
)


@settings(max_examples=examples(100), deadline=None)
@given(counts=SEGMENTS, k=st.integers(3, 8))
def test_no_sum_or_difference_of_segments_and_totals_is_about_too_few(counts: dict[str, list[int]], k: int) -> None:
    segments = {name: days(*of) for name, of in counts.items()}
    total, found = cut_apart(segments, k)
    answers = {(day, name): n for name, of in segments.items() for day, n in of}

    assert all(block.n >= k for cut in found.values() for block in cut.blocks)
    assert isolated(total, found, answers, k) == []


@settings(max_examples=examples(60), deadline=None)
@given(counts=SEGMENTS, k=st.integers(3, 8), at_most=st.integers(1, 3))
def test_nor_where_what_waits_too_long_is_given_up(counts: dict[str, list[int]], k: int, at_most: int) -> None:
    segments = {name: days(*of) for name, of in counts.items()}
    total, found = cut_apart(segments, k, at_most)
    answers = {(day, name): n for name, of in segments.items() for day, n in of}

    assert isolated(total, found, answers, k) == []


def test_one_rare_answer_keeps_another_segment_waiting_for_so_many_blocks_and_no_longer() -> None:
    _total, found = cut_apart({"de": days(*[9] * 9), "fr": days(1)}, 5, at_most=4)

    assert [block.first for block in found["de"].blocks] == [on(5), on(6), on(7), on(8)]


@settings(max_examples=examples(50), deadline=None)
@given(counts=SEGMENTS, last=st.integers(0, 5))
def test_segments_too_only_have_blocks_added(counts: dict[str, list[int]], last: int) -> None:
    whole = {name: days(*of) for name, of in counts.items()}
    _total, after = cut_apart(whole, 5)
    _total, before = cut_apart({name: [d for d in of if d[0] <= on(last)] for name, of in whole.items()}, 5)

    for name, cut in before.items():
        assert after[name].blocks[: len(cut.blocks)] == cut.blocks


@settings(max_examples=examples(60), deadline=None)
@given(
    counts=st.dictionaries(st.sampled_from("abc"), st.lists(st.integers(0, 7), min_size=4, max_size=4), min_size=1),
    k=st.integers(3, 6),
)
def test_no_linear_combination_whatever_isolates_too_few(counts: dict[str, list[int]], k: int) -> None:
    """Whoever knows every figure, and since when each segment exists, solves the equations for every set of cells."""
    total, found = cut_apart({name: days(*of) for name, of in counts.items()}, k)
    groups = [(name, block) for name, cut in found.items() for block in cut.blocks]
    # That nobody answered is unknown too, once a segment exists.
    cells = [(on(day), name) for name, of in counts.items() for day in range(4) if any(of[: day + 1])]
    told = [[block.first <= day <= block.last for day, _ in cells] for block in total]
    told += [[name == other and block.first <= day <= block.last for day, other in cells] for name, block in groups]
    if not (told and cells):
        return
    known = np.array(told, dtype=float)
    sets = np.array(list(itertools.product((0, 1), repeat=len(cells))), dtype=float)
    answers = sets @ np.array([counts[name][(day - MONDAY).days] for day, name in cells])
    few = sets[(answers > 0) & (answers < k)]

    unexplained = few - few @ np.linalg.pinv(known) @ known

    assert not len(few) or np.abs(unexplained).max(axis=1).min() > 1e-9


@pytest.mark.parametrize("k", [2, 21])
def test_a_minimum_group_outside_3_to_20_is_refused(k: int) -> None:
    with pytest.raises(ValueError, match="from 3 to 20"):
        blocks.cut(days(1), k=k)


@settings(max_examples=examples(100), deadline=None)
@given(
    counts=st.lists(st.integers(0, 9), max_size=60),
    start=st.none() | st.integers(-5, 65),
    length=st.integers(0, 40),
    back=st.integers(0, 30),
)
def test_a_window_has_each_block_that_its_days_touch_and_the_one_before_has_none_of_them(
    counts: list[int], start: int | None, length: int, back: int
) -> None:
    cut = blocks.cut(days(*counts), k=3)
    end = length if start is None else start + length
    now = window(cut, start, end)

    assert now.blocks == tuple(
        each for each in cut.blocks if each.touches(None if start is None else on(start), on(end))
    )
    if start is not None:
        asked = Span(on(start - back), on(start))
        before = cut.before(asked, now)
        earlier = [each for each in cut.blocks if each.touches(asked.start, asked.end) and each not in now.blocks]
        assert list(before.blocks) == earlier

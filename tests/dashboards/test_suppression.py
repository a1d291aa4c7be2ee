"""Somebody who adds, subtracts and knows the rules learns no hidden number."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from dashboards import kpi, metrics, suppression
from dashboards.distribution import Recommenders
from tests.examples import examples

partitions = st.dictionaries(st.sampled_from("ABCDEF"), st.integers(0, 12), min_size=1, max_size=6)
minima = st.integers(3, 8)


def attack(cells: dict[str, int], hidden: list[str], *, total_is_hidden: bool, k: int) -> dict[str, tuple[int, int]]:
    """The range of each hidden cell, for one who sees the others and the total and knows which cells are below k."""
    if total_is_hidden or not hidden:
        return {}
    rest = sum(cells.values()) - sum(n for name, n in cells.items() if name not in hidden)
    bounds: list[tuple[int, int | None]] = [(1, k - 1) if cells[name] < k else (k, None) for name in hidden]
    ranges = {}
    for i, name in enumerate(hidden):
        ends = []
        for sign in (1, -1):
            aim = [sign * int(i == j) for j in range(len(hidden))]
            found = linprog(aim, A_eq=[[1] * len(hidden)], b_eq=[rest], bounds=bounds, method="highs")
            ends.append(sign * round(found.fun or 0.0))
        ranges[name] = (ends[0], ends[1])
    return ranges


def rule_alone(cells: dict[str, int], k: int) -> list[str]:
    """Small cells, and the smallest other one where there is a single small one."""
    small = [name for name, n in cells.items() if 0 < n < k]
    others = sorted((n, name) for name, n in cells.items() if n >= k)
    return sorted([*small, *([others[0][1]] if len(small) == 1 and others else [])])


def gives_away(ranges: dict[str, tuple[int, int]]) -> bool:
    return any(low == high for low, high in ranges.values())


@settings(max_examples=examples(150), deadline=None)
@given(partitions, minima)
def test_no_hidden_cell_can_be_worked_out(cells: dict[str, int], k: int) -> None:
    result = suppression.partition(cells, k=k)

    ranges = attack(cells, list(result.cells), total_is_hidden=result.total, k=k)
    assert not gives_away(ranges)
    assert all(low <= cells[name] <= high for name, (low, high) in ranges.items())


@settings(max_examples=examples(150), deadline=None)
@given(partitions, minima)
def test_where_the_plain_rule_suffices_nothing_more_is_hidden(cells: dict[str, int], k: int) -> None:
    plain = rule_alone(cells, k)
    total_is_small = 0 < sum(cells.values()) < k
    if gives_away(attack(cells, plain, total_is_hidden=total_is_small, k=k)):
        return

    assert suppression.partition(cells, k=k) == suppression.Hidden(tuple(plain), total_is_small)


@given(partitions, minima)
def test_every_small_group_is_hidden_and_every_empty_one_shown(cells: dict[str, int], k: int) -> None:
    hidden = suppression.partition(cells, k=k).cells

    assert {name for name, n in cells.items() if 0 < n < k} <= set(hidden)
    assert not {name for name, n in cells.items() if n == 0} & set(hidden)


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({"Online": 40, "Berlin": 12, "Hamburg": 3}, suppression.Hidden(("Berlin", "Hamburg"), False)),
        ({"Online": 40, "Berlin": 1, "Hamburg": 1}, suppression.Hidden(("Berlin", "Hamburg", "Online"), False)),
        ({"Online": 40, "Berlin": 4, "Hamburg": 4}, suppression.Hidden(("Berlin", "Hamburg", "Online"), False)),
        ({"Berlin": 4, "Hamburg": 4}, suppression.Hidden(("Berlin", "Hamburg"), True)),
        ({"Online": 40, "Berlin": 5, "Hamburg": 1}, suppression.Hidden(("Berlin", "Hamburg", "Online"), False)),
        ({"Berlin": 3, "Hamburg": 0}, suppression.Hidden(("Berlin",), True)),
        ({"Berlin": 7, "Hamburg": 7, "Online": 2}, suppression.Hidden(("Berlin", "Online"), False)),
    ],
)
def test_shops_with_few_answers_stay_hidden(cells: dict[str, int], expected: suppression.Hidden) -> None:
    assert suppression.partition(cells, k=5) == expected


def test_under_the_minimum_group_nothing_but_the_number_of_answers_is_left() -> None:
    figure = suppression.guarded(metrics.nps(Recommenders(1, 1, 2)), k=5)

    assert (figure.value, figure.exact, figure.interval, figure.flags) == (None, None, None, ())
    assert (figure.n, figure.reason) == (4, kpi.SUPPRESSED)


@pytest.mark.parametrize(
    ("n", "flag", "may_rank"), [(5, "low_base", False), (29, "low_base", False), (30, "indicative", True)]
)
def test_a_small_base_is_marked(n: int, flag: str, may_rank: bool) -> None:
    figure = suppression.guarded(metrics.nps(Recommenders(0, n, 0)))

    assert figure.flags[0] == flag
    assert suppression.ranks(figure) is may_rank


def test_a_wide_interval_is_marked_at_any_size() -> None:
    assert suppression.guarded(metrics.nps(Recommenders(50, 0, 60))).flags == ("wide_interval",)
    assert suppression.guarded(metrics.nps(Recommenders(500, 0, 600))).flags == ()
    assert suppression.guarded(metrics.percent(0, 0)).flags == ()


def test_a_filter_that_leaves_out_too_few_is_refused() -> None:
    assert [suppression.filter_is_refused(n=n, base=40) for n in (40, 39, 36, 35, 0)] == [
        False,
        True,
        True,
        False,
        False,
    ]
    with pytest.raises(ValueError, match="cannot keep n = 41 of base = 40"):
        suppression.filter_is_refused(n=41, base=40)


@pytest.mark.parametrize("k", [0, 2, 21])
def test_a_minimum_group_outside_3_to_20_is_refused(k: int) -> None:
    with pytest.raises(ValueError, match="minimum group must be from 3 to 20"):
        suppression.partition({"Berlin": 3}, k=k)
    with pytest.raises(ValueError, match="minimum group must be from 3 to 20"):
        suppression.guarded(metrics.percent(1, 2), k=k)


def test_a_negative_count_is_refused_with_its_cell() -> None:
    with pytest.raises(ValueError, match="n of Berlin must not be negative"):
        suppression.partition({"Berlin": -1})

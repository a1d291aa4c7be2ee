"""Control charts: frozen limits, honest phases, signals that mean something."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboards import limits, rules, spc
from dashboards.distribution import Recommenders
from dashboards.limits import Chart, Limits

months = st.builds(Recommenders, st.integers(0, 40), st.integers(10, 40), st.integers(0, 40))
series = st.lists(months, min_size=12, max_size=20)
more = st.lists(months, max_size=12)
z_values = st.lists(st.floats(-4, 4).map(lambda z: round(z, 1)), max_size=60)


@given(series, more)
def test_limits_stay_where_they_are_when_months_are_added(
    baseline: list[Recommenders], later: list[Recommenders]
) -> None:
    frozen = Limits(baseline=len(baseline))
    then, now = spc.nps_chart(baseline, frozen), spc.nps_chart([*baseline, *later], frozen)

    assert now.centre == then.centre
    assert now.sigma_z == then.sigma_z
    assert now.lower[: len(baseline)] == then.lower
    assert now.upper[: len(baseline)] == then.upper


def shares(rows: list[Recommenders], frozen: Limits) -> Chart:
    return spc.p_chart([m.promoters for m in rows], [m.n for m in rows], frozen)


def counts(rows: list[Recommenders], frozen: Limits) -> Chart:
    return spc.u_chart([m.detractors for m in rows], [float(m.n) for m in rows], frozen)


def single_values(rows: list[Recommenders], frozen: Limits) -> Chart:
    return spc.xmr([m.score for m in rows], frozen)


@pytest.mark.parametrize("chart", [shares, counts, single_values])
@given(series, more)
def test_limits_of_every_chart_stay_too(
    chart: Callable[[list[Recommenders], Limits], Chart], baseline: list[Recommenders], later: list[Recommenders]
) -> None:
    frozen = Limits(baseline=len(baseline))
    then, now = chart(baseline, frozen), chart([*baseline, *later], frozen)

    assert (now.centre, now.lower[: len(baseline)]) == (then.centre, then.lower)


@given(series)
def test_limits_lie_around_the_centre_and_on_the_scale(rows: list[Recommenders]) -> None:
    chart = spc.nps_chart(rows)

    assert chart.centre is not None
    for low, high in zip(chart.lower, chart.upper, strict=True):
        assert low is not None
        assert high is not None
        assert -1 <= low <= chart.centre <= high <= 1


@given(series)
def test_the_floor_never_makes_limits_tighter(rows: list[Recommenders]) -> None:
    floored, textbook = spc.nps_chart(rows), spc.nps_chart(rows, Limits(floor=None))

    pairs = zip(floored.lower, textbook.lower, strict=True)
    assert all(a is not None and b is not None and a <= b + 1e-12 for a, b in pairs)


def test_a_stable_year_gives_no_signal_and_a_bad_month_does() -> None:
    stable = [Recommenders(20, 30, 50 + i % 3) for i in range(20)]
    chart = spc.nps_chart([*stable, Recommenders(60, 20, 20)], Limits(baseline=20))

    assert chart.signals() == {"1": [20], "2w": []}
    assert chart.phase == "established"


@pytest.mark.parametrize(
    ("points", "phase"), [(7, "run_chart"), (8, "provisional"), (11, "provisional"), (12, "trial"), (20, "established")]
)
def test_how_far_limits_carry_depends_on_the_baseline(points: int, phase: str) -> None:
    assert limits.phase(points) == phase


def test_a_run_that_began_in_the_baseline_does_not_count_until_eight_months_after_it() -> None:
    calm = [Recommenders(20, 30, 50 + 4 * (i % 2)) for i in range(8)]
    above = [Recommenders(18, 30, 52)] * 12
    frozen = Limits(baseline=12)

    chart = spc.nps_chart([*calm, *above], frozen)

    assert chart.watched_from == 12
    assert rules.fired(chart.z, "2w") == [14, 15, 16, 17, 18, 19]
    assert chart.signals()["2w"] == [19]


def test_seven_months_carry_no_limits_and_give_no_signal() -> None:
    calm, alarming = [Recommenders(20, 30, 50)] * 6, Recommenders(100, 0, 0)

    chart = spc.nps_chart([*calm, alarming], Limits(baseline=6, shortest=1))

    assert rules.fired(chart.z, "1") == [6]
    assert chart.signals() == {"1": [], "2w": []}


@pytest.mark.parametrize("baseline", [0, 7, 13])
def test_a_declared_baseline_that_does_not_fit_is_refused(baseline: int) -> None:
    rows = [Recommenders(20, 30, 50)] * 12
    with pytest.raises(ValueError, match=f"baseline = {baseline}: it takes at least 8 and at most the 12 usable"):
        spc.nps_chart(rows, Limits(baseline=baseline))
    with pytest.raises(ValueError, match=r"baseline must be a whole number, not 8\.5"):
        spc.nps_chart(rows, Limits(baseline=8.5))  # type: ignore[arg-type]  # what a careless caller passes
    with pytest.raises(ValueError, match="at least 8"):
        spc.xmr([1.0] * 12, Limits(baseline=baseline))


def test_months_with_few_answers_are_drawn_and_not_tested() -> None:
    rows = [Recommenders(20, 30, 50)] * 10 + [Recommenders(5, 0, 0), Recommenders(0, 0, 0)]
    chart = spc.nps_chart(rows)

    assert chart.values[10:] == (-1.0, None)
    assert chart.z[10:] == (None, None)
    assert chart.lower[11] is None
    assert chart.signals()["1"] == []


def test_a_baseline_in_which_all_agree_draws_a_line_and_tests_nothing() -> None:
    chart = spc.p_chart([30] * 8 + [0], [30] * 9, Limits(baseline=8))

    assert chart.degenerate
    assert (chart.centre, set(chart.lower), set(chart.upper)) == (1.0, {1.0}, {1.0})
    assert chart.signals() == {"1": [], "2w": []}


def test_no_month_at_all_is_an_empty_chart() -> None:
    assert spc.xmr([]).centre is None
    assert spc.nps_chart([Recommenders(0, 0, 0)]).values == (None,)
    assert spc.p_chart([], []).degenerate


def test_a_single_value_has_a_line_and_no_limits() -> None:
    chart = spc.xmr([5.0, None])

    assert (chart.centre, chart.lower, chart.z, chart.moving_range) == (5.0, (None, None), (None, None), None)


def test_periods_must_have_both_numbers_and_believable_ones() -> None:
    with pytest.raises(ValueError, match="each period needs both numbers; got 2 and 1"):
        spc.p_chart([1, 2], [3])
    with pytest.raises(ValueError, match="x of period 1 = 5 is more than n of period 1 = 4"):
        spc.p_chart([1, 5], [3, 4])
    with pytest.raises(ValueError, match="exposure of period 0"):
        spc.u_chart([1], [0.0])
    with pytest.raises(ValueError, match="count of period 0"):
        spc.u_chart([-1], [1.0])


def test_a_new_wording_starts_a_new_stretch() -> None:
    assert limits.split(10, {4, 7}) == [range(4), range(4, 7), range(7, 10)]
    assert limits.split(10, ()) == [range(10)]
    assert limits.split(10, {0}) == [range(10)]
    assert limits.split(0, ()) == []
    with pytest.raises(ValueError, match="a break at 10 is outside the 10 points"):
        limits.split(10, {10})


def test_a_run_chart_has_the_median_for_its_line() -> None:
    assert limits.run_median([3.0, None, 1.0, 2.0]) == 2.0
    assert limits.run_median([None]) is None


@given(z_values)
def test_every_pattern_is_the_same_upside_down(z: list[float]) -> None:
    assert rules.signals(z, rules.RULES) == rules.signals([-x for x in z], rules.RULES)


@given(z_values, z_values)
def test_a_break_makes_two_series_of_one(before: list[float], after: list[float]) -> None:
    for rule in rules.RULES:
        apart = rules.fired(before, rule) + [len(before) + i for i in rules.fired(after, rule)]
        assert rules.fired([*before, *after], rule, breaks={len(before)}) == apart


def test_a_month_that_is_not_tested_is_passed_over() -> None:
    assert rules.fired([0.5] * 4 + [None] + [0.5] * 4, "2w") == [8]


def test_an_unknown_rule_is_refused() -> None:
    with pytest.raises(ValueError, match="rule must be one of 1, 2, 2w"):
        rules.fired([1.0], "9")

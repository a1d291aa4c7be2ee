"""Whether an action helped: decided by an interval, never by a good month."""

from datetime import date

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.stattools import durbin_watson

from actions import before_after, effectiveness, interrupted
from actions.effectiveness import Recurrence, Window
from dashboards import comparisons, rates
from dashboards.comparisons import Difference
from dashboards.distribution import Distribution, Recommenders

months = st.lists(
    st.builds(Recommenders, st.integers(1, 40), st.integers(1, 40), st.integers(1, 40)), min_size=3, max_size=8
)


def improvement(low: float, value: float, high: float) -> Difference:
    return Difference(value, None, 400, (low, high), 0.95, "adjusted", unit="points", estimate=value)


@pytest.mark.parametrize(
    ("interval", "state", "because"),
    [
        ((2, 8, 14), "effective", ()),
        ((-1, 8, 17), "inconclusive", ("may_be_noise",)),
        ((1, 4, 9), "inconclusive", ("below_target",)),
        ((-6, -1, 4), "not_effective", ("below_worthwhile",)),
        ((-12, -8, -4), "not_effective", ("worse",)),
        ((0.5, 2, 3.5), "not_effective", ("below_worthwhile",)),
        ((-2, 4, 10), "inconclusive", ("may_be_noise", "below_target")),
    ],
)
def test_the_interval_decides(interval: tuple[float, float, float], state: str, because: tuple[str, ...]) -> None:
    found = effectiveness.verdict(improvement(*interval), worthwhile=5, implemented=True)

    assert (found.state, found.because) == (state, because)


def test_a_small_gain_that_reaches_the_target_is_effective() -> None:
    found = effectiveness.verdict(improvement(1, 3, 4.9), worthwhile=5, implemented=True, target_reached=True)

    assert found.state == "effective"


def test_a_signal_of_harm_or_a_defect_that_comes_back_forbids_effective() -> None:
    good = improvement(2, 8, 14)
    back = Recurrence(ratio=rates.ratio(20, 1000, 15, 1000))

    harmed = effectiveness.verdict(good, worthwhile=5, implemented=True, adverse_signal=True)
    recurred = effectiveness.verdict(good, worthwhile=5, implemented=True, recurrence=back)

    assert (harmed.state, harmed.because) == ("inconclusive", ("adverse_signal",))
    assert (recurred.state, recurred.because) == ("inconclusive", ("recurs",))


def test_a_defect_has_stopped_when_its_rate_is_surely_lower_or_nothing_came_in_many_orders() -> None:
    assert effectiveness.has_stopped(Recurrence(ratio=rates.ratio(40, 1000, 10, 1000)))
    assert effectiveness.has_stopped(Recurrence(ratio=rates.ratio(40, 1000, 0, 1000)))
    assert effectiveness.has_stopped(Recurrence(cases=0, n=1000, tolerated=0.004))
    assert not effectiveness.has_stopped(Recurrence(cases=0, n=500, tolerated=0.004))
    assert not effectiveness.has_stopped(Recurrence(cases=1, n=1000, tolerated=0.004))
    assert not effectiveness.has_stopped(Recurrence())


def test_thin_windows_decide_nothing_and_a_changed_plan_is_marked() -> None:
    found = effectiveness.verdict(
        improvement(2, 8, 14), worthwhile=5, implemented=True, smallest_side=29, post_hoc=True
    )

    assert (found.state, found.because, found.flags) == ("inconclusive", ("n_lt_30",), ("post_hoc",))
    nobody = comparisons.nps(Recommenders(0, 0, 0), Recommenders(1, 2, 3))
    assert effectiveness.verdict(nobody, worthwhile=5, implemented=True).because == ("no_data",)


def test_no_verdict_on_what_was_not_done_or_on_no_aim() -> None:
    with pytest.raises(ValueError, match="record the day and the evidence first"):
        effectiveness.verdict(improvement(2, 8, 14), worthwhile=5, implemented=False)
    with pytest.raises(ValueError, match="worthwhile improvement must be above 0"):
        effectiveness.verdict(improvement(2, 8, 14), worthwhile=0, implemented=True)


def test_fewer_complaints_are_an_improvement() -> None:
    fewer = effectiveness.oriented(improvement(-9, -6, -3), higher_is_better=False)

    assert (fewer.value, fewer.interval, fewer.estimate) == (6, (3, 9), 6)
    assert effectiveness.oriented(fewer, higher_is_better=True) is fewer


MARCH, MAY, JUNE, SEPTEMBER = date(2026, 3, 1), date(2026, 5, 1), date(2026, 6, 1), date(2026, 9, 1)


def test_windows_around_the_action_are_accepted_and_sort_experiences() -> None:
    before, after = Window(MARCH, MAY), Window(JUNE, SEPTEMBER)
    effectiveness.check_windows(before, after, done_on=MAY, wash_out_days=14)

    sides = [effectiveness.side(day, before, after) for day in (MARCH, MAY, JUNE, SEPTEMBER)]
    assert sides == ["before", None, "after", None]


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        (Window(MAY, MARCH), Window(JUNE, SEPTEMBER), "window before is empty"),
        (Window(MARCH, MAY), Window(JUNE, JUNE), "window after is empty"),
        (Window(MARCH, SEPTEMBER), Window(JUNE, SEPTEMBER), "windows overlap"),
        (Window(MARCH, JUNE), Window(JUNE, SEPTEMBER), "baseline ends on 2026-06-01, after the action"),
        (Window(MARCH, MAY), Window(date(2026, 5, 10), SEPTEMBER), "within the wash-out that lasts until 2026-05-15"),
    ],
)
def test_windows_that_overlap_or_reach_into_the_action_are_refused(before: Window, after: Window, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        effectiveness.check_windows(before, after, done_on=MAY, wash_out_days=14)


def test_the_wash_out_waits_for_nearly_all_old_experiences() -> None:
    assert effectiveness.wash_out([1, 2, 3]) == 14
    assert effectiveness.wash_out([]) == 14
    assert effectiveness.wash_out([20.5] * 20) == 21
    with pytest.raises(ValueError, match="lag 0"):
        effectiveness.wash_out([-1])


def test_the_bad_month_that_triggered_the_action_is_not_its_baseline() -> None:
    assert effectiveness.stable_baseline(8, breaks={3}, triggers={7}) == [3, 4, 5, 6]
    assert effectiveness.stable_baseline(0) == []
    with pytest.raises(ValueError, match="a break at 9"):
        effectiveness.stable_baseline(8, breaks={9})


@given(months, months)
def test_the_change_is_the_same_the_other_way_round(a: list[Recommenders], b: list[Recommenders]) -> None:
    there, back = before_after.nps(a, b), before_after.nps(b, a)

    assert there.phi == pytest.approx(back.phi)
    assert there.told.p == pytest.approx(back.told.p, abs=1e-12)
    assert there.told.value == pytest.approx(-(back.told.value or 0.0))


@given(months, months)
def test_restless_months_only_ever_widen_the_interval(a: list[Recommenders], b: list[Recommenders]) -> None:
    found = before_after.nps(a, b)

    assert found.scaled
    assert found.phi is not None
    assert found.phi >= 1
    assert (found.scaled.half_width or 0) >= (found.plain.half_width or 0) or found.scaled.interval == (-200, 200)


def test_too_few_months_cannot_tell_how_restless_they_are_and_say_so() -> None:
    found = before_after.nps([Recommenders(20, 30, 50)] * 2, [Recommenders(10, 30, 60)] * 5)

    assert found.scaled is None
    assert found.told.flags == ("no_dispersion_check",)
    assert found.told.interval == found.plain.interval
    assert before_after.nps([], []).told.value is None


def test_shares_and_scores_are_scaled_alike() -> None:
    calm = before_after.shares([(30, 40)] * 4, [(36, 40)] * 4)
    restless = before_after.shares([(20, 40), (40, 40)] * 2, [(36, 40)] * 4)
    assert (calm.phi, calm.plain.value) == (1.0, 15.0)
    assert (restless.phi or 0) > 5
    assert (restless.told.p or 0) > (restless.plain.p or 0)

    stars = [Distribution(1, (2, 3, 5, 20, 10)), Distribution(1, (9, 9, 9, 9, 4)), Distribution(1, (0, 0, 1, 9, 30))]
    better = [Distribution(1, (0, 1, 2, 20, 17))] * 3
    found = before_after.scores(stars, better)
    assert (found.phi or 0) > 1
    assert found.told.method == "welch_scaled"


def test_unanimous_windows_have_nothing_to_scale() -> None:
    found = before_after.shares([(40, 40)] * 3, [(40, 40)] * 3)

    assert (found.scaled, found.plain.value) == (None, 0.0)
    assert before_after.scores([Distribution(1, (0, 9))] * 3, [Distribution(1, (9, 0))] * 3).scaled is None


def test_windows_without_periods_or_on_two_scales_are_refused() -> None:
    with pytest.raises(ValueError, match="at least one period"):
        before_after.scores([], [Distribution(1, (1,))])
    with pytest.raises(ValueError, match="break in the series"):
        before_after.scores([Distribution(1, (1, 1))], [Distribution(0, (1, 1))])
    with pytest.raises(ValueError, match="x of period 1 = 5 is more than n of period 1 = 4"):
        before_after.shares([(1, 2), (5, 4)], [(1, 2)])


series = st.lists(st.integers(-100, 100), min_size=12, max_size=30)


@given(series, st.booleans())
def test_statsmodels_fits_the_same_interrupted_series(y: list[int], weighted: bool) -> None:
    before, k = len(y) - 4, len(y)
    t = np.arange(k)
    design = np.column_stack([np.ones(k), t, t >= before, np.maximum(t - before, 0)]).astype(float)
    weights = [20 + 7 * (i % 5) for i in range(k)] if weighted else None
    theirs = sm.WLS(y, design, weights=weights or 1.0).fit()
    ours = interrupted.fit(y, before, weights=weights)

    found = (ours.intercept, ours.slope, ours.level_change, ours.slope_change)
    assert [c.value for c in found] == pytest.approx(list(theirs.params), abs=1e-6)
    if theirs.ssr > 1e-9:
        assert [c.se for c in found] == pytest.approx(list(theirs.bse), rel=1e-6)
        assert [c.p for c in found] == pytest.approx(list(theirs.pvalues), rel=1e-6, abs=1e-12)
        assert ours.durbin_watson == pytest.approx(float(durbin_watson(theirs.resid)), rel=1e-6)


def test_a_trend_that_was_there_before_is_not_the_actions_merit() -> None:
    steady = [20 + month + (-1) ** month * 0.5 for month in range(18)]
    found = interrupted.fit(steady, 12)

    assert found.slope.value == pytest.approx(1, abs=0.05)
    assert found.level_change.p is not None
    assert found.level_change.p > 0.1
    assert "p_unreliable" in found.flags


def test_a_series_without_noise_has_no_p() -> None:
    found = interrupted.fit([float(month + 5 * (month >= 12)) for month in range(18)], 12)

    assert found.level_change.value == pytest.approx(5)
    assert (found.level_change.p, found.durbin_watson, found.flags) == (None, None, ())
    assert interrupted.fit([0.0] * 18, 12).level_change.p is None


@pytest.mark.parametrize(("points", "before"), [(18, 7), (11, 8), (0, 0)])
def test_a_short_series_is_refused(points: int, before: int) -> None:
    with pytest.raises(ValueError, match="need 8 periods before and 4 after"):
        interrupted.fit([1.0] * points, before)


def test_weights_that_do_not_fit_are_refused_and_used_only_where_months_differ_much() -> None:
    with pytest.raises(ValueError, match="finite weights above 0"):
        interrupted.fit([1.0] * 18, 12, weights=[0.0] * 18)
    with pytest.raises(ValueError, match="finite weights above 0"):
        interrupted.fit([1.0] * 18, 12, weights=[1.0])
    assert interrupted.weights_of([20, 41]) == [20, 41]
    assert interrupted.weights_of([20, 40]) is None
    assert interrupted.weights_of([]) is None

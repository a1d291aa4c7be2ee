"""Differences: symmetric under swapping, alike in other programs, and no arrow on noise."""

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest, fisher_exact
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import confint_proportions_2indep
from statsmodels.stats.rates import test_poisson_2indep as poisson_2indep
from statsmodels.stats.weightstats import CompareMeans, DescrStatsW

from dashboards import comparisons, exact, families, intervals, kpi, means, metrics, rates
from dashboards.comparisons import Difference
from dashboards.distribution import Distribution, Recommenders
from tests.examples import examples

groups = st.builds(Recommenders, st.integers(0, 60), st.integers(0, 60), st.integers(0, 60)).filter(lambda g: g.n > 0)
small_groups = st.builds(Recommenders, st.integers(0, 6), st.integers(0, 6), st.integers(0, 6)).filter(lambda g: g.n)
parts = st.tuples(st.integers(0, 80), st.integers(1, 80)).map(lambda t: (min(t), max(t)))
stars = st.lists(st.integers(0, 40), min_size=5, max_size=5).map(lambda c: Distribution(1, tuple(c)))
p_lists = st.lists(st.floats(0, 1), max_size=30)


def mirror(there: Difference, back: Difference) -> None:
    assert there.value is not None
    assert back.value == pytest.approx(-there.value, abs=1e-9)
    if there.p is None:
        assert back.p is None
    else:
        assert back.p == pytest.approx(there.p, rel=1e-6, abs=1e-12)
    if there.interval:
        assert back.interval == pytest.approx((-there.interval[1], -there.interval[0]), abs=1e-9)


@given(groups, groups, st.sampled_from(["adjusted", "wald"]))
def test_two_nps_differ_as_much_the_other_way_round(a: Recommenders, b: Recommenders, method: str) -> None:
    mirror(comparisons.nps(a, b, method=method), comparisons.nps(b, a, method=method))


@settings(deadline=None)
@given(parts, parts)
def test_two_shares_differ_as_much_the_other_way_round(a: tuple[int, int], b: tuple[int, int]) -> None:
    mirror(comparisons.shares(*a, *b), comparisons.shares(*b, *a))


@given(stars, stars)
def test_two_means_differ_as_much_the_other_way_round(a: Distribution, b: Distribution) -> None:
    first, second = means.Sample.of(a), means.Sample.of(b)
    assume(first and second)

    mirror(means.difference(first, second), means.difference(second, first))


@settings(deadline=None, max_examples=examples(50))
@given(small_groups, small_groups)
def test_the_exact_test_is_the_same_both_ways_and_calls_no_difference_certain(a: Recommenders, b: Recommenders) -> None:
    p = comparisons.nps_exact_p(a, b)

    assert p == pytest.approx(comparisons.nps_exact_p(b, a), rel=1e-9)
    assert p is not None
    assert 0 < p <= 1
    if a.score == b.score:
        assert p == pytest.approx(1)


@given(groups, groups)
def test_the_difference_of_two_nps_is_centred_on_the_shrunk_one(a: Recommenders, b: Recommenders) -> None:
    difference = comparisons.nps(a, b)
    shrunk = 100 * (intervals.shrunk(b)[0] - intervals.shrunk(a)[0])

    assert difference.estimate == pytest.approx(shrunk)
    assert difference.interval
    assert -200 <= difference.interval[0] <= shrunk <= difference.interval[1] <= 200
    # The interval and p always agree, unless an edge of the scale cut the interval.
    if difference.p is not None and abs(difference.p - 0.05) > 1e-9:
        assert (difference.p < 0.05) == (difference.interval[0] > 0 or difference.interval[1] < 0)


@settings(deadline=None)
@given(parts, parts)
def test_other_programs_find_the_same_for_two_shares(a: tuple[int, int], b: tuple[int, int]) -> None:
    (x1, n1), (x2, n2) = a, b

    assert exact.fisher(x1, n1, x2, n2) == pytest.approx(
        fisher_exact(np.array([[x1, n1 - x1], [x2, n2 - x2]]))[1], rel=1e-6, abs=1e-12
    )
    ours = comparisons.newcombe(x1, n1, x2, n2)
    assert ours == pytest.approx(confint_proportions_2indep(x2, n2, x1, n1, method="newcomb"), abs=1e-9)


@given(stars, stars)
def test_statsmodels_finds_the_same_for_two_means(a: Distribution, b: Distribution) -> None:
    assume(metrics.deviation(a) and metrics.deviation(b))
    raw = [[s for s, c in enumerate(d.counts, start=1) for _ in range(c)] for d in (a, b)]
    theirs = CompareMeans(DescrStatsW(raw[1]), DescrStatsW(raw[0]))
    ours = means.difference(means.Sample.of(a), means.Sample.of(b))

    t, p, df = theirs.ttest_ind(usevar="unequal")
    assert (ours.statistic, ours.p, ours.df) == pytest.approx((t, p, df), abs=1e-9)
    assert ours.interval == pytest.approx(theirs.tconfint_diff(usevar="unequal"), abs=1e-9)


@settings(deadline=None)
@given(st.integers(0, 60), st.floats(0.5, 90), st.integers(0, 60), st.floats(0.5, 90))
def test_other_programs_find_the_same_for_two_rates(k1: int, e1: float, k2: int, e2: float) -> None:
    assume(k1 + k2)
    ours, share = rates.ratio(k1, e1, k2, e2), e2 / (e1 + e2)

    assert ours.p == pytest.approx(binomtest(k2, k1 + k2, share).pvalue, rel=1e-6)
    assert ours.p_greater == pytest.approx(binomtest(k2, k1 + k2, share, "greater").pvalue, rel=1e-6)
    assert ours.p == pytest.approx(float(poisson_2indep(k2, e2, k1, e1, method="exact-cond").pvalue), rel=1e-6)
    theirs = binomtest(k2, k1 + k2, share).proportion_ci(method="exact")
    assert ours.low == pytest.approx(theirs.low / (1 - theirs.low) * e1 / e2, rel=1e-6)
    assert (ours.high is None) == (k1 == 0)
    if ours.high is not None:
        assert ours.high == pytest.approx(theirs.high / (1 - theirs.high) * e1 / e2, rel=1e-6)


def test_a_rate_over_nothing_is_not_infinite() -> None:
    none_before = rates.ratio(0, 10, 3, 10)

    assert (none_before.value, none_before.interval, none_before.reason) == (None, None, kpi.DEGENERATE)
    assert none_before.high is None
    assert rates.ratio(0, 10, 0, 10).reason == kpi.NO_DATA
    for exposure in (0, -1, math.inf, math.nan):
        with pytest.raises(ValueError, match="exposures must be above 0"):
            rates.ratio(1, exposure, 1, 10)


@given(p_lists)
def test_statsmodels_adjusts_a_family_alike(p_values: list[float]) -> None:
    assume(p_values)
    rejected, adjusted, *_ = multipletests(p_values, alpha=0.05, method="fdr_bh")

    assert families.adjusted(p_values) == pytest.approx(list(adjusted), abs=1e-12)
    assert families.rejected(p_values, 0.05) == list(rejected)


@given(p_lists, st.randoms())
def test_the_order_of_a_family_does_not_matter(p_values: list[float], random: object) -> None:
    order = sorted(range(len(p_values)), key=lambda _: random.random())  # type: ignore[attr-defined]  # hypothesis' own
    shuffled = families.adjusted([p_values[i] for i in order])

    assert shuffled == [families.adjusted(p_values)[i] for i in order]
    assert all(a >= p for a, p in zip(families.adjusted(p_values), p_values, strict=True))


def test_a_p_value_that_is_none_is_refused_with_its_place() -> None:
    with pytest.raises(ValueError, match="p-value 1 must lie between 0 and 1"):
        families.adjusted([0.3, 1.2])
    with pytest.raises(ValueError, match="q must lie between 0 and 1"):
        families.rejected([0.3], 0)
    with pytest.raises(ValueError, match="q must lie between 0 and 1"):
        families.words({}, q=5)


def test_each_shop_is_compared_with_the_other_shops_and_not_with_itself() -> None:
    shops = {"Online": Recommenders(30, 20, 50), "Berlin": Recommenders(40, 20, 10), "Hamburg": Recommenders(0, 0, 0)}
    found = families.nps_against_the_rest(shops)

    assert found["Online"] == comparisons.nps(shops["Berlin"], shops["Online"])
    words = families.words(found)
    assert {name: word for name, (word, _) in words.items()} == {
        "Online": "higher",
        "Berlin": "lower",
        "Hamburg": "no_reliable_difference",
    }
    assert words["Hamburg"] == ("no_reliable_difference", None)


def test_the_share_of_a_shop_is_compared_with_the_other_shops() -> None:
    found = families.shares_against_the_rest({"Online": (30, 40), "Berlin": (10, 40), "Hamburg": (20, 20)})

    assert found["Online"].value == pytest.approx(75 - 50)
    assert found["Online"] == comparisons.shares(30, 60, 30, 40)
    with pytest.raises(ValueError, match="x of Berlin = 5 is more than n of Berlin = 4"):
        families.shares_against_the_rest({"Berlin": (5, 4)})


def test_noise_gets_no_arrow() -> None:
    words = families.words({"Berlin": comparisons.nps(Recommenders(9, 10, 11), Recommenders(8, 10, 12))})

    assert words["Berlin"][0] == "no_reliable_difference"


def test_an_empty_side_leaves_nothing_to_compare() -> None:
    nobody, somebody = Recommenders(0, 0, 0), Recommenders(1, 2, 3)

    for difference in (
        comparisons.nps(nobody, somebody),
        comparisons.shares(0, 0, 2, 3),
        means.difference(None, means.Sample.of(Distribution(1, (1, 2)))),
        means.paired([]),
    ):
        assert (difference.value, difference.p, difference.reason) == (None, None, kpi.NO_DATA)
    assert comparisons.nps_exact_p(nobody, somebody) is None


def test_a_mean_of_one_answer_has_a_difference_but_no_test() -> None:
    difference = means.difference(means.Sample.of(Distribution(1, (1, 0))), means.Sample.of(Distribution(1, (3, 4))))

    assert difference.value == pytest.approx(4 / 7)
    assert (difference.interval, difference.p) == (None, None)
    assert difference.flags == (kpi.N_LT_2,)


def test_means_that_do_not_vary_cannot_be_tested() -> None:
    difference = means.difference(means.Sample.of(Distribution(1, (4, 0))), means.Sample.of(Distribution(1, (0, 4))))

    assert (difference.interval, difference.p) == ((1.0, 1.0), None)
    assert kpi.DEGENERATE in difference.flags


def test_the_change_of_those_who_answered_twice_is_tested_by_person() -> None:
    changes = [1.0, 0.0, 2.0, -1.0, 1.0]
    difference = means.paired(changes)

    assert difference.interval == pytest.approx(DescrStatsW(changes).tconfint_mean())
    assert difference.p == pytest.approx(DescrStatsW(changes).ttest_mean(0)[1])
    assert means.paired([1.0]).flags == (kpi.N_LT_2,)
    assert means.paired([1.0, 1.0]).flags == (kpi.DEGENERATE,)


def test_fisher_steps_in_where_hardly_anything_is_expected() -> None:
    assert comparisons.shares(0, 10, 1, 10).method == "fisher"
    assert comparisons.shares(3, 10, 9, 10).method == "n_minus_1"
    assert comparisons.shares(3, 10, 9, 10).flags == ("small_expected",)


def test_groups_too_large_for_the_exact_test_are_refused() -> None:
    with pytest.raises(ValueError, match="moderate size"):
        comparisons.nps_exact_p(Recommenders(10**4, 1, 10**4), Recommenders(10**4, 1, 10**4))


def test_an_unknown_method_is_refused() -> None:
    with pytest.raises(ValueError, match="adjusted or wald"):
        comparisons.nps(Recommenders(1, 1, 1), Recommenders(1, 1, 1), method="z")
    with pytest.raises(ValueError, match="two_sided, greater or less"):
        exact.fisher(1, 2, 1, 2, "both")


def test_a_table_with_one_band_or_one_group_has_no_test() -> None:
    assert comparisons.contingency([[3, 0], [4, 0]]) is None
    assert comparisons.contingency([[3, 1]]) is None
    assert comparisons.contingency([]) is None
    with pytest.raises(ValueError, match="same number of columns"):
        comparisons.contingency([[1, 2], [3]])
    with pytest.raises(ValueError, match="row 1, column 0"):
        comparisons.contingency([[1, 2], [-3, 1]])

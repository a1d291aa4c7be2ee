"""Intervals where customers answered more than once."""

from fractions import Fraction

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.weightstats import DescrStatsW

from dashboards import clusters, comparisons
from dashboards.clusters import Clusters
from dashboards.comparisons import Difference
from dashboards.distribution import Recommenders

answer = st.sampled_from([-1, 0, 1])
customers = st.lists(st.lists(answer, min_size=1, max_size=4), min_size=2, max_size=30)


@given(customers)
def test_statsmodels_finds_the_same_standard_error(by_customer: list[list[int]]) -> None:
    single = np.array([x for values in by_customer for x in values], dtype=float)
    whose = np.array([who for who, values in enumerate(by_customer) for _ in values])
    fitted = sm.OLS(single, np.ones_like(single)).fit(
        cov_type="cluster", cov_kwds={"groups": whose, "use_correction": False}
    )
    m, found = len(by_customer), clusters.variance(Clusters.of(by_customer))

    assert found is not None
    # Its own correction, m/(m-1)·(n-1)/(n-k), is m/(m-1) for a mean.
    assert float(found) == pytest.approx(fitted.bse[0] ** 2 * m / (m - 1), abs=1e-12)


@given(st.lists(answer, min_size=2, max_size=40))
def test_where_each_customer_answered_once_it_is_the_usual_error_but_for_m_by_m_minus_1(answers: list[int]) -> None:
    counts = Recommenders(answers.count(-1), answers.count(0), answers.count(1))
    m, found = len(answers), clusters.variance(Clusters.of([[x] for x in answers]))

    assert found is not None
    assert float(found) == pytest.approx(counts.variance / m * m / (m - 1), abs=1e-12)


@given(st.lists(answer, min_size=2, max_size=20))
def test_a_second_answer_like_the_first_tells_nothing_new(answers: list[int]) -> None:
    once, twice = (clusters.variance(Clusters.of([[x] * times for x in answers])) for times in (1, 2))

    assert once == twice


@given(customers)
def test_the_order_of_customers_and_of_the_scale_does_not_matter(by_customer: list[list[int]]) -> None:
    mirrored = [[-x for x in values] for values in reversed(by_customer)]

    assert clusters.variance(Clusters.of(mirrored)) == clusters.variance(Clusters.of(by_customer))


def test_by_hand_two_customers_of_two_answers() -> None:
    # Mean 1/2; sums of residuals 1 and -1; 2/1 · (1 + 1)/16.
    assert clusters.variance(Clusters.of([[1, 1], [0, 0]])) == Fraction(1, 4)


@given(st.lists(answer, min_size=2, max_size=40))
def test_with_one_answer_each_the_interval_is_students(answers: list[int]) -> None:
    assume(len(set(answers)) > 1)
    low, high = DescrStatsW(answers).tconfint_mean()

    assert clusters.half_width(Clusters.of([[x] for x in answers])) == pytest.approx((high - low) / 2, abs=1e-9)


def test_one_customer_alone_and_unanimous_ones_have_no_interval_of_this_kind() -> None:
    assert clusters.half_width(Clusters.of([[1, 1, 0]])) is None
    assert clusters.half_width(Clusters.of([[1, 1], [1, 1]])) is None


def test_it_is_needed_above_one_point_two_answers_a_customer() -> None:
    assert not Clusters.of([[1, 1]] + [[1]] * 4).are_needed
    assert Clusters.of([[1, 1]] + [[1]] * 3).are_needed


# --- a change ---------------------------------------------------------------------------------------------------------


def shares(x1: int, n1: int, x2: int, n2: int) -> Difference:
    return comparisons.shares(x1, n1, x2, n2)


def test_a_change_of_customers_who_answered_four_times_each_is_judged_by_the_customers() -> None:
    before, now = ([[1] * 4] * 5 + [[0] * 4] * 5, [[1] * 4] * 8 + [[0] * 4] * 2)
    alone = shares(20, 40, 32, 40)

    judged = comparisons.clustered(alone, Clusters.of(before), Clusters.of(now))

    # SE² = 10/9 · (10·2²)/40² + 10/9 · (8·0.8² + 2·3.2²)/40²; t of 9 degrees of freedom.
    se = 100 * (10 / 9 * 40 / 1600 + 10 / 9 * (8 * 0.8**2 + 2 * 3.2**2) / 1600) ** 0.5
    assert alone.p is not None
    assert judged.p is not None
    assert alone.p < 0.01
    assert judged.value == alone.value
    assert judged.se == pytest.approx(se)
    assert judged.p == pytest.approx(2 * stats.t.sf(30 / se, 9))
    assert judged.p > 0.05


@given(customers, customers)
def test_a_change_judged_by_customers_is_as_sure_in_both_directions(a: list[list[int]], b: list[list[int]]) -> None:
    first, second = Clusters.of(a), Clusters.of(b)
    raw = [x for values in a for x in values], [x for values in b for x in values]
    there, back = (
        comparisons.clustered(comparisons.nps(Recommenders(*counted(x)), Recommenders(*counted(y))), one, other)
        for x, y, one, other in ((*raw, first, second), (*raw[::-1], second, first))
    )

    assert there.p == pytest.approx(back.p)
    assert there.interval is not None
    assert there.value is not None
    assert there.interval[0] <= there.value <= there.interval[1]


def counted(values: list[int]) -> tuple[int, int, int]:
    return values.count(-1), values.count(0), values.count(1)


@given(st.integers(1, 50), st.sampled_from([-1, 0, 1]), st.integers(1, 4))
def test_unanimous_customers_are_never_certain_and_repeating_makes_them_no_surer(m: int, said: int, times: int) -> None:
    once, often = (clusters.cautious_variance(Clusters.of([[said] * n] * m)) for n in (1, times))

    assert once == pytest.approx(often)
    assert once > 0


def test_a_single_customer_makes_no_test() -> None:
    one = Clusters.of([[1, 1, 1, 0, 1]])

    assert comparisons.clustered(shares(4, 5, 4, 5), one, one).p is None

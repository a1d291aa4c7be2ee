"""Themes on the rise, kinds of requirement, ordered answers."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import fisher_exact
from statsmodels.miscmodels.ordinal_model import OrderedModel

from dashboards import kano, ordinal, rising
from dashboards.rising import Mentions
from tests.data import housing


def mentions(most: int = 120) -> st.SearchStrategy[Mentions]:
    part = st.tuples(st.integers(0, most), st.integers(0, most)).map(lambda t: (min(t), max(t)))
    return st.tuples(part, part).map(lambda t: Mentions(*t[0], *t[1]))


@settings(deadline=None)
@given(mentions())
def test_scipy_finds_the_same_one_sided_p(m: Mentions) -> None:
    table = np.array([[m.k_window, m.n_window - m.k_window], [m.k_baseline, m.n_baseline - m.k_baseline]])
    more, less = fisher_exact(table, alternative="greater")[1], fisher_exact(table, alternative="less")[1]

    assert rising.compare(m).p == pytest.approx(more, rel=1e-8, abs=1e-12)
    assert rising.compare(m, "less").p == pytest.approx(less, rel=1e-8, abs=1e-12)


@given(st.lists(mentions(40), max_size=12))
def test_a_theme_named_by_few_never_raises_an_alarm(themes: list[Mentions]) -> None:
    for theme, rise in zip(themes, rising.batch(themes), strict=True):
        if rise.rising:
            assert theme.k_window >= 3
            assert theme.k_window + theme.k_baseline >= 5
            assert rise.p_adjusted is not None
            assert rise.p <= rise.p_adjusted <= 0.10
            assert rise.ratio is None or rise.ratio >= 1.5


def test_a_theme_that_rises_once_is_watched_and_twice_is_an_alert() -> None:
    assert rising.notice(rising_now=True, rising_before=False) == "watch"
    assert rising.notice(rising_now=True, rising_before=True) == "alert"
    assert rising.notice(rising_now=False, rising_before=True) is None


def test_more_mentions_than_comments_are_refused() -> None:
    with pytest.raises(ValueError, match="x of the window = 4 is more than n of the window = 3"):
        rising.compare(Mentions(4, 3, 0, 10))
    with pytest.raises(ValueError, match="q must lie between 0 and 1"):
        rising.batch([], q=1)


def test_no_comments_at_all_have_no_rates() -> None:
    rise = rising.compare(Mentions(0, 0, 0, 0))

    assert (rise.rate_window, rise.rate_baseline, rise.ratio, rise.p) == (None, None, None, 1.0)


def test_a_pair_of_answers_says_what_kind_of_requirement_it_is() -> None:
    like, must_be, neutral, live_with, dislike = 1, 2, 3, 4, 5
    pairs = {
        "A": (like, neutral),
        "O": (like, dislike),
        "M": (must_be, dislike),
        "I": (neutral, live_with),
        "R": (dislike, like),
        "Q": (like, like),
    }

    for category, pair in pairs.items():
        assert kano.evaluate([pair])[category] == 1
    with pytest.raises(ValueError, match="pair 1 must hold answers from 1 to 5"):
        kano.evaluate([(1, 1), (0, 3)])


@given(st.lists(st.tuples(st.integers(1, 5), st.integers(1, 5)), max_size=80))
def test_delight_and_annoyance_stay_within_their_scales(pairs: list[tuple[int, int]]) -> None:
    found = kano.coefficients(kano.evaluate(pairs))

    assert found.n == len(pairs)
    assert found.better is None or 0 <= found.better <= 1
    assert found.worse is None or -1 <= found.worse <= 0
    assert ("low_base" in found.flags) == (len(pairs) < 50)


def test_without_answers_there_is_no_category_and_a_tie_goes_to_the_graver_one() -> None:
    assert kano.coefficients({})[:4] == (None, None, None, None)
    assert kano.coefficients({"R": 3, "Q": 1})[:3] == (None, None, "R")
    tie = kano.coefficients({"A": 30, "M": 30})
    assert (tie.category, tie.distinct) == ("M", False)
    with pytest.raises(ValueError, match="a category is one of M, O, A, I, R, Q; got X"):
        kano.coefficients({"X": 1})


def test_statsmodels_fits_the_same_odds_to_the_tenants() -> None:
    rows, answers, counts = housing.design()
    ours = ordinal.fit(rows, answers, counts)
    theirs = OrderedModel(np.repeat(answers, counts), np.repeat(rows, counts, axis=0), distr="logit").fit(
        method="bfgs", disp=False
    )

    assert ours.converged
    assert ours.coefficients == pytest.approx(theirs.params[:6], abs=1e-4)
    assert ours.errors == pytest.approx(theirs.bse[:6], abs=1e-4)
    assert ours.log_likelihood == pytest.approx(theirs.llf, abs=1e-6)
    assert ours.thresholds[0] == pytest.approx(theirs.params[6], abs=1e-4)


def test_without_causes_the_thresholds_are_the_shares() -> None:
    found = ordinal.fit(np.zeros((10, 0)), [0] * 5 + [1] * 3 + [2] * 2)

    assert 1 / (1 + np.exp(-found.thresholds)) == pytest.approx([0.5, 0.8], abs=1e-6)


def test_a_cause_that_separates_the_answers_is_not_trusted() -> None:
    assert not ordinal.fit([[0.0]] * 20 + [[1.0]] * 20, [0] * 20 + [1] * 20).converged


def test_answers_that_cannot_be_fitted_are_refused() -> None:
    with pytest.raises(ValueError, match="each must occur"):
        ordinal.fit([[0.0], [1.0]], [0, 2])
    with pytest.raises(ValueError, match="at least two answers"):
        ordinal.fit([[0.0], [1.0]], [0, 0])
    with pytest.raises(ValueError, match="n rows of x, n answers"):
        ordinal.fit([[0.0], [1.0]], [0, 1, 1])
    with pytest.raises(ValueError, match="weights finite and not negative"):
        ordinal.fit([[0.0], [1.0]], [0, 1], [1.0, -1.0])

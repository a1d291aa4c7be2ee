"""Answers weighted to the population: margins are met, and the weighted figure knows its place."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from statsmodels.stats.weightstats import DescrStatsW

from dashboards import kpi, metrics, weighting
from dashboards.distribution import Distribution

cells = st.lists(st.tuples(st.sampled_from("NSE"), st.sampled_from(["small", "large"])), min_size=30, max_size=80)
weights = st.lists(st.floats(0.1, 10), min_size=2, max_size=40)


@settings(deadline=None)
@given(cells, st.floats(0.2, 0.8), st.floats(0.2, 0.6))
def test_raked_answers_have_the_margins_of_the_population(
    rows: list[tuple[str, str]], small: float, north: float
) -> None:
    region, size = [r for r, _ in rows], [s for _, s in rows]
    assume(len(set(rows)) == 6)
    rest = (1 - north) / 2
    targets = {"region": {"N": north, "S": rest, "E": rest}, "size": {"small": small, "large": 1 - small}}

    raked: NDArray[np.float64] = np.array(weighting.rake({"region": region, "size": size}, targets))

    assert raked.mean() == pytest.approx(1)
    assert raked[np.array(region) == "N"].sum() / raked.sum() == pytest.approx(north, abs=1e-8)
    assert raked[np.array(size) == "small"].sum() / raked.sum() == pytest.approx(small, abs=1e-8)


def test_raking_one_variable_is_post_stratifying() -> None:
    answers = ["new"] * 80 + ["returning"] * 20

    raked = weighting.rake({"tenure": answers}, {"tenure": {"new": 500, "returning": 500}})

    assert (raked[0], raked[-1]) == pytest.approx((0.625, 2.5))
    assert weighting.poststratify({"new": 80, "returning": 20}, {"new": 1, "returning": 1})["new"] == 0.625


@given(weights)
def test_unequal_weights_are_worth_fewer_answers(w: list[float]) -> None:
    design = weighting.kish(w)

    assert design
    assert 1 - 1e-9 <= design.n_eff <= len(w) + 1e-9
    assert design.deff == pytest.approx(len(w) / design.n_eff)


@given(st.lists(st.integers(0, 10), min_size=2, max_size=60))
def test_equal_weights_change_nothing(scores: list[int]) -> None:
    weighted = weighting.nps(scores, [2.5] * len(scores))
    plain = metrics.nps(Distribution.of_scores(scores, lowest=0, highest=10))

    assert weighted.value == pytest.approx(plain.value or 0.0, abs=1e-9)
    raw = [100 * ((s >= 9) - (s <= 6)) for s in scores]
    assert weighted.interval == pytest.approx(DescrStatsW(raw).zconfint_mean(), abs=1e-6)


def test_one_weighted_answer_has_no_interval_and_none_no_value() -> None:
    assert weighting.mean([4.0], [1.0]).flags == (kpi.N_LT_2,)
    assert weighting.mean([], []).reason == kpi.NO_DATA
    assert weighting.kish([]) is None


def test_weights_out_of_bounds_are_trimmed_and_reported() -> None:
    rows = {"region": ["N"] * 95 + ["S"] * 5, "size": (["small"] * 9 + ["large"]) * 10}
    found = weighting.rake_trimmed(rows, {"region": {"N": 0.6, "S": 0.4}, "size": {"small": 0.9, "large": 0.1}})

    assert found.trimmed == 5
    assert weighting.may_be_shown(rows, found.weights) == ("category_lt_10", "weight_outside", "deff_gt_2")
    assert weighting.rake_trimmed({"region": ["N", "S"]}, {"region": {"N": 1, "S": 1}}).trimmed == 0


def test_weighting_is_shown_only_with_enough_answers_in_every_category() -> None:
    rows = {"region": ["N"] * 60 + ["S"] * 60}

    assert weighting.may_be_shown(rows, weighting.rake(rows, {"region": {"N": 0.4, "S": 0.6}})) == ()
    assert weighting.may_be_shown({"region": ["N"] * 20}, [1.0] * 20) == ("n_lt_100",)


def test_a_shift_below_one_standard_error_does_not_change_the_picture() -> None:
    scores = [9, 10, 3, 8, 9, 2, 10, 7] * 20
    plain = metrics.nps(Distribution.of_scores(scores, lowest=0, highest=10))

    assert weighting.changes_the_picture(weighting.nps(scores, [1.0] * 160), plain) is False
    assert weighting.changes_the_picture(weighting.nps(scores, [5.0 if s > 8 else 1.0 for s in scores]), plain) is True
    assert weighting.changes_the_picture(weighting.mean([], []), plain) is None


def test_margins_that_do_not_fit_the_answers_are_refused() -> None:
    with pytest.raises(ValueError, match="region: answers are in"):
        weighting.rake({"region": ["N", "N"]}, {"region": {"N": 0.5, "S": 0.5}})
    with pytest.raises(ValueError, match="stratum: answers are in"):
        weighting.poststratify({"new": 5, "returning": 0}, {"new": 0.5, "returning": 0.5})
    with pytest.raises(ValueError, match="target of N must be above 0"):
        weighting.rake({"region": ["N", "S"]}, {"region": {"N": 0, "S": 1}})
    with pytest.raises(ValueError, match="answers know"):
        weighting.rake({"region": ["N"]}, {"size": {"small": 1}})
    with pytest.raises(ValueError, match="one category an answer"):
        weighting.rake({"a": ["N"], "b": ["N", "S"]}, {"a": {"N": 1}, "b": {"N": 1, "S": 1}})


def test_margins_that_contradict_each_other_are_refused() -> None:
    rows = {"region": ["N", "S"], "size": ["small", "large"]}

    with pytest.raises(ValueError, match="contradict each other"):
        weighting.rake(rows, {"region": {"N": 0.5, "S": 0.5}, "size": {"small": 0.9, "large": 0.1}})


def test_weights_and_scores_must_be_believable() -> None:
    with pytest.raises(ValueError, match="weight 1 must be above 0"):
        weighting.kish([1.0, 0.0])
    with pytest.raises(ValueError, match="2 values for 1 weights"):
        weighting.mean([1.0, 2.0], [1.0])
    with pytest.raises(ValueError, match="score 1 is outside 0 to 10"):
        weighting.nps([3, 11], [1.0, 1.0])

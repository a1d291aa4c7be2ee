"""Key drivers: shares that add up, the same with every subset tried by regression, and silence where data is thin."""

import random
from itertools import chain, combinations
from math import comb

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from dashboards import drivers, importance, resampling
from tests.examples import examples

Floats = NDArray[np.float64]


def ratings(n: int, p: int, *, seed: int = 7, shared: float = 1.0) -> Floats:
    """Ratings of p attributes with a common mood, and overall satisfaction that follows the first most."""
    rng = np.random.default_rng(seed)
    mood = rng.normal(size=(n, 1)) * shared
    attributes = mood + rng.normal(size=(n, p))
    overall = attributes @ (1.0 / np.arange(1, p + 1)) + rng.normal(size=n)
    return np.column_stack([attributes, overall])


def split(rows: Floats) -> tuple[Floats, Floats]:
    matrix = np.atleast_2d(np.corrcoef(rows.T))
    return matrix[:-1, :-1], matrix[:-1, -1]


def columns_of(rows: Floats) -> dict[str, list[float | None]]:
    names = [*(f"attribute {j}" for j in range(rows.shape[1] - 1)), "overall"]
    return {
        name: [None if np.isnan(v) else float(v) for v in column] for name, column in zip(names, rows.T, strict=True)
    }


tables = st.builds(ratings, st.integers(20, 200), st.integers(1, 6), seed=st.integers(0, 10**6), shared=st.floats(0, 3))


@given(tables)
def test_the_shares_add_up_to_what_is_explained(rows: Floats) -> None:
    rxx, rxy = split(rows)
    explained = float(drivers.r_squared(rxx, rxy))

    assert drivers.lmg(rxx, rxy).sum() == pytest.approx(explained, abs=1e-9)
    assert drivers.johnson(rxx, rxy).sum() == pytest.approx(explained, abs=1e-9)
    assert drivers.shares(drivers.lmg(rxx, rxy)).sum() == pytest.approx(100)
    assert (drivers.lmg(rxx, rxy) >= -1e-12).all()


@settings(max_examples=examples(15), deadline=None)
@given(tables)
def test_regressions_on_every_subset_give_the_same_shapley_values(rows: Floats) -> None:
    rxx, rxy = split(rows)
    p = len(rxy)

    def r2(subset: tuple[int, ...]) -> float:
        if not subset:
            return 0.0
        return float(sm.OLS(rows[:, -1], sm.add_constant(rows[:, list(subset)])).fit().rsquared)

    for j in range(p):
        others = [i for i in range(p) if i != j]
        subsets = chain.from_iterable(combinations(others, size) for size in range(p))
        value = sum((r2((*s, j)) - r2(s)) / (p * comb(p - 1, len(s))) for s in subsets)
        assert drivers.lmg(rxx, rxy)[j] == pytest.approx(value, abs=1e-9)
    assert drivers.r_squared(rxx, rxy) == pytest.approx(r2(tuple(range(p))), abs=1e-9)


def test_two_attributes_that_say_the_same_share_alike() -> None:
    rows = ratings(300, 2)
    twins = np.column_stack([rows[:, 0], rows[:, 0], rows[:, 1:]])
    rxx, rxy = split(twins)

    for weights in (drivers.lmg(rxx, rxy), drivers.johnson(rxx, rxy)):
        assert weights[0] == pytest.approx(weights[1])
        assert weights.sum() == pytest.approx(float(drivers.r_squared(*split(rows))))
    assert drivers.max_vif(rxx) is None


def test_many_tables_at_once_are_the_same_as_one_by_one() -> None:
    pairs = [split(ratings(50, 4, seed=seed)) for seed in range(3)]
    together = np.stack([a for a, _ in pairs]), np.stack([b for _, b in pairs])

    for weigh in (drivers.lmg, drivers.johnson):
        assert weigh(*together) == pytest.approx(np.stack([weigh(*pair) for pair in pairs]), abs=1e-12)


def test_what_are_no_correlations_is_refused() -> None:
    with pytest.raises(ValueError, match="p x p correlations"):
        drivers.lmg([[1.0, 0.5]], [0.1, 0.2])
    with pytest.raises(ValueError, match="symmetric and lie between -1 and 1"):
        drivers.lmg([[1.0, 0.5], [0.4, 1.0]], [0.1, 0.2])
    with pytest.raises(ValueError, match="symmetric and lie between -1 and 1"):
        drivers.johnson([[1.0, float("nan")], [float("nan"), 1.0]], [0.1, 0.2])
    with pytest.raises(ValueError, match="use Johnson"):
        drivers.lmg(np.eye(15), np.zeros(15))


def test_the_strongest_attribute_is_found_ranked_and_sure() -> None:
    found = importance.analyse(columns_of(ratings(400, 4)), "overall", rounds=200)

    assert (found.method, found.n, found.reason, found.may_be_ranked) == ("lmg", 400, None, True)
    best = found.drivers[0]
    assert (best.name, best.group) == ("attribute 0", "high")
    assert best.interval[0] <= best.share <= best.interval[1]
    assert best.first > 0.9
    assert sum(d.first for d in found.drivers) == pytest.approx(1)


def test_the_same_answers_give_the_same_analysis_to_the_last_digit() -> None:
    columns = columns_of(ratings(150, 3))

    assert importance.analyse(columns, "overall", rounds=50) == importance.analyse(columns, "overall", rounds=50)


def test_thin_data_gives_groups_and_thinner_data_nothing() -> None:
    exploratory = importance.analyse(columns_of(ratings(150, 3)), "overall", rounds=50)
    nothing = importance.analyse(columns_of(ratings(99, 3)), "overall", rounds=50)

    assert "exploratory" in exploratory.flags
    assert not exploratory.may_be_ranked
    assert (nothing.drivers, nothing.reason) == ((), "n_lt_100")


def test_many_attributes_are_weighed_by_johnson_and_too_many_not_at_all() -> None:
    assert importance.analyse(columns_of(ratings(300, 13)), "overall", rounds=5).method == "johnson"
    assert importance.analyse(columns_of(ratings(300, 16)), "overall", rounds=5).reason == "attributes_not_2_to_15"


def test_what_was_not_used_is_no_low_score() -> None:
    rows = ratings(400, 3)
    rows[:180, 2] = np.nan
    found = importance.analyse(columns_of(rows), "overall", rounds=20)

    assert found.dropped == (("attribute 2", "missing"),)
    assert found.n == 400


def test_attributes_that_everybody_rates_alike_are_left_out() -> None:
    rows = ratings(200, 3)
    rows[:, 1] = 4.0

    assert importance.analyse(columns_of(rows), "overall", rounds=20).dropped == (("attribute 1", "no_variance"),)


def test_where_few_rate_everything_pairs_have_to_do() -> None:
    rows = ratings(300, 6)
    rng = random.Random(3)
    for row in rows:
        row[rng.randrange(6)] = np.nan
        row[rng.randrange(6)] = np.nan
    found = importance.analyse(columns_of(rows), "overall", rounds=50)

    assert "pairwise" in found.flags
    assert found.n == 300
    assert sum(d.weight for d in found.drivers) == pytest.approx(found.r2 or 0.0)


def test_too_few_pairs_give_nothing() -> None:
    rows = ratings(110, 2)
    rows[:40, 0], rows[70:, 1] = np.nan, np.nan

    assert importance.analyse(columns_of(rows), "overall").reason == "pairs_lt_50"


def test_attributes_that_are_nearly_one_are_named_for_merging() -> None:
    rows = ratings(300, 3)
    rows[:, 1] = rows[:, 0] + 0.05 * rows[:, 1]
    found = importance.analyse(columns_of(rows), "overall", rounds=20)

    assert found.too_alike == (("attribute 0", "attribute 1"),)
    assert "collinear" in found.flags


def test_a_reversed_scale_and_a_weak_explanation_are_marked() -> None:
    rng = np.random.default_rng(5)
    noise = rng.normal(size=(300, 3))
    noise[:, 0] -= 0.1 * noise[:, 2]

    assert {"explains_little", "negative"} <= set(importance.analyse(columns_of(noise), "overall", rounds=20).flags)


def test_columns_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="target 'overall'"):
        importance.analyse({"price": [1.0, 2.0]}, "overall")
    with pytest.raises(ValueError, match="columns of one length"):
        importance.analyse({"price": [1.0], "overall": [1.0, 2.0]}, "overall")
    with pytest.raises(ValueError, match="'price' has a value that is not finite"):
        importance.analyse({"price": [float("inf")], "overall": [1.0]}, "overall")
    with pytest.raises(ValueError, match="rounds must be at least 1"):
        importance.analyse({"overall": []}, "overall", rounds=0)


@pytest.mark.parametrize(
    ("share", "performance", "expected"),
    [
        ((30.0, 40.0), (3.0, 3.5), "concentrate_here"),
        ((30.0, 40.0), (4.3, 4.6), "keep_up"),
        ((5.0, 12.0), (3.0, 3.5), "low_priority"),
        ((5.0, 12.0), (4.3, 4.6), "possible_overkill"),
        ((22.0, 40.0), (4.3, 4.6), "borderline"),
        ((30.0, 40.0), (3.9, 4.1), "borderline"),
    ],
)
def test_advice_is_given_only_where_both_intervals_are_clear(
    share: tuple[float, float], performance: tuple[float, float], expected: str
) -> None:
    assert importance.advice(share, performance, even_importance=25.0, mean_performance=4.0) == expected


def test_an_interval_the_wrong_way_round_is_refused() -> None:
    with pytest.raises(ValueError, match="from low to high"):
        importance.advice((3.0, 1.0), (1.0, 2.0), even_importance=2.0, mean_performance=2.0)


def test_correlations_by_pairs_are_those_of_numpy_where_nothing_is_missing() -> None:
    rows = ratings(60, 3)

    assert resampling.correlate(rows, np.ones((1, 60)))[0] == pytest.approx(np.corrcoef(rows.T), abs=1e-12)


def test_impossible_correlations_are_made_possible() -> None:
    impossible = np.array([[1.0, 0.9, -0.9], [0.9, 1.0, 0.9], [-0.9, 0.9, 1.0]])
    mended = resampling.nearest_correlation(impossible)

    assert np.diagonal(mended) == pytest.approx(np.ones(3))
    assert np.linalg.eigvalsh(mended)[0] > 0

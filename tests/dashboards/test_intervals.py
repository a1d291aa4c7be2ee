"""Intervals hold the figure, stay on the scale, and narrow as more people answer."""

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from statsmodels.stats.proportion import proportion_confint
from statsmodels.stats.weightstats import DescrStatsW

from dashboards import intervals, metrics, quantiles
from dashboards.distribution import Distribution, Recommenders

levels = st.sampled_from([0.5, 0.8, 0.9, 0.95, 0.99])
groups = st.builds(Recommenders, st.integers(0, 400), st.integers(0, 400), st.integers(0, 400))
parts = st.tuples(st.integers(0, 400), st.integers(1, 400)).map(lambda t: (min(t), max(t)))
stars = st.lists(st.integers(0, 90), min_size=5, max_size=5).map(lambda c: Distribution(1, tuple(c)))


def times(group: Recommenders, factor: int) -> Recommenders:
    return Recommenders(group.detractors * factor, group.passives * factor, group.promoters * factor)


@given(groups, levels, st.sampled_from(["adjusted_wald", "score"]))
def test_the_interval_of_the_nps_holds_it_and_stays_between_minus_100_and_100(
    group: Recommenders, level: float, method: str
) -> None:
    assume(group.n)
    figure = metrics.nps(group, level=level, method=method)

    assert figure.interval
    assert figure.value is not None
    assert -100 <= figure.interval[0] <= figure.value <= figure.interval[1] <= 100


@given(groups, levels, st.integers(2, 9), st.sampled_from(["adjusted_wald", "score", "wald"]))
def test_the_interval_of_the_nps_narrows_when_more_answer_alike(
    group: Recommenders, level: float, factor: int, method: str
) -> None:
    assume(group.n)
    few = metrics.nps(group, level=level, method=method).half_width
    many = metrics.nps(times(group, factor), level=level, method=method).half_width

    assert few is not None
    assert many is not None
    assert many <= few + 1e-9


@given(groups, levels)
def test_the_interval_of_the_nps_mirrors_when_detractors_and_promoters_swap(group: Recommenders, level: float) -> None:
    assume(group.n)
    mirrored = Recommenders(group.promoters, group.passives, group.detractors)

    for interval in (intervals.nps_adjusted_wald, intervals.nps_score, intervals.nps_wald):
        here, there = interval(group, level), interval(mirrored, level)
        assert here
        assert there
        assert here == pytest.approx((-there[1], -there[0]), abs=1e-9)


@given(parts, levels, st.integers(2, 9))
def test_the_wilson_interval_holds_the_share_and_narrows(part: tuple[int, int], level: float, factor: int) -> None:
    x, n = part
    few, many = intervals.wilson(x, n, level), intervals.wilson(x * factor, n * factor, level)

    assert few
    assert many
    assert 0 <= few[0] <= x / n <= few[1] <= 1
    assert many[1] - many[0] < few[1] - few[0]


@given(parts, levels)
def test_statsmodels_finds_the_same_wilson_interval(part: tuple[int, int], level: float) -> None:
    assert intervals.wilson(*part, level) == pytest.approx(
        proportion_confint(*part, alpha=1 - level, method="wilson"), abs=1e-12
    )


def test_none_or_all_satisfied_end_exactly_at_the_edge() -> None:
    assert (intervals.wilson(0, 3) or (None,))[0] == 0.0
    assert (intervals.wilson(3, 3) or (None, None))[1] == 1.0
    assert intervals.wilson(0, 0) is None


@given(stars, levels, st.integers(2, 9))
def test_the_interval_of_a_mean_holds_it_and_narrows(answers: Distribution, level: float, factor: int) -> None:
    assume(answers.n > 1)
    figure = metrics.mean(answers, level=level)
    many = metrics.mean(Distribution(1, tuple(c * factor for c in answers.counts)), level=level)

    assert figure.interval
    assert figure.value is not None
    assert figure.interval[0] <= figure.value <= figure.interval[1]
    assert (many.half_width or 0) <= (figure.half_width or 0)


@given(stars, levels)
def test_statsmodels_finds_the_same_interval_of_a_mean(answers: Distribution, level: float) -> None:
    assume(metrics.deviation(answers))
    raw = [score for score, count in enumerate(answers.counts, start=1) for _ in range(count)]

    assert metrics.mean(answers, level=level).interval == pytest.approx(
        DescrStatsW(raw).tconfint_mean(alpha=1 - level), abs=1e-9
    )


def test_quantiles_are_those_of_the_tables() -> None:
    assert quantiles.normal(0.95) == 1.959963984540054
    assert quantiles.student(0.95, 10) == pytest.approx(2.228138852, abs=1e-9)
    assert quantiles.normal_p(-1.959963984540054) == pytest.approx(0.05, abs=1e-15)
    assert quantiles.student_p(quantiles.student(0.95, 10), 10) == pytest.approx(0.05, abs=1e-12)


def test_more_satisfied_than_asked_is_refused() -> None:
    with pytest.raises(ValueError, match="x = 4 is more than n = 3"):
        intervals.wilson(4, 3)
    with pytest.raises(ValueError, match="x must be a whole number"):
        intervals.wilson(1.5, 3)  # type: ignore[arg-type]  # what a careless caller passes
    assert not math.isnan((intervals.nps_score(Recommenders(0, 10**6, 1)) or (math.nan,))[0])

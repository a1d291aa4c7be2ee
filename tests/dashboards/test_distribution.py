"""Histograms add, and a figure of the sum lies between those of its parts."""

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboards import kpi, metrics
from dashboards.distribution import Distribution, Recommenders
from dashboards.kpi import Kpi


def answers(lowest: int, highest: int, most: int = 500) -> st.SearchStrategy[Distribution]:
    size = highest - lowest + 1
    counts = st.lists(st.integers(0, most), min_size=size, max_size=size)
    return counts.map(lambda c: Distribution.of(c, lowest=lowest, highest=highest))


nps_answers, csat_answers, ces_answers = answers(0, 10), answers(1, 5), answers(1, 7)


@given(nps_answers, nps_answers, nps_answers)
def test_distributions_add_in_any_order(a: Distribution, b: Distribution, c: Distribution) -> None:
    assert a + b == b + a
    assert (a + b) + c == a + (b + c) == Distribution.sum([a, b, c], lowest=0, highest=10)
    assert (a + b) - b == a
    assert (a + b).n == a.n + b.n


@given(st.lists(st.integers(0, 10), max_size=50))
def test_counting_single_scores_gives_the_moments_of_the_scores(scores: list[int]) -> None:
    counted = Distribution.of_scores(scores, lowest=0, highest=10)

    assert counted.moments == (len(scores), sum(scores), sum(s * s for s in scores))


def lies_between(whole: Kpi, parts: list[Kpi]) -> bool:
    known = [part.exact for part in parts if part.exact is not None]
    return (whole.exact is None and not known) or (whole.exact is not None and min(known) <= whole.exact <= max(known))


@given(nps_answers, nps_answers)
def test_the_nps_of_two_months_lies_between_those_of_each(a: Distribution, b: Distribution) -> None:
    assert lies_between(metrics.nps(a + b), [metrics.nps(a), metrics.nps(b)])


@given(csat_answers, csat_answers)
def test_csat_and_stars_of_two_months_lie_between_those_of_each(a: Distribution, b: Distribution) -> None:
    assert lies_between(metrics.csat(a + b), [metrics.csat(a), metrics.csat(b)])
    assert lies_between(metrics.mean(a + b), [metrics.mean(a), metrics.mean(b)])


@given(ces_answers, ces_answers)
def test_effort_of_two_months_lies_between_those_of_each(a: Distribution, b: Distribution) -> None:
    assert lies_between(metrics.ces(a + b), [metrics.ces(a), metrics.ces(b)])


def test_the_nps_of_a_week_is_not_the_mean_of_its_days() -> None:
    happy_monday = Distribution.of_scores([10], lowest=0, highest=10)
    sad_tuesday = Distribution.of_scores([0] * 9, lowest=0, highest=10)

    assert metrics.nps(happy_monday + sad_tuesday).value == -80.0


def test_nobody_answered_is_none_with_its_reason_and_never_0() -> None:
    nobody = Distribution.empty(lowest=1, highest=5)

    for figure in (metrics.csat(nobody), metrics.mean(nobody), metrics.reviews(nobody), metrics.percent(0, 0)):
        assert (figure.value, figure.exact, figure.interval, figure.reason) == (None, None, None, kpi.NO_DATA)
    assert metrics.nps(Recommenders(0, 0, 0)).reason == kpi.NO_DATA
    assert nobody.share(4, 5) is None


def test_one_rating_has_a_mean_but_no_interval() -> None:
    figure = metrics.mean(Distribution.of_scores([4], lowest=1, highest=5))

    assert (figure.value, figure.interval, figure.flags) == (4.0, None, (kpi.N_LT_2,))


def test_unanimous_ratings_have_an_interval_without_width_and_say_so() -> None:
    figure = metrics.mean(Distribution.of_scores([4] * 9, lowest=1, highest=5))

    assert (figure.interval, figure.flags) == ((4.0, 4.0), (kpi.DEGENERATE,))


def test_external_reviews_are_self_selected_and_have_no_interval() -> None:
    figure = metrics.reviews(Distribution.of_scores([5, 4, 5, 1], lowest=1, highest=5))

    assert (figure.exact, figure.interval, figure.flags) == (Fraction(15, 4), None, ("self_selected",))


@pytest.mark.parametrize("counts", [[1, -1, 0, 0, 0], [1, 2.0, 0, 0, 0], [1, 2.5, 0, 0, 0], [1, None, 0, 0, 0]])
def test_a_count_that_is_no_count_is_refused_with_its_score(counts: list[int]) -> None:
    with pytest.raises(ValueError, match="count of score 2"):
        Distribution.of(counts, lowest=1, highest=5)


def test_a_histogram_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="scale of 0 to 10 has 11 counts, not 5"):
        Distribution.of([1, 2, 3, 4, 5], lowest=0, highest=10)
    with pytest.raises(ValueError, match="at least one score"):
        Distribution(0, ())


def test_scores_outside_the_scale_are_refused() -> None:
    with pytest.raises(ValueError, match="score 11 is outside the scale of 0 to 10"):
        Distribution.of_scores([9, 11], lowest=0, highest=10)
    with pytest.raises(ValueError, match="scores 4 to 6 are not a range"):
        Distribution.empty(lowest=1, highest=5).count(4, 6)


def test_changed_scales_do_not_mix() -> None:
    with pytest.raises(ValueError, match="break in the series"):
        Distribution.empty(lowest=1, highest=5) + Distribution.empty(lowest=0, highest=4)


def test_a_part_larger_than_its_total_leaves_no_rest() -> None:
    with pytest.raises(ValueError, match="count of score 1 must not be negative"):
        Distribution(1, (1, 2)) - Distribution(1, (2, 2))


def test_each_metric_refuses_a_scale_that_is_not_its_own() -> None:
    stars, effort = Distribution.empty(lowest=1, highest=5), Distribution.empty(lowest=1, highest=7)

    with pytest.raises(ValueError, match="NPS is asked on 0 to 10, not on 1 to 5"):
        metrics.nps(stars)
    with pytest.raises(ValueError, match=r"CES 2\.0 is asked on 1 to 7, not on 1 to 5"):
        metrics.ces(stars)
    with pytest.raises(ValueError, match="needs satisfied_from"):
        metrics.csat(effort)
    assert metrics.csat(Distribution(1, (0, 0, 0, 0, 0, 3, 1)), satisfied_from=6).value == 100.0


@pytest.mark.parametrize("level", [0, 1, -0.5, 95, math.nan])
def test_a_level_outside_0_to_1_is_refused_everywhere(level: float) -> None:
    stars = Distribution.of_scores([4, 5], lowest=1, highest=5)
    for figure in (metrics.mean, metrics.csat):
        with pytest.raises(ValueError, match="level must lie between 0 and 1"):
            figure(stars, level=level)
    with pytest.raises(ValueError, match="level must lie between 0 and 1"):
        metrics.nps(Recommenders(1, 1, 1), level=level)


def test_an_unknown_interval_is_refused() -> None:
    with pytest.raises(ValueError, match="adjusted_wald, score, wald"):
        metrics.nps(Recommenders(1, 1, 1), method="bayes")


def test_a_figure_is_either_told_or_says_why_not() -> None:
    with pytest.raises(ValueError, match="either a value or why it is missing"):
        Kpi(None, None, 0)
    with pytest.raises(ValueError, match="not finite"):
        Kpi(math.nan, None, 3)


def test_how_many_answers_a_precise_nps_takes() -> None:
    assert [metrics.sample_size(half_width=m, variance=0.61) for m in (5, 10, 15, 20)] == [938, 235, 105, 59]
    assert metrics.size_to_detect(5, variance=0.61) == 3831
    with pytest.raises(ValueError, match="must be above 0"):
        metrics.sample_size(half_width=0, variance=0.61)
    with pytest.raises(ValueError, match="power"):
        metrics.size_to_detect(5, variance=0.61, power=0.4)


def test_an_item_with_few_ratings_is_ranked_near_the_others() -> None:
    one_five = Distribution.of_scores([5], lowest=1, highest=5)

    assert metrics.shrunk_mean(one_five, prior_mean=3.5) == pytest.approx(40 / 11)
    with pytest.raises(ValueError, match="prior_weight"):
        metrics.shrunk_mean(one_five, prior_mean=3.5, prior_weight=0)

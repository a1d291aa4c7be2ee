"""Distribution → KPI: NPS, CSAT, CES and ratings, each with its interval."""

import math
from collections.abc import Callable
from fractions import Fraction

from dashboards import intervals, kpi, quantiles
from dashboards.distribution import Distribution, Recommenders
from dashboards.kpi import Interval, Kpi

NPS_INTERVALS: dict[str, Callable[[Recommenders, float], Interval | None]] = {
    "adjusted_wald": intervals.nps_adjusted_wald,
    "score": intervals.nps_score,
    "wald": intervals.nps_wald,
}


def nps(answers: Distribution | Recommenders, *, level: float = 0.95, method: str = "adjusted_wald") -> Kpi:
    """Net promoter score: share of promoters (9-10) minus share of detractors (0-6), in points.

    Formula: 100·(P - D)/n; interval adjusted_wald (default), score or wald.
    Takes: a distribution on 0..10 or the three counts; level in (0, 1). Gives points from -100 to 100.
    Refuses: another scale, an unknown method, a level outside (0, 1).
    Source: Reichheld 2003, Harvard Business Review 81(12); interval Rocks 2016.
    """
    if method not in NPS_INTERVALS:
        raise ValueError(f"method must be one of {', '.join(NPS_INTERVALS)}; got {method!r}")
    counts = answers if isinstance(answers, Recommenders) else Recommenders.of(answers)
    bounds = NPS_INTERVALS[method](counts, level)
    if bounds is None:
        return kpi.missing(kpi.NO_DATA, method=method, unit="points")
    exact = Fraction(100 * (counts.promoters - counts.detractors), counts.n)
    # The limits are kept around the rounded value, which may be a bit above 100 times the unit score.
    low, high = min(100 * bounds[0], float(exact)), max(100 * bounds[1], float(exact))
    return Kpi(float(exact), exact, counts.n, (low, high), level, method, unit="points")


def percent(x: int, n: int, *, level: float = 0.95) -> Kpi:
    """Share of x in n, in percent, with its Wilson interval.

    Formula: 100·x/n; interval Wilson.
    Takes: whole numbers, x of n; level in (0, 1). Gives percent from 0 to 100.
    Refuses: x above n, negative or fractional counts, a level outside (0, 1).
    Source: Wilson 1927, JASA 22:209-212.
    """
    x, n = intervals.part_of(x, n)
    bounds = intervals.wilson(x, n, level)
    if bounds is None:
        return kpi.missing(kpi.NO_DATA, method="wilson", unit="percent")
    exact = Fraction(100 * x, n)
    low, high = min(100 * bounds[0], float(exact)), max(100 * bounds[1], float(exact))
    return Kpi(float(exact), exact, n, (low, high), level, "wilson", unit="percent")


def csat(answers: Distribution, *, satisfied_from: int | None = None, level: float = 0.95) -> Kpi:
    """Customer satisfaction: share of the satisfied, 4 and 5 of five, in percent.

    Formula: 100·(answers from satisfied_from up)/n; interval Wilson.
    Takes: a distribution; satisfied_from, which a scale other than 1..5 must declare; level in (0, 1).
    Refuses: a scale other than 1..5 that declares no satisfied_from, a level outside (0, 1).
    Source: ISO 10004 (direct measurement); interval Wilson 1927.
    """
    if satisfied_from is None and (answers.lowest, answers.highest) != (1, 5):
        raise ValueError(
            f"CSAT on {answers.lowest} to {answers.highest} needs satisfied_from: only 1 to 5 has a usual one"
        )
    lowest = 4 if satisfied_from is None else satisfied_from
    return percent(answers.count(lowest, answers.highest), answers.n, level=level)


def ces(answers: Distribution, *, level: float = 0.95) -> Kpi:
    """Customer effort score 2.0: share of those who found it easy, 5 to 7 of seven, in percent.

    Formula: 100·(h5 + h6 + h7)/n; interval Wilson.
    Takes: a distribution on 1..7, high is good; level in (0, 1).
    Refuses: another scale (the CES of 2010 was 1..5 and inverted), a level outside (0, 1).
    Source: Dixon, Toman and DeLisi 2013, The Effortless Experience; interval Wilson 1927.
    """
    if (answers.lowest, answers.highest) != (1, 7):
        raise ValueError(f"CES 2.0 is asked on 1 to 7, not on {answers.lowest} to {answers.highest}")
    return percent(answers.count(5, 7), answers.n, level=level)


def deviation(answers: Distribution) -> float | None:
    """Standard deviation with divisor n-1, from whole numbers so that unanimity is 0; None below n = 2.

    Formula: sd = sqrt((n·Σx² - (Σx)²)/(n(n-1))).
    Takes: a distribution. Gives the unit of the scale.
    Source: NIST/SEMATECH e-Handbook 1.3.5.6.
    """
    n, total, square = answers.moments
    return None if n < 2 else math.sqrt((n * square - total * total) / (n * (n - 1)))


def mean(answers: Distribution, *, level: float = 0.95) -> Kpi:
    """Mean of the scores: stars, or the second figure beside CSAT and CES.

    Formula: x̄ = Σ score·count/n; interval x̄ ± t(n-1)·sd/sqrt(n).
    Takes: a distribution; level in (0, 1). Gives the unit of the scale; no interval and flag n_lt_2 at n = 1,
    an interval without width and flag degenerate where all agree.
    Refuses: a level outside (0, 1).
    Source: Student 1908, Biometrika 6:1-25.
    """
    quantiles.tail_of(level)
    n, total, _ = answers.moments
    if not n:
        return kpi.missing(kpi.NO_DATA, method="t")
    exact, sd = Fraction(total, n), deviation(answers)
    if sd is None:
        return Kpi(float(exact), exact, n, method="t", flags=(kpi.N_LT_2,))
    flags = () if sd else (kpi.DEGENERATE,)
    return Kpi(float(exact), exact, n, intervals.student(float(exact), sd, n, level), level, "t", flags)


def reviews(answers: Distribution) -> Kpi:
    """Mean stars of an outside review site: those who chose to write, no sample, hence no interval.

    Formula: Σ stars·count/n, flag self_selected.
    Takes: a distribution. Gives stars.
    Source: AAPOR 2016, Guidance on Reporting Precision for Nonprobability Samples.
    """
    n, total, _ = answers.moments
    if not n:
        return kpi.missing(kpi.NO_DATA, method="mean")
    return Kpi(total / n, Fraction(total, n), n, method="mean", flags=("self_selected",))


def shrunk_mean(answers: Distribution, *, prior_mean: float, prior_weight: float = 10) -> float:
    """Mean drawn towards that of the organization, to rank items of few ratings; the plain mean stays the number shown.

    Formula: (C·m + Σ score·count)/(C + n).
    Takes: a distribution; prior_mean m in the unit of the scale; prior_weight C > 0 answers.
    Refuses: a prior weight that is not positive.
    Source: Bayesian average; Gelman et al. 2013, Bayesian Data Analysis, 2.5.
    """
    if not prior_weight > 0:
        raise ValueError(f"prior_weight must be above 0, not {prior_weight!r}")
    n, total, _ = answers.moments
    return (prior_weight * prior_mean + total) / (prior_weight + n)


def sample_size(*, half_width: float, variance: float, level: float = 0.95) -> int:
    """How many answers an interval of this half-width needs.

    Formula: n = z²·v/m², rounded up.
    Takes: half_width m in points or percent points; variance v on the unit scale (0.61 for a NPS of 20/30/50 %).
    Refuses: a half-width or a variance that is not positive, a level outside (0, 1).
    Source: Cochran 1977, Sampling Techniques, 4.4.
    """
    if not (half_width > 0 and variance > 0):
        raise ValueError(f"half_width and variance must be above 0, not {half_width!r} and {variance!r}")
    return math.ceil(quantiles.normal(level) ** 2 * variance / (half_width / 100) ** 2)


def size_to_detect(difference: float, *, variance: float, level: float = 0.95, power: float = 0.8) -> int:
    """How many answers each group needs for a difference to be found with this power.

    Formula: n = 2v·(z_{1-α/2} + z_{power})²/d², rounded up.
    Takes: difference d in points or percent points; variance v of one answer on the unit scale; power in (.5, 1).
    Refuses: a difference or variance that is not positive, a level outside (0, 1), a power outside (.5, 1).
    Source: Fleiss, Levin and Paik 2003, Statistical Methods for Rates and Proportions, 4.
    """
    if not (difference > 0 and variance > 0 and 0.5 < power < 1):
        raise ValueError(
            f"difference {difference!r}, variance {variance!r} must be above 0, power {power!r} in (.5, 1)"
        )
    # normal() takes a two-sided level: the one-sided quantile of the power is that of level 2·power - 1.
    z = quantiles.normal(level) + quantiles.normal(2 * power - 1)
    return math.ceil(2 * variance * (z / (difference / 100)) ** 2)

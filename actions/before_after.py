"""Periods before and after → the change, with months that differ more than sampling explains taken into account."""

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from dashboards import comparisons, means, quantiles
from dashboards.comparisons import Difference
from dashboards.distribution import Distribution, Recommenders
from dashboards.intervals import part_of

FEWEST_PERIODS = 3
NO_CHECK = "no_dispersion_check"


class BeforeAfter(NamedTuple):
    """The change as pooled respondents alone say (plain), and scaled by how much periods differ (None without check).

    chi_square, df and phi, the dispersion, are None where a side has fewer than three periods.
    """

    plain: Difference
    scaled: Difference | None
    chi_square: float | None
    df: int | None
    phi: float | None

    @property
    def told(self) -> Difference:
        """The change to report: scaled where that can be done, else the plain one marked no_dispersion_check."""
        return self.scaled or replace(self.plain, flags=(*self.plain.flags, NO_CHECK))


class Period(NamedTuple):
    """Mean and n of one period, on the scale of its window's variance."""

    mean: float
    n: int


def dispersion(windows: Sequence[tuple[Sequence[Period], float, float]]) -> tuple[float, int] | None:
    """How much the periods within each window differ, and the degrees of freedom; None below three periods a side.

    Formula: X² = Σ over windows g and their periods i of (y_i - y_g)²/(v_g/n_i); df = periods - windows.
    Takes: for each window its periods with n > 0, its pooled mean and its pooled variance of one answer.
    Source: quasi-likelihood: McCullagh and Nelder 1989, Generalized Linear Models, 4.5.
    """
    if min(len(periods) for periods, _, _ in windows) < FEWEST_PERIODS:
        return None
    parts = ((y - mean) ** 2 * n / variance for periods, mean, variance in windows if variance for y, n in periods)
    return math.fsum(parts), sum(len(periods) for periods, _, _ in windows) - len(windows)


def scaled(plain: Difference, se: float, spread: tuple[float, int] | None, *, level: float, edge: float) -> BeforeAfter:
    """The plain change with its standard error widened by the dispersion.

    Formula: φ = max(1, X²/df), se* = se·sqrt(φ), estimate ± t(df)·se*, p from t(df), limits within ± edge.
    Takes: the plain change, the standard error it is widened from, X² and df; level in (0, 1); the edge of the scale.
    Source: McCullagh and Nelder 1989, 4.5; type I error at most .05 where months wander by 8 points.
    """
    if spread is None or not se or plain.estimate is None:
        return BeforeAfter(plain, None, None, None, None)
    chi_square, df = spread
    phi = max(1.0, chi_square / df)
    wide = se * math.sqrt(phi)
    half, statistic = quantiles.student(level, df) * wide, plain.estimate / wide
    limits = max(-edge, plain.estimate - half), min(edge, plain.estimate + half)
    told = replace(
        plain, interval=limits, method=f"{plain.method}_scaled", se=wide, statistic=statistic, df=float(df),
        p=quantiles.student_p(statistic, df),
    )  # fmt: skip
    return BeforeAfter(plain, told, chi_square, df, phi)


def nps(before: Sequence[Recommenders], after: Sequence[Recommenders], *, level: float = 0.95) -> BeforeAfter:
    """Change of the NPS in points.

    Formula: adjusted z of the pooled respondents, scaled by the dispersion of the periods.
    Takes: counts of every period (month) before and after; level in (0, 1). Periods without answers do not count.
    Refuses: a level outside (0, 1).
    Source: Rocks 2016; McCullagh and Nelder 1989, 4.5.
    """
    first, second = (sum(side, start=Recommenders(0, 0, 0)) for side in (before, after))
    plain = comparisons.nps(first, second, level=level)
    if plain.se is None:
        return BeforeAfter(plain, None, None, None, None)
    spread = dispersion([
        ([Period(p.score, p.n) for p in side if p.n], pooled.score, pooled.variance)
        for side, pooled in ((before, first), (after, second))
    ])  # fmt: skip
    return scaled(plain, plain.se, spread, level=level, edge=200.0)


def shares(before: Sequence[tuple[int, int]], after: Sequence[tuple[int, int]], *, level: float = 0.95) -> BeforeAfter:
    """Change of a share in percent points: CSAT, CES, any rate.

    Formula: "N-1" z of the pooled respondents, se = 100·sqrt(p̄(1-p̄)(1/n1+1/n2)·N/(N-1)), scaled by the dispersion.
    Takes: (x, n) of every period before and after; level in (0, 1). Periods without answers do not count.
    Refuses: x above n, negative or fractional counts, a level outside (0, 1).
    Source: Campbell 2007; McCullagh and Nelder 1989, 4.5.
    """
    sides = [[part_of(*p, f" of period {i}") for i, p in enumerate(side)] for side in (before, after)]
    (x1, n1), (x2, n2) = ((sum(p[0] for p in side), sum(p[1] for p in side)) for side in sides)
    plain = comparisons.shares(x1, n1, x2, n2, level=level)
    if plain.estimate is None:
        return BeforeAfter(plain, None, None, None, None)
    pooled, n = (x1 + x2) / (n1 + n2), n1 + n2
    se = 100 * math.sqrt(pooled * (1 - pooled) * (1 / n1 + 1 / n2) * n / (n - 1))
    spread = dispersion([
        ([Period(x / m, m) for x, m in side if m], x_all / n_all, x_all * (n_all - x_all) / n_all**2)
        for side, x_all, n_all in ((sides[0], x1, n1), (sides[1], x2, n2))
    ])  # fmt: skip
    return scaled(plain, se, spread, level=level, edge=100.0)


def scores(before: Sequence[Distribution], after: Sequence[Distribution], *, level: float = 0.95) -> BeforeAfter:
    """Change of a mean score in its own unit: stars, effort.

    Formula: Welch t of the pooled respondents, scaled by the dispersion of the periods.
    Takes: distributions of every period before and after on one scale; level in (0, 1).
    Refuses: distributions on different scales, no period at all, a level outside (0, 1).
    Source: Welch 1947; McCullagh and Nelder 1989, 4.5.
    """
    if not (before and after):
        raise ValueError("scores: needs at least one period before and one after")
    first, second = (sum(side[1:], start=side[0]) for side in (before, after))
    if (first.lowest, first.highest) != (second.lowest, second.highest):
        raise ValueError("scores: before and after are on different scales, which is a break in the series")
    samples = means.Sample.of(first), means.Sample.of(second)
    plain = means.difference(*samples, level=level)
    if not plain.se:
        return BeforeAfter(plain, None, None, None, None)
    spread = dispersion([
        ([Period(d.moments[1] / d.n, d.n) for d in side if d.n], float(s.mean), s.variance or 0.0)
        for side, s in zip((before, after), samples, strict=True) if s
    ])  # fmt: skip
    return scaled(plain, plain.se, spread, level=level, edge=math.inf)

"""Two counts per exposure → how many times as often: second over first."""

import math
from dataclasses import dataclass
from fractions import Fraction

from dashboards import exact, kpi, quantiles
from dashboards.distribution import count_of
from dashboards.kpi import Kpi


@dataclass(frozen=True, slots=True)
class RateRatio(Kpi):
    """A ratio of two rates, second over first, with exact p; low or high is None where the limit is infinite."""

    low: float | None = None
    high: float | None = None
    p: float | None = None
    p_greater: float | None = None
    p_less: float | None = None


def ratio(k1: int, exposure1: float, k2: int, exposure2: float, *, level: float = 0.95) -> RateRatio:
    """How many times as often as before: ratio of two counts per exposure, such as complaints per 1000 orders.

    Formula: (k2/e2)/(k1/e1); k2 given k1 + k2 is binomial with share e2/(e1+e2); limits π/(1-π)·e1/e2, π of
    Clopper-Pearson.
    Takes: counts; exposures above 0 in one unit; level in (0, 1).
    Refuses: negative or fractional counts, exposures that are not above 0, a level outside (0, 1).
    Source: Przyborowski and Wilenski 1940, Biometrika 31:313-323; R poisson.test.
    """
    from scipy.special import betaincinv

    k1, k2 = count_of(k1, "k1"), count_of(k2, "k2")
    if not (exposure1 > 0 and exposure2 > 0 and math.isfinite(exposure1 + exposure2)):
        raise ValueError(f"exposures must be above 0 and finite, not {exposure1!r} and {exposure2!r}")
    upper, n, odds = quantiles.tail_of(level), k1 + k2, exposure1 / exposure2
    if not n:
        return RateRatio(None, None, 0, method="poisson_exact", reason=kpi.NO_DATA, unit="ratio", p=1.0)
    share = exposure2 / (exposure1 + exposure2)
    p_low = float(betaincinv(k2, k1 + 1, 1 - upper)) if k2 else 0.0
    p_high = float(betaincinv(k2 + 1, k1, upper)) if k1 else 1.0
    low, high = p_low / (1 - p_low) * odds, p_high / (1 - p_high) * odds if k1 else None
    exact_ratio = Fraction(k2, k1) * Fraction(exposure1) / Fraction(exposure2) if k1 else None
    return RateRatio(
        None if exact_ratio is None else float(exact_ratio), exact_ratio, n, None if high is None else (low, high),
        level, "poisson_exact", (), None if k1 else kpi.DEGENERATE, "ratio", low, high,
        *(exact.binomial(k2, n, share, alternative) for alternative in ("two_sided", "greater", "less")),
    )  # fmt: skip

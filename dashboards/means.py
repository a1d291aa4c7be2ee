"""Two means → whether they really differ: stars, effort, days; second minus first."""

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

from dashboards import kpi, metrics, quantiles
from dashboards.comparisons import Difference, no_difference_told
from dashboards.distribution import Distribution
from dashboards.kpi import Unit


class Sample(NamedTuple):
    """What the comparison of two means needs of each: n, mean, variance with divisor n-1 (None below n = 2)."""

    n: int
    mean: Fraction
    variance: float | None

    @classmethod
    def of(cls, answers: Distribution) -> "Sample | None":
        """The sample of a distribution; None without answers."""
        n, total, _ = answers.moments
        deviation = metrics.deviation(answers)
        return cls(n, Fraction(total, n), None if deviation is None else deviation**2) if n else None

    @classmethod
    def of_values(cls, values: Sequence[float]) -> "Sample | None":
        """The sample of single values, such as days; None without values."""
        if not values:
            return None
        n, ratios = len(values), [Fraction(v) for v in values]
        mean = sum(ratios, Fraction()) / n
        return cls(n, mean, None if n < 2 else float(sum(((r - mean) ** 2 for r in ratios), Fraction()) / (n - 1)))


def difference(first: Sample | None, second: Sample | None, *, level: float = 0.95, unit: Unit = "score") -> Difference:
    """Difference of two means by Welch's t.

    Formula: t = (x̄2 - x̄1)/sqrt(s1²/n1 + s2²/n2); df by Welch-Satterthwaite.
    Takes: two samples of separate groups; level in (0, 1). Flag n_lt_10 where a group has fewer than 10 answers.
    Gives no interval and flag n_lt_2 where a group has one answer; flag degenerate where nothing varies.
    Refuses: a level outside (0, 1).
    Source: Welch 1947, Biometrika 34:28-35.
    """
    quantiles.tail_of(level)
    if first is None or second is None:
        return no_difference_told(*(s.n if s else 0 for s in (first, second)), method="welch", unit=unit)
    raw, n = second.mean - first.mean, first.n + second.n
    if first.variance is None or second.variance is None:
        return Difference(float(raw), raw, n, method="welch", flags=(kpi.N_LT_2,), unit=unit, estimate=float(raw))
    flags = ("n_lt_10",) if min(first.n, second.n) < 10 else ()
    a, b = first.variance / first.n, second.variance / second.n
    if not a + b:
        flags = (*flags, kpi.DEGENERATE)
        limits = (float(raw), float(raw))
        return Difference(float(raw), raw, n, limits, level, "welch", flags, None, unit, float(raw), 0.0)
    df = (a + b) ** 2 / (a * a / (first.n - 1) + b * b / (second.n - 1))
    return of_t(raw, math.sqrt(a + b), df, n=n, level=level, method="welch", flags=flags, unit=unit)


def of_t(
    raw: Fraction, se: float, df: float, *, n: int, level: float, method: str, flags: tuple[str, ...], unit: Unit
) -> Difference:
    """The difference with the interval and the two-sided p of Student's t.

    Formula: raw ± t(df)·se; t = raw/se.
    Takes: the difference, its standard error above 0, degrees of freedom; n, method and flags for the result.
    Refuses: a level outside (0, 1).
    Source: Student 1908, Biometrika 6:1-25.
    """
    value, half = float(raw), quantiles.student(level, df) * se
    return Difference(
        value, raw, n, (value - half, value + half), level, method, flags, None, unit,
        value, se, value / se, df, quantiles.student_p(value / se, df),
    )  # fmt: skip


def paired(differences: Sequence[float], *, level: float = 0.95, unit: Unit = "score") -> Difference:
    """Mean change of those who answered in both periods, shown beside the other when more than 20 % did.

    Formula: d̄ ± t(n-1)·sd(d)/sqrt(n), d = second - first of one customer.
    Takes: one difference a customer; level in (0, 1).
    Refuses: a level outside (0, 1).
    Source: Student 1908, Biometrika 6:1-25.
    """
    quantiles.tail_of(level)
    sample = Sample.of_values(differences)
    if sample is None:
        return no_difference_told(0, 0, method="paired_t", unit=unit)
    n, mean, variance = sample
    if not variance:
        flag, limits = (kpi.N_LT_2, None) if variance is None else (kpi.DEGENERATE, (float(mean), float(mean)))
        return Difference(float(mean), mean, n, limits, level, "paired_t", (flag,), None, unit, float(mean))
    return of_t(mean, math.sqrt(variance / n), n - 1, n=n, level=level, method="paired_t", flags=(), unit=unit)

"""Two figures → whether they really differ: always second minus first."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import NamedTuple

from dashboards import clusters, exact, intervals, kpi, quantiles
from dashboards.clusters import Clusters
from dashboards.distribution import Recommenders, count_of
from dashboards.kpi import Interval, Kpi, Unit


@dataclass(frozen=True, slots=True)
class Difference(Kpi):
    """A difference: a Kpi whose value is the raw difference, with the test behind its interval.

    Takes: beside the fields of a Kpi the estimate that the interval is centred on, its standard error, the statistic
    (z or t), its degrees of freedom, and p, two-sided; None where they cannot be told.
    """

    estimate: float | None = None
    se: float | None = None
    statistic: float | None = None
    df: float | None = None
    p: float | None = None


def no_difference_told(n1: int, n2: int, *, method: str, unit: Unit) -> Difference:
    """A comparison with an empty side."""
    return Difference(None, None, n1 + n2, method=method, reason=kpi.NO_DATA, unit=unit)


def nps(first: Recommenders, second: Recommenders, *, level: float = 0.95, method: str = "adjusted") -> Difference:
    """Difference of two NPS, in points, tested by the adjusted z.

    Formula: z = (c2 - c1)/sqrt(v1/n1' + v2/n2') after 3/4, 3/2, 3/4 pseudo-respondents in both groups; p = 2Φ(-|z|).
    Takes: counts of two separate groups; level in (0, 1); method adjusted, or wald to reproduce other tools.
    Refuses: another method, a level outside (0, 1).
    Source: Rocks 2016, The American Statistician 70:365-372; type I error at most .056 from n = 5.
    """
    if method not in ("adjusted", "wald"):
        raise ValueError(f"method must be adjusted or wald; got {method!r}")
    z = quantiles.normal(level)
    if not (first.n and second.n):
        return no_difference_told(first.n, second.n, method=method, unit="points")
    net1, net2 = first.promoters - first.detractors, second.promoters - second.detractors
    raw = Fraction(100 * (net2 * first.n - net1 * second.n), first.n * second.n)
    (c1, v1, n1), (c2, v2, n2) = map(intervals.shrunk if method == "adjusted" else _as_counted, (first, second))
    estimate, se = 100 * (c2 - c1), 100 * math.sqrt(v1 / n1 + v2 / n2)
    limits = max(-200.0, estimate - z * se), min(200.0, estimate + z * se)
    statistic = estimate / se if se else None
    return Difference(
        float(raw), raw, first.n + second.n, limits, level, method, () if se else (kpi.DEGENERATE,), None, "points",
        estimate, se, statistic, None, None if statistic is None else quantiles.normal_p(statistic),
    )  # fmt: skip


def _as_counted(counts: Recommenders) -> tuple[float, float, float]:
    return counts.score, counts.variance, counts.n


def nps_exact_p(first: Recommenders, second: Recommenders) -> float | None:
    """Exact two-sided permutation p of two NPS, shown on request.

    Formula: Σ of the probabilities of all tables with these margins whose |difference| >= the observed one.
    Takes: counts of two separate groups of moderate size. Gives p in 0..1, None where a group is empty.
    Refuses: more than 10^7 tables.
    Source: Hothorn et al. 2008, coin, Journal of Statistical Software 28(8).
    """
    if not (first.n and second.n):
        return None
    pairs = zip(*((g.detractors, g.passives, g.promoters) for g in (first, second)), strict=True)
    return exact.nps_permutation(*pairs)


def newcombe(x1: int, n1: int, x2: int, n2: int, level: float = 0.95) -> Interval | None:
    """Newcombe's hybrid score interval of a difference of shares.

    Formula: d - sqrt((p2-l2)² + (u1-p1)²) .. d + sqrt((u2-p2)² + (p1-l1)²), l and u the Wilson limits.
    Takes: x1 of n1, x2 of n2; level in (0, 1). Gives (low, high) on -1..1, None where a side is empty.
    Refuses: x above n, negative or fractional counts, a level outside (0, 1).
    Source: Newcombe 1998, Statistics in Medicine 17:873-890, method 10.
    """
    first, second = intervals.wilson(x1, n1, level), intervals.wilson(x2, n2, level)
    if first is None or second is None:
        return None
    (l1, u1), (l2, u2), p1, p2 = first, second, x1 / n1, x2 / n2
    return p2 - p1 - math.hypot(p2 - l2, u1 - p1), p2 - p1 + math.hypot(u2 - p2, p1 - l1)


def pooled_z(x1: int, n1: int, x2: int, n2: int) -> float | None:
    """Pooled z of two shares; None where a side is empty, or all or nobody said so.

    Formula: z = (p2 - p1)/sqrt(p̄(1-p̄)(1/n1 + 1/n2)), p̄ = (x1+x2)/(n1+n2).
    Takes: x1 of n1 and x2 of n2, separate groups.
    Source: Pearson 1900, Philosophical Magazine 50:157-175: z² is the chi-square of the 2×2 table.
    """
    x, n = x1 + x2, n1 + n2
    if not (n1 and n2 and 0 < x < n):
        return None
    return (x2 / n2 - x1 / n1) / math.sqrt(x * (n - x) / n / (n1 * n2))


def n_minus_1_z(x1: int, n1: int, x2: int, n2: int) -> float | None:
    """z of the "N-1" chi-square test of two shares; None where the pooled z is.

    Formula: pooled z·sqrt((N-1)/N), N = n1 + n2.
    Takes: x1 of n1 and x2 of n2, separate groups.
    Source: Campbell 2007, Statistics in Medicine 26:3661-3675.
    """
    z = pooled_z(x1, n1, x2, n2)
    return None if z is None else z * math.sqrt((n1 + n2 - 1) / (n1 + n2))


def smallest_expected(x1: int, n1: int, x2: int, n2: int) -> float:
    """Smallest expected count of the 2×2 table, which decides between N-1 and Fisher; 0 where a side is empty.

    Formula: min(n1, n2)·min(x, n-x)/n, x = x1 + x2, n = n1 + n2.
    Takes: x1 of n1 and x2 of n2, separate groups.
    Source: Campbell 2007, Statistics in Medicine 26:3661-3675.
    """
    x, n = x1 + x2, n1 + n2
    return min(n1, n2) * min(x, n - x) / max(n, 1)


def shares(x1: int, n1: int, x2: int, n2: int, *, level: float = 0.95) -> Difference:
    """Difference of two shares, in percent points: CSAT, CES, any rate.

    Formula: "N-1" z where every expected count is at least 1, else Fisher two-sided; interval Newcombe.
    Takes: x1 of n1 and x2 of n2, separate groups; level in (0, 1). method says which test; flag small_expected below 5:
    report Fisher (exact.fisher) beside it.
    Refuses: x above n, negative or fractional counts, a level outside (0, 1).
    Source: Campbell 2007, Statistics in Medicine 26:3661-3675; Newcombe 1998, 17:873-890.
    """
    (x1, n1), (x2, n2) = intervals.part_of(x1, n1, "1"), intervals.part_of(x2, n2, "2")
    limits = newcombe(x1, n1, x2, n2, level)
    if limits is None:
        return no_difference_told(n1, n2, method="n_minus_1", unit="percent")
    raw, expected = Fraction(100 * (x2 * n1 - x1 * n2), n1 * n2), smallest_expected(x1, n1, x2, n2)
    z = n_minus_1_z(x1, n1, x2, n2) if expected >= 1 else None
    method, p = ("fisher", exact.fisher(x1, n1, x2, n2)) if z is None else ("n_minus_1", quantiles.normal_p(z))
    return Difference(
        float(raw), raw, n1 + n2, (100 * limits[0], 100 * limits[1]), level, method,
        ("small_expected",) if expected < 5 else (), None, "percent", float(raw), None, z, None, p,
    )  # fmt: skip


def clustered(raw: Difference, first: Clusters, second: Clusters, *, level: float = 0.95) -> Difference:
    """The same difference of two NPS or shares, tested as is right where customers answered more than once.

    Formula: t = d/SE, SE² = SE1² + SE2², cluster-robust each, with min(m1, m2) - 1 degrees of freedom, m customers.
    Takes: the difference in points; the sums over the customers of both groups; level in (0, 1). Customers in both
    groups are taken as independent, which errs on the careful side.
    Refuses: a level outside (0, 1).
    Source: Cameron and Miller 2015, A practitioner's guide to cluster-robust inference, J. Human Resources 50(2).
    """
    quantiles.tail_of(level)
    df = min(first.customers, second.customers) - 1
    if raw.value is None or df < 1:
        return replace(raw, method="clustered", interval=None, se=None, statistic=None, p=None)
    se = 100 * math.sqrt(clusters.cautious_variance(first) + clusters.cautious_variance(second))
    half, t = quantiles.student(level, df) * se, raw.value / se
    widest = 200.0 if raw.unit == "points" else 100.0
    limits = max(-widest, raw.value - half), min(widest, raw.value + half)
    return replace(
        raw, method="clustered", interval=limits, level=level, flags=(), estimate=raw.value,
        se=se, statistic=t, df=float(df), p=quantiles.student_p(t, df),
    )  # fmt: skip


class ChiSquare(NamedTuple):
    """Pearson's chi-square of a table, its degrees of freedom and p."""

    statistic: float
    df: int
    p: float


def contingency(table: Sequence[Sequence[int]]) -> ChiSquare | None:
    """Whether the rows of a table differ at all: segments by band, respondents against invited.

    Formula: Σ(O-E)²/E over the rows and columns that are not empty, df = (r-1)(c-1).
    Takes: counts, one row a group. Gives None where fewer than two rows or columns have a count.
    Refuses: rows of unequal length, negative or fractional counts.
    Source: Pearson 1900, Philosophical Magazine 50:157-175.
    """
    from scipy.special import chdtrc

    rows = [[count_of(x, f"count in row {r}, column {c}") for c, x in enumerate(row)] for r, row in enumerate(table)]
    if len({len(row) for row in rows}) > 1:
        raise ValueError("contingency: all rows of the table must have the same number of columns")
    row_sums, column_sums = [sum(row) for row in rows], [sum(column) for column in zip(*rows, strict=True)]
    r, c, total = sum(map(bool, row_sums)), sum(map(bool, column_sums)), sum(row_sums)
    if r < 2 or c < 2:
        return None
    df = (r - 1) * (c - 1)
    cells = (
        (o, r * c / total) for row, r in zip(rows, row_sums, strict=True) for o, c in zip(row, column_sums, strict=True)
    )
    statistic = math.fsum((o - e) ** 2 / e for o, e in cells if e)
    return ChiSquare(statistic, df, float(chdtrc(df, statistic)))

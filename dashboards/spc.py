"""A series of periods → control chart: centre, limits and standardised points from a frozen baseline."""

import math
import statistics
from collections.abc import Callable, Sequence

from dashboards.distribution import Recommenders, count_of
from dashboards.intervals import part_of
from dashboards.limits import DEFAULT, Chart, Limits, moving_range, phase

D2, D4 = 1.128, 3.267


def xmr(values: Sequence[float | None], limits: Limits = DEFAULT) -> Chart:
    """Chart of single values: mean stars, median days, retention by month.

    Formula: x̄ ± 3σ, σ = MR̄/1.128, MR̄ = mean |x_i - x_(i-1)| over the baseline; upper limit of the ranges 3.267·MR̄.
    Takes: one value a period, None where there is none; limits, of which baseline and shortest are read.
    Refuses: a declared baseline that is too short or longer than the series.
    Source: NIST/SEMATECH e-Handbook 6.3.2.2; Wheeler 1993, Understanding Variation.
    """
    places = [i for i, v in enumerate(values) if v is not None]
    if not places:
        return _without_points("xmr", len(values))
    length = limits.length(len(places))
    first = [v for v in values if v is not None][:length]
    centre, ranges = statistics.fmean(first), moving_range(first)
    sigma = None if ranges is None else ranges / D2
    reach = [None if v is None or sigma is None else 3 * sigma for v in values]
    return Chart(
        "xmr", tuple(values), centre, *_around(centre, reach, (-math.inf, math.inf)),
        tuple((v - centre) / sigma if sigma and v is not None else None for v in values),
        length, phase(length), _after(places, length, len(values)), not sigma, sigma, None, ranges,
        None if ranges is None else D4 * ranges,
    )  # fmt: skip


def p_chart(x: Sequence[int], n: Sequence[int], limits: Limits = DEFAULT) -> Chart:
    """Chart of shares, p′: CSAT, CES %, response rate, on-time rate; on the scale 0..1.

    Formula: p̄ ± 3·s_i·f clipped to 0..1, p̄ = Σx/Σn, s_i = sqrt(p̄(1-p̄)/n_i); f = max(1, σ_z), σ_z = mean|Δz|/1.128.
    Takes: x of n a period; limits, with scaled=False for the plain p chart.
    Refuses: x above n, negative or fractional counts, lists of unequal length, a baseline that does not fit.
    Source: Laney 2002, Quality Engineering 14:531-537; the floor of 1 against the false alarms of short baselines.
    """
    _same_length(x, n)
    pairs = [part_of(a, b, f" of period {i}") for i, (a, b) in enumerate(zip(x, n, strict=True))]

    def base(places: Sequence[int]) -> tuple[float, float]:
        hits, total = (sum(pairs[i][side] for i in places) for side in (0, 1))
        return hits / total, hits * (total - hits) / total**2

    return _laney("p_prime", [a / b if b else None for a, b in pairs], [b for _, b in pairs], base, limits, (0.0, 1.0))


def nps_chart(periods: Sequence[Recommenders], limits: Limits = DEFAULT) -> Chart:
    """Chart of the NPS, nps′, on the scale -1..1.

    Formula: c ± 3·s_i·f clipped to -1..1, c = (P-D)/N and v = (P+D)/N - c² pooled over the baseline, s_i = sqrt(v/n_i);
    f = max(1, σ_z), σ_z = mean|Δz|/1.128.
    Takes: counts a period; limits, with scaled=False for the plain Shewhart chart.
    Refuses: a baseline that does not fit.
    Source: Laney 2002, Quality Engineering 14:531-537, with the variance of the NPS; floor as in p_chart.
    """

    def base(places: Sequence[int]) -> tuple[float, float]:
        pooled = sum((periods[i] for i in places), start=Recommenders(0, 0, 0))
        return pooled.score, pooled.variance

    values = [p.score if p.n else None for p in periods]
    return _laney("nps_prime", values, [p.n for p in periods], base, limits, (-1.0, 1.0))


def u_chart(counts: Sequence[int], exposures: Sequence[float], limits: Limits = DEFAULT) -> Chart:
    """Chart of counts per exposure, u′: complaints per 1000 orders.

    Formula: ū ± 3·s_i·f, not below 0, ū = Σc/Σe, s_i = sqrt(ū/e_i); f = max(1, σ_z), σ_z = mean|Δz|/1.128.
    Takes: a count and an exposure a period, exposure 0 for none; limits, smallest in the unit of the exposure.
    Refuses: negative or fractional counts, negative exposures, lists of unequal length, a baseline that does not fit.
    Source: Laney 2002, Quality Engineering 14:531-537.
    """
    _same_length(counts, exposures)
    pairs = [(count_of(c, f"count of period {i}"), e) for i, (c, e) in enumerate(zip(counts, exposures, strict=True))]
    for i, (count, exposure) in enumerate(pairs):
        if not 0 <= exposure < math.inf or (count and not exposure):
            raise ValueError(f"exposure of period {i} must be finite, and above 0 where something was counted")

    def base(places: Sequence[int]) -> tuple[float, float]:
        rate = sum(pairs[i][0] for i in places) / math.fsum(pairs[i][1] for i in places)
        return rate, rate

    values = [c / e if e else None for c, e in pairs]
    return _laney("u_prime", values, [e for _, e in pairs], base, limits, (0.0, math.inf))


def _same_length(first: Sequence[object], second: Sequence[object]) -> None:
    if len(first) != len(second):
        raise ValueError(f"each period needs both numbers; got {len(first)} and {len(second)}")


def _laney(
    kind: str,
    values: Sequence[float | None],
    sizes: Sequence[float],
    base: Callable[[Sequence[int]], tuple[float, float]],
    limits: Limits,
    edges: tuple[float, float],
) -> Chart:
    """The chart of values whose sampling variance is variance/size, widened by how much more they vary."""
    usable = [i for i, size in enumerate(sizes) if size and size >= limits.smallest]
    if not usable:
        return _without_points(kind, len(values))
    length = limits.length(len(usable))
    centre, variance = base(usable[:length])
    spread = [math.sqrt(variance / size) if size else None for size in sizes]
    plain = [(v - centre) / s if s and v is not None else None for v, s in zip(values, spread, strict=True)]
    ranges = moving_range([z for i in usable[:length] if (z := plain[i]) is not None])
    sigma_z = None if ranges is None else ranges / D2
    factor, tested = limits.factor(sigma_z), set(usable)
    reach = [s if not s else None if factor is None else 3 * s * factor for s in spread]
    return Chart(
        kind, tuple(values), centre, *_around(centre, reach, edges),
        tuple(z / factor if z is not None and factor and i in tested else None for i, z in enumerate(plain)),
        length, phase(length), _after(usable, length, len(values)), not (variance and factor), None, sigma_z,
    )  # fmt: skip


def _after(usable: Sequence[int], length: int, points: int) -> int:
    """The place of the first usable point after the baseline; the end where there is none yet."""
    return usable[length] if length < len(usable) else points


Limit = tuple[float | None, ...]


def _around(centre: float, reach: Sequence[float | None], edges: tuple[float, float]) -> tuple[Limit, Limit]:
    """Lower and upper limits, clipped to the edges of the scale."""
    lower = tuple(None if r is None else max(edges[0], centre - r) for r in reach)
    return lower, tuple(None if r is None else min(edges[1], centre + r) for r in reach)


def _without_points(kind: str, periods: int) -> Chart:
    nothing = (None,) * periods
    return Chart(kind, nothing, None, nothing, nothing, nothing, 0, "run_chart", 0, degenerate=True)

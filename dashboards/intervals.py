"""How far the truth may be from the figure: intervals of one sample, on the unit scale."""

import math

from dashboards import quantiles
from dashboards.distribution import Recommenders, count_of
from dashboards.kpi import Interval

# Pseudo-respondents of the adjusted Wald interval: detractors, passives, promoters.
PSEUDO = (0.75, 1.5, 0.75)


def nps_wald(counts: Recommenders, level: float = 0.95) -> Interval | None:
    """Wald interval of the NPS, only to reproduce other tools: zero width when all agree.

    Formula: nps ± z·sqrt(((P+D)/n - nps²)/n).
    Takes: counts of one group; level in (0, 1). Gives (low, high) on -1..1, None without answers.
    Refuses: a level outside (0, 1).
    Source: Rocks 2016, The American Statistician 70:365-372.
    """
    z = quantiles.normal(level)
    if not counts.n:
        return None
    half = z * math.sqrt(counts.variance / counts.n)
    return counts.score - half, counts.score + half


def shrunk(counts: Recommenders) -> tuple[float, float, float]:
    """Centre, variance of one answer and n after adding the pseudo-respondents 3/4, 3/2, 3/4.

    Formula: D' = D+3/4, P' = P+3/4, n' = n+3; c = (P'-D')/n'; v = (P'+D')/n' - c².
    Takes: counts of one group, which may be empty. Gives (c, v, n') on the scale -1..1.
    Source: Rocks 2016; the pseudo-counts of his R package NPS.
    """
    d, a, p = counts.detractors + PSEUDO[0], counts.passives + PSEUDO[1], counts.promoters + PSEUDO[2]
    n = d + a + p
    centre = (p - d) / n
    return centre, (p + d) / n - centre * centre, n


def nps_adjusted_wald(counts: Recommenders, level: float = 0.95) -> Interval | None:
    """Adjusted Wald interval of the NPS, the default: 95 % mean coverage from n = 5 on.

    Formula: c ± z·sqrt(v/n') after adding 3/4, 3/2, 3/4, clipped to -1..1, widened to contain the NPS.
    Takes: counts of one group; level in (0, 1). Gives (low, high) on -1..1, None without answers.
    Refuses: a level outside (0, 1).
    Source: Rocks 2016, Interval estimation for the Net Promoter Score, The American Statistician 70:365-372.
    """
    z = quantiles.normal(level)
    if not counts.n:
        return None
    centre, variance, n = shrunk(counts)
    half = z * math.sqrt(variance / n)
    return max(-1.0, min(centre - half, counts.score)), min(1.0, max(centre + half, counts.score))


def nps_score(counts: Recommenders, level: float = 0.95) -> Interval | None:
    """Score interval of the NPS, the careful choice below n = 10.

    Formula: all d with |nps - d| <= z·sqrt((2q + d - d²)/n), q the detractor share most likely given d.
    Takes: counts of one group; level in (0, 1). Gives (low, high) on -1..1, None without answers.
    Refuses: a level outside (0, 1).
    Source: Tango 1998, Statistics in Medicine 17:891-908; May and Johnson 1997, ibid. 16:2127-2136.
    """
    z = quantiles.normal(level)
    if not counts.n:
        return None
    low = -1.0 if counts.detractors == counts.n else _edge(counts, z, outside=-1.0)
    high = 1.0 if counts.promoters == counts.n else _edge(counts, z, outside=1.0)
    return low, high


def _edge(counts: Recommenders, z: float, outside: float) -> float:
    """The d between the NPS and the outside at which the score test starts to reject, by bisection to 1e-12."""
    n, nps, sqrt = counts.n, counts.score, math.sqrt
    moved, tilt = counts.detractors + counts.promoters, 2 * n - counts.promoters + counts.detractors
    inside, limit, bend, scale = nps, z * z / n, 8 * n * counts.detractors, 1 / (4 * n)
    while abs(outside - inside) > 1e-12:
        d = (inside + outside) / 2
        b = tilt * d - moved
        # abs(): the root's argument is never negative but by rounding.
        q = (sqrt(abs(b * b + bend * d * (1 - d))) - b) * scale
        if (nps - d) * (nps - d) <= limit * (2 * q + d - d * d):
            inside = d
        else:
            outside = d
    return (inside + outside) / 2


def wilson(x: int, n: int, level: float = 0.95) -> Interval | None:
    """Wilson score interval of a proportion.

    Formula: (p + z²/2n ± z·sqrt(p(1-p)/n + z²/4n²)) / (1 + z²/n), p = x/n; exactly 0 at x = 0, exactly 1 at x = n.
    Takes: x of n, whole numbers; level in (0, 1). Gives (low, high) on 0..1, None where n is 0.
    Refuses: x above n, negative or fractional counts, a level outside (0, 1).
    Source: Wilson 1927, JASA 22:209-212; Newcombe 1998, Statistics in Medicine 17:857-872, method 3.
    """
    z = quantiles.normal(level)
    x, n = part_of(x, n)
    if not n:
        return None
    p, z2n = x / n, z * z / n
    centre = (p + z2n / 2) / (1 + z2n)
    half = math.sqrt(z2n * (p * (1 - p) + z2n / 4)) / (1 + z2n)
    return 0.0 if x == 0 else centre - half, 1.0 if x == n else centre + half


def part_of(x: int, n: int, what: str = "") -> tuple[int, int]:
    """x and n as whole numbers; refuses a part that is larger than its whole."""
    x, n = count_of(x, f"x{what}"), count_of(n, f"n{what}")
    if x > n:
        raise ValueError(f"x{what} = {x} is more than n{what} = {n}")
    return x, n


def student(mean: float, sd: float, n: int, level: float = 0.95) -> Interval | None:
    """Student's t interval of a mean; no width where all answers are equal.

    Formula: mean ± t(n-1)·sd/sqrt(n), sd with divisor n-1.
    Takes: mean and sd in one unit; n; level in (0, 1). Gives (low, high) in that unit, None below n = 2.
    Refuses: a level outside (0, 1).
    Source: Student 1908, Biometrika 6:1-25; NIST/SEMATECH e-Handbook 1.3.5.2.
    """
    quantiles.tail_of(level)
    if n < 2:
        return None
    half = quantiles.student(level, n - 1) * sd / math.sqrt(n)
    return mean - half, mean + half

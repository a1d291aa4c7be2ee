"""Many comparisons at once → which of them to believe."""

from collections.abc import Mapping, Sequence
from typing import Literal

from dashboards import comparisons
from dashboards.comparisons import Difference
from dashboards.distribution import Recommenders
from dashboards.intervals import part_of

Word = Literal["higher", "lower", "no_reliable_difference"]


def adjusted(p_values: Sequence[float]) -> list[float]:
    """p-values of one family (one screen, one dimension) adjusted for the false discovery rate, in the given order.

    Formula: adj_(i) = min over j >= i of (m/j)·p_(j), at most 1.
    Takes: p in 0..1.
    Refuses: a p outside 0..1.
    Source: Benjamini and Hochberg 1995, JRSS B 57:289-300.
    """
    m, smallest = len(p_values), 1.0
    result = [0.0] * m
    for rank, i in zip(range(m, 0, -1), _descending(p_values), strict=True):
        smallest = min(smallest, p_values[i] * (m / rank))
        result[i] = smallest
    return result


def rejected(p_values: Sequence[float], q: float = 0.05) -> list[bool]:
    """Which hypotheses fall at false discovery rate q: 0.05 in reports, 0.10 in alerts.

    Formula: all p up to the largest p_(i) <= (i/m)·q.
    Takes: p in 0..1; q in (0, 1).
    Refuses: a p outside 0..1, a q outside (0, 1).
    Source: Benjamini and Hochberg 1995, JRSS B 57:289-300.
    """
    if not 0 < q < 1:
        raise ValueError(f"q must lie between 0 and 1, not {q!r}")
    m = len(p_values)
    ranked = zip(range(m, 0, -1), _descending(p_values), strict=True)
    limit = next((p_values[i] for rank, i in ranked if p_values[i] <= rank / m * q), -1.0)
    return [p <= limit for p in p_values]


def _descending(p_values: Sequence[float]) -> list[int]:
    for i, p in enumerate(p_values):
        if not 0 <= p <= 1:
            raise ValueError(f"p-value {i} must lie between 0 and 1, not {p!r}")
    return sorted(range(len(p_values)), key=p_values.__getitem__, reverse=True)


def nps_against_the_rest(segments: Mapping[str, Recommenders], *, level: float = 0.95) -> dict[str, Difference]:
    """The NPS of each segment minus that of all others together.

    Formula: comparisons.nps(total - segment, segment).
    Takes: counts of the segments of one dimension, which do not overlap; level in (0, 1).
    Refuses: a level outside (0, 1).
    Source: Rocks 2016; the rest and not the total, which contains the segment.
    """
    d, a, p = (sum(getattr(s, name) for s in segments.values()) for name in Recommenders.__slots__)
    return {
        name: comparisons.nps(Recommenders(d - s.detractors, a - s.passives, p - s.promoters), s, level=level)
        for name, s in segments.items()
    }


def shares_against_the_rest(segments: Mapping[str, tuple[int, int]], *, level: float = 0.95) -> dict[str, Difference]:
    """The share of each segment minus that of all others together, in percent points.

    Formula: comparisons.shares(total - segment, segment).
    Takes: (x, n) of the segments of one dimension, which do not overlap; level in (0, 1).
    Refuses: x above n, negative or fractional counts, a level outside (0, 1).
    Source: Campbell 2007; the rest and not the total, which contains the segment.
    """
    checked = {name: part_of(*s, f" of {name}") for name, s in segments.items()}
    x, n = (sum(column) for column in zip((0, 0), *checked.values(), strict=True))
    return {name: comparisons.shares(x - xs, n - ns, xs, ns, level=level) for name, (xs, ns) in checked.items()}


def words(differences: Mapping[str, Difference], *, q: float = 0.05) -> dict[str, tuple[Word, float | None]]:
    """What to say of each comparison of one family, with its adjusted p: no arrow on noise.

    Formula: higher or lower where the adjusted p < q, else no_reliable_difference; untested ones do not count.
    Takes: differences of one screen; q in (0, 1).
    Refuses: a q outside (0, 1).
    Source: Benjamini and Hochberg 1995, JRSS B 57:289-300.
    """
    if not 0 < q < 1:
        raise ValueError(f"q must lie between 0 and 1, not {q!r}")
    tested = {name: d.p for name, d in differences.items() if d.p is not None}
    p_of = dict(zip(tested, adjusted(list(tested.values())), strict=True))
    return {name: (word(d, p_of.get(name), q), p_of.get(name)) for name, d in differences.items()}


def word(difference: Difference, p: float | None, q: float = 0.05) -> Word:
    """What to say of one difference by its adjusted p.

    Formula: higher or lower, the sign of the estimate, where p < q; else no_reliable_difference.
    Takes: a difference, its adjusted p (None: not tested); q in (0, 1).
    Source: Benjamini and Hochberg 1995, JRSS B 57:289-300.
    """
    if p is None or p >= q or not difference.estimate:
        return "no_reliable_difference"
    return "higher" if difference.estimate > 0 else "lower"

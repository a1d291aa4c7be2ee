"""Pairs of answers (with the feature, without it) → what kind of requirement it is."""

import math
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from dashboards.distribution import count_of

# Rows: with the feature (1 like, 2 must be, 3 neutral, 4 live with, 5 dislike); columns: without it, likewise.
TABLE = ("QAAAO", "RIIIM", "RIIIM", "RIIIM", "RRRRQ")
# Of categories named equally often the graver one counts (Berger et al. 1993): M > O > A > I.
CATEGORIES = "MOAIRQ"
SMALLEST_N = 50


def evaluate(pairs: Iterable[tuple[int, int]]) -> dict[str, int]:
    """How many pairs make each category of requirement.

    Formula: M must-be, O one-dimensional, A attractive, I indifferent, R reverse, Q questionable by the 5 x 5 table:
    TABLE[functional - 1][dysfunctional - 1].
    Takes: (answer with the feature, answer without it), each 1 like .. 5 dislike.
    Refuses: an answer outside 1..5.
    Source: Kano et al. 1984, Hinshitsu 14(2):39-48; Berger et al. 1993, Center for Quality of Management Journal 2(4).
    """
    counts = dict.fromkeys(CATEGORIES, 0)
    for i, (functional, dysfunctional) in enumerate(pairs):
        if not (1 <= functional <= 5 and 1 <= dysfunctional <= 5):
            raise ValueError(f"pair {i} must hold answers from 1 to 5, not {functional!r} and {dysfunctional!r}")
        counts[TABLE[functional - 1][dysfunctional - 1]] += 1
    return counts


class Kano(NamedTuple):
    """better 0..1, worse -1..0, the category named most, whether it stands clear of the second, n, flags."""

    better: float | None
    worse: float | None
    category: str | None
    distinct: bool | None
    n: int
    flags: tuple[str, ...]


def coefficients(counts: Mapping[str, int]) -> Kano:
    """How much having the feature delights and missing it annoys, and its category.

    Formula: better = (A+O)/(A+O+M+I), worse = -(O+M)/(A+O+M+I); the two top counts a, b differ if |a-b| >=
    1.65·sqrt((a+b)(2N-a-b)/(2N)), N all answers.
    Takes: counts of A, O, M, I, R, Q; flag low_base below n = 50.
    Refuses: an unknown category, negative and fractional counts.
    Source: Berger et al. 1993, Center for Quality of Management Journal 2(4); Fong 1996, ibid. 5(3).
    """
    unknown = set(counts) - set(CATEGORIES)
    if unknown:
        raise ValueError(f"a category is one of {', '.join(CATEGORIES)}; got {', '.join(sorted(unknown))}")
    of = {name: count_of(counts.get(name, 0), f"count of {name}") for name in CATEGORIES}
    n, told = sum(of.values()), of["A"] + of["O"] + of["M"] + of["I"]
    flags = ("low_base",) if n < SMALLEST_N else ()
    if not n:
        return Kano(None, None, None, None, 0, flags)
    better = (of["A"] + of["O"]) / told if told else None
    worse = -(of["O"] + of["M"]) / told if told else None
    first, second = sorted(of.values(), reverse=True)[:2]
    distinct = first - second >= 1.65 * math.sqrt((first + second) * (2 * n - first - second) / (2 * n))
    return Kano(better, worse, max(of, key=of.__getitem__), distinct, n, flags)

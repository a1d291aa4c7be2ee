"""Ratings of attributes and overall satisfaction → which attributes matter, how surely, and what to do about each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

from dashboards import drivers
from dashboards.kpi import Interval
from dashboards.resampling import correlate, nearest_correlation, resamples

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

Column = Sequence[float | None]
Group = Literal["high", "medium", "low"]
Advice = Literal["concentrate_here", "keep_up", "low_priority", "possible_overkill", "borderline"]
MOST_FOR_LMG = 12
MOST_MISSING, TOO_ALIKE, SMALLEST_PAIR = 0.4, 0.9, 50


class Driver(NamedTuple):
    """One attribute: part of R², share of R² in percent with its interval, how often first among resamples."""

    name: str
    weight: float
    share: float
    interval: Interval
    first: float
    group: Group
    correlation: float


@dataclass(frozen=True, slots=True)
class Drivers:
    """A key-driver analysis: drivers by falling share, or why there is none.

    Takes: r2 of all attributes; method lmg or johnson; n answers; dropped attributes with the reason; too_alike, pairs
    with a correlation above .9 that a person should merge; flags pairwise, exploratory (n below 200: groups, no
    ranks), collinear (VIF above 10), explains_little (R² below .10), negative (an attribute whose scale may be
    reversed); reason where there are no drivers.
    """

    n: int
    drivers: tuple[Driver, ...] = ()
    r2: float | None = None
    vif: float | None = None
    method: str = ""
    dropped: tuple[tuple[str, str], ...] = ()
    too_alike: tuple[tuple[str, str], ...] = ()
    flags: tuple[str, ...] = ()
    reason: str | None = None

    @property
    def may_be_ranked(self) -> bool:
        """Whether ranks may be shown: from n = 200."""
        return self.reason is None and self.n >= 200


class Table(NamedTuple):
    """Attributes that may be used, the target last; NaN where missing; whether pairs have to do."""

    names: tuple[str, ...]
    rows: "Floats"
    pairwise: bool
    dropped: tuple[tuple[str, str], ...]


def prepare(columns: Mapping[str, Column], target: str) -> Table:
    """Which attributes and which answers an analysis can use.

    Formula: drop attributes with > 40 % missing or without variance; complete rows; where they are fewer than
    max(100, 20p) all rows, by pairs.
    Takes: one column an attribute and one of the target, a number or None (not used is no low score) a response.
    Refuses: an unknown target, columns of unequal length, values that are not finite.
    Source: Little and Rubin 2019, Statistical Analysis with Missing Data, 3; no mean imputation.
    """
    import numpy as np

    if target not in columns or len({len(c) for c in columns.values()}) > 1:
        raise ValueError(f"need a column for the target {target!r} and columns of one length")
    asked = {name: np.array([np.nan if v is None else v for v in c], dtype=float) for name, c in columns.items()}
    for name, values in asked.items():
        if np.isinf(values).any():
            raise ValueError(f"column {name!r} has a value that is not finite")
    answered = ~np.isnan(asked[target])
    dropped: dict[str, str] = {}
    for name in columns.keys() - {target}:
        values = asked[name][answered]
        known = values[~np.isnan(values)]
        if len(known) < (1 - MOST_MISSING) * len(values) or not len(values):
            dropped[name] = "missing"
        elif known.min() == known.max():
            dropped[name] = "no_variance"
    names = tuple(name for name in columns if name != target and name not in dropped)
    rows = np.column_stack([asked[name] for name in (*names, target)])[answered]
    complete = rows[~np.isnan(rows).any(axis=1)]
    pairwise = len(complete) < max(100, 20 * len(names)) and len(complete) < len(rows)
    return Table(names, rows if pairwise else complete, pairwise, tuple(sorted(dropped.items())))


def analyse(columns: Mapping[str, Column], target: str, *, rounds: int = 1000) -> Drivers:
    """Which attributes carry overall satisfaction, with bootstrap intervals: association, not cause.

    Formula: share_j = 100·w_j/R², w LMG up to 12 attributes, Johnson above; percentile 95 % interval of resamples.
    Takes: columns as prepare; rounds of the bootstrap (PCG64, seed 20240101, so that the same input gives the same).
    Gives no drivers below n = 100, with fewer than 2 or more than 15 attributes, or where a pair is seen < 50 times.
    Refuses: as prepare, and fewer than 1 round.
    Source: Grömping 2006, Journal of Statistical Software 17(1); Johnson 2000; Efron and Tibshirani 1993, 13.
    """
    import numpy as np

    if rounds < 1:
        raise ValueError(f"rounds must be at least 1, not {rounds}")
    table = prepare(columns, target)
    n, p, reason = len(table.rows), len(table.names), _reason(table)
    if reason:
        return Drivers(n, dropped=table.dropped, reason=reason)
    weigh, method = (drivers.lmg, "lmg") if p <= MOST_FOR_LMG else (drivers.johnson, "johnson")
    matrix = correlate(table.rows, np.ones((1, n)))[0]
    matrix = nearest_correlation(matrix) if table.pairwise else matrix
    rxx, rxy = matrix[:p, :p], matrix[:p, p]
    drawn = np.concatenate([
        drivers.shares(weigh(m[:, :p, :p], m[:, :p, p])) for m in resamples(table.rows, rounds, table.pairwise)
    ])  # fmt: skip
    listed = _listed(table.names, weigh(rxx, rxy), rxy, drawn)
    pairs = ((i, j) for i in range(p) for j in range(i + 1, p) if abs(rxx[i, j]) > TOO_ALIKE)
    alike = tuple((table.names[i], table.names[j]) for i, j in pairs)
    r2, vif = float(drivers.r_squared(rxx, rxy)), drivers.max_vif(rxx)
    flags = {
        "pairwise": table.pairwise,
        "exploratory": n < 200,
        "collinear": vif is None or vif > 10,
        "explains_little": r2 < 0.10,
        "negative": bool((rxy < 0).any()),
    }
    raised = tuple(name for name, is_set in flags.items() if is_set)
    return Drivers(n, listed, r2, vif, method, table.dropped, alike, raised)


def _listed(names: tuple[str, ...], parts: "Floats", rxy: "Floats", drawn: "Floats") -> tuple[Driver, ...]:
    """The drivers by falling share, each with what the resamples (rows of shares) say of it."""
    import numpy as np

    share, p = drivers.shares(parts), len(names)
    first = np.bincount(drawn.argmax(axis=1), minlength=p) / len(drawn)
    lows, highs = np.percentile(drawn, [2.5, 97.5], axis=0)
    table = zip(names, *(column.tolist() for column in (parts, share, lows, highs, first, rxy)), strict=True)
    found = (Driver(name, w, s, (low, high), top, _group(s, p), r) for name, w, s, low, high, top, r in table)
    return tuple(sorted(found, key=lambda driver: -driver.share))


def _reason(table: Table) -> str | None:
    import numpy as np

    known = ~np.isnan(table.rows)
    pairs = known.T.astype(int) @ known.astype(int)
    if len(table.rows) < 100:
        return "n_lt_100"
    if len(np.unique(table.rows[:, -1])) < 2:
        return "degenerate"
    if not 2 <= len(table.names) <= 15:
        return "attributes_not_2_to_15"
    return "pairs_lt_50" if pairs.min() < SMALLEST_PAIR else None


def _group(share: float, attributes: int) -> Group:
    """high from 4/3 of an even share, low up to 2/3 of it."""
    even = 100 / attributes
    return "high" if share >= even * 4 / 3 else "low" if share <= even * 2 / 3 else "medium"


def advice(importance: Interval, performance: Interval, *, even_importance: float, mean_performance: float) -> Advice:
    """The quadrant of the importance-performance map, only where both intervals keep clear of the cross-hairs.

    Formula: important if the interval lies above even_importance (100/p), performing if above mean_performance.
    Takes: intervals of share and performance; the cross-hairs in the same units.
    Refuses: an interval whose low lies above its high.
    Source: Martilla and James 1977, Journal of Marketing 41:77-79.
    """
    important, performing = _side(importance, even_importance), _side(performance, mean_performance)
    if important is None or performing is None:
        return "borderline"
    if important:
        return "keep_up" if performing else "concentrate_here"
    return "possible_overkill" if performing else "low_priority"


def _side(interval: Interval, line: float) -> bool | None:
    low, high = interval
    if low > high:
        raise ValueError(f"an interval goes from low to high, not from {low} to {high}")
    return True if low > line else False if high < line else None

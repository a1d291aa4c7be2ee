"""What may be told without telling on somebody: minimum group, hidden neighbours, low base."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from dashboards import kpi
from dashboards.distribution import count_of
from dashboards.kpi import Kpi

LOW_BASE, INDICATIVE, WIDE_INTERVAL = "low_base", "indicative", "wide_interval"
LOW_BASE_BELOW, INDICATIVE_BELOW = 30, 100
WIDEST = {"points": 15.0, "percent": 10.0}


def minimum(k: int) -> int:
    """The minimum group as it may be set: 3 to 20; refuses anything else."""
    if not 3 <= k <= 20:
        raise ValueError(f"the minimum group must be from 3 to 20, not {k}")
    return k


def is_too_few(n: int, *, k: int = 5) -> bool:
    """Whether so many answers are some, and fewer than the minimum group.

    Formula: 0 < n < k.
    Takes: n answers; k from 3 to 20.
    Refuses: k outside 3..20.
    Source: ESSnet 2010, Handbook on Statistical Disclosure Control, 4.2 threshold rule.
    """
    return 0 < n < minimum(k)


def guarded(figure: Kpi, *, k: int = 5) -> Kpi:
    """The figure as it may be shown: None under the minimum group, else marked by how far it carries.

    Formula: 0 < n < k suppressed; k..29 low_base; 30..99 indicative; half-width above 15 points or 10 % wide_interval.
    Takes: a Kpi; k from 3 to 20. n is kept, so that the owner may be told how many answers are missing.
    Refuses: k outside 3..20.
    Source: Statistics Netherlands, Handbook on Statistical Disclosure Control (ESSnet 2010), 4.2 threshold rule.
    """
    if is_too_few(figure.n, k=k):
        return replace(figure, value=None, exact=None, interval=None, flags=(), reason=kpi.SUPPRESSED)
    few = 0 < figure.n < INDICATIVE_BELOW
    base = () if not few else (LOW_BASE,) if figure.n < LOW_BASE_BELOW else (INDICATIVE,)
    width, widest = figure.half_width, WIDEST.get(figure.unit)
    wide = (WIDE_INTERVAL,) if width is not None and widest is not None and width > widest else ()
    return figure.flagged(*base, *wide)


def ranks(figure: Kpi) -> bool:
    """Whether the figure may stand in rankings, league tables and automatic alerts: told, and not of a low base.

    Formula: value is not None and n >= 30.
    Takes: a Kpi as guarded gives it.
    Source: convention of this product; no published source known for 30.
    """
    return figure.value is not None and figure.n >= LOW_BASE_BELOW


def filter_is_refused(*, n: int, base: int, k: int = 5) -> bool:
    """Whether a filter that keeps n of a base would give away those it leaves out.

    Formula: 0 < base - n < k.
    Takes: n answers left by the filter, of base without it, nested dates included; k from 3 to 20.
    Refuses: more answers than the base, k outside 3..20.
    Source: differencing: ESSnet 2010, Handbook on Statistical Disclosure Control, 5.
    """
    if count_of(n, "n") > count_of(base, "base"):
        raise ValueError(f"a filter cannot keep n = {n} of base = {base}")
    return is_too_few(base - n, k=k)


@dataclass(frozen=True, slots=True)
class Hidden:
    """Cells of a partition of which neither figure nor n is shown, and whether the total is hidden too."""

    cells: tuple[str, ...]
    total: bool


def partition(segment_n: Mapping[str, int], *, k: int = 5) -> Hidden:
    """Which cells of a partition to hide so that none can be told from the others and the total.

    Formula: hide 0 < n < k; if that is one cell, the smallest other non-empty one as well (tie: alphabetical); then the
    next smallest until sums, differences and 1 <= n < k determine no hidden cell; at last the total.
    Takes: n of each cell; k from 3 to 20. A cell with n = 0 is shown as "no data".
    Refuses: negative or fractional counts, k outside 3..20.
    Source: secondary suppression: ESSnet 2010, Handbook on Statistical Disclosure Control, 4.
    """
    cells = {name: count_of(n, f"n of {name}") for name, n in segment_n.items()}
    small = [name for name, n in cells.items() if is_too_few(n, k=k)]
    others = sorted((n, name) for name, n in cells.items() if n >= k)
    hidden, total = small, sum(cells.values())
    if len(small) == 1 and others:
        hidden = [*small, others.pop(0)[1]]
    while others and is_determined([cells[name] for name in hidden], k):
        hidden = [*hidden, others.pop(0)[1]]
    hide_total = is_too_few(total, k=k) or is_determined([cells[name] for name in hidden], k)
    return Hidden(tuple(sorted(hidden)), hide_total)


def is_determined(hidden: list[int], k: int) -> bool:
    """Whether somebody who knows the sum of the hidden cells, and of each whether it is below k, knows one of them.

    Formula: a cell has the range max(low, S - Σ other highs) .. min(high, S - Σ other lows), small ones between 1 and
    k-1, the others from k up; it is determined when both ends meet.
    Takes: the true n of the hidden cells.
    Source: feasibility intervals: ESSnet 2010, Handbook on Statistical Disclosure Control, 4.
    """
    total = sum(hidden)
    bounds = [(1, k - 1) if n < k else (k, total) for n in hidden]
    lows, highs = sum(low for low, _ in bounds), sum(high for _, high in bounds)
    return any(max(low, total - highs + high) == min(high, total - lows + low) for low, high in bounds)

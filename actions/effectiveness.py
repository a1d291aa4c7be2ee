"""Before against after → whether the action helped: effective, not effective, inconclusive."""

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal, NamedTuple

from dashboards.comparisons import Difference
from dashboards.limits import split
from dashboards.rates import RateRatio
from dashboards.survival import check_times, percentile

State = Literal["effective", "not_effective", "inconclusive"]
SMALLEST_SIDE, SHORTEST_WASH_OUT = 30, 14


class Window(NamedTuple):
    """Days from start until before end, by the date of the customer's experience."""

    start: date
    end: date


def check_windows(before: Window, after: Window, *, done_on: date, wash_out_days: int) -> None:
    """Refuses windows that are empty, overlap, or reach into the action or its wash-out.

    Formula: before.end <= done_on, and done_on + wash-out <= after.start.
    Takes: both windows, the day the action was done, the wash-out in days.
    Refuses: as said, with the window and the day.
    Source: ISO 9001:2015 10.2.1 d; Shadish, Cook and Campbell 2002, Experimental and Quasi-Experimental Designs, 4-6.
    """
    for name, window in (("before", before), ("after", after)):
        if window.start >= window.end:
            raise ValueError(f"the window {name} is empty: it starts on {window.start} and ends on {window.end}")
    if before.end > after.start:
        raise ValueError(f"the windows overlap: before ends on {before.end}, after starts on {after.start}")
    if before.end > done_on:
        raise ValueError(f"the baseline ends on {before.end}, after the action was done on {done_on}")
    earliest = done_on + timedelta(days=wash_out_days)
    if after.start < earliest:
        raise ValueError(f"the window after starts on {after.start}, within the wash-out that lasts until {earliest}")


def side(experienced_on: date, before: Window, after: Window) -> Literal["before", "after"] | None:
    """Which window an experience belongs to; None between and outside.

    Formula: before where before.start <= day < before.end, after where after.start <= day < after.end.
    Takes: the day of the experience, not of the answer; both windows, which do not overlap.
    Source: Shadish, Cook and Campbell 2002, Experimental and Quasi-Experimental Designs, 4-6.
    """
    if before.start <= experienced_on < before.end:
        return "before"
    return "after" if after.start <= experienced_on < after.end else None


def wash_out(lags_in_days: Sequence[float]) -> int:
    """Days after the action that count neither before nor after.

    Formula: max(14, 95th percentile of the days from experience to response), rounded up.
    Takes: one lag a response, in days.
    Refuses: negative lags.
    Source: convention; the percentile is type 7 of Hyndman and Fan 1996.
    """
    check_times(lags_in_days, "lag")
    longest = percentile(sorted(lags_in_days), 0.95) if lags_in_days else 0.0
    return max(SHORTEST_WASH_OUT, math.ceil(longest))


def stable_baseline(periods: int, *, breaks: Collection[int] = (), triggers: Collection[int] = ()) -> list[int]:
    """The periods that may serve as baseline: a bad month that triggered the action would flatter it.

    Formula: the last stretch without a break, without the trigger points.
    Takes: the number of periods before the action; where series broke; which periods signalled.
    Refuses: a break outside the periods.
    Source: regression to the mean: Barnett, van der Pols and Dobson 2005, Int. J. Epidemiology 34:215-220.
    """
    stretches = split(periods, breaks)
    return [i for i in stretches[-1] if i not in triggers] if stretches else []


class Recurrence(NamedTuple):
    """How often the defect came back: the ratio of rates after to before, or cases in n orders."""

    ratio: RateRatio | None = None
    cases: int = 0
    n: int = 0
    tolerated: float = 0.0


def has_stopped(recurrence: Recurrence) -> bool:
    """Whether the defect has become rarer beyond doubt.

    Formula: rate ratio < 1 with its upper limit < 1, or no case in n and 3/n < the tolerated rate.
    Takes: a recurrence.
    Source: Hanley and Lippman-Hand 1983, JAMA 249:1743-1745 (rule of three).
    """
    r = recurrence.ratio
    if r is not None and r.value is not None and r.high is not None and r.value < 1 and r.high < 1:
        return True
    return recurrence.cases == 0 and recurrence.n > 0 and 3 / recurrence.n < recurrence.tolerated


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of the action, why, and marks such as post_hoc that every report repeats."""

    state: State
    because: tuple[str, ...]
    flags: tuple[str, ...] = ()


def verdict(
    improvement: Difference,
    *,
    worthwhile: float,
    implemented: bool,
    adverse_signal: bool = False,
    target_reached: bool = False,
    recurrence: Recurrence | None = None,
    smallest_side: int | None = None,
    post_hoc: bool = False,
) -> Verdict:
    """Whether an action was effective: never so on a good month alone, and never quietly.

    Formula: effective if low > 0 and (value >= D or target reached) and no adverse signal and, where a theme triggered
    it, the defect has stopped; not_effective if high < D or high < 0; inconclusive otherwise.
    Takes: the improvement, oriented so that positive is better, in one unit with D = worthwhile > 0; whether the action
    was done, with evidence; smallest_side, the fewer answers of both windows; post_hoc, plan changed or opened early.
    Refuses: an action that was not done, a D that is not above 0.
    Source: ISO 9001:2015 10.2.1 d; Schuirmann 1987 on deciding by intervals.
    """
    if not implemented:
        raise ValueError("no verdict without evidence that the action was done: record the day and the evidence first")
    if not worthwhile > 0:
        raise ValueError(f"the worthwhile improvement must be above 0, not {worthwhile!r}")
    flags = (*improvement.flags, *(("post_hoc",) if post_hoc else ()))
    doubts = _doubts(improvement, smallest_side)
    if doubts or improvement.interval is None or improvement.value is None:
        return Verdict("inconclusive", doubts, flags)
    low, high = improvement.interval
    missing = {
        "may_be_noise": low <= 0,
        "below_target": not (improvement.value >= worthwhile or target_reached),
        "adverse_signal": adverse_signal,
        "recurs": recurrence is not None and not has_stopped(recurrence),
    }
    because = tuple(name for name, is_missing in missing.items() if is_missing)
    if because and high < worthwhile:
        return Verdict("not_effective", ("worse",) if high < 0 else ("below_worthwhile",), flags)
    return Verdict("inconclusive" if because else "effective", because, flags)


def _doubts(improvement: Difference, smallest_side: int | None) -> tuple[str, ...]:
    """Why nothing can be decided yet."""
    few = smallest_side is not None and smallest_side < SMALLEST_SIDE
    untold = improvement.interval is None
    return (*(("n_lt_30",) if few else ()), *((improvement.reason or "no_interval",) if untold else ()))


def oriented(change: Difference, *, higher_is_better: bool) -> Difference:
    """The change as an improvement: turned round where less is better, such as complaints or days to close.

    Formula: where less is better: value, estimate, statistic change their sign, (low, high) becomes (-high, -low).
    Takes: a difference, second minus first; whether higher is better.
    Source: convention of this product: positive is better.
    """
    if higher_is_better:
        return change
    low, high = change.interval or (0.0, 0.0)
    return replace(
        change,
        value=None if change.value is None else -change.value,
        exact=None if change.exact is None else -change.exact,
        interval=None if change.interval is None else (-high, -low),
        estimate=None if change.estimate is None else -change.estimate,
        statistic=None if change.statistic is None else -change.statistic,
    )

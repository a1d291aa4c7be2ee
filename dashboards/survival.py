"""How long it takes: time to response, time to close, with open cases counted as still open."""

from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

from dashboards import kpi
from dashboards.dispositions import rate
from dashboards.kpi import Kpi


class Step(NamedTuple):
    """The share still open after a time at which cases were closed."""

    time: float
    still_open: Fraction


class CaseTime(NamedTuple):
    """One case: days until it was closed, or open so far; whether it is closed; the days it may take."""

    days: float
    closed: bool
    allowed: float


class Quartiles(NamedTuple):
    """Median, quartiles and 90th percentile of durations."""

    n: int
    p25: float
    median: float
    p75: float
    p90: float


def check_times(times: Sequence[float], what: str) -> None:
    """Refuses a time that is negative or not a number."""
    for i, time in enumerate(times):
        if not 0 <= time < float("inf"):
            raise ValueError(f"{what} {i} must be a time of at least 0, not {time!r}")


def kaplan_meier(times: Sequence[float], closed: Sequence[bool]) -> list[Step]:
    """Share of cases still open after each time at which one was closed, in exact fractions.

    Formula: S(t) = Π over t_i <= t of (1 - d_i/r_i), d_i closed at t_i, r_i open just before (closings before
    censorings).
    Takes: days until closing, or open so far; whether closed. One of each a case.
    Refuses: negative times, lists of unequal length.
    Source: Kaplan and Meier 1958, JASA 53:457-481.
    """
    check_times(times, "time")
    if len(times) != len(closed):
        raise ValueError(f"{len(times)} times for {len(closed)} cases")
    leaving, closings = Counter(times), Counter(t for t, was_closed in zip(times, closed, strict=True) if was_closed)
    steps, share, at_risk = [], Fraction(1), len(times)
    for time in sorted(leaving):
        if closings[time]:
            share *= Fraction(at_risk - closings[time], at_risk)
            steps.append(Step(time, share))
        at_risk -= leaving[time]
    return steps


def median_time(times: Sequence[float], closed: Sequence[bool]) -> Kpi:
    """Median days to close, with open cases counted as still open: a plain median of closed ones is too short.

    Formula: smallest t with S(t) < 1/2 by Kaplan-Meier.
    Takes: days until closing, or open so far; whether closed. Gives None (degenerate) where half never closed.
    Refuses: negative times, lists of unequal length.
    Source: Kaplan and Meier 1958, JASA 53:457-481; convention of statsmodels, R averages when S hits 1/2.
    """
    steps = kaplan_meier(times, closed)
    for time, still_open in steps:
        if 2 * still_open < 1:
            return Kpi(float(time), Fraction(time), len(times), method="kaplan_meier", unit="days")
    reason = kpi.DEGENERATE if times else kpi.NO_DATA
    return kpi.missing(reason, n=len(times), method="kaplan_meier", unit="days")


def closure_rate(cases: Sequence[CaseTime]) -> Kpi:
    """Share of the opened cases that are closed, by the day of opening.

    Formula: closed/opened.
    Takes: the cases opened in a period. Gives percent.
    Source: ISO 10002 8 (monitoring of complaint handling).
    """
    return rate(sum(bool(c.closed) for c in cases), len(cases), "closure_rate")


def on_time_rate(cases: Sequence[CaseTime]) -> Kpi:
    """Share closed within the time allowed; young open cases are not failures and not in n.

    Formula: (closed within allowed)/(closed or past allowed).
    Takes: the cases opened in a period. Gives percent.
    Refuses: negative times.
    Source: ISO 10002 8 (monitoring of complaint handling).
    """
    check_times([c.days for c in cases], "days of case")
    due = [c for c in cases if c.closed or c.days > c.allowed]
    return rate(sum(bool(c.closed) and c.days <= c.allowed for c in due), len(due), "on_time_rate")


def time_to_response(hours: Sequence[float]) -> Quartiles | None:
    """Hours from delivery to submission of complete answers: median, quartiles, 90th percentile.

    Formula: percentile by linear interpolation between order statistics (type 7).
    Takes: one duration a complete answer, in any unit. Gives that unit, None without answers.
    Refuses: negative times.
    Source: Hyndman and Fan 1996, The American Statistician 50:361-365, type 7.
    """
    check_times(hours, "duration")
    ordered = sorted(hours)
    if not ordered:
        return None
    return Quartiles(len(ordered), *(percentile(ordered, share) for share in (0.25, 0.5, 0.75, 0.9)))


def percentile(ordered: Sequence[float], share: float) -> float:
    """The percentile of sorted numbers by linear interpolation (type 7); not of an empty list.

    Formula: x_⌊h⌋ + (h - ⌊h⌋)·(x_⌊h⌋+1 - x_⌊h⌋), h = (n-1)·share, counted from 0.
    Takes: numbers in rising order; share in 0..1.
    Source: Hyndman and Fan 1996, The American Statistician 50:361-365, type 7.
    """
    place = (len(ordered) - 1) * share
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)

"""Histograms of days → figures of weeks or months, with what may not be told left out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, Protocol

from dashboards import kpi, suppression
from dashboards.distribution import Distribution
from dashboards.figures import Figure
from dashboards.kpi import Kpi

Every = Literal["week", "month"]
FREQUENCIES = {"week": "W-SUN", "month": "M"}
WEEKS_UP_TO = 200


class Counted(Protocol):
    """One day's histogram."""

    @property
    def day(self) -> date: ...
    @property
    def counts(self) -> tuple[int, ...]: ...


@dataclass(frozen=True, slots=True)
class Point:
    """The figure of the answers from start to end, both included."""

    start: date
    end: date
    figure: Kpi


@dataclass(frozen=True, slots=True)
class Trend:
    """Points in order of time, gaps included; is_told is False where the points would give away the few they hide."""

    every: Every
    points: tuple[Point, ...]
    is_told: bool

    @property
    def told(self) -> tuple[Point, ...]:
        return tuple(point for point in self.points if point.figure.value is not None)


def every(first: date, last: date) -> Every:
    """Weeks for half a year, months for more."""
    return "week" if (last - first).days < WEEKS_UP_TO else "month"


def trend(days: Sequence[Counted], *, lowest: int, highest: int, by: Every, figure: Figure, k: int) -> Trend:
    """The figure of each week (Monday to Sunday) or calendar month from the first answer to the last."""
    if not days:
        return Trend(by, (), is_told=True)
    sums = _summed(days, highest - lowest + 1, by)
    answers = {span: Distribution.of(counts, lowest=lowest, highest=highest) for span, counts in sums.items()}
    hidden = suppression.partition({start.isoformat(): d.n for (start, _), d in answers.items()}, k=k)
    points = tuple(
        Point(start, end, _told(figure, distribution, start.isoformat() in hidden.cells, k))
        for (start, end), distribution in answers.items()
    )
    return Trend(by, points, is_told=not hidden.total)


def _told(figure: Figure, answers: Distribution, is_hidden: bool, k: int) -> Kpi:
    # Without its n as well: the total less the other points would tell it.
    return kpi.missing(kpi.SUPPRESSED) if is_hidden else suppression.guarded(figure.of(answers), k=k)


def _summed(days: Sequence[Counted], places: int, by: Every) -> dict[tuple[date, date], list[int]]:
    import pandas as pd  # here: the web process starts without it

    index = pd.PeriodIndex([day.day for day in days], freq=FREQUENCIES[by])
    frame = pd.DataFrame([day.counts for day in days], index=index, columns=range(places))
    sums = frame.groupby(level=0).sum()
    # Weeks and months in which nobody answered are gaps, and a gap is told as such.
    sums = sums.reindex(pd.period_range(index.min(), index.max(), freq=FREQUENCIES[by]), fill_value=0)
    return {
        (period.start_time.date(), period.end_time.date()): [int(count) for count in counts]
        for period, counts in zip(sums.index, sums.to_numpy(), strict=True)
    }

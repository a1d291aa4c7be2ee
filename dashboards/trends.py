"""Histograms of days → figures of weeks, months or quarters, made of whole blocks."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, Protocol

from dashboards import periods, suppression
from dashboards.blocks import Block
from dashboards.distribution import Distribution
from dashboards.figures import Figure
from dashboards.kpi import Kpi

Every = Literal["week", "month", "quarter"]
WEEKS_UP_TO = 200
DAY = timedelta(days=1)


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
    """Points in order of time, gaps included."""

    every: Every
    points: tuple[Point, ...]

    @property
    def told(self) -> tuple[Point, ...]:
        return tuple(point for point in self.points if point.figure.value is not None)


def every(first: date, last: date) -> Every:
    """Weeks for half a year, months for more."""
    return "week" if (last - first).days < WEEKS_UP_TO else "month"


def of_blocks(
    blocks: Sequence[Block], days: Iterable[Counted], *, lowest: int, highest: int, by: Every, figure: Figure, k: int
) -> Trend:
    """The figure of the whole blocks that end in each week (Monday to Sunday), calendar month or quarter.

    A block over a border belongs to the later one, whose point then begins with it.
    """
    ends: dict[date, list[Block]] = {}
    for block in blocks:
        ends.setdefault(_start(block.last, by), []).append(block)
    answers = _by_block(blocks, days, highest - lowest + 1)
    points: list[Point] = []
    for start in _without_gaps(sorted(ends), by):
        within = ends.get(start, [])
        begin, end = min([start] + [block.first for block in within[:1]]), _next(start, by) - DAY
        if points and within and within[0].first <= points[-1].end:
            points = _shortened(points, within[0].first)
        counts = [sum(places) for places in zip(*(answers[block] for block in within), strict=True)]
        told = Distribution.of(counts or [0] * (highest - lowest + 1), lowest=lowest, highest=highest)
        points.append(Point(begin, end, suppression.guarded(figure.of(told), k=k)))
    return Trend(by, tuple(points))


def _shortened(points: Sequence[Point], first: date) -> list[Point]:
    """Up to a block that belongs to a later point: weeks that it covers are no gaps."""
    kept = [point for point in points if point.start < first or point.figure.n]
    last = kept[-1]
    return [*kept[:-1], Point(last.start, min(last.end, first - DAY), last.figure)]


def _by_block(blocks: Sequence[Block], days: Iterable[Counted], places: int) -> Mapping[Block, list[int]]:
    """Both are in order of time, and every day lies in a block."""
    found = {block: [0] * places for block in blocks}
    later = iter(blocks)
    block = next(later, None)
    for day in days:
        while block is not None and day.day > block.last:
            block = next(later, None)
        if block is not None:
            for place, n in enumerate(day.counts):
                found[block][place] += n
    return found


def _without_gaps(starts: Sequence[date], by: Every) -> list[date]:
    found = list(starts[:1])
    while found and found[-1] < starts[-1]:
        found.append(_next(found[-1], by))
    return found


def _start(day: date, by: Every) -> date:
    if by == "quarter":
        return periods.quarter(day)[0]
    return day - timedelta(days=day.weekday()) if by == "week" else day.replace(day=1)


def _next(start: date, by: Every) -> date:
    if by == "quarter":
        return periods.quarter(start)[1] + DAY
    return start + timedelta(days=7) if by == "week" else (start.replace(day=1) + timedelta(days=32)).replace(day=1)

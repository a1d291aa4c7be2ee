"""Histograms of days → figures of weeks or months, with what may not be told left out."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, Protocol

from dashboards import kpi, suppression
from dashboards.blocks import Block
from dashboards.distribution import Distribution
from dashboards.figures import Figure
from dashboards.kpi import Kpi

Every = Literal["week", "month"]
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


def of_blocks(
    blocks: Sequence[Block], days: Iterable[Counted], *, lowest: int, highest: int, by: Every, figure: Figure, k: int
) -> Trend:
    """The figure of the whole blocks that end in each week (Monday to Sunday) or calendar month.

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
    return Trend(by, tuple(points), is_told=True)


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


def trend(days: Sequence[Counted], *, lowest: int, highest: int, by: Every, figure: Figure, k: int) -> Trend:
    """The figure of each week or month from the first answer to the last, where those of a week are no whole blocks."""
    if not days:
        return Trend(by, (), is_told=True)
    sums = _summed(days, highest - lowest + 1, by)
    answers = {start: Distribution.of(counts, lowest=lowest, highest=highest) for start, counts in sums.items()}
    hidden = suppression.partition({start.isoformat(): d.n for start, d in answers.items()}, k=k)
    points = tuple(
        Point(start, _next(start, by) - DAY, _told(figure, distribution, start.isoformat() in hidden.cells, k))
        for start, distribution in answers.items()
    )
    return Trend(by, points, is_told=not hidden.total)


def _told(figure: Figure, answers: Distribution, is_hidden: bool, k: int) -> Kpi:
    # Without its n as well: the total less the other points would tell it.
    return kpi.missing(kpi.SUPPRESSED) if is_hidden else suppression.guarded(figure.of(answers), k=k)


def _summed(days: Sequence[Counted], places: int, by: Every) -> dict[date, list[int]]:
    # Weeks and months in which nobody answered are gaps, and a gap is told as such.
    sums = {start: [0] * places for start in _without_gaps(sorted({_start(day.day, by) for day in days}), by)}
    for day in days:
        counts = sums[_start(day.day, by)]
        for place, n in enumerate(day.counts):
            counts[place] += n
    return sums


def _without_gaps(starts: Sequence[date], by: Every) -> list[date]:
    found = list(starts[:1])
    while found and found[-1] < starts[-1]:
        found.append(_next(found[-1], by))
    return found


def _start(day: date, by: Every) -> date:
    return day - timedelta(days=day.weekday()) if by == "week" else day.replace(day=1)


def _next(start: date, by: Every) -> date:
    return start + timedelta(days=7) if by == "week" else (start.replace(day=1) + timedelta(days=32)).replace(day=1)

"""Days with answers → blocks that may be told apart: no sum or difference of them is about fewer than the minimum.

Every figure is about whole blocks of its question, so whoever subtracts two of them is left with whole blocks.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from dashboards import periods
from dashboards.periods import Span
from dashboards.suppression import minimum

DAY = timedelta(days=1)
# Half a year, and a year: for as long a rare value may keep another one waiting.
WEEKS_AT_MOST, QUARTERS_AT_MOST = 26, 4


@dataclass(frozen=True, slots=True)
class Block:
    """The n answers from one day to another, both included; on both somebody answered."""

    first: date
    last: date
    n: int

    def with_later(self, other: "Block") -> "Block":
        return Block(self.first, other.last, self.n + other.n)

    def touches(self, start: date | None, end: date) -> bool:
        return self.first <= end and (start is None or self.last >= start)


@dataclass(frozen=True, slots=True)
class Window:
    """The whole blocks that a span of days is told by, and the days from the first to the last of them."""

    span: Span
    blocks: tuple[Block, ...]
    is_widened: bool = False
    # Some of the newest answers are not among them yet.
    waits: bool = False

    @property
    def n(self) -> int:
        return sum(block.n for block in self.blocks)

    def holds(self, day: date) -> bool:
        place = bisect_left(self.blocks, day, key=lambda block: block.last)
        return place < len(self.blocks) and self.blocks[place].first <= day


@dataclass(frozen=True, slots=True)
class Cut:
    """All days of a question: blocks in order of time, and the newest answers that are too few for one of their own."""

    blocks: tuple[Block, ...]
    newest: Block | None = None

    @property
    def n(self) -> int:
        return sum(block.n for block in self.blocks) + (self.newest.n if self.newest else 0)

    def with_the_newest(self) -> "Cut":
        """The newest answers are told with the block before: for those who may see single answers anyway."""
        if self.newest is None:
            return self
        if not self.blocks:
            return Cut((self.newest,))
        return Cut((*self.blocks[:-1], self.blocks[-1].with_later(self.newest)))

    def window(self, asked: Span) -> Window:
        """Both edges go outwards to the next border; days on which nobody answered are nobody's."""
        touched = self._touched(asked)
        start, end = asked.start, asked.end
        waits = self.newest is not None and self.newest.touches(start, end)
        if waits and self.newest is not None:
            end = self.newest.first - DAY
        if touched:
            start = start and min(start, touched[0].first)
            end = max(end, touched[-1].last)
        if start is not None and end < start:
            # All that there is waits.
            start = end = asked.end
        is_widened = end > asked.end or (start is not None and asked.start is not None and start < asked.start)
        return Window(Span(start, end), touched, is_widened, waits)

    def before(self, asked: Span, now: Window) -> Window:
        """The blocks of an earlier span that are not among those of now."""
        of_now = set(now.blocks)
        told = Cut(tuple(block for block in self._touched(asked) if block not in of_now)).window(asked)
        if now.span.start is not None and told.span.end >= now.span.start:
            told = replace(told, span=Span(told.span.start, now.span.start - DAY))
        return told

    def _touched(self, asked: Span) -> tuple[Block, ...]:
        """Looked up and not gone through: a large organization has a block for each day of all years."""
        begin = 0 if asked.start is None else bisect_left(self.blocks, asked.start, key=lambda block: block.last)
        return self.blocks[begin : bisect_right(self.blocks, asked.end, key=lambda block: block.first)]


def cut(days: Iterable[tuple[date, int]], *, k: int) -> Cut:
    """The shortest blocks of days that have k answers each; the newest answers stay apart until they are k.

    Formula: from the first day on, a block ends with the day on which its answers reach k.
    Takes: days with their numbers of answers, in order of time; k from 3 to 20. A day added later changes no block.
    Refuses: k outside 3..20.
    Source: microaggregation with a fixed minimum: ESSnet 2010, Handbook on Statistical Disclosure Control, 3.4.
    """
    blocks, growing = [], None
    for day, n in days:
        if not n:
            continue
        block = Block(day, day, n)
        growing = growing.with_later(block) if growing else block
        if growing.n >= minimum(k):
            blocks.append(growing)
            growing = None
    return Cut(tuple(blocks), growing)


def weeks(blocks: Iterable[Block], *, until: date) -> tuple[Block, ...]:
    """The blocks that end in one week as one, of weeks that are over on this day.

    Formula: blocks with the same Sunday on or after their last day are joined; a Sunday after `until` is left out.
    Takes: blocks in order of time; the last day of which all is known.
    Refuses: nothing.
    Source: weeks from Monday to Sunday: ISO 8601-1:2019, Date and time, 3.1.1.23.
    """
    found: dict[date, Block] = {}
    for block in blocks:
        sunday = block.last + (6 - block.last.weekday()) * DAY
        if sunday <= until:
            found[sunday] = found[sunday].with_later(block) if sunday in found else block
    return tuple(found.values())


def quarters(cut: Cut, *, until: date) -> Cut:
    """The blocks of answers that are counted by quarters, as the whole quarters that they are about.

    Formula: from the first day of a block's first quarter to the last day of its last one, or to `until` before that.
    Takes: blocks of any days of calendar quarters; the last day of which anything is known.
    Refuses: nothing.
    Source: convention of this product: each customer counts once a calendar quarter, by her latest answer.
    """

    def whole(block: Block) -> Block:
        return Block(periods.quarter(block.first)[0], min(periods.quarter(block.last)[1], until), block.n)

    return Cut(tuple(map(whole, cut.blocks)), cut.newest and whole(cut.newest))


def apart(
    total: Sequence[Block],
    segments: Mapping[str, Sequence[tuple[date, int]]],
    *,
    k: int,
    at_most: int = WEEKS_AT_MOST,
) -> dict[str, Cut]:
    """The blocks of each segment of one dimension: of k answers each, and such that the others cannot be told either.

    Formula: a block of a segment ends with a block of the total, at k answers or later: not before what is left of
    every run of blocks of the total, without the blocks of segments inside it, is 0 or at least k; nor before that also
    holds without the answers that are in no block yet, of runs that contain them all. Large segments come first. What
    is in no block after `at_most` blocks of the total never will be: 26 weeks, or 4 quarters.
    Takes: the blocks of all answers; the days of each segment, which must not overlap, in order of time; k of 3 to 20.
    Refuses: k outside 3..20.
    Source: differencing and secondary suppression: ESSnet 2010, Handbook on Statistical Disclosure Control, 4 and 5.
    """
    sweep = _Sweep(minimum(k), at_most, {name: [] for name in segments})
    for block, cells in zip(total, _by_block(total, segments), strict=True):
        sweep.add(block, cells)
    return {
        name: Cut(tuple(found), _after(days, sweep.given_up.get(name), found))
        for (name, days), found in zip(segments.items(), sweep.found.values(), strict=True)
    }


@dataclass(slots=True)
class _Part:
    """The answers of one segment that are not in a block yet: since when, from which place on, and how many."""

    first: date
    since: int
    n: int = 0


@dataclass(slots=True)
class _Sweep:
    """From the first block of the total to the last; places count from where all segments ended together."""

    k: int
    at_most: int
    found: dict[str, list[Block]]
    growing: dict[str, _Part] = field(default_factory=dict)
    # By the place where a run up to now begins: its answers without those in blocks of segments inside it.
    left: list[int] = field(default_factory=list)
    given_up: dict[str, date] = field(default_factory=dict)

    def add(self, block: Block, cells: Mapping[str, int]) -> None:
        self.left = [n + block.n for n in (*self.left, 0)]
        for name, n in cells.items():
            self.growing.setdefault(name, _Part(block.first, len(self.left) - 1)).n += n
        for name in sorted(cells, key=lambda name: (-self.growing[name].n, name)):
            self._end(name, block.last)
        if len(self.left) - min((part.since for part in self.growing.values()), default=0) > self.at_most:
            self.given_up |= dict.fromkeys(self.growing, block.last)
            self.growing = {}
        if not self.growing:
            # No later block reaches back: earlier runs only add 0 or at least k to later ones.
            self.left = []

    def _end(self, name: str, day: date) -> None:
        """End the block of a segment here, if nothing can be told from it but itself."""
        part = self.growing.pop(name)
        left = [n - part.n if place <= part.since else n for place, n in enumerate(self.left)]
        others = sum(other.n for other in self.growing.values())
        begin = min((other.since for other in self.growing.values()), default=-1)
        if part.n < self.k or self._tell(left[: part.since + 1]) or self._tell(n - others for n in left[: begin + 1]):
            self.growing[name] = part
        else:
            self.left = left
            self.found[name].append(Block(part.first, day, part.n))

    def _tell(self, left: Iterable[int]) -> bool:
        return any(0 < n < self.k for n in left)


def _after(days: Iterable[tuple[date, int]], given_up: date | None, blocks: Sequence[Block]) -> Block | None:
    """The newest answers, which come after all blocks."""
    ends = [block.last for block in blocks[-1:]] + ([given_up] if given_up else [])
    last = max(ends, default=date.min)
    rest = [(day, n) for day, n in days if n and day > last]
    return Block(rest[0][0], rest[-1][0], sum(n for _, n in rest)) if rest else None


def _by_block(total: Sequence[Block], segments: Mapping[str, Iterable[tuple[date, int]]]) -> list[dict[str, int]]:
    """How many answers each segment has in each block of the total; those behind the last one are left out."""
    ends = [block.last for block in total]
    cells: list[dict[str, int]] = [{} for _ in total]
    for name, days in segments.items():
        for day, n in days:
            place = bisect_left(ends, day)
            if n and place < len(ends):
                cells[place][name] = cells[place].get(name, 0) + n
    return cells

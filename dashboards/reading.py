"""Daily counts → the answers of a span and of the one before, in blocks that may be told apart.

A survey about the whole relationship counts the latest answer of each customer instead, which counts of days cannot
tell. Here alone that is decided.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property

from dashboards import blocks, latest, repeats, tallies
from dashboards.blocks import DAY, Cut, Window
from dashboards.clusters import Clusters
from dashboards.distribution import Distribution
from dashboards.periods import Span
from dashboards.segment import Segment
from dashboards.tallies import DayCount, Days
from dashboards.trends import Every
from surveys.models import Basis, Question, Survey


@dataclass(frozen=True, slots=True)
class Bases:
    """How many answered a question: as chosen, ever within the filter, and within the span without the filter."""

    now: int = 0
    ever: int = 0
    everywhere: int = 0

    @property
    def outer(self) -> tuple[int, ...]:
        """From what the answers told could be subtracted; nothing where they are blocks."""
        return (self.ever, self.everywhere) if self.ever else ()


@dataclass(frozen=True, slots=True)
class Sight:
    """Who looks: from how many answers on figures are told, until which day, and whether with the newest ones."""

    k: int
    until: date
    has_newest: bool

    @classmethod
    def of(cls, *, today: date, k: int, sees_single_answers: bool) -> "Sight":
        """Today grows by single answers: whoever may not see those sees whole days."""
        return cls(k, today if sees_single_answers else today - DAY, sees_single_answers)

    def days(self, asked: Span) -> Span | None:
        """The days of a span that are told at all; None where all of them are still to come."""
        return None if asked.start and asked.start > self.until else Span(asked.start, min(asked.end, self.until))

    def window(self, cut: Cut, asked: Span) -> Window:
        """What of a span is told."""
        if asked.start and asked.start > self.until:
            return Window(asked, (), waits=True)
        told = cut.window(Span(asked.start, min(asked.end, self.until)))
        return replace(told, waits=told.waits or asked.end > self.until)

    def seen(self, cut: Cut) -> Cut:
        return cut.with_the_newest() if self.has_newest else cut


@dataclass(frozen=True)
class Reading:
    """What is counted about a survey's questions in a span and the one before, in one segment or in all."""

    survey: Survey
    segment: Segment | None
    span: Span
    previous: Span | None
    sight: Sight
    # By question: in the segment, and in all.
    days: Mapping[int, list[DayCount]] = field(default_factory=dict)
    all_days: Mapping[int, list[DayCount]] = field(default_factory=dict)
    cuts: Mapping[int, Cut] = field(default_factory=dict)
    # Where latest answers count, which are no blocks.
    bases: Mapping[int, Bases] = field(default_factory=dict)
    clusters: Mapping[int, Clusters] = field(default_factory=dict)
    clusters_before: Mapping[int, Clusters] = field(default_factory=dict)

    @property
    def is_in_blocks(self) -> bool:
        return not is_latest_alone(self.survey)

    def cut(self, question: int) -> Cut:
        return self.cuts.get(question, Cut(()))

    @cached_property
    def _windows(self) -> dict[int, Window]:
        return {question: self.sight.window(cut, self.span) for question, cut in self.cuts.items()}

    def window(self, question: int) -> Window:
        """What of the span is told."""
        if not self.is_in_blocks:
            return Window(self.span, ())
        return self._windows.get(question) or self.sight.window(Cut(()), self.span)

    @cached_property
    def _windows_before(self) -> dict[int, Window]:
        previous = self.previous
        return {question: self._window_before(question, previous) for question in self.cuts} if previous else {}

    def _window_before(self, question: int, previous: Span) -> Window:
        return self.cut(question).before(previous, self.window(question))

    def window_before(self, question: int) -> Window | None:
        if self.previous is None:
            return None
        if not self.is_in_blocks:
            return Window(self.previous, ())
        return self._windows_before.get(question) or self._window_before(question, self.previous)

    @cached_property
    def _now(self) -> dict[int, list[DayCount]]:
        return {question: self._within(question, self.window(question)) for question in self.days}

    def now(self, question: Question) -> list[DayCount]:
        return self._now.get(question.pk, [])

    def before(self, question: Question) -> list[DayCount]:
        window = self.window_before(question.pk)
        return [] if window is None else self._within(question.pk, window)

    def _within(self, question: int, window: Window) -> list[DayCount]:
        holds = window.holds if self.is_in_blocks else window.span.holds
        return [day for day in self.days.get(question, []) if holds(day.day)]

    def bases_of(self, question: Question) -> tuple[int, ...]:
        return self.bases.get(question.pk, Bases()).outer

    def ever(self, question: Question) -> int:
        """How many answered within the filter at any time."""
        bases = self.bases.get(question.pk)
        return self.cut(question.pk).n if bases is None else bases.ever

    def waiting(self, question: Question) -> int:
        """How many of the newest answers are too few for a block."""
        newest = self.cut(question.pk).newest
        return newest.n if newest else 0


def is_latest_alone(survey: Survey) -> bool:
    """Whether the latest answer of each customer counts, and not every answer."""
    return survey.basis == Basis.RELATIONAL


def read(survey: Survey, *, segment: Segment | None, span: Span, previous: Span | None, sight: Sight) -> Reading:
    """Five queries at most, however many questions, days and answers there are."""
    if is_latest_alone(survey):
        return _latest(Reading(survey, segment, span, previous, sight))
    everything = tallies.days(survey.pk, segment=None, until=sight.until)
    if segment is None:
        days, found = everything, _cuts(_answered(everything), sight)
    else:
        days = tallies.days(survey.pk, segment=segment, until=sight.until)
        found = _cuts_of(survey, segment, _answered(everything), sight)
    return _with_clusters(Reading(survey, segment, span, previous, sight, days, everything, found))


def _latest(read: Reading) -> Reading:
    span = read.sight.days(read.span)
    if span is None:
        return read
    found = latest.days(read.survey.pk, segment=read.segment, span=span, previous=read.previous)
    days = {question: [DayCount(*row) for row in rows] for question, rows in found.items()}
    return replace(read, span=span, days=days, bases=_bases(read.survey, read.segment, span, read.sight))


def _answered(days: Mapping[int, Sequence[DayCount]]) -> dict[int, Days]:
    return {question: [(day.day, day.answered) for day in of] for question, of in days.items()}


def _cuts(days: Mapping[int, Days], sight: Sight) -> dict[int, Cut]:
    return {question: sight.seen(blocks.cut(of, k=sight.k)) for question, of in days.items()}


def _cuts_of(survey: Survey, segment: Segment, days: Mapping[int, Days], sight: Sight) -> dict[int, Cut]:
    values = tallies.by_value(survey.pk, dimension=segment.dimension, until=sight.until)
    return {pk: apart(days[pk], of, sight).get(segment.value, Cut(())) for pk, of in values.items() if pk in days}


def apart(days: Days, values: Mapping[str, Days], sight: Sight) -> dict[str, Cut]:
    """The blocks of each value of a dimension, made of the weeks of the blocks of all answers to a question."""
    daily = blocks.cut(days, k=sight.k).blocks
    found = blocks.apart(blocks.weeks(daily, until=sight.until), values, k=sight.k)
    return {value: sight.seen(cut) for value, cut in found.items()}


def _with_clusters(read: Reading) -> Reading:
    windows = {question: read.window(question) for question in read.cuts}
    before = {question: window for question in read.cuts if (window := read.window_before(question))}
    found = [repeats.read(read.survey.pk, segment=read.segment, windows=it) for it in (windows, before)]
    if any(clusters.are_needed for of in found for clusters in of.values()):
        # A change is tested as its intervals are made, so the other side is wanted too.
        for place, it in enumerate((windows, before)):
            found[place] = found[place] or repeats.read(
                read.survey.pk, segment=read.segment, windows=it, at_any_rate=True
            )
    return replace(read, clusters=found[0], clusters_before=found[1])


def counter(survey: Survey, *, segment: Segment | None, sight: Sight) -> Callable[[Span], dict[int, Bases]]:
    """How many answered each question in any span, read once; of blocks nothing can be subtracted."""
    if is_latest_alone(survey):
        return lambda span: _bases(survey, segment, told, sight) if (told := sight.days(span)) else {}
    everything = tallies.by_value(survey.pk, dimension=tallies.EVERYTHING, until=sight.until)
    days = {question: of[""] for question, of in everything.items()}
    found = _cuts(days, sight) if segment is None else _cuts_of(survey, segment, days, sight)

    def counts(span: Span) -> dict[int, Bases]:
        told = {question: sight.window(cut, span).n for question, cut in found.items()}
        return {question: Bases(n) for question, n in told.items()}

    return counts


def _bases(survey: Survey, segment: Segment | None, span: Span, sight: Sight) -> dict[int, Bases]:
    known = latest.bases(survey.pk, segment=segment, span=span, until=sight.until)
    return {question: Bases(*counts) for question, counts in known.items()}


def distribution(question: Question, days: Iterable[DayCount]) -> Distribution:
    """All these days of a question on a scale together."""
    lowest, highest = scale(question)
    total = _added((day.counts for day in days), highest - lowest + 1)
    return Distribution.of(total, lowest=lowest, highest=highest)


def scale(question: Question) -> tuple[int, int]:
    if question.lowest is None or question.highest is None:
        raise ValueError(f"question {question.key} has no scale")
    return question.lowest, question.highest


def chosen(question: Question, days: Sequence[DayCount]) -> tuple[dict[str, int], int]:
    """How often each choice was taken, by its lasting key, and how many answered."""
    total = _added((day.counts for day in days), len(question.choice_keys))
    return dict(zip(question.choice_keys, total, strict=True)), sum(day.answered for day in days)


def _added(histograms: Iterable[tuple[int, ...]], places: int) -> list[int]:
    total = [0] * places
    for counts in histograms:
        for place, count in enumerate(counts[:places]):
            total[place] += count
    return total


def over_time(read: Reading, question: Question, *, by: Every) -> list[DayCount]:
    """What the weeks or months of the span are added up from, where latest answers count."""
    found = latest.over_time(read.survey.pk, segment=read.segment, span=read.span, question=question.pk, by=by)
    return [DayCount(*row) for row in found]

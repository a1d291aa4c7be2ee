"""Daily counts → the answers of a span and of the one before, in blocks that may be told apart."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property

from dashboards import blocks, periods, repeats, tallies
from dashboards.blocks import DAY, Cut, Window
from dashboards.clusters import Clusters
from dashboards.distribution import Distribution
from dashboards.periods import Span
from dashboards.segment import Segment
from dashboards.tallies import DayCount, Days
from surveys.models import Basis, Question, Survey


@dataclass(frozen=True, slots=True)
class Sight:
    """Who looks: from how many answers on figures are told, until which day, and whether with the newest ones.

    Surveys about the whole relationship are counted by quarters, and told by whole ones.
    """

    k: int
    until: date
    has_newest: bool
    by_quarter: bool

    @classmethod
    def of(cls, survey: Survey, *, today: date, k: int, sees_single_answers: bool) -> "Sight":
        """Today grows by single answers, as this quarter does: whoever may not see those sees what is over."""
        by_quarter = survey.basis == Basis.RELATIONAL
        running = periods.quarter(today)[0] if by_quarter else today
        return cls(k, today if sees_single_answers else running - DAY, sees_single_answers, by_quarter)

    @property
    def next_told(self) -> date | None:
        """On which day the running quarter is told; None where there is no such waiting."""
        return periods.quarter(self.until + DAY)[1] + DAY if self.by_quarter and not self.has_newest else None

    def window(self, cut: Cut, asked: Span) -> Window:
        """What of a span is told."""
        if asked.start and asked.start > self.until:
            return Window(asked, (), waits=True)
        told = cut.window(Span(asked.start, min(asked.end, self.until)))
        return replace(told, waits=told.waits or asked.end > self.until)

    def cut(self, days: Days) -> Cut:
        return self.seen(blocks.cut(days, k=self.k))

    def seen(self, cut: Cut) -> Cut:
        told = cut.with_the_newest() if self.has_newest else cut
        return blocks.quarters(told, until=self.until) if self.by_quarter else told

    def apart(self, days: Days, values: Mapping[str, Days]) -> dict[str, Cut]:
        """The blocks of each value of a dimension, made of the weeks (or quarters) of all answers to a question."""
        total = blocks.cut(days, k=self.k)
        if self.by_quarter:
            whole = blocks.quarters(total, until=date.max).blocks
            over = [block for block in whole if block.last <= self.until]
            found = blocks.apart(over, values, k=self.k, at_most=blocks.QUARTERS_AT_MOST)
        else:
            found = blocks.apart(blocks.weeks(total.blocks, until=self.until), values, k=self.k)
        return {value: self.seen(cut) for value, cut in found.items()}


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
    clusters: Mapping[int, Clusters] = field(default_factory=dict)
    clusters_before: Mapping[int, Clusters] = field(default_factory=dict)

    def cut(self, question: int) -> Cut:
        return self.cuts.get(question, Cut(()))

    @cached_property
    def _windows(self) -> dict[int, Window]:
        return {question: self.sight.window(cut, self.span) for question, cut in self.cuts.items()}

    def window(self, question: int) -> Window:
        """What of the span is told."""
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
        return [day for day in self.days.get(question, []) if window.holds(day.day)]

    def ever(self, question: Question) -> int:
        """How many answered within the filter at any time."""
        return self.cut(question.pk).n

    def waiting(self, question: Question) -> int:
        """How many of the newest answers are too few for a block."""
        newest = self.cut(question.pk).newest
        return newest.n if newest else 0


def read(survey: Survey, *, segment: Segment | None, span: Span, previous: Span | None, sight: Sight) -> Reading:
    """Five queries at most, however many questions, days and answers there are."""
    everything = tallies.days(survey.pk, segment=None, until=sight.until)
    if segment is None:
        days, found = everything, _cuts(_answered(everything), sight)
    else:
        days = tallies.days(survey.pk, segment=segment, until=sight.until)
        found = _cuts_of(survey, segment, _answered(everything), sight)
    return _with_clusters(Reading(survey, segment, span, previous, sight, days, everything, found))


def _answered(days: Mapping[int, Sequence[DayCount]]) -> dict[int, Days]:
    return {question: [(day.day, day.answered) for day in of] for question, of in days.items()}


def _cuts(days: Mapping[int, Days], sight: Sight) -> dict[int, Cut]:
    return {question: sight.cut(of) for question, of in days.items()}


def _cuts_of(survey: Survey, segment: Segment, days: Mapping[int, Days], sight: Sight) -> dict[int, Cut]:
    values = tallies.by_value(survey.pk, dimension=segment.dimension, until=sight.until)
    return {pk: sight.apart(days[pk], of).get(segment.value, Cut(())) for pk, of in values.items() if pk in days}


def _with_clusters(read: Reading) -> Reading:
    windows = {question: read.window(question) for question in read.cuts}
    before = {question: window for question in read.cuts if (window := read.window_before(question))}

    def clusters(of: Mapping[int, Window], *, at_any_rate: bool = False) -> dict[int, Clusters]:
        return repeats.read(
            read.survey.pk,
            segment=read.segment,
            windows=of,
            by_quarter=read.sight.by_quarter,
            at_any_rate=at_any_rate,
        )

    now, then = clusters(windows), clusters(before)
    if any(it.are_needed for it in (*now.values(), *then.values())):
        # A change is tested as its intervals are made, so the other side is wanted too.
        now, then = now or clusters(windows, at_any_rate=True), then or clusters(before, at_any_rate=True)
    return replace(read, clusters=now, clusters_before=then)


def counter(survey: Survey, *, segment: Segment | None, sight: Sight) -> Callable[[Span], dict[int, int]]:
    """How many answered each question in any span, as it is told; read once."""
    everything = tallies.by_value(survey.pk, dimension=tallies.EVERYTHING, until=sight.until)
    days = {question: of[""] for question, of in everything.items()}
    found = _cuts(days, sight) if segment is None else _cuts_of(survey, segment, days, sight)
    return lambda span: {question: sight.window(cut, span).n for question, cut in found.items()}


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

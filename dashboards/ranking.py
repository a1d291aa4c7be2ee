"""Where a figure comes from: the values of one dimension, ranked, each with its interval.

Higher or lower than all others is said only where it holds after all comparisons of the dimension are judged together.
"""

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.text import slugify
from django.utils.translation import gettext as _

from dashboards import behind, figures, kpi, origins, shown, suppression
from dashboards.chosen import Chosen
from dashboards.counting import OTHER
from dashboards.figures import FIGURES, LIMITS, Change, Figure
from dashboards.kpi import Kpi
from dashboards.labels import Labels
from dashboards.origins import Origin
from dashboards.reading import Reading
from dashboards.saying import NAMES, UNITS, Teller
from dashboards.segment import TOUCHPOINT, Segment
from dashboards.shown import Chart, Table
from surveys.models import Question

# So many stand there at once; the others behind "show all".
AT_FIRST = 12


@dataclass(frozen=True)
class Drawn:
    """Where value and interval lie on the scale, in percent of its width; never in anybody's notation."""

    low: str
    width: str
    value: str


@dataclass(frozen=True)
class Row:
    """One value of the dimension that may be told."""

    label: str
    segment: str
    touchpoint: str
    value: str
    interval: str
    answers: str
    is_weak: bool
    is_chosen: bool
    drawn: Drawn | None
    difference: str
    is_higher: bool
    days: str
    # The address of the list of answers behind it; '' where there is none.
    behind: str = ""


@dataclass(frozen=True)
class Ranking:
    """All of one dimension, and the dimensions there are."""

    chart: Chart
    dimension: str
    name: str
    dimensions: Sequence[tuple[str, str]]
    rows: Sequence[Row] = field(default_factory=list)
    more: Sequence[Row] = field(default_factory=list)
    hidden: int = 0
    zero: str = "0"


def of(
    chosen: Chosen, read: Reading, question: Question, *, where: str, labels: Labels, tell: Teller
) -> Ranking | None:
    """None where nothing tells the answers apart."""
    names = labels.dimensions
    if chosen.segment is not None:
        names = [name for name in names if name == chosen.segment.dimension]
    if not names:
        return None
    dimension = where if where in names else names[0]
    return Painter(chosen, question, labels, tell, dimension).ranking(
        origins.of(read, question, dimension=dimension), [(name, labels.dimension(name)) for name in names]
    )


@dataclass(frozen=True)
class Painter:
    """What all rows have in common."""

    chosen: Chosen
    question: Question
    labels: Labels
    tell: Teller
    dimension: str

    @property
    def figure(self) -> Figure:
        return FIGURES[self.question.figure]

    def ranking(self, found: Mapping[str, Origin], names: Sequence[tuple[str, str]]) -> Ranking:
        told = {value: self.told(origin) for value, origin in found.items()}
        ranked = sorted(told, key=lambda value: self._order(told[value], value))
        changes = self.changes({value: found[value] for value in ranked if suppression.ranks(told[value])})
        rows = [self.row(value, told[value], changes.get(value), found[value]) for value in ranked]
        visible = [row for row, value in zip(rows, ranked, strict=True) if told[value].value is not None]
        low, high = LIMITS[self._unit]
        return Ranking(
            self.chart(ranked, told, changes),
            self.dimension,
            self.labels.dimension(self.dimension),
            names,
            visible[:AT_FIRST],
            visible[AT_FIRST:],
            len(rows) - len(visible),
            f"{100 * (0 - low) / (high - low):.2f}",
        )

    @property
    def _unit(self) -> str:
        return "points" if self.figure.name == "nps" else "percent"

    def told(self, origin: Origin) -> Kpi:
        if origin.answers is None:
            return kpi.missing(kpi.SUPPRESSED)
        return suppression.guarded(self.figure.of(origin.answers), k=self.tell.k)

    def _order(self, told: Kpi, value: str) -> tuple[bool, bool, float, str]:
        """The best first; low bases stand apart, and those that may not be told at the end."""
        return told.value is None, not suppression.ranks(told), -(told.value or 0), self._label(value)

    def _label(self, value: str) -> str:
        return self.labels.value(self.dimension, value)

    def changes(self, ranked: Mapping[str, Origin]) -> dict[str, Change]:
        """Each against all others of its days; of one family."""
        differences = {}
        for value, origin in ranked.items():
            if origin.answers and origin.rest:
                told = figures.difference(self.figure, origin.rest, origin.answers, k=self.tell.k)
                if told is not None:
                    differences[value] = told
        return figures.changes(differences)

    def row(self, value: str, told: Kpi, change: Change | None, origin: Origin) -> Row:
        segment = Segment(self.dimension, value)
        is_real = change is not None and change.is_real
        span = origin.window.span
        return Row(
            label=self._label(value),
            segment="" if self.dimension == TOUCHPOINT or value == OTHER else str(segment),
            touchpoint=value if self.dimension == TOUCHPOINT and value != OTHER else "",
            value=self.tell.with_unit(told),
            interval=self.tell.interval(told),
            answers=self.tell.answers(told.n),
            is_weak=suppression.LOW_BASE in told.flags,
            is_chosen=segment == self.chosen.segment,
            drawn=self._drawn(told),
            difference=self.tell.change(change) if change is not None and is_real else "",
            is_higher=change is not None and change.word == "higher",
            days="" if span == self.chosen.period.span else self.tell.span(span),
            behind=behind.segment(self.chosen, self.question, self.dimension, value, span=span) if told.n else "",
        )

    def _drawn(self, told: Kpi) -> Drawn | None:
        if told.value is None or told.interval is None:
            return None
        lowest, highest = LIMITS[self._unit]
        low, high, value = (100 * (x - lowest) / (highest - lowest) for x in (*told.interval, told.value))
        return Drawn(f"{low:.2f}", f"{high - low:.2f}", f"{value:.2f}")

    def chart(self, ranked: Sequence[str], told: Mapping[str, Kpi], changes: Mapping[str, Change]) -> Chart:
        """The same as a table; of those that may not be told neither figure nor n."""
        name = self.labels.dimension(self.dimension)
        title = _("%(figure)s by %(segment)s") % {"figure": NAMES[self.figure.name], "segment": name}
        head = [name, *shown.heads(self.figure), _("Against the others")]
        rows = [
            (self._label(value), *shown.cells(told[value]), self._word(told[value], changes.get(value)))
            for value in ranked
        ]
        lists = [behind.segment(self.chosen, self.question, self.dimension, v) if told[v].n else "" for v in ranked]
        note = f"{UNITS[self.figure.name]} · " + _("grey: fewer than 30 answers")
        return Chart(table_of(self.dimension), title, note, table=Table(head, rows), behind=lists)

    def _word(self, told: Kpi, change: Change | None) -> str | None:
        if told.value is None:
            return None
        return _("low base") if change is None else self.tell.change(change)


def table_of(dimension: str) -> str:
    """For addresses and names of files; a shop may call its attributes anything."""
    plain = dimension.replace(":", "-")
    named = slugify(plain)
    return f"by-{named}" if named == plain else f"by-{named}-{zlib.crc32(dimension.encode()):08x}"

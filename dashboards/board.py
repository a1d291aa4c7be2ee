"""What was chosen → everything on the dashboard: tiles, charts with their tables, each guarded as a whole."""

import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import zip_longest

from django.utils.formats import date_format
from django.utils.text import slugify
from django.utils.translation import gettext as _

from dashboards import behind, charts, figures, kpi, metrics, reading, rounding, suppression, trends
from dashboards.charts import Bar, Mark
from dashboards.chosen import Chosen
from dashboards.distribution import Distribution
from dashboards.figures import FIGURES, Change, Figure
from dashboards.kpi import Kpi
from dashboards.reading import Reading
from dashboards.saying import BANDS, EVERY_ANSWER, LATEST_ANSWER, NAMES, UNITS, Teller
from feedback.models import Channel
from surveys import documents, languages
from surveys.models import Question, Touchpoint
from surveys.scales import Band

TONES = ("low", "middle", "high")
COLOURS = {Band.LOW: charts.LOW, Band.MIDDLE: charts.MIDDLE, Band.HIGH: charts.HIGH}
Cell = str | int | float | None


@dataclass(frozen=True)
class Table:
    """The numbers of a chart; numbers are numbers, so that a download can be reckoned with."""

    head: Sequence[str]
    rows: Sequence[Sequence[Cell]]


@dataclass(frozen=True)
class Chart:
    """A chart with its title, what it shows and its table; without figure, why there is none."""

    id: str
    title: str
    note: str
    figure: str = ""
    table: Table | None = None
    missing: str = ""
    is_tall: bool = False
    # For each row of the table the address of the list of answers behind it; '' where there is none.
    behind: Sequence[str] = ()

    @property
    def lines(self) -> Iterator[tuple[Sequence[Cell], str]]:
        """The rows of the table, each with what stands behind it."""
        rows = self.table.rows if self.table else ()
        return zip_longest(rows, self.behind, fillvalue="")


@dataclass(frozen=True)
class Part:
    """One band of the strip under a figure, in percent of its width."""

    tone: str
    x: str
    width: str


@dataclass(frozen=True)
class Tile:
    """One scored question in figures and words."""

    question: Question
    name: str
    unit: str
    kpi: Kpi
    value: str
    interval: str
    answers: str
    change: str
    is_real: bool
    marks: list[tuple[str, str]]
    missing: str
    bands: list[tuple[str, str, str]] = field(default_factory=list)
    strip: list[Part] = field(default_factory=list)
    is_shown_below: bool = False
    # The address of the list of answers behind it.
    behind: str = ""

    @property
    def is_refused(self) -> bool:
        """Whether this choice leaves out so few that they could be told."""
        return self.kpi.reason == figures.DIFFERENCING

    @property
    def is_clustered(self) -> bool:
        """Whether customers answered so often that the interval takes their answers as alike."""
        return figures.CLUSTERED in self.kpi.flags


@dataclass(frozen=True)
class Board:
    tiles: list[Tile]
    charts: list[Chart]
    window: str
    before: str
    counted: str

    @property
    def is_refused(self) -> bool:
        return any(tile.is_refused for tile in self.tiles)

    def chart(self, name: str) -> Chart | None:
        return next((chart for chart in self.charts if chart.id == name), None)


@dataclass(frozen=True)
class Painter:
    """What all parts of one dashboard have in common."""

    chosen: Chosen
    read: Reading
    tell: Teller
    touchpoints: Sequence[Touchpoint]
    changes: Mapping[str, Change]

    # --- tiles ------------------------------------------------------------------------------------------------------

    def tile(self, question: Question, *, is_shown_below: bool) -> Tile:
        figure, answers = FIGURES[question.figure], self.answers(question)
        shown = self.shown(question)
        change = self.changes.get(question.key) if shown.value is not None else None
        return Tile(
            question=question,
            name=NAMES[figure.name],
            unit=str(UNITS[figure.name]),
            kpi=shown,
            value=self.tell.with_unit(shown),
            interval=self.tell.interval(shown),
            answers=self.tell.answers(answers.n),
            change="" if change is None else self.tell.change(change),
            is_real=change is not None and change.is_real,
            marks=self.tell.marks(shown),
            missing="" if shown.value is not None else self.tell.missing(shown, ever=self.read.bases_of(question)[0]),
            bands=self.bands(figure, answers) if shown.value is not None else [],
            strip=strip(figure.bands(answers)) if shown.value is not None else [],
            is_shown_below=is_shown_below,
            behind=behind.question(self.chosen, question),
        )

    def answers(self, question: Question) -> Distribution:
        return answers_now(self.read, question)

    def shown(self, question: Question) -> Kpi:
        bases = self.read.bases_of(question)
        repeats = self.read.clusters.get(question.pk)
        figure, answers = FIGURES[question.figure], self.answers(question)
        return figures.shown(figure, answers, bases=bases, k=self.tell.k, repeats=repeats)

    def bands(self, figure: Figure, answers: Distribution) -> list[tuple[str, str, str]]:
        shares = (self.tell.percent(part, answers.n) for part in figure.bands(answers))
        return [(tone, str(name), share) for tone, name, share in zip(TONES, BANDS[figure.name], shares, strict=True)]

    # --- charts -----------------------------------------------------------------------------------------------------

    def note(self, n: int, unit: str) -> str:
        return f"{unit} · n = {self.tell.count(n)} · {self.tell.span(self.chosen.period.span)}"

    def trend(self, question: Question) -> Chart:
        figure, days = FIGURES[question.figure], self.read.now(question)
        lowest, highest = reading.scale(question)
        by = self.every(days)
        days = reading.over_time(self.read, question, by=by)
        trend = trends.trend(days, lowest=lowest, highest=highest, by=by, figure=figure, k=self.tell.k)
        heading = _("%(figure)s by week") if by == "week" else _("%(figure)s by month")
        chart = Chart("trend", self.finding(question, heading % {"figure": NAMES[figure.name]}), "")
        if not trend.is_told or not trend.told:
            return self.without(chart, _("There are too few answers to show them over time."))
        marks = [self.mark(self.label(p.start, by), p.figure) for p in trend.points]
        rows = [(p.start.isoformat(), p.end.isoformat(), *self.cells(p.figure)) for p in trend.points]
        return Chart(
            chart.id,
            chart.title,
            # xgettext:no-python-format
            self.note(self.answers(question).n, str(UNITS[figure.name])) + " · " + _("bars: 95 % interval"),
            charts.line(marks, unit=trend.told[0].figure.unit),
            Table([_("From"), _("To"), *self.heads(figure)], rows),
            behind=[behind.days(self.chosen, question, p.start, p.end) if p.figure.n else "" for p in trend.points],
        )

    def every(self, days: Sequence[reading.DayCount]) -> trends.Every:
        if self.chosen.by in ("week", "month"):
            return "week" if self.chosen.by == "week" else "month"
        return trends.every(days[0].day, days[-1].day) if days else "week"

    def label(self, start: date, by: trends.Every) -> str:
        return date_format(start, "M Y" if by == "month" else "j M")

    def finding(self, question: Question, otherwise: str) -> str:
        """A title that says what happened, where something did."""
        change = self.changes.get(question.key)
        if change is None or not change.is_real:
            return otherwise
        is_higher = change.word == "higher"
        words = _("%(figure)s rose by %(points)s points") if is_higher else _("%(figure)s fell by %(points)s points")
        points = self.tell.change(change).split()[0].lstrip("+−")
        return words % {"figure": NAMES[question.figure], "points": points}

    def spread(self, question: Question) -> Chart:
        """How often each score was given."""
        figure, answers = FIGURES[question.figure], self.answers(question)
        low, _middle, high = (self.tell.percent(part, answers.n) for part in figure.bands(answers))
        names = BANDS[figure.name]
        title = f"{names[2]} {high}\u202f%, {names[0]} {low}\u202f%"
        shares = [metrics.percent(count, answers.n) for count in answers.counts]
        scores = figure.scale.points
        bars = [
            Bar(
                str(score),
                share.value or 0.0,
                f"{score}: {self.tell.count(count)}",
                COLOURS[figure.scale.band_of(score)],
                self.tell.value(share),
            )
            for score, count, share in zip(scores, answers.counts, shares, strict=True)
        ]
        rows = [
            (score, count, number(rounding.value(share)))
            for score, count, share in zip(scores, answers.counts, shares, strict=True)
        ]
        note = self.note(answers.n, _("percent of answers"))
        table = Table([_("Score"), _("Answers"), _("Percent")], rows)
        counted = zip(scores, answers.counts, strict=True)
        lists = [behind.score(self.chosen, question, score) if count else "" for score, count in counted]
        return Chart("scores", title, note, charts.columns(bars), table, behind=lists)

    def choices(self, question: Question) -> Chart | None:
        """How often each choice was taken, the most frequent first."""
        counts, n = reading.chosen(question, self.read.now(question))
        chart = Chart(f"choices-{question.pk}", question.title, "")
        if suppression.is_too_few(n, k=self.tell.k):
            return self.without(chart, _("%(n)s of %(k)s answers needed") % {"n": n, "k": self.tell.k})
        if figures.is_refused(n, self.read.bases_of(question), k=self.tell.k):
            return self.without(chart, _("Not shown: too few answers are left out"))
        if not n:
            return None
        labels = choice_labels(question, self.tell.language)
        ranked = sorted(counts.items(), key=lambda item: -item[1])
        told = [(labels.get(key, key), count, metrics.percent(count, n)) for key, count in ranked]
        bars = [Bar(label, s.value or 0.0, self.tell.count(count), text=self.tell.value(s)) for label, count, s in told]
        rows = [(label, count, number(rounding.value(share))) for label, count, share in told]
        note = self.note(n, _("percent of those who answered"))
        table = Table([_("Choice"), _("Answers"), _("Percent")], rows)
        lists = [behind.choice(self.chosen, question, key) if count else "" for key, count in ranked]
        return Chart(chart.id, chart.title, note, charts.rows(bars), table, is_tall=len(rows) > 6, behind=lists)

    def segments(self, question: Question) -> list[Chart]:
        """Where it comes from: one chart for each dimension that has two values or more."""
        if self.chosen.touchpoint is not None:
            return []
        found = reading.segments(self.read, question)
        several = [(dimension, values) for dimension, values in found.items() if len(values) > 1]
        return [self.segment(question, dimension, values) for dimension, values in several]

    def segment(self, question: Question, dimension: str, values: dict[str, Distribution]) -> Chart:
        figure = FIGURES[question.figure]
        name = self.dimension(dimension)
        title = _("%(figure)s by %(segment)s") % {"figure": NAMES[figure.name], "segment": name}
        chart = Chart(f"by-{_named(dimension)}", title, "", is_tall=len(values) > 6)
        answers = self.answers(question)
        # Who left the attribute empty is a value too: the rest of the total would tell the hidden ones otherwise.
        rest = answers.n - sum(d.n for d in values.values())
        hidden = suppression.partition({v: d.n for v, d in values.items()} | {"": max(rest, 0)}, k=self.tell.k)
        if hidden.total:
            return self.without(chart, _("There are too few answers to show them apart."))
        told = {
            value: kpi.missing(kpi.SUPPRESSED)
            if value in hidden.cells
            else suppression.guarded(figure.of(d), k=self.tell.k)
            for value, d in values.items()
        }
        ranked = sorted(
            told.items(),
            key=lambda item: (item[1].value is None, not suppression.ranks(item[1]), -(item[1].value or 0)),
        )
        named = [(self.value(dimension, value), shown) for value, shown in ranked]
        marks = [self.mark(label, shown) for label, shown in named if shown.value is not None]
        rows = [(label, *self.cells(shown)) for label, shown in named]
        note = self.note(answers.n, str(UNITS[figure.name])) + " · " + _("grey: fewer than 30 answers")
        unit = "percent" if figure.name != "nps" else "points"
        return Chart(
            chart.id,
            title,
            note,
            charts.dots(marks, unit=unit),
            Table([name, *self.heads(figure)], rows),
            "",
            chart.is_tall,
            [behind.segment(self.chosen, question, dimension, value) if shown.n else "" for value, shown in ranked],
        )

    def dimension(self, dimension: str) -> str:
        fixed = {
            "touchpoint": _("touchpoint"),
            "language": _("language"),
            "channel": _("channel"),
            "version": _("version"),
        }
        return fixed.get(dimension) or dimension.removeprefix("a:")

    def value(self, dimension: str, value: str) -> str:
        if dimension == "touchpoint":
            return next((t.name for t in self.touchpoints if str(t.pk) == value), value)
        if dimension == "language" and languages.is_language(value):
            return languages.name(value)
        if dimension == "channel" and value in Channel.values:
            return str(Channel(value).label)
        return _("other") if value == "other" else value

    # --- what they share --------------------------------------------------------------------------------------------

    def mark(self, label: str, shown: Kpi) -> Mark:
        if shown.value is None or shown.interval is None:
            return Mark(label, None)
        hover = f"{label}: {self.tell.with_unit(shown)} ({self.tell.interval(shown)}), n = {self.tell.count(shown.n)}"
        return Mark(label, shown.value, *shown.interval, hover, suppression.LOW_BASE in shown.flags)

    def heads(self, figure: Figure) -> list[str]:
        return [NAMES[figure.name], _("Low"), _("High"), _("Answers")]

    def cells(self, shown: Kpi) -> tuple[Cell, ...]:
        """Value, limits and n as on the tile; where it may not be told, not even n."""
        if shown.value is None:
            return None, None, None, 0 if shown.reason == kpi.NO_DATA else None
        low, high = rounding.interval(shown) or (None, None)
        return *(number(written) for written in (rounding.value(shown), low, high)), shown.n

    def without(self, chart: Chart, why: str) -> Chart:
        return Chart(chart.id, chart.title, "", missing=why)


def number(written: str | None) -> int | float | None:
    """What people read, as a number to reckon with."""
    if written is None:
        return None
    return float(written) if "." in written else int(written)


def answers_now(read: Reading, question: Question) -> Distribution:
    return reading.distribution(question, read.now(question))


def changes(read: Reading, questions: Sequence[Question], *, k: int) -> dict[str, Change]:
    """By question, against the span before, where both may be told."""
    differences = {}
    for question in questions:
        before = reading.distribution(question, read.before(question))
        told = figures.difference(FIGURES[question.figure], before, answers_now(read, question), k=k)
        if told is not None:
            differences[question.key] = told
    return figures.changes(differences)


def _named(dimension: str) -> str:
    """For addresses, ids in the page and names of files; a shop may call its attributes anything."""
    plain = dimension.replace(":", "-")
    named = slugify(plain)
    return named if named == plain else f"{named}-{zlib.crc32(dimension.encode()):08x}"


def strip(parts: Sequence[int]) -> list[Part]:
    """Drawn one after the other; the numbers are for a picture and never in anybody's notation."""
    n, drawn, before = sum(parts), [], 0
    for tone, part in zip(TONES, parts, strict=True):
        drawn.append(Part(tone, f"{100 * before / n:.2f}", f"{100 * part / n:.2f}"))
        before += part
    return drawn


def choice_labels(question: Question, language: str) -> dict[str, str]:
    """What the choices are called in the newest version that asks them, in the organization's language."""
    wording = documents.of_published(question.last_version_id)
    asked = wording.question(question.key)
    return {choice.key: str(choice.label.in_language(language, wording.base_language)) for choice in asked.choices}


def paint(
    chosen: Chosen, *, questions: Sequence[Question], touchpoints: Sequence[Touchpoint], tell: Teller, below: int | None
) -> Board:
    """The whole dashboard; `below` is the scored question whose charts are wanted."""
    period, touchpoint = chosen.period, chosen.touchpoint
    read = reading.read(
        chosen.survey, touchpoint=touchpoint.pk if touchpoint else None, span=period.span, previous=period.previous
    )
    scored = [question for question in questions if question.figure in FIGURES]
    painter = Painter(chosen, read, tell, touchpoints, changes(read, scored, k=tell.k))
    shown = next((question for question in scored if question.pk == below), scored[0] if scored else None)
    tiles = [painter.tile(question, is_shown_below=question == shown) for question in scored]
    drawn: list[Chart] = []
    if shown is not None and painter.shown(shown).value is not None:
        drawn += [painter.trend(shown), painter.spread(shown), *painter.segments(shown)]
    chosen_from = [question for question in questions if question.figure == "choices"]
    drawn += [chart for question in chosen_from if (chart := painter.choices(question))]
    before = tell.span(period.previous) if period.previous else ""
    counted = LATEST_ANSWER if reading.is_latest_alone(chosen.survey) else EVERY_ANSWER
    return Board(tiles, drawn, tell.span(period.span), before, str(counted))

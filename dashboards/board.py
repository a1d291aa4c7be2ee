"""What was chosen → everything on the dashboard: tiles, charts with their tables, each guarded as a whole."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dashboards import behind, charts, figures, kpi, metrics, ranking, reading, rounding, shown, suppression, trends
from dashboards.charts import Bar
from dashboards.chosen import Chosen
from dashboards.distribution import Distribution
from dashboards.figures import FIGURES, Change, Figure
from dashboards.kpi import Kpi
from dashboards.labels import Labels
from dashboards.periods import Span
from dashboards.ranking import Ranking
from dashboards.reading import Reading, Sight
from dashboards.saying import BANDS, EVERY_ANSWER, LATEST_ANSWER, NAMES, TRENDS, UNITS, Teller, one_or_many
from dashboards.shown import Cell as Cell
from dashboards.shown import Chart
from dashboards.shown import Table as Table
from dashboards.shown import number as number
from dashboards.tallies import DayCount
from surveys import documents
from surveys.models import Question
from surveys.scales import Band

TONES = ("low", "middle", "high")
COLOURS = {Band.LOW: charts.LOW, Band.MIDDLE: charts.MIDDLE, Band.HIGH: charts.HIGH}


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
    # The days that are told, those compared with, and why they are others than were asked for.
    span: Span | None = None
    window: str = ""
    before: str = ""
    why: str = ""

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
    why: str = ""
    origins: Ranking | None = None

    def chart(self, name: str) -> Chart | None:
        found = [*self.charts, self.origins.chart] if self.origins else self.charts
        return next((chart for chart in found if chart.id == name), None)


@dataclass(frozen=True)
class Painter:
    """What all parts of one dashboard have in common."""

    chosen: Chosen
    read: Reading
    tell: Teller
    changes: Mapping[str, Change]
    answers_to: Mapping[int, Distribution]

    # --- tiles ------------------------------------------------------------------------------------------------------

    def tile(self, question: Question, *, is_shown_below: bool) -> Tile:
        figure, answers, told = FIGURES[question.figure], self.answers(question), self.told(question)
        change = self.changes.get(question.key) if told.value is not None else None
        return Tile(
            question=question,
            name=NAMES[figure.name],
            unit=str(UNITS[figure.name]),
            kpi=told,
            value=self.tell.with_unit(told),
            interval=self.tell.interval(told),
            answers=self.tell.answers(answers.n),
            change="" if change is None else self.tell.change(change),
            is_real=change is not None and change.is_real,
            marks=self.tell.marks(told),
            missing=self.missing(question, told),
            bands=self.bands(figure, answers) if told.value is not None else [],
            strip=strip(figure.bands(answers)) if told.value is not None else [],
            is_shown_below=is_shown_below,
            behind=behind.question(self.within(question), question),
            span=self.read.window(question.pk).span,
            window=self.window(question),
            before=self.window_before(question),
            why=self.tell.why(self.read.window(question.pk), self.read.sight),
        )

    def missing(self, question: Question, told: Kpi) -> str:
        if told.value is not None:
            return ""
        if self.read.sight.next_told and self.read.window(question.pk).waits:
            return self.tell.not_over(self.read.sight.next_told)
        waiting = 0 if told.n or self.read.sight.has_newest else self.read.waiting(question)
        return self.tell.missing(
            replace(told, n=waiting, reason=kpi.SUPPRESSED) if waiting else told, ever=self.read.ever(question)
        )

    def answers(self, question: Question) -> Distribution:
        return self.answers_to[question.pk]

    def told(self, question: Question) -> Kpi:
        repeats = self.read.clusters.get(question.pk)
        return figures.shown(FIGURES[question.figure], self.answers(question), k=self.tell.k, repeats=repeats)

    def bands(self, figure: Figure, answers: Distribution) -> list[tuple[str, str, str]]:
        shares = (self.tell.percent(part, answers.n) for part in figure.bands(answers))
        return [(tone, str(name), share) for tone, name, share in zip(TONES, BANDS[figure.name], shares, strict=True)]

    # --- days -------------------------------------------------------------------------------------------------------

    def window(self, question: Question) -> str:
        return self.tell.span(self.read.window(question.pk).span)

    def window_before(self, question: Question) -> str:
        window = self.read.window_before(question.pk)
        return self.tell.span(window.span) if window else ""

    def within(self, question: Question) -> Chosen:
        """What was chosen, over the days that are told of this question."""
        period = replace(self.chosen.period, span=self.read.window(question.pk).span)
        return replace(self.chosen, period=period)

    # --- charts -----------------------------------------------------------------------------------------------------

    def note(self, question: Question, n: int, unit: str) -> str:
        return f"{unit} · n = {self.tell.count(n)} · {self.window(question)}"

    def trend(self, question: Question) -> Chart:
        figure, days = FIGURES[question.figure], self.read.now(question)
        by = self.every(days)
        trend = self.over_time(question, days, figure, by)
        heading = TRENDS[by] % {"figure": NAMES[figure.name]}
        chart = Chart("trend", self.finding(question, heading), "")
        if not trend.told:
            return self.without(chart, _("There are too few answers to show them over time."))
        marks = [shown.mark(self.tell, self.label(p, by), p.figure) for p in trend.points]
        rows: list[tuple[Cell, ...]] = [
            (p.start.isoformat(), p.end.isoformat(), *shown.cells(p.figure)) for p in trend.points
        ]
        head = [_("From"), _("To"), *shown.heads(figure)]
        if by == "quarter":
            head, rows = [_("Quarter"), *head], [(m.label, *row) for m, row in zip(marks, rows, strict=True)]
        return Chart(
            chart.id,
            chart.title,
            # xgettext:no-python-format
            self.note(question, self.answers(question).n, str(UNITS[figure.name])) + " · " + _("bars: 95 % interval"),
            charts.line(marks, unit=trend.told[0].figure.unit),
            Table(head, rows),
            behind=[
                behind.days(self.within(question), question, p.start, p.end) if p.figure.n else "" for p in trend.points
            ],
        )

    def over_time(self, question: Question, days: Sequence[DayCount], figure: Figure, by: trends.Every) -> trends.Trend:
        lowest, highest = reading.scale(question)
        blocks = self.read.window(question.pk).blocks
        return trends.of_blocks(blocks, days, lowest=lowest, highest=highest, by=by, figure=figure, k=self.tell.k)

    def every(self, days: Sequence[DayCount]) -> trends.Every:
        if self.read.sight.by_quarter:
            return "quarter"
        if self.chosen.by in ("week", "month"):
            return "week" if self.chosen.by == "week" else "month"
        return trends.every(days[0].day, days[-1].day) if days else "week"

    def label(self, point: trends.Point, by: trends.Every) -> str:
        if by == "quarter":
            return self.tell.quarters(point.start, point.end)
        return date_format(point.start, "M Y" if by == "month" else "j M")

    def finding(self, question: Question, otherwise: str) -> str:
        """A title that says what happened, where something did."""
        change = self.changes.get(question.key)
        if change is None or not change.is_real:
            return otherwise
        is_higher = change.word == "higher"
        points = self.tell.points(change).lstrip("+−")
        n = one_or_many(points)
        rose = ngettext("%(figure)s rose by %(points)s point", "%(figure)s rose by %(points)s points", n)
        fell = ngettext("%(figure)s fell by %(points)s point", "%(figure)s fell by %(points)s points", n)
        return (rose if is_higher else fell) % {"figure": NAMES[question.figure], "points": points}

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
        note = self.note(question, answers.n, _("percent of answers"))
        table = Table([_("Score"), _("Answers"), _("Percent")], rows)
        counted = zip(scores, answers.counts, strict=True)
        lists = [behind.score(self.within(question), question, score) if count else "" for score, count in counted]
        return Chart("scores", title, note, charts.columns(bars), table, behind=lists)

    def choices(self, question: Question) -> Chart | None:
        """How often each choice was taken, the most frequent first."""
        counts, n = reading.chosen(question, self.read.now(question))
        chart = Chart(f"choices-{question.pk}", question.title, "")
        if suppression.is_too_few(n, k=self.tell.k):
            return self.without(chart, _("%(n)s of %(k)s answers needed") % {"n": n, "k": self.tell.k})
        if not n:
            return None
        labels = choice_labels(question, self.tell.language)
        ranked = sorted(counts.items(), key=lambda item: -item[1])
        told = [(labels.get(key, key), count, metrics.percent(count, n)) for key, count in ranked]
        bars = [Bar(label, s.value or 0.0, self.tell.count(count), text=self.tell.value(s)) for label, count, s in told]
        rows = [(label, count, number(rounding.value(share))) for label, count, share in told]
        note = self.note(question, n, _("percent of those who answered"))
        table = Table([_("Choice"), _("Answers"), _("Percent")], rows)
        lists = [behind.choice(self.within(question), question, key) if count else "" for key, count in ranked]
        return Chart(chart.id, chart.title, note, charts.rows(bars), table, is_tall=len(rows) > 6, behind=lists)

    def without(self, chart: Chart, why: str) -> Chart:
        return Chart(chart.id, chart.title, "", missing=why)


def answers_now(read: Reading, question: Question) -> Distribution:
    return reading.distribution(question, read.now(question))


def changes(read: Reading, questions: Sequence[Question], *, k: int) -> dict[str, Change]:
    """By question, against the span before, where both may be told."""
    differences = {}
    for question in questions:
        before = reading.distribution(question, read.before(question))
        repeats = read.clusters_before.get(question.pk), read.clusters.get(question.pk)
        now = answers_now(read, question)
        told = figures.difference(FIGURES[question.figure], before, now, k=k, repeats=repeats)
        if told is not None:
            differences[question.key] = told
    return figures.changes(differences)


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
    chosen: Chosen,
    *,
    questions: Sequence[Question],
    labels: Labels,
    tell: Teller,
    sight: Sight,
    below: int | None,
    where: str,
) -> Board:
    """The whole dashboard; `below` is the scored question whose charts are wanted, `where` the dimension it is from."""
    period = chosen.period
    read = reading.read(chosen.survey, segment=chosen.segment, span=period.span, previous=period.previous, sight=sight)
    scored = [question for question in questions if question.figure in FIGURES]
    answers = {question.pk: answers_now(read, question) for question in scored}
    painter = Painter(chosen, read, tell, changes(read, scored, k=tell.k), answers)
    shown = next((question for question in scored if question.pk == below), scored[0] if scored else None)
    tiles = [painter.tile(question, is_shown_below=question == shown) for question in scored]
    drawn: list[Chart] = []
    origins = None
    if shown is not None and painter.told(shown).value is not None:
        drawn += [painter.trend(shown), painter.spread(shown)]
        origins = ranking.of(painter.within(shown), read, shown, where=where, labels=labels, tell=tell)
    chosen_from = [question for question in questions if question.figure == "choices"]
    drawn += [chart for question in chosen_from if (chart := painter.choices(question))]
    main = next((tile for tile in tiles if tile.is_shown_below), None)
    span, before = tell.span(period.span), tell.span(period.previous) if period.previous else ""
    counted = str(LATEST_ANSWER if sight.by_quarter else EVERY_ANSWER)
    if main is None:
        return Board(tiles, drawn, span, before, counted)
    return Board(tiles, drawn, main.window, main.before or before, counted, main.why, origins)

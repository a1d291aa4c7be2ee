"""A figure → the words that people read, in the organization's notation of numbers."""

from dataclasses import dataclass
from datetime import date

from django.utils import formats
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from dashboards import figures, kpi, metrics, rounding, suppression
from dashboards.blocks import Window
from dashboards.figures import Change
from dashboards.kpi import Kpi
from dashboards.periods import Span
from dashboards.reading import Sight

MARKS: dict[str, tuple[str | Promise, str | Promise]] = {
    suppression.LOW_BASE: (
        gettext_lazy("low base"),
        gettext_lazy("Fewer than 30 answers: too few for rankings and alerts."),
    ),
    suppression.INDICATIVE: (gettext_lazy("indicative"), gettext_lazy("Fewer than 100 answers.")),
    suppression.WIDE_INTERVAL: (
        gettext_lazy("wide interval"),
        gettext_lazy("The true figure may lie far from this one; more answers narrow it."),
    ),
    figures.CLUSTERED: (
        gettext_lazy("repeated answers"),
        gettext_lazy("Customers answered more than once; the interval takes them as alike."),
    ),
}


def one_or_many(written: str) -> int:
    """By which a plural is chosen: «1» is one, «1.0» and «0.5» are not."""
    return 1 if written.lstrip("+−") == "1" else 2


@dataclass(frozen=True, slots=True)
class Teller:
    """How numbers are written in the reader's language, and from how many answers on figures are told."""

    language: str
    k: int

    def number(self, written: str) -> str:
        """ "-3.5" → "−3,5"."""
        separator = str(formats.get_format("DECIMAL_SEPARATOR", lang=self.language))
        return written.replace(".", separator).replace("-", "−")

    def count(self, n: int) -> str:
        separator = str(formats.get_format("THOUSAND_SEPARATOR", lang=self.language))
        return f"{n:,}".replace(",", separator or "\u202f")

    def day(self, day: date) -> str:
        return formats.date_format(day, "SHORT_DATE_FORMAT")

    def span(self, span: Span) -> str:
        if span.start is None:
            return _("until %(day)s") % {"day": self.day(span.end)}
        if span.start == span.end:
            return self.day(span.start)
        return f"{self.day(span.start)} – {self.day(span.end)}"

    def why(self, window: Window, sight: Sight) -> str:
        """Why other days are told than were asked for."""
        said = []
        if window.is_widened:
            widened = _("widened so that no single answer can be worked out")
            said.append(_("whole quarters") if sight.by_quarter else widened)
        if window.waits and sight.next_told:
            running = _("a quarter is told when it is over, the next one from %(day)s on")
            said.append(running % self._next(sight.next_told))
        elif window.waits:
            said.append(_("whole days, the newest answers %(k)s or more at a time") % {"k": self.k})
        return "; ".join(said)

    def not_over(self, next_told: date) -> str:
        """Why nothing of the running quarter is told, nor of one that waits for it; never how many answered."""
        return _("Told by whole quarters: the next one from %(day)s") % self._next(next_told)

    def _next(self, day: date) -> dict[str, str]:
        return {"day": formats.date_format(day, "DATE_FORMAT")}

    def quarters(self, start: date, end: date) -> str:
        """ "Q3 2026", or from one to another where they are told together."""
        said = [_("Q%(number)s %(year)s") % {"number": (day.month + 2) // 3, "year": day.year} for day in (start, end)]
        return " – ".join(dict.fromkeys(said))

    def value(self, figure: Kpi) -> str:
        return self.number(rounding.value(figure) or "–")

    def with_unit(self, figure: Kpi) -> str:
        return self.value(figure) + ("\u202f%" if figure.unit == "percent" else "")

    def interval(self, figure: Kpi) -> str:
        limits = rounding.interval(figure)
        if limits is None:
            return ""
        low, high = (self.number(limit) for limit in limits)
        return _("%(low)s to %(high)s") % {"low": low, "high": high}

    def answers(self, n: int) -> str:
        return ngettext("%(n)s answer", "%(n)s answers", n) % {"n": self.count(n)}

    def missing(self, figure: Kpi, *, ever: int) -> str:
        """Why there is no value."""
        if figure.reason == kpi.SUPPRESSED and figure.n >= self.k:
            return _("Not shown yet: the few others of these days could be worked out")
        if figure.reason == kpi.SUPPRESSED:
            return _("%(n)s of %(k)s answers needed") % {"n": self.count(figure.n), "k": self.k}
        return _("No answers in this period") if ever else _("No answers yet")

    def change(self, change: Change) -> str:
        """The change in points, only if it is real."""
        if not change.is_real:
            return _("no reliable change")
        said = self.points(change)
        return ngettext("%(difference)s point", "%(difference)s points", one_or_many(said)) % {"difference": said}

    def points(self, change: Change) -> str:
        """Up or down by so many, with a sign."""
        return self.number(rounding.difference(change.difference) or "–")

    def percent(self, part: int, n: int) -> str:
        return self.value(metrics.percent(part, n))

    def marks(self, figure: Kpi) -> list[tuple[str, str]]:
        return [(str(MARKS[flag][0]), str(MARKS[flag][1])) for flag in figure.flags if flag in MARKS]


PERIODS: dict[str, str | Promise] = {
    "7d": gettext_lazy("Last 7 days"),
    "30d": gettext_lazy("Last 30 days"),
    "90d": gettext_lazy("Last 90 days"),
    "365d": gettext_lazy("Last 365 days"),
    "this_month": gettext_lazy("This month"),
    "last_month": gettext_lazy("Last month"),
    "this_quarter": gettext_lazy("This quarter"),
    "last_quarter": gettext_lazy("Last quarter"),
    "all": gettext_lazy("All time"),
    "custom": gettext_lazy("From – to"),
}
TRENDS: dict[str, str | Promise] = {
    "week": gettext_lazy("%(figure)s by week"),
    "month": gettext_lazy("%(figure)s by month"),
    "quarter": gettext_lazy("%(figure)s by quarter"),
}
NAMES = {"nps": "NPS", "csat": "CSAT", "ces": "CES"}
UNITS: dict[str, str | Promise] = {
    "nps": gettext_lazy("points from −100 to +100"),
    "csat": gettext_lazy("percent satisfied"),
    "ces": gettext_lazy("percent who found it easy"),
}
BANDS: dict[str, tuple[str | Promise, str | Promise, str | Promise]] = {
    "nps": (gettext_lazy("Detractors"), gettext_lazy("Passives"), gettext_lazy("Promoters")),
    "csat": (gettext_lazy("Dissatisfied"), gettext_lazy("Neutral"), gettext_lazy("Satisfied")),
    "ces": (gettext_lazy("Difficult"), gettext_lazy("Neither"), gettext_lazy("Easy")),
}
FORMULAS: dict[str, str | Promise] = {
    "nps": gettext_lazy("100 × (promoters, who gave 9–10, minus detractors, who gave 0–6) ÷ all answers"),
    "csat": gettext_lazy("100 × answers of 4 and 5 ÷ all answers (3 is not satisfied)"),
    "ces": gettext_lazy("100 × answers of 5, 6 and 7 ÷ all answers (7 is the easiest)"),
}
INTERVALS: dict[str, str | Promise] = {
    figures.CLUSTERED: gettext_lazy(
        "95 %, cluster-robust: customers answered more than 1.2 times on average, and one customer's answers are alike"
    ),
    "nps": gettext_lazy("95 %, adjusted Wald (Rocks 2016), honest from five answers on"),
    "csat": gettext_lazy("95 %, Wilson"),
    "ces": gettext_lazy("95 %, Wilson"),
}
EVERY_ANSWER = gettext_lazy(
    "One response per invitation, the latest wording of it; "
    "answers of unfinished questionnaires count as far as they go."
)
LATEST_ANSWER = gettext_lazy(
    "Each customer counts once a quarter, by her latest answer in it, since the survey asks about the whole "
    "relationship; several quarters are added up. Responses without a customer, as from open links, count each."
)
CLUSTERED_TEST = gettext_lazy(
    "cluster-robust t test, since customers answered more than 1.2 times on average; "
    "real where p, adjusted for all figures of the page, is below 0.05"
)
SHARES_TEST = gettext_lazy(
    "N−1 chi-square of two shares (Fisher where answers are very few); "
    "real where p, adjusted for all figures of the page, is below 0.05"
)
TESTS: dict[str, str | Promise] = {
    "nps": gettext_lazy(
        "adjusted z test of two NPS; real where p, adjusted for all figures of the page, is below 0.05"
    ),
    "csat": SHARES_TEST,
    "ces": SHARES_TEST,
}

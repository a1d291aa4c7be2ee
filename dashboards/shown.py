"""What stands on the dashboard: tables whose cells are numbers, and charts with the table behind each."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from django.utils.translation import gettext as _

from dashboards import kpi, rounding, suppression
from dashboards.charts import Mark
from dashboards.figures import Figure
from dashboards.kpi import Kpi
from dashboards.saying import NAMES, Teller

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


def number(written: str | None) -> int | float | None:
    """What people read, as a number to reckon with."""
    if written is None:
        return None
    return float(written) if "." in written else int(written)


def mark(tell: Teller, label: str, shown: Kpi) -> Mark:
    if shown.value is None or shown.interval is None:
        return Mark(label, None)
    hover = f"{label}: {tell.with_unit(shown)} ({tell.interval(shown)}), n = {tell.count(shown.n)}"
    return Mark(label, shown.value, *shown.interval, hover, suppression.LOW_BASE in shown.flags)


def heads(figure: Figure) -> list[str]:
    return [NAMES[figure.name], _("Low"), _("High"), _("Answers")]


def cells(shown: Kpi) -> tuple[Cell, ...]:
    """Value, limits and n as on the tile; where it may not be told, not even n."""
    if shown.value is None:
        return None, None, None, 0 if shown.reason == kpi.NO_DATA else None
    low, high = rounding.interval(shown) or (None, None)
    return *(number(written) for written in (rounding.value(shown), low, high)), shown.n

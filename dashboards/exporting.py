"""A table of the dashboard → CSV or a workbook, with the lines that say what its numbers are about."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from django.http.response import HttpResponseBase
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from dashboards import rounding
from dashboards.board import Board
from dashboards.chosen import Chosen
from dashboards.funnel import Funnel
from dashboards.shown import Cell, Table, number
from feedback import exporting

# Beside the charts' own names.
FIGURES, FUNNEL = "figures", "funnel"


def table(name: str, board: Board, funnel: Funnel | None) -> Table | None:
    """None where the page shows no such table, be it that there are too few answers."""
    if name == FUNNEL:
        return funnel.table if funnel and funnel.steps else None
    if name == FIGURES:
        return _figures(board) if board.tiles else None
    chart = board.chart(name)
    return chart.table if chart else None


def _figures(board: Board) -> Table:
    head = [_("Figure"), _("Question"), _("Value"), _("Low"), _("High"), _("Answers"), _("Change"), _("Remarks")]
    rows = []
    for tile in board.tiles:
        low, high = rounding.interval(tile.kpi) or (None, None)
        numbers = [number(written) for written in (rounding.value(tile.kpi), low, high)]
        remarks = tile.missing or "; ".join(mark for mark, _why in tile.marks)
        n = tile.kpi.n if tile.kpi.value is not None else None
        rows.append([tile.name, tile.question.title, *numbers, n, tile.change, remarks])
    return Table(head, rows)


def definition(
    name: str, chosen: Chosen, board: Board, funnel: Funnel | None, *, part: str, k: int, now: datetime
) -> list[tuple[str, Cell]]:
    """What the page says around the table: without it a number on a slide is anybody's guess."""
    chart = board.chart(name)
    is_funnel = name == FUNNEL
    lines: list[tuple[str, Cell]] = [
        (_("Table"), chart.title if chart else _("From asking to answering") if is_funnel else _("Figures")),
        (_("Survey"), chosen.survey.name),
        (_("Touchpoint"), chosen.touchpoint.name if chosen.touchpoint else _("All touchpoints")),
        (_("Segment"), part or _("all")),
        (_("Period"), funnel.window if is_funnel and funnel else board.window),
        (_("Days"), _("by day of asking") if is_funnel else _("by day of answer")),
        (_("Counted"), _("each invitation once, by what became of it") if is_funnel else board.counted),
        (_("Minimum group"), k),
        (_("As of"), date_format(localtime(now), "DATETIME_FORMAT")),
    ]
    if board.why and not is_funnel:
        lines.append((_("Days told"), board.why))
    if chart and chart.note:
        lines.insert(1, (_("Shown"), chart.note))
    return lines


def response(name: str, found: Table, lines: Sequence[tuple[str, Cell]], *, is_book: bool) -> HttpResponseBase:
    """The table first, so that programs find its head in the first row; what it is about below."""
    write = exporting.xlsx_response if is_book else exporting.csv_response
    return write(name, found.head, _rows(found, lines))


def _rows(found: Table, lines: Sequence[tuple[str, Cell]]) -> Iterator[Sequence[Cell]]:
    yield from found.rows
    yield []
    yield from lines

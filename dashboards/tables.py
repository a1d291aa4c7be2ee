"""The table of a chart → CSV that a spreadsheet opens without obeying it."""

import csv
import io
from collections.abc import Sequence

from dashboards.board import Cell, Table

# A cell that begins so is run as a formula, and what customers chose or wrote may begin so.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def written(table: Table) -> str:
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerows([_harmless(table.head), *map(_harmless, table.rows)])
    # The mark makes spreadsheets read UTF-8.
    return "\ufeff" + file.getvalue()


def _harmless(cells: Sequence[Cell]) -> list[Cell]:
    return [f"'{cell}" if isinstance(cell, str) and cell.lstrip(" ").startswith(FORMULA) else cell for cell in cells]

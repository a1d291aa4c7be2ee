"""Files of purchases for tests: read by the pure modules, the way an import reads them."""

import zoneinfo
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from feedback import guessing, lines, purchase_rows
from feedback.lines import Cells
from feedback.mapping import Mapping
from feedback.purchase_rows import Fault, Row
from tests.environment import ROOT

CDNOW = ROOT / "actions" / "demo_data" / "cdnow_sample.txt"
NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
BERLIN = zoneinfo.ZoneInfo("Europe/Berlin")


def cells(content: bytes, mapping: Mapping) -> Iterator[Cells]:
    found = lines.lines([content], mapping.encoding)
    return lines.fixed(found, mapping.cuts) if mapping.cuts else lines.delimited(found, mapping.delimiter)


def guessed(content: bytes, encoding: str = "utf-8-sig") -> guessing.Guess:
    return guessing.guess(list(lines.lines([content], encoding)), encoding=encoding)


def read(content: bytes | str, **changes: Any) -> list[Row | list[Fault]]:
    """Every row but empty ones, by the mapping that is guessed, with `changes`."""
    from dataclasses import replace

    body = content.encode() if isinstance(content, str) else content
    mapping = replace(guessed(body, changes.pop("encoding", "utf-8-sig")).mapping, **changes)
    mapping.check()
    rows = purchase_rows.read_all(cells(body, mapping), mapping, zone=BERLIN, now=NOW)
    return [row for _number, row in rows if row is not None]

"""What a workbook holds, read as XML: texts as texts, numbers as numbers, and never a formula."""

import io
import zipfile
from xml.etree import ElementTree

SPACE = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def rows(content: bytes, sheet: int = 1) -> list[dict[str, str | float]]:
    """By the letter of the column; empty cells are not there."""
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        written = book.read(f"xl/worksheets/sheet{sheet}.xml")
    assert b"<f>" not in written
    return [_row(found) for found in ElementTree.fromstring(written).iter(f"{SPACE}row")]


def titles(content: bytes) -> list[str]:
    """Of the sheets, in their order."""
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        written = book.read("xl/workbook.xml")
    return [str(sheet.get("name")) for sheet in ElementTree.fromstring(written).iter(f"{SPACE}sheet")]


def _row(found: ElementTree.Element) -> dict[str, str | float]:
    return {str(cell.get("r")).rstrip("0123456789"): _value(cell) for cell in found if len(cell)}


def _value(cell: ElementTree.Element) -> str | float:
    if cell.get("t") == "inlineStr":
        return "".join(cell.itertext())
    return float(cell.findtext(f"{SPACE}v") or "nan")

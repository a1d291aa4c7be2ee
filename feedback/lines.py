"""A file's bytes → its rows of cells, piece by piece: memory does not grow with the file."""

import codecs
import csv
import io
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice

from feedback.scanning import LONGEST_LINE, Unreadable

# A quoted cell that runs on for longer has lost its closing mark.
MOST_LINES_OF_A_ROW = 50
_LOOKED_AT = 200


@dataclass(frozen=True)
class Broken:
    """A row that cannot be taken apart; `code` says why."""

    code: str
    value: str = ""


Cells = Sequence[str] | Broken


def lines(pieces: Iterable[bytes], encoding: str) -> Iterator[str]:
    """Line by line; what cannot be read in this encoding becomes U+FFFD."""
    others = iter(pieces)
    first = next(others, b"")
    # A mark at the beginning may be there or not.
    name = "utf-8-sig" if encoding == "utf-8" else encoding
    if name == "utf-16" and not first.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        name = "utf-16-le"
    decoder = io.IncrementalNewlineDecoder(codecs.getincrementaldecoder(name)("replace"), translate=True)
    rest = ""
    for piece in chain([first], others):
        *whole, rest = (rest + decoder.decode(piece)).split("\n")
        yield from whole
        if len(rest) > LONGEST_LINE:
            raise Unreadable("line_too_long")
    *whole, rest = (rest + decoder.decode(b"", final=True)).split("\n")
    yield from whole
    if rest:
        yield rest


def delimited(source: Iterable[str], delimiter: str) -> Iterator[Cells]:
    """Cells between delimiters; a cell in quotation marks may hold delimiters and line breaks."""
    waiting: deque[str] = deque()
    others = iter(source)
    while True:
        if waiting:
            line = waiting.popleft()
        else:
            following = next(others, None)
            if following is None:
                return
            line = following
        yield line.split(delimiter) if '"' not in line else _quoted(line, delimiter, waiting, others)


def _quoted(line: str, delimiter: str, waiting: deque[str], others: Iterator[str]) -> Cells:
    """Takes further lines where a cell runs on over them, and gives them back where it never ends."""
    taken: list[str] = []
    row = _parsed(line, delimiter)
    while row is None and len(taken) < MOST_LINES_OF_A_ROW and sum(map(len, taken)) < LONGEST_LINE:
        following = waiting.popleft() if waiting else next(others, None)
        if following is None:
            break
        taken.append(following)
        if '"' in following:
            row = _parsed("\n".join([line, *taken]), delimiter)
    if row is None:
        waiting.extendleft(reversed(taken))
        return Broken("broken_csv", line)
    return row


def _parsed(text: str, delimiter: str) -> Cells | None:
    """None while a quotation mark is open."""
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        return None if "unexpected end" in str(error) else Broken("broken_csv", text)
    return rows[0] if len(rows) == 1 else Broken("broken_csv", text)


def fixed(source: Iterable[str], cuts: Sequence[int]) -> Iterator[Cells]:
    """Cells between the places where columns begin; the last one takes what is left.

    Where columns are kept apart by blanks, a value that fills the gap is broken; some files have columns without gaps.
    """
    ends: list[int | None] = [*cuts[1:], None]
    spans = [slice(start, end) for start, end in zip(cuts, ends, strict=True)]
    others = iter(source)
    first = list(islice(others, _LOOKED_AT))
    apart = [cut for cut in cuts[1:] if 2 * sum(_is_crossed(line, cut) for line in first) < len(first)]
    for line in chain(first, others):
        if any(_is_crossed(line, cut) for cut in apart):
            yield Broken("does_not_fit", line)
        else:
            yield [line[span] for span in spans]


def _is_crossed(line: str, cut: int) -> bool:
    return bool(line[cut - 1 : cut].strip() and line[cut : cut + 1].strip())

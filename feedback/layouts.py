"""The first lines of a file → its layout: what stands between columns, or where those of fixed width begin."""

import re
from collections import Counter
from collections.abc import Sequence
from itertools import islice

from feedback.lines import Broken, delimited, fixed
from feedback.mapping import DELIMITERS, MOST_COLUMNS, Mapping

_LAID_OUT_BY = 300
NUMBER = re.compile(r"[-+]?[\d.,' ]*\d[\d.,]*", re.ASCII)


def cells(lines: Sequence[str], laid_out: Mapping) -> list[list[str]]:
    """Rows of stripped cells; broken ones are left out."""
    rows = fixed(lines, laid_out.cuts) if laid_out.cuts else delimited(lines, laid_out.delimiter)
    return [[cell.strip() for cell in row] for row in rows if not isinstance(row, Broken)]


def of(lines: Sequence[str]) -> tuple[str, tuple[int, ...]]:
    """The delimiter, or else where columns of fixed width begin."""
    delimiter, width, share = max(
        (_delimited_by(mark, lines) for mark in DELIMITERS), key=lambda it: (it[2] >= 0.6, it[2] * min(it[1], 4), it[1])
    )
    cuts = _cuts(lines)
    if (width < 2 or share < 0.6 or (width == 2 and len(cuts) > 2)) and len(cuts) > 1:
        return ",", cuts
    return (delimiter if width > 1 else ","), ()


def of_fixed(lines: Sequence[str]) -> tuple[int, ...]:
    """Where columns of fixed width begin; one column where no place is blank in every line."""
    return _cuts([line for line in lines if line.strip()]) or (0,)


def usual_width(rows: Sequence[Sequence[str]]) -> int:
    """How many cells most rows have; a row with more of them is faulty."""
    widths = Counter(len(row) for row in rows[:_LAID_OUT_BY])
    return widths.most_common(1)[0][0] if widths else 0


def _delimited_by(mark: str, lines: Sequence[str]) -> tuple[str, int, float]:
    """With how many columns, and in which share of the rows."""
    widths = Counter(
        0 if isinstance(row, Broken) else len(row)
        for row in islice(delimited(lines[:_LAID_OUT_BY], mark), _LAID_OUT_BY)
    )
    width, rows = max(widths.items(), key=lambda it: (it[0] > 1, it[1]), default=(0, 0))
    return (mark, width, rows / widths.total()) if widths and width > 1 else (mark, 1, 0.0)


def _cuts(lines: Sequence[str]) -> tuple[int, ...]:
    """Columns stand between places that are blank in every line."""
    sample = lines[:_LAID_OUT_BY]
    longest = max(map(len, sample), default=0)
    if len(sample) < 2 or longest > 2000:
        return ()
    padded = [line.ljust(longest) for line in sample]
    filled = [any(not line[place].isspace() for line in padded) for place in range(longest)]
    starts = [place for place in range(longest) if filled[place] and (place == 0 or not filled[place - 1])]
    ends = [place + 1 for place in range(longest) if filled[place] and (place + 1 == longest or not filled[place + 1])]
    if len(starts) < 2 or len(starts) > MOST_COLUMNS:
        return ()
    cuts = [0]
    for gap, start, end in zip(ends, starts[1:], ends[1:], strict=False):
        # Numbers grow to the left, texts to the right.
        is_number = all(NUMBER.fullmatch(line[start:end].strip() or "0") for line in padded)
        cuts.append(gap if is_number else start)
    return tuple(cuts)

"""Words that somebody looks for → the places where a text has them, whatever the case and the accents."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

MOST_WORDS = 6
# The same marks that `feedback.models.Folded` takes away in the database.
_MARKS = re.compile("[\u0300-\u036f]")


@dataclass(frozen=True, slots=True)
class Piece:
    """Part of a text, and whether it is what was looked for."""

    text: str
    is_hit: bool


def folded(text: str) -> str:
    """Small letters without accents: "Über" and "uber" are the same."""
    # Letter by letter, as the database does it: a whole word would end in another sigma.
    return "".join(map(_letter, text))


def _letter(letter: str) -> str:
    if letter.isascii():
        return letter.lower()
    plain = _MARKS.sub("", unicodedata.normalize("NFKD", letter))
    return "".join(part.lower() for part in plain)


def of(said: str) -> list[str]:
    """What to look for, folded; all of it must be there."""
    return [word for word in map(folded, said.split()) if word][:MOST_WORDS]


def marked(text: str, words: Sequence[str]) -> list[Piece]:
    """The text in pieces, whole as it was written, hits apart from what lies between."""
    letters = [_letter(letter) for letter in text]
    hits = _hits("".join(letters), words)
    is_hit, place, pieces = False, 0, list[Piece]()
    for letter, plain in zip(text, letters, strict=True):
        # An accent that was written as a sign of its own leaves nothing, and belongs to the letter before it.
        is_hit = any(place + more in hits for more in range(len(plain))) if plain else is_hit
        place += len(plain)
        if pieces and pieces[-1].is_hit == is_hit:
            pieces[-1] = Piece(pieces[-1].text + letter, is_hit)
        else:
            pieces.append(Piece(letter, is_hit))
    return pieces


def _hits(plain: str, words: Sequence[str]) -> set[int]:
    """The places of the folded text that belong to one of the words."""
    if not words:
        return set()
    pattern = re.compile("|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)))
    return {place for found in pattern.finditer(plain) for place in range(*found.span())}


def excerpt(text: str, words: Sequence[str], *, length: int = 160) -> list[Piece]:
    """As much of a long text as a list has room for, around the first hit."""
    pieces = marked(text, words)
    if len(text) <= length:
        return pieces
    first = len(pieces[0].text) if len(pieces) > 1 and not pieces[0].is_hit else 0
    start = max(0, min(first - length // 3, len(text) - length))
    cut = text[start : start + length].strip()
    return marked(("…" if start else "") + cut + ("…" if start + length < len(text) else ""), words)

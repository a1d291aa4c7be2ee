"""Wording → lasting key: "Where did you hear of us?" becomes where_did_you_hear_of_us, once and for ever."""

import re
import unicodedata
from collections.abc import Collection

LONGEST = 24


def key_for(text: str, *, instead: str, taken: Collection[str]) -> str:
    """A key that reads like the text; `instead` where the text gives none; numbered where it is taken."""
    stem = _plain(text) or instead
    if stem not in taken:
        return stem
    number = 2
    while f"{stem}_{number}" in taken:
        number += 1
    return f"{stem}_{number}"


def _plain(text: str) -> str:
    latin = unicodedata.normalize("NFKD", text.replace("ß", "ss")).encode("ascii", "ignore").decode().lower()
    words = re.findall(r"[a-z0-9]+", re.sub(r"\{\{.*?\}\}", " ", latin))
    while words and words[0][0].isdigit():
        words.pop(0)
    key = "_".join(words)
    if len(key) <= LONGEST:
        return key
    return key[: LONGEST + 1].rpartition("_")[0] or key[:LONGEST]

"""An author's text with {name}, {product}, {date} and {organization} → what one customer reads; nothing is executed."""

import re
from collections.abc import Iterator, Mapping

from surveys import piping
from surveys.answers import Attributes
from surveys.faults import Problem, gettext_noop

WORDS = ("name", "product", "date", "organization")
# What a shop may not have told us: such a word says what stands there instead.
MAY_BE_UNKNOWN = ("name", "product")

_WORD = r"\{(?P<word>[^{}|:]*)(?P<bar>\|(?P<instead>[^{}|]*))?\}"
_EITHER = re.compile(f"{piping.PIPE.pattern}|{_WORD}")

UNKNOWN = Problem(
    "unknown_placeholder",
    gettext_noop(
        "“%(found)s” is not a word that we can fill in. There are {name|…}, {product|…}, {date} and {organization}."
    ),
)
NEEDS_A_FALLBACK = Problem(
    "needs_a_fallback",
    gettext_noop(
        "“%(found)s” is not always known. Say what stands there otherwise, after a bar: {%(word)s|instead}. "
        "It may be nothing: {%(word)s|}."
    ),
)
BROKEN = Problem(
    "broken_braces",
    gettext_noop("A brace is missing or too many. A word to fill in looks like {date} or {product|your purchase}."),
)
NOT_ANSWERED_YET = Problem(
    "not_answered_yet",
    gettext_noop("“%(found)s” asks for an answer, and she has not answered yet."),
)


def faults(text: str) -> Iterator[tuple[Problem, dict[str, str]]]:
    """What is wrong with its placeholders, each with the values of its sentence."""
    for found in _EITHER.finditer(text):
        yield from _faults_of(found)
    rest = _EITHER.sub("", text)
    if "{" in rest or "}" in rest:
        yield BROKEN, {}


def fill(text: str, values: Mapping[str, str], attributes: Attributes) -> str:
    """In one pass: what a value brings along is never read as a placeholder."""
    if "{" not in text:
        return text

    def read(found: re.Match[str]) -> str:
        if found["source"] is not None:
            return piping.fill(found[0], {}, attributes)
        return values.get(found["word"].strip(), "") or (found["instead"] or "").strip()

    return _EITHER.sub(read, text)


def _faults_of(found: re.Match[str]) -> Iterator[tuple[Problem, dict[str, str]]]:
    if found["source"] is not None:
        source = found["source"].strip()
        if source == "answer":
            yield NOT_ANSWERED_YET, {"found": found[0]}
        elif source not in piping.SOURCES or not piping.ATTRIBUTE_NAME.fullmatch(found["name"].strip()):
            yield UNKNOWN, {"found": found[0]}
        return
    word = found["word"].strip()
    if word not in WORDS:
        yield UNKNOWN, {"found": found[0]}
    elif word in MAY_BE_UNKNOWN and found["bar"] is None:
        yield NEEDS_A_FALLBACK, {"found": found[0], "word": word}

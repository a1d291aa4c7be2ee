"""Puts earlier answers and attributes into a text: {{answer:key|fallback}}, {{customer:first_name|there}}."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from surveys.answers import NOBODY, Attributes

# Nothing is ever executed: a pipe names a source, a name and what to say when there is nothing to say.
PIPE = re.compile(r"\{\{(?P<source>[^{}|:]*):(?P<name>[^{}|:]*)\|(?P<fallback>[^{}|]*)\}\}")
SOURCES = ("answer", "customer", "interaction")
ATTRIBUTE_NAME = re.compile(r"[^\W\d](?:[\w .-]{0,62}\w)?")
MOST_PIPED = 200


@dataclass(frozen=True)
class Pipe:
    source: str
    name: str
    fallback: str


def pipes_in(text: str) -> Iterator[Pipe]:
    for found in PIPE.finditer(text):
        yield Pipe(found["source"].strip(), found["name"].strip(), found["fallback"].strip())


def has_broken_pipe(text: str) -> bool:
    """Braces in pairs that are no pipe."""
    rest = PIPE.sub("", text)
    return "{{" in rest or "}}" in rest


def fill(text: str, spoken: Mapping[str, str], attributes: Attributes) -> str:
    """`spoken` holds the answers in words, by question key."""
    if "{{" not in text:
        return text

    def read(found: re.Match[str]) -> str:
        source, name = found["source"].strip(), found["name"].strip()
        value = spoken.get(name, "") if source == "answer" else attributes.text(source, name)
        return _short(value) or found["fallback"].strip()

    # A value may bring braces of its own, and must not read like a pipe of ours.
    return re.sub(r"\{{2,}|\}{2,}", lambda braces: braces[0][0], PIPE.sub(read, text))


def plain(text: str) -> str:
    """The text for titles and exports, where nobody in particular is spoken to."""
    return fill(text, {}, NOBODY)


def _short(value: str) -> str:
    line = " ".join(value.split())
    return line if len(line) <= MOST_PIPED else line[: MOST_PIPED - 1].rstrip() + "…"

"""An organization's colour → the one style sheet of its customers' pages, kept by browsers for a year."""

import gzip
import hashlib
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.urls import reverse

from organizations import colours

PLAIN = "#3d434d"
_COMMENTS, _SPACE = re.compile(r"/\*.*?\*/", re.S), re.compile(r"\s*([{}:;,>])\s*")


def address(colour: str) -> str:
    """No inline style is allowed on a page, so the colour is part of the sheet, and the sheet's hash of its address."""
    return _address(colour, _source_changed_at())


@dataclass(frozen=True)
class StyleSheet:
    text: str
    packed: bytes
    digest: str


def sheet(colour: str) -> StyleSheet:
    """`colour` as #rrggbb."""
    return _sheet(colour, _source_changed_at())


@lru_cache(maxsize=1024)
def _address(colour: str, changed_at: int) -> str:
    return reverse("respond:style", args=[_sheet(colour, changed_at).digest, colour.removeprefix("#")])


@lru_cache(maxsize=256)
def _sheet(colour: str, changed_at: int) -> StyleSheet:
    light, dark = _variables(colour, colours.LIGHT_GROUND), _variables(colour, colours.DARK_GROUND)
    text = _COMMENTS.sub("", _source().read_text())
    body = _SPACE.sub(r"\1", " ".join(text.split()))
    whole = f":root{{{light}}}@media (prefers-color-scheme:dark){{:root{{{dark}}}}}{body}"
    return StyleSheet(whole, gzip.compress(whole.encode(), mtime=0), hashlib.sha256(whole.encode()).hexdigest()[:12])


def _variables(colour: str, ground: str) -> str:
    return (
        f"--brand:{colour};--on-brand:{colours.text_on(colour)};"
        f"--ink-brand:{colours.ink(colour, ground)};--on-ink-brand:{colours.text_on(colours.ink(colour, ground))};"
        f"--tint:{colours.tint(colour, ground)}"
    )


@lru_cache(maxsize=1)
def _source() -> Path:
    found = finders.find("css/respond.css")
    assert isinstance(found, str)
    return Path(found)


def _source_changed_at() -> int:
    """In development the sheet follows its file; else it is read once."""
    return _source().stat().st_mtime_ns if settings.LOCAL else 0

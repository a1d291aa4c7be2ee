"""Translations as people edit them → as Django reads them, where no msgfmt is installed.

`python -m config.translations`
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import polib

LOCALE = Path(__file__).resolve().parent.parent / "locale"
# What the collecting tools write anew each time; without it a file with no new texts stays as it is.
DATES = re.compile(r'^"(?:POT-Creation-Date|PO-Revision-Date|Report-Msgid-Bugs-To): .*\n', re.MULTILINE)


def drop_dates(folder: Path = LOCALE) -> None:
    for source in sorted(folder.glob("*/LC_MESSAGES/*.po")):
        text = source.read_text(encoding="utf-8")
        undated = DATES.sub("", text)
        if undated != text:
            source.write_text(undated, encoding="utf-8")


def compile_messages(folder: Path = LOCALE) -> list[Path]:
    """.po → .mo where the .po is newer."""
    compiled = []
    for source in sorted(folder.glob("*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
            aside = target.with_suffix(f".{os.getpid()}.part")
            polib.pofile(str(source)).save_as_mofile(str(aside))
            aside.replace(target)
            compiled.append(target)
    return compiled


if __name__ == "__main__":
    drop_dates()
    compile_messages()

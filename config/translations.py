"""Translations as people edit them → as Django reads them, where no msgfmt is installed.

`python -m config.translations`
"""

from __future__ import annotations

import os
from pathlib import Path

import polib

LOCALE = Path(__file__).resolve().parent.parent / "locale"


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
    compile_messages()

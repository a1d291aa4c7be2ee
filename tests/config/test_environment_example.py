"""Whoever runs the product finds every variable that the settings read in .env.example and in the README."""

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
# `make run` sets these; production refuses to start on two of them.
LOCAL_ALONE = {"DATA", "DEBUG", "LOCAL", "MAILBOX_DIR"}


def read_by_settings() -> set[str]:
    code = (ROOT / "config" / "settings.py").read_text()
    return {*re.findall(r'env\.\w+\("([A-Z_]+)"', code)} - LOCAL_ALONE


def test_each_variable_stands_in_the_example() -> None:
    offered = re.findall(r"^(?:# )?([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE)

    assert read_by_settings() - {*offered} == set()


def test_each_variable_is_explained_in_the_readme() -> None:
    explained = re.findall(r"^\| `([A-Z_]+)` \|", (ROOT / "README.md").read_text(), re.MULTILINE)

    assert read_by_settings() == {*explained}

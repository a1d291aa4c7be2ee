"""How `make test` shares the tests out: a file stays with one worker, killers follow each other, the longest go first.

A file stays together, so that what a module makes once is made once. The longest go first, so that both workers end at
about the same time. Loaded by `-p tests.sharing`; pytest-xdist's own groups are not found by pytest 9.2.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

from tests.environment import ROOT

# A file goes as early as the first of these marks that it carries.
EARLY = ("kills", "journey", "long")
KILLERS = "all that kill"


class Sharing(LoadScopeScheduling):  # type: ignore[misc]  # pytest-xdist has no types
    """One unit of work is a file, or all files that kill."""

    def _split_scope(self, nodeid: str) -> str:
        return unit(_file(nodeid))


@cache
def unit(path: str) -> str:
    """The process that shares out has not collected the tests, so it reads the file."""
    return KILLERS if "mark.kills" in (ROOT / path).read_text() else path


def _file(nodeid: str) -> str:
    return nodeid.partition("::")[0]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Sharing | None:
    if config.getvalue("dist") != "loadfile":
        return None
    # Else whatever has the most tests would go first, however short they are.
    config.option.loadscopereorder = False
    return Sharing(config, log)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    turns: dict[str, int] = {}
    for item in items:
        path = _file(item.nodeid)
        own = next((turn for turn, mark in enumerate(EARLY) if item.get_closest_marker(mark)), len(EARLY))
        turns[path] = min(own, turns.get(path, own))
    files = {path: at for at, path in enumerate(sorted(turns, key=lambda path: turns[path]))}
    items.sort(key=lambda item: files[_file(item.nodeid)])

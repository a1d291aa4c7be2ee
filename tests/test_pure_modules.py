"""The modules that carry the thinking import in an interpreter that has no Django, no Celery and no database."""

import subprocess
import sys

import pytest

PURE = [
    "surveys.answers",
    "surveys.changes",
    "surveys.conditions",
    "surveys.document",
    "surveys.faults",
    "surveys.kinds",
    "surveys.languages",
    "surveys.lasting",
    "surveys.path",
    "surveys.piping",
    "surveys.questionnaire",
    "surveys.reading",
    "surveys.reading_conditions",
    "surveys.references",
    "surveys.rendering",
    "surveys.scales",
    "surveys.scripting",
    "surveys.starters",
    "surveys.translations",
    "surveys.upgrades",
    "surveys.wording",
    "surveys.words",
]

WITHOUT_FRAMEWORKS = """
import importlib, sys

class Wall:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ("django", "celery", "psycopg2", "redis") or name.endswith(".models"):
            raise ImportError(f"a pure module asked for {name}")

sys.meta_path.insert(0, Wall())
importlib.import_module(sys.argv[1])
"""


@pytest.mark.parametrize("module", PURE)
def test_pure_module_imports_without_django(module: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_FRAMEWORKS, module], capture_output=True, text=True, timeout=60
    )

    assert done.returncode == 0, done.stderr


def test_the_wall_holds() -> None:
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_FRAMEWORKS, "surveys.models"], capture_output=True, text=True, timeout=60
    )

    assert "a pure module asked for" in done.stderr

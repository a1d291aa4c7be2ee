"""The modules that carry the thinking import in an interpreter that has no Django, no Celery and no database."""

import subprocess
import sys
from configparser import ConfigParser
from pathlib import Path

CONTRACTS = Path(__file__).parent.parent / ".importlinter"

# Nothing heavy either: the web process imports many of them when it starts.
WITHOUT_FRAMEWORKS = """
import importlib, sys, traceback

class Wall:
    def find_spec(self, name, path=None, target=None):
        first = name.split(".")[0]
        if first in ("django", "celery", "psycopg2", "redis") or name.endswith(".models"):
            raise ImportError(f"a pure module asked for {name}")
        if first in ("numpy", "scipy", "pandas", "plotly", "statsmodels"):
            raise ImportError(f"{name} belongs into the function that needs it")

sys.meta_path.insert(0, Wall())
for module in sys.argv[1:]:
    try:
        importlib.import_module(module)
    except ImportError as fault:
        print(f"{module}: {fault}")
"""


def pure_modules() -> list[str]:
    """As the contract lists them; a package stands for all that is in it."""
    contracts = ConfigParser()
    contracts.read(CONTRACTS)
    return contracts["importlinter:contract:pure"]["source_modules"].split()


def without_frameworks(*modules: str) -> list[str]:
    """What these modules asked for in vain."""
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_FRAMEWORKS, *modules], capture_output=True, text=True, timeout=600, check=True
    )
    return done.stdout.splitlines()


def test_pure_modules_import_without_django_and_without_anything_heavy() -> None:
    modules = pure_modules()

    assert {"surveys.questionnaire", "feedback.eligibility", "dashboards.metrics", "actions.effectiveness"} <= {
        *modules
    }
    assert without_frameworks(*modules) == []


def test_the_wall_holds() -> None:
    assert without_frameworks("feedback.models", "surveys.naming") == [
        "feedback.models: a pure module asked for feedback.models"
    ]

"""Each formula says what it takes and whose it is, and a figure costs no web process half a second of imports."""

import inspect
import subprocess
import sys
from importlib import import_module

import pytest

DASHBOARDS = (
    "blocks clusters comparisons dispositions distribution drivers exact families importance intervals kano kpi limits "
    "means metrics ordinal quantiles rates resampling retention rising rounding rules spc suppression survival "
    "weighting"
)
ACTIONS = "before_after effectiveness interrupted"
MODULES = [*(f"dashboards.{name}" for name in DASHBOARDS.split()), *(f"actions.{name}" for name in ACTIONS.split())]


def test_a_figure_needs_no_scipy_stats() -> None:
    script = (
        "import sys; from dashboards import comparisons, exact, metrics, rates; from dashboards.distribution import *\n"
        "metrics.nps(Recommenders(1, 2, 3)); metrics.mean(Distribution(1, (1, 2, 3)))\n"
        "comparisons.nps(Recommenders(1, 2, 3), Recommenders(3, 2, 1)); comparisons.shares(0, 9, 1, 9)\n"
        "exact.fisher(1, 5, 2, 5); rates.ratio(1, 5, 2, 5)\n"
        "assert 'scipy.stats' not in sys.modules"
    )

    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr


def public_functions() -> list[tuple[str, object]]:
    found: list[tuple[str, object]] = []
    for name in MODULES:
        module = import_module(name)
        for attribute, value in vars(module).items():
            if inspect.isfunction(value) and value.__module__ == name and not attribute.startswith("_"):
                found.append((f"{name}.{attribute}", value))
    return found


@pytest.mark.parametrize(("name", "function"), public_functions(), ids=[name for name, _ in public_functions()])
def test_a_formula_comes_with_what_it_takes_and_its_source(name: str, function: object) -> None:
    text = inspect.getdoc(function) or ""

    assert text.splitlines()[0].rstrip().endswith((".", ":", ")")), f"{name} says in its first line what it gives"
    if "Formula:" in text:
        assert "Source:" in text, f"{name} names no source"
        order = [text.index(part) for part in ("Formula:", "Takes:", "Refuses:", "Source:") if part in text]
        assert order == sorted(order)

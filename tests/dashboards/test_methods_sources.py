"""A reader who knows statistics finds every formula, with its source, in the docstring of the function."""

import inspect
import re
from collections.abc import Callable
from importlib import import_module
from typing import Any

import pytest

from tests.dashboards.test_pure import MODULES

CHECKS = "checks what it is given, and computes nothing"
STEP = "a step of the documented functions beside it"
TABULATED = "a tabulated quantile or tail, from scipy.special"
EMPTY = "says that there is nothing to tell"
WITHOUT_SOURCE = {
    "comparisons.no_difference_told": EMPTY,
    "distribution.count_of": CHECKS,
    "drivers.correlations": CHECKS,
    "exact.log_choose": STEP,
    "intervals.part_of": CHECKS,
    "kpi.missing": EMPTY,
    "quantiles.normal": TABULATED,
    "quantiles.normal_p": TABULATED,
    "quantiles.student": TABULATED,
    "quantiles.student_p": TABULATED,
    "quantiles.tail_of": CHECKS,
    "rising.checked": CHECKS,
    "suppression.minimum": CHECKS,
    "survival.check_times": CHECKS,
    "weighting.target_shares": CHECKS,
}
PARTS = ("Formula:", "Takes:", "Source:")


def public_functions() -> dict[str, Callable[..., Any]]:
    found = {}
    for module in MODULES:
        for name, value in vars(import_module(module)).items():
            is_its_own = getattr(value, "__module__", None) == module and not name.startswith("_")
            # Also those behind a cache, which are no plain functions any more.
            if is_its_own and inspect.isroutine(inspect.unwrap(value)):
                found[f"{module.rpartition('.')[2]}.{name}"] = value
    return found


FUNCTIONS = public_functions()


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_first_line_says_in_one_sentence_what_it_gives(name: str) -> None:
    first, *rest = (inspect.getdoc(FUNCTIONS[name]) or "").splitlines()

    assert first.endswith("."), name
    assert not rest or not rest[0], f"{name}: the first sentence stands on a line of its own"


@pytest.mark.parametrize("name", sorted(FUNCTIONS.keys() - WITHOUT_SOURCE.keys()))
def test_a_function_names_formula_input_and_source(name: str) -> None:
    text = inspect.getdoc(FUNCTIONS[name]) or ""

    assert [part for part in PARTS if not re.search(rf"^{part} \S", text, re.MULTILINE)] == [], name


def test_what_needs_no_source_is_still_there_and_has_none() -> None:
    assert set(WITHOUT_SOURCE) - set(FUNCTIONS) == set()
    assert [name for name in WITHOUT_SOURCE if "Source:" in (inspect.getdoc(FUNCTIONS[name]) or "")] == []


@pytest.mark.parametrize("name", sorted(FUNCTIONS.keys() - WITHOUT_SOURCE.keys()))
def test_a_source_is_a_work_with_its_year_or_says_that_there_is_none(name: str) -> None:
    source = re.split(r"^Source: ", inspect.getdoc(FUNCTIONS[name]) or "", flags=re.MULTILINE)[1]

    is_work = re.search(r"\b(1[89]|20)\d\d\b|\bISO \d{4,5}\b|\bRFC \d+\b|e-Handbook \d", source)
    refers = re.match(r"as [a-z_]+( and [a-z_]+)?\.$", source)
    assert is_work or refers or re.match(r"convention|recorded events|regression", source), source

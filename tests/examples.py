"""How many made-up examples a property is tried with.

`make test` tries the same ones each time, so that a red test is red for whoever looks at it next.
`HYPOTHESIS_PROFILE=thorough make test` tries twenty times as many, other ones each time.
"""

import os

import pytest
from hypothesis import HealthCheck, settings

USUAL, THOROUGH = "usual", "thorough"
_EXAMPLES = 100
_TIMES = 20


def load_profile() -> None:
    # A busy machine must not turn a slow example into a failure.
    patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
    settings.register_profile(USUAL, patient, derandomize=True)
    settings.register_profile(THOROUGH, patient, derandomize=False, max_examples=_EXAMPLES * _TIMES)
    settings.load_profile(_profile())


def examples(usual: int) -> int:
    """For a property whose examples are dear, or cheap: @settings(max_examples=examples(25))."""
    return usual * _TIMES if _profile() == THOROUGH else usual


def _profile() -> str:
    name = os.environ.get("HYPOTHESIS_PROFILE") or USUAL
    if name not in (USUAL, THOROUGH):
        raise pytest.UsageError(f"HYPOTHESIS_PROFILE is {USUAL} or {THOROUGH}, not {name!r}.")
    return name

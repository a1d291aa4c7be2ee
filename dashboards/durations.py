"""Times counted in steps that grow with them → percentiles, from counts that add up over days."""

import math
from collections.abc import Mapping

# The first step ends after a minute; each one is a quarter longer than the one before: five a doubling, nearly.
FIRST, GROWTH = 60.0, 1.25


def percentile(counts: Mapping[int, int], share: float) -> float | None:
    """The percentile of times counted in growing steps, in seconds; None where there are none.

    Formula: upper/1.25·1.25^((h - before)/count) in the step that holds place h = share·n; upper = 60·1.25^step.
    Takes: how many times fell into each step, 0 for up to a minute; share in 0..1.
    Refuses: a share outside 0..1.
    Source: percentile of grouped data (Kendall and Stuart 1977, 2.5), on a logarithmic scale as the steps are.
    """
    if not 0 <= share <= 1:
        raise ValueError(f"share must lie between 0 and 1, not {share!r}")
    n, before = sum(counts.values()), 0
    if not n:
        return None
    for step, count in sorted(counts.items()):
        if count and before + count >= share * n:
            return float(lower(step) * GROWTH ** ((share * n - before) / count))
        before += count
    raise AssertionError("the last step reaches n")


def upper(step: int) -> float:
    return float(FIRST * GROWTH**step)


def lower(step: int) -> float:
    return upper(step - 1)


def step_of(seconds: float) -> int:
    """Into which step a time falls."""
    return max(0, math.ceil(math.log(max(seconds, FIRST) / FIRST, GROWTH) - 1e-9))

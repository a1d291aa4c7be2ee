"""Values of an attribute → whether figures by it would tell anything."""

import re
from collections.abc import Sequence

# More values than a dashboard gives rows of their own are counted together anyway.
MOST_VALUES = 50
NUMBERS, MANY = "numbers", "many"
_NUMBER = re.compile(r"-?\d[\d.,]*", re.ASCII)


def doubt(values: Sequence[str]) -> str:
    """Why this is better not reported by: nearly all numbers, or nearly each value another; '' where nothing is."""
    if not values:
        return ""
    different = set(values)
    if len(different) > MOST_VALUES or (len(values) >= 20 and 2 * len(different) > len(values)):
        return MANY
    numbers = sum(bool(_NUMBER.fullmatch(value)) for value in values)
    return NUMBERS if 10 * numbers >= 9 * len(values) and len(different) > 5 else ""

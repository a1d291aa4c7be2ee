"""What a figure says: a value with its interval and n, or the reason why it cannot be told."""

import math
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal

Unit = Literal["points", "percent", "score", "days", "ratio"]

Interval = tuple[float, float]

NO_DATA = "no_data"
SUPPRESSED = "suppressed"
N_LT_2 = "n_lt_2"
DEGENERATE = "degenerate"


@dataclass(frozen=True, slots=True)
class Kpi:
    """One figure: value, n and interval, or None with a reason.

    Takes: value in its unit; exact, the same as a Fraction, which rounding reads; n answers; interval (low, high) in
    the unit of the value; its level and its method; flags, remarks that belong beside the figure.
    Refuses: NaN and infinity anywhere, and a value without reason to be missing, or missing without a reason.
    """

    value: float | None
    exact: Fraction | None
    n: int
    interval: Interval | None = None
    level: float | None = None
    method: str = ""
    flags: tuple[str, ...] = ()
    reason: str | None = None
    unit: Unit = "score"

    def __post_init__(self) -> None:
        if (self.value is None) != (self.reason is not None):
            raise ValueError(f"Kpi: either a value or why it is missing; got {self.value} and {self.reason}")
        numbers = () if self.value is None else (self.value, *(self.interval or ()))
        if not all(map(math.isfinite, numbers)):
            raise ValueError(f"Kpi: {numbers} is not finite; what cannot be told is None with a reason")

    @property
    def half_width(self) -> float | None:
        """Half the width of the interval, in the unit of the value."""
        return None if self.interval is None else (self.interval[1] - self.interval[0]) / 2

    def flagged(self, *flags: str) -> "Kpi":
        """The same figure with further flags, each once."""
        return replace(self, flags=tuple(dict.fromkeys((*self.flags, *flags))))


def missing(reason: str, *, n: int = 0, method: str = "", unit: Unit = "score") -> Kpi:
    """A figure that cannot be told, and why."""
    return Kpi(value=None, exact=None, n=n, method=method, reason=reason, unit=unit)

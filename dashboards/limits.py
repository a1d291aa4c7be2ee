"""How the limits of a control chart are made, and the chart that comes of it."""

import statistics
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from dashboards import rules
from dashboards.distribution import count_of

Phase = Literal["run_chart", "provisional", "trial", "established"]
PHASES: tuple[tuple[int, Phase], ...] = ((8, "run_chart"), (12, "provisional"), (20, "trial"))


@dataclass(frozen=True, slots=True)
class Limits:
    """How the limits of a chart are made.

    Takes: baseline, the number of first usable points that are frozen (None: all); shortest, the fewest that may be
    declared; smallest, the n from which a point is usable and tested; scaled, whether the limits are widened by σ_z
    (Laney); floor, the least factor (1 against false alarms; None is the textbook form).
    """

    baseline: int | None = None
    shortest: int = 8
    smallest: int = 10
    scaled: bool = True
    floor: float | None = 1.0

    def length(self, points: int) -> int:
        """The number of baseline points; refuses a declared baseline that is too short or longer than the series."""
        if self.baseline is None:
            return points
        if not self.shortest <= count_of(self.baseline, "baseline") <= points:
            raise ValueError(
                f"baseline = {self.baseline}: it takes at least {self.shortest} and at most the {points} usable points"
            )
        return self.baseline

    def factor(self, sigma_z: float | None) -> float | None:
        """What the sampling spread is multiplied with; None where the textbook form cannot tell."""
        if not self.scaled:
            return 1.0
        if sigma_z is None:
            return self.floor
        return max(self.floor or 0.0, sigma_z)


DEFAULT = Limits()


@dataclass(frozen=True, slots=True)
class Chart:
    """A control chart.

    Takes: values, lower, upper and z hold one number a point, None where a period has no answers or no limits; centre
    and limits in the unit of the values; sigma, the spread of single values (xmr); sigma_z, the spread of z over the
    baseline (None where it cannot be told); moving_range and its upper limit (xmr); baseline, the number of its points;
    phase by that number; watched_from, the place of the first point after it; degenerate where the baseline does not
    vary: the line is drawn and no rule applied.
    """

    kind: str
    values: tuple[float | None, ...]
    centre: float | None
    lower: tuple[float | None, ...]
    upper: tuple[float | None, ...]
    z: tuple[float | None, ...]
    baseline: int
    phase: Phase
    watched_from: int
    degenerate: bool = False
    sigma: float | None = None
    sigma_z: float | None = None
    moving_range: float | None = None
    moving_range_upper: float | None = None

    def signals(self, names: Collection[str] = rules.DEFAULT) -> dict[str, list[int]]:
        """Where each rule fires; nowhere on a run chart, whose limits are not drawn, and on a degenerate one.

        Patterns start anew after the baseline: with runs that begin in it, .094 instead of .072 of undisturbed years
        would have a signal (n = 60, 20 baseline months).
        """
        return rules.signals(() if self.phase == "run_chart" else self.z, names, breaks={self.watched_from})


def phase(baseline: int) -> Phase:
    """What a baseline of so many points carries.

    Formula: below 8 run_chart, below 12 provisional, below 20 trial, else established.
    Takes: the number of baseline points.
    Source: convention of this product; no published source known for these steps.
    """
    return next((name for limit, name in PHASES if baseline < limit), "established")


def run_median(values: Sequence[float | None]) -> float | None:
    """The line of a run chart, drawn as long as fewer than 8 points allow no limits.

    Formula: median of the values that are not None.
    Takes: one value a period. Gives None where there is none.
    Source: Perla, Provost and Murray 2011, BMJ Quality and Safety 20:46-51.
    """
    known = [v for v in values if v is not None]
    return statistics.median(known) if known else None


def split(points: int, breaks: Collection[int]) -> list[range]:
    """The stretches between breaks (a new wording, scale, mode; a verified change), each with limits of its own.

    Formula: [0, b1), [b1, b2), …
    Takes: the number of points; the places at which a new series starts.
    Refuses: a break outside the series.
    Source: series breaks: ISO 7870-2 (phases of a control chart).
    """
    for place in breaks:
        if not 0 <= place < points:
            raise ValueError(f"a break at {place} is outside the {points} points")
    return [range(a, b) for a, b in pairwise(sorted({0, *breaks, points})) if a < b]


def moving_range(values: Sequence[float]) -> float | None:
    """Mean absolute difference of neighbours; None below two values.

    Formula: MR̄ = mean |x_i - x_(i-1)|.
    Takes: the values of a baseline in order of time.
    Source: NIST/SEMATECH e-Handbook 6.3.2.2.
    """
    return statistics.fmean(abs(b - a) for a, b in pairwise(values)) if len(values) > 1 else None

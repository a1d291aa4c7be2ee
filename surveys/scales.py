"""The scales scores are given on, and the bands LOW, MIDDLE and HIGH that each falls into."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Band(StrEnum):
    """Detractor, passive, promoter; dissatisfied, neutral, satisfied; difficult, neither, easy."""

    LOW = "low"
    MIDDLE = "middle"
    HIGH = "high"


@dataclass(frozen=True)
class Scale:
    """Whole numbers from `lowest` to `highest`; LOW ends at `low_to`, HIGH begins at `high_from`."""

    name: str
    lowest: int
    highest: int
    low_to: int
    high_from: int

    def __post_init__(self) -> None:
        if not self.lowest <= self.low_to < self.high_from <= self.highest:
            raise ValueError(f"scale {self.name}: the bands must lie in order between {self.lowest} and {self.highest}")

    @property
    def points(self) -> range:
        return range(self.lowest, self.highest + 1)

    def holds(self, score: object) -> bool:
        return isinstance(score, int) and not isinstance(score, bool) and self.lowest <= score <= self.highest

    def band_of(self, score: int) -> Band:
        if not self.holds(score):
            raise ValueError(f"{score!r} is not on the scale {self.name}, {self.lowest} to {self.highest}")
        if score <= self.low_to:
            return Band.LOW
        return Band.HIGH if score >= self.high_from else Band.MIDDLE

    def scores_of(self, band: Band) -> range:
        if band is Band.LOW:
            return range(self.lowest, self.low_to + 1)
        if band is Band.HIGH:
            return range(self.high_from, self.highest + 1)
        return range(self.low_to + 1, self.high_from)


NPS = Scale("nps", lowest=0, highest=10, low_to=6, high_from=9)
CSAT = Scale("csat", lowest=1, highest=5, low_to=2, high_from=4)
CES = Scale("ces", lowest=1, highest=7, low_to=3, high_from=5)

SCALES: Mapping[str, Scale] = {scale.name: scale for scale in (NPS, CSAT, CES)}


def band_of(kind: str | None, score: int | None) -> Band | None:
    """The band of a score given to a question of this kind; None where it has no scale, or the score is not on it."""
    scale = SCALES.get(kind or "")
    return scale.band_of(score) if scale and score is not None and scale.holds(score) else None

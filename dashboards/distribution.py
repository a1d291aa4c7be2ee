"""Answers on a scale, counted: a histogram that can be added to another."""

import operator
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction


def count_of(value: object, what: str) -> int:
    """The value as a whole number of at least 0, or a ValueError that says which one is not."""
    try:
        number = operator.index(value)  # type: ignore[arg-type]  # index() itself refuses what is no integer
    except TypeError:
        raise ValueError(f"{what} must be a whole number, not {value!r}") from None
    if number < 0:
        raise ValueError(f"{what} must not be negative, not {number}")
    return number


@dataclass(frozen=True, slots=True)
class Distribution:
    """How many gave each score of a scale.

    Takes: lowest score of the scale; counts, one whole number a score from the lowest up.
    Refuses: negative and fractional counts, and an empty scale.
    """

    lowest: int
    counts: tuple[int, ...]

    def __post_init__(self) -> None:
        if not self.counts:
            raise ValueError("Distribution: a scale needs at least one score, counts is empty")
        lowest = operator.index(self.lowest)
        checked = tuple(count_of(c, f"count of score {lowest + i}") for i, c in enumerate(self.counts))
        object.__setattr__(self, "lowest", lowest)
        object.__setattr__(self, "counts", checked)

    @classmethod
    def of(cls, counts: Sequence[int], *, lowest: int, highest: int) -> "Distribution":
        """The distribution with these counts; refuses a histogram whose length is not that of the scale."""
        if len(counts) != highest - lowest + 1:
            raise ValueError(f"a scale of {lowest} to {highest} has {highest - lowest + 1} counts, not {len(counts)}")
        return cls(lowest, tuple(counts))

    @classmethod
    def empty(cls, *, lowest: int, highest: int) -> "Distribution":
        """The scale without any answer."""
        return cls.of((0,) * (highest - lowest + 1), lowest=lowest, highest=highest)

    @classmethod
    def of_scores(cls, scores: Iterable[int], *, lowest: int, highest: int) -> "Distribution":
        """The distribution of single scores; refuses a score outside the scale."""
        counts = [0] * (highest - lowest + 1)
        for score in scores:
            if not lowest <= score <= highest:
                raise ValueError(f"score {score} is outside the scale of {lowest} to {highest}")
            counts[operator.index(score) - lowest] += 1
        return cls.of(counts, lowest=lowest, highest=highest)

    @classmethod
    def sum(cls, distributions: Iterable["Distribution"], *, lowest: int, highest: int) -> "Distribution":
        """All of them together; none at all is the empty scale."""
        return sum(distributions, start=cls.empty(lowest=lowest, highest=highest))

    @property
    def highest(self) -> int:
        return self.lowest + len(self.counts) - 1

    @property
    def n(self) -> int:
        return sum(self.counts)

    def count(self, low: int, high: int) -> int:
        """How many scored from low to high, both included."""
        if not self.lowest <= low <= high <= self.highest:
            raise ValueError(f"scores {low} to {high} are not a range of the scale {self.lowest} to {self.highest}")
        return sum(self.counts[low - self.lowest : high - self.lowest + 1])

    def share(self, low: int, high: int) -> Fraction | None:
        """The exact share of scores from low to high, both included; None where nobody answered."""
        x, n = self.count(low, high), self.n
        return Fraction(x, n) if n else None

    @property
    def moments(self) -> tuple[int, int, int]:
        """n, the sum of the scores and the sum of their squares, as whole numbers."""
        total = square = 0
        for score, count in enumerate(self.counts, start=self.lowest):
            total += score * count
            square += score * score * count
        return self.n, total, square

    def __add__(self, other: "Distribution") -> "Distribution":
        self._same_scale(other)
        return Distribution(self.lowest, tuple(map(operator.add, self.counts, other.counts)))

    def __sub__(self, other: "Distribution") -> "Distribution":
        """What is left without the other, the rest of a total; refuses more than there is."""
        self._same_scale(other)
        return Distribution(self.lowest, tuple(map(operator.sub, self.counts, other.counts)))

    def _same_scale(self, other: "Distribution") -> None:
        if (self.lowest, len(self.counts)) != (other.lowest, len(other.counts)):
            raise ValueError(
                f"distributions on {self.lowest}-{self.highest} and {other.lowest}-{other.highest} do not mix: "
                "a changed scale is a break in the series"
            )


@dataclass(frozen=True, slots=True)
class Recommenders:
    """Detractors, passives and promoters: what the NPS is made from.

    Formula: nps = (P - D)/n; variance = (P + D)/n - nps^2, per respondent, divisor n, on the scale -1, 0, 1.
    Takes: three whole numbers.
    Refuses: negative and fractional counts.
    Source: Reichheld 2003, Harvard Business Review 81(12); Rocks 2016, The American Statistician 70:365-372.
    """

    detractors: int
    passives: int
    promoters: int

    def __post_init__(self) -> None:
        for name in self.__slots__:
            object.__setattr__(self, name, count_of(getattr(self, name), name))

    @classmethod
    def of(cls, distribution: Distribution) -> "Recommenders":
        """0-6 detractors, 7-8 passives, 9-10 promoters; refuses any other scale than 0 to 10."""
        if (distribution.lowest, distribution.highest) != (0, 10):
            raise ValueError(f"NPS is asked on 0 to 10, not on {distribution.lowest} to {distribution.highest}")
        return cls(distribution.count(0, 6), distribution.count(7, 8), distribution.count(9, 10))

    @property
    def n(self) -> int:
        return self.detractors + self.passives + self.promoters

    @property
    def score(self) -> float:
        """NPS on the scale -1 to 1; n must not be 0."""
        return (self.promoters - self.detractors) / self.n

    @property
    def variance(self) -> float:
        """Variance of one answer on the scale -1, 0, 1, from whole numbers so that unanimity is 0; n must not be 0."""
        net, moved, n = self.promoters - self.detractors, self.promoters + self.detractors, self.n
        return (moved * n - net * net) / (n * n)

    def __add__(self, other: "Recommenders") -> "Recommenders":
        return Recommenders(
            self.detractors + other.detractors, self.passives + other.passives, self.promoters + other.promoters
        )

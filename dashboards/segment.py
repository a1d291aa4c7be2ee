"""A part of the answers by what every response carries: its touchpoint, version, language, channel or an attribute."""

from collections.abc import Iterator
from dataclasses import dataclass

TOUCHPOINT, VERSION, LANGUAGE, CHANNEL = "touchpoint", "version", "language", "channel"
FIXED = (TOUCHPOINT, VERSION, LANGUAGE, CHANNEL)
ATTRIBUTE = "a:"


@dataclass(frozen=True, slots=True)
class Segment:
    """One value of one dimension, as counts know it."""

    dimension: str
    value: str

    def __str__(self) -> str:
        """As an address says it."""
        return f"{self.dimension}={self.value}"

    @classmethod
    def readings(cls, said: str) -> Iterator["Segment"]:
        """What an address may mean: a name and a value may have the sign between them in them too."""
        for place, sign in enumerate(said):
            if sign == "=" and said[:place] and said[place + 1 :]:
                yield cls(said[:place], said[place + 1 :])

    @property
    def touchpoint(self) -> int | None:
        return int(self.value) if self.dimension == TOUCHPOINT and self.value.isdecimal() else None

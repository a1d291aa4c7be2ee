"""The fields of the editor's form: each has what stands in it, and the faults that are about it and no other."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from surveys import languages
from surveys.faults import Fault
from surveys.mending import STILL_EMPTY


@dataclass(frozen=True)
class Field:
    name: str
    value: str
    language: str
    faults: tuple[Fault, ...]
    original: str = ""  # what the base language says, where this is a translation of it

    @property
    def is_needed(self) -> bool:
        """Nothing is wrong with it but that it is still empty."""
        return bool(self.faults) and all(fault.code in STILL_EMPTY for fault in self.faults)

    @property
    def id(self) -> str:
        return anchor(self.name)

    @property
    def language_name(self) -> str:
        return languages.name(self.language)

    @property
    def direction(self) -> str:
        return languages.direction(self.language)


@dataclass(frozen=True)
class Setting:
    """A field that is the same in all languages."""

    name: str
    value: Any
    faults: tuple[Fault, ...]

    @property
    def id(self) -> str:
        return anchor(self.name)


@dataclass
class Fields:
    """Hands out each fault once: to its field, else to its card, else to the sheet."""

    shown: Sequence[str]
    faults: list[Fault]

    def take(self, place: str) -> tuple[Fault, ...]:
        found = tuple(fault for fault in self.faults if fault.where == place)
        return self._taken(found)

    def take_within(self, place: str) -> tuple[Fault, ...]:
        return self._taken(
            tuple(fault for fault in self.faults if re.match(re.escape(place) + r"(?![0-9a-z_])", fault.where))
        )

    def _taken(self, found: tuple[Fault, ...]) -> tuple[Fault, ...]:
        if found:
            self.faults = [fault for fault in self.faults if fault not in found]
        return found

    def texts(self, place: str, wording: dict[str, str] | None) -> tuple[Field, ...]:
        said = wording or {}
        base = self.shown[0]
        return tuple(
            Field(
                f"{place}.{code}",
                said.get(code, ""),
                code,
                self.take(f"{place}.{code}"),
                original="" if code == base else said.get(base, ""),
            )
            for code in self.shown
        )

    def setting(self, place: str, value: Any) -> Setting:
        return Setting(place, value, self.take(place))


def anchor(place: str) -> str:
    """A place as an id: pages[0].title.en → f-pages-0-title-en."""
    return "f-" + re.sub(r"[^A-Za-z0-9_]+", "-", place)

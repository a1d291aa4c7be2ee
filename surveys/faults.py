"""What is wrong, where it stands, and how to mend it: a code, its values and an English sentence."""

from collections.abc import Mapping
from dataclasses import dataclass, field

MOST_FAULTS = 100


def gettext_noop(sentence: str) -> str:
    """Marks a sentence for the translators' catalogue; whoever shows it translates it."""
    return sentence


@dataclass(frozen=True)
class Fault:
    where: str
    code: str
    sentence: str
    params: Mapping[str, object] = field(default_factory=dict)

    @property
    def message(self) -> str:
        return self.sentence % self.params

    def __str__(self) -> str:
        return f"{self.where}: {self.message}" if self.where else self.message


@dataclass(frozen=True)
class Problem:
    """A kind of fault; `at` makes the fault itself."""

    code: str
    sentence: str

    def at(self, where: str, **params: object) -> Fault:
        return Fault(where, self.code, self.sentence, params)

"""What a customer answered, and what we knew about her and the interaction when we asked."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

Scalar = str | int | float | Decimal | bool | date | None


@dataclass(frozen=True)
class AnswerValue:
    """A score, choices, a text, a number or a date; `text` is also what was written beside "other"."""

    score: int | None = None
    choices: tuple[str, ...] = ()
    text: str = ""
    number: Decimal | None = None
    on: date | None = None

    @property
    def is_empty(self) -> bool:
        return self == NO_ANSWER


NO_ANSWER = AnswerValue()

Answers = Mapping[str, AnswerValue]


@dataclass(frozen=True)
class Attributes:
    """What is known of the customer (first_name, country …) and of the interaction (product, order value …)."""

    customer: Mapping[str, Scalar] = field(default_factory=dict)
    interaction: Mapping[str, Scalar] = field(default_factory=dict)

    def get(self, source: str, name: str) -> Scalar:
        return (self.customer if source == "customer" else self.interaction).get(name)

    def text(self, source: str, name: str) -> str:
        value = self.get(source, name)
        return "" if value is None else clean(str(value))


NOBODY = Attributes()

# Control characters but tab and newline, lone surrogates, and overrides of direction that would garble what follows.
UNCLEAN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069]")


def clean(text: str) -> str:
    """The text as it can be stored and shown: no NUL, control characters or lone surrogates; line ends are \\n."""
    return UNCLEAN.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()

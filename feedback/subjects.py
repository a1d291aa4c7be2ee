"""What a touchpoint's rules may speak of: the attributes on record, with values to choose from."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from feedback import known
from organizations.models import Organization
from surveys.piping import ATTRIBUTE_NAME

# Enough of the latest purchases to meet every attribute that a shop sends.
_LOOKED_AT, _MOST_SUBJECTS, _MOST_VALUES, _LONGEST = 2000, 60, 30, 80


@dataclass(frozen=True)
class Subject:
    """`value` is how a rule's row calls it; `examples` are the values met most often."""

    value: str
    source: str
    name: str
    examples: tuple[str, ...] = ()


def of(organization: Organization) -> list[Subject]:
    """The customer's language and the purchase's source are always among them."""
    rows = organization.interactions.order_by("-experienced_at").values_list(
        "source", "attributes", "customer__language", "customer__attributes"
    )[:_LOOKED_AT]
    met: dict[tuple[str, str], Counter[str]] = {
        ("customer", "language"): Counter(),
        ("interaction", "source"): Counter(),
    }
    for source, attributes, language, of_customer in rows:
        facts = known.for_rules(language=language, customer=of_customer, source=source, interaction=attributes)
        _count(met, "interaction", facts.interaction)
        _count(met, "customer", facts.customer)
    found = [
        Subject(f"{source}:{name}", source, name, _usual(values))
        for (source, name), values in met.items()
        if ATTRIBUTE_NAME.fullmatch(name)
    ]
    return sorted(found, key=lambda subject: (subject.source != "interaction", subject.name.casefold()))[
        :_MOST_SUBJECTS
    ]


def _count(met: dict[tuple[str, str], Counter[str]], source: str, facts: Mapping[str, Any]) -> None:
    for name, value in facts.items():
        if value not in (None, ""):
            met.setdefault((source, name), Counter())[known.line(value)[:_LONGEST]] += 1


def _usual(values: Counter[str]) -> tuple[str, ...]:
    # What never comes twice, an order number or a note, is no value to choose.
    usual: Iterable[str] = (value for value, times in values.most_common(_MOST_VALUES) if times > 1)
    return tuple(sorted(usual))

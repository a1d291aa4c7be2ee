"""Interactions on record → experiences, with which of several touchpoints' rules mean each of them."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import QuerySet, TextField
from django.db.models.fields.json import KeyTransform
from django.db.models.functions import Cast

from feedback import known
from feedback.models import Interaction
from feedback.replay import Experience
from surveys.rules import Rules, mean


def experiences_of(found: QuerySet[Interaction], rules: Sequence[Rules]) -> Iterator[Experience]:
    everywhere = frozenset(range(len(rules)))
    columns = ("pk", "experienced_at", "customer__address_key")
    if not any(rules):
        for pk, at, key in found.values_list(*columns):
            yield Experience(pk, at, key, everywhere)
        return
    # What rules look at comes as text: alike purchases are judged once, and the other attributes are not even read.
    judge = _Judge(rules)
    for pk, at, key, language, source, *values in found.values_list(*columns, *judge.columns):
        yield Experience(pk, at, key, judge.meant(language, source, tuple(values)))


class _Judge:
    """Which of several touchpoints mean an interaction."""

    def __init__(self, rules: Sequence[Rules]) -> None:
        self._rules = rules
        self._names = sorted({(rule.source, rule.name) for each in rules for rule in each})
        self._known: dict[tuple[Any, ...], frozenset[int]] = {}

    @property
    def columns(self) -> list[Any]:
        places = {"interaction": "attributes", "customer": "customer__attributes"}
        values = [Cast(KeyTransform(name, places[source]), TextField()) for source, name in self._names]
        return ["customer__language", "source", *values]

    def meant(self, language: str, source: str, values: tuple[str | None, ...]) -> frozenset[int]:
        alike = (language, source, values)
        if (found := self._known.get(alike)) is None:
            found = self._known[alike] = self._judged(language, source, values)
        return found

    def _judged(self, language: str, source: str, values: tuple[str | None, ...]) -> frozenset[int]:
        told: dict[str, dict[str, Any]] = {"interaction": {}, "customer": {}}
        for (of, name), value in zip(self._names, values, strict=True):
            if value is not None:
                told[of][name] = json.loads(value)
        facts = known.for_rules(
            language=language, customer=told["customer"], source=source, interaction=told["interaction"]
        )
        return frozenset(place for place, rules in enumerate(self._rules) if mean(rules, facts))

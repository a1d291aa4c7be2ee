"""Questionnaires to start from, in the same format as any other: one JSON file each beside this one."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from surveys import questionnaire
from surveys.document import Questionnaire
from surveys.faults import gettext_noop


@dataclass(frozen=True)
class Starter:
    """`name` and `description` are English, for the translators' catalogue."""

    key: str
    name: str
    description: str

    def questionnaire(self) -> Questionnaire:
        return _read(self.key)


@cache
def _read(key: str) -> Questionnaire:
    return questionnaire.read((Path(__file__).parent / f"{key}.json").read_text(encoding="utf-8"))


STARTERS: Mapping[str, Starter] = {
    starter.key: starter
    for starter in (
        Starter(
            "post_purchase",
            gettext_noop("After a purchase"),
            gettext_noop(
                "Recommendation (NPS), satisfaction with product, delivery and checkout, and what went wrong."
            ),
        ),
        Starter(
            "relationship",
            gettext_noop("Relationship"),
            gettext_noop(
                "Twice a year to all customers: recommendation (NPS), overall satisfaction, what matters most."
            ),
        ),
        Starter(
            "support",
            gettext_noop("After a support case"),
            gettext_noop("How easy it was (CES), whether it is resolved, what made it difficult."),
        ),
        Starter(
            "delivery",
            gettext_noop("After a delivery"),
            gettext_noop("Satisfaction (CSAT) with smileys, whether it came in time, what went wrong on the way."),
        ),
        Starter(
            "product",
            gettext_noop("About a product"),
            gettext_noop(
                "Satisfaction (CSAT) with stars: the product, its quality, its price, and whether it is as described."
            ),
        ),
    )
}

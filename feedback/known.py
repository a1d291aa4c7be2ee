"""What we know of a customer and her interaction: for pipes, conditions, mails and the figures' segments."""

from collections.abc import Mapping, Sequence
from typing import Any

from feedback.models import Customer, Interaction, Invitation
from surveys.answers import Attributes, Scalar, clean

MOST_SEGMENTS, LONGEST_SEGMENT = 8, 120
PRODUCT_NAMES = ("product", "product_name", "item", "article", "service", "subject", "title")


def attributes_of(invitation: Invitation) -> Attributes:
    return Attributes(_of_customer(invitation.customer), _plain(invitation.interaction.attributes))


def for_rules(*, language: str, customer: Mapping[str, Any], source: str, interaction: Mapping[str, Any]) -> Attributes:
    """What a touchpoint's rules may test; her language is told without its region, so that "de" means "de-AT" too."""
    spoken = language.replace("_", "-").partition("-")[0].casefold()
    return Attributes({"language": spoken} | _plain(customer), {"source": source} | _plain(interaction))


def first_name(customer: Customer) -> str:
    """How a colleague would greet her; '' where we do not know."""
    return line(customer.attributes.get("first_name") or customer.name)


def product(interaction: Interaction) -> str:
    """What she bought, in the shop's own words; '' where the shop did not say."""
    found = (line(interaction.attributes.get(name)) for name in PRODUCT_NAMES)
    return next((text for text in found if text), "")


def segments(interaction: Interaction, chosen: Sequence[str] | None = None) -> dict[str, str]:
    """The attributes a response is counted by: short texts only, so that a number or a note makes no segment.

    Those that the organization has `chosen` to report by; None: nobody has chosen.
    """
    short = {
        line(name): line(value)
        for name, value in interaction.attributes.items()
        if (chosen is None or name in chosen)
        and isinstance(value, str)
        and 0 < len(line(value)) <= LONGEST_SEGMENT
        and 0 < len(line(name)) <= LONGEST_SEGMENT
    }
    return dict(sorted(short.items())[:MOST_SEGMENTS])


def line(value: object) -> str:
    """One line of clean text: no control characters, no overrides of direction, no line breaks."""
    return " ".join(clean(str(value)).split()) if isinstance(value, str | int | float) else ""


def _of_customer(customer: Customer) -> dict[str, Scalar]:
    return {"name": customer.name, "language": customer.language} | _plain(customer.attributes)


def _plain(attributes: Mapping[str, Any]) -> dict[str, Scalar]:
    return {name: value for name, value in attributes.items() if isinstance(value, str | int | float | bool)}

"""Form fields that several forms share."""

import unicodedata
import zoneinfo
from collections import defaultdict
from functools import cache
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from organizations import visible

REGIONS = (
    "Africa",
    "America",
    "Antarctica",
    "Arctic",
    "Asia",
    "Atlantic",
    "Australia",
    "Europe",
    "Indian",
    "Pacific",
)


class NameField(forms.CharField):
    """One line, single spaces, no control characters; what nobody can see is no name."""

    def to_python(self, value: Any) -> str:
        text = " ".join((super().to_python(value) or "").split())
        # NUL has a message of Django's own.
        if any(unicodedata.category(character) == "Cc" and character != "\0" for character in text):
            raise ValidationError(_("This holds an invisible control character. Type it anew instead of pasting it."))
        return text if "\0" in text or visible.is_visible(text) else ""


class OneLineField(NameField):
    """A name that stands in mails to people who did not ask for them."""

    def to_python(self, value: Any) -> str:
        text = super().to_python(value)
        # No place for advertising.
        if "://" in text:
            raise ValidationError(_("A name holds no web address."))
        return text


@cache
def time_zones() -> list[tuple[str, Any]]:
    """Choices for a select, by region: («Europe», [(«Europe/Berlin», «Berlin»), …])."""
    cities: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for name in sorted(zoneinfo.available_timezones()):
        region, _slash, city = name.partition("/")
        if region in REGIONS and city:
            cities[region].append((name, city.replace("_", " ").replace("/", " – ")))
    return [("UTC", "UTC"), *sorted(cities.items())]


class TimeZoneField(forms.TypedChoiceField):
    """Any time zone of the world; the browser's own is suggested where none was chosen yet."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Time zone"))
        kwargs.setdefault("help_text", _("Days on your dashboard begin and end here."))
        super().__init__(choices=time_zones, **kwargs)

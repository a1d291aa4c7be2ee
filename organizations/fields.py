"""Form fields that several forms share."""

import unicodedata
import zoneinfo
from collections import defaultdict
from functools import cache
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

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


class OneLineField(forms.CharField):
    """A name: one line, single spaces, nothing that would break a mail header."""

    def to_python(self, value: Any) -> str:
        text = " ".join((super().to_python(value) or "").split())
        # NUL has a message of Django's own.
        if any(unicodedata.category(character) == "Cc" and character != "\0" for character in text):
            raise ValidationError(_("This holds an invisible control character. Type it anew instead of pasting it."))
        # Names go into mails to people who did not ask for them, so they are no place for advertising.
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

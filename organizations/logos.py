"""A logo's name ↔ its address and size: pages and mails show it without asking the database."""

import re

from django.urls import reverse

# The name is made by appearance.set_logo: a hash of the content, its size in dots, and what kind of picture it is.
_NAME = re.compile(r"[0-9a-f]{32}-(?P<width>[1-9][0-9]{0,3})x(?P<height>[1-9][0-9]{0,3})\.(?P<kind>png|jpg)")
_KINDS = {"png": "image/png", "jpg": "image/jpeg"}
# At most this large on a page, with two dots a pixel, so that it is sharp on good screens.
WIDEST, HIGHEST = 160, 48


def address(name: str) -> str:
    return reverse("organizations:logo", args=[name])


def is_name(text: str) -> bool:
    return _NAME.fullmatch(text) is not None


def media_type(name: str) -> str:
    return _KINDS[name.rpartition(".")[2]]


def shown_size(name: str) -> tuple[int, int]:
    """Width and height in pixels of the page."""
    found = _NAME.fullmatch(name)
    if found is None:
        raise ValueError(f"{name!r} is no name of a logo")
    width, height = int(found["width"]), int(found["height"])
    share = min(1.0, WIDEST / width, HIGHEST / height)
    return max(1, round(width * share)), max(1, round(height * share))

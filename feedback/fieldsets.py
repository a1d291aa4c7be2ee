"""A question → its piece of the customer's page, drawn once for all who see the same."""

import json
from functools import lru_cache

from django.template import loader
from django.utils import translation
from django.utils.safestring import SafeString

from surveys.rendering import Block

# A scale with one point chosen is a few kB, and a survey has a dozen of them.
_KEPT_AT_MOST = 2048


def draw(block: Block, language: str) -> SafeString:
    """Most of the work of a page is its scales, so they are kept; what is hers alone is drawn anew and never kept."""
    if block.is_personal:
        return _draw(block, language)
    return _kept(_Alike(block), language, translation.get_language())


class _Alike:
    """A block as a key: two that look alike are one."""

    def __init__(self, block: Block) -> None:
        self.block = block
        shown_if = json.dumps(block.show_if, sort_keys=True)
        self._looks = (
            *(block.key, block.kind, block.template, block.text, block.help, block.required, block.on_path),
            *(block.field, block.control, shown_if),
        )
        self._hash = hash(self._looks)

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Alike) and self._looks == other._looks


@lru_cache(maxsize=_KEPT_AT_MOST)
def _kept(alike: _Alike, language: str, _spoken: str | None) -> SafeString:
    return _draw(alike.block, language)


def _draw(block: Block, language: str) -> SafeString:
    return SafeString(loader.get_template("respond/_block.html").render({"block": block, "language": language}))

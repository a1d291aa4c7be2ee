"""A text with named blanks, cut up once so that filling it in for each of many is one join."""

import re
import secrets
from collections.abc import Callable, Iterable, Mapping
from copy import copy


class Blanks:
    """A text in which marks stand for what is filled in later."""

    def __init__(self, text: str, mark: str) -> None:
        self._pieces = re.split(f"{mark}([a-z_]+?)0", text)
        if mark.casefold() in "".join(self._pieces).casefold():
            raise ValueError("something has changed a mark, so that nothing can be filled in there")

    def between(self, change: Callable[[str], str]) -> "Blanks":
        """The same with what stands between the blanks changed."""
        made = copy(self)
        made._pieces = self._pieces.copy()
        made._pieces[0::2] = map(change, self._pieces[0::2])
        return made

    def filled(self, values: Mapping[str, str]) -> str:
        pieces = self._pieces.copy()
        pieces[1::2] = [values[name] for name in pieces[1::2]]
        return "".join(pieces)


def new_mark() -> str:
    """What begins each blank of one text: nobody's words can hold it."""
    return f"blank{secrets.token_hex(8)}x"


def marks(names: Iterable[str], mark: str) -> dict[str, str]:
    """What stands in the text for each of these names, in small letters and underscores."""
    return {name: f"{mark}{name}0" for name in names}

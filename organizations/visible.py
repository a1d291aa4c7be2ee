"""A text that somebody gave as a name → whether there is anything in it to see."""

import unicodedata

# They take up room or join signs, and stand for nothing alone; Unicode counts them among letters and symbols.
_FILLERS = frozenset("\u115f\u1160\u2800\u3164\uffa0")
# Unicode keeps this plane's first signs for marks that are never shown.
_TAGS = range(0xE0000, 0xE1000)


def is_visible(text: str) -> bool:
    """False for spaces, marks of direction and joiners alone; beside a letter or an emoji they may all stand."""
    return any(_shows(character) for character in text)


def _shows(character: str) -> bool:
    category = unicodedata.category(character)
    # Cn and Co may be shown: an emoji that is younger than this Python, a sign of a company's own font.
    if category[0] in "ZM" or category in ("Cc", "Cf", "Cs"):
        return False
    return character not in _FILLERS and ord(character) not in _TAGS

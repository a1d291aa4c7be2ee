"""The address of an organization, /o/<slug>/: suggested from its name, refused where it would mislead."""

import re
import unicodedata
from collections.abc import Callable

LONGEST = 60
SHORTEST = 2
SHAPE = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*\Z")

# What people would take for a page of ours.
_OURS = """
    about abuse account accounts admin administrator api app apps assets auth billing blog contact dashboard demo
    docs download example feedback form forms ftp healthz hearback help home imprint info invite join legal login
    logout mail mailbox mine new news null o official organization organizations owner press pricing privacy profile
    public r readyz root security settings signin signup site sitemap smtp static status support survey surveys system
    team teams terms test undefined unsubscribe user users www you
"""
RESERVED = frozenset(_OURS.split())

# Letters that do not fall apart into a base letter and an accent.
SPELLED = str.maketrans(
    {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ł": "l", "þ": "th", "ð": "d", "&": " and "}
)


def suggest(name: str, *, taken: Callable[[str], bool]) -> str:
    """A free address that resembles `name`; numbered where the plain one is taken or reserved."""
    plain = from_name(name) or "company"
    candidate, number = plain, 1
    while candidate in RESERVED or len(candidate) < SHORTEST or taken(candidate):
        number += 1
        candidate = f"{plain[: LONGEST - 8].rstrip('-')}-{number}"
    return candidate


def from_name(name: str) -> str:
    """Small Latin letters, digits and single dashes; '' where nothing of the name can be written so."""
    spelled = unicodedata.normalize("NFKD", name.lower().translate(SPELLED))
    without_accents = "".join(character for character in spelled if not unicodedata.combining(character))
    return re.sub(r"[^a-z0-9]+", "-", without_accents).strip("-")[:LONGEST].rstrip("-")

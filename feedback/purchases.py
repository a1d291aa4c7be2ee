"""A purchase as it comes in, from a file or from a program."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import NamedTuple

LONGEST = 120
# A file to begin with.
SAMPLE = (
    "order,date,customer,email,name,language,product,store\r\n"
    "A-1001,2026-01-31,C-17,anna@example.com,Anna Berg,de,Headphones,Berlin\r\n"
)


class Purchase(NamedTuple):
    """One thing a customer did, as it came in."""

    reference: str
    customer: str
    experienced_at: datetime
    email: str = ""
    name: str = ""
    language: str = ""
    attributes: Mapping[str, str] = MappingProxyType({})

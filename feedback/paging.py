"""Pages of a list that may be a million rows long: counted as far as somebody may want to turn pages."""

from functools import cached_property
from typing import Any

from django.core.paginator import Paginator


class Capped(Paginator[Any]):
    """`known` is how many there are, where one more than `most` stands for all beyond."""

    def __init__(self, found: Any, per_page: int, *, known: int, most: int) -> None:
        super().__init__(found, per_page)
        self.known, self.most = known, most

    @cached_property
    def count(self) -> int:
        return min(self.known, self.most)

    @property
    def has_more(self) -> bool:
        return self.known > self.most

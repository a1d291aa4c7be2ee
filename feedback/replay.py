"""What touchpoints would have made of past experiences, had each been known on its day; by eligibility alone."""

import heapq
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from feedback import eligibility
from feedback.eligibility import Facts, Manners

ASKED = "asked"


@dataclass(frozen=True, slots=True)
class Experience:
    """`meant` says by which of the touchpoints, as their places in the list."""

    id: int
    at: datetime
    address_key: str
    meant: Container[int]


def replay(
    manners: Sequence[Manners], experiences: Sequence[Experience], *, suppressed: Mapping[str, str], until: datetime
) -> Iterator[tuple[int, Experience, str]]:
    """(touchpoint's place, experience, ASKED or the reason to skip) in the order in which it would have been decided.

    `experiences` come in the order of their dates. An address that was asked is left in peace by all touchpoints, as
    long as each of them wants it. What is not due by `until` does not come.
    """
    asked: dict[str, datetime] = {}
    for at, place, number in _moments(manners, experiences):
        if at > until:
            return
        experience, key = experiences[number], experiences[number].address_key
        facts = Facts(experience.at, bool(key), suppressed.get(key), asked.get(key), place in experience.meant)
        reason = eligibility.reason_to_skip(facts, manners[place], now=at)
        if reason is None:
            asked[key] = at
        yield place, experience, reason or ASKED


def _moments(manners: Sequence[Manners], experiences: Sequence[Experience]) -> Iterable[tuple[datetime, int, int]]:
    """When each touchpoint decides about each experience, the earliest first."""

    def of(place: int) -> Iterator[tuple[datetime, int, int]]:
        wait = timedelta(days=manners[place].days_after)
        return ((experience.at + wait, place, number) for number, experience in enumerate(experiences))

    return of(0) if len(manners) == 1 else heapq.merge(*map(of, range(len(manners))))

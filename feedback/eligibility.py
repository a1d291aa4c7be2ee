"""May we ask about this experience? The reason why not, from facts alone."""

from dataclasses import dataclass
from datetime import datetime, timedelta

NO_ADDRESS = "no_address"
OPTED_OUT = "opted_out"
BOUNCED = "bounced"
COMPLAINED = "complained"
ASKED_RECENTLY = "asked_recently"
TOO_LONG_AGO = "too_long_ago"
NOT_MEANT = "not_meant"


@dataclass(frozen=True)
class Manners:
    """How a touchpoint asks; all in days."""

    days_after: int
    quiet_period: int
    only_younger_than: int

    def is_due(self, experienced_at: datetime, *, now: datetime) -> bool:
        return experienced_at + timedelta(days=self.days_after) <= now

    def is_too_late(self, experienced_at: datetime, *, now: datetime) -> bool:
        return experienced_at + timedelta(days=self.only_younger_than) <= now


@dataclass(frozen=True)
class Facts:
    """What counts about one experience: `suppressed` is opted out, bounced or complained, or None."""

    experienced_at: datetime
    has_address: bool
    suppressed: str | None = None
    last_asked_at: datetime | None = None
    is_meant: bool = True


def reason_to_skip(facts: Facts, manners: Manners, *, now: datetime) -> str | None:
    """Why this experience is not asked about, the most lasting reason first; None if it may be."""
    if manners.is_too_late(facts.experienced_at, now=now):
        return TOO_LONG_AGO
    if not facts.is_meant:
        return NOT_MEANT
    if not facts.has_address:
        return NO_ADDRESS
    if facts.suppressed:
        return facts.suppressed
    if facts.last_asked_at and now < facts.last_asked_at + timedelta(days=manners.quiet_period):
        return ASKED_RECENTLY
    return None

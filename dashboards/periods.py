"""What an address says about time → a span of the organization's days, and the span it is compared with."""

from dataclasses import dataclass
from datetime import date, timedelta

EARLIEST = date(2000, 1, 1)
ALL, CUSTOM, DEFAULT = "all", "custom", "90d"
LAST_DAYS = {"7d": 7, "30d": 30, "90d": 90, "365d": 365}
NAMES = (*LAST_DAYS, "this_month", "last_month", "this_quarter", "last_quarter", ALL, CUSTOM)


class NoSuchPeriod(ValueError):
    """The span cannot be: `code` says why."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


@dataclass(frozen=True, slots=True)
class Span:
    """Days from start to end, both included; no start reaches back to the first answer."""

    start: date | None
    end: date

    @property
    def days(self) -> int | None:
        return None if self.start is None else (self.end - self.start).days + 1

    def holds(self, day: date) -> bool:
        return day <= self.end and (self.start is None or day >= self.start)


@dataclass(frozen=True, slots=True)
class Period:
    """A named span and the one before it; none before the whole time."""

    name: str
    span: Span
    previous: Span | None


def of(name: str, *, today: date, start: date | None = None, end: date | None = None) -> Period:
    """The period of this name as seen today; start and end are read for a custom one alone."""
    if name == ALL:
        return Period(name, Span(None, today), None)
    if name == CUSTOM:
        return _custom(start, end, today)
    if name in LAST_DAYS:
        span = Span(today - timedelta(days=LAST_DAYS[name] - 1), today)
        return Period(name, span, _before(span))
    if name not in NAMES:
        raise NoSuchPeriod("unknown")
    return _calendar(name, today)


def _custom(start: date | None, end: date | None, today: date) -> Period:
    if start is None and end is None:
        raise NoSuchPeriod("empty")
    first, last = start or EARLIEST, end or today
    if first < EARLIEST:
        raise NoSuchPeriod("too_early")
    if first > today:
        raise NoSuchPeriod("future")
    if first > last:
        raise NoSuchPeriod("backwards")
    span = Span(first, min(last, today))
    return Period(CUSTOM, span, _before(span))


def quarter(day: date) -> tuple[date, date]:
    """The first and the last day of the calendar quarter of a day."""
    first = _month(day, -((day.month - 1) % 3))
    return first, _month(first, 3) - timedelta(days=1)


def _calendar(name: str, today: date) -> Period:
    months = 3 if name.endswith("quarter") else 1
    current = _month(today, -((today.month - 1) % months))
    first = current if name.startswith("this") else _month(current, -months)
    span = Span(first, min(_month(first, months) - timedelta(days=1), today))
    return Period(name, span, Span(_month(first, -months), first - timedelta(days=1)))


def _month(day: date, later: int) -> date:
    """The first of the month so many months later."""
    months = day.year * 12 + day.month - 1 + later
    return date(months // 12, months % 12 + 1, 1)


def _before(span: Span) -> Span | None:
    """The same number of days just before."""
    if span.start is None:
        return None
    return Span(span.start - (span.end - span.start) - timedelta(days=1), span.start - timedelta(days=1))

"""A date as people write it → its day and, where it is told, its time; a whole column tells which form it uses."""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta, timezone

# Year first, digits alone, day first, month first.
FORMS = ("ymd", "compact", "dmy", "mdy")
EXAMPLES = {"ymd": "2026-01-31", "compact": "20260131", "dmy": "31.01.2026", "mdy": "01/31/2026"}
_DAY = r"(?P<a>\d{1,4})(?P<mark>[-/.])(?P<b>\d{1,2})(?P=mark)(?P<c>\d{1,4})|(?P<compact>\d{8})"
_TIME = (
    r"(?:(?:T|[ ,]\s*)(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,]\d{1,9})?)?"
    r"(?:\s*(?P<half>[AaPp])\.?[Mm]\.?)?\s*(?P<zone>Z|[+-]\d{2}:?\d{2})?)?"
)
_WRITTEN = re.compile(rf"(?:{_DAY}){_TIME}", re.ASCII)
_ANY_DAY = re.compile(r"(?<!\d)(?:\d{1,4}([-/.])\d{1,2}\1\d{1,4}|(?:19|20)\d{6})(?!\d)", re.ASCII)


class NotADate(Exception):
    """This is no date in that form."""


def read(text: str, form: str) -> datetime | date:
    """A day, or a moment with a zone only where the text names one."""
    found = _WRITTEN.fullmatch(text)
    if found is None:
        raise NotADate
    try:
        day = _day(found, form)
        return day if found["hour"] is None else datetime.combine(day, _time(found), _zone(found["zone"]))
    except ValueError as error:
        raise NotADate from error


def possible(values: Iterable[str]) -> tuple[str, ...]:
    """The forms in which every one of these is a date; none where there is no value at all."""
    forms: tuple[str, ...] = FORMS
    seen = False
    for value in values:
        seen = True
        forms = tuple(form for form in forms if _is_date(value, form))
        if not forms:
            break
    return forms if seen else ()


def are_two(text: str) -> bool:
    """Whether two days stand in one cell."""
    return len(_ANY_DAY.findall(text)) > 1


def _is_date(value: str, form: str) -> bool:
    try:
        read(value, form)
    except NotADate:
        return False
    return True


def _day(found: re.Match[str], form: str) -> date:
    if form == "compact":
        text = found["compact"]
        if text is None:
            raise NotADate
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    if found["compact"] is not None:
        raise NotADate
    a, b, c = found["a"], found["b"], found["c"]
    year, month, day = {"ymd": (a, b, c), "dmy": (c, b, a), "mdy": (c, a, b)}[form]
    if len(year) not in (2, 4) or len(day) > 2 or len(month) > 2 or (form == "ymd" and len(year) == 2):
        raise NotADate
    century = 0 if len(year) == 4 else 2000 if int(year) < 70 else 1900
    return date(century + int(year), int(month), int(day))


def _time(found: re.Match[str]) -> time:
    hour = int(found["hour"])
    if found["half"]:
        if not 1 <= hour <= 12:
            raise NotADate
        hour = hour % 12 + (12 if found["half"] in "pP" else 0)
    return time(hour, int(found["minute"]), int(found["second"] or 0))


def _zone(text: str | None) -> timezone | None:
    if not text:
        return None
    if text == "Z":
        return UTC
    digits = text[1:].replace(":", "")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-offset if text[0] == "-" else offset)

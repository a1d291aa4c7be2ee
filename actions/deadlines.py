"""When a case is due: some hours, or some working days, after it was opened."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

SATURDAY = 5


def due_at(opened_at: datetime, *, amount: int, in_working_days: bool, zone: ZoneInfo) -> datetime:
    """Hours by the clock; working days at the same time of day, Saturdays and Sundays passed over.

    What is opened at a weekend counts from Monday 0:00, so two working days end with Tuesday.
    """
    if not in_working_days:
        return opened_at + timedelta(hours=amount)
    local = opened_at.astimezone(zone)
    if local.weekday() >= SATURDAY:
        monday = local.date() + timedelta(days=7 - local.weekday())
        local = datetime.combine(monday, time.min, tzinfo=zone)
    day = local.date()
    for _day in range(amount):
        day += timedelta(days=1 if day.weekday() < SATURDAY - 1 else 7 - day.weekday())
    return datetime.combine(day, local.timetz().replace(tzinfo=None), tzinfo=zone).astimezone(opened_at.tzinfo)

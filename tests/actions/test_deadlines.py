"""When a case is due, to the minute."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from actions import deadlines

BERLIN = ZoneInfo("Europe/Berlin")


def in_berlin(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("opened", "days", "due"),
    [
        ("2026-03-10 09:15", 2, "2026-03-12 09:15"),  # Tuesday → Thursday
        ("2026-03-13 15:00", 2, "2026-03-17 15:00"),  # Friday → Tuesday
        ("2026-03-14 11:00", 2, "2026-03-18 00:00"),  # Saturday → the end of Tuesday
        ("2026-03-15 23:59", 1, "2026-03-17 00:00"),  # Sunday → the end of Monday
        ("2026-03-27 10:00", 1, "2026-03-30 10:00"),  # over the weekend on which clocks change
        ("2026-03-12 08:00", 5, "2026-03-19 08:00"),
    ],
)
def test_working_days_pass_over_the_weekend(opened: str, days: int, due: str) -> None:
    found = deadlines.due_at(in_berlin(opened), amount=days, in_working_days=True, zone=BERLIN)

    assert found == in_berlin(due)


def test_it_is_the_organizations_day_that_counts() -> None:
    friday_evening_in_new_york = in_berlin("2026-03-14 03:00")

    found = deadlines.due_at(
        friday_evening_in_new_york, amount=1, in_working_days=True, zone=ZoneInfo("America/New_York")
    )

    assert found.astimezone(ZoneInfo("America/New_York")).strftime("%a %H:%M") == "Mon 22:00"


def test_hours_go_by_the_clock_and_through_the_weekend() -> None:
    found = deadlines.due_at(in_berlin("2026-03-13 15:00"), amount=48, in_working_days=False, zone=BERLIN)

    assert found == in_berlin("2026-03-15 15:00")

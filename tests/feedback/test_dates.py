"""Dates are read as the whole column writes them."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback import dates


@pytest.mark.parametrize(
    ("text", "form", "read"),
    [
        ("2026-01-31", "ymd", date(2026, 1, 31)),
        ("2026/1/3", "ymd", date(2026, 1, 3)),
        ("20260131", "compact", date(2026, 1, 31)),
        ("31.01.2026", "dmy", date(2026, 1, 31)),
        ("31.1.26", "dmy", date(2026, 1, 31)),
        ("31/12/97", "dmy", date(1997, 12, 31)),
        ("01/31/2026", "mdy", date(2026, 1, 31)),
        ("2026-01-31T14:30", "ymd", datetime(2026, 1, 31, 14, 30)),  # noqa: DTZ001 - no zone is said
        ("2026-01-31 14:30:59.25", "ymd", datetime(2026, 1, 31, 14, 30, 59)),  # noqa: DTZ001
        ("1/31/2026 2:30 PM", "mdy", datetime(2026, 1, 31, 14, 30)),  # noqa: DTZ001
        ("1/31/2026, 12:05 a.m.", "mdy", datetime(2026, 1, 31, 0, 5)),  # noqa: DTZ001
        ("2026-01-31T14:30:00Z", "ymd", datetime(2026, 1, 31, 14, 30, tzinfo=UTC)),
        ("2026-01-31T14:30-0530", "ymd", datetime(2026, 1, 31, 14, 30, tzinfo=timezone(timedelta(hours=-5.5)))),
    ],
)
def test_a_date_is_read_in_its_form(text: str, form: str, read: object) -> None:
    assert dates.read(text, form) == read


@pytest.mark.parametrize(
    "text", ["", "yesterday", "2026-02-30", "31.01", "2026-01-31 25:00", "1.1.1 1", "２０２６-01-01"]
)
@pytest.mark.parametrize("form", dates.FORMS)
def test_what_is_no_date_is_refused_in_every_form(text: str, form: str) -> None:
    with pytest.raises(dates.NotADate):
        dates.read(text, form)


@pytest.mark.parametrize(
    ("column", "forms"),
    [
        (["31/01/2026", "02/01/2026"], ("dmy",)),
        (["01/31/2026", "02/01/2026"], ("mdy",)),
        (["01/02/2026", "02/01/2026"], ("dmy", "mdy")),
        (["2026-01-31"], ("ymd",)),
        (["20260131"], ("compact",)),
        (["2026-01-31", "31.01.2026"], ()),
        ([], ()),
    ],
)
def test_the_column_decides_and_an_ambiguity_stays_one(column: list[str], forms: tuple[str, ...]) -> None:
    assert dates.possible(column) == forms


@given(st.dates(date(1970, 1, 1), date(2069, 12, 31)))
def test_a_date_is_found_again_however_it_is_written(day: date) -> None:
    for form, written in {"ymd": "%Y-%m-%d", "compact": "%Y%m%d", "dmy": "%d.%m.%y", "mdy": "%m/%d/%Y"}.items():
        assert dates.read(day.strftime(written), form) == day


def test_two_dates_in_one_cell_are_noticed() -> None:
    assert dates.are_two("2026-01-31 / 2026-02-01")
    assert dates.are_two("31.01.2026-01.02.2026")
    assert not dates.are_two("31.01.2026 14:30")

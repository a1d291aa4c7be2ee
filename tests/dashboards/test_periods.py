"""What an address says about time → a span of days and the one before it."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboards import periods
from dashboards.periods import NoSuchPeriod, Span

TODAY = date(2026, 3, 10)


@pytest.mark.parametrize(
    ("name", "span", "previous"),
    [
        ("7d", Span(date(2026, 3, 4), TODAY), Span(date(2026, 2, 25), date(2026, 3, 3))),
        ("30d", Span(date(2026, 2, 9), TODAY), Span(date(2026, 1, 10), date(2026, 2, 8))),
        ("this_month", Span(date(2026, 3, 1), TODAY), Span(date(2026, 2, 1), date(2026, 2, 28))),
        ("last_month", Span(date(2026, 2, 1), date(2026, 2, 28)), Span(date(2026, 1, 1), date(2026, 1, 31))),
        ("this_quarter", Span(date(2026, 1, 1), TODAY), Span(date(2025, 10, 1), date(2025, 12, 31))),
        ("last_quarter", Span(date(2025, 10, 1), date(2025, 12, 31)), Span(date(2025, 7, 1), date(2025, 9, 30))),
        ("all", Span(None, TODAY), None),
    ],
)
def test_a_named_period_has_a_span_and_one_before_it(name: str, span: Span, previous: Span | None) -> None:
    period = periods.of(name, today=TODAY)

    assert (period.span, period.previous) == (span, previous)


def test_a_custom_period_is_compared_with_as_many_days_before() -> None:
    period = periods.of("custom", today=TODAY, start=date(2026, 3, 1), end=date(2026, 3, 3))

    assert period.span == Span(date(2026, 3, 1), date(2026, 3, 3))
    assert period.previous == Span(date(2026, 2, 26), date(2026, 2, 28))


@pytest.mark.parametrize(
    ("start", "end", "code"),
    [
        (None, None, "empty"),
        (date(1, 1, 1), None, "too_early"),
        (date(2026, 3, 2), date(2026, 3, 1), "backwards"),
        (date(2026, 3, 11), date(2026, 3, 12), "future"),
    ],
)
def test_an_impossible_span_is_refused_with_its_reason(start: date | None, end: date | None, code: str) -> None:
    with pytest.raises(NoSuchPeriod) as refusal:
        periods.of("custom", today=TODAY, start=start, end=end)
    assert refusal.value.code == code


def test_an_unknown_name_is_refused() -> None:
    with pytest.raises(NoSuchPeriod):
        periods.of("fortnight", today=TODAY)


@given(
    today=st.dates(date(2001, 1, 1), date(2100, 1, 1)),
    name=st.sampled_from(sorted({*periods.NAMES} - {"all", "custom"})),
)
def test_the_span_before_ends_on_the_day_before_the_span(today: date, name: str) -> None:
    period = periods.of(name, today=today)

    assert period.previous is not None
    assert period.span.start is not None
    assert period.previous.end == period.span.start - timedelta(days=1)
    assert period.span.start <= period.span.end <= today


@given(day=st.dates(date(2000, 1, 1), date(2100, 1, 1)))
def test_a_quarter_has_three_whole_months_one_of_which_is_that_of_the_day(day: date) -> None:
    first, last = periods.quarter(day)

    assert first <= day <= last
    assert (first.day, (last + timedelta(days=1)).day) == (1, 1)
    assert (first.month % 3, last.month % 3, last.month - first.month) == (1, 0, 2)

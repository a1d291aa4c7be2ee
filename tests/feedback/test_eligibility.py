"""Who may be asked, from facts alone."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback import eligibility
from feedback.eligibility import Facts, Manners, reason_to_skip

NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
AFTER_PURCHASE = Manners(days_after=3, quiet_period=30, only_younger_than=30)


def days_ago(number: float) -> datetime:
    return NOW - timedelta(days=number)


def reason(**facts: object) -> str | None:
    values: dict[str, object] = {"experienced_at": days_ago(5), "has_address": True} | facts
    return reason_to_skip(Facts(**values), AFTER_PURCHASE, now=NOW)  # type: ignore[arg-type]


def test_a_customer_who_was_never_asked_may_be_asked() -> None:
    assert reason() is None


def test_a_customer_asked_last_week_is_left_alone() -> None:
    assert reason(last_asked_at=days_ago(7)) == eligibility.ASKED_RECENTLY


def test_the_quiet_period_ends_to_the_second() -> None:
    assert reason(last_asked_at=days_ago(30)) is None
    assert reason(last_asked_at=days_ago(30) + timedelta(seconds=1)) == eligibility.ASKED_RECENTLY


def test_an_experience_of_last_year_is_history() -> None:
    assert reason(experienced_at=days_ago(365)) == eligibility.TOO_LONG_AGO


def test_history_stays_history_whoever_it_was() -> None:
    assert reason(experienced_at=days_ago(365), has_address=False) == eligibility.TOO_LONG_AGO


def test_a_customer_without_an_address_cannot_be_asked() -> None:
    assert reason(has_address=False) == eligibility.NO_ADDRESS


@pytest.mark.parametrize("why", [eligibility.OPTED_OUT, eligibility.BOUNCED, eligibility.COMPLAINED])
def test_a_suppressed_address_is_never_asked_and_the_skip_says_why(why: str) -> None:
    assert reason(suppressed=why, last_asked_at=days_ago(1)) == why


def test_an_experience_is_due_after_the_days_of_the_touchpoint() -> None:
    assert AFTER_PURCHASE.is_due(days_ago(3), now=NOW)
    assert not AFTER_PURCHASE.is_due(days_ago(2.9), now=NOW)


@given(st.floats(0, 1000), st.booleans(), st.none() | st.just("opted_out"), st.none() | st.floats(0, 1000))
def test_nobody_is_asked_against_a_rule(
    experienced: float, has_address: bool, suppressed: str | None, asked: float | None
) -> None:
    last = None if asked is None else days_ago(asked)
    why = reason_to_skip(Facts(days_ago(experienced), has_address, suppressed, last), AFTER_PURCHASE, now=NOW)

    may = has_address and not suppressed and experienced < 30 and (asked is None or asked >= 30)
    assert (why is None) == may

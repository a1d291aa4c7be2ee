"""Who answered, who came back, how long it took."""

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.duration.survfunc import SurvfuncRight

from dashboards import dispositions, kpi, retention, survival
from dashboards.dispositions import Dispositions
from dashboards.survival import CaseTime

JANUARY = date(2026, 1, 1)
purchases = st.lists(
    st.tuples(st.sampled_from("abcdefgh"), st.integers(0, 400).map(lambda d: JANUARY + timedelta(days=d))), max_size=60
)


def sent(**outcomes: int) -> Dispositions:
    nothing = dict.fromkeys(("ineligible", "bounced", "opened", "started", "partial", "completed", "refused"), 0)
    return Dispositions(**{"sent": 100, **nothing, **outcomes})


def test_a_bounced_mail_counts_as_not_answered_and_a_test_mail_not_at_all() -> None:
    d = sent(ineligible=20, bounced=30, completed=20, partial=4)

    assert dispositions.response_rate(d).value == 30.0
    assert dispositions.complete_response_rate(d).value == 25.0
    assert dispositions.response_rate_delivered(d).value == 48.0
    assert dispositions.response_rate(d).interval is None


def test_where_every_mail_bounced_the_response_rate_is_0_and_that_of_delivered_ones_unknown() -> None:
    d = sent(bounced=100)

    assert dispositions.response_rate(d).value == 0.0
    assert dispositions.response_rate_delivered(d).reason == kpi.NO_DATA


def test_an_invitation_has_one_outcome() -> None:
    with pytest.raises(ValueError, match=r"101 outcomes .* of 100 sent"):
        sent(bounced=60, completed=41)
    with pytest.raises(ValueError, match="refused must not be negative"):
        sent(refused=-1)


@given(purchases, st.integers(30, 300), st.integers(10, 120), st.integers(10, 120))
def test_customers_at_the_end_stayed_are_new_or_came_back(
    bought: list[tuple[str, date]], first: int, length: int, window: int
) -> None:
    start = JANUARY + timedelta(days=first)
    m = retention.movement(bought, start=start, end=start + timedelta(days=length), window_days=window)

    assert m.retained <= min(m.at_start, m.at_end)
    assert m.reactivated >= 0
    assert m.new + m.retained + m.reactivated == m.at_end
    assert m.repeated <= m.in_period
    if m.at_start:
        assert (retention.retention_rate(m).value or 0) + (retention.churn_rate(m).value or 0) == pytest.approx(100)


def test_the_day_a_period_ends_belongs_to_the_next() -> None:
    march, april = date(2026, 3, 1), date(2026, 4, 1)
    m = retention.movement([("Anna", march), ("Ben", april)], start=march, end=april, window_days=31)

    assert (m.at_start, m.at_end, m.new, m.in_period) == (0, 1, 1, 1)


def test_a_period_that_ends_before_it_starts_is_refused() -> None:
    with pytest.raises(ValueError, match="need start < end"):
        retention.movement([], start=JANUARY, end=JANUARY, window_days=30)
    with pytest.raises(ValueError, match="new = 9 is more than the 8 customers at the end"):
        retention.classic_retention(10, 8, 9)


def test_the_activity_window_is_the_usual_length_nearest_to_how_customers_buy() -> None:
    assert retention.activity_window([20, 25, 30, 100]) == 91
    assert retention.activity_window([400]) == 365
    assert retention.activity_window([]) is None


def test_a_short_history_makes_old_customers_look_new() -> None:
    assert retention.history_is_short(JANUARY, JANUARY + timedelta(days=100), 91)
    assert not retention.history_is_short(JANUARY, JANUARY + timedelta(days=182), 91)


@given(purchases)
def test_cohorts_are_what_counting_by_hand_gives(bought: list[tuple[str, date]]) -> None:
    table = retention.cohorts([c for c, _ in bought], np.array([d for _, d in bought], dtype="datetime64[D]"))

    def month(day: date) -> int:
        return day.year * 12 + day.month

    first = {c: min(month(d) for who, d in bought if who == c) for c, _ in bought}
    start = min(first.values(), default=0)
    for i in range(len(table.months)):
        members = {c for c, m in first.items() if m == start + i}
        assert table.size[i] == len(members)
        for later in range(len(table.months) - i):
            assert table.active[i, later] == len(
                {c for c, d in bought if c in members and month(d) == start + i + later}
            )
        assert not table.seen[i, len(table.months) - i :].any()


def test_a_month_that_has_not_come_is_unknown_and_not_0() -> None:
    table = retention.cohorts(["Anna", "Ben", "Anna"], [date(2026, 1, 5), date(2026, 2, 5), date(2026, 2, 7)])

    assert table.months == ["2026-01", "2026-02"]
    assert table.share(0, 1).value == 100.0
    assert table.share(1, 1).reason == kpi.NO_DATA
    with pytest.raises(ValueError, match="1 customers for 0 days"):
        retention.cohorts(["Anna"], [])
    assert retention.cohorts([], []).months == []


times = st.lists(st.tuples(st.integers(0, 30), st.booleans()), min_size=1, max_size=40)


@given(times)
def test_statsmodels_finds_the_same_curve(cases: list[tuple[int, bool]]) -> None:
    days, closed = [d for d, _ in cases], [c for _, c in cases]
    steps = survival.kaplan_meier(days, closed)
    if not steps:
        return
    theirs = SurvfuncRight(days, [int(c) for c in closed])

    ours = {step.time: float(step.still_open) for step in steps}
    assert [ours[t] for t in theirs.surv_times if t in ours] == pytest.approx(
        [p for t, p in zip(theirs.surv_times, theirs.surv_prob, strict=True) if t in ours], abs=1e-9
    )


def test_open_cases_make_the_median_longer_than_that_of_the_closed_ones() -> None:
    assert survival.median_time([1, 2, 3], [True, True, True]).value == 2.0
    assert survival.median_time([1, 2, 3, 9, 9], [True, True, True, False, False]).value == 3.0
    assert survival.median_time([1, 9, 9], [True, False, False]).reason == kpi.DEGENERATE
    assert survival.median_time([], []).reason == kpi.NO_DATA


def test_half_closed_is_not_yet_more_than_half() -> None:
    assert survival.median_time([1, 2, 3, 4], [True] * 4).value == 3.0


def test_a_young_open_case_is_no_failure() -> None:
    cases = [CaseTime(1, True, 5), CaseTime(9, True, 5), CaseTime(2, False, 5), CaseTime(6, False, 5)]

    assert (survival.on_time_rate(cases).n, survival.closure_rate(cases).value) == (3, 50.0)
    assert survival.on_time_rate(cases).value == pytest.approx(100 / 3)
    assert survival.on_time_rate([CaseTime(2, False, 5)]).reason == kpi.NO_DATA


@given(st.lists(st.floats(0, 1000), min_size=1, max_size=50))
def test_numpy_finds_the_same_percentiles(hours: list[float]) -> None:
    found = survival.time_to_response(hours)

    assert found
    expected = np.percentile(hours, [25, 50, 75, 90])
    assert [found.p25, found.median, found.p75, found.p90] == pytest.approx(list(expected), abs=1e-9)


@pytest.mark.parametrize("time", [-1.0, float("nan"), float("inf")])
def test_a_time_before_the_start_is_refused_with_its_place(time: float) -> None:
    with pytest.raises(ValueError, match="time 1 must be a time of at least 0"):
        survival.median_time([1.0, time], [True, True])
    with pytest.raises(ValueError, match="duration 0"):
        survival.time_to_response([time])
    with pytest.raises(ValueError, match="days of case 0"):
        survival.on_time_rate([CaseTime(time, True, 5)])
    with pytest.raises(ValueError, match="2 times for 1 cases"):
        survival.kaplan_meier([1.0, 2.0], [True])

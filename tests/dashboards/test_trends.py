"""Histograms of days → figures of weeks, months and quarters."""

import itertools
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from dashboards import blocks, trends
from dashboards.distribution import Distribution
from dashboards.figures import FIGURES
from dashboards.tallies import DayCount
from dashboards.trends import Every, Trend
from tests.examples import examples

MONDAY = date(2026, 3, 2)
EVERY: tuple[Every, ...] = ("week", "month", "quarter")


def day(on: date, *scores: int) -> DayCount:
    answers = Distribution.of_scores(scores, lowest=0, highest=10)
    return DayCount(on, answers.counts, answers.n)


def nps(days: list[DayCount], by: Every = "week") -> Trend:
    """Of days that have enough answers each."""
    cut = blocks.cut([(day.day, day.answered) for day in days], k=5)
    return trends.of_blocks(cut.blocks, days, lowest=0, highest=10, by=by, figure=FIGURES["nps"], k=5)


def test_the_nps_of_a_week_is_that_of_its_answers_and_not_the_mean_of_its_days() -> None:
    week = nps([day(MONDAY, *[10] * 5), day(MONDAY + timedelta(days=6), *[0] * 45)]).points[0]

    assert (week.start, week.end) == (MONDAY, date(2026, 3, 8))
    assert (week.figure.value, week.figure.n) == (-80, 50)


def test_a_week_without_answers_is_a_gap_and_not_zero() -> None:
    trend = nps([day(MONDAY, *[9] * 5), day(MONDAY + timedelta(days=14), *[9] * 5)])

    assert [(point.figure.value, point.figure.reason) for point in trend.points] == [
        (100, None),
        (None, "no_data"),
        (100, None),
    ]


def test_months_are_calendar_months() -> None:
    points = nps([day(date(2026, 1, 31), *[9] * 5), day(date(2026, 2, 1), *[0] * 5)], by="month").points

    assert [(point.start, point.end, point.figure.value) for point in points] == [
        (date(2026, 1, 1), date(2026, 1, 31), 100),
        (date(2026, 2, 1), date(2026, 2, 28), -100),
    ]


def test_quarters_are_calendar_quarters() -> None:
    points = nps([day(date(2025, 12, 31), *[9] * 5), day(date(2026, 6, 30), *[0] * 5)], by="quarter").points

    assert [(point.start, point.end, point.figure.value) for point in points] == [
        (date(2025, 10, 1), date(2025, 12, 31), 100),
        (date(2026, 1, 1), date(2026, 3, 31), None),
        (date(2026, 4, 1), date(2026, 6, 30), -100),
    ]


def test_nobody_answered_is_a_trend_without_points() -> None:
    assert nps([]).points == ()


def test_half_a_year_is_shown_by_weeks_and_more_by_months() -> None:
    assert trends.every(MONDAY, MONDAY + timedelta(days=180)) == "week"
    assert trends.every(MONDAY, MONDAY + timedelta(days=365)) == "month"


def in_blocks(days: list[DayCount], by: Every = "week", k: int = 5) -> list[tuple[date, date, int]]:
    cut = blocks.cut([(day.day, day.answered) for day in days], k=k)
    told = [day for day in days if day.day <= cut.blocks[-1].last]
    trend = trends.of_blocks(cut.blocks, told, lowest=0, highest=10, by=by, figure=FIGURES["nps"], k=k)
    return [(point.start, point.end, point.figure.n) for point in trend.points]


def test_points_are_made_of_whole_blocks_and_a_block_over_a_border_begins_the_later_one() -> None:
    friday, tuesday = MONDAY + timedelta(days=4), MONDAY + timedelta(days=8)

    assert in_blocks([day(MONDAY, *[9] * 5), day(friday, 9, 9), day(tuesday, *[9] * 4)]) == [
        (MONDAY, friday - timedelta(days=1), 5),
        (friday, date(2026, 3, 15), 6),
    ]


def test_a_week_that_a_longer_block_covers_is_no_gap_and_an_empty_one_is() -> None:
    weeks = {0: 5, 1: 2, 2: 2, 3: 2, 5: 5}

    assert in_blocks([day(MONDAY + timedelta(weeks=week), *[9] * n) for week, n in weeks.items()]) == [
        (date(2026, 3, 2), date(2026, 3, 8), 5),
        (date(2026, 3, 9), date(2026, 3, 29), 6),
        (date(2026, 3, 30), date(2026, 4, 5), 0),
        (date(2026, 4, 6), date(2026, 4, 12), 5),
    ]


@settings(max_examples=examples(25), deadline=None)
@given(days=st.dictionaries(st.dates(MONDAY, date(2026, 7, 31)), st.integers(1, 9), min_size=5, max_size=30))
def test_points_of_blocks_follow_each_other_and_have_all_answers(days: dict[date, int]) -> None:
    counted = [day(on, *[9] * n) for on, n in sorted(days.items())]
    cut = blocks.cut([(it.day, it.answered) for it in counted], k=5)

    for by in EVERY:
        points = in_blocks(counted, by)
        assert sum(n for _, _, n in points) == sum(block.n for block in cut.blocks)
        assert all(n == 0 or n >= 5 for _, _, n in points)
        assert all(end < start for (_, end, _), (start, _, _) in itertools.pairwise(points))

"""What people read is rounded half away from zero, from the exact ratio."""

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboards import comparisons, metrics, rounding
from dashboards.distribution import Recommenders
from dashboards.kpi import Kpi


@given(st.integers(-(10**6), 10**6), st.integers(1, 10**4), st.integers(0, 4))
def test_halves_go_away_from_zero_and_nothing_else_moves(numerator: int, denominator: int, decimals: int) -> None:
    exact = Fraction(numerator, denominator)
    shown = Fraction(rounding.text(exact, decimals))
    step = Fraction(1, 10**decimals)

    assert abs(shown - exact) <= step / 2
    if abs(shown - exact) == step / 2:
        assert abs(shown) > abs(exact)


@given(st.integers(-(10**6), 10**6), st.integers(0, 6), st.integers(0, 4))
def test_decimal_agrees_where_it_is_exact(digits: int, places: int, decimals: int) -> None:
    exact = Decimal(digits).scaleb(-places)
    expected = exact.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)

    assert rounding.text(Fraction(exact), decimals) == str(abs(expected) if expected == 0 else expected)


@given(st.integers(-(10**6), 10**6), st.integers(1, 10**4), st.integers(0, 4))
def test_minus_nothing_is_nothing(numerator: int, denominator: int, decimals: int) -> None:
    shown = rounding.text(Fraction(numerator, denominator), decimals)

    assert shown.strip("-0.") or not shown.startswith("-")


def test_an_nps_of_minus_a_half_is_minus_one_although_floats_would_say_0() -> None:
    assert rounding.value(metrics.nps(Recommenders(1, 199, 0))) == "-1"
    assert rounding.value(metrics.nps(Recommenders(0, 7, 1))) == "+13"
    assert rounding.value(metrics.nps(Recommenders(1, 1, 1))) == "0"


def test_percents_get_a_decimal_from_a_hundred_answers_on_and_limits_never() -> None:
    assert rounding.value(metrics.percent(2, 3)) == "67"
    assert rounding.value(metrics.percent(200, 300)) == "66.7"
    assert rounding.interval(metrics.percent(200, 300)) == ("61", "72")


def test_what_cannot_be_told_is_not_shown() -> None:
    assert rounding.value(metrics.percent(0, 0)) is None
    assert rounding.interval(metrics.percent(0, 0)) is None


def test_a_difference_has_its_sign_and_is_made_of_unrounded_figures() -> None:
    # 62.5 % and 66.7 %.
    assert rounding.difference(comparisons.shares(5, 8, 20, 30)) == "+4"
    assert rounding.difference(comparisons.shares(62, 100, 50, 100)) == "-12.0"
    assert rounding.difference(comparisons.nps(Recommenders(1, 2, 3), Recommenders(3, 2, 1))) == "-67"
    assert rounding.difference(comparisons.nps(Recommenders(0, 200, 0), Recommenders(0, 199, 1))) == "+0.5"
    assert rounding.difference(comparisons.shares(0, 0, 1, 2)) is None


def test_means_have_two_decimals_and_p_three() -> None:
    assert rounding.value(Kpi(4.305, Fraction(861, 200), 200)) == "4.31"
    assert [rounding.p_value(p) for p in (0.0004, 0.001, 0.0425, 1.0)] == ["<0.001", "0.001", "0.043", "1.000"]


def test_signs_are_shown_where_they_mean_something() -> None:
    assert [rounding.signed(x, 1) for x in (Fraction(1, 3), Fraction(1, 100), 0, Fraction(-1, 3))] == [
        "+0.3",
        "0.0",
        "0.0",
        "-0.3",
    ]


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_what_is_no_number_is_refused(number: float) -> None:
    with pytest.raises(ValueError, match="not finite"):
        rounding.text(number)
    with pytest.raises(ValueError, match="decimals"):
        rounding.text(1, -1)
    with pytest.raises(ValueError, match="p must lie"):
        rounding.p_value(1.5)

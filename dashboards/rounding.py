"""The last step before a person reads a figure: half away from zero, on the exact ratio."""

from fractions import Fraction

from dashboards.kpi import Kpi


def text(exact: Fraction | float, decimals: int = 0) -> str:
    """The number with this many decimals, halves away from zero, never "-0".

    Formula: sign(x)·floor(|x|·10^d + 1/2)/10^d on the exact ratio.
    Takes: a Fraction (a float is read as the ratio it stores); decimals from 0.
    Refuses: negative decimals, NaN and infinity.
    Source: IEEE 754-2019 4.3.1, roundTiesToAway.
    """
    if decimals < 0:
        raise ValueError(f"decimals must not be negative, not {decimals}")
    exact = _ratio(exact)
    digits = (2 * abs(exact.numerator) * 10**decimals + exact.denominator) // (2 * exact.denominator)
    whole, rest = divmod(digits, 10**decimals)
    sign = "-" if exact < 0 and digits else ""
    return f"{sign}{whole}.{rest:0{decimals}d}" if decimals else f"{sign}{whole}"


def _ratio(number: Fraction | float) -> Fraction:
    try:
        return Fraction(number)
    except (OverflowError, ValueError):
        raise ValueError(f"{number!r} is not finite and cannot be shown") from None


def signed(exact: Fraction | float, decimals: int = 0) -> str:
    """The number with its sign, as NPS and differences are shown: +31, 0, -4.

    Formula: text(x, d) with + before what is above 0 after rounding.
    Takes: as text.
    Refuses: as text.
    Source: as text.
    """
    shown = text(exact, decimals)
    return f"+{shown}" if exact > 0 and shown.strip("0.") else shown


def percent(ratio: Fraction | float, decimals: int = 0) -> str:
    """A ratio as percent without the sign: 1/8 → 13.

    Formula: text(100·ratio, d).
    Takes: as text.
    Refuses: as text.
    Source: as text.
    """
    return text(100 * _ratio(ratio), decimals)


def p_value(p: float) -> str:
    """A p-value with three decimals, or "<0.001".

    Formula: text(p, 3) from 0.001 up.
    Takes: p in 0..1.
    Refuses: a p outside 0..1.
    Source: APA 2020, Publication Manual, 7th edition (exact p, and p < .001).
    """
    if not 0 <= p <= 1:
        raise ValueError(f"p must lie between 0 and 1, not {p!r}")
    return "<0.001" if p < 0.001 else text(p, 3)


def decimals_of(kpi: Kpi) -> int:
    """With how many decimals a figure is shown.

    Formula: points 0; percent 0 below n = 100, else 1; days 1; means and ratios 2.
    Takes: a Kpi.
    Source: convention of this product; no published source known for these steps.
    """
    return {"points": 0, "percent": int(kpi.n >= 100), "days": 1}.get(kpi.unit, 2)


def value(kpi: Kpi) -> str | None:
    """The figure as people read it (+31 points, 76 or 76.4 percent, 4.31 stars); None where it cannot be told.

    Formula: text of the exact value, points with their sign, to decimals_of the figure.
    Takes: a Kpi.
    Source: as text and decimals_of.
    """
    if kpi.value is None:
        return None
    number = kpi.value if kpi.exact is None else kpi.exact
    return (signed if kpi.unit == "points" else text)(number, decimals_of(kpi))


def difference(kpi: Kpi) -> str | None:
    """A difference as people read it, with its sign; None where it cannot be told.

    Formula: text of the exact difference, never that of two rounded figures, to decimals_of; below 1 to one decimal.
    Takes: a difference in points or percent points.
    Source: as text and decimals_of.
    """
    if kpi.value is None:
        return None
    decimals = max(decimals_of(kpi), int(abs(kpi.value) < 1))
    return signed(kpi.value if kpi.exact is None else kpi.exact, decimals)


def interval(kpi: Kpi) -> tuple[str, str] | None:
    """Both limits as people read them; None where there is no interval.

    Formula: text of the limits, points with their sign: whole points and percents, else the decimals of the value.
    Takes: a Kpi.
    Source: as text and decimals_of.
    """
    if kpi.interval is None:
        return None
    show, decimals = (signed if kpi.unit == "points" else text), decimals_of(kpi)
    low, high = (show(limit, 0 if kpi.unit == "percent" else decimals) for limit in kpi.interval)
    return low, high

"""A series with an action in it → the jump at the action and the change of slope, apart from the trend before."""

from collections.abc import Sequence
from typing import NamedTuple

from dashboards import quantiles
from dashboards.kpi import Interval

FEWEST_BEFORE, FEWEST_AFTER = 8, 4


class Coefficient(NamedTuple):
    """An estimate with standard error, two-sided p and interval; p is None where the series fits without rest."""

    value: float
    se: float
    p: float | None
    interval: Interval


class Interrupted(NamedTuple):
    """An interrupted series: level where it starts, slope a period, jump at the action, change of slope after it.

    durbin_watson is None where nothing is left to explain; flag p_unreliable where it lies below 1.2 or above 2.8,
    short below 12 periods before or 6 after.
    """

    intercept: Coefficient
    slope: Coefficient
    level_change: Coefficient
    slope_change: Coefficient
    df: int
    durbin_watson: float | None
    flags: tuple[str, ...]


def weights_of(n: Sequence[int]) -> list[int] | None:
    """The n of the periods as weights where they differ much, else None.

    Formula: n where max(n) > 2·min(n).
    Takes: answers of every period.
    Source: convention of this product; no published source known for the 2.
    """
    return list(n) if n and max(n) > 2 * min(n) else None


def fit(y: Sequence[float], before: int, *, weights: Sequence[float] | None = None, level: float = 0.95) -> Interrupted:
    """Jump and change of slope at an action, by segmented regression.

    Formula: y_t = b0 + b1·t + b2·D_t + b3·D_t·(t - t0) + e, D_t = 1 from t0 = before; least squares, t of k-4 df.
    Takes: one figure a period without the wash-out; before, the number of periods before the action; weights n of the
    periods where they differ much (weights_of); level in (0, 1).
    Refuses: fewer than 8 periods before or 4 after, weights that do not fit or are not above 0, a level outside (0, 1).
    Source: Wagner et al. 2002, J. Clinical Pharmacy and Therapeutics 27:299-309; no HAC: at this length it misleads.
    """
    import numpy as np

    k, df = len(y), len(y) - 4
    if before < FEWEST_BEFORE or k - before < FEWEST_AFTER:
        raise ValueError(f"need {FEWEST_BEFORE} periods before and {FEWEST_AFTER} after; got {before} and {k - before}")
    w = np.ones(k) if weights is None else np.asarray(weights, dtype=float)
    values, t = np.asarray(y, dtype=float), np.arange(k)
    if w.shape != (k,) or not (np.isfinite(values).all() and np.isfinite(w).all() and (w > 0).all()):
        raise ValueError(f"need {k} finite figures and, if any, {k} finite weights above 0")
    design = np.column_stack([np.ones(k), t, t >= before, np.maximum(t - before, 0)]).astype(float)
    inverse = np.linalg.pinv(design * np.sqrt(w)[:, None])
    b = inverse @ (values * np.sqrt(w))
    rest = values - design @ b
    # A fit without rest leaves only rounding: there is no p then, and no Durbin-Watson.
    is_exact = float(rest @ rest) <= 1e-24 * k * max(float(values @ values), 1e-300)
    variance = 0.0 if is_exact else float((w * rest) @ rest) / df
    errors = np.sqrt(variance * (inverse @ inverse.T).diagonal())
    reach = quantiles.student(level, df)
    found = (_coefficient(float(v), float(s), df, reach) for v, s in zip(b, errors, strict=True))
    durbin_watson = None if is_exact else float((np.diff(rest) ** 2).sum() / (rest @ rest))
    intercept, slope, level_change, slope_change = found
    flags = _flags(durbin_watson, before, k - before)
    return Interrupted(intercept, slope, level_change, slope_change, df, durbin_watson, flags)


def _coefficient(value: float, se: float, df: int, reach: float) -> Coefficient:
    p = quantiles.student_p(value / se, df) if se else None
    return Coefficient(value, se, p, (value - reach * se, value + reach * se))


def _flags(durbin_watson: float | None, before: int, after: int) -> tuple[str, ...]:
    unreliable = durbin_watson is not None and not 1.2 <= durbin_watson <= 2.8
    short = before < 12 or after < 6
    return (*(("p_unreliable",) if unreliable else ()), *(("short",) if short else ()))

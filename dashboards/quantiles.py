"""Quantiles and tails of the normal and Student's distribution, from scipy.special."""

import math
from functools import lru_cache


def tail_of(level: float) -> float:
    """1 - alpha/2 of a two-sided level; refuses a level outside (0, 1)."""
    if not 0 < level < 1:
        raise ValueError(f"level must lie between 0 and 1, such as 0.95; got {level!r}")
    return (1 + level) / 2


@lru_cache(maxsize=64)
def normal(level: float) -> float:
    """z of a two-sided level: 1.959963984540054 at 0.95."""
    from scipy.special import ndtri  # here: the web process starts without scipy

    return float(ndtri(tail_of(level)))


@lru_cache(maxsize=4096)
def student(level: float, df: float) -> float:
    """t of a two-sided level at df degrees of freedom."""
    from scipy.special import stdtrit

    return float(stdtrit(df, tail_of(level)))


def normal_p(z: float) -> float:
    """Two-sided p of a standard normal z: 2 Phi(-|z|)."""
    return math.erfc(abs(z) / math.sqrt(2))


def student_p(t: float, df: float) -> float:
    """Two-sided p of Student's t at df degrees of freedom."""
    from scipy.special import stdtr

    return float(2 * stdtr(df, -abs(t)))

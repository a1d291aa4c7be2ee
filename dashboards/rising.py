"""Themes of the last weeks against those before → which are on the rise."""

from collections.abc import Sequence
from typing import Literal, NamedTuple

from dashboards import exact, families
from dashboards.intervals import part_of

MIN_WINDOW, MIN_TOTAL, MIN_RATIO, Q = 3, 5, 1.5, 0.10


class Mentions(NamedTuple):
    """In how many of n comments a theme was mentioned, in the window and in the baseline before it."""

    k_window: int
    n_window: int
    k_baseline: int
    n_baseline: int


class Rise(NamedTuple):
    """Rates 0..1 (None without comments), their ratio (None where the baseline had none), p one-sided, and, among a
    batch, p adjusted and whether the theme rises."""

    rate_window: float | None
    rate_baseline: float | None
    ratio: float | None
    p: float
    p_adjusted: float | None = None
    rising: bool | None = None


def checked(mentions: Mentions) -> Mentions:
    """The same as whole numbers; refuses more mentions than comments."""
    window = part_of(mentions.k_window, mentions.n_window, " of the window")
    return Mentions(*window, *part_of(mentions.k_baseline, mentions.n_baseline, " of the baseline"))


def compare(mentions: Mentions, alternative: str = "greater") -> Rise:
    """Whether one theme is mentioned more often than before; with less, whether a defect became rarer.

    Formula: p = P(Hypergeometric(n_w+n_b, k_w+k_b, n_w) >= k_w), Fisher's exact test, one-sided.
    Takes: mentions in a window and in the baseline before it, which do not overlap.
    Refuses: more mentions than comments, negative and fractional counts, an unknown alternative.
    Source: Fisher 1935, The Design of Experiments.
    """
    kw, nw, kb, nb = checked(mentions)
    window, baseline = (kw / nw if nw else None), (kb / nb if nb else None)
    ratio = window / baseline if window is not None and baseline else None
    return Rise(window, baseline, ratio, exact.fisher(kb, nb, kw, nw, alternative))


def batch(
    themes: Sequence[Mentions], *, q: float = Q, min_window: int = MIN_WINDOW, min_ratio: float = MIN_RATIO
) -> list[Rise]:
    """Which of all themes are on the rise, so that one look at twenty themes does not cry wolf.

    Formula: one-sided Fisher, Benjamini-Hochberg over all themes; those with k_w < 3 or k_w + k_b < 5 enter with p = 1;
    rising if adjusted p <= q and the ratio of rates >= 1.5 (none before: it passes).
    Takes: mentions of every theme of one look; q in (0, 1).
    Refuses: as compare, and a q outside (0, 1).
    Source: Benjamini and Hochberg 1995, JRSS B 57:289-300.
    """
    if not 0 < q < 1:
        raise ValueError(f"q must lie between 0 and 1, not {q!r}")
    alone = [compare(theme) for theme in themes]
    eligible = [t.k_window >= min_window and t.k_window + t.k_baseline >= MIN_TOTAL for t in themes]
    p_values = families.adjusted([rise.p if may else 1.0 for rise, may in zip(alone, eligible, strict=True)])
    return [
        rise._replace(p_adjusted=p, rising=may and p <= q and (rise.ratio is None or rise.ratio >= min_ratio))
        for rise, may, p in zip(alone, eligible, p_values, strict=True)
    ]


def notice(*, rising_now: bool, rising_before: bool) -> Literal["alert", "watch"] | None:
    """What to make of a theme that rises: one look may be chance.

    Formula: alert where it rises in two consecutive looks, watch where in this one alone.
    Takes: whether it rises now and rose in the look before. Gives None where it does not rise now.
    Source: convention of this product; no published source known.
    """
    if not rising_now:
        return None
    return "alert" if rising_before else "watch"

"""Answers weighted to the known population, where that may be shown: always second, beside the plain figure."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

from dashboards import kpi, quantiles
from dashboards.distribution import count_of
from dashboards.kpi import Kpi, Unit

LIGHTEST, HEAVIEST = 0.2, 5.0
Margins = Mapping[str, Mapping[str, float]]


class Kish(NamedTuple):
    """How many unweighted answers the weighted ones are worth, and the design effect n/n_eff."""

    n_eff: float
    deff: float


def kish(weights: Sequence[float]) -> Kish | None:
    """Effective sample size and design effect of weights.

    Formula: n_eff = (Σw)²/Σw², deff = n/n_eff.
    Takes: one positive weight an answer. Gives None without answers.
    Refuses: weights that are not above 0.
    Source: Kish 1965, Survey Sampling, 11.7.
    """
    _check_weights(weights)
    if not weights:
        return None
    n_eff = math.fsum(weights) ** 2 / math.fsum(w * w for w in weights)
    return Kish(n_eff, len(weights) / n_eff)


def _check_weights(weights: Sequence[float]) -> None:
    for i, weight in enumerate(weights):
        if not 0 < weight < math.inf:
            raise ValueError(f"weight {i} must be above 0 and finite, not {weight!r}")


def poststratify(sample: Mapping[str, int], population: Mapping[str, float]) -> dict[str, float]:
    """Weight of each stratum of one variable.

    Formula: w_h = (N_h/N)/(n_h/n).
    Takes: answers by stratum; population by stratum as counts or shares.
    Refuses: strata that do not agree, a stratum without answers (merge it first), counts below 0, shares not above 0.
    Source: Holt and Smith 1979, JRSS A 142:33-46.
    """
    counts = {h: count_of(n, f"answers of stratum {h}") for h, n in sample.items()}
    shares = target_shares("stratum", population, counts)
    n = sum(counts.values())
    return {h: shares[h] * n / counts[h] for h in counts}


def target_shares(name: str, targets: Mapping[str, float], counts: Mapping[str, int]) -> dict[str, float]:
    """Population shares of one variable, checked against who answered."""
    if set(targets) != {c for c, n in counts.items() if n} or set(targets) != set(counts):
        raise ValueError(f"{name}: answers are in {sorted(map(str, counts))}, targets in {sorted(map(str, targets))}; "
                         "merge categories until each has a target and an answer")  # fmt: skip
    for category, share in targets.items():
        if not 0 < share < math.inf:
            raise ValueError(f"{name}: the target of {category} must be above 0, not {share!r}")
    total = math.fsum(targets.values())
    return {category: share / total for category, share in targets.items()}


def rake(rows: Mapping[str, Sequence[str]], targets: Margins, *, start: Sequence[float] | None = None) -> list[float]:
    """One weight an answer so that every variable has the shares of the population.

    Formula: w = 1; for each variable w ·= target share/weighted share; cycle until the largest change is < 1e-10, at
    most 1000 times; mean 1.
    Takes: for each variable the category of every answer; targets as counts or shares; start, weights to begin from.
    Refuses: variables or categories that do not agree with the targets, lists of unequal length, margins that no
    weights meet together.
    Source: Deming and Stephan 1940, Annals of Mathematical Statistics 11:427-444; equals R survey::rake.
    """
    import numpy as np

    if set(rows) != set(targets):
        raise ValueError(f"answers know {sorted(rows)}, targets {sorted(targets)}")
    sizes = {name: len(values) for name, values in rows.items()}
    if not sizes or len(set(sizes.values())) > 1:
        raise ValueError(f"every variable needs one category an answer; got {sizes}")
    codes, shares = [], []
    for name, values in rows.items():
        wanted = target_shares(name, targets[name], Counter(values))
        place = {category: i for i, category in enumerate(wanted)}
        codes.append(np.fromiter((place[v] for v in values), np.int64, len(values)))
        shares.append(np.array(list(wanted.values())))
    weights = np.ones(len(codes[0])) if start is None else np.asarray(start, dtype=float)
    for _ in range(1000):
        before = weights
        for code, share in zip(codes, shares, strict=True):
            now = np.bincount(code, weights, minlength=len(share)) / weights.sum()
            weights = weights * (share / now)[code]
        if np.abs(weights - before).max() < 1e-10:
            break
    for name, code, share in zip(rows, codes, shares, strict=True):
        if np.abs(np.bincount(code, weights, minlength=len(share)) / weights.sum() - share).max() > 1e-6:
            raise ValueError(
                f"{name}: no weights meet all margins at once, they contradict each other; merge categories"
            )
    return [float(w) for w in weights / weights.mean()]


class Trimmed(NamedTuple):
    """Weights within 0.2 to 5, and how many answers had to be trimmed."""

    weights: list[float]
    trimmed: int


def rake_trimmed(rows: Mapping[str, Sequence[str]], targets: Margins) -> Trimmed:
    """Raked weights, trimmed to 0.2 to 5 and raked again; what still lies outside is for may_be_shown to judge.

    Formula: rake; w = min(5, max(0.2, w)); rake from there.
    Takes: as rake.
    Refuses: as rake.
    Source: Potter 1990, Proceedings of the ASA Survey Research Methods Section, 225-230.
    """
    weights = rake(rows, targets)
    clipped = [min(HEAVIEST, max(LIGHTEST, w)) for w in weights]
    trimmed = sum(a != b for a, b in zip(weights, clipped, strict=True))
    return Trimmed(rake(rows, targets, start=clipped) if trimmed else weights, trimmed)


def mean(values: Sequence[float], weights: Sequence[float], *, level: float = 0.95, unit: Unit = "score") -> Kpi:
    """Weighted mean with its linearised interval.

    Formula: m = Σwx/Σw; SE² = n/(n-1)·Σ(w(x-m))²/(Σw)²; m ± z·SE.
    Takes: one value and one positive weight an answer; level in (0, 1). No interval below n = 2.
    Refuses: lists of unequal length, weights that are not above 0, a level outside (0, 1).
    Source: Särndal, Swensson and Wretman 1992, Model Assisted Survey Sampling, 5.7; equals R svymean.
    """
    z, n = quantiles.normal(level), len(values)
    if len(weights) != n:
        raise ValueError(f"{n} values for {len(weights)} weights")
    _check_weights(weights)
    if not n:
        return kpi.missing(kpi.NO_DATA, method="weighted", unit=unit)
    total = math.fsum(weights)
    m = math.fsum(w * x for w, x in zip(weights, values, strict=True)) / total
    if n < 2:
        return Kpi(m, Fraction(m), n, method="weighted", flags=(kpi.N_LT_2,), unit=unit)
    squares = math.fsum((w * (x - m)) ** 2 for w, x in zip(weights, values, strict=True))
    half = z * math.sqrt(n / (n - 1) * squares) / total
    return Kpi(m, Fraction(m), n, (m - half, m + half), level, "weighted", unit=unit)


def nps(scores: Sequence[int], weights: Sequence[float], *, level: float = 0.95) -> Kpi:
    """Weighted NPS in points, with its linearised interval.

    Formula: mean of 100·(-1, 0, 1) for 0-6, 7-8, 9-10, weighted.
    Takes: one score 0..10 and one positive weight an answer; level in (0, 1).
    Refuses: scores outside 0..10, and as mean.
    Source: as mean.
    """
    for i, score in enumerate(scores):
        if not 0 <= count_of(score, f"score {i}") <= 10:
            raise ValueError(f"score {i} is outside 0 to 10: {score!r}")
    return mean([100 * ((s >= 9) - (s <= 6)) for s in scores], weights, level=level, unit="points")


def may_be_shown(rows: Mapping[str, Sequence[str]], weights: Sequence[float]) -> tuple[str, ...]:
    """Why the weighted figure may not be shown: n_lt_100, category_lt_10, weight_outside, deff_gt_2; empty if it may.

    Formula: n >= 100, every category >= 10 answers, weights in 0.2..5, deff <= 2.
    Takes: as rake, and its weights.
    Refuses: weights that are not above 0.
    Source: Battaglia, Hoaglin and Frankel 2009, Survey Practice 2(5).
    """
    design, smallest = kish(weights), min((min(Counter(v).values(), default=0) for v in rows.values()), default=0)
    faults = {
        "n_lt_100": len(weights) < 100,
        "category_lt_10": smallest < 10,
        "weight_outside": not all(LIGHTEST <= w <= HEAVIEST for w in weights),
        "deff_gt_2": design is None or design.deff > 2,
    }
    return tuple(name for name, fault in faults.items() if fault)


def changes_the_picture(weighted: Kpi, plain: Kpi) -> bool | None:
    """Whether weighting moves the figure by at least one standard error; None where it cannot be told.

    Formula: |weighted - plain| >= half-width/z.
    Takes: the weighted figure with its interval, and the plain one, in one unit.
    Source: convention of this product; no published source known.
    """
    if weighted.value is None or plain.value is None or weighted.half_width is None or weighted.level is None:
        return None
    return abs(weighted.value - plain.value) >= weighted.half_width / quantiles.normal(weighted.level)

"""Exact probabilities of counts: hypergeometric, Fisher, binomial."""

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# Outcomes as likely as the observed one count as "at least as extreme" despite floating point (as in R).
SLACK = 1 + 1e-7


def log_choose(n: int, k: "NDArray[np.int64]") -> "NDArray[np.float64]":
    """ln C(n, k) for an array of k."""
    from scipy.special import gammaln

    result: NDArray[np.float64] = math.lgamma(n + 1) - gammaln(k + 1) - gammaln(n - k + 1)
    return result


def hypergeometric(k: int, n: int, successes: int, total: int) -> "tuple[NDArray[np.float64], int]":
    """Probabilities of every possible number of successes in n drawn from the total, and the place of k among them.

    Formula: C(K, i)·C(N-K, n-i)/C(N, n) for i from max(0, n-N+K) to min(n, K).
    Takes: k of n drawn, K successes in the total N, whole numbers.
    Source: Johnson, Kemp and Kotz 2005, Univariate Discrete Distributions, 6.
    """
    import numpy as np

    low, high = max(0, n - (total - successes)), min(n, successes)
    support = np.arange(low, high + 1)
    logs = log_choose(successes, support) + log_choose(total - successes, n - support)
    weights = np.exp(logs - logs.max())
    return weights / weights.sum(), k - low


def fisher(x1: int, n1: int, x2: int, n2: int, alternative: str = "two_sided") -> float:
    """p of Fisher's exact test for two shares, given both margins.

    Formula: Σ of hypergeometric probabilities no larger than the observed one (two_sided), or of x2 and above
    (greater), or of x2 and below (less).
    Takes: x1 of n1 and x2 of n2, whole numbers. Gives p in 0..1.
    Refuses: an alternative other than two_sided, greater, less.
    Source: Fisher 1935, The Design of Experiments; R fisher.test.
    """
    probabilities, place = hypergeometric(x2, n2, x1 + x2, n1 + n2)
    return _tail(probabilities, place, alternative)


def binomial(k: int, n: int, share: float, alternative: str = "two_sided") -> float:
    """p of the exact binomial test of k in n against a share.

    Formula: Σ of binomial probabilities no larger than that of k (two_sided), or of k and above, or of k and below.
    Takes: k of n, whole numbers; share in (0, 1). Gives p in 0..1.
    Refuses: an alternative other than two_sided, greater, less.
    Source: Clopper and Pearson 1934, Biometrika 26:404-413; R binom.test.
    """
    import numpy as np

    support = np.arange(n + 1)
    logs = log_choose(n, support) + support * math.log(share) + (n - support) * math.log1p(-share)
    weights = np.exp(logs - logs.max())
    return _tail(weights / weights.sum(), k, alternative)


def _tail(probabilities: "NDArray[np.float64]", place: int, alternative: str) -> float:
    if alternative == "greater":
        tail = probabilities[place:].sum()
    elif alternative == "less":
        tail = probabilities[: place + 1].sum()
    elif alternative == "two_sided":
        tail = probabilities[probabilities <= probabilities[place] * SLACK].sum()
    else:
        raise ValueError(f"alternative must be two_sided, greater or less; got {alternative!r}")
    return min(1.0, float(tail))


def nps_permutation(detractors: tuple[int, int], passives: tuple[int, int], promoters: tuple[int, int]) -> float:
    """p of the exact permutation test for two NPS, without simulation.

    Formula: Σ of the trivariate hypergeometric probabilities of all tables with |difference| >= the observed one.
    Takes: the counts of both groups, each group with an answer. Gives the two-sided p in 0..1.
    Refuses: an empty group, and more than 10^7 tables: then the adjusted z is as good.
    Source: Hothorn et al. 2008, coin, Journal of Statistical Software 28(8).
    """
    import numpy as np

    d_all, a_all, p_all = sum(detractors), sum(passives), sum(promoters)
    n1, n2 = (detractors[g] + passives[g] + promoters[g] for g in (0, 1))
    if not (n1 and n2) or (d_all + 1) * (p_all + 1) > 10**7:
        raise ValueError(f"the exact permutation test needs two groups of moderate size, not n = {n1} and {n2}")
    d, p = np.arange(d_all + 1)[:, None], np.arange(p_all + 1)[None, :]
    possible = (d + p <= n2) & (d + p >= n2 - a_all)
    a = np.where(possible, n2 - d - p, 0)
    logs = np.where(possible, log_choose(d_all, d) + log_choose(p_all, p) + log_choose(a_all, a), -np.inf)
    weights = np.exp(logs - logs.max())
    # The difference times n1·n2 is a whole number, so that ties are exact.
    differences = np.abs((p - d) * (n1 + n2) - (p_all - d_all) * n2)
    observed = differences[detractors[1], promoters[1]]
    return min(1.0, float(weights[differences >= observed].sum() / weights.sum()))

"""How far the truth may be from the figure where customers answered more than once: their answers are alike."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from dashboards import quantiles

# Up to here answers may be taken as independent of each other.
ANSWERS_PER_CUSTOMER = Fraction(12, 10)


@dataclass(frozen=True, slots=True)
class Clusters:
    """Sums over customers, of whom c gave n_c answers that add up to S_c; an answer is -1, 0 or 1."""

    customers: int
    answers: int
    # Σ S_c, Σ S_c², Σ S_c·n_c and Σ n_c²: whole numbers, so that unanimity is 0.
    total: int
    squares: int
    products: int
    sizes: int

    @classmethod
    def of(cls, by_customer: Sequence[Sequence[int]]) -> "Clusters":
        """From the single answers of each customer."""
        sums = [(sum(values), len(values)) for values in by_customer if values]
        return cls(
            customers=len(sums),
            answers=sum(n for _, n in sums),
            total=sum(s for s, _ in sums),
            squares=sum(s * s for s, _ in sums),
            products=sum(s * n for s, n in sums),
            sizes=sum(n * n for _, n in sums),
        )

    @property
    def are_needed(self) -> bool:
        """Whether customers answered so often that the usual interval would promise too much."""
        return self.answers > self.customers * ANSWERS_PER_CUSTOMER


def variance(clusters: Clusters) -> Fraction | None:
    """Squared standard error of a mean where the answers of one customer are alike.

    Formula: SE² = m/(m-1)·Σ_c(Σ_i(x_i - x̄))²/n², m customers, n answers.
    Takes: sums over customers. Gives SE² on the unit scale, exactly; None below m = 2.
    Source: Liang and Zeger 1986, Biometrika 73:13-22; Cameron and Miller 2015, Journal of Human Resources 50(2).
    """
    m, n, total = clusters.customers, clusters.answers, clusters.total
    if m < 2:
        return None
    # Σ(S_c - n_c·x̄)², multiplied by n² so that it is a whole number.
    residual = clusters.squares * n * n - 2 * clusters.products * total * n + clusters.sizes * total * total
    return Fraction(m * residual, (m - 1) * n**4)


def cautious_variance(clusters: Clusters) -> float:
    """Squared standard error for a comparison: where all agree, that of as many customers who might not have.

    Formula: SE² as in variance; where that is 0 or unknown, v/(m+3) of m customers with the pseudo-respondents 3/4,
    3/2, 3/4: c = u·m/(m+3), v = (u²·m + 3/2)/(m+3) - c², u = -1, 0 or 1, what all of them said.
    Takes: sums over customers, of whom there is one at least. Gives SE² on the unit scale, above 0.
    Source: Cameron and Miller 2015, Journal of Human Resources 50(2); Rocks 2016, The American Statistician 70:365-372.
    """
    squared = variance(clusters)
    if squared:
        return float(squared)
    m, said = clusters.customers, clusters.total / clusters.answers
    centre = said * m / (m + 3)
    return ((said * said * m + 1.5) / (m + 3) - centre * centre) / (m + 3)


def half_width(clusters: Clusters, level: float = 0.95) -> float | None:
    """Half the width of the interval of an NPS or a share where customers answered more than once.

    Formula: t(m-1)·SE, SE² = m/(m-1)·Σ_c(Σ_i(x_i - x̄))²/n², m customers, n answers.
    Takes: sums over customers; level in (0, 1). Gives it on the unit scale; None below m = 2, and where all agree.
    Refuses: a level outside (0, 1).
    Source: Cameron and Miller 2015, A practitioner's guide to cluster-robust inference, J. Human Resources 50(2).
    """
    quantiles.tail_of(level)
    squared = variance(clusters)
    # Where all agree the formula says "certain", which no number of answers is.
    return math.sqrt(squared) * quantiles.student(level, clusters.customers - 1) if squared else None

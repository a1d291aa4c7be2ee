"""The name of a question's figure → how it is computed, compared and guarded; one definition for every reader."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from dashboards import comparisons, metrics, suppression
from dashboards.comparisons import Difference
from dashboards.distribution import Distribution, Recommenders
from dashboards.kpi import Kpi

DIFFERENCING = "differencing"
CERTAIN = 0.05


@dataclass(frozen=True, slots=True)
class Figure:
    """How scores add up: the KPI, its comparison, and the last scores of the low and the middle band."""

    name: str
    of: Callable[[Distribution], Kpi]
    difference: Callable[[Distribution, Distribution], Difference]
    low_to: int
    high_from: int

    def bands(self, answers: Distribution) -> tuple[int, int, int]:
        """How many are in the low, the middle and the high band."""
        low = answers.count(answers.lowest, self.low_to)
        high = answers.count(self.high_from, answers.highest)
        return low, answers.n - low - high, high


def _nps_difference(first: Distribution, second: Distribution) -> Difference:
    return comparisons.nps(Recommenders.of(first), Recommenders.of(second))


def _share_difference(high_from: int) -> Callable[[Distribution, Distribution], Difference]:
    def difference(first: Distribution, second: Distribution) -> Difference:
        x1, x2 = (answers.count(high_from, answers.highest) for answers in (first, second))
        return comparisons.shares(x1, first.n, x2, second.n)

    return difference


FIGURES = {
    "nps": Figure("nps", metrics.nps, _nps_difference, 6, 9),
    "csat": Figure("csat", metrics.csat, _share_difference(4), 2, 4),
    "ces": Figure("ces", metrics.ces, _share_difference(5), 3, 5),
}


def shown(figure: Figure, answers: Distribution, *, bases: Iterable[int], k: int) -> Kpi:
    """The figure as everybody may see it; None as well where the few it leaves out of a base could be told from it."""
    guarded = suppression.guarded(figure.of(answers), k=k)
    if guarded.value is not None and is_refused(answers.n, bases, k=k):
        return replace(guarded, value=None, exact=None, interval=None, flags=(), reason=DIFFERENCING)
    return guarded


def is_refused(n: int, bases: Iterable[int], *, k: int) -> bool:
    """Whether n of one of the bases would give away the few it leaves out."""
    # A base that was read a moment before may lack the latest answer.
    return any(suppression.filter_is_refused(n=n, base=max(base, n), k=k) for base in bases)


def change(figure: Figure, before: Distribution, now: Distribution, *, k: int) -> Difference | None:
    """The difference to the span before, where both may be told; None where one may not."""
    if min(before.n, now.n) < k:
        return None
    return figure.difference(before, now)


def is_real(difference: Difference) -> bool:
    """Unlikely to be noise."""
    return difference.p is not None and difference.p < CERTAIN

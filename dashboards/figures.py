"""The name of a question's figure → how it is computed, compared and guarded; one definition for every reader."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from dashboards import clusters, comparisons, families, metrics, suppression
from dashboards.clusters import Clusters
from dashboards.comparisons import Difference
from dashboards.distribution import Distribution, Recommenders
from dashboards.families import Word
from dashboards.kpi import Kpi
from surveys import scales
from surveys.scales import Scale

CLUSTERED = "clustered"
LIMITS = {"points": (-100.0, 100.0), "percent": (0.0, 100.0)}


@dataclass(frozen=True, slots=True)
class Figure:
    """How scores add up: the KPI, its comparison, and the scale with its bands."""

    name: str
    of: Callable[[Distribution], Kpi]
    difference: Callable[[Distribution, Distribution], Difference]
    scale: Scale

    def bands(self, answers: Distribution) -> tuple[int, int, int]:
        """How many are in the low, the middle and the high band."""
        low = answers.count(self.scale.lowest, self.scale.low_to)
        high = answers.count(self.scale.high_from, self.scale.highest)
        return low, answers.n - low - high, high


def _nps_difference(first: Distribution, second: Distribution) -> Difference:
    return comparisons.nps(Recommenders.of(first), Recommenders.of(second))


def _share_difference(scale: Scale) -> Callable[[Distribution, Distribution], Difference]:
    def difference(first: Distribution, second: Distribution) -> Difference:
        x1, x2 = (answers.count(scale.high_from, scale.highest) for answers in (first, second))
        return comparisons.shares(x1, first.n, x2, second.n)

    return difference


FIGURES = {
    "nps": Figure("nps", metrics.nps, _nps_difference, scales.NPS),
    "csat": Figure("csat", metrics.csat, _share_difference(scales.CSAT), scales.CSAT),
    "ces": Figure("ces", metrics.ces, _share_difference(scales.CES), scales.CES),
}


def shown(figure: Figure, answers: Distribution, *, k: int, repeats: Clusters | None = None) -> Kpi:
    """The figure as everybody may see it."""
    return suppression.guarded(clustered(figure.of(answers), repeats), k=k)


def clustered(told: Kpi, repeats: Clusters | None) -> Kpi:
    """The same figure, with the interval that holds where customers answered more than once on average."""
    half = clusters.half_width(repeats) if repeats is not None and repeats.are_needed else None
    if half is None or told.value is None:
        return told
    lowest, highest = LIMITS[told.unit]
    interval = max(lowest, told.value - 100 * half), min(highest, told.value + 100 * half)
    return replace(told, interval=interval, method=CLUSTERED).flagged(CLUSTERED)


@dataclass(frozen=True, slots=True)
class Change:
    """The difference to the span before, and what to say of it."""

    difference: Difference
    word: Word

    @property
    def is_real(self) -> bool:
        """Unlikely to be noise."""
        return self.word != "no_reliable_difference"


def difference(
    figure: Figure,
    before: Distribution,
    now: Distribution,
    *,
    k: int,
    repeats: tuple[Clusters | None, Clusters | None] = (None, None),
) -> Difference | None:
    """The difference to the span before, where both may be told; None where one may not."""
    if any(not span.n or suppression.is_too_few(span.n, k=k) for span in (before, now)):
        return None
    told, (first, second) = figure.difference(before, now), repeats
    # By the test that goes with the interval.
    if first and second and (first.are_needed or second.are_needed):
        return comparisons.clustered(told, first, second)
    return told


def changes(differences: Mapping[str, Difference]) -> dict[str, Change]:
    """All changes of one screen, judged together: three figures at once must not cry wolf three times as often."""
    words = families.words(differences)
    return {name: Change(told, words[name][0]) for name, told in differences.items()}

"""Docstrings of the pure functions → the entries of the page that says how figures are made."""

import inspect
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any

from django.conf import settings
from django.utils.functional import Promise
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from dashboards import (
    blocks,
    clusters,
    comparisons,
    dispositions,
    distribution,
    durations,
    exact,
    families,
    intervals,
    metrics,
    rounding,
    suppression,
)

PARTS = ("Formula", "Takes", "Refuses", "Source")
PART = re.compile(rf"^({'|'.join(PARTS)}):\s*", re.MULTILINE)
# Its figures go by their bare names: #nps, #csat, #ces.
HEADLINE = "dashboards.metrics"

Definition = Callable[..., Any]


@dataclass(frozen=True)
class Group:
    """Modules that belong together on the page; settings.METHODS names tuples of them."""

    key: str
    title: str | Promise
    modules: tuple[str, ...]


@dataclass(frozen=True)
class Entry:
    """One definition, as its docstring says it."""

    anchor: str
    name: str
    summary: str
    formula: str
    takes: str
    refuses: str
    source: str
    is_used: bool


@dataclass(frozen=True)
class Section:
    key: str
    title: str | Promise
    entries: tuple[Entry, ...]

    @property
    def used(self) -> list[Entry]:
        return [entry for entry in self.entries if entry.is_used]

    @property
    def unused(self) -> list[Entry]:
        return [entry for entry in self.entries if not entry.is_used]


GROUPS = (
    Group("figures", _("Figures"), ("dashboards.metrics", "dashboards.distribution")),
    Group("intervals", _("Intervals"), ("dashboards.intervals", "dashboards.clusters")),
    Group(
        "comparing",
        _("Comparing"),
        ("dashboards.comparisons", "dashboards.means", "dashboards.rates", "dashboards.families", "dashboards.exact"),
    ),
    Group(
        "small-groups",
        _("Small groups and rounding"),
        ("dashboards.suppression", "dashboards.blocks", "dashboards.rounding"),
    ),
    Group("weighting", _("Weighting"), ("dashboards.weighting",)),
    Group(
        "response",
        _("Response, retention and closing the loop"),
        ("dashboards.dispositions", "dashboards.durations", "dashboards.retention", "dashboards.survival"),
    ),
    Group("charts", _("Control charts"), ("dashboards.spc", "dashboards.limits", "dashboards.rules")),
    Group(
        "drivers",
        _("Drivers"),
        (
            "dashboards.importance",
            "dashboards.drivers",
            "dashboards.resampling",
            "dashboards.kano",
            "dashboards.ordinal",
        ),
    ),
    Group("comments", _("Comments"), ("dashboards.rising",)),
)

# What the dashboard calls, by itself or through another; a test watches the page at work and compares.
USED: frozenset[Definition] = frozenset(
    {
        metrics.nps,
        metrics.csat,
        metrics.ces,
        metrics.percent,
        distribution.Recommenders,
        intervals.nps_adjusted_wald,
        intervals.shrunk,
        intervals.wilson,
        clusters.variance,
        clusters.half_width,
        clusters.cautious_variance,
        comparisons.clustered,
        comparisons.nps,
        comparisons.shares,
        comparisons.newcombe,
        comparisons.smallest_expected,
        comparisons.n_minus_1_z,
        comparisons.pooled_z,
        exact.fisher,
        exact.hypergeometric,
        families.adjusted,
        families.words,
        families.word,
        dispositions.rate,
        dispositions.response_rate,
        dispositions.complete_response_rate,
        dispositions.response_rate_delivered,
        dispositions.cooperation_rate,
        dispositions.refusal_rate,
        dispositions.delivery_rate,
        dispositions.start_rate,
        dispositions.completion_rate,
        durations.percentile,
        suppression.is_too_few,
        suppression.guarded,
        blocks.cut,
        blocks.weeks,
        blocks.quarters,
        blocks.apart,
        suppression.ranks,
        rounding.text,
        rounding.signed,
        rounding.value,
        rounding.difference,
        rounding.interval,
        rounding.decimals_of,
    }
)


@dataclass(frozen=True)
class Made:
    """Where to read how one figure of the dashboard is made: the anchors of its entries."""

    formula: str
    interval: str
    test: str
    family: str
    minimum: str
    blocks: str
    quarters: str
    apart: str
    rounding: str


def made(figure: str, *, is_clustered: bool = False) -> Made:
    """The entries behind a figure: nps, csat or ces."""
    own: dict[str, tuple[Definition, ...]] = {
        "nps": (metrics.nps, intervals.nps_adjusted_wald, comparisons.nps),
        "csat": (metrics.csat, intervals.wilson, comparisons.shares),
        "ces": (metrics.ces, intervals.wilson, comparisons.shares),
    }
    shared: tuple[Definition, ...] = (
        families.words,
        suppression.guarded,
        blocks.cut,
        blocks.quarters,
        blocks.apart,
        rounding.value,
    )
    formula, interval, test = own[figure]
    if is_clustered:
        interval, test = clusters.half_width, comparisons.clustered
    behind = formula, interval, test, *shared
    return Made(*map(anchor, behind))


@cache
def sections() -> tuple[Section, ...]:
    """All definitions of this installation, in the order of settings.METHODS."""
    groups = (group for name in settings.METHODS for group in import_string(name))
    return tuple(
        Section(group.key, group.title, tuple(_entry(it) for module in group.modules for it in definitions(module)))
        for group in groups
    )


def definitions(module: str) -> Iterator[Definition]:
    """What a module defines with a formula, in the order in which it stands there."""
    for name, found in vars(import_module(module)).items():
        is_its_own = getattr(found, "__module__", None) == module and not name.startswith("_")
        if is_its_own and callable(found) and "Formula:" in (inspect.getdoc(found) or ""):
            yield found


def anchor(definition: Definition) -> str:
    """Where its entry stands on the page."""
    module, name = definition.__module__, definition.__name__.lower()
    return name if module == HEADLINE else f"{module.rpartition('.')[2]}-{name}"


def _entry(definition: Definition) -> Entry:
    summary, *rest = PART.split(inspect.getdoc(definition) or "")
    parts = {name: " ".join(text.split()) for name, text in zip(rest[::2], rest[1::2], strict=True)}
    return Entry(
        anchor=anchor(definition),
        name=f"{definition.__module__.rpartition('.')[2]}.{definition.__name__}",
        summary=" ".join(summary.split()),
        formula=parts["Formula"],
        takes=parts.get("Takes", ""),
        refuses=parts.get("Refuses", ""),
        source=parts.get("Source", ""),
        is_used=definition in USED,
    )

"""One figure after the other, beside its budget; at the end all of them as JSON."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

Wanted = Literal["at most", "at least", "only told"]


@dataclass(frozen=True)
class Figure:
    subject: str
    name: str
    value: float
    unit: str
    wanted: Wanted
    budget: float | None

    @property
    def is_met(self) -> bool | None:
        """None where there is no budget."""
        if self.budget is None:
            return None
        return self.value <= self.budget if self.wanted == "at most" else self.value >= self.budget


@dataclass
class Report:
    """Handed to every module's `run`."""

    subject: str = ""
    load_before: float = field(default_factory=lambda: os.getloadavg()[0])
    figures: list[Figure] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def at_most(self, name: str, value: float, budget: float, unit: str = "") -> None:
        self._add(Figure(self.subject, name, value, unit, "at most", budget))

    def at_least(self, name: str, value: float, budget: float, unit: str = "") -> None:
        self._add(Figure(self.subject, name, value, unit, "at least", budget))

    def tell(self, name: str, value: float, unit: str = "") -> None:
        """A figure without a budget: a raw limit, a peer, a size."""
        self._add(Figure(self.subject, name, value, unit, "only told", None))

    def grow(self, name: str, values: Mapping[int, float], unit: str = "") -> None:
        """A figure at several sizes on one line, and how many times the first the last is."""
        sizes = sorted(values)
        for size in sizes:
            self.figures.append(Figure(self.subject, f"{size:,}: {name}", values[size], unit, "only told", None))
        told = "".join(f"{f'{_number(values[size])} {unit}':>16}" for size in sizes)
        times = f"× {_number(values[sizes[-1]] / values[sizes[0]])}" if values[sizes[0]] else ""
        print(f"  {self.subject:<14} {name:<40}{told}{times:>12}", flush=True)

    def fault(self, words: str) -> None:
        self.faults.append(f"{self.subject}: {words}")
        print(f"  {self.subject:<14} COULD NOT BE MEASURED: {words}", flush=True)

    @property
    def all_met(self) -> bool:
        return not self.faults and all(figure.is_met is not False for figure in self.figures)

    def write(self, path: Path) -> None:
        facts = {
            "measured_at": datetime.now(tz=UTC).isoformat(timespec="seconds"),
            "machine": {"cores": os.cpu_count(), "system": platform.platform(), "python": platform.python_version()},
            "load_before": round(self.load_before, 2),
            "figures": [{**asdict(figure), "is_met": figure.is_met} for figure in self.figures],
            "faults": self.faults,
        }
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(facts, indent=1) + "\n")

    def _add(self, figure: Figure) -> None:
        self.figures.append(figure)
        print(_line(figure), flush=True)


def _line(figure: Figure) -> str:
    measured = f"{_number(figure.value)} {figure.unit}".strip()
    if figure.budget is None:
        return f"  {figure.subject:<14} {figure.name:<52} {measured:>16}"
    verdict = "met" if figure.is_met else "MISSED"
    wanted = f"{figure.wanted} {_number(figure.budget)} {figure.unit}".strip()
    return f"  {figure.subject:<14} {figure.name:<52} {measured:>16}   {wanted:<22} {verdict}"


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 or value == int(value) else f"{value:.3g}"

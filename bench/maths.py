"""How fast the mathematics is: one figure, a thousand segments, drivers with their bootstrap, a million purchases."""

import random
import time
from collections.abc import Callable

import numpy as np

from bench.report import Report
from dashboards import drivers, families, importance, metrics, retention
from dashboards.distribution import Distribution, Recommenders


def run(report: Report) -> None:
    """Prints the speeds beside their budgets."""
    for name, seconds in figures().items():
        report.at_most(f"one figure: {name}", 1e6 * seconds, 100, "µs")
    chance = random.Random(1)
    shops = {f"shop {i}": Recommenders(*(chance.randrange(40) for _ in range(3))) for i in range(1000)}
    by_nps = fastest(lambda: families.words(families.nps_against_the_rest(shops)), 10)
    report.at_most("1,000 segments against the rest: NPS", 1e3 * by_nps, 50, "ms")
    parts = {name: (shop.promoters, shop.n) for name, shop in shops.items()}
    by_share = fastest(lambda: families.words(families.shares_against_the_rest(parts)), 10)
    report.at_most("1,000 segments against the rest: CSAT", 1e3 * by_share, 50, "ms")
    report.at_most("drivers: LMG of 12 attributes", fastest(lmg_of_twelve, 5), 0.5, "s")
    report.at_most("drivers: 12 attributes, 1,000 resamples", fastest(drivers_of_twelve, 1), 10, "s")
    report.at_most("cohorts of 1,000,000 purchases", cohorts_of_a_million(), 2, "s")


def fastest(work: Callable[[], object], times: int) -> float:
    """Seconds of processor time of the fastest of so many runs: others on the machine do not count."""
    taken = []
    for _ in range(times):
        start = time.process_time()
        work()
        taken.append(time.process_time() - start)
    return min(taken)


def figures() -> dict[str, float]:
    """Seconds a figure takes, each the fastest of ten hundreds."""
    scores = Distribution(0, (31, 12, 22, 25, 38, 61, 55, 124, 187, 203, 288))
    stars, effort = Distribution(1, (30, 20, 51, 203, 305)), Distribution(1, (20, 25, 35, 60, 110, 150, 100))
    work: dict[str, Callable[[], object]] = {
        "NPS": lambda: metrics.nps(scores),
        "NPS with score interval": lambda: metrics.nps(scores, method="score"),
        "CSAT": lambda: metrics.csat(stars),
        "CES": lambda: metrics.ces(effort),
        "stars": lambda: metrics.mean(stars),
    }
    return {name: fastest(lambda f=f: [f() for _ in range(100)], 10) / 100 for name, f in work.items()}  # type: ignore[misc]  # the default binds f


def ratings(n: int, p: int) -> dict[str, list[float | None]]:
    """Ratings of p attributes with a common mood, and overall satisfaction."""
    rng = np.random.default_rng(1)
    attributes = rng.normal(size=(n, 1)) + rng.normal(size=(n, p))
    overall = attributes @ (1 / np.arange(1, p + 1)) + rng.normal(size=n)
    columns: dict[str, list[float | None]] = {f"attribute {j}": attributes[:, j].tolist() for j in range(p)}
    return {**columns, "overall": overall.tolist()}


def lmg_of_twelve() -> object:
    rng = np.random.default_rng(1)
    matrix = np.atleast_2d(np.corrcoef((rng.normal(size=(300, 13)) + rng.normal(size=(300, 1))).T))
    return drivers.lmg(matrix[:12, :12], matrix[:12, 12])


def drivers_of_twelve() -> object:
    return importance.analyse(ratings(1000, 12), "overall", rounds=1000)


def cohorts_of_a_million() -> float:
    rng = np.random.default_rng(1)
    customers = [f"C{i}" for i in rng.integers(0, 200_000, 1_000_000)]
    days = np.datetime64("2023-01-01") + rng.integers(0, 1095, 1_000_000)
    return fastest(lambda: retention.cohorts(customers, days), 2)

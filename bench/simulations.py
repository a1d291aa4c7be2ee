"""How often the mathematics is right: coverage and false alarms in made-up worlds whose truth is known."""

from collections.abc import Callable
from math import lgamma

import numpy as np
from numpy.typing import NDArray

from actions import before_after
from bench.report import Report
from dashboards import comparisons, drivers, intervals, rising, rules, spc
from dashboards.distribution import Recommenders
from dashboards.kpi import Interval
from dashboards.limits import Limits

Floats = NDArray[np.float64]
SEED = 20240101
USUAL = np.array([0.2, 0.3, 0.5])  # detractors, passives, promoters of an ordinary shop


def run(report: Report) -> None:
    """Prints coverage and error rates beside what is promised."""
    for n in (5, 10, 20, 50):
        mean, least = coverage(n, intervals.nps_adjusted_wald)
        report.at_least(f"NPS interval, n = {n}: mean coverage", mean, 0.94)
        report.tell(f"NPS interval, n = {n}: least coverage of 600 truths", least)
    report.tell("NPS interval, n = 5: mean coverage of plain Wald", coverage(5, intervals.nps_wald)[0])
    for n1, n2 in ((5, 5), (10, 50), (20, 200)):
        report.at_most(f"two NPS, n = {n1} and {n2}: false differences", two_sample_size(n1, n2), 0.06)
    for spread in (0, 4, 8):
        plain, scaled = before_after_errors(spread)
        report.at_most(f"before/after, months ± {spread}: false effects, scaled", scaled, 0.055)
        report.tell(f"before/after, months ± {spread}: unscaled", plain)
    for spread in (0, 5):
        new, running = false_alarms(spread, Limits(baseline=20))
        report.at_most(f"nps′, n = 60, months ± {spread}: false alarms a year", new, 0.09)
        report.tell(f"nps′, n = 60, months ± {spread}: with runs from the baseline", running)
    report.tell("nps′, n = 60: false alarms a year without floor", false_alarms(0, Limits(baseline=20, floor=None))[0])
    report.at_most("twenty steady themes: looks with an alarm", theme_alarms(), 0.10)
    for n in (100, 200, 500):
        report.tell(f"six drivers, n = {n}: strongest one found", driver_found(n))


def outcomes(n: int) -> tuple[NDArray[np.int64], Floats]:
    """All (detractors, passives, promoters) of n answers, and the logarithm of their multinomial coefficients."""
    counts = np.array([(d, n - d - p, p) for d in range(n + 1) for p in range(n + 1 - d)])
    logs = np.array([lgamma(n + 1) - sum(lgamma(int(c) + 1) for c in row) for row in counts])
    return counts, logs


def chances(counts: NDArray[np.int64], logs: Floats, truth: Floats) -> Floats:
    """The probability of every outcome under a truth."""
    return np.asarray(np.exp(logs + counts @ np.log(np.maximum(truth, 1e-300))))


def coverage(n: int, interval: Callable[[Recommenders, float], Interval | None]) -> tuple[float, float]:
    """Mean and least coverage over 600 truths drawn evenly from all possible ones, by full enumeration."""
    counts, logs = outcomes(n)
    bounds = np.array([interval(Recommenders(*map(int, row)), 0.95) for row in counts])
    truths = np.random.default_rng(SEED).dirichlet((1, 1, 1), 600)
    covered = []
    for truth in truths:
        nps = truth[2] - truth[0]
        hit = (bounds[:, 0] <= nps) & (nps <= bounds[:, 1])
        covered.append(float(chances(counts, logs, truth)[hit].sum()))
    return float(np.mean(covered)), min(covered)


def two_sample_size(n1: int, n2: int) -> float:
    """How often two groups of the same ordinary shop differ at 5 %, in 4,000 draws."""
    rng = np.random.default_rng(SEED)
    found = 0
    for first, second in zip(rng.multinomial(n1, USUAL, 4000), rng.multinomial(n2, USUAL, 4000), strict=True):
        p = comparisons.nps(Recommenders(*map(int, first)), Recommenders(*map(int, second))).p
        found += p is not None and p < 0.05
    return found / 4000


def months(rng: np.random.Generator, number: int, n: int, spread: float) -> list[Recommenders]:
    """Months of n answers each, whose true NPS wanders by so many points (standard deviation)."""
    shifts = np.clip(rng.normal(0, spread / 200, number), -0.19, 0.19)
    return [Recommenders(*map(int, rng.multinomial(n, USUAL + np.array([-s, 0, s])))) for s in shifts]


def before_after_errors(spread: float, *, rounds: int = 3000, n: int = 80) -> tuple[float, float]:
    """How often nothing looks like an effect at 5 %, six months against six: unscaled and scaled."""
    rng = np.random.default_rng(SEED)
    plain = scaled = 0
    for _ in range(rounds):
        found = before_after.nps(months(rng, 6, n, spread), months(rng, 6, n, spread))
        plain += (found.plain.p or 0.0) < 0.05
        scaled += (found.told.p or 0.0) < 0.05
    return plain / rounds, scaled / rounds


def false_alarms(spread: float, limits: Limits, *, rounds: int = 4000) -> tuple[float, float]:
    """How often an undisturbed year after 20 baseline months has a signal: of its months alone, and of all."""
    rng = np.random.default_rng(SEED)
    new = running = 0
    for _ in range(rounds):
        chart = spc.nps_chart(months(rng, 32, 60, spread), limits)
        new += any(place >= 20 for places in chart.signals().values() for place in places)
        running += any(place >= 20 for places in rules.signals(chart.z).values() for place in places)
    return new / rounds, running / rounds


def theme_alarms(*, rounds: int = 1500) -> float:
    """How often a look at twenty steady themes, 100 comments against 400, raises an alarm."""
    rng = np.random.default_rng(SEED)
    shares = np.linspace(0.01, 0.2, 20)
    alarms = 0
    for window, baseline in zip(
        rng.binomial(100, shares, (rounds, 20)), rng.binomial(400, shares, (rounds, 20)), strict=True
    ):
        themes = [rising.Mentions(int(w), 100, int(b), 400) for w, b in zip(window, baseline, strict=True)]
        alarms += any(rise.rising for rise in rising.batch(themes))
    return alarms / rounds


def driver_found(n: int, *, rounds: int = 500) -> float:
    """How often the strongest of six attributes, correlated by .5 and explaining half, comes first; answers 1 to 5."""
    rng = np.random.default_rng(SEED)
    effects = np.array([0.35, 0.25, 0.2, 0.15, 0.1, 0.05])
    explained = float(effects @ (0.5 * np.eye(6) + 0.5) @ effects)
    tables = []
    for _ in range(rounds):
        mood = rng.normal(size=(n, 1))
        attributes = np.sqrt(0.5) * (mood + rng.normal(size=(n, 6)))
        overall = attributes @ effects + rng.normal(size=n) * np.sqrt(explained)
        answers = np.clip(np.round(3 + np.column_stack([attributes, overall / np.sqrt(2 * explained)])), 1, 5)
        tables.append(np.corrcoef(answers.T))
    matrices = np.stack(tables)
    found = drivers.lmg(matrices[:, :6, :6], matrices[:, :6, 6]).argmax(axis=1) == 0
    return float(found.mean())

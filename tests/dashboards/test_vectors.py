"""Every case of the vector file, by one table from the name of its method to the functions that answer it.

METRICS_VECTORS names another file of the same form.
"""

import json
import os
from collections.abc import Callable
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from actions import before_after, interrupted
from dashboards import (
    comparisons,
    dispositions,
    drivers,
    exact,
    families,
    importance,
    intervals,
    kano,
    means,
    metrics,
    ordinal,
    quantiles,
    rates,
    retention,
    rising,
    rounding,
    rules,
    spc,
    suppression,
    survival,
    weighting,
)
from dashboards.comparisons import Difference
from dashboards.distribution import Distribution, Recommenders
from dashboards.kpi import Interval
from dashboards.limits import Chart, Limits
from tests.data import housing

FILE = Path(os.environ.get("METRICS_VECTORS") or Path(__file__).parent.parent / "data" / "metrics_vectors.json")
CASES = json.loads(FILE.read_text())["cases"]

Values = dict[str, Any]


def points(bounds: Interval | None) -> list[float] | None:
    return None if bounds is None else [100 * b for b in bounds]


def of_counts(counts: Recommenders, level: float) -> Values:
    n = counts.n
    known: Values = {
        "n": n,
        "detractors": counts.detractors,
        "passives": counts.passives,
        "promoters": counts.promoters,
        "nps": metrics.nps(counts, level=level).value,
        "variance": counts.variance if n else None,
        "se": 100 * (counts.variance / n) ** 0.5 if n else None,
    }
    for name in ("detractors", "passives", "promoters"):
        known[f"pct_{name}"] = metrics.percent(known[name], n).value
    for method in metrics.NPS_INTERVALS:
        known[method] = known[f"ci95_{method}"] = metrics.nps(counts, level=level, method=method).interval
    return known


def nps_summary(given: Values) -> Values:
    if "histogram" in given:
        counts = Recommenders.of(Distribution.of(given["histogram"], lowest=0, highest=10))
    else:
        counts = Recommenders(given["detractors"], given["passives"], given["promoters"])
    return of_counts(counts, given.get("level", 0.95))


def csat_top2(given: Values) -> Values:
    answers = Distribution(1, tuple(given["histogram"]))
    satisfied_from = answers.highest - 1
    share = metrics.csat(answers, satisfied_from=satisfied_from, level=given["level"])
    return {
        "n": answers.n,
        "satisfied": answers.count(satisfied_from, answers.highest),
        "csat": share.value,
        "ci": share.interval,
        "mean": metrics.mean(answers).value,
    }


def proportion_wilson(given: Values) -> Values:
    share = given["x"] / given["n"] if given["n"] else None
    return {"p": share, "ci": intervals.wilson(given["x"], given["n"], given["level"])}


def ces2_summary(given: Values) -> Values:
    answers = Distribution.of(given["histogram"], lowest=1, highest=7)
    mean, easy = metrics.mean(answers, level=given["level"]), metrics.ces(answers, level=given["level"])
    return {
        "n": answers.n,
        "mean": mean.value,
        "sd": metrics.deviation(answers),
        "ci": mean.interval,
        "easy": answers.count(5, 7),
        "pct_easy": easy.value,
        "pct_easy_ci": easy.interval,
    }


def rating_mean(given: Values) -> Values:
    answers = Distribution(1, tuple(given["histogram"]))
    mean = metrics.mean(answers, level=given["level"])
    shrunk = metrics.shrunk_mean(answers, prior_mean=given["prior_mean"], prior_weight=given["prior_weight"])
    sd = metrics.deviation(answers)
    return {"n": answers.n, "mean": mean.value, "sd": sd, "ci": mean.interval, "shrunk_mean": shrunk}


def funnel_rates(given: Values) -> Values:
    d = dispositions.Dispositions(**given)
    return {
        "eligible": d.eligible,
        "delivered": d.delivered,
        "delivery_rate": dispositions.delivery_rate(d).value,
        "open_rate": dispositions.open_rate(d).value,
        "start_rate": dispositions.start_rate(d).value,
        "completion_rate": dispositions.completion_rate(d).value,
        "breakoff_rate": dispositions.breakoff_rate(d).value,
        "rr1": dispositions.complete_response_rate(d).value,
        "rr2": dispositions.response_rate(d).value,
        "response_rate_delivered": dispositions.response_rate_delivered(d).value,
        "cooperation_rate1": dispositions.cooperation_rate(d).value,
        "refusal_rate1": dispositions.refusal_rate(d).value,
    }


def time_to_response(given: Values) -> Values:
    found = survival.time_to_response(given["hours"])
    return {"n": 0, "median": None, "p25": None, "p75": None, "p90": None} if found is None else found._asdict()


def orders_retention(given: Values) -> Values:
    orders = [(customer, date.fromisoformat(day)) for customer, day in given["orders"]]
    start, end = (date.fromisoformat(given[name]) for name in ("period_start", "period_end"))
    m = retention.movement(orders, start=start, end=end, window_days=given["activity_window_days"])
    return {
        "S": m.at_start,
        "E": m.at_end,
        "N": m.new,
        "reactivated": m.reactivated,
        "retained": m.retained,
        "retention_rate": retention.retention_rate(m).value,
        "naive_retention_E_minus_N_over_S": retention.classic_retention(m.at_start, m.at_end, m.new).value,
        "churn_rate": retention.churn_rate(m).value,
        "customers_in_period": m.in_period,
        "repeat_purchase_rate": retention.repeat_purchase_rate(m).value,
    }


def retention_counts(given: Values) -> Values:
    rate = retention.classic_retention(given["S"], given["E"], given["N"]).value
    return {"retention_rate": rate, "churn_rate": None if rate is None else 100 - rate}


def loop_closure(given: Values) -> Values:
    cases = [survival.CaseTime(days, bool(closed), allowed) for days, closed, allowed in given["cases"]]
    return {
        "opened": len(cases),
        "closed": sum(c.closed for c in cases),
        "closure_rate": survival.closure_rate(cases).value,
        "due": survival.on_time_rate(cases).n,
        "on_time_rate": survival.on_time_rate(cases).value,
        "km_median_days": survival.median_time([c.days for c in cases], [c.closed for c in cases]).value,
    }


def z_test(d: Difference) -> Values:
    return {"estimate": d.estimate, "se": d.se, "z": d.statistic, "p": d.p, "ci": d.interval}


def nps_two_sample(given: Values) -> Values:
    first, second = (Recommenders(**given[side]) for side in "ab")
    adjusted = comparisons.nps(first, second, level=given["level"])
    moderate = (first.detractors + second.detractors + 1) * (first.promoters + second.promoters + 1) < 10**6
    return {
        "difference": adjusted.value,
        "adjusted": z_test(adjusted),
        "wald": z_test(comparisons.nps(first, second, level=given["level"], method="wald")),
        "exact_permutation_p": comparisons.nps_exact_p(first, second) if moderate else None,
    }


def proportion_two_sample(given: Values) -> Values:
    table = given["x1"], given["n1"], given["x2"], given["n2"]
    difference = comparisons.shares(*table, level=given["level"])
    pooled, reduced = comparisons.pooled_z(*table), comparisons.n_minus_1_z(*table)
    return {
        "difference": None if difference.value is None else difference.value / 100,
        "min_expected": comparisons.smallest_expected(*table),
        "z_pooled": None if pooled is None else {"z": pooled, "p": quantiles.normal_p(pooled)},
        "n_minus_1": None if reduced is None else {"z": reduced, "p": quantiles.normal_p(reduced)},
        "fisher_p": exact.fisher(*table),
        "newcombe_ci": comparisons.newcombe(*table, given["level"]),
        "auto": {"method": difference.method, "p": difference.p},
    }


def mean_welch(given: Values) -> Values:
    lowest = given.get("scale_min", 1)
    a, b = (means.Sample.of(Distribution(lowest, tuple(given[f"histogram_{side}"]))) for side in "ab")
    d = means.difference(a, b, level=given.get("level", 0.95))
    return {"difference": d.value, "t": d.statistic, "df": d.df, "p": d.p, "ci": d.interval}


def mean_before_after(given: Values) -> Values:
    from statsmodels.datasets import nile

    data = nile.load_pandas().data
    years, volumes = data["year"], data["volume"]
    before = [float(v) for v in volumes[years <= given["split_after"]]]
    after = [float(v) for v in volumes[years > given["split_after"]]]
    first, second = means.Sample.of_values(before), means.Sample.of_values(after)
    assert first
    assert second
    return {
        "n_before": first.n,
        "n_after": second.n,
        "mean_before": float(first.mean),
        "mean_after": float(second.mean),
        "p_welch": means.difference(first, second).p,
    }


def benjamini_hochberg(given: Values) -> Values:
    return {"p_adjusted": families.adjusted(given["p"]), "reject": families.rejected(given["p"], given["q"])}


def rake_and_weighted_nps(given: Values) -> Values:
    level = given.get("level", 0.95)
    table = {
        name: list(column) for name, column in zip(given["columns"], zip(*given["rows"], strict=True), strict=True)
    }
    scores = table.pop("score")
    weights = weighting.rake(table, given["targets"])
    cells = ["|".join(values) for values in zip(*table.values(), strict=True)]
    weighted, design = weighting.nps(scores, weights, level=level), weighting.kish(weights)
    assert design
    return {
        "weights_by_cell": dict(zip(cells, weights, strict=True)),
        "cell_counts": {cell: cells.count(cell) for cell in cells},
        "unweighted_nps": metrics.nps(Distribution.of_scores(scores, lowest=0, highest=10)).value,
        "weighted_nps": weighted.value,
        "weighted_se": (weighted.half_width or 0) / quantiles.normal(level),
        "weighted_n_eff": design.n_eff,
        "weighted_deff": design.deff,
        "weighted_ci": weighted.interval,
    }


def poststratify(given: Values) -> Values:
    weights = weighting.poststratify(given["sample"], given["population"])
    design = weighting.kish([weights[h] for h, n in given["sample"].items() for _ in range(n)])
    return {"weights": weights, **(design._asdict() if design else {})}


def kish(given: Values) -> Values:
    design = weighting.kish(given["weights"])
    return {"n_eff": None, "deff": None} if design is None else design._asdict()


def limits_of(given: Values, **more: Any) -> Limits:
    # The vectors test every point and take any baseline; the product asks for 10 answers and 8 points.
    return Limits(given.get("baseline"), shortest=1, smallest=1, **more)


def beyond(chart: Chart) -> list[int]:
    # The vectors test series of any length, the product from 8 points on.
    return rules.fired(chart.z, "1")


def spc_xmr(given: Values) -> Values:
    chart = spc.xmr(given["values"], limits_of(given))
    return {
        "center": chart.centre,
        "mr_bar": chart.moving_range,
        "sigma": chart.sigma,
        "lcl": chart.lower[0] if chart.lower else None,
        "ucl": chart.upper[0] if chart.upper else None,
        "mr_ucl": chart.moving_range_upper,
        "signals_rule1": beyond(chart),
    }


def spread_chart(chart: Chart, unit: float = 1.0) -> Values:
    def scale(numbers: tuple[float | None, ...]) -> list[float | None]:
        return [None if x is None else unit * x for x in numbers]

    return {
        "values": scale(chart.values),
        "center": None if chart.centre is None else unit * chart.centre,
        "sigma_z": chart.sigma_z,
        "lcl": scale(chart.lower),
        "ucl": scale(chart.upper),
        "signals_rule1": beyond(chart),
    }


def spc_p(given: Values) -> Values:
    return spread_chart(spc.p_chart(given["x"], given["n"], limits_of(given, scaled=False)))


def spc_p_prime(given: Values) -> Values:
    return spread_chart(spc.p_chart(given["x"], given["n"], limits_of(given, floor=given["sigma_z_floor"])))


def periods_of(rows: list[list[int]]) -> list[Recommenders]:
    return [Recommenders(*row) for row in rows]


def spc_nps_shewhart(given: Values) -> Values:
    return spread_chart(spc.nps_chart(periods_of(given["rows"]), limits_of(given, scaled=False)), 100)


def spc_nps_prime(given: Values) -> Values:
    limits = limits_of(given, floor=given["sigma_z_floor"])
    return spread_chart(spc.nps_chart(periods_of(given["rows"]), limits), 100)


def spc_nelson(given: Values) -> Values:
    return dict(rules.signals(given["z"], rules.RULES, breaks=given.get("breaks") or ()))


def effect_before_after_nps(given: Values) -> Values:
    before, after = periods_of(given["before"]), periods_of(given["after"])
    found = before_after.nps(before, after, level=given["level"])
    scaled = found.scaled
    return {
        "difference": found.plain.value,
        "adjusted": z_test(found.plain),
        "chi2": found.chi_square,
        "df": found.df,
        "phi": found.phi,
        "se_scaled": scaled and scaled.se,
        "p_scaled": scaled and scaled.p,
        "ci_scaled": scaled and scaled.interval,
    }


def effect_its(given: Values) -> Values:
    found = interrupted.fit(given["y"], given["n_pre"], weights=given["weights"], level=given.get("level", 0.95))
    return {
        "intercept": found.intercept.value,
        "slope": found.slope.value,
        "level_change": found.level_change.value,
        "slope_change": found.slope_change.value,
        "level_se": found.level_change.se,
        "level_p": found.level_change.p,
        "level_ci": found.level_change.interval,
        "slope_change_p": found.slope_change.p,
        "df": found.df,
        "durbin_watson": found.durbin_watson,
    }


def driver_from_rows(given: Values) -> Values:
    columns = dict(zip(given["columns"], zip(*given["rows"], strict=True), strict=True))
    table = importance.prepare(columns, given["target"])
    from dashboards.resampling import correlate

    p = len(table.names)
    matrix = correlate(table.rows, [[1.0] * len(table.rows)])[0]  # type: ignore[arg-type]  # a list serves as weights
    rxx, rxy = matrix[:p, :p], matrix[:p, p]
    lmg, johnson = drivers.lmg(rxx, rxy), drivers.johnson(rxx, rxy)

    def named(numbers: Any) -> dict[str, float]:
        return dict(zip(table.names, map(float, numbers), strict=True))

    return {
        "r2": float(drivers.r_squared(rxx, rxy)),
        "lmg": named(lmg),
        "relative_weights": named(johnson),
        "lmg_share": named(drivers.shares(lmg)),
        "rw_share": named(drivers.shares(johnson)),
        "max_vif": drivers.max_vif(rxx),
    }


def driver_from_correlation(given: Values) -> Values:
    rxx, rxy = given["Rxx"], given["rxy"]
    return {
        "r2": float(drivers.r_squared(rxx, rxy)),
        "lmg": [float(x) for x in drivers.lmg(rxx, rxy)],
        "relative_weights": [float(x) for x in drivers.johnson(rxx, rxy)],
        "max_vif": drivers.max_vif(rxx),
    }


def kano_coefficients(given: Values) -> Values:
    found = kano.coefficients(given)
    return {**found._asdict(), "fong_distinct": found.distinct}


def theme_rising_fisher(given: Values) -> Values:
    return {
        **rising.compare(rising.Mentions(**given))._asdict(),
        "p_one_sided": rising.compare(rising.Mentions(**given)).p,
    }


def theme_rising_batch(given: Values) -> Values:
    themes = [rising.Mentions(*row) for row in given["themes"]]
    found = rising.batch(themes, q=given["q"], min_window=given["min_window"], min_ratio=given["min_ratio"])
    return {
        "p": [r.p for r in found],
        "p_adjusted": [r.p_adjusted for r in found],
        "rising": [r.rising for r in found],
    }


def rate_poisson_ratio(given: Values) -> Values:
    level = given.get("level", 0.95)
    found = rates.ratio(given["k0"], given["exposure0"], given["k1"], given["exposure1"], level=level)
    return {
        "ratio": found.value,
        "p_two_sided": found.p,
        "p_greater": found.p_greater,
        "p_less": found.p_less,
        "ci": [found.low, found.high],
    }


def display_round(given: Values) -> Values:
    if not given["denominator"]:
        return {"display": None}
    return {"display": rounding.percent(Fraction(given["numerator"], given["denominator"]), given["decimals"])}


def suppress_partition(given: Values) -> Values:
    return {"suppressed": list(suppression.partition(given["segment_n"], k=given["threshold"]).cells)}


def segments_compare(given: Values) -> Values:
    segments = given["segments"]
    tables = [(segments[a][-1], sum(segments[a]), segments[b][-1], sum(segments[b])) for a, b in given["pairs"]]
    p_values = [comparisons.shares(*table).p for table in tables]
    chi = comparisons.contingency(list(segments.values()))
    return {
        "top_box": {name: counts[-1] / sum(counts) for name, counts in segments.items()},
        "p": p_values,
        "p_adjusted": families.adjusted([p for p in p_values if p is not None]),
        "reject": families.rejected([p for p in p_values if p is not None], given["q"]),
        "chi2": chi and chi.statistic,
        "chi2_df": chi and chi.df,
        "chi2_p": chi and chi.p,
    }


def ordinal_logit(given: Values) -> Values:
    assert "housing" in given["dataset"]
    names = ("InflMedium", "InflHigh", "TypeApartment", "TypeAtrium", "TypeTerrace", "ContHigh")
    return dict(zip(names, map(float, ordinal.fit(*housing.design()).coefficients), strict=True))


METHODS: dict[str, Callable[[Values], Values]] = {
    "nps.summary": nps_summary,
    "nps.summary+ci": nps_summary,
    "nps.ci": nps_summary,
    "csat.top2": csat_top2,
    "proportion.wilson": proportion_wilson,
    "ces2.summary": ces2_summary,
    "rating.mean": rating_mean,
    "funnel.rates": funnel_rates,
    "time_to_response": time_to_response,
    "orders.retention": orders_retention,
    "retention.counts": retention_counts,
    "loop.closure": loop_closure,
    "nps.two_sample": nps_two_sample,
    "proportion.two_sample": proportion_two_sample,
    "mean.welch": mean_welch,
    "mean.before_after": mean_before_after,
    "bh": benjamini_hochberg,
    "rake+weighted_nps": rake_and_weighted_nps,
    "poststratify": poststratify,
    "kish": kish,
    "spc.xmr": spc_xmr,
    "spc.p": spc_p,
    "spc.p_prime": spc_p_prime,
    "spc.nps_shewhart": spc_nps_shewhart,
    "spc.nps_prime": spc_nps_prime,
    "spc.nelson": spc_nelson,
    "effect.before_after_nps": effect_before_after_nps,
    "effect.its": effect_its,
    "driver.lmg+relative_weights": driver_from_rows,
    "driver.from_correlation": driver_from_correlation,
    "kano.coefficients": kano_coefficients,
    "theme.rising_fisher": theme_rising_fisher,
    "theme.rising_batch": theme_rising_batch,
    "rate.poisson_ratio": rate_poisson_ratio,
    "display.round": display_round,
    "suppress.partition": suppress_partition,
    "segments.compare": segments_compare,
    "ordinal_logit": ordinal_logit,
}


def differences(got: Any, expected: Any, tolerance: float, where: str) -> list[str]:
    """Where the result departs from what is expected; only what the case names is compared."""
    if isinstance(expected, dict):
        if not isinstance(got, dict):
            return [f"{where}: {got!r} for {expected!r}"]
        return [d for key, value in expected.items() for d in differences(got[key], value, tolerance, f"{where}.{key}")]
    if isinstance(expected, list):
        if not isinstance(got, list | tuple) or len(got) != len(expected):
            return [f"{where}: {got!r} for {expected!r}"]
        pairs = enumerate(zip(got, expected, strict=True))
        return [d for i, (g, e) in pairs for d in differences(g, e, tolerance, f"{where}[{i}]")]
    if expected is None or isinstance(expected, str | bool) or got is None or isinstance(got, str | bool):
        return [] if got == expected else [f"{where}: {got!r} for {expected!r}"]
    near = abs(got - expected) <= tolerance * max(1, abs(expected))
    return [] if near else [f"{where}: {got!r} for {expected!r}"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_the_published_or_independently_computed_result_is_reached(case: Values) -> None:
    got = METHODS[case["method"]](case["input"])

    assert differences(got, case["expected"], case["tolerance"], case["id"]) == []


@pytest.mark.parametrize("case", [c for c in CASES if (c.get("published") or {}).get("source")], ids=lambda c: c["id"])
def test_the_oracle_itself_agrees_with_what_was_published(case: Values) -> None:
    published = {name: value for name, value in case["published"].items() if name in case["expected"]}

    assert differences(case["expected"], published, 5e-4, case["id"]) == []

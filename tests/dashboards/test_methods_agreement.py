"""Tile, definition and download say the same to the last digit, and what the pure functions say of the raw answers."""

import csv
import re
from collections.abc import Callable
from datetime import timedelta
from fractions import Fraction
from typing import Any

import pytest
from django.test import Client

from dashboards import comparisons, families, figures, metrics, rollup, rounding, suppression
from dashboards.distribution import Distribution, Recommenders
from dashboards.figures import FIGURES
from dashboards.kpi import Kpi
from feedback.models import Answer
from organizations.models import Role
from surveys import scales
from surveys.models import Question, Touchpoint
from tests import factories
from tests.dashboards.test_dashboard_page import a_touchpoint, address, signed_in, words
from tests.dashboards.verbs import answered, score
from tests.factories import NOW

METRICS: dict[str, Callable[[Distribution], Kpi]] = {"nps": metrics.nps, "csat": metrics.csat, "ces": metrics.ces}
CASES = [
    # So many of each score, from the lowest up: halves, thirds, unanimity, few, and a hundred and more.
    ("post_purchase", "nps", (1, 0, 0, 0, 0, 0, 1, 2, 1, 1, 2)),
    ("post_purchase", "nps", (0, 0, 0, 0, 0, 0, 0, 7, 0, 1, 0)),
    ("post_purchase", "nps", (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 6)),
    ("post_purchase", "nps", (9, 3, 1, 2, 4, 5, 8, 17, 21, 19, 17)),
    ("post_purchase", "product", (1, 2, 0, 3, 2)),
    ("post_purchase", "product", (3, 5, 19, 41, 45)),
    ("support", "effort", (0, 1, 2, 0, 1, 0, 3)),
]


@pytest.fixture
def touchpoint(db: None, freeze: Callable[[Any], None]) -> Touchpoint:
    freeze(NOW)
    return a_touchpoint()


def ask(touchpoint: Touchpoint, starter: str, key: str) -> tuple[Touchpoint, Question]:
    survey = factories.survey(touchpoint.organization, starter=starter, name="Asked")
    asked = factories.touchpoint(touchpoint.organization, survey=survey, name="After something")
    return asked, Question.objects.get(survey=survey, key=key)


def say(touchpoint: Touchpoint, key: str, value: int) -> None:
    said: dict[str, Any] = {key: score(value)}
    purchase = factories.purchase(factories.customer(touchpoint.organization))
    answered(factories.invitation(purchase, touchpoint=touchpoint), now=NOW, **said)


def raw(question: Question) -> Distribution:
    """Not by way of the daily counts."""
    scores = [
        value for value in Answer.objects.filter(question=question).values_list("score", flat=True) if value is not None
    ]
    return Distribution.of_scores(scores, lowest=question.lowest or 0, highest=question.highest or 0)


def downloaded(client: Client, touchpoint: Touchpoint, question: Question, name: str) -> list[dict[str, str]]:
    query: dict[str, Any] = {"survey": touchpoint.survey_id, "question": question.pk, "csv": name}
    text = client.get(address(touchpoint.organization), query).getvalue().decode("utf-8-sig")
    # Below the table stands what it is about.
    return list(csv.DictReader(text.partition("\r\n\r\n")[0].splitlines()))


def as_number(written: str) -> Fraction:
    return Fraction(written.replace("+", ""))


@pytest.mark.parametrize(("starter", "key", "counts"), CASES)
def test_the_same_figure_everywhere(touchpoint: Touchpoint, starter: str, key: str, counts: tuple[int, ...]) -> None:
    asked, question = ask(touchpoint, starter, key)
    for given, times in enumerate(counts, start=question.lowest or 0):
        for _ in range(times):
            say(asked, key, given)
    rollup.sweep()
    client = signed_in(touchpoint, Role.CASE_WORKER)

    told = METRICS[question.figure](raw(question))
    value, (low, high) = rounding.value(told) or "", rounding.interval(told) or ("", "")
    assert raw(question).counts == counts

    unit = "\u202f%" if told.unit == "percent" else ""
    shown, between = minus(value) + unit, f"{minus(low)} to {minus(high)}"
    page = client.get(address(touchpoint.organization), {"survey": asked.survey_id}).content.decode()
    figure = re.findall(r'<p class="hb-tile-figure">.*?</p>', page, re.DOTALL)[0]
    assert words(figure) == f"{shown} {between}".replace("\u202f", " ")
    definition = client.get(address(touchpoint.organization, "definition", question.pk)).content.decode()
    assert f'<strong class="h1">{shown}</strong>' in definition
    assert between in words(definition)

    row = downloaded(client, asked, question, "trend")[-1]
    assert as_number(row[figures.FIGURES[question.figure].name.upper()]) == as_number(value)
    assert (as_number(row["Low"]), as_number(row["High"])) == (as_number(low), as_number(high))
    assert int(row["Answers"]) == told.n
    marks = {"low_base": "low base", "indicative": "indicative", "wide_interval": "wide interval"}
    for flag, mark in marks.items():
        assert (f">{mark}<" in page) == (flag in suppression.guarded(told).flags)


@pytest.mark.parametrize("counts", [(3, 5, 19, 41, 45), (1, 1, 1, 3, 2)])
def test_shares_are_the_same_on_the_page_and_in_the_download(touchpoint: Touchpoint, counts: tuple[int, ...]) -> None:
    asked, question = ask(touchpoint, "post_purchase", "product")
    for value, times in enumerate(counts, start=1):
        for _ in range(times):
            say(asked, "product", value)
    rollup.sweep()

    rows = downloaded(signed_in(touchpoint, Role.CASE_WORKER), asked, question, "scores")

    n = raw(question).n
    shares = [rounding.percent(Fraction(times, n), 1 if n >= 100 else 0) for times in counts]
    assert [as_number(row["Percent"]) for row in rows] == [Fraction(share) for share in shares]


def test_a_change_is_what_the_tests_of_the_page_say_together(touchpoint: Touchpoint) -> None:
    """Alone the change of the NPS would be told; beside three that do not change it is noise."""
    asked, _ = ask(touchpoint, "post_purchase", "nps")
    spans = {100: (0, 0, 0, 0, 0, 0, 9, 6, 0, 10, 0), 0: (0, 0, 0, 0, 0, 0, 3, 6, 0, 16, 0)}
    for days_ago, counts in spans.items():
        for value, times in enumerate(counts):
            for _ in range(times):
                say_all(asked, nps=value, days_ago=days_ago)
    rollup.sweep()

    alone = comparisons.nps(*(Recommenders.of(Distribution(0, counts)) for counts in spans.values()))
    assert alone.p is not None
    assert alone.p < 0.05 < families.adjusted([alone.p, 1.0, 1.0, 1.0])[0]
    client = signed_in(touchpoint, Role.CASE_WORKER)
    page = words(client.get(address(touchpoint.organization), {"survey": asked.survey_id}).content.decode())
    assert page.count("no reliable change") == 4
    assert "NPS rose" not in page


def say_all(touchpoint: Touchpoint, *, nps: int, days_ago: int) -> None:
    purchase = factories.purchase(factories.customer(touchpoint.organization))
    said: dict[str, Any] = {key: score(4) for key in ("product", "delivery", "checkout")} | {"nps": score(nps)}
    answered(factories.invitation(purchase, touchpoint=touchpoint), now=NOW - timedelta(days=days_ago), **said)


def minus(written: str) -> str:
    return written.replace("-", "−")


@pytest.mark.parametrize("figure", FIGURES)
def test_metrics_count_the_bands_of_the_scale(figure: str) -> None:
    """The formula says 4 and 5, the scale says from 4 up: whoever changes one is told of the other."""
    scale = scales.SCALES[figure]
    for value in scale.points:
        answer = Distribution.of_scores([value], lowest=scale.lowest, highest=scale.highest)
        worth = {"low": -100 if figure == "nps" else 0, "middle": 0, "high": 100}
        assert METRICS[figure](answer).value == worth[scale.band_of(value)]

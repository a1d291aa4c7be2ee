"""Numbers → plotly figures: valid, small, and nothing from people in them that a browser would obey."""

import json
import re
from pathlib import Path

import plotly.graph_objects as go
from plotly.offline import get_plotlyjs_version

from dashboards import charts
from dashboards.charts import Bar, Mark
from tests.environment import ROOT

EVIL = "</script><b style='color:red'>A & B</b>"


def test_the_browsers_plotly_is_the_one_that_python_draws_for() -> None:
    package = json.loads((ROOT / "node_modules" / "plotly.js-basic-dist-min" / "package.json").read_text())

    assert package["version"] == get_plotlyjs_version()


def test_every_chart_is_a_figure_that_plotly_accepts() -> None:
    marks = [Mark("January", 10.0, -5.0, 30.0, "10"), Mark("February", None), Mark("March", 20.0, 10.0, 40.0)]
    bars = [Bar("9", 60.0, "6", charts.HIGH, "60"), Bar("0", 40.0)]
    drawn = [
        charts.line(marks, unit="points"),
        charts.columns(bars),
        charts.rows(bars),
    ]

    for figure in drawn:
        assert go.Figure(json.loads(figure)).to_plotly_json()["data"][0]["type"] in ("bar", "scatter")


def test_a_gap_stays_a_gap() -> None:
    trace = json.loads(charts.line([Mark("a", 1.0, 0.0, 2.0), Mark("b", None)], unit="points"))["data"][0]

    assert trace["y"] == [1.0, None]
    assert trace["error_y"]["array"] == [1.0, None]


def test_words_from_people_are_escaped_for_plotly_and_for_the_page() -> None:
    figure = charts.rows([Bar(EVIL, 1.0, EVIL, text=EVIL)])

    assert "<" not in figure
    trace = json.loads(figure)["data"][0]
    escaped = "&lt;/script&gt;&lt;b style='color:red'&gt;A &amp; B&lt;/b&gt;"
    assert (trace["y"], trace["text"], trace["hovertext"]) == ([escaped], [escaped], [escaped])


def test_the_template_is_our_own_and_small() -> None:
    assert len(charts.columns([Bar("0", 1.0)])) < 1500


def test_each_colour_is_one_of_the_pages_tokens() -> None:
    tokens = Path(ROOT / "static" / "css" / "tokens.css").read_text()
    light = dict(re.findall(r"(--hb-[\w-]+): (#\w+);", tokens.split('[data-bs-theme="dark"]')[0]))

    assert {name: light.get(name) for name in charts.TONES} == charts.TONES


def test_no_more_labels_than_a_phone_has_room_for() -> None:
    axis = json.loads(charts.line([Mark(str(week), 1.0, 0.0, 2.0) for week in range(52)], unit="points"))["layout"][
        "xaxis"
    ]

    assert axis["ticktext"] == ["0", "9", "18", "27", "36", "45"]


def test_the_number_at_the_longest_bar_has_room_within_the_picture() -> None:
    axis = json.loads(charts.rows([Bar("Delivery", 40.0), Bar("Price", 10.0)]))["layout"]["xaxis"]

    assert axis["range"] == [0, 46.0]
    assert json.loads(charts.rows([]))["layout"]["xaxis"]["range"] == [0, 1.15]

"""Numbers → plotly figures as JSON: no database, no words of its own, and nothing from people unescaped."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

# The colours of the light theme; the page's script puts the current theme's in their place, by these names.
TONES = {
    "--hb-low": "#b45309",
    "--hb-middle": "#8a94a6",
    "--hb-high": "#1d6fb8",
    "--hb-accent": "#3b5bdb",
    "--hb-context": "#667085",
    "--hb-line": "#dfe3ea",
    "--hb-ink": "#182433",
    "--hb-surface": "#ffffff",
}
LOW, MIDDLE, HIGH = TONES["--hb-low"], TONES["--hb-middle"], TONES["--hb-high"]
ACCENT, CONTEXT, LINE, INK = TONES["--hb-accent"], TONES["--hb-context"], TONES["--hb-line"], TONES["--hb-ink"]

# plotly's own template adds 7 kB to each figure.
TEMPLATE: dict[str, Any] = {
    "layout": {
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"family": "inherit", "size": 13, "color": INK},
        "margin": {"l": 44, "r": 16, "t": 12, "b": 40},
        "showlegend": False,
        "hovermode": "closest",
        "hoverlabel": {"font": {"size": 13}},
        "xaxis": {"automargin": True, "gridcolor": LINE, "linecolor": LINE, "zeroline": False, "fixedrange": True},
        "yaxis": {
            "automargin": True,
            "gridcolor": LINE,
            "linecolor": LINE,
            "zeroline": True,
            "zerolinecolor": CONTEXT,
            "fixedrange": True,
        },
    }
}
LABELS_AT_MOST = 6
RANGES = {"points": [-105, 105], "percent": [0, 104]}


@dataclass(frozen=True, slots=True)
class Mark:
    """One value on a chart: where, how much, from and to, what the pointer shows; None is a gap."""

    label: str
    value: float | None
    low: float | None = None
    high: float | None = None
    hover: str = ""
    is_weak: bool = False


@dataclass(frozen=True, slots=True)
class Bar:
    label: str
    value: float
    hover: str = ""
    tone: str = ACCENT
    text: str = ""


def text(said: object) -> str:
    """Words from people as plotly may draw them: it reads <b> and <span style> as HTML."""
    return str(said).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def line(marks: Sequence[Mark], *, unit: str) -> str:
    """Values in order of time, each with its interval; gaps stay gaps. So many labels fit on a phone."""
    labelled = range(0, len(marks), max(1, -(-len(marks) // LABELS_AT_MOST)))
    labels = [text(marks[place].label) for place in labelled]
    along = {"showgrid": False, "zeroline": False, "tickangle": 0, "tickvals": list(labelled), "ticktext": labels}
    return _json(_scatter(marks), xaxis=along, yaxis={"range": RANGES[unit]} if unit in RANGES else {})


def columns(bars: Sequence[Bar], *, unit: str = "") -> str:
    """Bars beside each other, such as the scores of a scale."""
    return _json(
        _bars(bars, along="x"),
        xaxis={"type": "category", "showgrid": False},
        yaxis={"rangemode": "tozero", "ticksuffix": unit},
    )


def rows(bars: Sequence[Bar], *, unit: str = "") -> str:
    """Bars below each other, for long labels; the first one stands on top."""
    longest = max((bar.value for bar in bars), default=0.0)
    return _json(
        _bars(bars, along="y"),
        # Room for the number at the end of the longest bar, which would be cut off at the edge of the picture.
        xaxis={"range": [0, (longest or 1.0) * 1.15], "ticksuffix": unit},
        yaxis={"type": "category", "autorange": "reversed", "showgrid": False, "zeroline": False},
    )


def _scatter(marks: Sequence[Mark]) -> dict[str, Any]:
    above = [None if m.value is None or m.high is None else m.high - m.value for m in marks]
    below = [None if m.value is None or m.low is None else m.value - m.low for m in marks]
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "cliponaxis": False,
        "x": list(range(len(marks))),
        "y": [m.value for m in marks],
        "error_y": {"type": "data", "array": above, "arrayminus": below, "color": CONTEXT, "width": 3},
        "line": {"color": ACCENT, "width": 2},
        "marker": {"size": 9, "color": [CONTEXT if m.is_weak else ACCENT for m in marks]},
        "hovertext": [text(m.hover) for m in marks],
        "hoverinfo": "text",
    }


def _bars(bars: Sequence[Bar], *, along: str) -> dict[str, Any]:
    return {
        "type": "bar",
        "orientation": "v" if along == "x" else "h",
        along: [text(bar.label) for bar in bars],
        ("y" if along == "x" else "x"): [bar.value for bar in bars],
        "marker": {"color": [bar.tone for bar in bars]},
        "text": [text(bar.text) for bar in bars],
        "textposition": "outside",
        "cliponaxis": False,
        "hovertext": [text(bar.hover) for bar in bars],
        "hoverinfo": "text",
    }


def _json(trace: dict[str, Any], *, xaxis: dict[str, Any], yaxis: dict[str, Any]) -> str:
    """As it stands in the page. Making objects of it takes 10 ms, since they check themselves; the tests do that."""
    import plotly.io  # here: the web process starts without it

    layout = {"template": TEMPLATE, "meta": TONES, "xaxis": xaxis, "yaxis": yaxis}
    written: str = plotly.io.to_json({"data": [trace], "layout": layout}, validate=False, engine="json")
    # The page writes it into a <script>: nothing in it may look like the end of one.
    return written.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")

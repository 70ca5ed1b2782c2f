"""Colours, dashes, shapes and sizes: one meaning each, on every page, in both themes.

The colours keep a contrast of at least 3:1 against their background and stay apart for colour-blind readers; a
dash or a shape always says the same as the colour. Text is drawn in `Look.ink`, never in a series colour.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import altair as alt
from altair.utils import schemapi

LIGHT = {
    "background": "#ffffff",
    "ink": "#1c2733",
    "muted": "#5b6773",
    "grid": "#dde4ea",
    "l1": "#c2570c",
    "l2": "#1a6fb4",
    "none": "#6b7682",
    "elastic": "#7d4fb3",
    "huber": "#1b7f4d",
    "train": "#33475b",
    "test": "#c0287a",
    "validation": "#8a6d00",
    "truth": "#00808a",
    "bias": "#6d3a1f",
    "variance": "#74962a",
    "outlier": "#d11f2a",
    "negative": "#e08a3c",
    "positive": "#4a90d9",
}
DARK = {
    "background": "#10161d",
    "ink": "#e8eef4",
    "muted": "#a3b0bd",
    "grid": "#2c3742",
    "l1": "#f59a4c",
    "l2": "#6db3f2",
    "none": "#9aa7b4",
    "elastic": "#b792ea",
    "huber": "#54c08a",
    "train": "#c3d0dc",
    "test": "#f279b6",
    "validation": "#d9bb4a",
    "truth": "#3cc3cf",
    "bias": "#a8765a",
    "variance": "#b5d85a",
    "outlier": "#ff6b70",
    "negative": "#c8752c",
    "positive": "#3b7fc4",
}
DASHES: dict[str, list[int]] = {
    "l1": [1, 0],
    "l2": [8, 3],
    "none": [2, 2],
    "elastic": [8, 3, 2, 3],
    "huber": [4, 2],
    "train": [1, 0],
    "test": [6, 3],
    "validation": [2, 3],
    "truth": [10, 4],
}
SHAPES = {
    "l1": "diamond",
    "l2": "circle",
    "none": "square",
    "elastic": "triangle-up",
    "huber": "triangle-down",
    "train": "circle",
    "test": "diamond",
    "validation": "triangle-up",
    "outlier": "cross",
}
FIT = {"type": "fit-x", "contains": "padding"}  # the picture with its axes is as wide as the page's column


@dataclass(frozen=True)
class Look:
    """How a chart is drawn for this reader: theme and text size.

    Parameters
    ----------
    dark : bool
        Whether the page has the dark theme.
    scale : float
        Factor on text and line sizes; above 1 for an audience.
    height : int
        Height of the picture's panels together, for an audience; 0 leaves every chart its own.
    """

    dark: bool = False
    scale: float = 1.0
    height: int = 0

    def color(self, meaning: str) -> str:
        """Give the colour of a meaning, for example ``"l1"`` or ``"outlier"``."""
        return (DARK if self.dark else LIGHT)[meaning]

    @property
    def ink(self) -> str:
        """Colour of text."""
        return self.color("ink")

    def size(self, points: float) -> float:
        """Scale a font or mark size."""
        return round(points * self.scale, 1)

    def colors(self, meanings: Sequence[str]) -> alt.Scale:
        """Give a colour scale whose domain is the meanings' names."""
        return alt.Scale(domain=list(meanings), range=[self.color(m) for m in meanings])

    def dashes(self, meanings: Sequence[str]) -> alt.Scale:
        """Give the dash scale that goes with `colors`."""
        return alt.Scale(domain=list(meanings), range=[DASHES.get(m, [1, 0]) for m in meanings])

    def shapes(self, meanings: Sequence[str]) -> alt.Scale:
        """Give the shape scale that goes with `colors`."""
        return alt.Scale(domain=list(meanings), range=[SHAPES.get(m, "circle") for m in meanings])


def named(labels: Any, prefix: str = "") -> str:
    """Give a Vega expression that shows a code in the reader's language, for legends and axes.

    Data carry codes (``"l1"``); the expression looks the code up among `labels`, so that the data stay the same
    in both languages.
    """
    pairs = ", ".join(
        f"'{key.removeprefix(prefix)}': '{_quoted(words)}'"
        for key, words in labels.items()
        if key.startswith(prefix)
    )
    return f"{{{pairs}}}[datum.label]"


def _quoted(words: str) -> str:
    return words.replace("\\", "\\\\").replace("'", "\\'")


def built(build: Callable[..., Any], labels: Any, look: Look, **options: Any) -> dict[str, Any]:
    """Build a chart's specification without the checks of every part, which take half of the time (tests make them)."""
    with schemapi.debug_mode(False):
        spec: dict[str, Any] = build(labels, look, **options).to_dict(validate=False)
    return spec


def layer(*marks: Any, **properties: Any) -> alt.LayerChart:
    """Lay marks upon each other like `altair.layer`, which takes three times as long.

    Altair copies several times what it puts together, with every argument that nobody gave: some hundred of a mark
    or an axis. So marks and their channels are written as plain data first. For the same reason channels are given
    by class (``text=alt.Text("word:N")``): to find the class of a mere string, Altair goes through all it has.
    """
    return alt.layer(*(_plain(mark) for mark in marks), **properties)


class _Channels(alt.SchemaBase):  # type: ignore[misc]  # which altair leaves untyped
    """The channels of a mark as plain data."""

    _schema: ClassVar = {"type": "object"}


def _plain(chart: Any) -> Any:
    if not isinstance(chart, alt.Chart):
        return chart
    chart = chart.copy(deep=False)
    if not isinstance(chart.mark, str):
        chart.mark = chart.mark.to_dict(validate=False)
    if chart.encoding is not alt.Undefined:
        chart.encoding = _Channels(**chart.encoding.to_dict(validate=False))
    return chart


def with_params(chart: Any, *params: Any) -> Any:
    """Put more parameters at the top of a chart of several marks and give it back (`add_params` copies it all)."""
    given: list[Any] = [] if chart.params is alt.Undefined else chart.params
    chart.params = [*given, *(p.param if isinstance(p, alt.Parameter) else p for p in params)]
    return chart


def finish(chart: Any, look: Look, *, title: str | None = None, height: int | None = None) -> Any:
    """Give a top-level chart the house style: title, fonts, grid, and padding so that Korean is not clipped."""
    if title is not None:
        chart.title = alt.TitleParams(title, anchor="start", offset=8)
    if height is not None:
        chart.height = height
    if look.height:
        _size(chart, look.height)
    chart.padding = {"top": 10, "left": 10, "right": 8, "bottom": 8}
    chart.background = "transparent"
    # Set, not by `properties` and `configure_…`: each of these copies the whole chart, which takes half of the time.
    chart.config = alt.Config(
        # The picture has one name, its alt text; Vega would make each mark an image, many without a name. Nor is
        # a word said of a mark that no tooltip was written for: Streamlit would list the fields of every one, at
        # the price of a quarter of the time that a picture takes.
        mark=alt.MarkConfig(aria=False, tooltip=None),
        title=alt.TitleConfig(color=look.ink, fontSize=look.size(14), fontWeight=600),
        axis=alt.AxisConfig(
            labelColor=look.ink,
            titleColor=look.ink,
            labelFontSize=look.size(12),
            titleFontSize=look.size(12),
            titleFontWeight="normal",
            gridColor=look.color("grid"),
            domainColor=look.color("muted"),
            tickColor=look.color("muted"),
        ),
        legend=alt.LegendConfig(
            labelColor=look.ink,
            titleColor=look.ink,
            labelFontSize=look.size(12),
            titleFontSize=look.size(12),
            labelLimit=400,
            orient="bottom",
            direction="horizontal",
        ),
        text=alt.MarkConfig(color=look.ink, fontSize=look.size(12)),
        view=alt.ViewConfig(stroke=look.color("grid")),
    )
    return chart


def _size(chart: Any, height: int) -> None:
    """Share a height out among the panels of a chart."""
    if not isinstance(chart, alt.VConcatChart):
        chart.height = height
        return
    whole = sum(panel.height for panel in chart.vconcat)
    for panel in chart.vconcat:
        panel.height = round(panel.height * height / whole)

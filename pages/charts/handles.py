"""A handle that can be dragged, as a Vega interval brush (pages.ui.drag says where it stands).

The brush has scales of its own, whose zero is the place that the data name: a new place in the data moves the box,
and the specification stays as it is. What the reader has dragged comes on top.

When a scale moves, Vega finds the box again from its pixels, and Streamlit reports a box that differs in the last
digit. So these scales count in ticks, a power of two across the axis, and places stand on fractions of ticks that
come back from (whole) pixels to the bit: no report unless a hand has moved the box.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import altair as alt

from pages.charts.theme import layer, with_params

DATA = "handles"  # the data set with the place of every handle: one row, ``<name>_x`` and ``<name>_y``
TICKS = 1024  # of a box's own scales, across the whole axis
_FINEST = 1024  # parts of a tick: 2²⁰ places across the axis
Span = tuple[float, float]
Chart = TypeVar("Chart", alt.LayerChart, alt.VConcatChart)


@dataclass(frozen=True)
class Handle:
    """A box to drag.

    ``on`` names an event that never comes, so that the box can be moved but a new one is never drawn.  The box
    stays inside the plot: leave half its size around the outermost place.

    Parameters
    ----------
    name : str
        Name of the selection, which holds the box in ticks from the place in the data.
    color : str
    x_span, y_span : (float, float)
        What the picture's axes show.
    reach : (float, float)
        Half the width and height of the box in data units.
    group : str
        Name of the layer, which its scales are called by. When Streamlit draws a chart anew (for the whole screen),
        it puts a box back by scales called just "x" and "y", so only one handle of a chart is put back; and
        Vega-Lite has no end of a layer without a name in a concatenation.
    """

    name: str
    color: str
    x_span: Span
    y_span: Span
    reach: tuple[float, float]
    group: str = ""

    @property
    def layer(self) -> alt.LayerChart:
        scales = {
            axis: alt.Scale(
                domainMin=alt.expr(f"-{self._zero(axis)}"),
                domainMax=alt.expr(f"{TICKS} - {self._zero(axis)}"),
                nice=False,
                zero=False,
            )
            for axis in "xy"
        }
        place = (
            alt.Chart(alt.NamedData(DATA), name=f"{self.name}_box")
            .transform_calculate(x="0", y="0")
            .mark_point(opacity=0)
            .encode(
                x=alt.X("x:Q", scale=scales["x"], axis=None), y=alt.Y("y:Q", scale=scales["y"], axis=None)
            )
        )
        # Altair gives another name to a chart that is layered with others, but not to one this deep.
        return layer(layer(place, name=f"{self.name}_place"), name=self.group)

    @property
    def brush(self) -> alt.TopLevelSelectionParameter:
        style = alt.BrushConfig(
            fill=self.color, fillOpacity=0.18, stroke=self.color, strokeWidth=1.5, cursor="grab"
        )
        return alt.TopLevelSelectionParameter(
            name=self.name,
            select=alt.IntervalSelectionConfig(
                type="interval",
                on="[never:pointerdown, window:pointerup] > window:pointermove",
                clear=False,
                zoom=False,
                mark=style,
            ),
            value={axis: self._box(axis, half) for axis, half in zip("xy", self.reach, strict=True)},
            views=[f"{self.name}_box"],
        )

    def at(self, axis: str, step: float | None = None) -> str:
        """Give the Vega expression for the box's centre on an axis, snapped to multiples of `step`."""
        box = f"{self.name}.{axis}"
        ticks = f"({self._zero(axis)} + ({box}[0] + {box}[1]) / 2)"
        centre = f"({self._span(axis)[0]!r} + {ticks} * {self.tick(axis)!r})"
        return centre if step is None else f"(round({centre} / {step:g}) * {step:g})"

    def tick(self, axis: str) -> float:
        """Give the length of a tick in data units."""
        low, high = self._span(axis)
        return (high - low) / TICKS

    def _span(self, axis: str) -> Span:
        low, high = self.x_span if axis == "x" else self.y_span
        return float(low), float(high)

    def _zero(self, axis: str) -> str:
        """Give the Vega expression for the place in the data, in ticks from the axis's lower end."""
        place = f"(data('{DATA}')[0].{self.name}_{axis} - {self._span(axis)[0]!r}) / {self.tick(axis)!r}"
        return f"round({place} * {_FINEST}) / {_FINEST}"

    def _box(self, axis: str, half: float) -> list[float]:
        ticks = round(half / self.tick(axis) * _FINEST) / _FINEST
        return [-ticks, ticks]


def on(*pictures: alt.LayerChart, handles: Sequence[Handle]) -> alt.LayerChart:
    """Put handles on pictures that lie upon each other; `hold` tells the whole chart of them."""
    layers = [handle.layer for handle in handles]
    return layer(*pictures, *layers, resolve={"scale": {"x": "independent", "y": "independent"}})


def hold(chart: Chart, handles: Sequence[Handle]) -> Chart:
    """Let the handles in a chart be dragged; the specification notes how long a tick of each is, for pages.ui.drag."""
    chart = with_params(chart, *(handle.brush for handle in handles))
    chart.usermeta = {"ticks": {handle.name: [handle.tick(axis) for axis in "xy"] for handle in handles}}
    return chart

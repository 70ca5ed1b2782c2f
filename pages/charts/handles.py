"""A handle that can be dragged, as a Vega interval brush (pages.ui.drag says where it stands).

The brush has scales of its own, which begin at the place that the data name: a new place in the data moves the
box, and the specification stays as it is. What the reader has dragged comes on top.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import altair as alt

DATA = "handles"  # the data set with the place of every handle: one row, ``<name>_x`` and ``<name>_y``
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
        Name of the selection, which holds the box relative to the place in the data.
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
                domainMin=alt.expr(f"{float(span[0])!r} - {_origin(self.name, axis)}"),
                domainMax=alt.expr(f"{float(span[1])!r} - {_origin(self.name, axis)}"),
                nice=False,
                zero=False,
            )
            for axis, span in zip("xy", (self.x_span, self.y_span), strict=True)
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
        return alt.layer(alt.layer(place, name=f"{self.name}_place"), name=self.group)

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
            value={axis: [-half, half] for axis, half in zip("xy", self.reach, strict=True)},
            views=[f"{self.name}_box"],
        )


def on(*pictures: alt.LayerChart, handles: Sequence[Handle]) -> alt.LayerChart:
    """Put handles on pictures that lie upon each other; `hold` tells the whole chart of them."""
    layers = [handle.layer for handle in handles]
    return alt.layer(*pictures, *layers).resolve_scale(x="independent", y="independent")


def hold(chart: Chart, handles: Sequence[Handle]) -> Chart:
    """Let the handles in a chart be dragged."""
    chart = chart.copy()
    given: list[Any] = [] if chart.params is alt.Undefined else chart.params
    chart.params = [*given, *(handle.brush for handle in handles)]
    return chart


def at(name: str, axis: str, step: float | None = None) -> str:
    """Give the Vega expression for a handle's centre on an axis, snapped to multiples of `step`."""
    centre = f"({_origin(name, axis)} + ({name}.{axis}[0] + {name}.{axis}[1]) / 2)"
    return centre if step is None else f"(round({centre} / {step:g}) * {step:g})"


def _origin(name: str, axis: str) -> str:
    return f"data('{DATA}')[0].{name}_{axis}"

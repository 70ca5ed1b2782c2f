"""A handle that can be dragged, as a Vega interval brush (pages.ui.drag gives it its place)."""

from __future__ import annotations

from typing import Any

import altair as alt


def handle(name: str, color: str) -> Any:
    """Give the brush of one handle; the layer that carries it encodes fields named ``x`` and ``y``.

    ``on`` names an event that never comes, so that the box can be moved but a new one is never drawn.  The box
    stays inside the plot: leave half its size around the outermost place.
    """
    return alt.selection_interval(
        name=name,
        on="[never:pointerdown, window:pointerup] > window:pointermove",
        clear=False,
        zoom=False,
        mark=alt.BrushConfig(fill=color, fillOpacity=0.18, stroke=color, strokeWidth=1.5, cursor="grab"),
    )


def at(name: str, axis: str, step: float = 1.0) -> str:
    """Give the Vega expression for a handle's centre on an axis, snapped to multiples of `step`."""
    return f"round(({name}.{axis}[0] + {name}.{axis}[1]) / {2 * step:g}) * {step:g}"

"""The small pictures on the home page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import altair as alt

from pages.charts.theme import DASHES, Look, finish, layer

HEIGHT = 168


def city(labels: Mapping[str, str], look: Look) -> Any:
    """Draw the block route and the straight line.

    Data
    ----
    legs : ``x``, ``y`` along the blocks in order ``i``. flight : ``x``, ``y`` of the straight line's ends.
    names : ``x``, ``y``, ``name`` and ``kind`` ("l1": beside the corner, "l2": beside the middle).
    """
    across = alt.Scale(domain=[-7, 5], nice=False)
    up = alt.Scale(domain=[3, 11], nice=False)
    x = alt.X("x:Q", scale=across, title=labels["x"], axis=alt.Axis(values=[-5, 3], grid=True))
    y = alt.Y("y:Q", scale=up, title=labels["y"], axis=alt.Axis(values=[4, 10]))
    legs = (
        alt.Chart(alt.NamedData("legs"))
        .mark_line(color=look.color("l1"), strokeWidth=3)
        .encode(x=x, y=y, order=alt.Order("i:Q"))
    )
    flight = alt.Chart(alt.NamedData("flight"))
    straight = flight.mark_line(color=look.color("l2"), strokeWidth=3, strokeDash=DASHES["l2"]).encode(
        x=x, y=y
    )
    ends = flight.mark_point(filled=True, size=70, opacity=1, color=look.ink).encode(x=x, y=y)
    names = [
        alt.Chart(alt.NamedData("names"))
        .transform_filter(f"datum.kind == '{kind}'")
        .mark_text(align="right", dx=-8, dy=-9, fontWeight="bold", fontSize=look.size(13), color=look.ink)
        .encode(x=x, y=y, text=alt.Text("name:N"))
        for kind in ("l1", "l2")
    ]
    return finish(layer(legs, straight, ends, *names), look, height=HEIGHT)


def calls(labels: Mapping[str, str], look: Look) -> Any:
    """Draw the telephone calls with both lines.

    Data
    ----
    points : ``x``, ``y``, ``suspect``. lines : ``x``, ``y``, ``loss`` ("l1" or "l2"). names : ``x``, ``y``, ``name``.
    """
    x = alt.X(
        "x:Q", title=labels["x"], scale=alt.Scale(domain=[1949, 1974]), axis=alt.Axis(format="d", tickCount=4)
    )
    y = alt.Y("y:Q", title=labels["y"], scale=alt.Scale(domain=[-25, 220]), axis=alt.Axis(tickCount=4))
    suspect = alt.condition("datum.suspect", alt.value(look.color("outlier")), alt.value(look.color("train")))
    points = (
        alt.Chart(alt.NamedData("points"))
        .mark_point(filled=True, size=26, opacity=0.9)
        .encode(
            x=x,
            y=y,
            color=suspect,
            shape=alt.condition("datum.suspect", alt.value("cross"), alt.value("circle")),
        )
    )
    lines = _curves("lines", "loss", ("l1", "l2"), look, x, y)
    return finish(layer(points, lines, _names(look, x, y)), look, height=HEIGHT)


def fits(labels: Mapping[str, str], look: Look) -> Any:
    """Draw three polynomial fits of the same points.

    Data
    ----
    points : ``x``, ``y``. curves : ``x``, ``y``, ``fit`` ("none", "truth" or "test": stiff, right, wild).
    names : ``x``, ``y``, ``name``.
    """
    x = alt.X("x:Q", title=labels["x"], scale=alt.Scale(domain=[-1, 1]), axis=alt.Axis(tickCount=3))
    y = alt.Y("y:Q", title=labels["y"], scale=alt.Scale(domain=[-2.2, 2.2]), axis=alt.Axis(tickCount=4))
    points = (
        alt.Chart(alt.NamedData("points"))
        .mark_point(filled=True, size=26, color=look.color("train"))
        .encode(x=x, y=y)
    )
    curves = _curves("curves", "fit", ("none", "truth", "test"), look, x, y)
    return finish(layer(points, curves, _names(look, x, y)), look, height=HEIGHT)


def shrinking(labels: Mapping[str, str], look: Look) -> Any:
    """Draw one weight under each penalty, step by step.

    Data
    ----
    steps : ``x`` (step), ``y`` (weight), ``penalty`` ("l1" or "l2"). names : ``x``, ``y``, ``name``.
    """
    x = alt.X("x:Q", title=labels["x"], axis=alt.Axis(tickCount=4))
    y = alt.Y("y:Q", title=labels["y"], scale=alt.Scale(domain=[0, 1.05]), axis=alt.Axis(tickCount=3))
    lines = _curves("steps", "penalty", ("l1", "l2"), look, x, y)
    return finish(layer(lines, _names(look, x, y)), look, height=HEIGHT)


def _names(look: Look, x: Any, y: Any) -> Any:
    return (
        alt.Chart(alt.NamedData("names"))
        .mark_text(align="left", dx=4, dy=-8, fontWeight="bold", fontSize=look.size(13), color=look.ink)
        .encode(x=x, y=y, text=alt.Text("name:N"))
    )


def _curves(data: str, field: str, meanings: tuple[str, ...], look: Look, x: Any, y: Any) -> Any:
    return (
        alt.Chart(alt.NamedData(data))
        .mark_line(strokeWidth=2.5, clip=True)
        .encode(
            x=x,
            y=y,
            color=alt.Color(f"{field}:N", scale=look.colors(meanings), legend=None),
            strokeDash=alt.StrokeDash(f"{field}:N", scale=look.dashes(meanings), legend=None),
        )
    )

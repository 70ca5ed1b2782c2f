"""The grid: two points of a city, the way along its blocks (L1) and the straight line (L2)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import numpy as np
import pandas as pd
import streamlit as st

from pages.charts import distance as charts
from pages.ui import drag
from pages.ui.chart import chart
from pages.ui.controls import put
from pages.ui.takeaway import script, take_away
from pages.ui.text import Text
from reglib import norms

PRESETS = {  # start x, y and destination x, y
    "post": (-5, 4, 3, 10),
    "block": (0, 4, 1, 5),
    "east": (-5, 4, 3, 4),
    "far": (-10, -2, 10, 12),
}
INPUTS = {
    "start_x": charts.EAST, "start_y": charts.NORTH, "goal_x": charts.EAST, "goal_y": charts.NORTH
}  # fmt: skip
ENDS = {  # of the city, for words
    side: str(end).replace("-", "−")
    for side, end in zip(("west", "east", "south", "north"), (*charts.EAST, *charts.NORTH), strict=True)
}
Point = tuple[int, int]


def ends() -> tuple[Point, Point]:
    """Where the reader has put the two points."""
    x0, y0, x1, y1 = (int(st.session_state[f"distance_{name}"]) for name in INPUTS)
    return (x0, y0), (x1, y1)


def show(text: Text) -> None:
    """Draw the main view."""
    controls, picture, figures = st.columns([24, 44, 33], gap="medium")
    with controls:
        presets = st.container()
        with st.container(horizontal=True, gap="small"):
            for name, default in zip(INPUTS, PRESETS["post"], strict=True):
                label = text(f"main.{name}")
                st.number_input(
                    label, *INPUTS[name], default, key=f"distance_{name}", bind="query-params", width=122
                )
        angle = st.slider(
            text("main.angle"), 0, 90, 0, 5, key="distance_angle", bind="query-params", format="%d°"
        )
    (x0, y0), (x1, y1) = ends()
    used = next((name for name, preset in PRESETS.items() if preset == (x0, y0, x1, y1)), None)
    words = {name: text(f"presets.{name}") for name in PRESETS}
    put("distance_preset", used, words.values())
    presets.pills(
        text("presets.title"), words, key="distance_preset", on_change=_use_preset, wrap=True,
        format_func=words.__getitem__, label_visibility="collapsed",
    )  # fmt: skip
    numbers = _measured(x0, y0, x1, y1, angle)
    apart = (x0, y0) != (x1, y1)
    with controls:
        chart(
            charts.turning,
            text.labels("turning"),
            {"turned": quarter_turn(x1 - x0, y1 - y0, angle)},
            alt=text("turning.alt" if apart else "turning.alt_same", **numbers),
            key="distance_turning",
        )
    with picture:
        drag.chart(
            charts.city,
            text.labels("city"),
            city(angle),
            handles={name: (f"distance_{name}_x", f"distance_{name}_y") for name in ("start", "goal")},
            snap=lambda name, x, y: (round(x), round(y)),
            alt=text("city.alt", **numbers),
            key="distance_grid",
        )
    with figures:
        if angle:
            said = [text.prose("turned", **numbers)]
        else:
            ways = "no_way" if not apart else "one_way" if x0 == x1 or y0 == y1 else "ways"
            said = [text.prose("formulas", **numbers), text.prose(ways, **numbers)]
        said.append(text.prose("meaning" if apart else "same_place", **numbers))
        st.markdown("\n\n".join(said))
        code = partial(script, "distance", start=(x0, y0), goal=(x1, y1), angle=angle)
        take_away(text, "view", partial(_files, numbers), code)


def _files(numbers: Mapping[str, object]) -> dict[str, pd.DataFrame]:
    row = {name: numbers[name] for name in ("x0", "y0", "x1", "y1", "angle", "l1", "l2", "routes")}
    return {"distance": pd.DataFrame([row]).rename(columns=dict(zip(row, INPUTS, strict=False)))}


def _use_preset() -> None:
    for name, value in zip(INPUTS, PRESETS.get(st.session_state["distance_preset"], ()), strict=False):
        if st.session_state.get(f"distance_{name}") != value:  # what is set, the browser draws anew
            st.session_state[f"distance_{name}"] = value


def _measured(x0: int, y0: int, x1: int, y1: int, angle: int) -> dict[str, object]:
    """Give every number that the words name."""
    here = norms.rotated_norms(x1 - x0, y1 - y0, angle)
    u, v, l1, l2 = (float(part[0]) for part in (here.u, here.v, here.l1, here.l2))
    return {
        "x0": x0, "y0": y0, "x1": x1, "y1": y1, "px": _signed(x1), "py": _signed(y1),
        "u": _plain(u), "v": _plain(v), "ru": _signed(u), "rv": _signed(v),
        "across": abs(x1 - x0), "up": abs(y1 - y0), "blocks": abs(x1 - x0) + abs(y1 - y0),
        "eq": r"\approx" if angle % 90 else "=", "l1": l1, "l2": l2, "ratio": f"{here.ratio[0]:.3f}" if l2 else "–",
        "routes": norms.count_shortest_routes(x1 - x0, y1 - y0), "angle": angle,
    }  # fmt: skip


def _plain(value: float) -> str:
    return f"{round(value, 9) + 0.0:.4g}"  # 1e-16 is the rounding of a sine


def _signed(value: float) -> str:
    return f"({_plain(value)})" if _plain(value).startswith("-") else _plain(value)


# Everybody gets the same frames, which nobody may change: so each is serialised for the browser only once.


@st.cache_resource(max_entries=32, show_spinner=False)
def city(angle: int) -> dict[str, pd.DataFrame]:
    """Measure every displacement in the city along turned streets, and lay out those streets."""
    width, depth = (high - low for low, high in (charts.EAST, charts.NORTH))
    dx, dy = (grid.ravel() for grid in np.mgrid[-width : width + 1, -depth : depth + 1])
    counts = norms.route_table((0, 0), np.column_stack([dx, dy]))["routes"]
    turned = norms.rotated_norms(dx, dy, angle)
    at_corners = angle % 90 == 0  # only then is the destination on a corner of the turned streets
    measured = {
        "cx": turned.corner[:, 0], "cy": turned.corner[:, 1],
        "l1": turned.l1, "l2": turned.l2, "ratio": turned.ratio, "between": turned.between,
    }  # fmt: skip
    moves = pd.DataFrame({name: part.astype(np.float32) for name, part in measured.items()})
    moves["key"] = (100 * dx + dy).astype(np.int16)
    moves["routes"] = counts if at_corners else np.nan
    ends = norms.street_lines(angle, reach=width + depth).reshape(-1, 4).astype(np.float32)
    return {
        "moves": moves,
        "streets": pd.DataFrame(ends, columns=["x0", "y0", "x1", "y1"]),
    }


@st.cache_resource(max_entries=256, show_spinner=False)
def quarter_turn(dx: int, dy: int, angle: int) -> pd.DataFrame:
    """Measure one displacement along axes at every angle from 0 to 90 degrees, and mark the angle set."""
    turned = norms.rotated_norms(dx, dy, np.arange(91))
    straight = norms.rotated_norms(turned.l2, 0, 0)
    curves = {"l1": turned.ratio.astype(np.float32), "l2": straight.ratio.astype(np.float32)}
    table = pd.DataFrame({"angle": np.arange(91, dtype=np.int8), **curves, "now": np.arange(91) == angle})
    return table if turned.l2[0] else table[:0]  # nowhere to go: 0 / 0

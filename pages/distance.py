"""Distance: the way along the blocks (L1) against the straight line (L2), and the penalty that each becomes."""

import numpy as np
import pandas as pd
import streamlit as st

from pages.charts import distance as charts
from pages.sections.distance import ball, norm, routes
from pages.ui import drag, shell
from pages.ui.chart import chart
from pages.ui.section import section
from pages.ui.takeaway import script, take_away
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

text = shell.begin("distance")
st.title(text("title"))
st.markdown(text.prose("question"))


@st.cache_data(max_entries=32, show_spinner=False)
def city(angle: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Measure every displacement in the city along turned streets, and lay out those streets."""
    width, depth = (high - low for low, high in (charts.EAST, charts.NORTH))
    dx, dy = (grid.ravel() for grid in np.mgrid[-width : width + 1, -depth : depth + 1])
    counts = norms.route_table((0, 0), np.column_stack([dx, dy]))["routes"]
    turned = norms.rotated_norms(dx, dy, angle)
    at_corners = angle % 90 == 0  # only then is the destination on a corner of the turned streets
    moves = {
        "dx": dx, "dy": dy, "cx": turned.corner[:, 0], "cy": turned.corner[:, 1],
        "l1": turned.l1, "l2": turned.l2, "ratio": turned.ratio,
        "routes": [f"{count:,}" if at_corners else "–" for count in counts],
    }  # fmt: skip
    ends = norms.street_lines(angle, reach=width + depth).reshape(-1, 4)
    return pd.DataFrame(moves), pd.DataFrame(ends, columns=["x0", "y0", "x1", "y1"])


@st.cache_data(max_entries=256, show_spinner=False)
def quarter_turn(dx: int, dy: int) -> pd.DataFrame:
    """Measure one displacement along axes at every angle from 0 to 90 degrees."""
    turned = norms.rotated_norms(dx, dy, np.arange(91))
    straight = norms.rotated_norms(turned.l2, 0, 0)
    curves = {"l1": turned.ratio, "l2": straight.ratio}
    frames = [pd.DataFrame({"angle": turned.angle, "kind": k, "ratio": r}) for k, r in curves.items()]
    return pd.concat(frames).dropna()  # nowhere to go: 0 / 0


def use_preset() -> None:
    for name, value in zip(INPUTS, PRESETS.get(st.session_state["distance_preset"], ()), strict=False):
        st.session_state[f"distance_{name}"] = value


def plain(value: float) -> str:
    return f"{round(value, 9) + 0.0:.4g}"  # 1e-16 is the rounding of a sine


def signed(value: float) -> str:
    return f"({plain(value)})" if plain(value).startswith("-") else plain(value)


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
x0, y0, x1, y1 = places = tuple(int(st.session_state[f"distance_{name}"]) for name in INPUTS)
st.session_state["distance_preset"] = next(
    (name for name, preset in PRESETS.items() if preset == places), None
)
presets.pills(
    text("presets.title"), PRESETS, key="distance_preset", format_func=lambda name: text(f"presets.{name}"),
    on_change=use_preset, label_visibility="collapsed", wrap=True,
)  # fmt: skip
moves, streets = city(angle)
here = norms.rotated_norms(x1 - x0, y1 - y0, angle)
u, v, l1, l2 = (float(part[0]) for part in (here.u, here.v, here.l1, here.l2))
count = norms.count_shortest_routes(x1 - x0, y1 - y0)
numbers = {
    "x0": x0, "y0": y0, "x1": x1, "y1": y1, "px": signed(x1), "py": signed(y1),
    "u": plain(u), "v": plain(v), "ru": signed(u), "rv": signed(v),
    "across": abs(x1 - x0), "up": abs(y1 - y0), "blocks": abs(x1 - x0) + abs(y1 - y0),
    "l1": l1, "l2": l2, "ratio": f"{here.ratio[0]:.3f}" if l2 else "–", "routes": count, "angle": angle,
}  # fmt: skip
with controls:
    curves = quarter_turn(x1 - x0, y1 - y0)
    chart(
        charts.turning,
        text.labels("turning"),
        {"turned": curves, "now": curves[curves["angle"] == angle]},
        alt=text("turning.alt" if l2 else "turning.alt_same", **numbers),
        key="distance_turning",
    )
with picture:
    drag.chart(
        charts.city,
        text.labels("city"),
        {"place": pd.DataFrame({"x": [0], "y": [0]}), "moves": moves, "streets": streets},
        handles={name: (f"distance_{name}_x", f"distance_{name}_y") for name in ("start", "goal")},
        snap=lambda name, x, y: (round(x), round(y)),
        reach=(charts.REACH, charts.REACH),
        alt=text("city.alt", **numbers),
        key="distance_grid",
    )
with figures:
    if angle:
        st.markdown(text.prose("turned", **numbers))
    else:
        ways = "one_way" if x0 == x1 or y0 == y1 else "ways"
        st.markdown(text.prose("formulas", **numbers))
        st.markdown(text.prose(ways if l2 else "no_way", **numbers))
    st.markdown(text.prose("meaning" if l2 else "same_place", **numbers))
    row = {**dict(zip(INPUTS, places, strict=True)), "angle": angle, "l1": l1, "l2": l2, "routes": count}
    code = script("distance", start=(x0, y0), goal=(x1, y1), angle=angle)
    take_away(text, "view", {"distance": pd.DataFrame([row])}, code)

if (box := section(text, "routes")).open:
    with box:
        routes.show(text, (x0, y0), (x1, y1))
if (box := section(text, "norm")).open:
    with box:
        norm.show(text)
if (box := section(text, "ball")).open:
    with box:
        ball.show(text)

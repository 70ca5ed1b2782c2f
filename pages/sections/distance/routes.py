"""Routes: several shortest ones at once, one walked block by block, and detours."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from pages.charts import distance as charts
from pages.ui import predict, problems
from pages.ui.chart import chart
from pages.ui.takeaway import script, take_away
from pages.ui.text import Text
from reglib import norms
from reglib.errors import ReglibError

Point = tuple[int, int]
WITHIN = (*charts.EAST, *charts.NORTH)
WALKING = "_distance_walking"
PACE = 0.3  # seconds per block


def show(text: Text, start: Point, goal: Point) -> None:
    """Draw the section for the two points of the main view."""
    st.markdown(text.prose("routes"))
    if angle := int(st.session_state.get("distance_angle", 0)):
        st.caption(text.prose("unturned", angle=angle))
    pace = PACE if st.session_state.get(WALKING) else None
    st.fragment(_walk, run_every=pace)(text, start, goal)
    predict.reveal(
        text, "C10", predict.ask(text, "C10"), possible_totals(start, goal), shortest=blocks(start, goal)
    )


def blocks(start: Point, goal: Point) -> int:
    return int(norms.distance(start, goal, 1))


@st.cache_data(max_entries=64, show_spinner=False)
def possible_totals(start: Point, goal: Point) -> str:
    """Find out by trying which totals a walk can have: the answer's code."""
    extras = set()
    for extra in range(9):
        try:
            extras.add(len(norms.detour_route(start, goal, extra, 0, WITHIN)) - 1 - blocks(start, goal))
        except ReglibError:
            continue
    every = {"same": {0}, "any": set(range(9)), "even": set(range(0, 9, 2))}
    return next(code for code, possible in every.items() if possible == extras)


@st.cache_resource(max_entries=256, show_spinner=False)
def shortest(start: Point, goal: Point, count: int, seed: int) -> pd.DataFrame:
    routes = norms.sample_shortest_routes(start, goal, count, seed)
    number, length = routes.shape[:2]
    return pd.DataFrame({
        "route": np.repeat(np.arange(number), length),
        "of": number,
        "step": np.tile(np.arange(length), number),
        "x": routes[..., 0].ravel(),
        "y": routes[..., 1].ravel(),
    })  # fmt: skip


@st.cache_resource(max_entries=256, show_spinner=False)
def detour(start: Point, goal: Point, extra: int, seed: int) -> pd.DataFrame:
    route = norms.detour_route(start, goal, extra, seed, WITHIN)
    table = pd.DataFrame(route, columns=["x", "y"])
    return table.assign(step=range(len(route)), total=len(route) - 1, row=0)


@st.cache_resource(max_entries=64, show_spinner=False)
def so_far(walked: int) -> pd.DataFrame:
    return pd.DataFrame({"row": [0], "walked": [walked]})


@st.cache_resource(max_entries=1, show_spinner=False)
def streets() -> pd.DataFrame:
    ends = norms.street_lines(0, reach=40).reshape(-1, 4)
    return pd.DataFrame(ends, columns=["x0", "y0", "x1", "y1"])


def _walk(text: Text, start: Point, goal: Point) -> None:
    controls, picture = st.columns([4, 5], gap="medium")
    with controls:
        count = st.slider(text("routes.count"), 1, 12, 6, key="distance_count", bind="query-params")
        numbered, longer = st.columns(2, gap="small", vertical_alignment="bottom")
        with numbered:
            seed = st.number_input(
                text("routes.seed"), 0, 999, 0, key="distance_seed", bind="query-params",
                help=text("routes.fair"),
            )  # fmt: skip
        with longer:
            extra = st.number_input(text("routes.extra"), 0, 20, 0, key="distance_extra", bind="query-params")
        try:
            route = detour(start, goal, extra, seed)
        except ReglibError as error:
            problems.show(text, error)
            route = detour(start, goal, 0, seed)
        total = len(route) - 1
        walked = _steps(text, total)
        drawn = shortest(start, goal, count, seed)
        numbers = {
            "drawn": int(drawn["of"].iloc[0]), "walked": walked, "total": total,
            "routes": norms.count_shortest_routes(goal[0] - start[0], goal[1] - start[1]),
            "shortest": blocks(start, goal),
        }  # fmt: skip
        longer_way = total > numbers["shortest"]
        told = "detour" if longer_way else "counted" if numbers["routes"] > 1 else "only_one"
        if total:
            st.markdown(text.prose(told, **numbers))
        set_to = {"drawn": count, "extra": total - numbers["shortest"], "seed": seed, "walked": walked}
        take_away(
            text, "routes", lambda: {"distance-routes": _together(drawn, route)},
            lambda: script("distance_routes", start=start, goal=goal, edges=WITHIN, **set_to),
        )  # fmt: skip
    with picture:
        chart(
            charts.routes,
            text.labels("routes_map"),
            {"streets": streets(), "routes": drawn, "route": route, "so_far": so_far(walked)},
            alt=text("routes_map.alt", **numbers),
            key="distance_routes_map",
        )


def _together(drawn: pd.DataFrame, route: pd.DataFrame) -> pd.DataFrame:
    """Give all that the map shows, a row per intersection passed."""
    routes = pd.concat([drawn.assign(route=drawn["route"] + 1), route.assign(route="walk")])
    return routes[["route", "step", "x", "y"]].rename(columns={"step": "blocks", "x": "east", "y": "north"})


def _steps(text: Text, total: int) -> int:
    """Draw the walk's slider and its button, and take a step while walking."""
    if total == 0:
        st.session_state[WALKING] = False
        return 0
    at = min(int(st.session_state.get("distance_walked", 0)), total)
    if st.session_state.get(WALKING):
        if at < total:
            at += 1
        else:
            st.session_state[WALKING] = False
            st.rerun()
    if "distance_walked" in st.session_state:
        st.session_state["distance_walked"] = at
    walked = st.slider(text("routes.walked"), 0, total, 0, key="distance_walked", bind="query-params")
    label = text("routes.stop" if st.session_state.get(WALKING) else "routes.walk")
    if st.button(label, key="distance_walk", on_click=_toggle, args=(total,)):
        st.rerun()  # the whole page: only then does the clock start or stop
    return int(walked)


def _toggle(total: int) -> None:
    walking = st.session_state[WALKING] = not st.session_state.get(WALKING)
    if walking and st.session_state["distance_walked"] >= total:
        st.session_state["distance_walked"] = 0

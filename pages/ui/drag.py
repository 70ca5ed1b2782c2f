"""Points that the reader drags in a chart, with number inputs that say the same.

A handle is a small Vega interval brush that can be moved but not drawn: the browser looks everything else up in
tables that reglib computed, so nothing reaches the server before release. On release the handle's place is
written into the number inputs; typing there (or a link, or a preset) changes the place of the handle in the data.

A finger on a handle must not scroll the page, a finger beside it must. Browsers heed CSS `touch-action` only on
the whole drawing, so a listener on the page keeps the default away from handles alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from pages.ui import controls
from pages.ui.chart import Builder, arrow, described, serialised, specification_for
from pages.ui.text import Labels

SCRIPT = """
if (!window.reglabHandles) {
  window.reglabHandles = (touch) => {
    if (touch.target.closest?.('[class*="st-key-drag_"] [class*="_brush"]')) touch.preventDefault();
  };
  document.addEventListener("touchstart", window.reglabHandles, { passive: false });
}
"""


def chart(
    build: Builder,
    labels: Labels,
    data: Mapping[str, pd.DataFrame],
    *,
    handles: Mapping[str, tuple[str, str]],
    snap: Callable[[str, float, float], tuple[float, float]],
    alt: str,
    key: str,
    lasting: bool = True,
    private: bool = False,
    **options: Any,
) -> None:
    """Draw a chart whose handles and number inputs follow each other.

    Parameters
    ----------
    build, labels, data, alt, **options
        As in `pages.ui.chart.chart`; the builder holds a `pages.charts.handles.Handle` for each.
    handles : mapping of str to (str, str)
        Name of each handle and the session keys of its x and y input. The inputs are drawn before the chart.
    snap : callable
        ``(handle, x, y) -> (x, y)``: the nearest place the inputs accept, the same as the chart's own rounding.
    key : str
        Identity of the chart; its element's key has a counter behind it.
    lasting : bool
        Whether boxes keep their places when Streamlit draws the chart anew. It draws panels anew whenever the width
        changes, and forgets their boxes: a chart with panels becomes a new element on release.
    private : bool
        Whether the labels hold the reader's own words.
    """
    spec = specification_for(build, labels, options, private=private)
    state = _element(key, spec)
    element = state["key"]

    boxes = state["boxes"]  # of every handle: where the data have it, and where it stands

    def dragged(name: str) -> tuple[float, float]:
        """Say how far the box is from where the data have it."""
        box = st.session_state.get(element, {}).get("selection", {}).get(name, {})
        middles = (sum(box["x"]) / 2, sum(box["y"]) / 2) if "x" in box and "y" in box else (0.0, 0.0)
        across, up = spec["usermeta"]["ticks"][name]
        return middles[0] * across, middles[1] * up

    def dropped() -> None:
        for name, (x, y) in handles.items():
            (dx, dy), (origin, now) = dragged(name), boxes[name]
            at = snap(name, origin[0] + dx, origin[1] + dy)
            if at != now:
                boxes[name] = origin, (float(at[0]), float(at[1]))
                state["spec"] = spec if lasting else None
                st.session_state[x], st.session_state[y] = (
                    type(st.session_state[x])(at[0]),
                    type(st.session_state[y])(at[1]),
                )

    places: dict[str, list[float]] = {}
    for name, (x, y) in handles.items():
        place = (float(st.session_state[x]), float(st.session_state[y]))
        if name not in boxes or place != boxes[name][1]:  # new, typed, or from a link or a preset
            dx, dy = dragged(name)
            boxes[name] = (place[0] - dx, place[1] - dy), place
        places |= {f"{name}_{axis}": [at] for axis, at in zip("xy", boxes[name][0], strict=True)}
    shown = {
        **spec,
        "datasets": {**serialised(data), "handles": arrow(places)},
    }  # read by pages.charts.handles
    with st.container(key=f"drag_{key}", gap=None):
        st.vega_lite_chart(
            spec=shown, alt=described(labels, alt), key=element, width="stretch", on_select=dropped
        )


def slider(
    build: Builder,
    labels: Labels,
    data: Mapping[str, pd.DataFrame],
    *,
    codes: Sequence[str],
    default: str,
    param: str,
    alt: Callable[[str], str],
    key: str,
    **options: Any,
) -> int:
    """Draw a chart with a slider of its own that moves in the browser; its place is in the URL.

    Parameters
    ----------
    build, labels, data, **options
        As in `pages.ui.chart.chart`; the builder binds a point selection over the field ``i`` to a range input.
    codes : sequence of str
        What each place of the slider is called in a link.
    default : str
        The code that stays out of the URL.
    param : str
        Name of the selection.
    alt : callable
        Gives what the picture shows for a code.
    key : str
        Session and URL name; the chart's element has a counter behind it.

    Returns
    -------
    int
        The place of the slider when it was last let go.
    """
    at = codes.index(controls.resolve(key, codes, default) or default)
    state = _element(key, specification_for(build, labels, options), at)
    element = state["key"]

    def let_go() -> None:
        chosen = st.session_state[element]["selection"].get(param) or []
        place = chosen[0].get("i") if chosen else None
        if isinstance(place, (int, float)) and 0 <= place < len(codes):
            state["now"] = int(place)
            st.session_state[key] = codes[int(place)]
            controls.write(key, codes[int(place)], default)

    spec = dict(state["spec"])
    spec["params"] = [
        {**p, "value": [{"i": state["origin"]}]} if p["name"] == param else p for p in spec["params"]
    ]
    spec["datasets"] = serialised(data)
    with st.container(key=f"slide_{key}", gap=None):
        st.vega_lite_chart(
            spec=spec, alt=described(labels, alt(codes[at])), key=element, width="stretch", on_select=let_go
        )
    controls.write(key, codes[at], default)
    return at


def _element(key: str, spec: dict[str, Any], now: Any = None) -> dict[str, Any]:
    """Give the state of a chart that the reader moves, with its element's key.

    It becomes a new element whenever the browser draws it from its specification (new language or theme; back on
    this page), so that nothing the reader moved there before counts; and when `now`, which is part of the
    specification, is not what the browser shows.
    """
    state: dict[str, Any] = st.session_state.setdefault(f"_{key}_state", {"turn": 0, "spec": None})
    if state.get("key") not in st.session_state or now != state["now"] or spec is not state["spec"]:
        turn = state["turn"] + 1
        state.update(turn=turn, key=f"{key}_{turn}", spec=spec, origin=now, now=now, boxes={})
    return state

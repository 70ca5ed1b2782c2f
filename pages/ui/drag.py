"""Points that the reader drags in a chart, with number inputs that say the same.

A handle is a small Vega interval brush that can be moved but not drawn: the browser looks everything else up in
tables that reglib computed, so nothing reaches the server before release. On release the handle's place is
written into the number inputs; typing there (or a link, or a preset) moves the handle by building the chart's
element anew.

A finger on a handle must not scroll the page, a finger beside it must. Browsers heed CSS `touch-action` only on
the whole drawing, so a listener on the page keeps the default away from handles alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from pages.ui import controls, markup
from pages.ui.chart import Builder, look, serialised, specification
from pages.ui.text import Labels

_TOUCH = """<script>
if (!window.reglabHandles) {
  window.reglabHandles = (touch) => {
    if (touch.target.closest?.('[class*="st-key-drag_"] [class*="_brush"]')) touch.preventDefault();
  };
  document.addEventListener("touchstart", window.reglabHandles, { passive: false });
}
</script>"""


def chart(
    build: Builder,
    labels: Labels,
    data: Mapping[str, pd.DataFrame],
    *,
    handles: Mapping[str, tuple[str, str]],
    snap: Callable[[str, float, float], tuple[float, float]],
    reach: tuple[float, float],
    alt: str,
    key: str,
    **options: Any,
) -> None:
    """Draw a chart whose handles and number inputs follow each other.

    Parameters
    ----------
    build, labels, data, alt, **options
        As in `pages.ui.chart.chart`; the builder adds `pages.charts.handles.handle` for every handle.
    handles : mapping of str to (str, str)
        Name of each handle and the session keys of its x and y input. The inputs are drawn before the chart.
    snap : callable
        ``(handle, x, y) -> (x, y)``: the nearest place the inputs accept, the same as the chart's own rounding.
    reach : (float, float)
        Half the width and height of a handle in data units.
    key : str
        Identity of the chart; its element's key has a counter behind it.
    """
    places = {
        name: (float(st.session_state[x]), float(st.session_state[y])) for name, (x, y) in handles.items()
    }
    state = _element(key, specification(build, labels, look(), tuple(sorted(options.items()))), places)
    element = state["key"]

    def dropped() -> None:
        selection = st.session_state[element]["selection"]
        for name, (x, y) in handles.items():
            box = selection.get(name) or {}
            if "x" in box and "y" in box:
                place = snap(name, sum(box["x"]) / 2, sum(box["y"]) / 2)
                st.session_state[x], st.session_state[y] = (
                    type(st.session_state[x])(place[0]),
                    type(st.session_state[y])(place[1]),
                )
                state["now"] = {**state["now"], name: (float(place[0]), float(place[1]))}

    spec = _placed(state["spec"], state["origin"], reach)
    spec["datasets"] = serialised(data)
    with st.container(key=f"drag_{key}", gap=None):
        st.html(_TOUCH, unsafe_allow_javascript=True)
        st.vega_lite_chart(
            spec=spec, alt=_described(labels, alt), key=element, width="stretch", on_select=dropped
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
    state = _element(key, specification(build, labels, look(), tuple(sorted(options.items()))), at)
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
            spec=spec, alt=_described(labels, alt(codes[at])), key=element, width="stretch", on_select=let_go
        )
    controls.write(key, codes[at], default)
    return at


def _described(labels: Labels, alt: str) -> str:
    """Say the numbers in a live region if the chart has a description of its own, which is returned."""
    if "about" not in labels:
        return alt
    markup.say(alt)
    return labels["about"]


def _element(key: str, spec: dict[str, Any], now: Any) -> dict[str, Any]:
    """Give the state of a chart that the reader moves: its element's key, and where it was when drawn.

    It becomes a new element when it must show another place than the browser does: after typing, a link or a
    preset, and whenever the browser draws it from its specification (new language or theme; back on this page).
    """
    state: dict[str, Any] = st.session_state.setdefault(f"_{key}_state", {"turn": 0, "spec": None})
    drawn = state.get("key") in st.session_state
    if not drawn or now != state["now"] or spec is not state["spec"]:
        turn = state["turn"] + 1
        state.update(turn=turn, key=f"{key}_{turn}", spec=spec, origin=now, now=now)
    return state


def _placed(
    spec: Mapping[str, Any], origin: Mapping[str, tuple[float, float]], reach: tuple[float, float]
) -> dict[str, Any]:
    """Copy a specification with every handle's box around its place."""
    placed = dict(spec)
    placed["params"] = [
        {
            **param,
            "value": {
                axis: [at - half, at + half]
                for axis, at, half in zip("xy", origin[param["name"]], reach, strict=True)
            },
        }
        if param["name"] in origin
        else param
        for param in spec.get("params", [])
    ]
    return placed

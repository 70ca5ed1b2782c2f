"""Draw a chart: its specification is built once per language, theme and size; a rerun sends only data.

Building and serialising an Altair chart costs 40 to 100 ms, sending data about one. A specification that does
not change also lets the browser update the picture in place instead of drawing it anew.
"""

from __future__ import annotations

import copy
import weakref
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import streamlit as st
from streamlit.dataframe_util import convert_arrow_table_to_arrow_bytes

from pages.charts.theme import Look, built
from pages.ui import markup
from pages.ui.text import Labels

Builder = Callable[..., Any]
_AUDIENCE = "_audience"
_OWN = 8  # most specifications with a reader's own words
_SERIALISED: dict[int, tuple[weakref.ref[pd.DataFrame], bytes]] = {}  # by id, for as long as the frame lives


def look() -> Look:
    """Give this reader's theme and text size."""
    scale, height = st.session_state.get(_AUDIENCE, (1.0, 0))
    return Look(dark=st.context.theme.type == "dark", scale=scale, height=height)


def set_audience(scale: float, height: int) -> None:
    """Set the factor on chart text and the height of charts for this visit (presenting uses it)."""
    st.session_state[_AUDIENCE] = (scale, height)


def chart(
    build: Builder,
    labels: Labels,
    data: Mapping[str, pd.DataFrame],
    *,
    alt: str,
    key: str,
    about: str = "",
    on_select: Callable[[], None] | None = None,
    **options: Any,
) -> Any:
    """Draw ``build(labels, look, **options)`` over named data.

    Parameters
    ----------
    build : callable
        A function of pages.charts: ``(labels, look, **options) -> alt.Chart`` whose data are ``alt.NamedData``.
    labels : Labels
        The chart's words.
    data : mapping of str to DataFrame
        What each ``alt.NamedData`` name stands for.
    alt : str
        What the picture shows, with its numbers, for a screen reader: see `described`.
    key : str
        Identity of the chart on its page.
    about : str, optional
        What the picture is of, whatever its numbers, where several share their labels: see `described`.
    on_select : callable, optional
        Called after the reader's selection changed; the selection is in ``st.session_state[key]``.
    **options
        Hashable options of the builder (fixed domains, sizes). A new value builds a new specification.

    Returns
    -------
    The element, or with `on_select` its selection state.
    """
    spec = copy.copy(specification_for(build, labels, options))
    spec["datasets"] = serialised(data)
    selecting: Any = "ignore" if on_select is None else on_select
    with st.container(key=f"picture_{key}"):  # so that the tour can find it
        return st.vega_lite_chart(
            spec=spec, alt=described(labels, alt, about), key=key, width="stretch", on_select=selecting
        )


def described(labels: Labels, alt: str, about: str = "") -> str:
    """Give a chart's name for screen readers.

    Streamlit puts it into the specification, and a changed specification is drawn anew, which takes three times as
    long. A chart of which is said, here or in its labels, what it is `about` keeps that name; its numbers are said in
    a status line, unless another chart's say the same (`alt` is empty).
    """
    if not about and "about" not in labels:
        return alt
    if alt:
        markup.say(alt)
    return about or labels["about"]


def specification_for(
    build: Builder, labels: Labels, options: Mapping[str, Any], *, private: bool = False
) -> dict[str, Any]:
    """Give a chart's specification for this reader; one with words of their own is kept for this visit alone."""
    asked = (build, labels, look(), tuple(sorted(options.items())))
    if not private:
        return specification(*asked)
    mine: dict[Any, dict[str, Any]] = st.session_state.setdefault("_own_specifications", {})
    if asked not in mine:
        while len(mine) >= _OWN:
            mine.pop(next(iter(mine)))
        mine[asked] = built(build, labels, asked[2], **options)
    return mine[asked]


@lru_cache(maxsize=256)
def specification(
    build: Builder, labels: Labels, look: Look, options: tuple[tuple[str, Any], ...] = ()
) -> dict[str, Any]:
    """Build a chart's specification once; callers must not change what they get."""
    return built(build, labels, look, **dict(options))


def serialised(data: Mapping[str, pd.DataFrame]) -> dict[str, bytes]:
    """Give frames as Streamlit sends them, each serialised once for as long as the frame lives.

    Pages profit by handing in the same frame again (``st.cache_resource``; ``st.cache_data`` gives a copy), which
    nobody may then change.
    """
    return {name: _kept(frame) for name, frame in data.items()}


def arrow(table: pd.DataFrame | Mapping[str, Any]) -> bytes:
    """Write columns as Streamlit sends them, without a frame's index.

    Streamlit's own way from a frame, over pandas' description of it, takes ten times as long: a third to a half of
    an answer.
    """
    columns = {str(name): pa.array(np.asarray(values), from_pandas=True) for name, values in table.items()}
    return bytes(convert_arrow_table_to_arrow_bytes(pa.table(columns)))


def _kept(frame: pd.DataFrame) -> bytes:
    key = id(frame)
    kept = _SERIALISED.get(key)
    if kept is not None and kept[0]() is frame:
        return kept[1]
    data = arrow(frame)
    _SERIALISED[key] = (weakref.ref(frame, lambda _: _SERIALISED.pop(key, None)), data)
    return data

"""A chart that the reader moves over in the browser and clicks on to keep a place."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from pages.ui import markup
from pages.ui.chart import Builder, arrow, specification_for
from pages.ui.text import Labels

Columns = Mapping[str, Any]


def sent(tables: Mapping[str, Columns]) -> dict[str, bytes]:
    """Write tables as Streamlit sends them."""
    return {name: arrow(table) for name, table in tables.items()}


def chart(
    build: Builder,
    labels: Labels,
    data: Mapping[str, bytes],
    *,
    kept: Callable[[dict[str, Any]], None],
    alt: str,
    says: str,
    key: str,
    private: bool = False,
    **options: Any,
) -> None:
    """Draw a chart of `pages.charts` whose selection ``keep`` is a click; ``hover`` stays in the browser.

    Streamlit puts `alt` into the specification, and a changed specification is drawn anew, with a flash. So
    `alt` stays the same, and the numbers are said in a status line for screen readers.

    Parameters
    ----------
    kept : callable
        Called with the fields of what was clicked on.
    alt : str
        What kind of picture it is, whatever its numbers.
    says : str
        What the picture shows now, with its numbers; announced by a screen reader when it changes.
    data : mapping of str to bytes
        What `sent` gave.
    private : bool
        Whether the options hold the reader's own words.
    build, labels, key, **options
        As in `pages.ui.chart.chart`.
    """

    def clicked() -> None:
        points = st.session_state[key]["selection"].get("keep") or []
        if points:
            kept(points[0])

    spec = {**specification_for(build, labels, options, private=private)}
    spec["datasets"] = data
    st.vega_lite_chart(spec=spec, alt=alt, key=key, width="stretch", on_select=clicked, selection_mode="keep")
    markup.say(says)

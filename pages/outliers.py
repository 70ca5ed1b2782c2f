"""Outliers: the L1 line ignores a point that is far off in y, the L2 line follows it, neither survives leverage."""

from collections.abc import Callable

import streamlit as st

from pages.sections.outliers import gradient, leverage, main, points, predictions, shares, stable, warmup
from pages.ui import problems, shell
from pages.ui.section import is_open, section
from pages.ui.text import Text
from reglib.errors import ReglibError

ABOUT_THE_POINTS = {"shares": shares.show, "leverage": leverage.show, "gradient": gradient.show}

text = shell.begin("outliers")
st.title(text("title"), anchor=False)
st.markdown(text.prose("question"))


def main_view() -> points.Points | None:
    """Draw the main view; give the points as the reader has set them, if there are any."""
    left, right = st.columns([2, 5])
    with left:
        chosen = points.choose(text)
    if chosen is not None:
        with left:
            main.take(text, chosen, "view", chosen.place)
        with right:
            main.show(text, chosen)
            st.caption(text.prose(f"data_{chosen.data}"))
        predictions.show(text, chosen)
    return chosen


def of_points(show: Callable[[Text, points.Points], None], chosen: points.Points | None) -> None:
    """Draw a section about the points of the main view, or say what is wrong with them."""
    if chosen is None:
        st.caption(text("main.no_points"))
        return
    try:
        show(text, chosen)
    except ReglibError as error:
        problems.show(text, error)


# The main view's controls run it alone, unless a section below shows its points; a section's run that alone.
shown_below = any(is_open("outliers", name) for name in ABOUT_THE_POINTS)
chosen = main_view() if shown_below else st.fragment(main_view)()
if (box := section(text, "warmup")).open:
    with box:
        warmup.show(text)
for name, show in ABOUT_THE_POINTS.items():
    if (box := section(text, name)).open:
        with box:
            st.fragment(of_points)(show, chosen)
if (box := section(text, "stable")).open:
    with box:
        st.fragment(stable.show)(text)

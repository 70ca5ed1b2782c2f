"""Distance: the way along the blocks (L1) against the straight line (L2), and the penalty that each becomes."""

import streamlit as st

from pages.sections.distance import ball, grid, norm, routes
from pages.ui import shell
from pages.ui.section import section

text = shell.begin("distance")
st.title(text("title"))
st.markdown(text.prose("question"))


@st.fragment
def main_view() -> None:
    """Draw the grid; its controls run it alone, unless other routes have to be drawn below."""
    grid.show(text)
    if routes.outdated(grid.ends()):
        st.rerun()


routes.forget()
main_view()
if (box := section(text, "routes")).open:
    with box:
        routes.show(text, *grid.ends())
if (box := section(text, "norm")).open:
    with box:
        norm.show(text)
if (box := section(text, "ball")).open:
    with box:
        ball.show(text)

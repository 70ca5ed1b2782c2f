"""Distance: the way along the blocks (L1) against the straight line (L2), and the penalty that each becomes."""

import streamlit as st

from pages.sections.distance import ball, grid, norm, routes
from pages.ui import shell
from pages.ui.section import is_open, section

text = shell.begin("distance")
st.title(text("title"), anchor=False)
st.markdown(text.prose("question", **grid.ENDS))


# The grid's controls run it alone, unless the section below shows its points; a section's run that alone.
if is_open("distance", "routes"):
    grid.show(text)
else:
    st.fragment(grid.show)(text)
if (box := section(text, "routes")).open:
    with box:
        routes.show(text, *grid.ends())
if (box := section(text, "norm")).open:
    with box:
        norm.show(text)
if (box := section(text, "ball")).open:
    with box:
        ball.show(text)

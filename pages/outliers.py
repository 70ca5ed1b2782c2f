"""Outliers: the L1 line ignores a point that is far off in y, the L2 line follows it, neither survives leverage."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from pages.sections.outliers import gradient, leverage, main, points, predictions, shares, stable, warmup
from pages.ui import problems, shell
from pages.ui.section import section
from reglib.errors import ReglibError

text = shell.begin("outliers")
st.title(text("title"))
st.markdown(text.prose("question"))

left, right = st.columns([2, 5])
with left:
    chosen = points.choose(text)

sections: dict[str, Callable[[], None]] = {"warmup": partial(warmup.show, text)}
if chosen is not None:
    with left:
        main.take(text, chosen, "view", chosen.place)
    with right:
        now = main.show(text, chosen)
    st.markdown(main.seen(text, chosen, now))
    st.caption(text.prose(f"data_{chosen.data}"))
    predictions.show(text, chosen)
    sections |= {
        "shares": partial(shares.show, text, chosen),
        "leverage": partial(leverage.show, text, chosen),
        "gradient": partial(gradient.show, text, chosen),
    }
sections["stable"] = partial(stable.show, text)

for name, show in sections.items():
    if (box := section(text, name)).open:
        with box:
            try:
                show()
            except ReglibError as error:
                problems.show(text, error)

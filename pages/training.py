"""Training: the same network under no penalty, L1 and L2, from the same start on the same batches."""

from functools import partial

import streamlit as st

from pages.sections.training import inputs, own, settings, step, strength, trainer, views, weights
from pages.ui import problems, shell
from pages.ui.section import section
from reglib.errors import ReglibError

ABOUT_THE_RUN = {"step", "weights", "strength"}

text = shell.begin("training")
st.title(text("title"), anchor=False)
st.markdown(text.prose("question"))
if "training_ask" in st.session_state:  # also kept for the next run, should a click cut this one short
    st.session_state["training_wish"] = st.session_state.pop("training_ask")
if (said := st.session_state.pop(settings.SAID, None)) is not None:
    st.toast(said)

left, right = st.columns([1, 3.3], gap="medium")
with left:
    settings.alone(trainer.column, text)
with right, st.container(gap="xsmall", key="training_pictures"):
    view, place = views.head(text)
    try:
        if st.session_state.get(settings.GONE) and not st.session_state.get("training_edited"):
            st.caption(text("main.own_gone"))
        trainer.train(text, settings.current(), place, partial(views.watch, text))
    except ReglibError as error:
        problems.show(text, error)
    shown = trainer.shown()
    if shown is not None:
        views.show(text, shown, view, place)

for name, draw in (
    ("step", partial(settings.alone, step.show)),
    ("weights", partial(settings.alone, weights.show)),
    ("strength", strength.show),
    ("inputs", inputs.show),
    ("own", own.show),
):
    if (box := section(text, name)).open:
        with box:
            if shown is None and name in ABOUT_THE_RUN:
                st.caption(text("link.first"))
            else:
                draw(text)

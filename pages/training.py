"""Training: the same network under no penalty, L1 and L2, from the same start on the same batches."""

import streamlit as st

from pages.sections.training import inputs, own, settings, step, strength, trainer, views, weights
from pages.ui import problems, shell
from pages.ui.section import section
from reglib.errors import ReglibError

text = shell.begin("training")
st.title(text("title"))
st.markdown(text.prose("question"))

left, right = st.columns([1, 3.3], gap="medium")
with left, st.container(gap="xsmall"):
    setup = settings.show(text)
    buttons = st.container(gap="xsmall")
with right, st.container(gap="xsmall"):
    try:
        trainer.train(text, setup)
    except ReglibError as error:
        problems.show(text, error)
    shown = trainer.shown()
    if shown is not None:
        views.show(text, shown)
with buttons:
    settings.buttons(
        text,
        changed=shown is not None and shown.asked != setup,
        can_continue=shown is not None and setup.continues(shown.race.setup),
        epoch=None if shown is None else int(shown.race.epochs[trainer.paused(shown)]),
    )

for name, draw in (
    ("step", step.show),
    ("weights", weights.show),
    ("strength", strength.show),
    ("inputs", inputs.show),
    ("own", own.show),
):
    if (box := section(text, name)).open:
        with box:
            draw(text)

"""Home: what the post says, in two corrected sentences, and the way into the four lessons."""

import streamlit as st

from pages.sections.home import cards, classroom, court
from pages.ui import links, shell, tour
from pages.ui.section import section

SENTENCES = (  # what the post wants remembered, and the page state that shows it
    ("first", "overfitting", {"overfitting_lambda": True}),
    ("second", "training", {"training_weights": True}),
)

text = shell.begin("home")
st.title(text("title"), anchor=False)
st.markdown(text.prose("lead"))
with st.container(key="home_two"):
    for sentence, lesson, state in SENTENCES:
        words, way = st.columns([5, 1], vertical_alignment="center")
        words.markdown(text.prose(sentence))
        with way:
            links.go(lesson, text.lang, text(f"two.{sentence}_link"), state)
cards.show(text)
st.markdown(text("class.start"))
with st.container(horizontal=True, vertical_alignment="center"):
    tour.start(text)
    cards.take(text)
if (box := section(text, "class")).open:
    with box:
        classroom.show(text)
if (box := section(text, "court")).open:
    with box:
        court.show(text)

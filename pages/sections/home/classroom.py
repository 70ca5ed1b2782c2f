"""For a teacher: a path of 15 minutes through each lesson, and three exercises with answers shown when asked for."""

from __future__ import annotations

import streamlit as st

from pages.ui import controls, links
from pages.ui.text import Text


def show(text: Text) -> None:
    """Show the path and the exercises of the lesson chosen."""
    names = {lesson: Text(text.lang, lesson)("nav") for lesson in links.LESSONS}
    lesson = controls.choice(text("class.lesson"), names, key="home_lesson", default=links.LESSONS[0])
    st.markdown(text.prose(f"path_{lesson}"))
    links.go(lesson, text.lang, text("class.open"))
    st.markdown(f"**{text('class.exercises')}**")
    for number in (1, 2, 3):
        st.markdown(f"{number}. {text.prose(f'exercise_{lesson}_{number}')}")
        if st.toggle(text("class.answer"), key=f"home_answer_{lesson}_{number}", bind="query-params"):
            st.info(text.prose(f"answer_{lesson}_{number}"))

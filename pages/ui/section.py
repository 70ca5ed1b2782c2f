"""A section below a lesson's main view: closed until asked for, and only computed while open."""

from __future__ import annotations

from typing import Any

import streamlit as st

from pages.ui.text import Text


def section(text: Text, name: str) -> Any:
    """Draw the expander of a section; use it as ``if (box := section(text, "paths")).open: with box: …``.

    Its title is the label ``<name>.title``; whether it is open is in the URL as ``<lesson>_<name>``.
    """
    return st.expander(text(f"{name}.title"), key=f"{text.lesson}_{name}", bind="query-params")


def is_open(lesson: str, name: str) -> bool:
    """Say whether a section is open before it is drawn."""
    key = f"{lesson}_{name}"
    return bool(st.session_state.get(key, st.query_params.get(key, "").lower() == "true"))

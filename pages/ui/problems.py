"""Typed errors and notes of reglib as sentences in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from pages.ui.text import Text, escape
from reglib.errors import ReglibError


def sentence(text: Text, code: str, params: Mapping[str, object], table: str = "errors") -> str:
    """Word a code of reglib; what the reader typed (names, cells) is made harmless.

    Parameters
    ----------
    code, params
        As in `reglib.errors.ReglibError`, or a note of `reglib.tables`.
    table : {"errors", "notes"}
        Where among the common labels the sentence stands.

    Returns
    -------
    str
        A code without a sentence of its own, or raised without the values that its sentence names, gets the
        general one: an error about an error would leave the reader with nothing.
    """
    safe = {
        name: escape(value)
        if isinstance(value, str)
        else ", ".join(escape(str(item)) for item in value)
        if isinstance(value, (list, tuple))
        else value
        for name, value in params.items()
    }
    try:
        return text(f"{table}.{code}", **safe)
    except KeyError:
        return text("errors.other", code=escape(code))


def show(text: Text, error: ReglibError) -> None:
    """Say what is wrong where the reader is looking, and let the page go on."""
    st.error(sentence(text, error.code, error.params), icon=None)

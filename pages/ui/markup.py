"""The few pieces of HTML that Streamlit has no element for. Every word in them is escaped here."""

from __future__ import annotations

import html
from collections.abc import Iterable

import streamlit as st

_MARKS = {
    "area": "width:12px;height:12px;opacity:0.55;background:{0}",
    "dotted": "width:22px;border-top:3px dotted {0}",
    "dashed": "width:22px;border-top:3px dashed {0}",
    "rule": "height:14px;border-left:2px solid {0}",
    "change": "height:14px;border-left:2px dotted {0}",
}


def say(words: str) -> None:
    """Say something to a screen reader alone, which reads it out when it changes."""
    st.html(f'<p class="reglab-said" role="status">{html.escape(words)}</p>')


def legend(rows: Iterable[tuple[str, str, str]]) -> None:
    """Draw one legend for charts that stand side by side: words, shape (of `_MARKS`) and colour of each mark."""
    items = "".join(
        f'<span><i style="{_MARKS[shape].format(html.escape(color, quote=True))}"></i>{html.escape(words)}</span>'
        for words, shape, color in rows
    )
    st.html(f'<div class="reglab-legend">{items}</div>')


def statements(rows: Iterable[tuple[str, str, str, str]]) -> None:
    """List what somebody says with an answer to each: statement, answer, link (HTML of `links.anchor`), more."""
    items = "".join(
        f"<li><em>{html.escape(statement)}</em><br>{html.escape(answer)} {link}{html.escape(more)}</li>"
        for statement, answer, link, more in rows
    )
    st.html(f'<ol class="reglab-statements">{items}</ol>')

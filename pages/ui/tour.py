"""The tour: the post in about twenty steps for an audience, one idea and one picture each.

The steps are data (pages/text/tour.toml): a page, its state, which of its elements stay on the screen, one sentence
in each language, a note for the presenter, and the number to look for. The step is in the address as ``?present=7``
with the page's state behind it, so that a lost connection or a reload comes back to the same picture.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import streamlit as st

from pages.ui import links
from pages.ui.text import FOLDER, Text

TEXT_SCALE = 1.25  # of chart text while presenting; the picture as a whole grows to fill the screen

_KEYS = """
if (!window.reglabKeys) {
  window.reglabKeys = true;
  document.addEventListener('keydown', event => {
    const way = {ArrowRight: 'next', PageDown: 'next', ArrowLeft: 'back', PageUp: 'back'}[event.key];
    if (!way || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
    const busy = 'input, textarea, select, [role=slider], [role=radiogroup]';
    if (event.target.closest && event.target.closest(busy)) return;
    const link = document.querySelector('a.reglab-' + way);
    if (link) { event.preventDefault(); link.click(); }
  });
}
"""

# What is shown grows or shrinks until it fills the room between the sentence and the bar: nothing to scroll.
_FIT = """
window.reglabShown = SELECTOR;
if (!window.reglabFit) {
  window.reglabFit = setInterval(() => {
    const bar = document.querySelector('.st-key-tour_bar');
    if (!bar) return;
    const all = [...document.querySelectorAll(window.reglabShown)].filter(e => e.offsetHeight > 0);
    if (!all.length) return;
    const top = Math.min(...all.map(e => e.getBoundingClientRect().top));
    const used = Math.max(...all.map(e => e.getBoundingClientRect().bottom)) - top;
    const room = bar.getBoundingClientRect().top - top - 24;
    const root = document.documentElement.style;
    const now = parseFloat(root.getPropertyValue('--reglab-zoom')) || 1;
    const next = Math.min(2.4, Math.max(0.4, now * room / used));
    if (room > 0 && used > 40 && Math.abs(next / now - 1) > 0.04) root.setProperty('--reglab-zoom', next.toFixed(3));
  }, 250);
}
"""


@dataclass(frozen=True)
class Step:
    """One step of the tour.

    Attributes
    ----------
    name : str
        Language-neutral id.
    page : str
        The page's file stem.
    show : tuple of str
        Keys of the page's elements and containers that stay on the screen; none means the whole page.
    number : str
        The figure to look for; a test finds it on the page.
    say, note : dict of str to str
        The sentence on the screen and the presenter's note, by language.
    state : dict
        Values of the page's controls.
    width : int
        Share of the screen's width that a picture gets, in percent; below 100 for one whose height follows it.
    """

    name: str
    page: str
    show: tuple[str, ...]
    number: str
    say: dict[str, str]
    note: dict[str, str]
    state: dict[str, Any] = field(hash=False)
    width: int = 100


@lru_cache(maxsize=1)
def steps() -> tuple[Step, ...]:
    """Give the steps in order."""
    found = tomllib.loads((FOLDER / "tour.toml").read_text(encoding="utf-8"))["step"]
    return tuple(Step(**{**step, "show": tuple(step["show"])}) for step in found)


def current() -> int | None:
    """Give the number of the step being presented, from 1; ``None`` outside the tour."""
    words = st.query_params.get("present", "")
    number = int(words) if words.isascii() and words.isdigit() and len(words) < 4 else 0
    return number if 1 <= number <= len(steps()) else None


def link(number: int, text: Text, label: str, name: str = "") -> str:
    """Give the HTML of a link to a step."""
    step = steps()[number - 1]
    return links.anchor(step.page, text.lang, label, {**step.state, "present": number}, name)


def begin(text: Text) -> bool:
    """While presenting, show the step's sentence and its bar; say whether this is a step.

    On another page than the step's (``/?present=7``, typed) the reader is sent on to it.
    """
    number = current()
    if number is None:
        return False
    step = steps()[number - 1]
    if step.page != text.lesson:
        st.html(link(number, text, text("tour.open"), "reglab-now"), width="content")
        _script("document.querySelector('a.reglab-now')?.click();")
        st.stop()
    st.html(f"<style>{_css(step.show, step.width)}</style>")
    _script(_KEYS + _FIT.replace("SELECTOR", repr(_selector(step.show))))
    with st.container(key="tour"):
        st.markdown(f"## {step.say[text.lang]}")
    with st.bottom, st.container(key="tour_bar", horizontal=True, vertical_alignment="center"):
        if number > 1:
            st.html(link(number - 1, text, text("tour.back"), "reglab-back"), width="content")
        with st.popover(text("tour.at", number=number, total=len(steps()))):
            every = "".join(
                f"<li>{link(i, text, other.say[text.lang])}</li>" for i, other in enumerate(steps(), start=1)
            )
            st.html(f"<ol>{every}</ol>")
        with st.popover(text("tour.note")):
            st.markdown(step.note[text.lang])
        st.html(links.anchor(text.lesson, text.lang, text("tour.end"), step.state), width="content")
        if number < len(steps()):
            st.html(link(number + 1, text, text("tour.next"), "reglab-next"), width="content")
    return True


def _script(code: str) -> None:
    st.html(f"<script>{code}</script>", unsafe_allow_javascript=True, width="content")


@lru_cache(maxsize=64)
def _css(show: tuple[str, ...], width: int) -> str:
    """Large type, and only the step's elements; keys are ours, from the tour's file."""
    css = (FOLDER.parent / "ui" / "tour.css").read_text(encoding="utf-8")
    if not show:
        return css
    fitted = "zoom: var(--reglab-zoom, 1); width: calc(100% / var(--reglab-zoom, 1)); max-width: none;"
    kept = ", ".join(f".st-key-{key}, .st-key-{key} *" for key in (*show, "tour"))
    holds = ", ".join(f".st-key-{key}" for key in (*show, "tour"))
    main = '[data-testid="stMainBlockContainer"]'
    return (
        f"{css}\n"
        f'{main} [data-testid="stElementContainer"]:not({kept}) {{ display: none; }}\n'
        f'{main} :is([data-testid="stLayoutWrapper"], [data-testid="stColumn"]):not({kept}):not(:has({holds}))'
        " { display: none; }\n"
        f'{main} [data-testid="stColumn"]:has({holds}) {{ flex: 1 1 100%; min-width: 100%; }}\n'
        # Streamlit measures a chart's room on the screen and draws it in zoomed pixels: hence the division.
        f"{_selector(show)} {{ {fitted if width == 100 else f'max-width: {width}%; margin-inline: auto;'} }}\n"
    )


def _selector(show: tuple[str, ...]) -> str:
    return f":is({', '.join(f'.st-key-{key}' for key in show)})"

"""The tour: the post in about twenty steps for an audience, one idea and one picture each.

The steps are data (pages/text/tour.toml): a page, its state, which of its elements stay on the screen, one sentence
in each language, a headline with numbers, and a note for the presenter. The numbers are those that the page itself
computes and says. The step is in the address as ``?present=7`` with the page's state behind it, so that a lost
connection or a reload comes back to the same picture.
"""

from __future__ import annotations

import tomllib
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import streamlit as st

from pages.ui import links
from pages.ui.chart import set_audience
from pages.ui.text import FOLDER, Text, fill

TEXT_SCALE = 1.25  # of chart text while presenting; the picture as a whole grows to fill the screen

# A presenter's clicker sends PageUp and PageDown, which always turn the page. Arrows leave a control alone that was
# reached by Tab; one that was clicked or dragged gives them back.
_KEYS = """
if (!window.reglabKeys) {
  window.reglabKeys = true;
  let pointed = false;
  window.addEventListener('pointerdown', () => { pointed = true; }, true);
  window.addEventListener('keydown', event => {
    if (event.key === 'Tab') pointed = false;
    const bar = document.querySelector('.st-key-tour_bar');
    if (!bar || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
    const at = event.composedPath()[0], within = what => at.closest && at.closest(what);
    const typing = within('textarea, [contenteditable=true], input:not([type=range], [type=checkbox], [type=radio])');
    const page = {PageDown: 'next', PageUp: 'back'}[event.key];
    const arrow = {ArrowRight: 'next', ArrowLeft: 'back'}[event.key];
    const list = {KeyJ: 'tour_list', KeyN: 'tour_note'}[event.code];
    const taken = within('input, [role=slider], [role=radiogroup], .bar, .player') && !pointed;
    if ((!page && typing) || (arrow && taken)) return;
    const found = list ? bar.querySelector(`.st-key-${list} button`)
      : bar.querySelector('a.reglab-' + (page || arrow));
    if (!found) return;
    event.preventDefault();
    event.stopPropagation();
    found.click();
    if (list === 'tour_list') setTimeout(() => document.querySelector('a.reglab-here')?.focus(), 300);
  }, true);
}
"""

# What is shown grows or shrinks until it fills the room between the sentence and the bar: nothing to scroll. A
# picture whose height follows its width has its size in CSS instead, and its type follows the screen.
_FIT = """
window.reglabShown = SELECTOR;
if (!window.reglabFit) {
  let about = '', ceiling = Infinity, before = 0;
  window.reglabFit = () => {
    const narrow = innerWidth <= 640; // a phone: its width is what is short
    const root = document.documentElement.style, tall = narrow ? 0.8 : innerHeight / 720;
    root.setProperty('--reglab-type', tall.toFixed(3));
    const bar = document.querySelector('.st-key-tour_bar');
    if (!bar || !window.reglabShown) return;
    const all = [...document.querySelectorAll(window.reglabShown)].filter(e => e.offsetHeight > 0);
    if (!all.length) return;
    const top = Math.min(...all.map(e => e.getBoundingClientRect().top));
    const used = Math.max(...all.map(e => e.getBoundingClientRect().bottom)) - top;
    const room = bar.getBoundingClientRect().top - top - 20 * tall;
    const now = parseFloat(root.getPropertyValue('--reglab-zoom')) || 1;
    // What is still being drawn is not measured.
    const still = Math.abs(used - before) < 1;
    before = used;
    if (!still) return;
    // A line that wraps makes what is larger too tall: a size that was too tall, with all there, is not tried again.
    const whole = document.querySelector('[data-testid="stApp"]')?.dataset.testScriptState === 'notRunning';
    const same = [window.reglabShown, innerWidth, innerHeight, document.documentElement.lang].join();
    if (same !== about || used < 0.8 * room) ceiling = Infinity;
    about = same;
    if (used > room && whole) ceiling = Math.min(ceiling, now);
    const fits = now * (used > room ? room / used : Math.sqrt(room / used));
    const next = Math.max(0.4, Math.min(fits, narrow ? 0.8 : 2 * tall, 0.97 * ceiling));
    if (room > 0 && used > 40 && (used > room || next / now > 1.02)) {
      root.setProperty('--reglab-zoom', next.toFixed(3));
    }
  };
  window.reglabFit();
  setInterval(window.reglabFit, 120);
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
        Keys of the page's elements and containers that stay on the screen.
    says : tuple of str
        Keys of the page's own words that the headline takes its numbers from.
    number : str
        A figure in the headline, which a test looks for.
    say, figure, note : dict of str to str
        The sentence on the screen, its headline with placeholders, and the presenter's note, by language.
    state : dict
        Values of the page's controls.
    height : int
        Height of the charts' panels together; 0 leaves them their own.
    square : float
        For a picture whose height follows its width: its width as a multiple of the room's height; else 0.
    """

    name: str
    page: str
    show: tuple[str, ...]
    says: tuple[str, ...]
    number: str
    say: dict[str, str]
    figure: dict[str, str]
    note: dict[str, str]
    state: dict[str, Any] = field(hash=False)
    height: int = 0
    square: float = 0.0


class Presented(Text):
    """A page's words during a step: what it says fills the step's headline with numbers."""

    def __init__(self, text: Text, step: Step, headline: Any) -> None:
        super().__init__(text.lang, text.lesson)
        self._step, self._headline = step, headline
        self._values: dict[str, object] = {}

    def __call__(self, key: str, /, **values: object) -> str:
        self._note(key, values)
        return super().__call__(key, **values)

    def prose(self, section: str, /, **values: object) -> str:
        self._note(section, values)
        return super().prose(section, **values)

    def _note(self, key: str, values: dict[str, object]) -> None:
        if key in self._step.says:
            self._values |= values
            with suppress(KeyError):  # the rest is said further down the page
                self._headline.markdown(fill(self._step.figure[self.lang], self._values))


@lru_cache(maxsize=1)
def steps() -> tuple[Step, ...]:
    """Give the steps in order."""
    found = tomllib.loads((FOLDER / "tour.toml").read_text(encoding="utf-8"))["step"]
    listed = ("show", "says")
    return tuple(Step(**{**step, **{name: tuple(step[name]) for name in listed}}) for step in found)


def current() -> int | None:
    """Give the number of the step being presented, from 1; ``None`` outside the tour."""
    words = st.query_params.get("present", "")
    number = int(words) if words.isascii() and words.isdigit() and len(words) < 4 else 0
    return number if 1 <= number <= len(steps()) else None


def link(number: int, text: Text, label: str, name: str = "") -> str:
    """Give the HTML of a link to a step."""
    step = steps()[number - 1]
    return links.anchor(step.page, text.lang, label, {**step.state, "present": number}, name)


def start(text: Text) -> None:
    """Draw the way into the tour."""
    st.html(link(1, text, text("tour.start"), "reglab-button"))


def begin(text: Text) -> Text:
    """While presenting, show the step's sentence and its bar; give the words that the page is to say.

    On another page than the step's (``/?present=7``, typed) the reader is sent on to it.
    """
    number = current()
    if number is None:
        set_audience(1.0, 0)
        return text
    step = steps()[number - 1]
    set_audience(TEXT_SCALE, step.height)
    if step.page != text.lesson:
        st.html(link(number, text, text("tour.open"), "reglab-now"), width="content")
        # In place of this address: Back would otherwise come to it and be sent on again.
        _script("{const a = document.querySelector('a.reglab-now'); if (a) window.reglabGo(a.href, true);}")
        st.stop()
    st.html(f"<style>{_css(step.show, step.square)}</style>")
    _script(_KEYS + _FIT.replace("SELECTOR", repr("" if step.square else _selector(step.show))))
    with st.container(key="tour", gap=None):
        st.markdown(f"## {step.say[text.lang]}")
        headline = st.empty()
    with st.bottom, st.container(key="tour_bar", horizontal=True, vertical_alignment="center"):
        if number > 1:
            st.html(link(number - 1, text, text("tour.back"), "reglab-back"), width="content")
        with st.popover(text("tour.at", number=number, total=len(steps())), key="tour_list"):
            every = "".join(
                f"<li>{link(i, text, other.say[text.lang], 'reglab-here' if i == number else '')}</li>"
                for i, other in enumerate(steps(), start=1)
            )
            st.html(f"<ol>{every}</ol>")
        with st.popover(text("tour.note"), key="tour_note"):
            st.markdown(step.note[text.lang])
        st.html(links.anchor(text.lesson, text.lang, text("tour.end"), step.state), width="content")
        if number < len(steps()):
            st.html(link(number + 1, text, text("tour.next"), "reglab-next"), width="content")
    return Presented(text, step, headline)


def _script(code: str) -> None:
    st.html(f"<script>{code}</script>", unsafe_allow_javascript=True, width="content")


@lru_cache(maxsize=64)
def _css(show: tuple[str, ...], square: float) -> str:
    """Large type, and only the step's elements; keys are ours, from the tour's file."""
    css = (FOLDER.parent / "ui" / "tour.css").read_text(encoding="utf-8")
    size, width = "zoom", "width: calc(100% / var(--reglab-zoom, 1));"
    if square:
        # No wider than the screen: on a phone the picture is lower than the room.
        size, wide = "type", f"min({square:g} * (100vh - 9.5rem), 100vw - 2rem) / var(--reglab-type, 1)"
        width = f"width: calc({wide} / var(--reglab-type, 1)); margin-left: calc(50% - {wide} / 2);"
    kept = ", ".join(f".st-key-{key}, .st-key-{key} *" for key in (*show, "tour"))
    holds = ", ".join(f".st-key-{key}" for key in (*show, "tour"))
    main = '[data-testid="stMainBlockContainer"]'
    bar = ':has([data-testid="stProgress"])'  # of long work: shown until there is a picture
    # Columns without anything to show are gone; one that is left alone takes all the width.
    return (
        f"{css}\n"
        f'{main} [data-testid="stElementContainer"]:not({kept}, {bar}) {{ display: none; }}\n'
        f'{main} :is([data-testid="stLayoutWrapper"], [data-testid="stColumn"]):not({kept}):not(:has({holds}), {bar})'
        " { display: none; }\n"
        f'{main} [data-testid="stColumn"]:has({holds}) {{ flex: 1 1 0; min-width: 0; }}\n'
        f"{main}:has({_selector(show)}) :is({bar}):not({kept}):not(:has({holds})) {{ display: none; }}\n"
        # Streamlit measures a chart's room on the screen and draws it in zoomed pixels: hence the divisions.
        f"{_selector(show)} {{ zoom: var(--reglab-{size}, 1); max-width: none; }}\n"
        f'{_selector(show)}:has([data-testid="stVegaLiteChart"]) {{ {width} }}\n'
    )


def _selector(show: tuple[str, ...]) -> str:
    return f":is({', '.join(f'.st-key-{key}' for key in show)})"

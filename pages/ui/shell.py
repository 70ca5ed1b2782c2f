"""The frame around every page: language, title, links, style.

`run` is what app.py calls; it draws the home page. Each page starts with ``text = shell.begin(<file stem>)``.
"""

from __future__ import annotations

import math
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from types import CodeType

import streamlit as st
from streamlit.errors import StreamlitAPIException

from pages.ui import controls, drag, links, server, tour
from pages.ui.text import LANGUAGES, Text

_PAGES = Path(__file__).resolve().parent.parent
_ICON = Path(__file__).with_name("icon.svg")
_STYLE = Path(__file__).with_name("style.css")
# Charts are drawn for a theme by the server, which hears of another one only with the next answer: as after a step in
# the browser's history, the page is asked for again.
_THEME = """
if (!window.reglabTheme) {
  const app = document.querySelector('[data-testid="stApp"]');
  const scheme = () => getComputedStyle(app).colorScheme;
  window.reglabTheme = scheme();
  new MutationObserver(() => {
    if (scheme() === window.reglabTheme) return;
    window.reglabTheme = scheme();
    window.dispatchEvent(new PopStateEvent('popstate', { state: {} }));
  }).observe(app, { attributes: true, attributeFilter: ['class'] });
}
"""


def run() -> None:
    """Draw the home page; Streamlit itself serves the lessons at ``/<file stem>``."""
    home = _PAGES / "home.py"
    exec(_compiled(home, home.stat().st_mtime_ns), {"__name__": "__main__", "__file__": str(home)})


@lru_cache(maxsize=1)
def _compiled(path: Path, changed: int) -> CodeType:
    """Compile a page once, as Streamlit does for the lessons."""
    return compile(path.read_text(encoding="utf-8"), str(path), "exec")


def begin(stem: str) -> Text:
    """Set language, title and style, draw the links at the top, and give the page its words.

    Parameters
    ----------
    stem : str
        The page's file stem: ``"home"`` or one of `links.LESSONS`.
    """
    server.settle()
    _drop_endless_numbers()
    controls.page_changed(stem)
    lang = controls.resolve("lang", LANGUAGES, _browser_language(), LANGUAGES.values()) or "ko"
    text = Text(lang, stem)
    st.set_page_config(page_title=f"{text('title')} · reglab", page_icon=str(_ICON), layout="wide")
    _style(lang)
    text = tour.begin(text)
    if st.context.is_embedded:
        links.embedded()
    else:
        _nav(text)
    return text


def _nav(text: Text) -> None:
    with st.container(key="nav", horizontal=True, vertical_alignment="center", gap="small"):
        st.page_link(path("home"), label="**reglab**", query_params=link(text.lang))
        for number, lesson in enumerate(links.LESSONS, start=1):
            label = f"{number} {Text(text.lang, lesson)('nav')}"
            st.page_link(path(lesson), label=label, query_params=link(text.lang, **controls.kept(lesson)))
        links.share(text)
        controls.choice(
            text("language"),
            LANGUAGES,
            key="lang",
            default=_browser_language(),
            label_visibility="collapsed",
            steady=True,
        )


def path(stem: str) -> str:
    """Give the script that Streamlit knows a page by."""
    return "app.py" if stem == "home" else f"pages/{stem}.py"


def link(lang: str, **values: object) -> dict[str, str]:
    """Query parameters for a link to a page state, with the language so that it is kept."""
    return {"lang": lang, **{key: str(value) for key, value in values.items()}}


def _browser_language() -> str:
    return "en" if (st.context.locale or "").lower().startswith("en") else "ko"


def _drop_endless_numbers() -> None:
    """Take nan and infinities out of the link: seeding a whole-number input from ``inf``, Streamlit raises."""
    endless = [key for key in st.query_params if any(map(_endless, st.query_params.get_all(key)))]
    for key in endless:
        with suppress(StreamlitAPIException):  # already bound: then it has been read without harm, as a text
            del st.query_params[key]
            st.rerun()


def _endless(value: str) -> bool:
    try:
        return not math.isfinite(float(value))
    except ValueError:
        return False


def _style(lang: str) -> None:
    # Streamlit always says lang="en"; screen readers choose their voice by it. `lang` is one of LANGUAGES.
    script = f"<script>document.documentElement.lang = '{lang}';{links.SCRIPT}{drag.SCRIPT}{_THEME}</script>"
    # One element: styles alone would go to a container of their own, which the browser draws anew with every answer.
    st.html(_css() + script, unsafe_allow_javascript=True, width="content")


@lru_cache(maxsize=1)
def _css() -> str:
    return f"<style>{_STYLE.read_text(encoding='utf-8')}</style>"

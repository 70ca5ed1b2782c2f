"""Links to page states, and the Share control.

`go` draws a link that behaves like the browser's Back button: the address changes, the visit (with an uploaded
table or a trained network) goes on, and every control that the address does not name returns to its default.
Streamlit's own page links leave a control of the same page as it is.
"""

from __future__ import annotations

import html
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlencode

import streamlit as st

from pages.ui.text import Text

# Every page's file stem, the lessons in their order, and the height in pixels of an iframe 700 wide that shows its
# main view whole.
HEIGHTS = {"home": 1180, "distance": 1330, "outliers": 1080, "overfitting": 1070, "training": 1140}
LESSONS = tuple(page for page in HEIGHTS if page != "home")

# One listener for all such links; without it they are plain links that load the page anew.
#
# Streamlit's page links make two steps in the browser's history: the old page without its values, then the new
# page. Back would come to that bare step and lose what the reader had set, so the new page takes its place.
# The way home they write as "?lang=ko", which from a lesson is the lesson itself.
# A preset or a dropped point sets several values, and Streamlit makes a step of each; together they are one.
SCRIPT = """
if (!window.reglabSteps) {
  window.reglabSteps = history.pushState;
  let leaving = false, bare = false, last = -1000;
  const follow = event => {
    const link = event.target.closest && event.target.closest('[data-testid="stPageLink"] a');
    if (!link) return;
    const address = link.getAttribute('href');
    if (address.startsWith('?')) link.setAttribute('href', './' + address);
    if (event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
    leaving = new URL(link.href).pathname !== location.pathname;
    bare = false;
  };
  document.addEventListener('click', follow, true);
  document.addEventListener('auxclick', follow, true);
  history.pushState = function (state, title, url) {
    const moves = new URL(url || location.href, location.href).pathname !== location.pathname;
    const burst = !moves && !leaving && performance.now() - last < 300;
    const step = burst || (leaving && bare) ? history.replaceState : window.reglabSteps;
    last = performance.now();
    bare = leaving && !moves;
    leaving = leaving && !moves;
    return step.call(history, state, title, url);
  };
}
if (!window.reglabGo) {
  // Streamlit reports a handle's box 150 ms after it was drawn, by whatever cause. Behind a change of the address that
  // report would carry the controls as they were, so a link waits until no picture with a handle has changed for a
  // moment, and no answer begun or ended.
  let changed = -1000, next = null;
  new MutationObserver(records => {
    const counts = r => r.attributeName === 'data-test-script-state' || r.target.closest?.('[class*="st-key-drag_"]');
    if (records.some(counts)) changed = performance.now();
  }).observe(document.documentElement,
    {subtree: true, childList: true, attributes: true, attributeFilter: ['data-test-script-state', 'd', 'width']});
  const go = (href, instead) => {
    // The browser's own step: a link clicked right after a change is no part of that change.
    (instead ? history.replaceState : window.reglabSteps).call(history, {}, '', href);
    window.dispatchEvent(new PopStateEvent('popstate', {state: {}}));
  };
  const follow = since => {
    const now = performance.now();
    if (now - changed < 250 && now - since < 1000) { setTimeout(follow, 30, since); return; }
    const [href, instead] = next;
    next = null;
    go(href, instead);
  };
  window.reglabGo = (href, instead) => {
    const waiting = next;
    next = [href, instead];
    if (!waiting) follow(performance.now());
  };
  document.addEventListener('click', event => {
    const link = event.target.closest && event.target.closest('a.reglab-go');
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    window.reglabGo(link.href);
  });
}
"""


def address(stem: str, lang: str, state: Mapping[str, object] | None = None) -> str:
    """Give the relative address of a page state."""
    words = {key: written(value) for key, value in (state or {}).items()}
    return f"{'./' if stem == 'home' else stem}?{urlencode({'lang': lang, **words})}"


def written(value: object) -> str:
    """Write a value as Streamlit writes it into an address."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def anchor(
    stem: str, lang: str, label: str, state: Mapping[str, object] | None = None, name: str = ""
) -> str:
    """Give the HTML of a link; everything in it is escaped."""
    href = html.escape(address(stem, lang, state), quote=True)
    return f'<a class="reglab-go {html.escape(name, quote=True)}" href="{href}">{html.escape(label)}</a>'


def go(stem: str, lang: str, label: str, state: Mapping[str, object] | None = None) -> None:
    """Draw a link to a page state."""
    st.html(anchor(stem, lang, label, state))


def embedded() -> None:
    """Style a page in another page's iframe."""
    st.html(_embed_css())


@lru_cache(maxsize=1)
def _embed_css() -> str:
    return f"<style>{Path(__file__).with_name('embed.css').read_text(encoding='utf-8')}</style>"


def share(text: Text) -> None:
    """Draw the Share control: this page's state as a link, as a snippet for a blog, and back to the defaults."""
    popover = st.popover(text("share.title"), key=f"{text.lesson}_share", on_change="rerun", type="tertiary")
    if not popover.open:
        return
    query = [(key, value) for key in st.query_params for value in st.query_params.get_all(key)]
    state = [(key, value) for key, value in query if key not in ("lang", "embed", "embed_options", "present")]
    base = (st.context.url or "").split("?")[0].rstrip("/")
    with popover:
        st.markdown(text("share.link"))
        st.code(f"{base}?{urlencode([*state, ('lang', text.lang)])}", language=None, wrap_lines=True)
        st.markdown(text("share.embed"))
        source = html.escape(
            f"{base}?{urlencode([*state, ('lang', text.lang), ('embed', 'true')])}", quote=True
        )
        size = f'width="700" height="{HEIGHTS[text.lesson]}"'
        snippet = f'<iframe src="{source}" {size} style="border:0" loading="lazy"></iframe>'
        st.code(snippet, language="html", wrap_lines=True)
        st.caption(text("share.not_in_link"))
        go(text.lesson, text.lang, text("share.reset"))

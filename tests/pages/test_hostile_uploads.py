"""Hostile files through the page's own uploader: a clear sentence or a correct picture, and nothing else happens.

The files are those that tests/reglib/test_tables.py reads without a page. Pages with an uploader are found by
opening their sections and trying their choices.
"""

from __future__ import annotations

import gc
import json
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from streamlit.components.v2.component_manager import BidiComponentManager
from streamlit.testing.v1 import AppTest

from reglib.tables import Table
from tests.conftest import PAGES
from tests.pages.test_any_state import CHOICES, Visit, chosen, reader, sections, widgets
from tests.reglib.test_tables import HOSTILE, NASTY_NAMES

NAMES = sorted(HOSTILE)
WORDS = ("title", "header", "markdown", "caption", "metric", "error", "warning", "info", "success", "latex")
# Names that would do something in Markdown, HTML, LaTeX or a Vega field if they were let through as they are.
DANGEROUS = [name for name in NASTY_NAMES if re.search(r"[<>\[\]$*`~|_:]", name) and len(name) > 3]
# What no upload may do: talk to anyone, start anything, write anything.
FORBIDDEN = ("socket.connect", "subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "urllib.Request")

_watching: list[list[str]] = []


def _audit(event: str, args: tuple[Any, ...]) -> None:
    if not _watching:
        return
    if event in FORBIDDEN:
        _watching[-1].append(f"{event} {args!r:.200}")
    elif event == "open" and isinstance(args[1], str) and set("wax+") & set(args[1]):
        path = str(args[0])
        if not path.endswith((".pyc", "/dev/null")) and ".pyc." not in path:
            _watching[-1].append(f"write {path}")


sys.addaudithook(_audit)


@contextmanager
def nothing_happens() -> Iterator[None]:
    """Fail if the block connects, starts a process or writes a file."""
    _watching.append([])
    try:
        yield
    finally:
        events = _watching.pop()
    assert not events, events


@pytest.fixture(autouse=True)
def no_search_for_components(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(BidiComponentManager, "discover_and_register_components", lambda self, **_: None)


def own_table_page() -> None:
    """Show what the lessons may ask of a reader's table."""
    import streamlit as st

    from pages.ui import problems, upload
    from pages.ui.text import Text
    from reglib.errors import TableError

    text = Text("en", "outliers")
    st.title(text("title"))
    table = upload.own_table(text)
    if table is not None:
        for ask in (lambda: table.pair(*table.names[:2]), lambda: table.features(table.names[-1])):
            try:
                upload.notes(text, ask().notes)
            except TableError as error:
                problems.show(text, error)


def with_uploader(stem: str) -> AppTest | None:
    """Open a page so that its uploader shows: every section open, and if need be one choice made."""
    every = dict.fromkeys(sections(reader(stem, "en", {})), "true")
    app = reader(stem, "en", every)
    if app.get("file_uploader"):
        return app
    for key, widget in widgets(app).items():
        # Where the data come from is a choice of the page's own: none of Streamlit's, whose value is bound.
        own = widget.type in CHOICES and key != "lang" and not getattr(widget.proto, "query_param_key", "")
        for number in range(len(widget.options) if own else 0):
            visit = Visit(reader(stem, "en", every))
            visit.choice = chosen(widgets(visit.app)[key], number)
            visit.run()
            if visit.app.get("file_uploader"):
                return visit.app
    return None


def fields(spec: Any) -> Iterator[str]:
    """Give every text in a specification that Vega reads as a field or an expression."""
    if isinstance(spec, dict):
        for key, value in spec.items():
            if key in ("field", "groupby", "expr", "calculate", "filter", "key", "as", "fields") and value:
                yield from [value] if isinstance(value, str) else (v for v in value if isinstance(v, str))
            yield from fields(value)
    elif isinstance(spec, list):
        for item in spec:
            yield from fields(item)


def assert_harmless(app: AppTest, data: bytes) -> None:
    """The page stands, says something about the file, and shows none of its words unescaped."""
    assert not app.exception, [(e.value, e.stack_trace) for e in app.exception]
    assert len(app.title) == 1
    said = [str(item.value) for kind in WORDS for item in app.get(kind)]
    assert app.error or any("rows" in words or "행" in words for words in said), said
    for name in DANGEROUS:
        if name.encode() in data:
            for words in said:
                assert name not in words, words
            for chart in app.get("vega_lite_chart"):
                assert not [f for f in fields(json.loads(chart.proto.spec)) if name in f]


def upload(app: AppTest, name: str) -> None:
    """Put a file into the page's uploader, as the reader's next attempt."""
    app.get("file_uploader")[0].set_value((name, HOSTILE[name], "text/csv"))
    Visit(app).run()


@pytest.mark.parametrize("part", range(4))
def test_no_hostile_file_gets_past_the_uploader(part: int) -> None:
    app = AppTest.from_function(own_table_page, default_timeout=60).run()
    assert len(NAMES) >= 300
    for name in NAMES[part::4]:
        with nothing_happens():
            upload(app, name)
        assert_harmless(app, HOSTILE[name])


def test_only_the_last_file_is_kept_and_it_can_be_removed() -> None:
    def tables() -> int:
        gc.collect()
        return sum(isinstance(thing, Table) for thing in gc.get_objects())

    before = tables()
    app = AppTest.from_function(own_table_page, default_timeout=60).run()
    readable = [name for name in NAMES if name.startswith("name ")][:12]
    for name in readable:
        upload(app, name)
    assert tables() <= before + 2  # the session's, and what the script of the run before still names
    assert app.session_state["_own_table"]["table"].name == readable[-1]
    app.button[0].click().run()
    assert "_own_table" not in app.session_state
    assert not app.button


@pytest.mark.parametrize("stem", PAGES)
def test_a_page_survives_hostile_files(stem: str) -> None:
    app = with_uploader(stem)
    if app is None:
        assert stem in ("home", "distance"), "a lesson with data lets the reader bring their own"
        return
    for name in NAMES[PAGES.index(stem) :: 5]:
        with nothing_happens():
            upload(app, name)
        assert_harmless(app, HOSTILE[name])


@pytest.mark.long
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("stem", PAGES)
def test_every_page_survives_every_hostile_file(stem: str) -> None:
    app = with_uploader(stem)
    for name in NAMES if app is not None else ():
        upload(app, name)
        assert_harmless(app, HOSTILE[name])

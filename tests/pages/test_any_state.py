"""No link and no way of moving the controls breaks a page: Hypothesis looks for one that does.

The controls are found on the pages, so that a new one is tried by being there. A state is a page with a value for
each of its controls. The long run (``pytest -m long``) visits ten times as many.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, note, seed, settings
from hypothesis import strategies as st
from streamlit.components.v2.component_manager import BidiComponentManager
from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Expander, Widget

from tests.conftest import PAGES, ROOT

NOT_FOR_READERS = re.compile(r"\b(nan|NaN|inf|None|undefined|Traceback)\b|\[\[\w+|-0\.0+\b(?!\d)")
WORDS = ("title", "header", "markdown", "caption", "metric", "error", "warning", "info", "success", "latex")
CHOICES = ("selectbox", "radio", "select_slider", "button_group", "multiselect")
NONSENSE = (
    "", " ", "nan", "inf", "-inf", "1e999", "1e-400", "9" * 400, "-1", "0", "0.5", "-0.0", "1,5", "true", "None",
    "☃", "L1;", "[]", "{}", "<script>alert(1)</script>", "../../etc/passwd", "$x$", "`", "\x00", "가", "%00", "1_0",
)  # fmt: skip
TABLE = b"a.b[0],x:Q,<b>y</b>,class\n" + b"".join(
    b"%d,%d.5,%d,%s\n" % (i, i * i % 7, i % 5, b"uv"[i % 2 :][:1]) for i in range(40)
)
FILES = (
    ("mine.csv", TABLE, "text/csv"),
    ("broken.csv", b"a,b\n1\n", "text/csv"),
    ("x.xlsx", b"PK\x03\x04", "text/csv"),
)


# --- what is on a page ------------------------------------------------------------------------------


def widgets(app: AppTest) -> dict[str, Any]:
    """Give the controls of the page's own that can be used, by key."""
    found = {w.key: w for w in app._tree if isinstance(w, Widget) and w.key}
    return {key: w for key, w in found.items() if not getattr(w, "disabled", False)}


def sections(app: AppTest) -> list[str]:
    """Give the keys of the page's sections."""
    return [block.key for block in app._tree if isinstance(block, Expander) and block.key]


def values(app: AppTest) -> dict[str, Any]:
    """Give everything a reader has set, as the page understood it."""
    kept = {
        key: widget.value
        for key, widget in widgets(app).items()
        if widget.type not in ("button", "download_button", "file_uploader") and not key.startswith("_")
    }
    return kept | {key: app.session_state[key] for key in sections(app)}


def link(app: AppTest) -> dict[str, str | list[str]]:
    """Give the address that the browser would show: what the page wrote, and every bound control's value."""
    url: dict[str, str | list[str]] = dict(app.query_params)
    url |= {key: str(app.session_state[key]).lower() for key in sections(app)}
    for key, widget in widgets(app).items():
        if getattr(widget.proto, "query_param_key", ""):
            state = widget._widget_state
            value = getattr(state, state.WhichOneof("value") or "string_value")
            worded = [in_url(item) for item in getattr(value, "data", [value])]
            url[key] = worded if len(worded) != 1 else worded[0]
    return {key: value for key, value in url.items() if value}


def in_url(value: object) -> str:
    """Write a value as the browser does."""
    if isinstance(value, bool):
        return str(value).lower()
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def seen(app: AppTest) -> str:
    """Give all that the page says, the descriptions of its pictures included."""
    said = [f"{item.value} {getattr(item, 'label', '')}" for kind in WORDS for item in app.get(kind)]
    return "\n".join([*said, *(chart.proto.alt for chart in app.get("vega_lite_chart"))])


def assert_fine(app: AppTest) -> None:
    assert not app.exception, [(e.value, e.stack_trace) for e in app.exception]
    assert len(app.title) == 1
    hit = NOT_FOR_READERS.search(seen(app))
    assert hit is None, seen(app)[max(0, hit.start() - 200) : hit.end() + 200]


# --- what can be done to it -------------------------------------------------------------------------


def moves(widget: Any) -> st.SearchStrategy[Any] | None:
    """Give the values that a reader's hand can set; None for what is not set by a value."""
    kind, proto = widget.type, widget.proto
    if kind in ("checkbox", "toggle"):
        return st.booleans()
    if kind == "slider":
        low, high = widget.min, widget.max
        one = (
            st.integers(low, high)
            if isinstance(low, int)
            else st.floats(low, high).map(
                lambda v: min(high, low + round((v - low) / widget.step) * widget.step)
            )
        )
        ends = st.sampled_from([low, high])
        pair = isinstance(widget.value, (list, tuple))
        return st.tuples(one, one).map(sorted).map(tuple) if pair else one | ends
    if kind == "number_input":
        low = proto.min if proto.has_min else -1e6
        high = proto.max if proto.has_max else 1e6
        if proto.data_type == proto.INT:
            return st.integers(int(low), int(high)) | st.sampled_from([int(low), int(high)])
        return st.floats(low, high, allow_subnormal=False) | st.sampled_from([low, high])
    if kind in CHOICES:
        return st.integers(0, 10**6)  # which option; the page's own values are behind their wording
    if kind in ("text_input", "text_area"):
        return st.text(max_size=60)
    return None


def chosen(widget: Any, number: int) -> WidgetState:
    """Choose an option by number, as a browser reports it: by its wording."""
    state = WidgetState(id=widget.id)
    if widget.type == "multiselect":
        state.string_array_value.data[:] = [o for i, o in enumerate(widget.options) if number >> i & 1]
    elif widget.type in ("selectbox", "radio"):
        state.string_value = widget.options[number % len(widget.options)]
    else:
        state.string_array_value.data[:] = [widget.options[number % len(widget.options)]]
    return state


class Visit:
    """One reader on one page: the controls as AppTest has them, and what was last selected in each chart."""

    def __init__(self, app: AppTest) -> None:
        self.app = app
        self.choice: WidgetState | None = None
        self.file: tuple[str, bytes, str] | None = None
        self.selected: dict[str, str] = {}

    def run(self) -> None:
        """Run the page as a browser would ask for it: it always sends along what is selected in the charts."""
        for widget in widgets(self.app).values():
            try:
                widget._widget_state  # noqa: B018
            except (IndexError, KeyError, ValueError):
                widget.set_value(None)  # its option is gone: a browser no longer reports it, AppTest would
        states = self.app._tree.get_widget_states()
        if self.choice is not None:
            others = [state for state in states.widgets if state.id != self.choice.id]
            states = WidgetStates(widgets=[*others, self.choice])
            self.choice = None
        drawn = {chart.proto.id for chart in self.app.get("vega_lite_chart")}
        for element, selection in self.selected.items():
            if element in drawn:
                states.widgets.append(WidgetState(id=element, string_value=selection))
        self.app._run(states)


def selection(chart: Any) -> st.SearchStrategy[str]:
    """Give selections that a chart's drags and clicks could report, and some that they should not."""
    number = st.floats(-30, 30) | st.sampled_from([0.0, 1e9, -1e9]) | st.integers(-5, 200)
    params = {p["name"]: p for p in json.loads(chart.proto.spec).get("params", []) if "select" in p}

    def one(name: str) -> st.SearchStrategy[Any]:
        select = params.get(name, {}).get("select", {})
        select = {"type": select} if isinstance(select, str) else select
        if select.get("type") == "interval":
            axes = select.get("encodings", ["x", "y"])
            return st.just({}) | st.fixed_dictionaries(
                {axis: st.lists(number, min_size=2, max_size=2) for axis in axes}
            )
        fields = select.get("fields", select.get("encodings", ["x"]))
        return st.lists(st.fixed_dictionaries(dict.fromkeys(fields, number)), max_size=2)

    names = list(chart.proto.selection_mode)
    return st.fixed_dictionaries({name: one(name) for name in names}).map(
        lambda s: json.dumps({"selection": s})
    )


def act(visit: Visit, data: st.DataObject) -> str:
    """Do one thing that the page offers; say what."""
    offered: dict[str, Callable[[], str]] = {}
    for key, widget in widgets(visit.app).items():
        if widget.type in ("button", "download_button"):
            offered[key] = lambda w=widget: (w.click() if w.type == "button" else None, "clicked")[1]
        elif widget.type == "file_uploader":

            def upload(w: Any = widget) -> str:
                file = visit.file = data.draw(st.sampled_from([None, *FILES]))
                w.set_value(file)
                return f"uploaded {file and file[0]}"

            offered[key] = upload
        elif (strategy := moves(widget)) is not None:

            def move(w: Any = widget, s: Any = strategy) -> str:
                value = data.draw(s)
                if w.type in CHOICES:
                    visit.choice = chosen(w, value)
                    return f"set to {w.options[value % len(w.options)]!r}"
                w.set_value(value)
                return f"set to {value!r}"

            offered[key] = move
    for chart in visit.app.get("vega_lite_chart"):
        if chart.proto.id and chart.proto.selection_mode:

            def drag(c: Any = chart) -> str:
                visit.selected[c.proto.id] = data.draw(selection(c))
                return f"selected {visit.selected[c.proto.id]}"

            offered[f"chart {chart.proto.id}"] = drag
    if not offered:
        return "nothing to do"
    key = data.draw(st.sampled_from(sorted(offered)))
    return f"{key}: {offered[key]()}"


def links(
    controls: Mapping[str, Any], opened: list[str], coded: Mapping[str, list[str]]
) -> st.SearchStrategy[dict[str, Any]]:
    """Give links with sensible, bad and repeated values for the page's controls."""
    bad = st.sampled_from(NONSENSE) | st.text(max_size=12) | st.floats().map(str) | st.integers().map(str)
    each: dict[str, st.SearchStrategy[Any]] = {}
    for key, widget in controls.items():
        good = moves(widget)
        if widget.type in CHOICES:
            good = st.sampled_from(coded.get(key, list(widget.options)))
        if good is None:
            good = st.just("true")
        worded = good.map(lambda v: [str(i) for i in v] if isinstance(v, (list, tuple)) else str(v))
        each[key] = worded | worded | bad | st.lists(bad, min_size=2, max_size=3)
    each |= {key: st.sampled_from(["true", "true", "true", "false", "1", "☃"]) for key in opened}
    return st.fixed_dictionaries({}, optional=each)


def codes(app: AppTest) -> dict[str, list[str]]:
    """Find what each translated choice writes into the link, by choosing every option once."""
    visit = Visit(app)
    found: dict[str, list[str]] = {}
    for key, widget in widgets(app).items():
        if widget.type in CHOICES and not getattr(widget.proto, "query_param_key", "") and key != "lang":
            for number in range(min(len(widget.options), 8)):
                if key in widgets(app):
                    visit.choice = chosen(widgets(app)[key], number)
                    visit.run()
                    found.setdefault(key, []).append(str(app.query_params.get(key, "")))
    return found


# --- the search -------------------------------------------------------------------------------------


def explore(stem: str, want: int, *, patient: bool = False) -> None:
    """Open links, do eight things on each and reload, until `want` different states of a page have been seen.

    Few links at a time: of many, Hypothesis makes most by changing a little in earlier ones.
    """
    fresh = reader(stem, "ko", {})
    every = dict.fromkeys(sections(fresh), "true")
    whole = reader(stem, "ko", every)
    assert_fine(whole)
    controls = {key: w for key, w in widgets(whole).items() if key.startswith(f"{stem}_")}
    opened, coded = sections(whole), codes(reader(stem, "ko", every))
    visited: set[str] = set()

    def search(data: st.DataObject) -> None:
        params = data.draw(links(controls, opened, coded))
        lang = data.draw(st.sampled_from(["ko", "en"]))
        note(f"/{stem}?lang={lang} {params}")
        visit = Visit(reader(stem, lang, params))
        assert_fine(visit.app)
        visited.add(repr((lang, values(visit.app))))
        for _ in range(8):
            note(act(visit, data))
            visit.run()
            assert_fine(visit.app)
            visited.add(repr((lang, values(visit.app))))
        before, address = values(visit.app), link(visit.app)
        note(f"reload {address}")
        again = reader(stem, lang, {k: v for k, v in address.items() if k != "lang"})
        assert_fine(again)
        uploader = next((w for w in widgets(again).values() if w.type == "file_uploader"), None)
        if visit.file is not None and uploader is not None:  # a reader's table is not in the link
            uploader.set_value(visit.file).run()
            assert_fine(again)
        if (run := widgets(again).get(f"{stem}_link")) is not None:  # a run in the link waits to be asked for
            run.click().run()
            assert_fine(again)
        in_link = {k: v for k, v in before.items() if k in address and k != "lang"}
        if before.get("training_warmup", 0) >= before.get(
            "training_epochs", 1
        ):  # refused until it is shorter
            assert widgets(again)["training_warmup"].value == in_link.pop("training_warmup")
            widgets(again)["training_warmup"].set_value(0).run()
            widgets(again)["training_train"].click().run()
            assert_fine(again)
        after = values(again)
        assert {k: after.get(k) for k in in_link} == in_link

    for turn in range(1 + want // 10):
        chosen_by = settings(
            max_examples=9,
            deadline=None,
            database=None,
            phases=(Phase.generate, Phase.shrink) if patient else (Phase.generate,),
            suppress_health_check=list(HealthCheck),
        )
        seed(turn)(chosen_by(given(st.data())(search)))()
        if len(visited) >= want:
            return
    pytest.fail(f"only {len(visited)} different states")


def reader(stem: str, lang: str, params: Mapping[str, Any]) -> AppTest:
    """Open a page by a link, in which a parameter may be there more than once."""
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    if stem != "home":
        app.switch_page(f"pages/{stem}.py")
    for key, value in {**params, "lang": lang}.items():
        app.query_params[key] = value
    return app.run()


@pytest.fixture(autouse=True)
def no_search_for_components(monkeypatch: pytest.MonkeyPatch) -> None:
    """Spare each AppTest the search of all installed packages for components: it is most of an opening's cost."""
    monkeypatch.setattr(BidiComponentManager, "discover_and_register_components", lambda self, **_: None)


@pytest.mark.parametrize("stem", PAGES)
def test_a_link_with_empty_values_opens_as_one_without_them(stem: str) -> None:
    plain = reader(stem, "ko", {})
    opened = reader(stem, "ko", every := dict.fromkeys(sections(plain), "true"))
    fields = {key: w for key, w in widgets(opened).items() if key.startswith(stem)}
    keys = [key for key, w in fields.items() if not w.type.startswith("text_")]  # words may be none
    empty = reader(stem, "ko", dict.fromkeys(keys, "") | every)
    assert_fine(empty)
    assert values(empty) == values(opened)


@pytest.mark.timeout(600)
@pytest.mark.parametrize("stem", PAGES)
def test_no_state_of_a_page_breaks_it_and_a_reload_brings_it_back(stem: str) -> None:
    explore(stem, want=8 if stem == "home" else 50)


@pytest.mark.long
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("stem", [page for page in PAGES if page != "home"])
def test_two_thousand_states_break_no_page(stem: str) -> None:
    explore(stem, want=500, patient=True)

"""The settings column: stories, λ1 and λ2, data, network, training, and the buttons."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from types import MappingProxyType
from typing import Any

import streamlit as st

from pages.ui import controls, problems
from pages.ui.text import Text
from reglib.datasets import PLANES
from reglib.errors import ReglibError
from reglib.race import MOST_ROWS, REAL, Setup, check_warmup

LAMBDAS = (0.0, 1e-4, 2e-4, 5e-4, 1e-3, 2e-3, 3e-3, 5e-3, 0.01, 0.02, 0.03, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0)
RATES = (1e-3, 3e-3, 0.01, 0.03, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0, 3.0, 10.0)
MOMENTA = (0.0, 0.5, 0.8, 0.9, 0.95)
BATCHES = (5, 10, 20, 50, 100, 0)
ACTIVATIONS = ("tanh", "relu", "sigmoid", "linear")
GONE = "_training_own_gone"  # a link names a reader's table that this visit does not have
SAID = "_training_said"  # a note for the next run: what a callback draws itself may never be seen
WARMUP = 50  # epochs of the button
LONGEST = 5000  # epochs that can be asked for

_DEFAULT = Setup()
# A story is a few settings away from the default.
STORIES: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        "overfit": {"l1": 2e-4, "l2": 2e-4, "units": 32, "epochs": 600},
        "shrink": {},
        "prune": {"l1": 3e-3, "units": 32, "epochs": 600},
        "both": {"l1": 2e-3, "l2": 5e-3, "elastic": True},
        "collapse": {"l1": 0.1, "l2": 0.3},
        "warm": {"data": "circles", "noise": 0.1, "l1": 0.03, "l2": 0.05, "warmup": 50},
        "diverge": {"data": "diabetes", "learning_rate": 1.0, "epochs": 60},
    }
)
_FREE = ("seed", "data_seed", "seeds")  # may be changed without leaving a story


def plain(value: float) -> str:
    """Write a λ or a rate as one types it."""
    return f"{value:g}"


def show(text: Text) -> Setup:
    """Draw the settings and give them."""
    head = st.container()  # which story it is shows only once a link has reached the controls below
    for name in ("l1", "l2"):
        st.select_slider(
            text(f"settings.{name}"),
            LAMBDAS,
            getattr(_DEFAULT, name),
            format_func=plain,
            key=f"training_{name}",
            bind="query-params",
            on_change=_edited,
            help=text(f"settings.{name}_help"),
        )
    st.toggle(
        text("settings.elastic"),
        key="training_elastic",
        bind="query-params",
        on_change=_edited,
        help=text("settings.elastic_help"),
    )
    with st.container(horizontal=True, gap="xsmall"):
        for name, draw in (("data", _data), ("network", _network), ("training", _training)):
            with st.popover(text(f"settings.{name}")):
                draw(text)
    with head:
        _stories(text)
    return current()


def _stories(text: Text) -> None:
    current = _story()
    labels = text.labels("story")
    words = {story: labels[story] for story in (*STORIES, *([] if current in STORIES else ["custom"]))}
    controls.put("_training_story", current, words.values())
    st.selectbox(
        text("settings.story"),
        list(words),
        key="_training_story",
        format_func=words.__getitem__,
        on_change=_tell,
    )
    st.caption(text(f"stories.{current}"))


def ask(what: str) -> None:
    """Note what a button asks for; the whole page does it on its next run."""
    st.session_state["training_ask"] = what


@st.fragment
def alone(draw: Callable[[Text], None], text: Text) -> None:
    """Draw a part whose controls change nothing outside it, so that only it answers to them.

    A button's wish goes to the whole page. Not for parts with long work: Stop would not be heard in there.
    """
    draw(text)
    if "training_ask" in st.session_state:
        st.rerun()


def _edited() -> None:
    """Note that the reader's hand, not a link, has changed a control: then a button decides when to train."""
    st.session_state["training_edited"] = True


def apply(values: Mapping[str, Any]) -> None:
    """Put settings into their controls and train (for a callback: stories, a click on a λ)."""
    for name, value in values.items():
        st.session_state[f"training_{name}"] = value
    ask("train")


def _tell() -> None:
    story = st.session_state["_training_story"]
    if story in STORIES:
        apply({**{name: value for name, value in defaults().items() if name not in _FREE}, **STORIES[story]})


def defaults() -> dict[str, Any]:
    fields = {name: value for name, value in asdict(_DEFAULT).items() if name != "penalties"}
    return {**fields, "elastic": False}


def _values() -> dict[str, Any]:
    """Give every setting as its control has it, before the controls are drawn."""
    kept = controls.kept("training")
    return {
        name: st.session_state.get(f"training_{name}", kept.get(f"training_{name}", default))
        for name, default in defaults().items()
    }


def _story() -> str:
    now = _values()
    for story, values in STORIES.items():
        wanted = {**defaults(), **values}
        if all(now[name] == wanted[name] for name in wanted if name not in _FREE):
            return story
    return "custom"


def current() -> Setup:
    """Give the settings as the controls have them."""
    now = _values()
    elastic = now.pop("elastic")
    return Setup(**now, penalties=("none", "l1", "l2", "elastic") if elastic else ("none", "l1", "l2"))


def _data(text: Text) -> None:
    own = ["own"] if st.session_state.get("_training_table") is not None else []
    if own:
        st.session_state.pop(GONE, None)
    elif st.query_params.get("training_data") == "own":
        st.session_state[GONE] = True
    names = text.labels("data")
    drawn = controls.choice(
        text("settings.data_set"),
        {code: names[code] for code in (*PLANES, *REAL, *own)},
        key="training_data",
        default=_DEFAULT.data,
        kind="list",
        on_change=_edited,
    )
    a, b, c = st.columns(3)
    _number(a, text, "n", 10, MOST_ROWS)
    b.number_input(
        text("settings.noise"),
        0.0,
        2.0,
        _DEFAULT.noise,
        0.05,
        key="training_noise",
        bind="query-params",
        on_change=_edited,
        disabled=drawn not in PLANES,
    )
    _number(c, text, "data_seed", 0, 9999)
    st.caption(text(f"about.{drawn}"))


def _network(text: Text) -> None:
    a, b = st.columns(2)
    _number(a, text, "layers", 1, 4)
    _number(b, text, "units", 1, 64)
    # Not bound to the link: Streamlit takes an empty value there for no choice.
    controls.choice(
        text("settings.activation"),
        dict(zip(ACTIVATIONS, ACTIVATIONS, strict=True)),
        key="training_activation",
        default=_DEFAULT.activation,
        on_change=_edited,
    )


def _training(text: Text) -> None:
    a, b = st.columns(2)
    for column, name, options in ((a, "learning_rate", RATES), (b, "momentum", MOMENTA)):
        column.select_slider(
            text(f"settings.{name}"),
            options,
            getattr(_DEFAULT, name),
            format_func=plain,
            key=f"training_{name}",
            bind="query-params",
            on_change=_edited,
        )
    _number(a, text, "epochs", 1, LONGEST)
    b.selectbox(
        text("settings.batch"),
        BATCHES,
        BATCHES.index(_DEFAULT.batch),
        key="training_batch",
        bind="query-params",
        on_change=_edited,
        help=text("settings.batch_help"),
    )
    _number(a, text, "warmup", 0, LONGEST)
    _number(b, text, "seed", 0, 9999)
    _number(a, text, "seeds", 1, 9)
    asked = current()
    try:
        check_warmup(asked.warmup, asked.epochs)
    except ReglibError as error:
        problems.show(text, error)


def _number(place: Any, text: Text, name: str, low: int, high: int) -> None:
    place.number_input(
        text(f"settings.{name}"),
        low,
        high,
        getattr(_DEFAULT, name),
        key=f"training_{name}",
        bind="query-params",
        on_change=_edited,
    )

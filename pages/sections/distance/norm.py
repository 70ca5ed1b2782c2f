"""Norm and loss: one vector, the difference of truth and prediction, measured in every way."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from pages.charts import distance as charts
from pages.ui import controls, links, problems
from pages.ui.chart import chart
from pages.ui.takeaway import script, take_away
from pages.ui.text import Text
from reglib import losses, norms
from reglib.errors import ReglibError

Vector = np.ndarray[Any, np.dtype[np.float64]]
EXAMPLES = {  # truth and prediction
    "outlier": ((3, 5, 4, 15), (2, 4, 3, 5)),
    "equal": ((5, 6, 4, 5), (2, 3, 1, 2)),
    "single": ((2, 9, 4, 6), (2, 2, 4, 6)),
    "walk": ((3, 10), (-5, 4)),
}
FIELDS = ("distance_y_true", "distance_y_pred")
SHOWN = 8  # how many parts of a vector are written out
IN_LINK = 2000  # characters of a field; servers and browsers refuse longer addresses
FEW = 64  # up to how many bars have their ends marked
LABELLED = 16  # up to how many bars have their number beside them


@st.fragment
def show(text: Text) -> None:
    """Draw the section."""
    st.markdown(text.prose("norm"))
    editor, picture = st.columns([2, 3], gap="medium")
    with editor:
        pair = _edit(text)
        p = st.number_input(
            text("norm.p"),
            0.25,
            20.0,
            3.0,
            0.25,
            key="distance_p",
            bind="query-params",
            help=text("norm.p_help"),
        )
    if pair is None:
        return
    y_true, y_pred = pair
    try:
        r = norms.difference(y_true, y_pred)
        size, loss = norms.summarise(r, p), losses.summarise(r)
    except ReglibError as error:
        with editor:
            problems.show(text, error)
        return
    worst = int(np.abs(r).argmax())
    drops = pd.DataFrame({
        "total": ["abs", "sq", "root"],
        "share": [loss.share_abs[worst], loss.share_sq[worst], loss.drop_root[worst]],
    })  # fmt: skip
    numbers = {
        "vector": _written(r), "n": size.n, "nonzero": size.nonzero, "p": f"{p:g}",
        "l1": plain(size.l1), "l2": plain(size.l2), "linf": plain(size.linf), "lp": plain(size.lp),
        "upper": plain(size.upper), "sum_abs": plain(loss.sum_abs), "sum_sq": plain(loss.sum_sq),
        "root": plain(loss.root_sum_sq), "mean_abs": plain(loss.mean_abs), "mean_sq": plain(loss.mean_sq),
        "rmse": plain(loss.root_mean_sq), "worst": worst + 1, "largest": plain(r[worst]),
        **dict(zip(("drop_abs", "drop_sq", "drop_root"), drops["share"], strict=True)),
    }  # fmt: skip
    with editor:
        st.markdown(text.prose("measures", **numbers))
        if not norms.is_norm(p):
            st.markdown(text.prose("no_norm", p=f"{p:g}"))
    with picture:
        rows = pd.DataFrame({"i": np.arange(1, size.n + 1), "y_true": y_true, "y_pred": y_pred})
        rows["largest"], rows["few"] = rows.index == worst, size.n <= FEW
        rows["words"] = [plain(value) for value in r] if size.n <= LABELLED else ""
        chart(
            charts.residuals,
            text.labels("residuals"),
            {"rows": rows},
            alt=text("residuals.alt", **numbers),
            key="distance_residuals",
        )
        st.markdown(text.prose("losses", **numbers))
        chart(
            charts.removal,
            text.labels("removal"),
            {"drops": drops},
            alt=text("removal.alt", **numbers),
            key="distance_removal",
        )
    st.markdown(text.prose("root", **numbers))
    links.go("outliers", text.lang, text("norm.outliers"))
    take_away(
        text, "norm", lambda: {"distance-norm": rows[["y_true", "y_pred"]]},
        lambda: script("distance_norm", y_true=tuple(y_true.tolist()), y_pred=tuple(y_pred.tolist()), p=float(p)),
    )  # fmt: skip


def plain(value: float) -> str:
    """Write a number as a reader expects it: 13, 10.15, −1,234.5, and 1.5e+20 only where it must be."""
    if 1 <= abs(value) < 1e9:
        words = f"{value:,.2f}".rstrip("0").rstrip(".")
    else:
        words = f"{value:.3g}"
    return f"−{words[1:]}" if words.startswith("-") else words


def _edit(text: Text) -> tuple[Vector, Vector] | None:
    """Draw the editor; a field that cannot be read says why, and then there is no pair."""
    source = controls.choice(
        text("norm.source"), text.labels("norm.sources"), key="distance_source", default="pairs",
        label_visibility="collapsed",
    )  # fmt: skip
    if source == "vector":
        vector = _field(text, "distance_vector", "1 1 1 10", height=90)
        return None if vector is None else (vector, np.zeros_like(vector))
    examples = st.container()  # which one it is shows only once a link has reached the fields below
    left, right = st.columns(2, gap="small")
    with left:
        y_true = _field(text, "distance_y_true", _lines(EXAMPLES["outlier"][0]), height=150)
    with right:
        y_pred = _field(text, "distance_y_pred", _lines(EXAMPLES["outlier"][1]), height=150)
    typed = tuple(st.session_state[key] for key in FIELDS)
    used = next((name for name, pair in EXAMPLES.items() if tuple(map(_lines, pair)) == typed), None)
    words = {name: text(f"norm.example.{name}") for name in EXAMPLES}
    controls.put("distance_example", used, words.values())
    examples.pills(
        text("norm.examples"), words, key="distance_example", on_change=_use_example,
        format_func=words.__getitem__, label_visibility="collapsed", wrap=True,
    )  # fmt: skip
    return None if y_true is None or y_pred is None else (y_true, y_pred)


def _field(text: Text, key: str, default: str, height: int) -> Vector | None:
    name = key.removeprefix("distance_")
    long = len(st.session_state.get(key, default)) > IN_LINK
    words = st.text_area(
        text(f"norm.{name}"), default, key=key, height=height, help=text("norm.limit"),
        bind=None if long else "query-params", persist_state="session" if long else None,
    )  # fmt: skip
    if long:
        st.caption(text("norm.long"))
    try:
        return norms.parse_vector(words)
    except ReglibError as error:
        problems.show(text, error)
        return None


def _use_example() -> None:
    example = EXAMPLES.get(st.session_state["distance_example"])
    if example:
        for key, values in zip(FIELDS, example, strict=True):
            st.session_state[key] = _lines(values)


def _lines(values: tuple[int, ...]) -> str:
    return "\n".join(str(value) for value in values)


def _written(r: Vector) -> str:
    parts = [plain(float(value)) for value in r[:SHOWN]]
    return ", ".join([*parts, r"\ldots"] if len(r) > SHOWN else parts)

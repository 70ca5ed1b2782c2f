"""Which inputs survive: breast-cancer columns and digit pixels as λ1 grows, and near-copies under lasso and ridge."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import streamlit as st
from numpy.typing import NDArray

from pages.charts import training as charts
from pages.sections.training import jobs
from pages.sections.training.settings import plain
from pages.ui import chart, predict
from pages.ui.takeaway import script, take_away
from pages.ui.text import Text
from reglib import selection
from reglib.race import MOST_ROWS, Problem, Setup, prepare
from reglib.survivors import CopyRun, Survivors, lasso_survivors, pixel_survivors

STRENGTHS = (0.002, 0.005, 0.01, 0.015, 0.02, 0.03, 0.04, 0.05, 0.07, 0.1, 0.15, 0.2, 0.3)
PIXEL_STRENGTHS = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.2)
COPIES = ("A", "B", "C", "D")
COPY_STRENGTHS = (0.05, 0.1, 0.25, 0.5)


def show(text: Text) -> None:
    """Draw the section."""
    st.markdown(text.prose("inputs"))
    _columns(text)
    st.divider()
    _pixels(text)
    st.divider()
    _copies(text)


@st.cache_data(max_entries=2, show_spinner=False)
def _cancer() -> tuple[Problem, Survivors]:
    problem = prepare(Setup(data="breast_cancer", n=MOST_ROWS))
    return problem, lasso_survivors(problem, STRENGTHS)


@st.cache_data(max_entries=len(STRENGTHS), show_spinner=False)
def _entry(strength: float) -> selection.EntryGradients:
    problem, _ = _cancer()
    return selection.entry_gradients(problem.X["train"], problem.y["train"], strength)


def _nested(used: NDArray[np.bool_]) -> list[int]:
    """Give strengths that show no input coming back: that decides the prediction."""
    kept = [0]
    for i in range(1, len(used)):
        if not (used[i] & ~used[kept[-1]]).any():
            kept.append(i)
    return kept


@st.fragment
def _columns(text: Text) -> None:
    guess = predict.ask(text, "C28")
    with st.spinner(text("inputs.working")):
        problem, found = _cancer()
    names = np.array(problem.feature_names)
    used = found.weights != 0
    told = predict.told(guess)
    shown = range(len(STRENGTHS)) if told else _nested(used)
    # Last to go on top.
    order = np.lexsort((-np.abs(found.weights).max(axis=0), -used.sum(axis=0)))
    top = np.abs(found.weights).max()
    cells = [
        {
            "name": str(names[j]),
            "rank": rank,
            "strength": plain(float(strength)),
            "weight": float(found.weights[i, j]),
            "size": float(abs(found.weights[i, j]) / top),
            "back": bool(found.returns[i, j]),
        }
        for rank, j in enumerate(order)
        for i, strength in enumerate(found.strengths)
        if i in shown and used[i, j]
    ]
    back = found.returns.any(axis=0)
    hidden = ", ".join(plain(strength) for i, strength in enumerate(STRENGTHS) if i not in shown)
    numbers = {"first": int(used[0].sum()), "last": int(used[-1].sum()), "back": int(back.sum())}
    chart.chart(
        charts.survival,
        text.labels("inputs"),
        {"cells": pd.DataFrame(cells)},
        alt=text("inputs.alt" if told else "inputs.alt_before", **numbers, total=len(names), hidden=hidden),
        key="training_inputs_map",
        names=tuple(str(names[j]) for j in order),
        strengths=tuple(plain(s) for s in STRENGTHS),
    )
    returned = ", ".join(str(name) for name in names[back]) or "—"
    st.caption(text("inputs.returned", names=returned) if told else text("inputs.after_guess", hidden=hidden))
    predict.reveal(text, "C28", guess, "back" if back.any() else "nested", names=returned, **numbers)

    strength = st.select_slider(
        text("inputs.strength"),
        STRENGTHS,
        0.05,
        format_func=plain,
        key="training_inputs_l1",
        bind="query-params",
    )
    judged = _entry(strength)
    size, naive = np.abs(judged.gradient), np.abs(judged.gradient_at_zero)
    kept = judged.coef != 0
    rows = pd.DataFrame(
        {
            "name": names,
            "gradient": size,
            "at_zero": naive,
            "kept": np.where(kept, "in", "out"),
            "weight": judged.coef,
        }
    ).sort_values("gradient", ascending=False)
    wrong = int(((naive > strength) != kept).sum())
    chart.chart(
        charts.entry,
        text.labels("inputs"),
        {"rows": rows, "line": pd.DataFrame([{"l1": strength}])},
        about=text("inputs.about_entry"),
        alt=text("inputs.entry_alt", strength=strength, kept=int(kept.sum()), total=len(names)),
        key="training_inputs_entry",
        reach=round(float(naive.max()) * 1.05, 2),
    )
    i = STRENGTHS.index(strength)
    st.markdown(
        text(
            "inputs.said",
            strength=strength,
            kept=int(kept.sum()),
            total=len(names),
            wrong=wrong,
            accuracy=float(found.accuracy[i]),
        )
    )
    take_away(
        text,
        "inputs",
        lambda: {"training-inputs": _survivors(names, found, guess), "training-gradients": _plain(rows)},
        lambda: script("training_inputs", strength=float(strength)),
    )


def _survivors(names: Any, found: Survivors, guess: str | None) -> pd.DataFrame:
    i, j = (place.ravel() for place in np.indices(found.weights.shape))
    rows = pd.DataFrame({"input": names[j], "l1": found.strengths[i], "weight": found.weights.ravel() + 0.0})
    return rows.assign(came_back=found.returns.ravel()) if guess else rows


def _plain(rows: pd.DataFrame) -> pd.DataFrame:
    """Name the columns of the second picture as one reads them."""
    survives, weight = rows["kept"] == "in", rows["weight"] + 0.0  # never −0
    columns = {"input": rows["name"], "gradient": rows["gradient"], "gradient_at_zero": rows["at_zero"]}
    return pd.DataFrame({**columns, "survives": survives, "weight": weight})


@st.cache_data(max_entries=1, show_spinner=False)
def _digits() -> Survivors:
    return pixel_survivors(prepare(Setup(data="digits", n=MOST_ROWS)), PIXEL_STRENGTHS)


@st.fragment
def _pixels(text: Text) -> None:
    st.markdown(text.prose("pixels"))
    strength = st.select_slider(
        text("inputs.strength"),
        PIXEL_STRENGTHS,
        0.02,
        format_func=plain,
        key="training_pixels_l1",
        bind="query-params",
    )
    with st.spinner(text("inputs.working")):
        found = _digits()
    i = PIXEL_STRENGTHS.index(strength)
    row, column = np.divmod(np.arange(64), 8)
    alive = (found.weights != 0).sum(axis=1)
    left, right = st.columns([1, 2])
    with left:
        cells = pd.DataFrame({"row": row, "column": column, "weight": found.weights[i]})
        chart.chart(
            charts.pixels,
            text.labels("pixels"),
            {"cells": cells},
            alt=text("pixels.alt", strength=strength, alive=int(alive[i])),
            key="training_pixels",
            top=round(float(found.weights.max()), 1),
        )
    with right:
        lines = pd.DataFrame(
            {
                "strength": found.strengths,
                "alive": alive,
                "accuracy": found.accuracy,
                "here": found.strengths == strength,
            }
        )
        chart.chart(
            charts.alive,
            text.labels("pixels"),
            {"lines": lines},
            about=text("pixels.about_lines"),
            alt=text("pixels.lines_alt", first=int(alive[0]), last=int(alive[-1])),
            key="training_pixels_lines",
        )
        st.markdown(
            text("pixels.said", strength=strength, alive=int(alive[i]), accuracy=float(found.accuracy[i]))
        )
    take_away(
        text,
        "pixels",
        lambda: {
            "training-pixels": cells,
            "training-pixels-by-l1": lines.drop(columns="here").rename(
                columns={"strength": "l1", "alive": "pixels"}
            ),
        },
        lambda: script("training_pixels", strength=float(strength)),
    )


def _copies(text: Text) -> None:
    st.markdown(text.prose("copies"))
    guess = predict.ask(text, "C26b")
    left, right = st.columns(2)
    strength = left.select_slider(
        text("copies.strength"),
        COPY_STRENGTHS,
        0.25,
        format_func=plain,
        key="training_copies_l",
        bind="query-params",
    )
    seed = right.number_input(text("copies.seed"), 0, 99, 0, key="training_copies_seed", bind="query-params")
    if guess is None:
        st.caption(text("copies.before"))
        return
    found = jobs.result(
        text, "copies", (strength, int(seed)), lambda: CopyRun(strength, seed=int(seed)), "copies.progress"
    )
    rows = pd.DataFrame(
        [
            {"input": name, "model": model, "dropped": float(share[j])}
            for model, share in (("lasso", found.lasso), ("ridge", found.ridge))
            for j, name in enumerate(COPIES)
        ]
    )
    numbers = {
        "a": float(found.lasso[0]),
        "b": float(found.lasso[1]),
        "either": found.either,
        "ridge": float(found.ridge.max()),
        "refits": found.refits,
        "lasso_spread": float(found.lasso_spread[0]),
        "ridge_spread": float(found.ridge_spread[0]),
    }
    chart.chart(
        charts.copies,
        text.labels("copies"),
        {"rows": rows},
        alt=text("copies.alt", **numbers),
        key="training_copies",
    )
    st.markdown(text("copies.said", **numbers))
    take_away(
        text,
        "copies",
        lambda: {"training-copies": rows},
        lambda: script("training_copies", strength=float(strength), seed=int(seed), refits=found.refits),
    )
    often = "often" if found.either > 0.25 else "rarely" if found.either > 0 else "never"
    predict.reveal(text, "C26b", guess, often, **numbers)

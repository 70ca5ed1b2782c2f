"""Leverage: the same outlier moved sideways carries every line away, unless it lies on the true line."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from pages.charts import outliers as charts
from pages.sections.outliers.main import DRAWN, lines, slim, table_of
from pages.sections.outliers.points import Cached, Floats, Points, nearest, number, positions, span, spread
from pages.ui import controls, drag, predict
from pages.ui.text import Text
from reglib.linear import fit_l1, moved_point_fits
from reglib.outliers import subsample

STEPS = 61
REACH = 1.2  # half the width of the handle, in steps


def show(text: Text, points: Points) -> None:
    st.markdown(text.prose("leverage"))
    guess = predict.ask(text, "C19")
    slope, intercept = points.truth or _level_line(points.private, points.x, points.y, points.index)
    near, far = float(points.x.min()), float(points.x.max()) + 5.0 * spread(points.x)
    xs, x_span = positions(near, far, points.home[0], STEPS), span(near, far, STEPS, REACH)
    left, right = st.columns(2)
    with left:
        mode = controls.choice(
            text("leverage.mode"), text.labels("leverage_modes"), key="outliers_far_mode", default="away"
        )
    with right:
        key = f"outliers_{points.data}_far"
        place = number(text("leverage.x"), xs, float(xs[-1]), key=key)
    ys = np.full(len(xs), points.place[1]) if mode == "away" else intercept + slope * xs
    rows = points.rows
    table = _fits(
        points.private, points.x[rows], points.y[rows], int(np.searchsorted(rows, points.index)), xs, ys,
        points.delta, x_span,
    )  # fmt: skip
    here = table.iloc[int(np.argmin(np.abs(xs - place)))]
    home = table.iloc[int(np.argmin(np.abs(xs - points.home[0])))]
    _draw(text, points, table, xs, ys, x_span, key, here)
    fits = lines(points.delta)
    said = {
        f"{fit}_{when}": row[f"{fit}_slope"] for fit in fits for when, row in (("home", home), ("far", here))
    }
    words = "leverage.seen_huber" if "huber" in fits else "leverage.seen"
    st.markdown(text(words, x=place, **said))
    if guess is not None:
        _decide(text, points, guess, float(xs[-1]), x_span, slope, intercept)


def _draw(
    text: Text,
    points: Points,
    table: pd.DataFrame,
    xs: Floats,
    ys: Floats,
    x_span: tuple[float, float],
    key: str,
    here: pd.Series,
) -> None:
    """Draw both pictures under one handle, which is as high as the picture and so moves sideways only."""
    others = subsample(len(points.x), DRAWN, seed=0)
    others = others[others != points.index]
    step = float(xs[1] - xs[0])
    y_span = points.y_span
    if ys[0] != ys[-1]:
        heights = np.concatenate([points.y, ys])
        low, high = float(heights.min()), float(heights.max())
        y_span = (low - 0.12 * (high - low), high + 0.12 * (high - low))
    middle = key.replace("_far", "_far_height")
    st.session_state[middle] = (y_span[0] + y_span[1]) / 2
    fits = lines(points.delta)
    slopes = pd.concat([pd.DataFrame({"x": xs, "fit": fit, "slope": table[f"{fit}_slope"]}) for fit in fits])
    words = text.labels(f"plane_{points.data}")
    drag.chart(
        charts.leverage,
        text.labels("plane").with_values(x=words["x"], y=words["y"], n=len(points.x), m=len(points.rows)),
        {
            "fits": slim(table),
            "slopes": slopes,
            "points": pd.DataFrame({"x": points.x[others], "y": points.y[others]}),
            "home": pd.DataFrame({"x": [points.home[0]], "y": [st.session_state[middle]]}),
            "path": pd.DataFrame({"x": xs[[0, -1]], "y": ys[[0, -1]]}),
        },
        handles={"outlier": (key, middle)},
        snap=lambda _, x, y: (nearest(xs, x), st.session_state[middle]),
        reach=(REACH * step, (y_span[1] - y_span[0]) / 2),
        alt=text("leverage.alt", x=here["x"], l1=here["l1_slope"], l2=here["l2_slope"]),
        key=f"outliers_leverage_{points.data}",
        x_span=x_span,
        y_span=y_span,
        half=step / 2,
        fits=fits,
        whole=points.data == "phone",
    )


def _decide(
    text: Text,
    points: Points,
    guess: str,
    far: float,
    x_span: tuple[float, float],
    slope: float,
    intercept: float,
) -> None:
    """Send the outlier as far as the picture goes, at its lowest and highest place, and along the others' line."""
    rows = points.rows
    x, y, index = points.x[rows], points.y[rows], int(np.searchsorted(rows, points.index))
    heights = np.array([points.ys[0], points.ys[-1], intercept + slope * far])
    delta = points.delta or points.usual_delta
    table = _fits(points.private, x, y, index, np.full(3, far), heights, delta, x_span)
    home = fit_l1(x, y).slope
    l1 = table["l1_slope"].to_numpy()
    worst = int(np.argmax(np.abs(l1[:2] - home)))
    predict.reveal(
        text, "C19", guess, "no" if abs(l1[worst] - home) > abs(l1[2] - home) else "yes",
        x=far, y=heights[worst], home=home, far=l1[worst], huber=table["huber_slope"][worst], along=l1[2],
    )  # fmt: skip


def _fit_along(
    x: Floats,
    y: Floats,
    index: int,
    to_x: Floats,
    to_y: Floats,
    delta: float | None,
    x_span: tuple[float, float],
) -> pd.DataFrame:
    found = moved_point_fits(x, y, index, to_x, to_y, delta or 1.0)
    return table_of(found, delta, x_span)


_fits = Cached(_fit_along)


def _line_of_the_others(x: Floats, y: Floats, index: int) -> tuple[float, float]:
    line = fit_l1(np.delete(x, index), np.delete(y, index))
    return line.slope, line.intercept


_level_line = Cached(_line_of_the_others)

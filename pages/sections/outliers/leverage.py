"""Leverage: the same outlier moved sideways carries every line away, unless it lies on the true line."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from pages.charts import outliers as charts
from pages.sections.outliers import main
from pages.sections.outliers.cached import Cached
from pages.sections.outliers.points import Floats, Points, half_step, nearest, number, positions, span, spread
from pages.ui import controls, drag, predict, tour
from pages.ui.text import Text, significant
from reglib.linear import MAX_PATH_POINTS, fit_l1, moved_point_fits
from reglib.outliers import subsample

STEPS = 61
REACH = 1.2  # half the width of the handle, in steps
ALIKE = 0.1  # Huber counts as no better than L1 if its largest change is within this share of L1's


def show(text: Text, points: Points) -> None:
    st.markdown(text.prose("leverage"))
    n = len(points.x)
    rows = np.arange(n) if n <= MAX_PATH_POINTS else points.rows
    if len(rows) < n:
        st.caption(text("leverage.sample", n=n, m=len(rows), most=MAX_PATH_POINTS))
    x, y, index = points.x[rows], points.y[rows], int(np.searchsorted(rows, points.index))
    home = points.home[0]
    line = f"leverage.line.{'truth' if points.truth else 'others'}"
    slope, intercept = points.truth or _level_line(points.private, x, y, index)
    near, far = float(points.x.min()), float(points.x.max()) + 5.0 * spread(points.x)
    xs, x_span = positions(near, far, home, STEPS), span(near, far, STEPS, REACH)

    guess = predict.ask(text, "C19")
    if guess is not None:
        _decide(text, points, (x, y, index), guess, xs, intercept + slope * xs, line)
    left, right = st.columns(2)
    with left:
        mode = controls.choice(
            text("leverage.mode"),
            text.labels("leverage_modes").with_values(line=text(line)),
            key="outliers_far_mode",
            default="away",
        )
    with right:
        key = f"outliers_{points.data}_far"
        place = number(text("leverage.x"), xs, home, key=key)
    ys = np.full(len(xs), points.place[1]) if mode == "away" else intercept + slope * xs
    everything = guess is not None or tour.current() is not None
    table, drawn = _fits(points.private, x, y, index, xs, ys, points.delta, x_span, everything)
    here, start = (
        {name: float(column[np.argmin(np.abs(xs - at))]) for name, column in table.items()}
        for at in (place, home)
    )
    _draw(text, points, drawn, xs, ys, x_span, key, here)
    names = text.labels("plane")
    fits = main.lines(points.delta)
    if place == home:
        slopes = " · ".join(f"{names[fit]} **{significant(here[f'{fit}_slope'], 3)}**" for fit in fits)
    else:
        slopes = " · ".join(
            f"{names[fit]} {significant(start[f'{fit}_slope'], 3)} → **{significant(here[f'{fit}_slope'], 3)}**"
            for fit in fits
        )
    if not everything:
        st.caption(text("leverage.hidden"))
    words = "leverage.still" if place == home else f"leverage.seen_{mode}"
    st.markdown(text(words, home=home, x=place, y=here["y"], slopes=slopes, line=text(line)))
    main.take(text, points, "leverage", (place, here["y"]), rows)


def _draw(
    text: Text,
    points: Points,
    drawn: dict[str, pd.DataFrame],
    xs: Floats,
    ys: Floats,
    x_span: tuple[float, float],
    key: str,
    here: dict[str, float],
) -> None:
    """Draw both pictures under one handle, which is as high as the picture and so moves sideways only."""
    half = half_step(xs)
    y_span = points.y_span
    if ys[0] != ys[-1]:
        heights = np.concatenate([points.y, ys])
        low, high = float(heights.min()), float(heights.max())
        y_span = (low - 0.12 * (high - low), high + 0.12 * (high - low))
    middle = key.replace("_far", "_far_height")
    st.session_state[middle] = (y_span[0] + y_span[1]) / 2
    drag.chart(
        charts.leverage,
        main.axes(text, points, "leverage.about"),
        {**drawn, **_others(points.private, points.x, points.y, points.index)},
        handles={"outlier": (key, middle)},
        snap=lambda _, x, y: (nearest(xs, x), st.session_state[middle]),
        alt=text("leverage.alt", x=here["x"], l1=here["l1_slope"], l2=here["l2_slope"]),
        key=f"outliers_leverage_{points.data}",
        lasting=False,
        x_span=x_span,
        y_span=y_span,
        half=half,
        reach=2 * REACH * half,
        whole=points.whole,
        private=points.private,
    )


def _decide(
    text: Text,
    points: Points,
    data: tuple[Floats, Floats, int],
    guess: str,
    xs: Floats,
    along: Floats,
    line: str,
) -> None:
    """Send the outlier sideways, low and high, and along a line (`along`); compare with moving it up and down."""
    x, y, index = data
    low, high = float(points.ys[0]), float(points.ys[-1])
    delta = points.delta or points.usual_delta
    changes = _changes(points.private, x, y, index, xs, along, low, high, points.ys, delta)
    l1, huber = changes["l1"], changes["huber"]
    ratio = huber / l1 - 1 if l1 else 0.0
    kind = "same" if abs(ratio) <= ALIKE else "less" if ratio < 0 else "more"
    predict.reveal(
        text, "C19", guess, "no" if l1 > changes["upright"] else "yes",
        **changes, line=predict.Words(line, {}),
        huber_said=predict.Words(f"leverage.huber.{kind}", {"l1": l1, "huber": huber}),
    )  # fmt: skip


def _largest_changes(
    x: Floats,
    y: Floats,
    index: int,
    xs: Floats,
    along: Floats,
    low: float,
    high: float,
    ys: Floats,
    delta: float,
) -> dict[str, float]:
    """Find the largest change of the L1 and the Huber slope from home, over every x sideways and every y upright."""
    level = np.repeat([low, high], len(xs))
    far = moved_point_fits(
        x, y, index, np.tile(xs, 3), np.concatenate([level, along]), delta
    )  # low, high, along the others' line
    up = moved_point_fits(
        x, y, index, np.append(np.full(len(ys), x[index]), x[index]), np.append(ys, y[index]), delta
    )
    home = {fit: float(up[f"{fit}_slope"][-1]) for fit in ("l1", "huber")}
    change = {fit: np.abs(far[f"{fit}_slope"] - home[fit]) for fit in home}
    sideways = slice(0, len(level))
    worst = int(np.argmax(change["l1"][sideways]))
    return {
        "x": float(far["x"][worst]), "y": float(far["y"][worst]), "home": home["l1"],
        "far": float(far["l1_slope"][worst]), "l1": float(change["l1"][worst]),
        "huber": float(change["huber"][sideways].max()), "along": float(change["l1"][len(level):].max()),
        "upright": float(np.abs(up["l1_slope"] - home["l1"]).max()),
    }  # fmt: skip


_changes = Cached(_largest_changes)


def _fit_along(
    x: Floats,
    y: Floats,
    index: int,
    to_x: Floats,
    to_y: Floats,
    delta: float | None,
    x_span: tuple[float, float],
    everything: bool,
) -> tuple[dict[str, Floats], dict[str, pd.DataFrame]]:
    """Fit all lines along the way; the curves of their slopes are shown whole, or as far as the outlier has come."""
    table = main.table_of(moved_point_fits(x, y, index, to_x, to_y, delta or 1.0), delta, x_span)
    fits = main.lines(delta)
    rows = len(fits) * len(to_x)
    slopes = {
        "x": np.tile(to_x, len(fits)),
        "fit": np.repeat(fits, len(to_x)),
        "slope": np.concatenate([table[f"{fit}_slope"] for fit in fits]),
        "home": np.full(rows, x[index]),
        "shown": np.full(rows, float(everything)),
    }
    heights = slopes["slope"]
    drawn = {
        "fits": main.slim(table),
        "slopes": main.slim(slopes),
        "frame": pd.DataFrame({"x": to_x[[0, -1]], "slope": [heights.min(), heights.max()]}),
        "path": pd.DataFrame({"x": to_x[[0, -1]], "y": to_y[[0, -1]]}),
    }
    return table, drawn


_fits = Cached(_fit_along)


def _lay_out(x: Floats, y: Floats, index: int) -> dict[str, pd.DataFrame]:
    """Lay out the other points."""
    others = subsample(len(x), main.DRAWN, seed=0)
    others = others[others != index]
    return {"points": pd.DataFrame({"x": x[others], "y": y[others]})}


_others = Cached(_lay_out)


def _line_of_the_others(x: Floats, y: Floats, index: int) -> tuple[float, float]:
    line = fit_l1(np.delete(x, index), np.delete(y, index))
    return line.slope, line.intercept


_level_line = Cached(_line_of_the_others)

"""The main view: one outlier under the hand, three lines, their losses and the outlier's share of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st
from numpy.typing import NDArray

from pages.charts import outliers as charts
from pages.sections.outliers.cached import Cached
from pages.sections.outliers.points import REACH, Floats, Points, half_step, snap
from pages.ui import drag
from pages.ui.takeaway import script, take_away
from pages.ui.text import Labels, Text, significant
from reglib.linear import fit_huber, fit_l1, fit_l2, position_bands, position_table
from reglib.losses import Huber, summarise
from reglib.outliers import subsample

BAND = 13  # places along x at which the set of optimal L1 lines is drawn
DRAWN = 400  # most points of a large data set that are drawn
WRITTEN = 500  # most points that a script holds; with more it reads the table
SHARE_DIGITS = 6  # a point on the line has a rounding error, not a share of 2e-18
LOSS = {"l1": ("sum_abs", "share_abs"), "l2": ("sum_sq", "share_sq")}  # columns of a position table


def show(text: Text, points: Points) -> None:
    """Draw the picture, and say what the move did."""
    half = half_step(points.xs), half_step(points.ys)
    rows = points.rows
    among = (points.x[rows], points.y[rows], int(np.searchsorted(rows, points.index)), points.xs, points.ys)
    table, fits = _fits(points.private, *among, points.delta, points.x_span)
    bands = _bands(points.private, *among, points.x_span)
    if points.sampled:
        row, band = _whole(
            points.private,
            points.x,
            points.y,
            points.index,
            points.place,
            points.at,
            points.delta,
            points.x_span,
        )
        bands = pd.concat([bands[bands["key"] != points.at], band])
        table = {name: column.copy() for name, column in table.items()}
        for name, value in row.items():
            table[name][points.at] = value
        fits = slim(table)
    now = {name: float(column[points.at]) for name, column in table.items()}
    drag.chart(
        charts.plane,
        axes(text, points, "main.about"),
        {
            "fits": fits,
            "bands": bands,
            **_scene(
                points.private, points.x, points.y, points.wrong, points.index, points.truth, points.x_span,
                (points.xs[0], points.ys[0], len(points.ys)),
            ),
        },
        handles={"outlier": (f"outliers_{points.data}_x", f"outliers_{points.data}_y")},
        snap=lambda _, x, y: snap(points, x, y),
        alt=text(
            "main.alt", n=len(points.x), x=points.place[0], y=points.place[1], l1=now["l1_slope"],
            l2=now["l2_slope"], l1_words=_slopes(now), l1_share=now["l1_share"], l2_share=now["l2_share"],
        ),
        key=f"outliers_plane_{points.data}",
        x_span=points.x_span,
        y_span=points.y_span,
        half=half,
        reach=(2 * REACH[0] * half[0], 2 * REACH[1] * half[1]),
        sampled=points.sampled,
        whole=points.whole,
        private=points.private,
    )  # fmt: skip
    st.markdown(_seen(text, points, now))


def _slopes(now: Mapping[str, float]) -> str:
    """Write the L1 slope, or the range of all that are equally good."""
    ends = dict.fromkeys(significant(now[end], 3) for end in ("l1_low", "l1_high"))
    return "–".join(ends)


def axes(text: Text, points: Points, about: str) -> Labels:
    """Give the labels of a picture of the points; `about` is the key of what it is in itself."""
    x, y = points.names or text.labels(f"plane_{points.data}").values()
    n = len(points.x)
    return text.labels("plane").with_values(x=x, y=y, n=n, m=len(points.rows), about=text(about, n=n))


def _seen(text: Text, points: Points, now: dict[str, float]) -> str:
    """Say what the move did to both slopes, and whether the L1 line is one of many."""
    home_l1, home_l2 = _home(points.private, points.x, points.y)
    words = text(
        "main.seen.still" if points.place == points.home else "main.seen.moved",
        x_home=points.home[0], y_home=points.home[1], x=points.place[0], y=points.place[1],
        l1=now["l1_slope"], l2=now["l2_slope"], l1_home=home_l1, l2_home=home_l2,
    )  # fmt: skip
    if now["l1_low"] < now["l1_high"]:
        words += " " + text("main.seen.several", low=now["l1_low"], high=now["l1_high"])
    return words


_home = Cached(lambda x, y: (fit_l1(x, y).slope, fit_l2(x, y).slope))


def take(text: Text, points: Points, name: str, place: tuple[float, float], rows: Any = slice(None)) -> None:
    """Let the reader take the points away, the outlier at its place, and a script that fits the lines."""

    def table() -> pd.DataFrame:
        x, y = (values[rows] for values in _moved(points.x, points.y, points.index, place))
        return pd.DataFrame({"x": x, "y": y, "outlier": np.arange(len(points.x))[rows] == points.index})

    def code() -> str:
        given = table()
        pairs = list(zip(given["x"].tolist(), given["y"].tolist(), strict=True))
        return script(
            "outliers", points=pairs if len(pairs) <= WRITTEN else None,
            outlier=int(np.argmax(given["outlier"])), delta=points.delta or points.usual_delta,
        )  # fmt: skip

    take_away(text, name, lambda: {"outliers": table()}, code)


def table_of(
    found: Mapping[str, Floats], delta: float | None, x_span: tuple[float, float]
) -> dict[str, Floats]:
    """Lay reglib's fits out for a picture: the ends of each line, its slope, its loss, the outlier's share."""
    table = {"x": found["x"], "y": found["y"]}
    for fit in lines(delta):
        slope, intercept = found[f"{fit}_slope"], found[f"{fit}_intercept"]
        table[f"{fit}_start"], table[f"{fit}_end"] = (slope * end + intercept for end in x_span)
        table[f"{fit}_slope"] = slope
        if fit == "huber":
            own = Huber(delta or 1.0).value(found["y"] - slope * found["x"] - intercept)
            cost = table["huber_loss"] = found["huber_cost"]
            share = np.divide(own, cost, out=np.zeros_like(own), where=cost > 0)
        else:
            table[f"{fit}_loss"], share = (found[f"{fit}_{what}"] for what in LOSS[fit])
        table[f"{fit}_share"] = share.round(SHARE_DIGITS)
    low, high = found["l1_slope_low"], found["l1_slope_high"]
    several = high - low > 1e-9 * (1 + np.abs(found["l1_slope"]))
    table["l1_low"], table["l1_high"] = (np.where(several, end, found["l1_slope"]) for end in (low, high))
    table["all"], table["key"] = np.zeros(len(low)), np.arange(float(len(low)))
    return table


def _fit_everywhere(
    x: Floats, y: Floats, index: int, xs: Floats, ys: Floats, delta: float | None, x_span: tuple[float, float]
) -> tuple[dict[str, Floats], pd.DataFrame]:
    """Fit all lines at every position, exactly and for drawing."""
    table = table_of(position_table(x, y, index, xs, ys, delta or 1.0), delta, x_span)
    return table, slim(table)


_fits = Cached(_fit_everywhere)


def _fill_everywhere(
    x: Floats, y: Floats, index: int, xs: Floats, ys: Floats, x_span: tuple[float, float]
) -> pd.DataFrame:
    """Lay out the bands of all optimal L1 lines, at the positions that leave several; δ plays no part in them."""
    at = np.linspace(*x_span, BAND)
    found = position_bands(x, y, index, xs, ys, at)
    i, j = (np.searchsorted(grid, found[axis]) for grid, axis in ((xs, "x"), (ys, "y")))
    return _band(i * len(ys) + j, at, found["low"], found["high"])


_bands = Cached(_fill_everywhere)


def _fit_whole(
    x: Floats,
    y: Floats,
    index: int,
    place: tuple[float, float],
    key: int,
    delta: float | None,
    x_span: tuple[float, float],
) -> tuple[dict[str, float], pd.DataFrame]:
    """Fit every point of a large data set, the outlier at its place."""
    x, y = _moved(x, y, index, place)
    row: dict[str, float] = {"all": 1}
    l1 = fit_l1(x, y)
    row["l1_low"], row["l1_high"] = l1.slope_low, l1.slope_high
    for fit in lines(delta):
        line = {"l1": l1, "l2": fit_l2(x, y)}.get(fit) or fit_huber(x, y, delta or 1.0)
        row[f"{fit}_start"], row[f"{fit}_end"] = (float(end) for end in line.predict(x_span))
        row[f"{fit}_slope"], row[f"{fit}_loss"] = line.slope, line.cost
        r = y - line.predict(x)
        if fit == "huber":
            own = float(Huber(delta or 1.0).value(r[[index]])[0])
            share = own / line.cost if line.cost else 0.0
        else:
            share = float(getattr(summarise(r), LOSS[fit][1])[index])
        row[f"{fit}_share"] = round(share, SHARE_DIGITS)
    at = np.linspace(*x_span, BAND)
    low, high = l1.band(at)
    return row, _band(np.array([key][: 0 if l1.unique else 1], dtype=int), at, low[None], high[None])


_whole = Cached(_fit_whole)


def _lay_out(
    x: Floats,
    y: Floats,
    wrong: Floats,
    index: int,
    truth: tuple[float, float] | None,
    x_span: tuple[float, float],
    grid: tuple[float, float, int],
) -> dict[str, pd.DataFrame]:
    """Lay out what does not move: the other points, the outlier's home, where its positions begin, the true line."""
    first = {"first_x": [grid[0]], "first_y": [grid[1]], "rows": [grid[2]]}
    others = subsample(len(x), DRAWN, seed=0)
    others = others[others != index]
    ends = np.array(x_span if truth else (), dtype=np.float64)
    slope, intercept = truth or (0.0, 0.0)
    return {
        "points": pd.DataFrame(
            {
                "number": (others + 1).astype(np.int32),
                "x": x[others],
                "y": y[others],
                "kind": np.where(wrong[others], "wrong", "fine"),
            }
        ),
        "home": pd.DataFrame({"x": x[[index]], "y": y[[index]], **first}),
        "truth": pd.DataFrame({"x": ends, "y": intercept + slope * ends}),
    }


_scene = Cached(_lay_out)


def lines(delta: float | None) -> tuple[str, ...]:
    """Name the lines that are drawn: Huber's only if it has a δ."""
    return charts.FITS if delta else charts.FITS[:2]


def _moved(x: Floats, y: Floats, index: int, place: tuple[float, float]) -> tuple[Floats, Floats]:
    x, y = x.copy(), y.copy()
    x[index], y[index] = place
    return x, y


def _band(keys: NDArray[np.int64], at: Floats, low: Floats, high: Floats) -> pd.DataFrame:
    """Give a row per position and place along x: lowest and highest optimal line there."""
    n = len(keys)
    flat = {"key": np.repeat(keys, BAND), "x": np.tile(at, n)}
    return slim({**flat, "low": low[:n].ravel(), "high": high[:n].ravel()})


def slim(table: Mapping[str, NDArray[Any]]) -> pd.DataFrame:
    """Make a frame, with the numbers halved wherever that costs less than a ten-thousandth of a column's range."""
    columns: dict[str, Any] = {}
    for name, values in table.items():
        columns[name] = values
        if name == "all":
            columns[name] = values.astype(np.uint8)
        elif name == "key":
            columns[name] = values.astype(np.int16)
        elif values.dtype.kind == "f" and len(values) and np.abs(values).max() < 1e30:
            halved = values.astype(np.float32)
            if np.abs(halved - values).max() <= 1e-4 * max(np.ptp(values), 1e-30):
                columns[name] = halved
    return pd.DataFrame(columns)

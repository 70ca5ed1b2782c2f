"""The main view: one outlier under the hand, three lines, their losses and the outlier's share of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from pages.charts import outliers as charts
from pages.sections.outliers.points import REACH, Cached, Floats, Points, snap
from pages.ui import drag
from pages.ui.text import Text
from reglib.linear import L1Line, fit_huber, fit_l1, fit_l2, position_table
from reglib.losses import Huber, summarise
from reglib.outliers import subsample

BAND = 13  # places along x at which the set of optimal L1 lines is drawn
DRAWN = 400  # most points of a large data set that are drawn
LOSS = {"l1": ("sum_abs", "share_abs"), "l2": ("sum_sq", "share_sq")}  # columns of a position table


def show(text: Text, points: Points) -> Any:
    """Draw the picture; give the row of numbers that belongs to the outlier's place."""
    half = tuple(float(grid[1] - grid[0]) / 2 for grid in (points.xs, points.ys))
    rows = points.rows
    table, bands, drawn = _fits(
        points.private, points.x[rows], points.y[rows], int(np.searchsorted(rows, points.index)),
        points.xs, points.ys, points.delta, points.x_span,
    )  # fmt: skip
    at = int(np.flatnonzero(_at(table, "x", "y", points))[0])
    if points.sampled:
        row, band = _whole(
            points.private, points.x, points.y, points.index, points.place, points.delta, points.x_span
        )
        table, bands = table.copy(), pd.concat([bands[~_at(bands, "px", "py", points)], band])
        table.loc[at, list(row)] = list(row.values())
        drawn = slim(table), slim(bands)
    now = table.iloc[at]
    others = subsample(len(points.x), DRAWN, seed=0)
    others = others[others != points.index]
    words = text.labels(f"plane_{points.data}")
    drag.chart(
        charts.plane,
        text.labels("plane").with_values(x=words["x"], y=words["y"], n=len(points.x), m=len(points.rows)),
        {
            "fits": drawn[0],
            "bands": drawn[1],
            "points": pd.DataFrame(
                {
                    "number": (others + 1).astype(np.int32),
                    "x": points.x[others],
                    "y": points.y[others],
                    "kind": np.where(points.wrong[others], "wrong", "fine"),
                }
            ),
            "home": pd.DataFrame({"x": [points.home[0]], "y": [points.home[1]]}),
            "truth": _truth(points),
        },
        handles={"outlier": (f"outliers_{points.data}_x", f"outliers_{points.data}_y")},
        snap=lambda _, x, y: snap(points, x, y),
        reach=(2 * REACH[0] * half[0], 2 * REACH[1] * half[1]),
        alt=text(
            "main.alt", n=len(points.x), x=points.place[0], y=points.place[1], l1=now["l1_slope"],
            l2=now["l2_slope"], l1_share=now["l1_share"], l2_share=now["l2_share"],
        ),
        key=f"outliers_plane_{points.data}",
        x_span=points.x_span,
        y_span=points.y_span,
        half=half,
        fits=charts.FITS if points.delta else charts.FITS[:2],
        sampled=points.sampled,
        whole=points.data == "phone",
    )  # fmt: skip
    return now


def seen(text: Text, points: Points, now: Any) -> str:
    """Say what the move did to both slopes, and whether the L1 line is one of many."""
    home_l1, home_l2 = _home(points.private, points.x, points.y)
    words = text(
        "main.seen.still" if points.place == points.home else "main.seen.moved",
        home=points.home[1], x=points.place[0], y=points.place[1], l1=now["l1_slope"], l2=now["l2_slope"],
        l1_home=home_l1, l2_home=home_l2,
    )  # fmt: skip
    if now["l1_low"] < now["l1_high"]:
        words += " " + text("main.seen.several", low=now["l1_low"], high=now["l1_high"])
    return words


_home = Cached(lambda x, y: (fit_l1(x, y).slope, fit_l2(x, y).slope))


def table_of(found: Mapping[str, Floats], delta: float | None, x_span: tuple[float, float]) -> pd.DataFrame:
    """Lay reglib's fits out for a picture: the ends of each line, its slope, its loss, the outlier's share."""
    table = pd.DataFrame({"x": found["x"], "y": found["y"]})
    for fit in lines(delta):
        slope, intercept = found[f"{fit}_slope"], found[f"{fit}_intercept"]
        table[f"{fit}_start"], table[f"{fit}_end"] = (slope * end + intercept for end in x_span)
        table[f"{fit}_slope"] = slope
        if fit == "huber":
            own = Huber(delta or 1.0).value(found["y"] - slope * found["x"] - intercept)
            cost = table["huber_loss"] = found["huber_cost"]
            table["huber_share"] = np.divide(own, cost, out=np.zeros_like(own), where=cost > 0)
        else:
            table[f"{fit}_loss"], table[f"{fit}_share"] = (found[f"{fit}_{what}"] for what in LOSS[fit])
        # A point on the line is left with a rounding error, not with a share.
        table[f"{fit}_share"] = table[f"{fit}_share"].round(4)
    low, high = found["l1_slope_low"], found["l1_slope_high"]
    several = high - low > 1e-9 * (1 + np.abs(found["l1_slope"]))
    table["l1_low"], table["l1_high"] = (np.where(several, end, found["l1_slope"]) for end in (low, high))
    table["all"] = 0
    return table


def _fit_everywhere(
    x: Floats, y: Floats, index: int, xs: Floats, ys: Floats, delta: float | None, x_span: tuple[float, float]
) -> tuple[pd.DataFrame, pd.DataFrame, tuple[pd.DataFrame, pd.DataFrame]]:
    """Fit all lines at every position; where several L1 lines are optimal, the bands they fill; both for drawing."""
    table = table_of(position_table(x, y, index, xs, ys, delta or 1.0), delta, x_span)
    several = table["l1_low"] < table["l1_high"]
    bands = [
        _band(fit_l1(*_moved(x, y, index, place)), place, x_span)
        for place in zip(table["x"][several], table["y"][several], strict=True)
    ]
    return table, _frame(bands), (slim(table), slim(_frame(bands)))


_fits = Cached(_fit_everywhere)


def _fit_whole(
    x: Floats,
    y: Floats,
    index: int,
    place: tuple[float, float],
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
            row["huber_share"] = own / line.cost if line.cost else 0.0
        else:
            row[f"{fit}_share"] = float(getattr(summarise(r), LOSS[fit][1])[index])
    return row, _frame([] if l1.unique else [_band(l1, place, x_span)])


_whole = Cached(_fit_whole)


def _at(frame: pd.DataFrame, x: str, y: str, points: Points) -> Any:
    return (frame[x] == points.place[0]) & (frame[y] == points.place[1])


def lines(delta: float | None) -> tuple[str, ...]:
    return charts.FITS if delta else charts.FITS[:2]


def _moved(x: Floats, y: Floats, index: int, place: tuple[float, float]) -> tuple[Floats, Floats]:
    x, y = x.copy(), y.copy()
    x[index], y[index] = place
    return x, y


def _band(line: L1Line, place: tuple[float, float], x_span: tuple[float, float]) -> Floats:
    """Give the rows of one band: place, x, lowest and highest optimal line there."""
    x = np.linspace(*x_span, BAND)
    return np.column_stack([np.broadcast_to(place, (BAND, 2)), x, *line.band(x)])


def _frame(bands: list[Floats]) -> pd.DataFrame:
    return pd.DataFrame(np.concatenate([np.empty((0, 5)), *bands]), columns=["px", "py", "x", "low", "high"])


def _truth(points: Points) -> pd.DataFrame:
    if points.truth is None:
        return pd.DataFrame({"x": [], "y": []}, dtype=np.float64)
    slope, intercept = points.truth
    return pd.DataFrame({"x": points.x_span, "y": [intercept + slope * x for x in points.x_span]})


def slim(frame: pd.DataFrame) -> pd.DataFrame:
    """Halve the numbers wherever that costs less than a ten-thousandth of a column's range."""
    slim = frame.copy()
    for name in frame:
        values = frame[name].to_numpy()
        if name == "all":
            slim[name] = values.astype(np.uint8)
        elif len(values) and np.abs(values).max() < 1e30:
            halved = values.astype(np.float32)
            if np.abs(halved - values).max() <= 1e-4 * max(np.ptp(values), 1e-30):
                slim[name] = halved
    return slim

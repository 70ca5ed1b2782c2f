"""The points of the lesson, which of them is the outlier, and where it stands: shared by page and sections."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import partial
from typing import Literal

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from pages.sections.outliers.cached import Cached
from pages.ui import controls, problems, upload
from pages.ui.text import Text, axis_title, escape, significant
from reglib import datasets
from reglib.datasets import LineData
from reglib.errors import ReglibError
from reglib.linear import MAX_TABLE_POINTS, fit_l1, huber_delta
from reglib.outliers import corrupt, subsample

Floats = NDArray[np.float64]

COLUMNS, ROWS = 41, 33  # positions of the outlier
REACH = (1.6, 2.2)  # half the width and height of the handle, in positions
LARGEST = 1e98  # of a reader's own values: the outlier can be moved beyond them
DIABETES = "bmi"
SPOILT_BY = 5.0  # standard deviations of y
USUAL = 1.4  # Huber's δ in spreads of the residuals: 1.345, on the control's scale


_spread = Cached(partial(huber_delta, k=1.0))
_farthest = Cached(lambda x, y: int(np.argmax(np.abs(y - fit_l1(x, y).predict(x)))))


@dataclass(frozen=True)
class Preset:
    """Which point of a data set is the outlier at first, and the room around the points."""

    point: int
    room: tuple[float, float, float, float]


PRESETS = {
    "line": Preset(point=19, room=(-2, 18, -7, 9)),
    "phone": Preset(point=20, room=(1944, 1984, -60, 260)),
    "diabetes": Preset(point=257, room=(15, 55, -140, 500)),
}


@dataclass(frozen=True, eq=False)
class Points:
    """What the reader has set.

    Attributes
    ----------
    data : str
        Code of the data set: a key of `PRESETS`, or "own".
    x, y : ndarray, shape (n,)
        All points; the outlier where the data have it.
    wrong : ndarray of bool, shape (n,)
        Points known to be wrong, or corrupted on purpose.
    truth : (slope, intercept) or None
    index : int
        The outlier, counted from 0.
    xs, ys : ndarray
        Positions where it can stand; its own is among them.
    x_span, y_span : (float, float)
        What the picture shows: a little more than the positions, so that the hand reaches the outermost ones.
    place : (float, float)
        The position where it stands.
    delta : float or None
        Huber's δ; None where the reader has switched that line off.
    usual_delta : float
        The δ that is usually taken for these points.
    names : (str, str) or None
        Axis titles of the reader's own points.
    """

    data: str
    x: Floats
    y: Floats
    wrong: NDArray[np.bool_]
    truth: tuple[float, float] | None
    index: int
    xs: Floats
    ys: Floats
    x_span: tuple[float, float]
    y_span: tuple[float, float]
    place: tuple[float, float]
    delta: float | None
    usual_delta: float
    names: tuple[str, str] | None = None

    @property
    def home(self) -> tuple[float, float]:
        """Where the data have the outlier."""
        return float(self.x[self.index]), float(self.y[self.index])

    @property
    def moved(self) -> tuple[Floats, Floats]:
        """All points, the outlier at its place."""
        x, y = self.x.copy(), self.y.copy()
        x[self.index], y[self.index] = self.place
        return x, y

    @property
    def at(self) -> int:
        """Its place in a table over all positions."""
        i, j = (
            int(np.argmin(np.abs(grid - at))) for grid, at in zip((self.xs, self.ys), self.place, strict=True)
        )
        return i * len(self.ys) + j

    @property
    def rows(self) -> NDArray[np.int64]:
        """The points that are fitted while the outlier is dragged: all, or a sample with the outlier in it."""
        n = len(self.x)
        if n <= MAX_TABLE_POINTS:
            return np.arange(n)
        sample = subsample(n - 1, MAX_TABLE_POINTS - 1, seed=0)
        return np.sort(np.append(sample + (sample >= self.index), self.index))

    @property
    def sampled(self) -> bool:
        return len(self.x) > MAX_TABLE_POINTS

    @property
    def whole(self) -> bool:
        """Whether x are years, or whole numbers like them, which are written without a thousands separator."""
        return bool((self.x == np.rint(self.x)).all() and self.x.min() >= 1000 and self.x.max() < 3000)

    @property
    def private(self) -> bool:
        """Whether the points are the reader's own, which no shared cache may hold."""
        return self.data == "own"


def choose(text: Text) -> Points | None:
    """Draw the controls and give what they say; ``None`` (said why) if there is nothing to show."""
    data = controls.choice(
        text("main.data"), text.labels("data"), key="outliers_data", default="line", kind="list", steady=True
    )
    try:
        points = _own(text) if data == "own" else _built_in(False, data)
        if points is None:
            return None
        return _settings(text, data, points)
    except ReglibError as error:
        problems.show(text, error)
        return None


def _load(data: str) -> LineData:
    if data == "phone":
        return datasets.telephone_calls()
    if data == "diabetes":
        table = datasets.diabetes()
        x = table.column(DIABETES)
        return LineData(
            name=data, x=x, y=np.asarray(table.y, dtype=np.float64), x_name=DIABETES, y_name=table.target_name,
            source=table.source, suspect=np.zeros(len(x), dtype=bool),
        )  # fmt: skip
    line = datasets.make_line(20, slope=0.5, intercept=1.0, noise=0.6, seed=6)
    # One decimal, so that the inputs show what the picture has.
    return LineData(
        name=data, x=line.x.round(1), y=line.y.round(1), x_name=line.x_name, y_name=line.y_name,
        source=line.source, suspect=line.suspect, slope=line.slope, intercept=line.intercept,
    )  # fmt: skip


_built_in = Cached(_load)


def _own(text: Text) -> LineData | None:
    """Give two columns of the reader's table."""
    table = upload.own_table(text)
    if table is None:
        return None
    pair = upload.own_pair(text, table, need=3, largest=LARGEST)
    st.caption(text("main.own_axes", x=escape(pair.x_name), y=escape(pair.y_name)))
    return LineData(
        name="own", x=pair.x, y=pair.y, x_name=pair.x_name, y_name=pair.y_name, source=table.name,
        suspect=np.zeros(len(pair.x), dtype=bool),
    )  # fmt: skip


def _settings(text: Text, data: str, line: LineData) -> Points:
    """Draw the controls of a data set; their keys carry its code, so that each keeps its own values."""
    n = len(line.x)
    keys = {name: f"outliers_{data}_{name}" for name in ("point", "x", "y", "far")}
    preset = PRESETS.get(data)
    if preset is None:
        preset = Preset(point=1 + _farthest(True, line.x, line.y), room=(*_room(line.x), *_room(line.y)))
        _forget_another_table(hash((line.x.tobytes(), line.y.tobytes())), list(keys.values()))

    def send_home() -> None:
        at = min(int(st.session_state[keys["point"]]), n) - 1
        st.session_state[keys["x"]], st.session_state[keys["y"]] = float(line.x[at]), float(line.y[at])
        st.session_state[keys["far"]] = float(line.x[at])

    row = st.container(horizontal=True)
    chosen = row.number_input(
        text("main.point", n=n), 1, n, preset.point, key=keys["point"], bind="query-params",
        on_change=send_home,
    )  # fmt: skip
    percent = row.number_input(
        text("main.corrupt"), 0, 60, 0, 5, key="outliers_corrupt", bind="query-params",
        help=text("main.corrupt_help"),
    )  # fmt: skip
    index = int(chosen) - 1
    home = (float(line.x[index]), float(line.y[index]))
    y, wrong = _spoilt(line, index, percent)
    left_end, right_end, bottom, top = preset.room
    if percent:  # room for every spoilt point, the same for every percentage
        top = max(top, float(line.y.max() + 1.05 * SPOILT_BY * line.y.std()))
    xs = positions(left_end, right_end, home[0], COLUMNS)
    ys = positions(bottom, top, home[1], ROWS)
    place = []
    with row:
        for axis, grid, start in zip("xy", (xs, ys), home, strict=True):
            place.append(number(text(f"main.{axis}"), grid, start, key=keys[axis]))
    spread = _spread(data == "own", line.x, y)
    k = None
    if st.toggle(text("main.huber"), True, key="outliers_huber", bind="query-params"):
        k = st.slider(
            text("main.k"),
            0.2,
            6.0,
            USUAL,
            0.2,
            key="outliers_k",
            bind="query-params",
            help=text("main.k_help"),
        )
    truth = None if line.slope is None or line.intercept is None else (line.slope, line.intercept)
    return Points(
        data=data, x=line.x, y=y, wrong=wrong, truth=truth, index=index, xs=xs, ys=ys,
        x_span=span(left_end, right_end, COLUMNS, REACH[0]), y_span=span(bottom, top, ROWS, REACH[1]),
        place=(place[0], place[1]), delta=k and k * spread, usual_delta=USUAL * spread,
        names=(axis_title(line.x_name), axis_title(line.y_name)) if data == "own" else None,
    )  # fmt: skip


def _spoilt(line: LineData, index: int, percent: float) -> tuple[Floats, NDArray[np.bool_]]:
    """Spoil a percentage of the other points; say which points are wrong."""
    y, wrong = line.y.copy(), line.suspect.copy()
    others = np.delete(np.arange(len(y)), index)
    spoilt, rows = corrupt(y[others], percent, seed=5, size=SPOILT_BY)
    y[others], wrong[others[rows]] = spoilt, True
    return y, wrong


def number(
    label: str, grid: Floats, value: float, *, key: str, width: int | Literal["stretch"] = "stretch"
) -> float:
    """Ask for one of the places of a grid; a number between two of them becomes the nearer one.

    The label names the ends: what Streamlit says of a number beyond them is in English, and only on hovering.
    """

    def settle() -> None:
        st.session_state[key] = nearest(grid, float(st.session_state[key]))

    ends = "…".join(significant(float(end), 4).replace("-", "−") for end in (grid[0], grid[-1]))
    given = st.number_input(
        f"{label} ({ends})", float(grid[0]), float(grid[-1]), nearest(grid, value), float(grid[1] - grid[0]),
        format="%g", key=key, bind="query-params", width=width, on_change=settle,
    )  # fmt: skip
    return nearest(grid, float(given))


def snap(points: Points, x: float, y: float) -> tuple[float, float]:
    """Give the position nearest to a place."""
    return nearest(points.xs, x), nearest(points.ys, y)


def _forget_another_table(numbers: int, keys: list[str]) -> None:
    """Let other numbers (another file or column) begin with their own outlier."""
    if st.session_state.get("_outliers_own") not in (None, numbers):
        for key in keys:
            st.session_state.pop(key, None)
    st.session_state["_outliers_own"] = numbers


def half_step(grid: Floats) -> float:
    """Give half the distance of two places, rounded: a picture is drawn anew if it differs in the last digit."""
    return float(f"{(grid[1] - grid[0]) / 2:.9g}")


def nearest(grid: Floats, value: float) -> float:
    return float(grid[np.argmin(np.abs(grid - value))])


def spread(values: Floats) -> float:
    """Give the range of some values, and if they are (almost) the same a range that float64 can resolve."""
    return max(float(np.ptp(values)), 1e-9 * float(np.abs(values).max()), 1e-280)


def _room(values: Floats) -> tuple[float, float]:
    middle, reach = float(values.min() + values.max()) / 2, 0.9 * spread(values)
    if np.ptp(values) == 0:
        reach = max(abs(middle), 1.0)
    return middle - reach, middle + reach


def positions(low: float, high: float, home: float, most: int) -> Floats:
    """Give at most `most` places in round steps, `home` among them, none farther than half a step from the room.

    So the middle of a handle that fills the margin of `span` is always within half a step of a place.
    """
    step = _round_step((high - low) / (most - 1))
    below, above = math.floor((home - low) / step + 0.5), math.floor((high - home) / step + 0.5)
    digits = max(0, 2 - math.floor(math.log10(step)))
    places: Floats = np.round(home + step * np.arange(-below, above + 1), min(digits + 6, 300))
    places[below] = home  # to the last digit: whoever stands there has not been moved
    return places


def span(low: float, high: float, most: int, reach: float) -> tuple[float, float]:
    """Widen the room of `positions` so that a handle of that reach (in steps) fits at its ends.

    It does not depend on where the outlier is at home: the picture's frame is the same for every point.
    """
    margin = (reach - 0.02) * _round_step((high - low) / (most - 1))
    return low - margin, high + margin


def _round_step(step: float) -> float:
    """Round a step up to 1, 2 or 5 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(step))
    return next(power * digit for digit in (1, 2, 5, 10) if power * digit >= step * (1 - 1e-9))

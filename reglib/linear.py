r"""A straight line through points, exactly, under three losses; and what one moved point does to it.

The fits minimise Σr² (L2), Σ|r| (L1) and Σ Huber(r) over slope a and intercept b, with r = y − a·x − b.
None of them is iterated "until it is close": L2 is a formula, L1 walks along the edges of a convex
piecewise linear function until no edge leads down, Huber is a Newton method on a piecewise quadratic
function, which ends after finitely many steps.

If all x are equal (a single point among them) every slope does equally well.  Then, by convention, the
line is level, through the mean (L2), the middle of the medians (L1) or the Huber location of y, and
``determined`` is False.

References
----------
Boscovich (1757) and Edgeworth (1888): the line of least absolute deviations.
Bloomfield and Steiger (1983), Least Absolute Deviations: rotation about a point as a weighted median.
Huber (1964), Robust estimation of a location parameter.
Madsen and Nielsen (1990), Finite algorithms for robust linear regression: Newton's method for Huber.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from reglib import _checks
from reglib._checks import Floats
from reglib.errors import DataError, ParameterError
from reglib.losses import Huber, huber

MAX_TABLE_POINTS = 60
"""Most points of which one can be moved over a table of positions."""

MAX_TABLE_POSITIONS = 20_000

MAX_PATH_POINTS = 1_000
"""Most points of which one can be moved along a path of at most `MAX_PATH_POSITIONS` places."""

MAX_PATH_POSITIONS = 200

_EPS = float(np.finfo(np.float64).eps)


@dataclass(frozen=True)
class Line:
    """A fitted line.

    Attributes
    ----------
    slope, intercept : float
        In the units of the data: y per x, and y.
    cost : float
        The sum that the fit minimises: Σr² for L2, Σ|r| for L1, Σ Huber(r) for Huber.
    determined : bool
        False if all x are equal, so that the data say nothing about the slope (which is then 0).
    """

    slope: float
    intercept: float
    cost: float
    determined: bool

    def predict(self, x: ArrayLike) -> Floats:
        """Return the line's height, slope·x + intercept; unchecked.

        Parameters
        ----------
        x : array_like
            Of any shape.

        Returns
        -------
        ndarray
            Of the shape of x, in the units of y.
        """
        return self.slope * np.asarray(x, dtype=np.float64) + self.intercept


@dataclass(frozen=True)
class L1Line(Line):
    """A line of least absolute deviations, and all others that are just as good.

    The optimal lines are a convex set in the plane of (slope, intercept): a point if the line is unique,
    else a segment or a polygon.  The line shown is halfway between the middle of the set's least steep
    side and the middle of its steepest.

    Attributes
    ----------
    unique : bool
    slope_low, slope_high : float
        Range of the optimal slopes; both 0 if the slope is not determined.
    vertices : ndarray, shape (k, 2)
        Corners (slope, intercept) of the optimal set, anticlockwise; a single row if unique.  If the slope
        is not determined, the ends of the level optimal lines only.
    """

    unique: bool
    slope_low: float
    slope_high: float
    vertices: Floats

    def band(self, x: ArrayLike) -> tuple[Floats, Floats]:
        """Return the lowest and the highest value of any optimal line at each x.

        Parameters
        ----------
        x : array_like, shape (m,)

        Returns
        -------
        low, high : ndarray, shape (m,)
        """
        values = np.multiply.outer(np.asarray(x, dtype=np.float64), self.vertices[:, 0]) + self.vertices[:, 1]
        return values.min(axis=-1), values.max(axis=-1)


# --- The three fits ----------------------------------------------------------------------------------


def fit_l2(x: ArrayLike, y: ArrayLike) -> Line:
    """Fit the line that minimises Σr².

    Parameters
    ----------
    x, y : array_like, shape (n,)
        n ≥ 1, up to 1e100 in size.

    Returns
    -------
    Line

    Raises
    ------
    DataError
        ``slope_overflow`` (x so close together that the slope exceeds float64), or those of every array
        (`reglib._checks.array`).
    """
    data = _Scaled.of(x, y)
    slope, intercept = _l2_lines(data.x[None], data.y[None])
    residuals = data.y - slope[0] * data.x - intercept[0]
    return Line(
        *data.restore(slope[0], intercept[0]),
        cost=data.cost(float(residuals @ residuals), power=2),
        determined=data.determined,
    )


def fit_l1(x: ArrayLike, y: ArrayLike) -> L1Line:
    """Fit the lines that minimise Σ|r|: all of them.

    Some optimal line passes through two of the points.  From such a line the fit turns about one of its
    points, to the weighted median of the slopes seen from there, as long as a turn lowers the cost; since
    the cost is convex, no improving turn means optimal.  Turns that neither raise nor lower it lead along
    the border of the optimal set, which is walked around.  O(n log n) per turn.

    Parameters
    ----------
    x, y : array_like, shape (n,)
        n ≥ 1, up to 1e100 in size.

    Returns
    -------
    L1Line

    Raises
    ------
    DataError
        As `fit_l2`.
    """
    data = _Scaled.of(x, y)
    vertices, cost = _l1_vertices(data.x, data.y)
    slope, intercept = _middle(
        vertices[None, :, 0], vertices[None, :, 1], np.ones((1, len(vertices)), dtype=bool)
    )
    restored = np.array([data.restore(a, b) for a, b in vertices])
    return L1Line(
        *data.restore(slope[0], intercept[0]),
        cost=data.cost(cost, power=1),
        determined=data.determined,
        unique=data.determined and len(vertices) == 1,
        slope_low=float(restored[:, 0].min()),
        slope_high=float(restored[:, 0].max()),
        vertices=restored,
    )


def fit_huber(x: ArrayLike, y: ArrayLike, delta: float) -> Line:
    """Fit the line that minimises Σ Huber(r): L2 for residuals up to δ, L1 beyond.

    Where several lines are optimal (fewer than two points within δ of the line), it is the one found from
    the L1 or the L2 line, whichever costs less.

    Parameters
    ----------
    x, y : array_like, shape (n,)
        n ≥ 1, up to 1e100 in size.
    delta : float
        δ > 0 in the units of y; `huber_delta` proposes one.  Below a billionth of the range of y it counts
        as that.

    Returns
    -------
    Line

    Raises
    ------
    ParameterError
        ``out_of_range`` for δ.
    DataError
        As `fit_l2`.
    """
    limit = Huber(delta).delta
    data = _Scaled.of(x, y)
    scaled_delta = data.delta(limit)
    start_l2 = np.array(_l2_lines(data.x[None], data.y[None]))
    vertices, _ = _l1_vertices(data.x, data.y)
    start_l1 = np.array(
        _middle(vertices[None, :, 0], vertices[None, :, 1], np.ones((1, len(vertices)), dtype=bool))
    )
    slope, intercept = _huber_lines(data.x[None], data.y[None], scaled_delta, start_l1, start_l2)
    residuals = data.y - slope[0] * data.x - intercept[0]
    return Line(
        *data.restore(slope[0], intercept[0]),
        cost=data.cost(float(huber(residuals, scaled_delta).sum()), power=2),
        determined=data.determined,
    )


def huber_delta(x: ArrayLike, y: ArrayLike, k: float = 1.345) -> float:
    """Propose δ: k times a robust standard deviation of the residuals of the L1 line.

    The scale is 1.4826 times the median of |r|; with k = 1.345 and normal noise the fit keeps 95 % of the
    efficiency of L2 (Holland and Welsch 1977).

    Parameters
    ----------
    x, y : array_like, shape (n,)
    k : float, optional
        0 < k ≤ 100.

    Returns
    -------
    float
        Above 0, in the units of y.  If at least half the points lie on the L1 line, k times the mean of |r|
        is taken, and k if all do.

    Raises
    ------
    ParameterError
        ``out_of_range`` for k.
    DataError
        As `fit_l2`.
    """
    factor = _checks.number("k", k, 0.0, 100.0, above=True)
    line = fit_l1(x, y)
    values = _checks.array("y", y, 1)
    size = np.abs(values - line.predict(_checks.array("x", x, 1)))
    noise = 64.0 * _EPS * float(np.abs(values).max())
    for scale in (1.4826 * float(np.median(size)), float(size.mean())):
        if scale > noise:
            return factor * scale
    return factor


# --- One moved point ---------------------------------------------------------------------------------


def position_table(
    x: ArrayLike, y: ArrayLike, index: int, xs: ArrayLike, ys: ArrayLike, delta: float
) -> dict[str, Floats]:
    """Fit all three lines for every position of one point on a grid.

    Parameters
    ----------
    x, y : array_like, shape (n,)
        1 ≤ n ≤ 60; as many as in `moved_point_fits` for up to 200 positions.
    index : int
        Which point is moved, 0 to n − 1.
    xs : array_like, shape (p,)
    ys : array_like, shape (q,)
        p·q ≤ 20,000.
    delta : float
        Huber's δ > 0, in the units of y.

    Returns
    -------
    dict of ndarray, shape (p·q,)
        The columns of `moved_point_fits`; row i·q + j is the position (xs[i], ys[j]).

    Raises
    ------
    ParameterError, DataError
        As `moved_point_fits`.
    """
    gx, gy = _checks.array("xs", xs, 1), _checks.array("ys", ys, 1)
    return moved_point_fits(x, y, index, *_grid(gx, gy), delta)


def position_bands(
    x: ArrayLike, y: ArrayLike, index: int, xs: ArrayLike, ys: ArrayLike, at: ArrayLike
) -> dict[str, Floats]:
    """Find the positions of one point that leave several optimal L1 lines, and the band those lines fill.

    Parameters
    ----------
    x, y, index, xs, ys
        As in `position_table`; 1 ≤ n ≤ 60 for any number of positions.
    at : array_like, shape (k,)
        Where the band is wanted.

    Returns
    -------
    dict of ndarray
        ``x``, ``y``, shape (b,): the positions, in the order of `position_table`; ``low`` and ``high``, shape
        (b, k): the lowest and the highest value of any optimal line.

    Raises
    ------
    ParameterError, DataError
        As `position_table`; ``too_many_points`` (points, limit).
    """
    gx, gy = _checks.array("xs", xs, 1), _checks.array("ys", ys, 1)
    where = _checks.array("at", at, 1)
    data, fixed, _ = _moved(x, y, index, *_grid(gx, gy))
    if fixed >= MAX_TABLE_POINTS:  # every line through two points is tried
        raise DataError("too_many_points", points=fixed + 1, limit=MAX_TABLE_POINTS)
    row, slope, intercept = _l1_positions(data, fixed)[4:]
    starts = np.flatnonzero(np.diff(row, prepend=-1))
    values = np.multiply.outer(slope, (where - data.centre_x) / data.unit_x) + intercept[:, None]
    low, high = (
        data.centre_y + data.unit_y * (end.reduceat(values, starts, axis=0) if len(row) else values)
        for end in (np.minimum, np.maximum)
    )
    to_x, to_y = _grid(gx, gy)
    return {"x": to_x[row[starts]], "y": to_y[row[starts]], "low": low, "high": high}


def moved_point_fits(
    x: ArrayLike, y: ArrayLike, index: int, to_x: ArrayLike, to_y: ArrayLike, delta: float
) -> dict[str, Floats]:
    """Fit all three lines with one point moved to each of several positions.

    Parameters
    ----------
    x, y : array_like, shape (n,)
        1 ≤ n ≤ 1,000.
    index : int
        Which point is moved, 0 to n − 1.
    to_x, to_y : array_like, shape (m,)
        Where to; m ≤ 20,000, for more than 60 points m ≤ 200.
    delta : float
        Huber's δ > 0, in the units of y.

    Returns
    -------
    dict of ndarray, shape (m,)
        ``x``, ``y``, the position; for each line l in l1, l2, huber ``{l}_slope``, ``{l}_intercept``,
        ``{l}_sum_abs`` = Σ|r|, ``{l}_sum_sq`` = Σr², and the moved point's share of these two under that
        line, ``{l}_share_abs`` and ``{l}_share_sq`` (0 if every residual is 0); ``huber_cost`` = Σ Huber(r);
        ``l1_slope_low``, ``l1_slope_high``, the range of the optimal L1 slopes.  Which of several optimal
        lines is shown, and what is done if all x are equal, is as in the single fits.

    Raises
    ------
    ParameterError
        ``out_of_range`` for index or δ, ``too_many_positions`` (positions, limit).
    DataError
        ``too_many_points`` (points, limit), or as `fit_l2`.
    """
    gx = _checks.array("to_x", to_x, 1)
    gy = _checks.array("to_y", to_y, 1, rows=len(gx))
    limit = Huber(delta).delta
    data, fixed, everything = _moved(x, y, index, gx, gy)
    all_x, all_y = everything
    l2 = np.array(_l2_lines(all_x, all_y))
    if fixed < MAX_TABLE_POINTS:
        found = _l1_positions(data, fixed)[:4]
    else:
        found = _l1_path(all_x, all_y)
    l1, low, high = np.array(found[:2]), found[2], found[3]
    scaled_delta = data.delta(limit)
    huber_lines = np.array(_huber_lines(all_x, all_y, scaled_delta, l1, l2))

    table = {"x": gx, "y": gy}
    for name, (slope, intercept) in (("l1", l1), ("l2", l2), ("huber", huber_lines)):
        size = np.abs(all_y - slope[:, None] * all_x - intercept[:, None])
        sum_abs, sum_sq = size.sum(axis=1), (size**2).sum(axis=1)
        table[f"{name}_slope"], table[f"{name}_intercept"] = data.restore_all(slope, intercept)
        table[f"{name}_sum_abs"] = sum_abs * data.unit_y
        table[f"{name}_sum_sq"] = sum_sq * data.unit_y**2
        # Rounding leaves about 1e-16 where a residual is 0 in exact arithmetic; that is no share.
        real = sum_abs > 8 * _EPS * all_x.shape[1] * (1.0 + np.abs(slope))
        table[f"{name}_share_abs"] = np.where(real, size[:, -1], 0.0) / np.where(real, sum_abs, 1.0)
        table[f"{name}_share_sq"] = np.where(real, size[:, -1] ** 2, 0.0) / np.where(real, sum_sq, 1.0)
        if name == "huber":
            table["huber_cost"] = huber(size, scaled_delta).sum(axis=1) * data.unit_y**2
    table["l1_slope_low"] = data.restore_all(low, low)[0]
    table["l1_slope_high"] = data.restore_all(high, high)[0]
    return table


def _grid(xs: Floats, ys: Floats) -> tuple[Floats, Floats]:
    if len(xs) * len(ys) > MAX_TABLE_POSITIONS:
        raise ParameterError("too_many_positions", positions=len(xs) * len(ys), limit=MAX_TABLE_POSITIONS)
    return np.repeat(xs, len(ys)), np.tile(ys, len(xs))


def _moved(
    x: ArrayLike, y: ArrayLike, index: int, to_x: Floats, to_y: Floats
) -> tuple[_Scaled, int, tuple[Floats, Floats]]:
    """Scale the points that stay (first) and the places of the moved one together, for one scale everywhere.

    Returns the scaled data, how many points stay, and x and y of all points at every place, shape (m, n), the
    moved one last.
    """
    px = _checks.array("x", x, 1)
    py = _checks.array("y", y, 1, rows=len(px))
    moved = _checks.whole("index", index, 0, len(px) - 1)
    path = len(to_x) <= MAX_PATH_POSITIONS
    if len(px) > (most := MAX_PATH_POINTS if path else MAX_TABLE_POINTS):
        raise DataError("too_many_points", points=len(px), limit=most)
    if len(to_x) > MAX_TABLE_POSITIONS:
        raise ParameterError("too_many_positions", positions=len(to_x), limit=MAX_TABLE_POSITIONS)
    fixed = len(px) - 1
    data = _Scaled.of(
        np.concatenate([np.delete(px, moved), to_x]), np.concatenate([np.delete(py, moved), to_y])
    )
    all_x, all_y = (
        np.column_stack([np.broadcast_to(v[:fixed], (len(to_x), fixed)), v[fixed:]]) for v in (data.x, data.y)
    )
    return data, fixed, (all_x, all_y)


# --- Scaling -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Scaled:
    """Data shifted to a point amid them and scaled to about [−1, 1] by powers of two (which is exact)."""

    x: Floats
    y: Floats
    centre_x: float
    centre_y: float
    unit_x: float
    unit_y: float
    determined: bool

    @classmethod
    def of(cls, x: ArrayLike, y: ArrayLike) -> _Scaled:
        px = _checks.array("x", x, 1)
        py = _checks.array("y", y, 1, rows=len(px))
        # A value of the data itself as the centre keeps whole numbers whole.
        centre_x = float(np.partition(px, len(px) // 2)[len(px) // 2])
        centre_y = float(np.partition(py, len(py) // 2)[len(py) // 2])
        spread_x = float(np.abs(px - centre_x).max())
        spread_y = float(np.abs(py - centre_y).max())
        unit_x, unit_y = (2.0 ** max(math.frexp(s)[1], -1000) if s else 1.0 for s in (spread_x, spread_y))
        scaled_x = (px - centre_x) / unit_x
        # Two x that differ by less than 1e-100 of the range have no slope that float64 could square.
        scaled_x[np.abs(scaled_x) < 1e-100] = 0.0
        return cls(
            scaled_x,
            (py - centre_y) / unit_y,
            centre_x,
            centre_y,
            unit_x,
            unit_y,
            determined=spread_x > 0,
        )

    def delta(self, delta: float) -> float:
        """Scale δ, and keep it above the rounding of the residuals."""
        return min(max(delta / self.unit_y, 1e-9), 1e9)

    def cost(self, cost: float, power: int) -> float:
        return cost * self.unit_y**power

    def restore(self, slope: float, intercept: float) -> tuple[float, float]:
        slopes, intercepts = self.restore_all(np.array([slope]), np.array([intercept]))
        return float(slopes[0]), float(intercepts[0])

    def restore_all(self, slope: Floats, intercept: Floats) -> tuple[Floats, Floats]:
        with np.errstate(over="ignore", invalid="ignore"):
            slopes = slope / self.unit_x * self.unit_y
            intercepts = self.centre_y + intercept * self.unit_y - slopes * self.centre_x
        if not (np.isfinite(slopes).all() and np.isfinite(intercepts).all()):
            raise DataError("slope_overflow")
        return slopes, intercepts


# --- L2 ----------------------------------------------------------------------------------------------


def _l2_lines(x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Fit one least-squares line per row of x and y, shape (m, n); level where all x are equal."""
    mean_x, mean_y = x.mean(axis=1), y.mean(axis=1)
    dx, dy = x - mean_x[:, None], y - mean_y[:, None]
    spread = np.einsum("ij,ij->i", dx, dx)
    level = np.ptp(x, axis=1) == 0
    slope = np.where(level, 0.0, np.einsum("ij,ij->i", dx, dy) / np.where(level, 1.0, spread))
    return slope, mean_y - slope * mean_x


# --- L1 ----------------------------------------------------------------------------------------------


def _l1_vertices(x: Floats, y: Floats) -> tuple[Floats, float]:
    """Return the corners of the set of optimal (slope, intercept), anticlockwise, and the least Σ|r|.

    Where all x are equal, the ends of the level optimal lines.
    """
    if np.ptp(x) == 0:
        ordered = np.sort(y)
        low, high = ordered[(len(ordered) - 1) // 2], ordered[len(ordered) // 2]
        level = np.array([[0.0, low], [0.0, high]] if high > low else [[0.0, low]])
        return level, float(np.abs(y - low).sum())
    slope, intercept = _l2_lines(x[None], y[None])
    pivot = int(np.argmin(np.abs(y - slope[0] * x - intercept[0])))
    best = _turn(x, y, pivot)
    while True:
        pull, hold, on_line = _turning_forces(x, y, *best)
        gain = np.abs(pull) - hold
        steepest = int(np.argmax(gain))
        if gain[steepest] <= 1e-14 * float(np.abs(x - x[on_line[steepest]]).sum()):
            break
        turned = _turn(x, y, int(on_line[steepest]))
        if not turned[2] < best[2]:
            break
        best = turned

    least = best[2]
    slack = 1e-13 * least + 1e-15 * len(x) * (1.0 + abs(best[0]))
    found = [best]
    todo = [best]
    while todo:
        vertex = todo.pop()
        pull, hold, on_line = _turning_forces(x, y, *vertex)
        for at in np.flatnonzero(np.abs(np.abs(pull) - hold) <= 1e-13 * np.maximum(hold, 1e-3)):
            # pull > 0: more weight above the line to the right; turning up costs hold − pull.
            for upward in (True, False):
                if abs(hold[at] - (pull[at] if upward else -pull[at])) > 1e-13 * max(hold[at], 1e-3):
                    continue
                neighbour = _next_turn(x, y, int(on_line[at]), on_line, vertex[0], upward)
                if neighbour is None or neighbour[2] > least + slack:
                    continue
                if not any(_same_line(neighbour, other) for other in found):
                    found.append(neighbour)
                    todo.append(neighbour)
    corners = np.array([vertex[:2] for vertex in found])
    if len(corners) > 2:
        around = corners - corners.mean(axis=0)
        corners = corners[np.argsort(np.arctan2(around[:, 1], around[:, 0]))]
    return corners, min(vertex[2] for vertex in found)


def _turn(x: Floats, y: Floats, pivot: int) -> tuple[float, float, float, int, int]:
    """Return the best line through one point: slope, intercept, Σ|r|, that point and another on it."""
    dx, dy = x - x[pivot], y - y[pivot]
    others = np.flatnonzero(dx)
    slopes = dy[others] / dx[others]
    order = np.argsort(slopes)
    weight = np.cumsum(np.abs(dx[others][order]))
    partner = int(others[order[np.searchsorted(weight, 0.5 * weight[-1])]])
    return _line_through(x, y, pivot, partner)


def _line_through(x: Floats, y: Floats, first: int, second: int) -> tuple[float, float, float, int, int]:
    slope = float((y[second] - y[first]) / (x[second] - x[first]))
    cost = float(np.abs(y - y[first] - slope * (x - x[first])).sum())
    return slope, float(y[first] - slope * x[first]), cost, first, second


def _turning_forces(
    x: Floats, y: Floats, slope: float, intercept: float, cost: float, first: int, second: int
) -> tuple[Floats, Floats, NDArray[np.intp]]:
    """For each point on the line: what pulls the line to turn about it, what holds it, and its index.

    Turning up by a small angle changes Σ|r| at the rate hold − pull, turning down at hold + pull.
    """
    dx, dy = x - x[first], y - y[first]
    residuals = dy - slope * dx
    on = np.abs(residuals) <= 8 * _EPS * (np.abs(dy) + np.abs(slope * dx))
    on[[first, second]] = True
    side = np.where(on, 0.0, np.sign(residuals))
    on_line = np.flatnonzero(on)
    on_line = on_line[np.argsort(x[on_line])]
    # One turn per distinct x; points on the line with equal x are copies of one another.
    place = x[on_line]
    pull = (side @ dx) - side.sum() * (place - x[first])
    before = np.concatenate([[0.0], np.cumsum(np.diff(place) * np.arange(1, len(place)))])
    after = np.concatenate([[0.0], np.cumsum(np.diff(-place[::-1]) * np.arange(1, len(place)))])[::-1]
    return pull, before + after, on_line


def _next_turn(
    x: Floats, y: Floats, pivot: int, on_line: NDArray[np.intp], slope: float, upward: bool
) -> tuple[float, float, float, int, int] | None:
    """Turn the line about a point until it meets the next one."""
    dx, dy = x - x[pivot], y - y[pivot]
    free = dx != 0
    free[on_line] = False
    others = np.flatnonzero(free)
    slopes = dy[others] / dx[others]
    beyond = slopes > slope if upward else slopes < slope
    if not beyond.any():
        return None
    candidates = np.where(beyond, slopes, math.inf if upward else -math.inf)
    partner = int(others[np.argmin(candidates) if upward else np.argmax(candidates)])
    return _line_through(x, y, pivot, partner)


def _same_line(
    one: tuple[float, float, float, int, int], other: tuple[float, float, float, int, int]
) -> bool:
    scale = 1.0 + abs(one[0])
    return abs(one[0] - other[0]) <= 1e-11 * scale and abs(one[1] - other[1]) <= 1e-11 * scale


def _middle(slope: Floats, intercept: Floats, optimal: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """Choose one line per row: halfway between the middles of the least steep and the steepest side.

    Parameters are of shape (m, k), with ``optimal`` telling which of the k lines of a row count.
    """
    ends = []
    for sign in (1.0, -1.0):
        extreme = np.where(optimal, sign * slope, math.inf).min(axis=1)
        side = optimal & (sign * slope <= (extreme + 1e-10 * (1.0 + np.abs(extreme)))[:, None])
        low = np.where(side, intercept, math.inf).min(axis=1)
        high = np.where(side, intercept, -math.inf).max(axis=1)
        ends.append((sign * extreme, 0.5 * (low + high)))
    return 0.5 * (ends[0][0] + ends[1][0]), 0.5 * (ends[0][1] + ends[1][1])


def _l1_path(x: Floats, y: Floats) -> list[Floats]:
    """Fit one L1 line per row, shape (m, n), each on its own: slope, intercept, least and greatest slope."""
    rows = []
    for px, py in zip(x, y, strict=True):
        vertices, _ = _l1_vertices(px, py)
        slopes = vertices[:, 0]
        slope, intercept = _middle(slopes[None], vertices[None, :, 1], np.ones((1, len(slopes)), dtype=bool))
        rows.append((slope[0], intercept[0], slopes.min(), slopes.max()))
    return list(np.array(rows).T)


def _l1_positions(data: _Scaled, fixed: int) -> list[NDArray[Any]]:
    """Run `_l1_table` in pieces, to bound the memory."""
    fx, fy, mx, my = data.x[:fixed], data.y[:fixed], data.x[fixed:], data.y[fixed:]
    pieces: list[tuple[NDArray[Any], ...]] = []
    for at in range(0, len(mx), 2_000):
        found = _l1_table(fx, fy, mx[at : at + 2_000], my[at : at + 2_000])
        pieces.append((*found[:4], found[4] + at, *found[5:]))
    return [np.concatenate(parts) for parts in zip(*pieces, strict=True)]


def _l1_table(fx: Floats, fy: Floats, mx: Floats, my: Floats) -> tuple[NDArray[Any], ...]:
    """Fit L1 lines to fixed points and one moved point by comparing the lines through two of them.

    Returns slope, intercept, least and greatest optimal slope, each of shape (m,); and of the positions with
    several optimal lines all of those through two points: row (ascending), slope and intercept.
    """
    rows = len(mx)
    none = np.zeros(0)
    if not len(fx):
        return np.zeros(rows), my, np.zeros(rows), np.zeros(rows), none.astype(np.intp), none, none
    a, b, fixed_cost = _lines_the_moved_point_leaves(fx, fy, mx)
    through, cost_through = _lines_through_the_moved_point(fx, fy, mx, my)
    slope = np.concatenate([np.broadcast_to(a, (rows, len(a))), through], axis=1)
    intercept = np.concatenate(
        [np.broadcast_to(b, (rows, len(b))), my[:, None] - through * mx[:, None]], axis=1
    )
    cost = np.concatenate([np.abs(my[:, None] - a * mx[:, None] - b) + fixed_cost, cost_through], axis=1)

    at = cost.argmin(axis=1)
    row = np.arange(rows)
    least = cost[row, at]
    best_slope, best_intercept = slope[row, at], intercept[row, at]
    low, high = best_slope.copy(), best_slope.copy()
    slack = 1e-12 * np.where(np.isinf(least), 0.0, least) + 1e-14 * (len(fx) + 1) * (1.0 + np.abs(best_slope))
    optimal = cost <= (least + slack)[:, None]
    tied = np.flatnonzero((optimal.sum(axis=1) > 1) & np.isfinite(least))
    ties: tuple[NDArray[Any], ...] = (none.astype(np.intp), none, none)
    if len(tied):
        a, b, mask = slope[tied], intercept[tied], optimal[tied]
        best_slope[tied], best_intercept[tied] = _middle(a, b, mask)
        low[tied] = np.where(mask, a, math.inf).min(axis=1)
        high[tied] = np.where(mask, a, -math.inf).max(axis=1)
        several = high - low > 1e-9 * (1.0 + np.abs(best_slope))
        which, line = np.nonzero(mask & several[tied, None])
        ties = (tied[which], a[which, line], b[which, line])
    level = np.flatnonzero(np.isinf(least))
    if len(level):
        stacked = np.column_stack([np.broadcast_to(fy, (len(level), len(fy))), my[level]])
        best_slope[level], low[level], high[level] = 0.0, 0.0, 0.0
        best_intercept[level] = np.median(stacked, axis=1)
    return best_slope, best_intercept, low, high, *ties


def _lines_the_moved_point_leaves(fx: Floats, fy: Floats, mx: Floats) -> tuple[Floats, Floats, Floats]:
    """Return the lines through two fixed points that are optimal for some place of the moved one.

    If such a line is optimal with the moved point above it, then so it is wherever else above it that point goes,
    x staying the same: it minimises (cost of the fixed points) − (height at x), and one with the point below it
    minimises the sum.  So two minima for every x take the place of a comparison at every position, and leave few
    lines of n²/2.

    Returns slope, intercept and Σ|r| of the fixed points.
    """
    first, second = np.triu_indices(len(fx), 1)
    keep = fx[first] != fx[second]
    first, second = first[keep], second[keep]
    a = (fy[second] - fy[first]) / (fx[second] - fx[first])
    b = fy[first] - a * fx[first]
    cost = np.abs(fy - a[:, None] * fx - b[:, None]).sum(axis=1)
    if len(a):
        height = np.multiply.outer(np.unique(mx), a) + b
        # Lines all but upright have costs and heights that only rounding tells apart; they hide no other.
        room = 1e-11 * (1.0 + cost + np.abs(height))
        wanted = np.zeros(len(a), dtype=bool)
        for tilted in (cost - height, cost + height):
            wanted |= (tilted - room <= (tilted + room).min(axis=1, keepdims=True)).any(axis=0)
        a, b, cost = a[wanted], b[wanted], cost[wanted]
    return a, b, cost


def _lines_through_the_moved_point(fx: Floats, fy: Floats, mx: Floats, my: Floats) -> tuple[Floats, Floats]:
    """Return slope and Σ|r| of the lines through the moved point and each fixed one, shape (m, n − 1).

    About the moved point the cost is piecewise linear in the slope: sorted slopes and running sums give it at all
    of them at once.  It is infinite where a fixed point stands right above or below the moved one.
    """
    dx, dy = fx - mx[:, None], fy - my[:, None]
    apart = dx != 0
    slopes = np.where(apart, dy, 0.0) / np.where(apart, dx, 1.0)
    order = np.argsort(slopes, axis=1)
    slopes = np.take_along_axis(slopes, order, axis=1)
    width = np.take_along_axis(np.abs(dx), order, axis=1)
    # A point at width w and slope s costs w·|a − s|: as the line turns past it, w changes sides.
    sum_width, sum_height = np.cumsum(width, axis=1), np.cumsum(width * slopes, axis=1)
    cost = slopes * (2 * sum_width - sum_width[:, -1:]) - (2 * sum_height - sum_height[:, -1:])
    cost += np.where(apart, 0.0, np.abs(dy)).sum(axis=1, keepdims=True)
    return slopes, np.where(np.take_along_axis(apart, order, axis=1), cost, math.inf)


# --- Huber -------------------------------------------------------------------------------------------


def _huber_lines(
    x: Floats, y: Floats, delta: float, start_one: Floats, start_two: Floats
) -> tuple[Floats, Floats]:
    """Fit one Huber line per row of x and y, shape (m, n), from the cheaper of two starts, shape (2, m).

    Newton's method on a convex, piecewise quadratic function.  A full step after which the same points
    lie within δ has solved the problem exactly.  A step that does not lower the cost enough is replaced by
    the exact minimum along its direction.
    """
    costs = [huber(y - s[0][:, None] * x - s[1][:, None], delta).sum(axis=1) for s in (start_one, start_two)]
    line = np.where(costs[0] <= costs[1], start_one, start_two)
    cost = np.minimum(*costs)
    todo = np.arange(len(x))
    for _ in range(500):
        if not len(todo):
            break
        tx, ty = x[todo], y[todo]
        residuals = ty - line[0, todo, None] * tx - line[1, todo, None]
        inside = np.abs(residuals) <= delta
        clipped = np.clip(residuals, -delta, delta)
        # A step turns the line about the mean of the inner points and lifts it; about that mean the two do
        # not mix, and the curvature of turning is exactly 0 if the inner points share one x.
        count = inside.sum(axis=1)
        filled = np.maximum(count, 1)
        inner_mean = np.einsum("ij,ij->i", inside, tx) / filled
        mean = np.where(count > 0, inner_mean, tx.mean(axis=1))
        arm = tx - mean[:, None]
        turn_down, lift_down = np.einsum("ij,ij->i", clipped, arm), clipped.sum(axis=1)
        curve = np.einsum("ij,ij->i", np.where(inside, arm, 0.0), arm)
        solid = (count >= 2) & (curve > 1e-24 * filled)
        # What is left of a sum of pulls by rounding, of their own and of the residuals.
        noise = 1e-14 * delta * x.shape[1] + 4 * _EPS * count * (1.0 + np.abs(line[:, todo]).sum(axis=0))
        turns = np.abs(turn_down) > noise * np.abs(arm).max(axis=1)
        lifts = np.abs(lift_down) > noise
        flat = ~turns & ~lifts
        # Inner points that do not fix a line leave it free to turn about them, at no change of their own
        # residuals: first turn until another one comes in, then lift.  The search below decides how far.
        step_a = np.where(solid, turn_down / np.where(solid, curve, 1.0), np.where(turns, turn_down, 0.0))
        lift = np.where(solid, lift_down / filled, np.where(turns, 0.0, lift_down))
        step_b = lift - mean * step_a
        slope_down = turn_down * step_a + lift_down * lift
        moved = residuals - step_a[:, None] * tx - step_b[:, None]
        new_cost = huber(moved, delta).sum(axis=1)
        outside = np.where(inside, 0.0, np.sign(residuals))
        same = outside == np.where(np.abs(moved) <= delta, 0.0, np.sign(moved))
        solved = solid & same.all(axis=1)
        # Near the optimum the gain drowns in the rounding of the cost; the search goes by the gradient.
        enough = new_cost <= cost[todo] - 1e-4 * slope_down
        short = ~flat & ~solved & ~(solid & enough)
        length = np.where(flat, 0.0, 1.0)
        rows = np.flatnonzero(short)
        if len(rows):
            turn = step_a[rows, None] * tx[rows] + step_b[rows, None]
            length[rows] = _best_length(residuals[rows], turn, delta, -slope_down[rows])
            moved[rows] = residuals[rows] - length[rows, None] * turn
            new_cost[rows] = huber(moved[rows], delta).sum(axis=1)
        line[0, todo] += length * step_a
        line[1, todo] += length * step_b
        cost[todo] = new_cost
        todo = todo[~(flat | solved | (length == 0))]
    return line[0], line[1]


def _best_length(residuals: Floats, turn: Floats, delta: float, rate: Floats) -> Floats:
    """Return the t > 0 of each row that minimises Σ Huber(residuals − t·turn); its rate at 0 is negative."""
    still = np.abs(turn) < 1e-200
    divisor = np.where(still, 1.0, turn)
    ends = np.stack([(residuals - delta) / divisor, (residuals + delta) / divisor])
    enter, leave = ends.min(axis=0), ends.max(axis=0)
    square = np.where(still, 0.0, turn**2)
    # The rate rises with slope turn² while a point is within δ: sort the events, run along them.
    events = np.maximum(np.concatenate([enter, leave], axis=1), 0.0)
    change = np.concatenate([square, -square], axis=1)
    order = np.argsort(events, axis=1, kind="stable")
    events = np.take_along_axis(events, order, axis=1)
    curve = np.cumsum(np.take_along_axis(change, order, axis=1), axis=1)
    gained = np.concatenate(
        [curve[:, :1] * 0.0, np.cumsum(curve[:, :-1] * np.diff(events, axis=1), axis=1)], axis=1
    )
    rates = rate[:, None] + gained
    after = np.argmax(rates >= 0, axis=1)
    row = np.arange(len(rates))
    after = np.where((rates >= 0).any(axis=1), after, rates.shape[1] - 1)
    slope = curve[row, np.maximum(after - 1, 0)]
    back = np.where(slope > 0, rates[row, after] / np.where(slope > 0, slope, 1.0), 0.0)
    return np.asarray(np.maximum(events[row, after] - np.maximum(back, 0.0), 0.0))

r"""Experiments with points that do not belong: nudges, descent under each loss, mean against median.

The fits themselves are in `reglib.linear`; here they are put to the test.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from reglib import _checks
from reglib._checks import Floats
from reglib.datasets import fit_scaling, standardise
from reglib.linear import fit_huber, fit_l1, fit_l2
from reglib.losses import residual_loss

# --- Stable, precisely: the square -------------------------------------------------------------------


def square(nudge: float = 0.0) -> tuple[Floats, Floats]:
    """Return the corners of the unit square, the upper left one moved sideways.

    Every line with 0 ≤ f(0) ≤ 1 and 0 ≤ f(1) ≤ 1 costs Σ|r| = 2 there, so L1 has a parallelogram of optimal
    lines; an upper left corner at x = e ≠ 0 leaves one of them, and which one jumps with the sign of e.

    Parameters
    ----------
    nudge : float, optional
        e, −0.5 to 0.5: the points are (0, 0), (e, 1), (1, 0), (1, 1).

    Returns
    -------
    x, y : ndarray, shape (4,)

    Raises
    ------
    ParameterError
        ``out_of_range`` for the nudge.
    """
    e = _checks.number("nudge", nudge, -0.5, 0.5)
    return np.array([0.0, e, 1.0, 1.0]), np.array([0.0, 1.0, 0.0, 1.0])


def nudge_path(nudges: ArrayLike) -> dict[str, Floats]:
    """Fit L1 and L2 to the square for several nudges of its upper left corner.

    Parameters
    ----------
    nudges : array_like, shape (k,)
        Each −0.5 to 0.5.

    Returns
    -------
    dict of ndarray, shape (k,)
        ``nudge``, ``l1_slope``, ``l1_intercept`` (the line shown), ``l1_slope_low``, ``l1_slope_high`` (all
        optimal ones; they differ at 0 only), ``l2_slope``, ``l2_intercept``.

    Raises
    ------
    ParameterError
        ``out_of_range`` for a nudge.
    DataError
        As every array (`reglib._checks.array`).
    """
    columns: dict[str, list[float]] = {
        name: []
        for name in (
            "nudge",
            "l1_slope",
            "l1_intercept",
            "l1_slope_low",
            "l1_slope_high",
            "l2_slope",
            "l2_intercept",
        )
    }
    for nudge in _checks.numbers("nudges", nudges, -0.5, 0.5):
        x, y = square(nudge)
        l1, l2 = fit_l1(x, y), fit_l2(x, y)
        row = (nudge, l1.slope, l1.intercept, l1.slope_low, l1.slope_high, l2.slope, l2.intercept)
        for column, value in zip(columns.values(), row, strict=True):
            column.append(float(value))
    return {name: np.array(column) for name, column in columns.items()}


# --- Loss and gradient: descent on a line ------------------------------------------------------------


@dataclass(frozen=True)
class LineDescent:
    """Gradient descent of a line, step by step; k steps were made.

    Attributes
    ----------
    slope, intercept : ndarray, shape (k + 1,)
        In the units of the data, the start first.
    loss : ndarray, shape (k + 1,)
        Mean loss: of ½ r², |r| or Huber(r).
    gap : ndarray, shape (k + 1,)
        Mean loss above that of the exact fit, at least 0.
    rate : ndarray, shape (k,)
        Learning rate of each step.
    step : ndarray, shape (k,)
        Length of each step in standardised coordinates: rate × length of the (sub)gradient.
    diverged : bool
        A parameter left [−1e6, 1e6] in standardised coordinates; no more steps were made.
    """

    slope: Floats
    intercept: Floats
    loss: Floats
    gap: Floats
    rate: Floats
    step: Floats
    diverged: bool


def descend_line(
    x: ArrayLike,
    y: ArrayLike,
    loss: str,
    *,
    rate: float,
    steps: int,
    decay: bool = False,
    delta: float = 1.0,
    start: tuple[float, float] = (-1.5, -1.0),
) -> LineDescent:
    """Fit a line by full-batch (sub)gradient descent on the mean loss.

    x and y are standardised for it, so that a rate means the same for any data: under L2 the curvature is 1
    in every direction, a rate of 1 arrives in one step, 2 or more never does.  Under L1 the step is
    rate × |mean of ±(1, x)|, which does not shrink on the way to the optimum: with a fixed rate the line
    keeps hopping, unless it lands inside a set of optimal lines, where the subgradient is 0.

    Parameters
    ----------
    x, y : array_like, shape (n,)
        n ≥ 1, up to 1e100 in size.
    loss : {"squared", "absolute", "huber"}
    rate : float
        η, 0 < η ≤ 10.
    steps : int
        1 to 10,000.
    decay : bool, optional
        Step t = 0, 1, … takes η/√(t + 1) instead of η.
    delta : float, optional
        Huber's δ, in the units of y.
    start : (float, float), optional
        Slope and value at the mean of x, in standardised coordinates.

    Returns
    -------
    LineDescent

    Raises
    ------
    ParameterError
        ``unknown_choice`` for the loss, ``out_of_range`` for rate, steps, δ or start.
    DataError
        As `reglib.linear.fit_l2`.
    """
    px = _checks.array("x", x, 1)
    py = _checks.array("y", y, 1, rows=len(px))
    eta = _checks.number("rate", rate, 0.0, 10.0, above=True)
    count = _checks.whole("steps", steps, 1, 10_000)
    slope, level = (_checks.number("start", value, -1e3, 1e3) for value in start)
    residual_loss(loss, delta)  # a wrong name or δ is refused before anything is computed
    columns, scaling = standardise(np.column_stack([px, py]))
    u, v = columns.T.copy()
    (mean_x, mean_y), (sd_x, sd_y) = scaling.mean, scaling.scale
    limit = max(delta / sd_y, 1e-12)
    pulls: dict[str, Callable[[Floats], Floats]] = {
        "squared": lambda r: r,
        "absolute": np.sign,
        "huber": lambda r: np.minimum(np.maximum(r, -limit), limit),
    }
    pull = pulls[loss]
    # Turn and lift are means of pull · (x, 1): one product per step.
    arms = np.stack([u, np.ones_like(u)]) / len(u)
    at = np.array([slope, level])
    path, lengths = [at], []
    rates = eta / np.sqrt(np.arange(1.0, count + 1.0)) if decay else np.full(count, eta)
    residuals = v - slope * u - level
    for now in rates:
        move = now * (arms @ pull(residuals))
        at = at + move
        path.append(at)
        lengths.append(math.hypot(move[0], move[1]))
        if max(abs(at[0]), abs(at[1])) > 1e6:
            break
        residuals = v - at[0] * u - at[1]
    diverged = bool(np.abs(at).max() > 1e6)
    turns, levels = np.array(path).T
    rule = residual_loss(loss, limit)
    all_residuals = v - np.multiply.outer(turns, u) - levels[:, None]
    losses = rule.value(all_residuals.ravel()).reshape(all_residuals.shape).mean(axis=1)
    if loss == "squared":
        unit, least = sd_y**2, 0.5 * fit_l2(px, py).cost / len(px)
    elif loss == "absolute":
        unit, least = sd_y, fit_l1(px, py).cost / len(px)
    else:
        unit, least = sd_y**2, fit_huber(px, py, delta).cost / len(px)
    losses = losses * unit  # mean losses are in the units of y, for ½ r² and Huber in their squares
    slopes = turns * sd_y / sd_x
    return LineDescent(
        slope=slopes,
        intercept=mean_y + levels * sd_y - slopes * mean_x,
        loss=losses,
        gap=np.maximum(losses - least, 0.0),
        rate=rates[: len(lengths)],
        step=np.array(lengths),
        diverged=diverged,
    )


# --- One dimension: mean against median --------------------------------------------------------------


def location_table(values: ArrayLike, index: int, positions: ArrayLike) -> dict[str, Floats]:
    """Return mean and median with one value moved to each of several positions.

    Parameters
    ----------
    values : array_like, shape (n,)
        n ≥ 1, up to 1e100 in size.
    index : int
        Which value is moved, 0 to n − 1.
    positions : array_like, shape (m,)

    Returns
    -------
    dict of ndarray, shape (m,)
        ``position``, ``mean``, ``median``, and ``median_low``, ``median_high``: the interval of all
        minimisers c of Σ|v − c| (its ends differ only if n is even).

    Raises
    ------
    ParameterError
        ``not_an_integer`` or ``out_of_range`` for index.
    DataError
        As every array (`reglib._checks.array`).
    """
    points = _checks.array("values", values, 1)
    places = _checks.array("positions", positions, 1)
    moved = _checks.whole("index", index, 0, len(points) - 1)
    stacked = np.tile(points, (len(places), 1))
    stacked[:, moved] = places
    ordered = np.sort(stacked, axis=1)
    low, high = ordered[:, (len(points) - 1) // 2], ordered[:, len(points) // 2]
    return {
        "position": places,
        "mean": stacked.mean(axis=1),
        "median": low + 0.5 * (high - low),
        "median_low": low,
        "median_high": high,
    }


@dataclass(frozen=True)
class Breakdown:
    """How far mean and median go when more and more of a sample is moved far away.

    Attributes
    ----------
    share : ndarray, shape (n + 1,)
        Share of points moved: 0, 1/n, …, 1.
    mean_shift, median_shift : ndarray, shape (repeats, n + 1)
        |statistic after − before| in standard deviations of the clean data.
    """

    share: Floats
    mean_shift: Floats
    median_shift: Floats

    def breaking_share(self, limit: float = 10.0) -> tuple[float, float]:
        """Return the least share of moved points that carries mean and median away.

        Parameters
        ----------
        limit : float, optional
            A shift beyond this many standard deviations, in at least half of the repeats, counts.

        Returns
        -------
        mean, median : float
            nan where no share does, because the points were not moved far enough.
        """
        shares = []
        for shift in (self.mean_shift, self.median_shift):
            carried = np.median(shift, axis=0) > limit
            shares.append(float(self.share[int(np.argmax(carried))]) if carried.any() else float("nan"))
        return shares[0], shares[1]


def breakdown(n: int, repeats: int, seed: int, *, distance: float = 1e6, first: int = 0) -> Breakdown:
    """Simulate the breakdown of mean and median.

    Each repeat draws n values from N(0, 1) and moves 0, 1, …, n of them up by ``distance``.  Repeat number j
    has its own random numbers, so a long simulation may be done in chunks: ``first`` = 0, 50, 100, … with
    ``repeats`` = 50 gives what one call would, to be stacked row by row.

    Parameters
    ----------
    n : int
        3 to 500.
    repeats : int
        1 to 10,000.
    seed : int
    distance : float, optional
        1,000·n or more is far enough for one point to carry the mean away; 1 to 1e9.
    first : int, optional
        Number of the first repeat.

    Returns
    -------
    Breakdown

    Raises
    ------
    ParameterError
        ``not_an_integer`` or ``out_of_range``.
    """
    size = _checks.whole("n", n, 3, 500)
    count = _checks.whole("repeats", repeats, 1, 10_000)
    start = _checks.whole("first", first, 0, 10**9)
    far = _checks.number("distance", distance, 1.0, 1e9)
    root = _checks.seed(seed)
    moved = far * (np.arange(size) < np.arange(size + 1)[:, None])
    means, medians = np.empty((count, size + 1)), np.empty((count, size + 1))
    together = max(1, 1_000_000 // (size * size))  # samples at once, to bound the memory
    for at in range(0, count, together):
        rows = range(at, min(at + together, count))
        clean = np.stack([np.random.default_rng([root, start + row]).standard_normal(size) for row in rows])
        shifted = clean[:, None, :] + moved
        means[at : at + together] = np.abs(shifted.mean(axis=2) - clean.mean(axis=1, keepdims=True))
        middle = np.partition(shifted, [(size - 1) // 2, size // 2], axis=2)
        median = 0.5 * (middle[..., (size - 1) // 2] + middle[..., size // 2])
        medians[at : at + together] = np.abs(median - median[:, :1])
    return Breakdown(np.arange(size + 1) / size, means, medians)


def best_constants(values: ArrayLike, tries: int = 400) -> tuple[float, float]:
    """Find the constant c with the least Σ(v − c)² and the one with the least √Σ(v − c)², by trying many.

    The mean is among the candidates.  The root keeps the order of the sums, so both are the same constant.

    Parameters
    ----------
    values : array_like, shape (n,)
        n ≥ 1, up to 1e100 in size.
    tries : int, optional
        Candidates between the least and the greatest value, 1 to 10,000.

    Returns
    -------
    plain, rooted : float

    Raises
    ------
    ParameterError
        ``not_an_integer`` or ``out_of_range`` for tries.
    DataError
        As every array (`reglib._checks.array`).
    """
    v = _checks.array("values", values, 1)
    count = _checks.whole("tries", tries, 1, 10_000)
    candidates = np.append(np.linspace(v.min(), v.max(), count), v.mean())
    unit = float(np.ptp(v)) or 1.0  # so that no square overflows or vanishes
    sums = (np.subtract.outer(candidates / unit, v / unit) ** 2).sum(axis=1)
    return float(candidates[np.argmin(sums)]), float(candidates[np.argmin(np.sqrt(sums))])


# --- Data with outliers ------------------------------------------------------------------------------


def corrupt(y: ArrayLike, percent: float, seed: int, size: float = 5.0) -> tuple[Floats, NDArray[np.int64]]:
    """Raise a percentage of the values, chosen at random, by a multiple of their standard deviation.

    All go the same way, so that they do not cancel; with one seed, a larger percentage keeps the rows
    of a smaller one and adds to them.

    Parameters
    ----------
    y : array_like, shape (n,)
        Up to 1e100 in size.
    percent : float
        0 to 100; rounded to whole points.
    seed : int
    size : float, optional
        Standard deviations of y to add (negative: down), −1,000 to 1,000.

    Returns
    -------
    corrupted : ndarray, shape (n,)
    rows : ndarray of int, shape (k,)
        Which were changed, ascending.

    Raises
    ------
    ParameterError
        ``not_an_integer`` or ``out_of_range``.
    DataError
        As every array (`reglib._checks.array`).
    """
    values = _checks.array("y", y, 1)
    share = _checks.number("percent", percent, 0.0, 100.0) / 100.0
    factor = _checks.number("size", size, -1e3, 1e3)
    rng = np.random.default_rng(_checks.seed(seed))
    rows = np.sort(rng.permutation(len(values))[: round(share * len(values))])
    values[rows] += factor * fit_scaling(values[:, None]).scale[0]
    return values, rows


def subsample(n: int, size: int, seed: int) -> NDArray[np.int64]:
    """Choose rows of a large data set to show and drag.

    Parameters
    ----------
    n : int
        Rows there are, 1 to 10,000,000.
    size : int
        Rows wanted, at least 1.
    seed : int

    Returns
    -------
    ndarray of int, shape (min(size, n),)
        Ascending, without repetition.

    Raises
    ------
    ParameterError
        ``not_an_integer`` or ``out_of_range``; ``size`` may not exceed 10,000,000.
    """
    rows = _checks.whole("n", n, 1, 10**7)
    wanted = _checks.whole("size", size, 1, 10**7)
    rng = np.random.default_rng(_checks.seed(seed))
    if wanted >= rows:
        return np.arange(rows)
    return np.sort(rng.choice(rows, wanted, replace=False))

"""What happens to a polynomial fit over many data sets: bias, variance, more data, better data.

Every function draws data sets y = f(x) + σ·ε, ε ~ N(0, 1), from a known truth f and fits polynomials to all
of them in stacked factorisations.  The excess error of a fit f̂ is the mean of (f̂ − f)² over the interval
(at 200 evenly spaced inputs, the middles of 200 equal parts): what a test error is above the noise σ².
Units: squared units of y.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.polynomial.legendre import legvander
from numpy.typing import ArrayLike, NDArray

from reglib import _checks
from reglib._checks import Floats
from reglib.polynomial import BasisScaling, Interval, basis, fit_minimum_norm, full_rank_degree

Truth = Callable[[Floats], Floats]

N_TEST = 200
_STACK = 4_000_000  # numbers in one stack of basis columns: 32 MB


@dataclass(frozen=True, eq=False)
class Band:
    """Median and the middle four fifths over data sets.

    Attributes
    ----------
    median, low, high : ndarray
        Quantiles 0.5, 0.1 and 0.9 over the first axis of what was summarised.
    """

    median: Floats
    low: Floats
    high: Floats


def band(values: ArrayLike) -> Band:
    """Summarise values over data sets.

    Parameters
    ----------
    values : array_like of shape (s, …)
        The first axis counts data sets, at least one; unchecked.

    Returns
    -------
    Band
        Its arrays have the shape of the other axes.
    """
    low, median, high = np.quantile(np.asarray(values, dtype=np.float64), [0.1, 0.5, 0.9], axis=0)
    return Band(median, low, high)


def comparison_inputs(interval: Interval) -> Floats:
    """Return the inputs at which fits are compared with the truth: the middles of 200 equal parts of the interval.

    Parameters
    ----------
    interval : tuple of two floats
        [a, b] with a < b.

    Returns
    -------
    ndarray of shape (200,)
        Ascending, inside the interval.

    Raises
    ------
    ParameterError
        ``out_of_range`` or ``not_a_number`` (interval).
    """
    low, high = _checks.interval(interval)
    inputs: Floats = low + (high - low) * (np.arange(N_TEST) + 0.5) / N_TEST
    return inputs


def _truth_at(truth: Truth, x: Floats) -> Floats:
    return _checks.array("truth", truth(x), x.ndim, rows=x.shape[0])


def _columns(x: Floats, degree: int, interval: Interval) -> Floats:
    """Basis functions of a stack of samples x (s, n), all inside the interval: (s, n, degree + 1)."""
    low, high = interval
    columns = np.asarray(legvander((2 * x - low - high) / (high - low), degree), dtype=np.float64)
    return columns * np.sqrt(2 * np.arange(degree + 1) + 1)


def _factorise(x: Floats, targets: Floats, degree: int, interval: Interval) -> tuple[Floats, Floats]:
    """Return R and the projections Qᵀy of a stack of samples, without forming Q.

    Parameters
    ----------
    x : ndarray of shape (s, n)
    targets : ndarray of shape (s, n, m)
        They become further columns of the factorised matrix; what stands above them in its R is Qᵀy.

    Returns
    -------
    r : ndarray of shape (s, degree + 1, degree + 1)
    projections : ndarray of shape (s, degree + 1, m)
    """
    both = np.concatenate([_columns(x, degree, interval), targets], axis=2)
    r: Floats = np.asarray(np.linalg.qr(both, mode="r"))
    p = degree + 1
    return r[:, :p, :p], r[:, :p, p:]


def _invert(r: Floats) -> Floats:
    """Invert a stack of upper triangular matrices (s, p, p), column by column."""
    inverse = np.zeros_like(r)
    for j in range(r.shape[-1]):
        inverse[:, j, j] = 1 / r[:, j, j]
        inverse[:, :j, j] = -(inverse[:, :j, :j] @ r[:, :j, j, None])[:, :, 0] * inverse[:, j, j, None]
    return inverse


# --- bias and variance ----------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class BiasVariance:
    """The parts of the expected error, by degree.

    Attributes
    ----------
    degrees : ndarray of int, shape (m,)
    x, truth : ndarray of shape (200,)
        Test inputs and the true function there.
    mean_fit : ndarray of shape (m, 200)
        Mean of the refits.
    curves : ndarray of shape (m, c, 200)
        The first c refits, for drawing.
    bias2, variance, excess : ndarray of shape (m,)
        Means over the test inputs of (mean f̂ − f)², of the variance of f̂ over the refits (ddof = 0), and
        of (f̂ − f)²: the first two add up to the third, whatever was drawn.
    noise : float
        σ².
    noisy_error, noisy_error_se : ndarray of shape (m,)
        Mean squared error against fresh noisy test values, and the Monte-Carlo standard error of its
        difference from bias² + variance + σ².
    """

    degrees: NDArray[np.int64]
    x: Floats
    truth: Floats
    mean_fit: Floats
    curves: Floats
    bias2: Floats
    variance: Floats
    excess: Floats
    noise: float
    noisy_error: Floats
    noisy_error_se: Floats


def bias_variance(
    truth: Truth,
    x: ArrayLike,
    degrees: Sequence[int],
    *,
    noise: float,
    interval: Interval,
    seed: int,
    resamples: int = 500,
    fresh_x: bool = False,
    keep: int = 30,
) -> BiasVariance:
    """Refit many data sets and take the error apart.

    Parameters
    ----------
    truth : callable
        Floats in, floats of the same shape out.
    x : array_like of shape (n,)
        Training inputs.
    degrees : sequence of int
        At least one, each from 0 to 40 and below the number of distinct x.
    noise : float
        σ, in [0, 1e6].
    interval : tuple of two floats
    seed : int
    resamples : int
        Number of data sets, 2 to 5,000.
    fresh_x : bool
        False: every data set has the inputs ``x`` and new noise.  True: also new inputs, uniform on the
        interval; then degrees are at most n/4, since one unlucky data set can carry half of a higher
        degree's error.
    keep : int
        How many refits to return for drawing, 0 to resamples.

    Returns
    -------
    BiasVariance
        Of the degrees asked for, ascending, each once.

    Raises
    ------
    ParameterError
        ``out_of_range`` (degrees, noise, interval, seed, resamples, keep), ``not_an_integer`` (degrees, seed,
        resamples, keep).
    DataError
        ``outside_interval``, and those of every array (``truth`` among them).

    References
    ----------
    Hastie, Tibshirani and Friedman, The Elements of Statistical Learning, 2nd edition, section 7.3.
    """
    points = _checks.array("x", x, 1)
    n = len(points)
    low, high = _checks.interval(interval)
    noise = _checks.number("noise", noise, 0, 1e6)
    resamples = _checks.whole("resamples", resamples, 2, 5000)
    keep = _checks.whole("keep", keep, 0, resamples)
    most = min(40, n // 4 if fresh_x else len(np.unique(points)) - 1)
    wanted = sorted({_checks.whole("degrees", degree, 0, most) for degree in degrees})
    _checks.whole("degrees", len(wanted), 1, 41)
    rng = np.random.default_rng(_checks.seed(seed))

    designs = basis(points, wanted[-1], (low, high))
    draws = rng.standard_normal((resamples, n))
    if fresh_x:
        inputs = rng.uniform(low, high, (resamples, n))
        values = _truth_at(truth, inputs) + noise * draws
        r, stacked = _factorise(inputs, values[:, :, None], wanted[-1], (low, high))
        projections = stacked[:, :, 0]
    else:
        q, r = np.linalg.qr(designs)
        _checks.whole("degrees", wanted[-1], 0, full_rank_degree(r, n))
        projections = (_truth_at(truth, points) + noise * draws) @ q
        r = r[None]
    inverse = _invert(r)  # (1 or resamples, p, p): column k turns projection k into coefficients

    grid = comparison_inputs((low, high))
    true = _truth_at(truth, grid)
    there = basis(grid, wanted[-1], (low, high)).T
    disturbance = noise * rng.standard_normal((resamples, N_TEST))
    noise_sq = np.square(disturbance).mean(axis=1)
    coefficients = np.zeros((resamples, wanted[-1] + 1))
    # One buffer holds the refits, then their distances from their mean, then those from the truth.
    fits = np.empty((resamples, N_TEST))
    rows: list[tuple[Floats, Floats, float, float, float, float, float]] = []
    for degree in range(wanted[-1] + 1):
        coefficients += projections[:, degree, None] * inverse[:, :, degree]
        if degree not in wanted:
            continue
        np.matmul(coefficients, there, out=fits)
        mean = fits.mean(axis=0)
        kept = fits[:keep].copy()
        fits -= mean
        spread = float(np.vdot(fits, fits)) / fits.size
        fits += mean - true
        excess = float(np.vdot(fits, fits)) / fits.size
        # Squared error against noisy values less that against the truth, one mean per data set.
        extra = noise_sq - 2 / N_TEST * np.einsum("ij,ij->i", fits, disturbance)
        rows.append(
            (
                mean,
                kept,
                float(np.square(mean - true).mean()),
                spread,
                excess,
                excess + float(extra.mean()),
                float(extra.std(ddof=1) / np.sqrt(resamples)),
            )
        )
    mean_fit, curves, bias2, variance, excesses, noisy, se = (
        np.array(part) for part in zip(*rows, strict=True)
    )
    return BiasVariance(
        degrees=np.array(wanted),
        x=grid,
        truth=true,
        mean_fit=mean_fit,
        curves=curves,
        bias2=bias2,
        variance=variance,
        excess=excesses,
        noise=noise**2,
        noisy_error=noisy,
        noisy_error_se=se,
    )


# --- more data, better data -----------------------------------------------------------------------


def _excess_errors(
    truth: Truth,
    degree: int,
    n: int,
    noises: Sequence[float],
    interval: Interval,
    repeats: int,
    rng: np.random.Generator,
) -> Floats:
    """Excess errors of the same samples under several noise levels, of shape (len(noises), repeats)."""
    true = _truth_at(truth, comparison_inputs(interval))
    out = np.empty((len(noises), repeats))
    there = basis(comparison_inputs(interval), degree, interval).T
    chunk = max(1, _STACK // ((n + N_TEST) * (degree + 1)))
    for start in range(0, repeats, chunk):
        size = min(chunk, repeats - start)
        x = rng.uniform(*interval, (size, n))
        draws = rng.standard_normal((size, n))
        r, projections = _factorise(x, np.stack([_truth_at(truth, x), draws], axis=2), degree, interval)
        clean, disturbed = np.moveaxis(np.linalg.solve(r, projections), 2, 0)
        for k, noise in enumerate(noises):
            fits = (clean + noise * disturbed) @ there
            out[k, start : start + size] = np.square(fits - true).mean(axis=1)
    return out


@dataclass(frozen=True, eq=False)
class LearningPoint:
    """One point of a learning curve.

    Attributes
    ----------
    n : int
        Training points.
    excess : ndarray of shape (repeats,)
        Excess error of each data set.
    band : Band
        Its median and middle four fifths (arrays without axes).
    """

    n: int
    excess: Floats
    band: Band


def learning_curve(
    truth: Truth,
    degree: int,
    sizes: Sequence[int],
    *,
    noise: float,
    interval: Interval,
    seed: int,
    repeats: int = 100,
) -> Iterator[LearningPoint]:
    """Yield the excess error for each number of training points, one after another.

    A page may show progress between the points, and stop.

    Parameters
    ----------
    truth : callable
        Floats in, floats of the same shape out.
    degree : int
        0 to 40.
    sizes : sequence of int
        Each from 2·(degree + 1), below which single data sets decide the curve, to 100,000.
    noise : float
        σ, in [0, 1e6].
    interval : tuple of two floats
        Inputs are drawn uniformly from it.
    seed : int
        Each size has its own draws, which do not depend on the other sizes.
    repeats : int
        Data sets for each size, 1 to 2,000.

    Returns
    -------
    iterator of LearningPoint
        In the order of ``sizes``; each is computed when it is asked for.

    Raises
    ------
    ParameterError
        ``out_of_range`` or ``not_an_integer``: one of the parameters above, before the first point is computed.
    DataError
        Those of every array for ``truth``, with the point that asks for it.
    """
    degree = _checks.whole("degree", degree, 0, 40)
    checked = [_checks.whole("sizes", n, 2 * (degree + 1), 100_000) for n in sizes]
    noise = _checks.number("noise", noise, 0, 1e6)
    interval = _checks.interval(interval)
    seed = _checks.seed(seed)
    repeats = _checks.whole("repeats", repeats, 1, 2000)

    def points() -> Iterator[LearningPoint]:
        for n in checked:
            rng = np.random.default_rng([seed, n])
            excess = _excess_errors(truth, degree, n, [noise], interval, repeats, rng)[0]
            yield LearningPoint(n, excess, band(excess))

    return points()


@dataclass(frozen=True, eq=False)
class Bet:
    """Double n against half σ.

    Attributes
    ----------
    n : int
    plain, more, better : Band
        Excess error with (n, σ), (2n, σ) and (n, σ/2).
    winner : {"more", "better"}
        Whose median is smaller.
    share_more : float
        Share of the data sets in which twice the data did better than half the noise.
    """

    n: int
    plain: Band
    more: Band
    better: Band
    winner: Literal["more", "better"]
    share_more: float


def bet(
    truth: Truth, degree: int, n: int, *, noise: float, interval: Interval, seed: int, repeats: int = 200
) -> Bet:
    """Decide whether twice the data or half the noise helps a polynomial of this degree more.

    For n much larger than the degree, half the noise is worth four times the data; near n = degree + 1, where
    the fit is all but undetermined, twice the data wins.

    Parameters
    ----------
    truth, degree, noise, interval, seed
        As in :func:`learning_curve`.
    n : int
        degree + 1 to 50,000.
    repeats : int
        Data sets on each side, 1 to 2,000.

    Returns
    -------
    Bet
        ``plain`` and ``better`` are of the same inputs and noise, ``more`` of others.

    Raises
    ------
    ParameterError
        ``out_of_range`` or ``not_an_integer``: one of the parameters above.
    DataError
        Those of every array for ``truth``.
    """
    degree = _checks.whole("degree", degree, 0, 40)
    n = _checks.whole("n", n, degree + 1, 50_000)
    noise = _checks.number("noise", noise, 0, 1e6)
    interval = _checks.interval(interval)
    repeats = _checks.whole("repeats", repeats, 1, 2000)
    seed = _checks.seed(seed)
    plain, better = _excess_errors(
        truth, degree, n, [noise, noise / 2], interval, repeats, np.random.default_rng([seed, n])
    )
    more = _excess_errors(
        truth, degree, 2 * n, [noise], interval, repeats, np.random.default_rng([seed, 2 * n, 1])
    )[0]
    winner: Literal["more", "better"] = "more" if np.median(more) < np.median(better) else "better"
    return Bet(n, band(plain), band(more), band(better), winner, float((more < better).mean()))


# --- beyond n -------------------------------------------------------------------------------------


def beyond_n(
    truth: Truth,
    n: int,
    *,
    noise: float,
    interval: Interval,
    seed: int,
    repeats: int = 20,
    max_degree: int = 150,
    l2: Sequence[float] = (0.0,),
    scaling: BasisScaling = "classical",
) -> Iterator[Floats]:
    """Yield the excess errors of minimum-norm and ridge fits, one data set after another.

    Summarise the data sets with :func:`band`: medians, since single data sets decide a mean at the peak.

    Parameters
    ----------
    truth, noise, interval, seed
        As in :func:`learning_curve`.
    n : int
        1 to 40.
    repeats : int
        Number of data sets, 1 to 200.
    max_degree, l2, scaling
        As in :func:`reglib.polynomial.fit_minimum_norm`.

    Yields
    ------
    ndarray of shape (len(l2), max_degree + 1)

    Raises
    ------
    ParameterError
        ``out_of_range``, ``not_an_integer``, ``unknown_choice``: one of the parameters above; for max_degree, l2 and
        scaling only once the first data set is asked for.
    DataError
        Those of every array for ``truth``.
    """
    n = _checks.whole("n", n, 1, 40)
    noise = _checks.number("noise", noise, 0, 1e6)
    interval = _checks.interval(interval)
    repeats = _checks.whole("repeats", repeats, 1, 200)
    seed = _checks.seed(seed)
    grid = comparison_inputs(interval)
    true = _truth_at(truth, grid)

    def data_sets() -> Iterator[Floats]:
        for k in range(repeats):
            rng = np.random.default_rng([seed, k])
            x = rng.uniform(*interval, n)
            y = _truth_at(truth, x) + noise * rng.standard_normal(n)
            fits = fit_minimum_norm(x, y, max_degree, interval=interval, l2=l2, scaling=scaling)
            yield fits.errors(grid, true)

    return data_sets()

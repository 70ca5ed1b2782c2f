r"""Least squares with polynomials: all degrees from one factorisation, and what lies beyond n.

The basis
---------
With t = (2x − a − b)/(b − a), which takes the interval [a, b] to [−1, 1], and Legendre's polynomials P_k,
the basis is one of

``"orthonormal"``
    :math:`\sqrt{2k+1}\,P_k(t)`: orthonormal for x uniform on [a, b], so that a basis column has mean
    square 1 (k ≥ 1: mean 0, variance 1) up to sampling.  Used for everything below degree n, where the
    scaling does not change a least-squares fit.
``"classical"``
    :math:`P_k(t)`, with :math:`P_k(1) = 1`.  A minimum-norm fit beyond degree n depends on this choice:
    here high degrees cost more, and the error comes down further from its peak.

Errors are mean squared errors, in squared units of y.  Nothing here is random.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.polynomial.legendre import legvander
from numpy.typing import ArrayLike, NDArray

from reglib import _checks
from reglib._checks import Floats
from reglib.errors import DataError

Interval = tuple[float, float]
BasisScaling = Literal["orthonormal", "classical"]

MAX_DEGREE = 150
_BLOCK = 128  # rows
MAX_ROWS_BEYOND = 40


def basis(x: ArrayLike, degree: int, interval: Interval, *, scaling: BasisScaling = "orthonormal") -> Floats:
    """Return the basis of degrees 0 … ``degree`` at every x.

    Parameters
    ----------
    x : array_like of shape (n,)
        Inside the interval (up to rounding).
    degree : int
        0 to 150.
    interval : tuple of two floats
        [a, b]; a = b is allowed and puts every x at t = 0.
    scaling : {"orthonormal", "classical"}
        See the module's docstring.

    Returns
    -------
    ndarray of shape (n, degree + 1)

    Raises
    ------
    ParameterError
        ``out_of_range`` (degree, interval), ``unknown_choice`` (scaling).
    DataError
        ``outside_interval`` (name, row, low, high), and those of every array: see :mod:`reglib._checks`.
    """
    degree = _checks.whole("degree", degree, 0, MAX_DEGREE)
    _checks.choice("scaling", scaling, ("orthonormal", "classical"))
    points = _checks.array("x", x, 1, need=0)
    columns: Floats = np.asarray(legvander(_to_unit(points, interval), degree), dtype=np.float64)
    if scaling == "orthonormal":
        columns *= np.sqrt(2 * np.arange(degree + 1) + 1)
    return columns


def _to_unit(x: Floats, interval: Interval) -> Floats:
    """Take [a, b] to [−1, 1]."""
    low, high = (_checks.number("interval", end, -_checks.LARGEST, _checks.LARGEST) for end in interval)
    if low > high:
        _checks.interval((low, high))
    width = high - low
    outside = (x < low - 1e-9 * width) | (x > high + 1e-9 * width)
    if outside.any():
        raise DataError("outside_interval", name="x", row=int(np.flatnonzero(outside)[0]), low=low, high=high)
    if width == 0:
        return np.zeros_like(x)
    return np.clip(2 * ((x - low) / width) - 1, -1, 1)


def range_of(x: ArrayLike) -> Interval:
    """Return (smallest x, largest x).

    Parameters
    ----------
    x : array_like of shape (n,)
        n ≥ 1.

    Returns
    -------
    tuple of two floats

    Raises
    ------
    DataError
        Those of every array: see :mod:`reglib._checks`.
    """
    points = _checks.array("x", x, 1)
    return float(points.min()), float(points.max())


# --- all degrees at once --------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class DegreeFits:
    """Least-squares polynomials of degree 0, 1, …, m through one sample.

    Attributes
    ----------
    coefficients : ndarray of shape (m + 1, m + 1)
        Row d holds the polynomial of degree d in the orthonormal basis; 0 beyond column d.
    train_error : ndarray of shape (m + 1,)
        Mean squared error on the sample.
    interval : tuple of two floats
    limited_by : {"degree", "distinct_x", "rounding"}
        Why the degrees end at m: as asked; because a higher degree has more coefficients than there are
        distinct x, so that its fit is not unique; or because it could not be told from one in float64.
    """

    coefficients: Floats
    train_error: Floats
    interval: Interval
    limited_by: Literal["degree", "distinct_x", "rounding"]

    @property
    def degrees(self) -> NDArray[np.int64]:
        """0, 1, …, m."""
        return np.arange(len(self.coefficients))

    def predict(self, x: ArrayLike) -> Floats:
        """Return every degree's values at x.

        Parameters
        ----------
        x : array_like of shape (k,)
            Inside the interval (up to rounding); may be empty.

        Returns
        -------
        ndarray of shape (m + 1, k)
            Row d belongs to degree d.

        Raises
        ------
        DataError
            ``outside_interval`` (name, row, low, high): a polynomial says nothing out there; and those of every array.
        """
        return self.coefficients @ basis(x, len(self.coefficients) - 1, self.interval).T

    def errors(self, x: ArrayLike, y: ArrayLike) -> Floats:
        """Return every degree's mean squared error on other points.

        Parameters
        ----------
        x, y : array_like of shape (k,)
            k ≥ 1; x inside the interval.

        Returns
        -------
        ndarray of shape (m + 1,)
            In squared units of y.

        Raises
        ------
        DataError
            As `predict`; ``wrong_length`` (name, rows, need) if there are not as many y as x.
        """
        columns = basis(x, len(self.coefficients) - 1, self.interval)
        values = _checks.array("y", y, 1, rows=len(columns))
        total = np.zeros(len(self.coefficients))
        # A block at a time: it stays in the cache, and BLAS starts no threads, which would cost more than the sum.
        for start in range(0, len(values), _BLOCK):
            block = slice(start, start + _BLOCK)
            residuals = self.coefficients @ columns[block].T - values[block]
            total += np.einsum("ij,ij->i", residuals, residuals)
        return total / len(values)


def mean_squared_error(y: Floats, predicted: Floats) -> Floats:
    """Return the mean over the last axis of (predicted − y)²; unchecked.

    Parameters
    ----------
    y : ndarray of shape (n,)
    predicted : ndarray of shape (…, n)

    Returns
    -------
    ndarray of shape (…)
        At least 0, in squared units of y.
    """
    error: Floats = np.square(predicted - y).mean(axis=-1)
    return error


def fit_degrees(
    x: ArrayLike, y: ArrayLike, max_degree: int = 40, *, interval: Interval | None = None
) -> DegreeFits:
    """Fit every degree from 0 to ``max_degree`` from one QR factorisation.

    The basis columns are ordered by degree, so the first d + 1 columns of Q span the polynomials of degree
    d: the fit of degree d is the sum of the first d + 1 projections (Golub and Van Loan, Matrix
    Computations, section 5.3).

    Parameters
    ----------
    x, y : array_like of shape (n,)
        n ≥ 1.
    max_degree : int
        0 to 150.
    interval : tuple of two floats, optional
        Where the basis is orthogonal, and where predictions may be asked for; by default the range of x.

    Returns
    -------
    DegreeFits
        Of degrees 0 … min(max_degree, distinct x − 1), or fewer if rounding does not allow more.

    Raises
    ------
    ParameterError
        ``out_of_range`` (max_degree, interval).
    DataError
        ``outside_interval``, and those of every array: see :mod:`reglib._checks`.
    """
    points, values = _sample(x, y)
    max_degree = _checks.whole("max_degree", max_degree, 0, MAX_DEGREE)
    interval = range_of(points) if interval is None else interval
    distinct = len(np.unique(points))
    degree = min(max_degree, distinct - 1)
    q, r = np.linalg.qr(basis(points, degree, interval))
    possible = full_rank_degree(r, len(points))
    limited_by: Literal["degree", "distinct_x", "rounding"] = (
        "degree" if degree == max_degree else "distinct_x"
    )
    if possible < degree:
        degree, limited_by = possible, "rounding"
    q, r = q[:, : degree + 1], r[: degree + 1, : degree + 1]
    projections = values @ q
    # Column d of the right-hand side keeps the projections of degrees 0 … d.
    coefficients = np.linalg.solve(r, np.triu(np.repeat(projections[:, None], degree + 1, axis=1))).T
    fitted = np.cumsum(q * projections, axis=1).T
    return DegreeFits(np.tril(coefficients), mean_squared_error(values, fitted), interval, limited_by)


def full_rank_degree(r: Floats, n: int) -> int:
    """Return the highest degree whose columns are independent beyond rounding, from R of a QR factorisation.

    A pivot |R_jj| of at most n·ε times the largest, ε being float64's, counts as 0.

    Parameters
    ----------
    r : ndarray of shape (p, p)
        Upper triangular; column j belongs to degree j.
    n : int
        Rows that were factorised.

    Returns
    -------
    int
        At most p − 1; −1 if not even the constant column is.
    """
    pivots = np.abs(np.diag(r))
    lost = np.flatnonzero(pivots <= n * np.finfo(float).eps * pivots.max())
    return int(lost[0]) - 1 if len(lost) else len(r) - 1


def _sample(x: ArrayLike, y: ArrayLike) -> tuple[Floats, Floats]:
    points = _checks.array("x", x, 1)
    return points, _checks.array("y", y, 1, rows=len(points))


# --- beyond n -------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class MinimumNormFits:
    """Ridge and minimum-norm polynomials of degree 0, 1, …, m, also with more coefficients than points.

    Attributes
    ----------
    l2 : tuple of float, length k
        λ2 of each series; 0 is the minimum-norm fit, the limit of λ2 → 0.
    coefficients : ndarray of shape (k, m + 1, m + 1)
        By λ2, degree and basis function; 0 beyond the degree.  The constant is not penalised.
    train_error : ndarray of shape (k, m + 1)
    interval : tuple of two floats
    scaling : {"orthonormal", "classical"}
    """

    l2: tuple[float, ...]
    coefficients: Floats
    train_error: Floats
    interval: Interval
    scaling: BasisScaling

    def predict(self, x: ArrayLike) -> Floats:
        """Return the values at x.

        Parameters
        ----------
        x : array_like of shape (q,)
            Inside the interval (up to rounding); may be empty.

        Returns
        -------
        ndarray of shape (k, m + 1, q)
            By λ2 and degree.

        Raises
        ------
        DataError
            ``outside_interval`` (name, row, low, high), and those of every array.
        """
        columns = basis(x, self.coefficients.shape[-1] - 1, self.interval, scaling=self.scaling)
        return self.coefficients @ columns.T

    def errors(self, x: ArrayLike, y: ArrayLike) -> Floats:
        """Return the mean squared errors on other points, without the penalty.

        Parameters
        ----------
        x, y : array_like of shape (q,)
            q ≥ 1; x inside the interval.

        Returns
        -------
        ndarray of shape (k, m + 1)
            By λ2 and degree, in squared units of y.

        Raises
        ------
        DataError
            As `predict`; ``wrong_length`` (name, rows, need) if there are not as many y as x.
        """
        predicted = self.predict(x)
        return mean_squared_error(_checks.array("y", y, 1, rows=predicted.shape[-1]), predicted)


def fit_minimum_norm(
    x: ArrayLike,
    y: ArrayLike,
    max_degree: int = MAX_DEGREE,
    *,
    interval: Interval | None = None,
    l2: Sequence[float] = (0.0,),
    scaling: BasisScaling = "classical",
) -> MinimumNormFits:
    r"""Fit every degree by :math:`\min_w \frac{1}{2n}\sum r_i^2 + \frac{λ_2}{2}\lVert w \rVert^2`.

    Beyond degree n − 1 infinitely many polynomials pass through all points; with λ2 = 0 the one with the
    smallest ‖w‖₂ is taken, which depends on how the basis is scaled (see the module's docstring).  Both
    come from the singular values of the centred basis columns.

    Parameters
    ----------
    x, y : array_like of shape (n,)
        n from 1 to 40: with more points the peak at degree n − 1 is beyond float64.
    max_degree : int
        0 to 150.
    interval : tuple of two floats, optional
        By default the range of x.
    l2 : sequence of float
        λ2's, each in [0, 1e6].
    scaling : {"classical", "orthonormal"}

    Returns
    -------
    MinimumNormFits

    Raises
    ------
    ParameterError
        ``out_of_range`` (max_degree, interval, l2), ``unknown_choice`` (scaling).
    DataError
        ``too_many_points`` (points, limit), ``outside_interval``, and those of every array.

    References
    ----------
    Belkin, Hsu, Ma and Mandal, Reconciling modern machine-learning practice and the classical
    bias-variance trade-off, PNAS 116, 2019.
    """
    points, values = _sample(x, y)
    n = len(points)
    if n > MAX_ROWS_BEYOND:
        raise DataError("too_many_points", points=n, limit=MAX_ROWS_BEYOND)
    max_degree = _checks.whole("max_degree", max_degree, 0, MAX_DEGREE)
    penalties = tuple(_checks.number("l2", value, 0, 1e6) for value in l2)
    interval = range_of(points) if interval is None else interval
    columns = basis(points, max_degree, interval, scaling=scaling)
    means = columns.mean(axis=0)
    centred = columns - means
    y_mean = values.mean()
    weights = np.zeros((len(penalties), max_degree + 1, max_degree + 1))
    for degree in range(1, max_degree + 1):
        u, s, vt = np.linalg.svd(centred[:, 1 : degree + 1], full_matrices=False)
        projections = u.T @ (values - y_mean)
        for k, penalty in enumerate(penalties):
            weights[k, degree, 1 : degree + 1] = (shrink(s, n * penalty, max(n, degree)) * projections) @ vt
    weights[:, :, 0] = y_mean - weights @ means
    predicted = weights @ columns.T
    return MinimumNormFits(penalties, weights, mean_squared_error(values, predicted), interval, scaling)


def shrink(singular_values: Floats, penalty: float, size: int) -> Floats:
    """Return s/(s² + penalty), and 0 for singular values that are 0 up to rounding; unchecked.

    Of X = U S Vᵀ, V · shrink(s, n·λ2) · Uᵀy minimises (1/2n) Σ r² + (λ2/2) ‖w‖² (ridge regression).

    Parameters
    ----------
    singular_values : ndarray of shape (r,), descending
    penalty : float
        n·λ2 ≥ 0.
    size : int
        The larger side of the matrix.

    Returns
    -------
    ndarray of shape (r,)
    """
    s = singular_values
    kept = s > size * np.finfo(float).eps * s.max(initial=0.0)
    return np.where(kept, s / np.where(kept, s**2 + penalty, 1.0), 0.0)


# --- why the basis matters ------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Conditioning:
    """How well monomials and the orthonormal basis determine their coefficients, by degree.

    Attributes
    ----------
    degrees : ndarray of int, shape (m + 1,)
    monomials, orthonormal : ndarray of shape (m + 1,)
        Condition numbers of the columns 1, x, …, x^d and of the orthonormal basis (2-norm; those above
        about 1e16 are only a lower bound).
    digits_lost : ndarray of shape (m + 1,)
        log₁₀ of the monomials' condition number, at most 16, all that float64 has.
    difference_svd, difference_normal : ndarray of shape (m + 1,)
        Largest difference of the fitted values from those of the orthonormal basis, relative to the largest
        |y|: with monomials and a singular value decomposition, and with monomials and normal equations
        (XᵀX w = Xᵀy).  1 or more: nothing is left of the fit.
    """

    degrees: NDArray[np.int64]
    monomials: Floats
    orthonormal: Floats
    digits_lost: Floats
    difference_svd: Floats
    difference_normal: Floats


def conditioning(x: ArrayLike, y: ArrayLike, max_degree: int = 40) -> Conditioning:
    """Compare monomials with the orthonormal basis on one sample.

    Parameters
    ----------
    x, y : array_like of shape (n,)
        |x| ≤ 1e6.
    max_degree : int
        0 to 40; degrees at or above the number of distinct x are left out.

    Returns
    -------
    Conditioning
        Of degrees 0 … m, those that `fit_degrees` can tell apart.

    Raises
    ------
    ParameterError
        ``out_of_range`` or ``not_an_integer`` (max_degree).
    DataError
        ``outside_interval`` (name, row, low, high) if some |x| > 1e6, whose powers overflow; those of every
        array.
    """
    points, values = _sample(x, y)
    max_degree = _checks.whole("max_degree", max_degree, 0, 40)
    if np.abs(points).max() > 1e6:
        row = int(np.abs(points).argmax())
        raise DataError("outside_interval", name="x", row=row, low=-1e6, high=1e6)
    fits = fit_degrees(points, values, max_degree)
    degree = int(fits.degrees[-1])
    reference = fits.predict(points)
    size = np.abs(values).max() or 1.0
    orthonormal = basis(points, degree, fits.interval)
    # x = 1e6 to the power of 40 is 1e240; its square, in the normal equations, overflows to inf.
    powers = np.vander(points, degree + 1, increasing=True)
    conds, cond_orthonormal, by_svd, by_normal = (np.empty(degree + 1) for _ in range(4))
    with np.errstate(over="ignore", invalid="ignore"):
        gram, right = powers.T @ powers, powers.T @ values
        for d in range(degree + 1):
            part = powers[:, : d + 1]
            conds[d] = _condition(part)
            cond_orthonormal[d] = _condition(orthonormal[:, : d + 1])
            w = np.linalg.lstsq(part, values, rcond=None)[0]
            by_svd[d] = np.abs(part @ w - reference[d]).max() / size
            by_normal[d] = _normal_difference(gram[: d + 1, : d + 1], right[: d + 1], part, reference[d])
    return Conditioning(
        degrees=fits.degrees,
        monomials=conds,
        orthonormal=cond_orthonormal,
        digits_lost=np.clip(np.log10(conds), 0, 16),
        difference_svd=by_svd,
        difference_normal=by_normal / size,
    )


def _condition(columns: Floats) -> float:
    s = np.linalg.svd(columns, compute_uv=False)
    # What lies below rounding is rounding: no condition number above it can be seen.
    return float(s[0] / max(s[-1], s[0] * np.finfo(float).eps / 100))


def _normal_difference(gram: Floats, right: Floats, columns: Floats, reference: Floats) -> float:
    """Largest difference of the normal equations' fit; all of it where they cannot be solved."""
    if np.isfinite(gram).all():
        try:
            difference = np.abs(columns @ np.linalg.solve(gram, right) - reference).max()
        except np.linalg.LinAlgError:
            difference = np.nan
        if np.isfinite(difference):
            return float(difference)
    return float(np.abs(reference).max())

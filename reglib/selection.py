r"""Which inputs survive an L1 penalty: would one enter, and how much is it luck.

Penalised least squares on standardised inputs, (1/n) Σ ½ r² + λ1 ‖w‖₁ + (λ2/2) ‖w‖₂² with a free
intercept, solved by scikit-learn, which is imported only when a function here is called.

References
----------
Tibshirani (1996): the lasso.  Zou and Hastie (2005): lasso among correlated inputs.
Efron (1979): the bootstrap.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from reglib import _checks
from reglib._checks import Floats
from reglib.datasets import standardise
from reglib.errors import DataError
from reglib.penalties import ElasticNet


@dataclass(frozen=True)
class EntryGradients:
    """Whether each input would enter, judged with the others at their best.

    Attributes
    ----------
    coef : ndarray, shape (p,)
        Weights of the standardised inputs at the optimum.
    gradient : ndarray, shape (p,)
        ∂_j of the mean data loss with w_j held at 0 and all other weights optimal: input j has a non-zero
        weight exactly if |gradient_j| > λ1.
    gradient_at_zero : ndarray, shape (p,)
        ∂_j with *all* weights at 0, which misjudges correlated inputs.
    """

    coef: Floats
    gradient: Floats
    gradient_at_zero: Floats


def entry_gradients(X: ArrayLike, y: ArrayLike, l1: float, l2: float = 0.0) -> EntryGradients:
    """Compute for every input the gradient that decides whether its weight is 0.

    Parameters
    ----------
    X : array_like, shape (n, p)
        Standardised here; a constant column gets the weight 0.
    y : array_like, shape (n,)
        Centred here.
    l1 : float
        λ1 > 0.
    l2 : float, optional
        λ2 ≥ 0.

    Returns
    -------
    EntryGradients

    Raises
    ------
    ParameterError
        ``out_of_range`` for a λ.
    DataError
        Those of every array (`reglib._checks.array`).
    """
    _checks.number("l1", l1, 0.0, 1e150, above=True)
    inputs, target = _standardise(X, y)
    n, p = inputs.shape
    coef = _fit(inputs, target, l1, l2)
    gradient = inputs.T @ (inputs @ coef - target) / n
    for j in np.flatnonzero(coef):
        # A weight that is 0 already is at its held value; only the others need a fit without them.
        others = np.delete(np.arange(p), j)
        rest = inputs[:, others] @ _fit(inputs[:, others], target, l1, l2) if p > 1 else np.zeros(n)
        gradient[j] = inputs[:, j] @ (rest - target) / n
    return EntryGradients(coef, gradient, -inputs.T @ target / n)


def near_copy(values: ArrayLike, correlation: float, seed: int) -> Floats:
    """Return a noisy copy of an input with exactly this correlation to it in the sample.

    Parameters
    ----------
    values : array_like, shape (n,)
        n ≥ 3, not constant.
    correlation : float
        −1 to 1.
    seed : int

    Returns
    -------
    ndarray, shape (n,)
        Of the same mean and standard deviation.

    Raises
    ------
    ParameterError
        ``out_of_range`` or ``not_an_integer``.
    DataError
        ``constant`` (name), or those of every array (`reglib._checks.array`).
    """
    original = _checks.array("values", values, 1, need=3)
    rho = _checks.number("correlation", correlation, -1.0, 1.0)
    rng = np.random.default_rng(_checks.seed(seed))
    columns, scaling = standardise(original[:, None])
    if scaling.constant:
        raise DataError("constant", name="values")
    z, mean, sd = columns[:, 0], scaling.mean[0], scaling.scale[0]
    noise = rng.standard_normal(len(z))
    noise -= noise.mean()
    noise -= (noise @ z) / (z @ z) * z
    noise *= math.sqrt(float(z @ z) / float(noise @ noise))
    return np.asarray(mean + sd * (rho * z + math.sqrt(1.0 - rho * rho) * noise))


def near_copy_data(n: int, seed: int, correlation: float = 0.999) -> tuple[Floats, Floats]:
    """Draw data in which two inputs are nearly the same, and both matter.

    Columns A, C and D are N(0, 1), B is a near-copy of A; y = 1.5·A + 1.5·B + C + N(0, 1), so D does not
    matter and A and B matter alike.

    Parameters
    ----------
    n : int
        10 to 20,000.
    seed : int
    correlation : float, optional
        Of A and B in the sample.

    Returns
    -------
    X : ndarray, shape (n, 4)
        A, B, C, D.
    y : ndarray, shape (n,)

    Raises
    ------
    ParameterError
        ``out_of_range`` or ``not_an_integer``.
    """
    rows = _checks.whole("n", n, 10, 20_000)
    root = _checks.seed(seed)
    # Not [root, 0]: numpy takes that for the very stream that `near_copy` draws from seed ``root``.
    a, c, d, noise = np.random.default_rng([root, 1]).standard_normal((4, rows))
    b = near_copy(a, correlation, root)
    return np.column_stack([a, b, c, d]), 1.5 * a + 1.5 * b + c + noise


@dataclass(frozen=True)
class BootstrapWeights:
    """Weights of refits on resampled rows.

    Attributes
    ----------
    coef : ndarray, shape (bootstraps, p)
        Weights of the standardised inputs.
    dropped : ndarray of int, shape (p,)
        In how many refits each weight is exactly 0.
    spread : ndarray, shape (p,)
        Standard deviation of each weight over the refits.
    """

    coef: Floats
    dropped: NDArray[np.int64]
    spread: Floats


def bootstrap_weights(
    X: ArrayLike, y: ArrayLike, l1: float, l2: float, *, bootstraps: int = 200, seed: int = 0, first: int = 0
) -> BootstrapWeights:
    """Refit a penalised least-squares model on rows drawn with replacement.

    Lasso is ``l2 = 0``, ridge ``l1 = 0``.  Refit number b has its own random numbers, whatever the
    penalty, so both see the same rows, and a long run may be done in chunks through ``first``.

    Parameters
    ----------
    X : array_like, shape (n, p)
        Standardised anew in every resample.
    y : array_like, shape (n,)
    l1, l2 : float
        λ1, λ2 ≥ 0.
    bootstraps : int, optional
        1 to 10,000.
    seed : int, optional
    first : int, optional
        Number of the first refit.

    Returns
    -------
    BootstrapWeights

    Raises
    ------
    ParameterError
        ``out_of_range`` or ``not_an_integer``.
    DataError
        Those of every array (`reglib._checks.array`).
    """
    ElasticNet(l1, l2)
    inputs = _checks.array("X", X, 2)
    target = _checks.array("y", y, 1, rows=len(inputs))
    count = _checks.whole("bootstraps", bootstraps, 1, 10_000)
    start = _checks.whole("first", first, 0, 10**9)
    root = _checks.seed(seed)
    coef = np.empty((count, inputs.shape[1]))
    for row in range(count):
        rows = np.random.default_rng([root, start + row]).integers(len(target), size=len(target))
        coef[row] = _fit(*_standardise(inputs[rows], target[rows]), l1, l2)
    return BootstrapWeights(coef, (coef == 0).sum(axis=0), coef.std(axis=0))


def _fit(inputs: Floats, target: Floats, l1: float, l2: float) -> Floats:
    """Solve for the weights of centred inputs with scikit-learn (or numpy, without a penalty)."""
    penalty = ElasticNet(l1, l2)
    if not target.any():
        return np.zeros(inputs.shape[1])
    if penalty.l1 > 0:
        from sklearn import linear_model

        # Scaled to a target of size 1, so that the solver's stopping rule means the same for any units.
        unit = float(np.abs(target).max())
        model = linear_model.ElasticNet(
            alpha=penalty.l1 / unit + penalty.l2,
            l1_ratio=(penalty.l1 / unit) / (penalty.l1 / unit + penalty.l2),
            fit_intercept=False,
            precompute=len(target) > inputs.shape[1],
            tol=1e-12,
            max_iter=200_000,
        )
        return np.asarray(model.fit(inputs, target / unit).coef_ * unit, dtype=np.float64) + 0.0
    if penalty.l2 > 0:
        from sklearn import linear_model

        ridge = linear_model.Ridge(alpha=len(target) * penalty.l2, fit_intercept=False)
        return np.asarray(ridge.fit(inputs, target).coef_, dtype=np.float64)
    return np.asarray(np.linalg.lstsq(inputs, target, rcond=None)[0])


def _standardise(X: ArrayLike, y: ArrayLike) -> tuple[Floats, Floats]:
    inputs = _checks.array("X", X, 2)
    target = _checks.array("y", y, 1, rows=len(inputs))
    centred = target - target.mean()
    if float(np.abs(centred).max()) <= 1e-14 * float(np.abs(target).max()):
        centred = np.zeros_like(target)
    return standardise(inputs)[0], centred

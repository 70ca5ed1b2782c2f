r"""Two weights: the loss's contours, the ball of a penalty, and where they truly touch.

With X of two columns (centred, n rows) the mean ½ r² is a quadratic bowl,
½ (w − c)ᵀ H (w − c) + constant, with H = XᵀX / n and the least-squares optimum c.  For it

- the *penalised* optimum minimises the bowl plus λ‖w‖₁ or plus (λ/2)‖w‖₂²,
- the *constrained* optimum minimises the bowl over ‖w‖₁ ≤ t or ‖w‖₂ ≤ t,

and each penalised optimum is the constrained one for t = its own size.  Neither is c scaled towards 0,
unless (for L2) H is a multiple of the identity.

All are solved in closed form but the constrained L2 optimum, whose multiplier is a root of the secular
equation.
Every function takes any number of problems: leading dimensions broadcast.

References
----------
Tibshirani (1996), Regression shrinkage and selection via the lasso: the picture of ball and contour.
Moré and Sorensen (1983), Computing a trust region step: the secular equation.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from reglib import _checks
from reglib._checks import Floats
from reglib.errors import DataError
from reglib.penalties import soft_threshold

Penalty = Literal["l1", "l2"]

LARGEST = 1e6


def bowl(X: ArrayLike, y: ArrayLike) -> tuple[Floats, Floats]:
    """Return Hessian and optimum of the mean ½ r² of two centred inputs.

    Parameters
    ----------
    X : array_like, shape (n, 2)
    y : array_like, shape (n,)

    Returns
    -------
    hessian : ndarray, shape (2, 2)
        XᵀX / n of the centred columns (the intercept is optimal throughout).
    optimum : ndarray, shape (2,)

    Raises
    ------
    DataError
        ``not_positive_definite`` if the columns are collinear, or those of every array
        (`reglib._checks.array`).
    """
    inputs = _checks.array("X", X, 2, columns=2, limit=LARGEST)
    target = _checks.array("y", y, 1, rows=len(inputs), limit=LARGEST)
    centred = inputs - inputs.mean(axis=0)
    hessian = centred.T @ centred / len(target)
    _check_definite(hessian)
    optimum = np.linalg.solve(hessian, centred.T @ (target - target.mean()) / len(target))
    return hessian, optimum


def correlated(rho: float) -> Floats:
    """Return the Hessian of two standardised inputs: ones on the diagonal, their correlation beside it.

    Parameters
    ----------
    rho : float
        Correlation, −0.99 to 0.99.

    Returns
    -------
    ndarray, shape (2, 2)

    Raises
    ------
    ParameterError
        ``out_of_range``.
    """
    r = _checks.number("rho", rho, -0.99, 0.99)
    return np.array([[1.0, r], [r, 1.0]])


def loss(hessian: ArrayLike, optimum: ArrayLike, w: ArrayLike) -> Floats:
    """Return ½ (w − c)ᵀ H (w − c): the loss above its least value.

    Parameters
    ----------
    hessian : array_like, shape (…, 2, 2)
        Symmetric, positive definite.
    optimum, w : array_like, shape (…, 2)

    Returns
    -------
    ndarray, shape (…)

    Raises
    ------
    DataError
        ``not_positive_definite``, ``wrong_shape``, ``not_finite`` or ``too_large``.
    """
    h, c = _problem(hessian, optimum)
    gap = _points(w, "w") - c
    return np.asarray(0.5 * (_times(h, gap) * gap).sum(axis=-1))


def contour(hessian: ArrayLike, optimum: ArrayLike, level: ArrayLike, points: int = 96) -> Floats:
    """Return the ellipse on which the loss is ``level`` above its least value.

    Parameters
    ----------
    hessian : array_like, shape (2, 2)
    optimum : array_like, shape (2,)
    level : array_like, shape (k,) or a single number
        At least 0.
    points : int, optional
        3 to 10,000.

    Returns
    -------
    ndarray, shape (k, points + 1, 2)
        Anticlockwise, the last repeats the first; k = 1 for a single number.

    Raises
    ------
    ParameterError
        ``out_of_range`` for level or points.
    DataError
        As `loss`.
    """
    h, c = _problem(hessian, optimum)
    levels = np.atleast_1d(_checks.numbers("level", level, 0.0, _checks.LARGEST))
    angle = np.linspace(0.0, 2 * math.pi, _checks.whole("points", points, 3, 10_000) + 1)
    circle = np.column_stack([np.cos(angle), np.sin(angle)])
    circle[-1] = circle[0]
    # With H = L Lᵀ the points c + L⁻ᵀu have loss ½‖u‖².
    shape = np.linalg.solve(np.linalg.cholesky(h).T, circle.T).T
    return np.asarray(c + np.sqrt(2.0 * levels)[:, None, None] * shape)


def penalised_optimum(hessian: ArrayLike, optimum: ArrayLike, lam: ArrayLike, penalty: Penalty) -> Floats:
    """Return the weights that minimise the bowl plus λ‖w‖₁ (L1) or plus (λ/2)‖w‖₂² (L2).

    Under L1 the optimum has one of nine sign patterns; each gives one candidate in closed form, and the
    cheapest of those that have the signs they were computed for is the optimum.  Zeros are exact.

    Parameters
    ----------
    hessian : array_like, shape (…, 2, 2)
    optimum : array_like, shape (…, 2)
    lam : array_like, shape (…)
        λ, 0 to 1e12.  A vector of λ for one problem gives the path.
    penalty : {"l1", "l2"}

    Returns
    -------
    ndarray, shape (…, 2)

    Raises
    ------
    ParameterError
        ``unknown_choice`` for the penalty, ``out_of_range`` for λ.
    DataError
        As `loss`.
    """
    h, c = _problem(hessian, optimum)
    strength = _checks.numbers("lam", lam, 0.0, 1e12)
    shape = np.broadcast_shapes(h.shape[:-2], c.shape[:-1], strength.shape)
    h, c = np.broadcast_to(h, (*shape, 2, 2)), np.broadcast_to(c, (*shape, 2))
    strength = np.broadcast_to(strength, shape)
    pull = _times(h, c)
    if _kind(penalty) == "l2":
        return _solve(h + strength[..., None, None] * np.eye(2), pull)
    candidates = [np.zeros((*shape, 2))]
    for j in (0, 1):
        alone = np.zeros((*shape, 2))
        alone[..., j] = soft_threshold(pull[..., j], strength) / h[..., j, j]
        candidates.append(alone)
    for signs in ((1.0, 1.0), (1.0, -1.0), (-1.0, 1.0), (-1.0, -1.0)):
        both = c - strength[..., None] * _solve(h, np.broadcast_to(signs, (*shape, 2)))
        # A pattern that does not hold gives way to 0, which is a candidate already.
        holds = np.all(both * signs > 0, axis=-1, keepdims=True)
        candidates.append(np.where(holds, both, 0.0))
    every = np.stack(candidates)
    gap = every - c
    cost = 0.5 * (_times(h, gap) * gap).sum(axis=-1) + strength * np.abs(every).sum(axis=-1)
    return _pick(every, cost)


@dataclass(frozen=True)
class Constrained:
    """Where a loss is least on a ball.

    Attributes
    ----------
    w : ndarray, shape (…, 2)
        The optimum: c itself if it lies in the ball, else on its border.
    multiplier : ndarray, shape (…)
        The λ ≥ 0 whose penalised optimum is the same point: λ‖w‖₁ for L1, (λ/2)‖w‖₂² for L2; 0 if c lies in
        the ball.
    level : ndarray, shape (…)
        The loss at w above its least value: the contour that touches the ball.
    """

    w: Floats
    multiplier: Floats
    level: Floats


def constrained_optimum(
    hessian: ArrayLike, optimum: ArrayLike, radius: ArrayLike, penalty: Penalty
) -> Constrained:
    """Minimise the bowl over ‖w‖₁ ≤ t (L1) or ‖w‖₂ ≤ t (L2).

    L1: the cheapest of the least points of the diamond's four sides, each in closed form; corners are exact
    zeros.  L2: w(μ) = (H + μI)⁻¹Hc with ‖w(μ)‖ = t, by Newton's method on 1/‖w(μ)‖, which is nearly linear
    in μ, to rounding.

    Parameters
    ----------
    hessian : array_like, shape (…, 2, 2)
    optimum : array_like, shape (…, 2)
    radius : array_like, shape (…)
        t, 1e-9 to 1e9.
    penalty : {"l1", "l2"}

    Returns
    -------
    Constrained

    Raises
    ------
    ParameterError
        ``unknown_choice`` for the penalty, ``out_of_range`` for t.
    DataError
        As `loss`.
    """
    h, c = _problem(hessian, optimum)
    t = _checks.numbers("radius", radius, 1e-9, 1e9)
    shape = np.broadcast_shapes(h.shape[:-2], c.shape[:-1], t.shape)
    h, c = np.broadcast_to(h, (*shape, 2, 2)), np.broadcast_to(c, (*shape, 2))
    t = np.broadcast_to(t, shape)
    touch = _on_diamond(h, c, t) if _kind(penalty) == "l1" else _on_circle(h, c, t)
    inside = size(c, penalty) <= t
    w = np.where(inside[..., None], c, touch)
    gradient = _times(h, w - c)
    if penalty == "l1":
        # −g is λ times a subgradient of ‖w‖₁, whose largest part is 1 in size.
        multiplier = np.abs(gradient).max(axis=-1)
    else:
        length = (w * w).sum(axis=-1)
        multiplier = np.maximum(-(gradient * w).sum(axis=-1) / np.where(inside, 1.0, length), 0.0)
    multiplier = np.where(inside, 0.0, multiplier)
    gap = w - c
    return Constrained(w, multiplier, np.asarray(0.5 * (gradient * gap).sum(axis=-1)))


def size(w: ArrayLike, penalty: Penalty) -> Floats:
    """Return ‖w‖₁ or ‖w‖₂: of a penalised optimum, the radius of the ball that gives the same point.

    Parameters
    ----------
    w : array_like, shape (…, 2)
    penalty : {"l1", "l2"}

    Returns
    -------
    ndarray, shape (…)

    Raises
    ------
    ParameterError
        ``unknown_choice`` for the penalty.
    DataError
        ``wrong_shape``, ``not_finite`` or ``too_large``.
    """
    weights = _points(w, "w")
    if _kind(penalty) == "l1":
        return np.asarray(np.abs(weights).sum(axis=-1))
    return np.asarray(np.hypot(weights[..., 0], weights[..., 1]))


@dataclass(frozen=True)
class Touching:
    """Penalised optima as touching points: each lies on its own ball and on one contour.

    Attributes
    ----------
    w : ndarray, shape (…, 2)
    radius : ndarray, shape (…)
        ‖w‖₁ or ‖w‖₂: the ball whose constrained optimum is w.
    level : ndarray, shape (…)
        The loss at w above its least value.
    stretch : ndarray, shape (…)
        √(2·level): the contour through w is the contour of level ½ stretched by this about the optimum.
    """

    w: Floats
    radius: Floats
    level: Floats
    stretch: Floats


def touching(hessian: ArrayLike, optimum: ArrayLike, lam: ArrayLike, penalty: Penalty) -> Touching:
    """Return the penalised optimum with the ball and the contour that touch there.

    Parameters
    ----------
    hessian : array_like, shape (…, 2, 2)
    optimum : array_like, shape (…, 2)
    lam : array_like, shape (…)
        λ, 0 to 1e12.
    penalty : {"l1", "l2"}

    Returns
    -------
    Touching

    Raises
    ------
    ParameterError, DataError
        As `penalised_optimum`.
    """
    w = penalised_optimum(hessian, optimum, lam, penalty)
    # Below 0 only by rounding, where w is the optimum itself.
    level = np.maximum(loss(hessian, optimum, w), 0.0)
    return Touching(w, size(w, penalty), level, np.sqrt(2.0 * level))


def largest_useful_l1(hessian: ArrayLike, optimum: ArrayLike) -> Floats:
    """Return the smallest λ under which L1 makes both weights 0: the largest part of |Hc|.

    Parameters
    ----------
    hessian : array_like, shape (…, 2, 2)
    optimum : array_like, shape (…, 2)

    Returns
    -------
    ndarray, shape (…)

    Raises
    ------
    DataError
        As `loss`.
    """
    h, c = _problem(hessian, optimum)
    return np.asarray(np.abs(_times(h, c)).max(axis=-1))


@dataclass(frozen=True)
class ZeroShares:
    """How often a constrained optimum has a weight that is exactly 0.

    Attributes
    ----------
    problems : int
    l1_zero, l2_zero : int
        In how many of them at least one weight is exactly 0.
    hessian : ndarray, shape (problems, 2, 2)
    optimum, l1, l2 : ndarray, shape (problems, 2)
        Least-squares optimum and the optima on the two balls.
    """

    problems: int
    l1_zero: int
    l2_zero: int
    hessian: Floats
    optimum: Floats
    l1: Floats
    l2: Floats


def zero_shares(problems: int, seed: int, radius: float = 1.0, reach: float = 3.0) -> ZeroShares:
    """Draw random two-weight problems and solve each on the L1 and the L2 ball.

    Each problem has two standardised inputs whose correlation is uniform on (−0.95, 0.95) and a
    least-squares optimum uniform on the square of half-width ``reach``, drawn again while it lies in the
    diamond or the circle (there neither penalty would do anything).

    Parameters
    ----------
    problems : int
        1 to 100,000.
    seed : int
    radius : float, optional
        t of both balls, 0.001 to 1,000.
    reach : float, optional
        Above ``radius``, at most 1,000 times it.

    Returns
    -------
    ZeroShares

    Raises
    ------
    ParameterError
        ``not_an_integer`` or ``out_of_range``.
    """
    count = _checks.whole("problems", problems, 1, 100_000)
    t = _checks.number("radius", radius, 1e-3, 1e3)
    half = _checks.number("reach", reach, t, 1e3 * t, above=True)
    rng = np.random.default_rng(_checks.seed(seed))
    rho = rng.uniform(-0.95, 0.95, count)
    hessian = np.ones((count, 2, 2))
    hessian[:, 0, 1] = hessian[:, 1, 0] = rho
    optimum = rng.uniform(-half, half, (count, 2))
    while (inside := np.hypot(*optimum.T) <= t).any():
        optimum[inside] = rng.uniform(-half, half, (int(inside.sum()), 2))
    l1 = constrained_optimum(hessian, optimum, t, "l1").w
    l2 = constrained_optimum(hessian, optimum, t, "l2").w
    return ZeroShares(
        problems=count,
        l1_zero=int((l1 == 0).any(axis=1).sum()),
        l2_zero=int((l2 == 0).any(axis=1).sum()),
        hessian=hessian,
        optimum=optimum,
        l1=l1,
        l2=l2,
    )


def _on_diamond(h: Floats, c: Floats, t: Floats) -> Floats:
    sides = []
    for signs in ((1.0, 1.0), (1.0, -1.0), (-1.0, 1.0), (-1.0, -1.0)):
        # From corner (s0·t, 0) to corner (0, s1·t); u in [0, 1] says how far.
        along = np.array([-signs[0], signs[1]])
        corner = np.stack([signs[0] * t, np.zeros_like(t)], axis=-1)
        curve = (_times(h, np.broadcast_to(along, c.shape)) * along).sum(axis=-1)
        u = np.clip(-(_times(h, corner - c) * along).sum(axis=-1) / (curve * t), 0.0, 1.0)
        sides.append(np.stack([signs[0] * t * (1.0 - u), signs[1] * t * u], axis=-1) + 0.0)
    every = np.stack(sides)
    gap = every - c
    return _pick(every, 0.5 * (_times(h, gap) * gap).sum(axis=-1))


def _on_circle(h: Floats, c: Floats, t: Floats) -> Floats:
    values, vectors = np.linalg.eigh(h)
    parts = values * (np.swapaxes(vectors, -1, -2) @ c[..., None])[..., 0]
    mu = np.zeros(t.shape)
    for _ in range(100):
        scaled = parts / (values + mu[..., None])
        length = np.hypot(scaled[..., 0], scaled[..., 1])
        outside = length > t
        slope = (scaled**2 / (values + mu[..., None])).sum(axis=-1)
        # 1/length is concave in μ, so from μ = 0 Newton's steps grow towards the root and never pass it.
        gain = np.where(outside, length**2 / np.where(outside, slope, 1.0) * (length - t) / t, 0.0)
        if not (gain > 1e-16 * (mu + values[..., 0])).any():
            break
        mu = mu + gain
    w = (vectors @ (parts / (values + mu[..., None]))[..., None])[..., 0]
    length = np.hypot(w[..., 0], w[..., 1])
    on_border = w * (t / np.where(length > 0, length, 1.0))[..., None]
    return np.asarray(on_border)


def _pick(every: Floats, cost: Floats) -> Floats:
    best = cost.argmin(axis=0)
    return np.asarray(np.take_along_axis(every, best[None, ..., None], axis=0)[0])


def _times(h: Floats, v: Floats) -> Floats:
    return np.asarray((h @ v[..., None])[..., 0])


def _solve(h: Floats, v: Floats) -> Floats:
    return np.asarray(np.linalg.solve(h, v[..., None])[..., 0])


def _problem(hessian: ArrayLike, optimum: ArrayLike) -> tuple[Floats, Floats]:
    h = _checks.array("hessian", hessian, None, columns=2, limit=LARGEST**2)
    if h.shape[-2:] != (2, 2):
        raise DataError("wrong_shape", name="hessian", shape=h.shape, expected="(…, 2, 2)")
    _check_definite(h)
    return h, _points(optimum, "optimum")


def _check_definite(h: Floats) -> None:
    a, b, d = h[..., 0, 0], h[..., 0, 1], h[..., 1, 1]
    if not ((b == h[..., 1, 0]) & (a > 0) & (d > 0) & (a * d - b * b > 1e-12 * a * d)).all():
        raise DataError("not_positive_definite")


def _points(points: ArrayLike, name: str) -> Floats:
    return _checks.array(name, points, None, columns=2, limit=1e9)


def _kind(penalty: Penalty) -> str:
    return _checks.choice("penalty", penalty, ("l1", "l2"))

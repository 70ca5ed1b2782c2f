r"""Penalties on the weights: value, subgradient, proximal step, optimality; and the ways to take an L1 step.

One class holds both, P(w) = λ1 ‖w‖₁ + (λ2/2) ‖w‖₂²; with one of them 0 it is the L2 or the L1 penalty
alone.  S(u, t) = sign(u)·max(|u| − t, 0) is the soft threshold, η the learning rate, g the data gradient.

The L1 step rules differ in what happens at 0:

subgradient
    w ← w − ηg − ηλ1·sign(w).  Almost never exactly 0: it jitters around 0.
freeze
    What TensorFlow Playground does: a weight that the penalty's part of the step carries across 0 becomes
    0 and never moves again.
proximal
    w ← S(w − ηg, ηλ1).  Exact zeros that can come back; ends where the lasso ends.

References
----------
Parikh and Boyd (2014), Proximal Algorithms: the proximal step (ISTA).
Karush, Kuhn and Tucker's conditions for the lasso: Tibshirani (1996).
TensorFlow Playground, ``src/nn.ts``: the freeze rule.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from reglib import _checks
from reglib._checks import Floats

StepRule = Literal["subgradient", "freeze", "proximal"]

STEP_RULES: tuple[StepRule, ...] = ("subgradient", "freeze", "proximal")


def soft_threshold(u: ArrayLike, threshold: ArrayLike) -> Floats:
    """Return sign(u)·max(|u| − threshold, 0), elementwise.

    Parameters
    ----------
    u : array_like
        Of any shape.
    threshold : array_like
        At least 0; of a shape that broadcasts to that of u.

    Returns
    -------
    ndarray
        Of the shape of u; 0.0, never −0.0, where |u| ≤ threshold.
    """
    # The networks' engine has the same formula written out in its steps, in place and without checks: for speed.
    values = np.asarray(u, dtype=np.float64)
    limit = np.asarray(threshold, dtype=np.float64)
    return np.asarray(values - np.clip(values, -limit, limit))


def kkt_distance(w: Floats, gradient: Floats, l1: Floats | float, l2: Floats | float) -> Floats:
    """Return how far weights are from optimal, elementwise; unchecked.

    |g + λ2·w + λ1·sign(w)| where w ≠ 0, else max(|g| − λ1, 0): see `ElasticNet.subdiff_distance`.

    Parameters
    ----------
    w, gradient : ndarray
        Weights, and the gradient g of the mean data loss there; of shapes that broadcast.
    l1, l2 : float or ndarray
        λ1 ≥ 0 and λ2 ≥ 0; of shapes that broadcast to those.

    Returns
    -------
    ndarray
        Of the common shape, at least 0.
    """
    off = np.abs(gradient + l2 * w + l1 * np.sign(w))
    return np.where(w != 0, off, np.maximum(np.abs(gradient) - l1, 0.0))


@dataclass(frozen=True)
class ElasticNet:
    """P(w) = λ1 ‖w‖₁ + (λ2/2) ‖w‖₂²; the intercept is not among the weights.

    Parameters
    ----------
    l1, l2 : float
        λ1 ≥ 0 and λ2 ≥ 0, as in the objective of `reglib`.

    Raises
    ------
    ParameterError
        ``out_of_range`` for a λ that is negative, nan or above 1e150.
    """

    l1: float = 0.0
    l2: float = 0.0

    def __post_init__(self) -> None:
        _checks.number("l1", self.l1, 0.0, _checks.LARGEST_SQUARABLE)
        _checks.number("l2", self.l2, 0.0, _checks.LARGEST_SQUARABLE)

    def value(self, w: ArrayLike) -> float:
        """Return P(w).

        Parameters
        ----------
        w : array_like, shape (p,)

        Returns
        -------
        float

        Raises
        ------
        DataError
            As every array (`reglib._checks.array`).
        """
        weights = _weights(w)
        return float(self.l1 * np.abs(weights).sum() + self.l2 * (0.5 * (weights @ weights)))

    def subgradient(self, w: ArrayLike) -> Floats:
        """Return λ1·sign(w) + λ2·w; at w = 0 it takes 0 out of [−λ1, λ1].

        Parameters
        ----------
        w : array_like, shape (p,)
            Up to 1e150 in size.

        Returns
        -------
        ndarray, shape (p,)

        Raises
        ------
        DataError
            As every array (`reglib._checks.array`).
        """
        weights = _weights(w)
        return np.asarray(self.l1 * np.sign(weights) + self.l2 * weights)

    def prox(self, w: ArrayLike, step: float) -> Floats:
        """Return the weights that minimise ½‖u − w‖² + step·P(u): threshold first, then divide.

        Parameters
        ----------
        w : array_like, shape (p,)
        step : float
            η ≥ 0.

        Returns
        -------
        ndarray, shape (p,)
            S(w, ηλ1) / (1 + ηλ2).

        Raises
        ------
        ParameterError
            ``out_of_range`` for the step.
        DataError
            As every array (`reglib._checks.array`).
        """
        rate = _checks.number("step", step, 0.0, _checks.LARGEST_SQUARABLE)
        return np.asarray(soft_threshold(_weights(w), rate * self.l1) / (1.0 + rate * self.l2))

    def subdiff_distance(self, w: ArrayLike, gradient: ArrayLike) -> Floats:
        """Return how far each weight is from optimal: the distance of −g_j from ∂P(w_j).

        A weight that is not 0 is optimal if g_j = −λ1·sign(w_j) − λ2·w_j, a weight that is 0 if
        |g_j| ≤ λ1 (Karush, Kuhn, Tucker).  The data loss being convex, w is optimal exactly if every
        distance is 0.

        Parameters
        ----------
        w : array_like, shape (p,)
        gradient : array_like, shape (p,)
            Gradient of the mean data loss at w, without the penalty.

        Returns
        -------
        ndarray, shape (p,)
            At least 0.

        Raises
        ------
        DataError
            ``wrong_length`` (name, rows, need), or as every array (`reglib._checks.array`).
        """
        weights = _weights(w)
        return kkt_distance(weights, _like(weights, "gradient", gradient), self.l1, self.l2)


def l1_max(gradient_at_zero: ArrayLike) -> float:
    """Return the smallest λ1 under which all weights are 0: the largest |g_j| at w = 0.

    Parameters
    ----------
    gradient_at_zero : array_like, shape (p,)
        Gradient of the mean data loss where every weight is 0 and the intercept is optimal.

    Returns
    -------
    float

    Raises
    ------
    DataError
        As every array (`reglib._checks.array`).
    """
    return float(
        np.abs(_checks.array("gradient", gradient_at_zero, 1, limit=_checks.LARGEST_SQUARABLE)).max()
    )


# --- Steps -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Step:
    """One step of every weight, taken apart.

    Attributes
    ----------
    before, after : ndarray, shape (p,)
    data_part : ndarray, shape (p,)
        What the data gradient moves: −ηg; with momentum m·v − ηg.
    penalty_part : ndarray, shape (p,)
        What the penalty moves: after = before + data_part + penalty_part.
    dead : ndarray of bool, shape (p,)
        Weights that are frozen at 0 from now on; only the freeze rule makes any.
    """

    before: Floats
    after: Floats
    data_part: Floats
    penalty_part: Floats
    dead: NDArray[np.bool_]


def penalised_step(
    w: ArrayLike,
    gradient: ArrayLike,
    rate: float,
    penalty: ElasticNet,
    rule: StepRule = "proximal",
    *,
    momentum: float = 0.0,
    velocity: ArrayLike | None = None,
    dead: ArrayLike | None = None,
) -> Step:
    """Take one step; L2 always inside the gradient: w·(1 − ηλ2) − ηg, then the L1 part by its rule.

    With momentum m and velocity v = the last step (``after − before``, all zeros at first), the velocity
    holds the whole step, the proximal map included: w⁺ = S((1 − ηλ2)w + m·v − ηg, ηλ1), v⁺ = w⁺ − w.  A
    proximal map outside the velocity would solve for (1 − m)λ1 instead.

    Parameters
    ----------
    w : array_like, shape (p,)
        A single number for one weight.
    gradient : array_like, shape (p,)
        Gradient of the mean data loss at w.
    rate : float
        η > 0.
    penalty : ElasticNet
    rule : {"subgradient", "freeze", "proximal"}, optional
    momentum : float, optional
        0 ≤ m < 1.
    velocity : array_like, shape (p,), optional
        The last step.
    dead : array_like of bool, shape (p,), optional
        Weights frozen by earlier steps of the freeze rule.

    Returns
    -------
    Step

    Raises
    ------
    ParameterError
        ``unknown_choice`` for the rule, ``out_of_range`` for rate or momentum.
    DataError
        ``wrong_length`` (name, rows, need), or as every array (`reglib._checks.array`).
    """
    eta = _checks.number("rate", rate, 0.0, _checks.LARGEST_SQUARABLE, above=True)
    drag = _checks.number("momentum", momentum, 0.0, 1.0 - 1e-12)
    weights = _weights(np.atleast_1d(np.asarray(w)))
    slope = _like(weights, "gradient", np.atleast_1d(np.asarray(gradient)))
    last = np.zeros_like(weights) if velocity is None else _like(weights, "velocity", velocity)
    frozen = np.zeros(len(weights), dtype=bool) if dead is None else _like(weights, "dead", dead) != 0
    _checks.choice("rule", rule, STEP_RULES)

    data_part = drag * last - eta * slope
    landed = weights - eta * penalty.l2 * weights + data_part
    if rule == "proximal":
        after = soft_threshold(landed, eta * penalty.l1)
    elif rule == "subgradient":
        after = landed - eta * penalty.l1 * np.sign(weights)
    else:
        # The sign is that of the weight before the data step, the crossing is judged after it.
        after = landed - eta * penalty.l1 * np.sign(weights)
        frozen |= np.sign(landed) * np.sign(after) < 0  # signs: the product could underflow to 0
        after[frozen] = 0.0
        data_part[frozen & (weights == 0)] = 0.0
    return Step(weights, after, data_part, after - weights - data_part, frozen)


@dataclass(frozen=True)
class Descent:
    """Weights over a number of steps.

    Attributes
    ----------
    weights : ndarray, shape (k + 1, p)
        From the start; k is the number of steps made.
    dead : ndarray of bool, shape (p,)
        Weights frozen at 0 at the end.
    diverged : bool
        The weights left the range of 1e6 times their start (at least 1e6); the rest was not computed.
    """

    weights: Floats
    dead: NDArray[np.bool_]
    diverged: bool


def descend(
    gradient: Callable[[Floats], Floats],
    start: ArrayLike,
    steps: int,
    rate: float,
    penalty: ElasticNet,
    rule: StepRule = "proximal",
    momentum: float = 0.0,
) -> Descent:
    """Repeat `penalised_step`.

    Parameters
    ----------
    gradient : callable
        Weights of shape (p,) to the gradient of the mean data loss, shape (p,).
    start : array_like, shape (p,)
    steps : int
        1 to 100,000.
    rate, penalty, rule, momentum
        As in `penalised_step`.

    Returns
    -------
    Descent

    Raises
    ------
    ParameterError, DataError
        As `penalised_step`, and ``out_of_range`` for steps.
    """
    weights = _weights(np.atleast_1d(np.asarray(start)))
    bound = 1e6 * max(1.0, float(np.abs(weights).max()))
    count = _checks.whole("steps", steps, 1, 100_000)
    velocity = np.zeros_like(weights)
    dead = np.zeros(len(weights), dtype=bool)
    path = [weights]
    diverged = False
    for _ in range(count):
        step = penalised_step(
            weights, gradient(weights), rate, penalty, rule, momentum=momentum, velocity=velocity, dead=dead
        )
        velocity, weights, dead = step.after - weights, step.after, step.dead
        path.append(weights)
        if not float(np.abs(weights).max()) <= bound:
            diverged = True
            break
    return Descent(np.array(path), dead, diverged)


def _weights(w: ArrayLike) -> Floats:
    return _checks.array("w", w, 1, limit=_checks.LARGEST_SQUARABLE)


def _like(weights: Floats, name: str, values: ArrayLike) -> Floats:
    return _checks.array(name, values, 1, rows=len(weights), limit=_checks.LARGEST_SQUARABLE)

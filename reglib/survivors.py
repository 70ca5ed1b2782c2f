"""Which inputs survive as λ1 grows, on real data; and how much of it is luck among near-copies."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reglib import _checks, selection
from reglib.mlp import Stack
from reglib.race import Problem

Vector = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Survivors:
    """Weights of the inputs at L values of λ1, ascending.

    Attributes
    ----------
    strengths : ndarray of shape (L,)
    weights : ndarray of shape (L, p)
        0 exactly where an input is not used.
    accuracy : ndarray of shape (L,)
        On the test rows.
    """

    strengths: Vector
    weights: Vector
    accuracy: Vector

    @property
    def returns(self) -> NDArray[np.bool_]:
        """Where an input is used that a smaller λ1 had dropped: survivors are not nested, (L, p)."""
        used = self.weights != 0
        dropped_before = np.cumsum(~used, axis=0) > 0
        return np.asarray(used & dropped_before)


def lasso_survivors(problem: Problem, strengths: Sequence[float]) -> Survivors:
    """Fit the lasso of a two-class target, coded 0 and 1, on standardised inputs for each λ1.

    Parameters
    ----------
    problem : Problem
        Binary.
    strengths : sequence of float
        λ1's, each 1e-9 to 1e6.

    Returns
    -------
    Survivors
        Weights of the standardised inputs; accuracy at the threshold ½.

    Raises
    ------
    ParameterError
        ``out_of_range`` or ``not_a_number`` for a λ1.
    """
    from sklearn.linear_model import lasso_path

    ascending = _ascending(strengths)
    X, y = problem.X["train"], problem.y["train"]
    # A constant column is all 0 after standardising and keeps the weight 0.
    _, coef, _ = lasso_path(X, y - y.mean(), alphas=ascending[::-1], tol=1e-10, max_iter=200_000)
    weights = np.asarray(coef, dtype=np.float64).T[::-1]
    scores = problem.X["test"] @ weights.T + y.mean()
    accuracy = ((scores > 0.5) == (problem.y["test"][:, None] > 0.5)).mean(axis=0)
    return Survivors(ascending, weights, accuracy)


def pixel_survivors(problem: Problem, strengths: Sequence[float], *, epochs: int = 400) -> Survivors:
    """Train softmax regressions under L1 for each λ1, as one stack with full-batch proximal steps.

    Parameters
    ----------
    problem : Problem
        Multiclass.
    strengths : sequence of float
        λ1's, at least one, each 1e-9 to 1e6.
    epochs : int
        Steps, 1 to 5,000.

    Returns
    -------
    Survivors
        Weight of an input: Σ over the classes of |w|.

    Raises
    ------
    ParameterError
        ``out_of_range``; ``not_an_integer`` for epochs; ``lengths_differ`` without a λ1.
    """
    ascending = _ascending(strengths)
    stack = Stack(
        (problem.X["train"].shape[1], problem.outputs),
        task="multiclass",
        activation="linear",
        l1=ascending,
        learning_rate=0.2,
        momentum=0.9,
    ).load(problem.X["train"], problem.y["train"])
    stack.advance(_checks.whole("epochs", epochs, 1, 5000))
    networks = stack.networks
    weights = np.abs(networks.weights[0].astype(np.float64)).sum(axis=2)
    return Survivors(ascending, weights, networks.score(problem.X["test"], problem.y["test"]))


def _ascending(strengths: Sequence[float]) -> Vector:
    values = [_checks.number("strength", value, 1e-9, 1e6) for value in strengths]
    return np.array(sorted(values))


# --- near-copies ----------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class CopyRates:
    """How often refits on resampled rows drop each of the four inputs of `reglib.selection.near_copy_data`.

    Attributes
    ----------
    refits : int
    lasso, ridge : ndarray of shape (4,)
        Share of the refits in which the weight is exactly 0.
    either : float
        Share of the lasso's refits that drop copy A or copy B.
    lasso_spread, ridge_spread : ndarray of shape (4,)
        Standard deviation of the weight over the refits.
    complete : bool
    """

    refits: int
    lasso: Vector
    ridge: Vector
    either: float
    lasso_spread: Vector
    ridge_spread: Vector
    complete: bool


class CopyRun:
    """The near-copy experiment under way: lasso and ridge refitted on the same resampled rows.

    Parameters
    ----------
    strength : float
        λ1 of the lasso and λ2 of the ridge, 1e-9 to 1e6.
    correlation : float
        Of the two copies, −1 to 1.
    refits : int
        1 to 2,000.
    rows : int
        10 to 2,000.
    seed : int

    Raises
    ------
    ParameterError
        ``out_of_range`` or ``not_an_integer``.
    """

    def __init__(
        self,
        strength: float,
        *,
        correlation: float = 0.999,
        refits: int = 200,
        rows: int = 100,
        seed: int = 0,
    ) -> None:
        self.strength = _checks.number("strength", strength, 1e-9, 1e6)
        self.refits = _checks.whole("refits", refits, 1, 2000)
        rows = _checks.whole("rows", rows, 10, 2000)
        self.seed = seed
        self._X, self._y = selection.near_copy_data(rows, seed, correlation)
        self._lasso: list[Vector] = []
        self._ridge: list[Vector] = []

    @property
    def done(self) -> bool:
        """Whether all refits are made."""
        return len(self._lasso) >= self.refits

    def advance(self, seconds: float) -> float:
        """Go on refitting for about this long, at least five times (or to the end), and give the share done.

        Parameters
        ----------
        seconds : float
            Time after which no further five refits are begun; 0 or less for five.

        Returns
        -------
        float
            0 to 1; 1 when done.
        """
        end = time.perf_counter() + seconds
        while not self.done:
            for kept, l1, l2 in ((self._lasso, self.strength, 0.0), (self._ridge, 0.0, self.strength)):
                few = min(5, self.refits - len(kept))
                found = selection.bootstrap_weights(
                    self._X, self._y, l1, l2, bootstraps=few, seed=self.seed, first=len(kept)
                )
                kept.extend(found.coef)
            if time.perf_counter() >= end:
                break
        return len(self._lasso) / self.refits

    def result(self) -> CopyRates:
        """Freeze what there is; makes a few refits if there is none.

        Returns
        -------
        CopyRates
            Of the refits made until now.
        """
        if not self._lasso:
            self.advance(0.0)
        lasso, ridge = np.array(self._lasso), np.array(self._ridge)
        return CopyRates(
            refits=len(lasso),
            lasso=(lasso == 0).mean(axis=0),
            ridge=(ridge == 0).mean(axis=0),
            either=float((lasso[:, :2] == 0).any(axis=1).mean()),
            lasso_spread=lasso.std(axis=0),
            ridge_spread=ridge.std(axis=0),
            complete=self.done,
        )

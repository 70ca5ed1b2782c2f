"""Three ways to take the L1 step, on one lasso problem from the same starts.

The subgradient step jitters around 0, the freeze rule makes zeros that can never come back, the proximal step makes
zeros that can, and ends where the lasso ends (see `reglib.penalties` for the formulas and their sources).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reglib import _checks
from reglib.datasets import standardise
from reglib.mlp import Stack
from reglib.penalties import STEP_RULES

Vector = NDArray[np.float64]

ROWS, INPUTS = 100, 10
TRUE_WEIGHTS = (1.5, -1.0, 0.8, 0.4, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)


@dataclass(frozen=True, eq=False)
class ThreeWays:
    """What the three rules of `reglib.penalties.STEP_RULES` did.

    Attributes
    ----------
    paths : dict of str to ndarray of shape (steps + 1, p)
        Weights of the first start, by rule.
    optimum : ndarray of shape (p,)
        Where scikit-learn's Lasso ends.
    gap : dict of str to float
        Mean over the starts of the objective above its optimum, at the end.
    zeros : dict of str to float
        Median number of weights that are exactly 0 at the end.
    killed : dict of str to int
        Starts after which some weight is exactly 0 that is not 0 at the optimum.
    starts : int
    watched : int
        The weight with optimum 0 whose subgradient path jitters around 0 and is nearest to needing no push.
    band : tuple of two floats
        (−η(λ1 + g), η(λ1 − g)), with g the data gradient of the watched weight at the optimum: where a
        subgradient step of a weight near 0 lands.
    arrival : int
        The step at which the proximal path of the watched weight first comes within 3ηλ1 of 0.
    """

    paths: dict[str, Vector]
    optimum: Vector
    gap: dict[str, float]
    zeros: dict[str, float]
    killed: dict[str, int]
    starts: int
    watched: int
    band: tuple[float, float]
    arrival: int


def problem(seed: int) -> tuple[Vector, Vector]:
    """Draw the lasso problem: standardised inputs, centred target with noise N(0, 1).

    y = X · `TRUE_WEIGHTS` + ε, less its mean; the last six of the ten true weights are 0.

    Parameters
    ----------
    seed : int
        0 to 2³² − 1.

    Returns
    -------
    X : ndarray of shape (100, 10)
        Columns of mean 0 and standard deviation 1 (ddof = 0).
    y : ndarray of shape (100,)
        Of mean 0.

    Raises
    ------
    ParameterError
        ``out_of_range`` or ``not_an_integer`` for the seed.
    """
    rng = np.random.default_rng(_checks.seed(seed))
    X, _ = standardise(rng.standard_normal((ROWS, INPUTS)))
    y = X @ TRUE_WEIGHTS + rng.standard_normal(ROWS)
    return X, y - y.mean()


def compare(
    l1: float, rate: float, *, steps: int | None = None, starts: int = 100, seed: int = 0
) -> ThreeWays:
    """Take full-batch steps with all three rules from the same random starts.

    Parameters
    ----------
    l1 : float
        λ1, 1e-6 to 2.
    rate : float
        η, 1e-6 to 0.5.
    steps : int, optional
        1 to 5,000. By default 30/η, at most 5,000: with smaller steps it takes more of them to get as far.
    starts : int
        1 to 500.
    seed : int
        Of the problem and the starts.

    Returns
    -------
    ThreeWays

    Raises
    ------
    ParameterError
        ``out_of_range``; ``not_an_integer`` for steps, starts or seed.
    """
    l1 = _checks.number("l1", l1, 1e-6, 2.0)
    rate = _checks.number("rate", rate, 1e-6, 0.5)
    steps = _checks.whole("steps", min(round(30 / rate), 5000) if steps is None else steps, 1, 5000)
    starts = _checks.whole("starts", starts, 1, 500)
    X, y = problem(seed)
    stack = Stack(
        (INPUTS, 1),
        task="regression",
        activation="linear",
        l1=l1,
        learning_rate=rate,
        l1_step=[rule for rule in STEP_RULES for _ in range(starts)],
        seed=np.tile(np.arange(starts) + 1000 * seed, len(STEP_RULES)),
        dtype="float64",
    ).load(X, y)

    def weights() -> Vector:
        return np.asarray(stack.networks.weights[0][:, :, 0]).reshape(len(STEP_RULES), starts, INPUTS)

    first = [weights()[:, 0]]
    for _ in range(steps):
        stack.advance(1)
        first.append(weights()[:, 0])
    path = np.stack(first)  # (steps + 1, rules, p)
    final = weights()
    optimum = _lasso(X, y, l1)
    gradient = X.T @ (X @ optimum - y) / ROWS
    asleep = np.flatnonzero(optimum == 0)
    # With nothing to watch (λ1 so small that no weight is 0) the smallest weight is watched.
    watched = int(asleep[np.abs(gradient[asleep]).argmin()] if asleep.size else np.abs(optimum).argmin())
    g = float(gradient[watched])

    def objective(w: Vector) -> Vector:
        residuals = w @ X.T - y
        return np.asarray(0.5 * (residuals**2).mean(axis=-1) + l1 * np.abs(w).sum(axis=-1))

    lowest = float(objective(optimum))
    needed = optimum != 0
    return ThreeWays(
        paths={rule: path[:, k] for k, rule in enumerate(STEP_RULES)},
        optimum=optimum,
        gap={
            rule: max(0.0, float((objective(final[k]) - lowest).mean())) for k, rule in enumerate(STEP_RULES)
        },
        zeros={rule: float(np.median((final[k] == 0).sum(axis=1))) for k, rule in enumerate(STEP_RULES)},
        killed={rule: int((final[k][:, needed] == 0).any(axis=1).sum()) for k, rule in enumerate(STEP_RULES)},
        starts=starts,
        watched=watched,
        band=(-rate * (l1 + g), rate * (l1 - g)),
        arrival=int((np.abs(path[:, STEP_RULES.index("proximal"), watched]) <= 3 * rate * l1).argmax()),
    )


def _lasso(X: Vector, y: Vector, l1: float) -> Vector:
    from sklearn.linear_model import Lasso

    model = Lasso(alpha=l1, fit_intercept=False, tol=1e-13, max_iter=100_000).fit(X, y)
    return np.asarray(model.coef_, dtype=np.float64) + 0.0

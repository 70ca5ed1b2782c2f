"""The weights of K networks of one architecture, and everything that can be asked of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from operator import index
from typing import Any, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from reglib import _checks
from reglib.errors import DataError, ParameterError

Array = NDArray[Any]

ACTIVATIONS = ("tanh", "relu", "sigmoid", "linear")
TASKS = ("binary", "multiclass", "regression")

# Values computed at a time when many networks look at many rows: 16 MB in float64.
_CHUNK = 2**21


def check_sizes(sizes: Sequence[int], task: str) -> tuple[int, ...]:
    """Return the layer sizes as a tuple of int; see `Networks` for what they mean.

    Parameters
    ----------
    sizes : sequence of int
        Two layers or more, each of at least one unit.
    task : {"binary", "multiclass", "regression"}
        Binary has one output, multiclass two or more.

    Returns
    -------
    tuple of int

    Raises
    ------
    ParameterError
        ``sizes_invalid`` (sizes), ``outputs_do_not_fit_task`` (task, outputs).
    """
    try:
        whole = tuple(index(size) for size in sizes)
    except TypeError:
        raise ParameterError("sizes_invalid", sizes=sizes) from None
    if len(whole) < 2 or min(whole) < 1:
        raise ParameterError("sizes_invalid", sizes=sizes)
    if (task == "binary" and whole[-1] != 1) or (task == "multiclass" and whole[-1] < 2):
        raise ParameterError("outputs_do_not_fit_task", task=task, outputs=whole[-1])
    return whole


def check_inputs(X: ArrayLike, columns: int) -> NDArray[np.float64]:
    """Return inputs as a new float64 array.

    Parameters
    ----------
    X : array_like of shape (n, columns)
        n ≥ 1; finite, at most 1e100 in absolute value.
    columns : int
        p, the units of the first layer.

    Returns
    -------
    ndarray of shape (n, columns)

    Raises
    ------
    DataError
        As `Networks.decision`.
    """
    return _checks.array("X", X, 2, columns=columns)


def check_targets(y: ArrayLike, rows: int, task: str, outputs: int) -> NDArray[np.float64]:
    """Return targets as the networks compare them with their outputs.

    Parameters
    ----------
    y : array_like of shape (rows,), or (rows, outputs) for a regression
        Classes 0, 1, … or values; at most 1e100 in absolute value.
    rows : int
        n, at least 1.
    task : {"binary", "multiclass", "regression"}
    outputs : int
        Units of the last layer.

    Returns
    -------
    ndarray of shape (rows, outputs)
        ±1 (binary), one-hot (multiclass) or the values, in float64.

    Raises
    ------
    DataError
        ``wrong_shape`` (name, shape, expected), ``not_a_class`` (value, classes), ``not_numbers``, ``not_finite``,
        ``too_large`` or ``too_few_rows``.
    """
    targets = _checks.array("y", y, None)
    if targets.ndim == 1 or task != "regression":
        wrong = targets.shape != (rows,) or (task == "regression" and outputs != 1)
        expected = f"({rows},)" if outputs == 1 or task != "regression" else f"({rows}, {outputs})"
    else:
        wrong, expected = targets.shape != (rows, outputs), f"({rows}, {outputs})"
    if wrong:
        raise DataError("wrong_shape", name="y", shape=targets.shape, expected=expected)
    if task == "regression":
        return targets.reshape(rows, outputs)
    classes = 2 if task == "binary" else outputs
    outside = (targets != np.floor(targets)) | (targets < 0) | (targets >= classes)
    if outside.any():
        raise DataError("not_a_class", value=float(targets[outside][0]), classes=classes)
    if task == "binary":
        return (2 * targets - 1)[:, None]
    return np.eye(classes)[targets.astype(np.intp)]


def layer_views(flat: Array, sizes: Sequence[int], count: int) -> list[Array]:
    """View a flat parameter vector by layer.

    In memory the parameters of one network lie together, layer after layer.

    Parameters
    ----------
    flat : ndarray of shape (K·P,)
        P = `parameter_count` of each network.
    sizes : sequence of int
        Units per layer, inputs first.
    count : int
        K.

    Returns
    -------
    list of ndarray of shape (K, fan_out, fan_in + 1)
        Views, one per layer, with the intercept last.
    """
    rows = flat.reshape(count, -1)
    views, start = [], 0
    for fan_in, fan_out in pairwise(sizes):
        stop = start + fan_out * (fan_in + 1)
        views.append(rows[:, start:stop].reshape(count, fan_out, fan_in + 1))
        start = stop
    return views


def parameter_count(sizes: Sequence[int]) -> int:
    """Count the weights and intercepts of one network: Σ (fan_in + 1) · fan_out.

    Parameters
    ----------
    sizes : sequence of int
        Units per layer, inputs first.

    Returns
    -------
    int
    """
    return sum((fan_in + 1) * fan_out for fan_in, fan_out in pairwise(sizes))


def activate(name: str, z: NDArray[np.float64]) -> NDArray[np.float64]:
    """Apply an activation in place; unchecked.

    Parameters
    ----------
    name : {"tanh", "relu", "sigmoid", "linear"}
        tanh z, max(z, 0), the logistic function 1/(1 + e^(−z)), or z itself.
    z : ndarray
        Pre-activations, of any shape; overwritten.

    Returns
    -------
    ndarray
        ``z``.
    """
    if name == "tanh":
        np.tanh(z, out=z)
    elif name == "relu":
        np.maximum(z, 0.0, out=z)
    elif name == "sigmoid":
        # ½ + ½ tanh(z/2) is the logistic function and cannot overflow.
        z *= 0.5
        np.tanh(z, out=z)
        z *= 0.5
        z += 0.5
    return z


@dataclass(frozen=True, eq=False)
class Networks:
    """K networks of one architecture at one moment: immutable, and able to answer.

    Everything is evaluated in float64, also when the networks were trained in float32.

    Parameters
    ----------
    sizes : tuple of int
        Units per layer, inputs first, outputs last: ``(2, 8, 8, 1)``.
    activation : {"tanh", "relu", "sigmoid", "linear"}
        Of the hidden layers.  The output layer is linear; the task puts the logistic function or the
        softmax behind it.
    task : {"binary", "multiclass", "regression"}
        Log-loss with one output, log-loss with one output per class, or ½ r² summed over the outputs.
    count : int
        K, the number of networks.
    parameters : ndarray
        All weights and biases, flat and read-only, in the order of `layer_views`.
    """

    sizes: tuple[int, ...]
    activation: str
    task: str
    count: int
    parameters: Array

    @property
    def weights(self) -> list[Array]:
        """Read-only weights of each layer, (K, fan_in, fan_out)."""
        return [view[:, :, :-1].transpose(0, 2, 1) for view in self._layers]

    @property
    def biases(self) -> list[Array]:
        """Read-only intercepts of each layer, (K, fan_out)."""
        return [view[:, :, -1] for view in self._layers]

    @property
    def _layers(self) -> list[Array]:
        return layer_views(self.parameters, self.sizes, self.count)

    def decision(self, X: ArrayLike) -> NDArray[np.float64]:
        """Give the outputs of the last layer, before logistic function or softmax.

        Parameters
        ----------
        X : array_like of shape (n, p)
            Finite, at most 1e100 in absolute value.

        Returns
        -------
        ndarray of shape (K, n) with one output, else (K, n, outputs)

        Raises
        ------
        DataError
            ``not_numbers``, ``not_finite``, ``too_large``, ``wrong_shape`` or ``too_few_rows``.
        """
        scores = self._outputs(check_inputs(X, self.sizes[0]))
        return scores[:, :, 0] if self.sizes[-1] == 1 else scores

    def predict(self, X: ArrayLike) -> NDArray[np.float64]:
        """Give probabilities, or values for a regression.

        Parameters
        ----------
        X : array_like of shape (n, p)

        Returns
        -------
        ndarray
            (K, n) probability of class 1 (binary); (K, n, classes) probabilities (multiclass); (K, n), or
            (K, n, outputs) with several outputs, values (regression).

        Raises
        ------
        DataError
            As `decision`.
        """
        scores = self.decision(X)
        if self.task == "binary":
            return activate("sigmoid", scores)
        if self.task == "multiclass":
            scores -= scores.max(axis=2, keepdims=True)
            np.exp(scores, out=scores)
            scores /= scores.sum(axis=2, keepdims=True)
        return scores

    def losses(self, X: ArrayLike, y: ArrayLike) -> NDArray[np.float64]:
        """Give the mean data loss (1/n) Σ ℓ of each network, without any penalty.

        Parameters
        ----------
        X : array_like of shape (n, p)
        y : array_like of shape (n,), or (n, outputs) for a regression with several outputs
            Classes 0, 1, … or values.

        Returns
        -------
        ndarray of shape (K,)

        Raises
        ------
        DataError
            As `decision`; ``not_a_class`` if a target is not one of 0, 1, ….
        """
        return self.evaluate(X, y)[0]

    def score(self, X: ArrayLike, y: ArrayLike) -> NDArray[np.float64]:
        """Give the share of right classes, or R² = 1 − Σ r² / Σ (y − ȳ)² pooled over the outputs.

        R² of a constant target is 1 where it is met exactly, else 0, as in scikit-learn.

        Parameters
        ----------
        X : array_like of shape (n, p)
        y : array_like
            As for `losses`.

        Returns
        -------
        ndarray of shape (K,)

        Raises
        ------
        DataError
            As `losses`.
        """
        return self.evaluate(X, y)[1]

    def evaluate(self, X: ArrayLike, y: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Give `losses` and `score` from one pass through the networks.

        Parameters
        ----------
        X : array_like of shape (n, p)
        y : array_like
            As for `losses`.

        Returns
        -------
        losses, score : ndarray of shape (K,)

        Raises
        ------
        DataError
            As `losses`.
        """
        inputs = check_inputs(X, self.sizes[0])
        return self.evaluate_checked(inputs, check_targets(y, len(inputs), self.task, self.sizes[-1]))

    def evaluate_checked(
        self, inputs: NDArray[np.float64], targets: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Give `losses` and `score` as `evaluate` does, without checking.

        Parameters
        ----------
        inputs : ndarray of shape (n, p)
            From `check_inputs`.
        targets : ndarray of shape (n, outputs)
            From `check_targets`.

        Returns
        -------
        losses, score : ndarray of shape (K,)
        """
        scores = self._outputs(inputs)
        if self.task == "binary":
            margins = scores * targets
            # −log σ(t) = log(1 + exp(−t)), written so that it cannot overflow.
            losses = np.logaddexp(0.0, -margins).mean(axis=(1, 2))
            # A score of exactly 0 is probability ½, which is class 0.
            return losses, ((scores > 0) == (targets > 0)).mean(axis=(1, 2))
        if self.task == "multiclass":
            right = (scores.argmax(axis=2) == targets.argmax(axis=1)).mean(axis=1)
            scores -= scores.max(axis=2, keepdims=True)
            log_sum = np.log(np.exp(scores).sum(axis=2))
            return (log_sum - (scores * targets).sum(axis=2)).mean(axis=1), right
        squares = (scores - targets) ** 2
        total = squares.sum(axis=(1, 2))
        spread = ((targets - targets.mean(axis=0)) ** 2).sum()
        r2 = 1.0 - total / spread if spread > 0 else (total == 0).astype(np.float64)
        return 0.5 * total / inputs.shape[0], r2

    def preactivations(self, X: ArrayLike) -> list[NDArray[np.float64]]:
        """Give the pre-activations z = Wa + b of every layer, the output layer last.

        Parameters
        ----------
        X : array_like of shape (n, p)

        Returns
        -------
        list of ndarray of shape (K, n, units)

        Raises
        ------
        DataError
            As `decision`.
        """
        inputs = check_inputs(X, self.sizes[0])
        return [z.copy() for z in self._forward(inputs)]

    def activations(self, X: ArrayLike) -> list[NDArray[np.float64]]:
        """Give the outputs of every hidden layer, the activation applied.

        Parameters
        ----------
        X : array_like of shape (n, p)

        Returns
        -------
        list of ndarray of shape (K, n, units)

        Raises
        ------
        DataError
            As `decision`.
        """
        return [activate(self.activation, z) for z in self.preactivations(X)[:-1]]

    def norms(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Give Σ|w| and Σw² of each network, intercepts left out.

        Returns
        -------
        sum_abs, sum_squares : ndarray of shape (K,)
            Summed in float64.
        """
        weights = [w.astype(np.float64) for w in self.weights]
        sum_abs = np.sum([np.abs(w).sum(axis=(1, 2)) for w in weights], axis=0)
        sum_squares = np.sum([(w * w).sum(axis=(1, 2)) for w in weights], axis=0)
        return cast("NDArray[np.float64]", sum_abs), cast("NDArray[np.float64]", sum_squares)

    def zeros(self) -> NDArray[np.intp]:
        """Count the weights that are exactly 0, intercepts left out.

        Returns
        -------
        ndarray of int, shape (K, layers)
            By network and layer, from 0 to fan_in · fan_out.
        """
        return np.stack([(w == 0).sum(axis=(1, 2)) for w in self.weights], axis=1)

    def _outputs(self, inputs: NDArray[np.float64]) -> NDArray[np.float64]:
        """Compute the output layer before logistic function or softmax, (K, n, outputs)."""
        rows = max(1, _CHUNK // (self.count * max(self.sizes[1:])))
        out = np.empty((self.count, inputs.shape[0], self.sizes[-1]))
        for start in range(0, inputs.shape[0], rows):
            for z in self._forward(inputs[start : start + rows]):
                last = z
            out[:, start : start + rows] = last
        return out

    def _forward(self, inputs: NDArray[np.float64]) -> Iterator[NDArray[np.float64]]:
        """Yield pre-activations layer by layer; each is overwritten as soon as the next is asked for."""
        a: NDArray[np.float64] = inputs
        layers = self._layers
        for number, view in enumerate(layers):
            weights = view.astype(np.float64)
            a = np.matmul(a, weights[:, :, :-1].transpose(0, 2, 1))
            a += weights[:, None, :, -1]
            yield a
            if number < len(layers) - 1:
                activate(self.activation, a)

"""What a sparse network weighs: dense, with its zeros left out, and with its dead units removed.

Scattered zeros do not make a dense file smaller.  Compressed sparse rows (CSR) of float32 take 4 B for a value,
4 B for its column and 4 B for every row pointer (rows + 1 of them), which pays only above about half zeros.
Whole units removed make the network itself smaller, in any format.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from reglib import _checks
from reglib.datasets import Scaling
from reglib.mlp import Networks
from reglib.mlp.networks import activate

Vector = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Sizes:
    """Bytes of each of K networks in float32, intercepts included.

    Attributes
    ----------
    dense : ndarray of int, shape (K,)
        4 B for every weight and intercept.
    csr : ndarray of int, shape (K,)
        8 B for every weight that is not 0, 4 B for every row pointer and intercept, layer by layer; a row is a unit
        below.
    pruned : ndarray of int, shape (K,)
        Dense, without the units that `prune` removes.
    """

    dense: NDArray[np.int64]
    csr: NDArray[np.int64]
    pruned: NDArray[np.int64]


def sizes(networks: Networks) -> Sizes:
    """Count the bytes of networks: dense, as CSR and pruned.

    Parameters
    ----------
    networks : Networks
        Of K networks.

    Returns
    -------
    Sizes
    """
    count = networks.count
    dense = np.zeros(count, dtype=np.int64)
    csr = np.zeros(count, dtype=np.int64)
    for w, b in zip(networks.weights, networks.biases, strict=True):
        intercepts = 4 * b.shape[1]
        dense += 4 * w.shape[1] * w.shape[2] + intercepts
        csr += 8 * (w != 0).sum(axis=(1, 2)) + 4 * (w.shape[1] + 1) + intercepts
    pruned = [sum(4 * w.size + 4 * b.size for w, b in prune(networks, k).layers) for k in range(count)]
    return Sizes(dense, csr, np.array(pruned, dtype=np.int64))


def csr_bytes(sizes: Sequence[int], zeros: int) -> int:
    """Count the bytes of one network as CSR when that many of its weights are 0, as `Sizes.csr` does.

    Parameters
    ----------
    sizes : sequence of int
        Units of every layer, the inputs first.
    zeros : int
        From 0 to all weights.

    Returns
    -------
    int

    Raises
    ------
    ParameterError
        ``out_of_range`` or ``not_an_integer`` for zeros.
    """
    weights = sum(a * b for a, b in pairwise(sizes))
    zeros = _checks.whole("zeros", zeros, 0, weights)
    return 8 * (weights - zeros) + 4 * sum(a + 1 for a in sizes[:-1]) + 4 * sum(sizes[1:])


@dataclass(frozen=True, eq=False)
class Pruned:
    """A network without its dead units, which answers as before.

    Attributes
    ----------
    layers : tuple of (weights (fan_in, fan_out), intercepts (fan_out,))
    kept : tuple of ndarray of int
        Per hidden layer, the units that are left.
    activation, task : str
    """

    layers: tuple[tuple[Vector, Vector], ...]
    kept: tuple[NDArray[np.intp], ...]
    activation: str
    task: str

    def decision(self, X: ArrayLike) -> Vector:
        """Give the outputs before logistic function or softmax.

        Parameters
        ----------
        X : array_like, shape (n, p)
            Standardised inputs.

        Returns
        -------
        ndarray, shape (n, outputs)

        Raises
        ------
        DataError
            ``not_numbers``, ``wrong_shape``, ``too_few_rows``, ``not_finite`` or ``too_large``.
        """
        a = _checks.array("X", X, 2, columns=self.layers[0][0].shape[0])
        for layer, (w, b) in enumerate(self.layers):
            a = a @ w + b
            if layer < len(self.layers) - 1:
                a = activate(self.activation, a)
        return a


def prune(networks: Networks, member: int) -> Pruned:
    """Remove the hidden units of one network that its answer does not depend on.

    A unit without incoming weights answers a constant, which moves into the intercepts of the next layer; a
    unit without outgoing weights is not heard.  Removing one may leave another without either.

    Parameters
    ----------
    networks : Networks
    member : int
        Which of the K, 0 to K − 1.

    Returns
    -------
    Pruned
        In float64, with as many layers; one may have no unit left, and the answer then is a constant.

    Raises
    ------
    ParameterError
        ``out_of_range`` or ``not_an_integer`` for the member.
    """
    k = _checks.whole("member", member, 0, networks.count - 1)
    weights = [w[k].astype(np.float64) for w in networks.weights]
    biases = [b[k].astype(np.float64) for b in networks.biases]
    kept = [np.arange(size) for size in networks.sizes[1:-1]]
    changed = True
    while changed:
        changed = False
        for layer in range(len(kept)):
            deaf = ~weights[layer].any(axis=0)
            if deaf.any():
                constant = activate(networks.activation, biases[layer][deaf].copy())
                biases[layer + 1] = biases[layer + 1] + constant @ weights[layer + 1][deaf]
            gone = deaf | ~weights[layer + 1].any(axis=1)
            if gone.any():
                weights[layer] = weights[layer][:, ~gone]
                biases[layer] = biases[layer][~gone]
                weights[layer + 1] = weights[layer + 1][~gone]
                kept[layer] = kept[layer][~gone]
                changed = True
    return Pruned(tuple(zip(weights, biases, strict=True)), tuple(kept), networks.activation, networks.task)


def to_npz(model: Pruned, scaling: Scaling) -> bytes:
    """Write a pruned network in float32, and the scaling of its inputs, as a compressed npz file.

    Parameters
    ----------
    model : Pruned
        L layers.
    scaling : Scaling
        Of the p inputs.

    Returns
    -------
    bytes
        Of the arrays ``mean`` and ``scale``, shape (p,), in float64, as inputs may be far from 0 (years, seconds), and
        for every layer l = 1 … L ``w{l}``, shape (fan_in, fan_out), and ``b{l}``, shape (fan_out,), in float32.
    """
    arrays: dict[str, NDArray[np.floating[Any]]] = {"mean": scaling.mean, "scale": scaling.scale}
    for layer, (w, b) in enumerate(model.layers, start=1):
        arrays[f"w{layer}"], arrays[f"b{layer}"] = w.astype(np.float32), b.astype(np.float32)
    buffer = io.BytesIO()
    # The names come from here, so none of them can be taken for an option of savez.
    np.savez_compressed(buffer, allow_pickle=False, **arrays)
    return buffer.getvalue()


_FUNCTIONS = {
    "tanh": "np.tanh(z)",
    "relu": "np.maximum(z, 0)",
    "sigmoid": "1 / (1 + np.exp(-z))",
    "linear": "z",
}
_OUTPUTS = {
    "binary": "1 / (1 + np.exp(-z[:, 0]))  # probability of class 1",
    "multiclass": "z.argmax(axis=1)  # class number",
    "regression": "z[:, 0]  # standardised target",
}


def loader(model: Pruned, file: str = "network.npz") -> str:
    """Give Python code that loads what `to_npz` wrote and predicts the same; it needs NumPy alone.

    Parameters
    ----------
    model : Pruned
        The one that was written.
    file : str, optional
        Its name, put between double quotes as it is: without a quote or a backslash.

    Returns
    -------
    str
        A module with ``predict(X)``: rows in their own units, shape (n, p), to the probability of class 1 (binary),
        the class number (multiclass) or the standardised target (regression), shape (n,).
    """
    return f"""import numpy as np

with np.load("{file}") as file:
    model = {{name: file[name] for name in file.files}}


def predict(X):
    \"\"\"X: rows in their own units, shape (n, {model.layers[0][0].shape[0]}).\"\"\"
    z = (np.asarray(X, dtype=float) - model["mean"]) / model["scale"]
    for layer in range(1, {len(model.layers) + 1}):
        z = z @ model[f"w{{layer}}"] + model[f"b{{layer}}"]
        if layer < {len(model.layers)}:
            z = {_FUNCTIONS[model.activation]}
    return {_OUTPUTS[model.task]}
"""

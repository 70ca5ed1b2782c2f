"""What small weights do to a network: how linear it is, and in whose hands its weights lie.

Near 0, tanh and the logistic function are nearly straight lines, so a network with small weights and such an
activation is nearly linear.  ReLU has its kink at 0 however small the weights are: multiplying all weights by c
and the intercepts of layer l by c^l multiplies a ReLU network's output by a constant and changes nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from reglib import _checks
from reglib.mlp import Networks
from reglib.mlp.networks import activate, layer_views

Vector = NDArray[np.float64]

# |z| up to which an activation counts as straight: there tanh z is within 8 % of z, and the logistic function,
# which is ½ + ½ tanh(z/2), twice as far out.
LINEAR_PART = {"tanh": 0.5, "sigmoid": 1.0}


def linear_r2(networks: Networks, X: ArrayLike) -> Vector:
    """Give R² of the best linear stand-in: least squares of each network's output scores on the inputs.

    Parameters
    ----------
    networks : Networks
        Of K networks.
    X : array_like of shape (n, p)

    Returns
    -------
    ndarray of shape (K,)
        1 where the network is linear (or constant) on X, pooled over several outputs.

    Raises
    ------
    DataError
        As `Networks.decision`.
    """
    inputs = _checks.array("X", X, 2, columns=networks.sizes[0])
    scores = networks.decision(inputs)
    scores = scores.reshape(networks.count, len(inputs), -1)
    # By SVD: columns that are constant or follow from others (digit pixels) are none of the basis.
    left_vectors, sizes, _ = np.linalg.svd(inputs - inputs.mean(axis=0), full_matrices=False)
    basis = left_vectors[:, sizes > max(inputs.shape) * np.finfo(np.float64).eps * sizes.max(initial=0.0)]
    centred = scores - scores.mean(axis=1, keepdims=True)
    residual = centred - basis @ (basis.T @ centred)
    total = (centred**2).sum(axis=(1, 2))
    left = (residual**2).sum(axis=(1, 2))
    # A constant network is linear; what rounding leaves of it is not to be explained.
    flat = total <= 1e-20 * np.maximum((scores**2).sum(axis=(1, 2)), 1e-300)
    return np.where(flat, 1.0, 1.0 - left / np.where(flat, 1.0, total))


def linear_share(networks: Networks, X: ArrayLike) -> Vector:
    """Give the share of hidden pre-activations where the activation is straight.

    For tanh and the logistic function those with |z| within `LINEAR_PART`; for ReLU those of units that stay
    on one side of the kink for all rows; 1 for a linear activation.

    Parameters
    ----------
    networks : Networks
        Of K networks.
    X : array_like of shape (n, p)

    Returns
    -------
    ndarray of shape (K,)

    Raises
    ------
    DataError
        As `Networks.decision`.
    """
    hidden = networks.preactivations(X)[:-1]
    if networks.activation == "linear" or not hidden:
        return np.ones(networks.count)
    if networks.activation == "relu":
        straight = [((z >= 0).all(axis=1) | (z <= 0).all(axis=1)).astype(np.float64) for z in hidden]
    else:
        straight = [(np.abs(z) <= LINEAR_PART[networks.activation]).mean(axis=1) for z in hidden]
    return np.asarray(np.concatenate(straight, axis=1).mean(axis=1))


def scaled(networks: Networks, factor: float, activation: str | None = None) -> Networks:
    """Multiply all weights by `factor` and the intercepts of layer l = 1, 2, … by its l-th power.

    Parameters
    ----------
    networks : Networks
    factor : float
        1e-6 to 10.
    activation : str, optional
        Another activation for the same weights, one of `reglib.mlp.ACTIVATIONS`; unchecked.

    Returns
    -------
    Networks
        In float64.

    Raises
    ------
    ParameterError
        ``out_of_range`` for the factor.
    """
    factor = _checks.number("factor", factor, 1e-6, 10)
    flat = networks.parameters.astype(np.float64)
    for layer, view in enumerate(layer_views(flat, networks.sizes, networks.count), start=1):
        view[:, :, :-1] *= factor
        view[:, :, -1] *= factor**layer
    return replace(networks, parameters=flat, activation=activation or networks.activation)


def concentration(networks: Networks, share: float = 0.1) -> Vector:
    """Give the part of Σ|w| that the largest of the weights hold, intercepts left out.

    Parameters
    ----------
    networks : Networks
        Of K networks.
    share : float, optional
        How many of the weights, largest first, as a share of all: 0 to 1, rounded to whole weights, at least one.

    Returns
    -------
    ndarray of shape (K,)
        0 to 1; 0 where all weights are 0.

    Raises
    ------
    ParameterError
        ``out_of_range`` or ``not_a_number`` for the share.
    """
    share = _checks.number("share", share, 0, 1)
    flat = np.concatenate([np.abs(w).reshape(networks.count, -1) for w in networks.weights], axis=1)
    flat = -np.sort(-flat.astype(np.float64), axis=1)
    total = flat.sum(axis=1)
    top = flat[:, : max(1, round(share * flat.shape[1]))].sum(axis=1)
    return np.asarray(top / np.where(total > 0, total, 1.0))


@dataclass(frozen=True, eq=False)
class Histogram:
    """Weights of one network counted, exact zeros apart.

    Attributes
    ----------
    edges : ndarray of shape (bins + 1,)
        Symmetric around 0.
    counts : ndarray of int, shape (bins,)
        Of the weights that are not exactly 0.
    zeros : int
    """

    edges: Vector
    counts: NDArray[np.int64]
    zeros: int


def histogram(networks: Networks, member: int, reach: float, bins: int = 40) -> Histogram:
    """Count the weights of one network, intercepts left out.

    Parameters
    ----------
    networks : Networks
        Of K networks.
    member : int
        Which of the K, 0 to K − 1.
    reach : float
        The bins go from −reach to reach, 1e-12 to 1e12; weights beyond are counted in the outermost ones.
    bins : int
        2 to 1000; an odd number is taken for the even one below, so that no bin holds both signs.

    Returns
    -------
    Histogram
        Of an even number of bins, all equally wide.

    Raises
    ------
    ParameterError
        ``out_of_range``; ``not_an_integer`` for member or bins.
    """
    reach = _checks.number("reach", reach, 1e-12, 1e12)
    member = _checks.whole("member", member, 0, networks.count - 1)
    half = _checks.whole("bins", bins, 2, 1000) // 2
    flat = np.concatenate([w[member].ravel() for w in networks.weights]).astype(np.float64)
    edges = np.linspace(-reach, reach, 2 * half + 1)
    kept = np.clip(flat[flat != 0], -reach, reach)
    return Histogram(edges, np.histogram(kept, edges)[0], int((flat == 0).sum()))


def unit_maps(networks: Networks, member: int, grid: ArrayLike) -> list[NDArray[np.uint8]]:
    """Give every hidden unit's answer at some inputs as bytes, layer by layer.

    Parameters
    ----------
    networks : Networks
        Of K networks.
    member : int
        Which of the K, 0 to K − 1.
    grid : array_like of shape (n, p)

    Returns
    -------
    list of ndarray of uint8, each (units, n)
        128 is no answer; the layer's largest |answer| is 255 where positive and 0 where negative.  The logistic
        function's answer is taken from its middle, ½.

    Raises
    ------
    ParameterError
        ``out_of_range`` or ``not_an_integer`` for the member.
    DataError
        As `Networks.preactivations`.
    """
    member = _checks.whole("member", member, 0, networks.count - 1)
    out = []
    for z in networks.preactivations(grid)[:-1]:
        answer = activate(networks.activation, z[member].T.copy())
        if networks.activation == "sigmoid":
            answer -= 0.5
        top = float(np.abs(answer).max()) or 1.0
        out.append(np.rint(127.5 + 127.5 * answer / top).astype(np.uint8))
    return out

"""One mini-batch step of a stack, compiled into a list of NumPy calls before the loop starts.

What a stack does not use (momentum, a penalty, a rule for the L1 step) is not in the list and costs
nothing.  Every call writes into an array made beforehand.

Storage: activations lie as (units + 1, K, batch) with a last row of ones that carries the intercepts, so
that an element-wise call runs over one contiguous block, and the hidden layers of all depths share one
buffer.  With one network the products are 2-D and go through `numpy.dot`, which is quicker to call than
`numpy.matmul`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any

import numpy as np

from reglib.mlp.networks import Array, layer_views

L1_STEPS = ("proximal", "subgradient", "freeze")

Call = tuple[Callable[..., Any], tuple[Any, ...]]
# Inputs turned (p + 1, batch), inputs (batch, p + 1) with a last column of ones, targets (outputs, 1, batch).
Batch = tuple[Array, Array, Array]


def batch_of(inputs: Array, targets: Array) -> Batch:
    """View contiguous rows as `Gradient.run` wants them; `targets` is (batch, outputs)."""
    return inputs.T, inputs, targets.T[:, None, :]


class Gradient:
    """η times the data gradient of one batch, for all networks, into a flat vector.

    Parameters
    ----------
    sizes, activation, task
        As in `Networks`.
    parameters, gradient : ndarray
        Flat vectors in the order of `layer_views`: read from, written to.
    rates : ndarray of shape (K,)
        Learning rates; 0 for a network that stands still.
    batch : int
        Rows per batch.
    """

    def __init__(
        self,
        sizes: Sequence[int],
        activation: str,
        task: str,
        parameters: Array,
        gradient: Array,
        rates: Array,
        batch: int,
    ) -> None:
        count, depth, kind = len(rates), len(sizes) - 1, parameters.dtype
        single = count == 1
        product: Callable[..., Any] = np.dot if single else np.matmul

        def matrices(block: Array) -> Array:
            """View (units, K, batch) as (K, units, batch), or 2-D for a single network."""
            return block[:, 0, :] if single else block.transpose(1, 0, 2)

        def layers(flat: Array) -> list[Array]:
            views = layer_views(flat, sizes, count)
            return [view[0] for view in views] if single else views

        def turned(matrix: Array) -> Array:
            return matrix.swapaxes(-1, -2)

        # Hidden activations with their rows of ones, all in one buffer; the same for the derivatives.
        lengths = [(units + 1) * count * batch for units in sizes[1:-1]]
        hidden = np.ones(sum(lengths), dtype=kind)
        slopes = np.empty_like(hidden)
        blocks, slope_blocks, start = [], [], 0
        for units, length in zip(sizes[1:-1], lengths, strict=True):
            blocks.append(hidden[start : start + length].reshape(units + 1, count, batch))
            slope_blocks.append(slopes[start : start + length].reshape(units + 1, count, batch)[:-1])
            start += length
        deltas = [np.empty((units, count, batch), dtype=kind) for units in sizes[1:]]
        error = deltas[-1]
        weights, gradients = layers(parameters), layers(gradient)

        # The first layer of all networks meets the same inputs: one product for the whole stack.
        rows = sizes[1] * count
        first = rows * (sizes[0] + 1)
        self.first_weights = parameters[:first].reshape(rows, sizes[0] + 1)
        self.first_gradient = gradient[:first].reshape(rows, sizes[0] + 1)
        self.first_out = (blocks[0][:-1] if depth > 1 else error).reshape(rows, batch)
        self.first_delta = deltas[0].reshape(rows, batch)

        forward: list[Call] = []
        for layer in range(depth - 1):
            if layer:
                below, out = matrices(blocks[layer - 1]), matrices(blocks[layer][:-1])
                forward.append((product, (weights[layer], below, out)))
            forward += _activation(activation, blocks[layer][:-1])
        if depth > 1:
            forward.append((product, (weights[-1], matrices(blocks[-1]), matrices(error))))
        self.error = error
        self.forward, after = _loss(task, error, rates, forward)

        backward = list(after)
        if depth > 1:
            backward += _slopes(activation, hidden, slopes)
        for layer in range(depth - 1, 0, -1):
            delta, delta_below = matrices(deltas[layer]), deltas[layer - 1]
            backward.append((product, (delta, turned(matrices(blocks[layer - 1])), gradients[layer])))
            backward.append((product, (turned(weights[layer])[..., :-1, :], delta, matrices(delta_below))))
            if activation != "linear":
                backward.append((np.multiply, (delta_below, slope_blocks[layer - 1], delta_below)))
        self.backward = backward

    def run(self, batches: Iterable[Batch], update: Sequence[Call] = ()) -> None:
        """Write η ∇ of each batch into the gradient vector and make the calls of `update` after it."""
        product, subtract = np.dot, np.subtract
        weights, out, error = self.first_weights, self.first_out, self.error
        delta, gradient = self.first_delta, self.first_gradient
        forward, backward = self.forward, self.backward
        for turned, inputs, targets in batches:
            product(weights, turned, out)
            for function, arguments in forward:
                function(*arguments)
            subtract(error, targets, error)
            for function, arguments in backward:
                function(*arguments)
            product(delta, inputs, gradient)
            for function, arguments in update:
                function(*arguments)


def _activation(name: str, z: Array) -> list[Call]:
    if name == "tanh":
        return [(np.tanh, (z, z))]
    if name == "relu":
        return [(partial(np.maximum, z, np.zeros_like(z), out=z), ())]
    if name == "sigmoid":
        half = np.full_like(z, 0.5)
        halve: Call = (np.multiply, (z, half, z))
        return [halve, (np.tanh, (z, z)), halve, (np.add, (z, half, z))]
    return []


def _slopes(name: str, hidden: Array, slopes: Array) -> list[Call]:
    """Get the derivatives of all hidden activations from the activations themselves."""
    if name == "tanh":
        ones = np.ones_like(hidden)
        return [(np.multiply, (hidden, hidden, slopes)), (np.subtract, (ones, slopes, slopes))]
    if name == "relu":
        return [(np.sign, (hidden, slopes))]  # 0 at the kink, 1 above it
    if name == "sigmoid":
        return [(np.multiply, (hidden, hidden, slopes)), (np.subtract, (hidden, slopes, slopes))]
    return []


def _loss(task: str, error: Array, rates: Array, forward: list[Call]) -> tuple[list[Call], list[Call]]:
    """List the calls before and after the targets are subtracted; `error` ends as η ∂(mean loss)/∂z."""
    batch = error.shape[2]
    scale = np.empty_like(error)
    scale[...] = (rates / batch)[None, :, None]
    if task == "binary":
        # σ(z) − y = ½ (tanh(z/2) − (2y − 1)), and the targets are ±1.
        scale *= 0.5
        half = np.full_like(error, 0.5)
        forward = [*forward, (np.multiply, (error, half, error)), (np.tanh, (error, error))]
    elif task == "multiclass":
        line = np.empty(error.shape[1:], dtype=error.dtype)
        forward = [
            *forward,
            (np.maximum.reduce, (error, 0, None, line)),
            (np.subtract, (error, line, error)),
            (np.exp, (error, error)),
            (np.add.reduce, (error, 0, None, line)),
            (np.divide, (error, line, error)),
        ]
    return forward, [(np.multiply, (error, scale, error))]


def update_calls(
    sizes: Sequence[int],
    parameters: Array,
    gradient: Array,
    velocity: Array,
    alive: Array,
    decay: Array,
    thresholds: Array,
    momentum: Array,
    rules: Sequence[str],
) -> list[Call]:
    """List the calls that take the step once η ∇ is in `gradient`; see `Stack` for the formulas.

    Parameters
    ----------
    sizes : sequence of int
    parameters, gradient, velocity : ndarray
        Flat vectors in the order of `layer_views`.
    alive : ndarray of bool
        False where the freeze rule has killed a weight; written to.
    decay, thresholds, momentum : ndarray of shape (K,)
        η λ2, η λ1 and m of each network.
    rules : sequence of {"proximal", "subgradient", "freeze"}
        One per network.
    """
    w, g, v = parameters, gradient, velocity
    count = len(rules)

    def spread(values: Array, bias: float | None) -> Array:
        """Turn one value per network into one per parameter, with `bias` in place of it at the intercepts."""
        flat = np.empty_like(w)
        for view in layer_views(flat, sizes, count):
            view[...] = values[:, None, None]
            if bias is not None:
                view[:, :, -1] = bias
        return flat

    by_rule = {rule: thresholds * [rule == mine for mine in rules] for rule in L1_STEPS}
    proximal, subgradient, freeze = (by_rule[rule] for rule in L1_STEPS)
    freezing = bool(freeze.any()) or not alive.all()
    calls: list[Call] = []
    spare, pull, cut = np.empty_like(w), np.empty_like(w), np.empty_like(w)

    if subgradient.any():
        calls += [(np.sign, (w, pull)), (np.multiply, (pull, spread(subgradient, 0.0), pull))]
    if momentum.any():
        # u = m v − η ∇ − η λ2 w (− η λ1 sign w); w + u is where the smooth step goes.
        calls += [(np.multiply, (v, spread(momentum, None), v)), (np.subtract, (v, g, v))]
        if decay.any():
            calls += [(np.multiply, (w, spread(decay, 0.0), spare)), (np.subtract, (v, spare, v))]
        if subgradient.any():
            calls.append((np.subtract, (v, pull, v)))
    elif subgradient.any():
        calls.append((np.add, (g, pull, g)))
    if freezing:
        calls.append((np.sign, (w, cut)))
        calls.append((np.multiply, (cut, spread(freeze, 0.0), cut)))
    if momentum.any():
        calls.append((np.add, (w, v, w)))
    else:
        if decay.any():
            calls.append((np.multiply, (w, spread(1.0 - decay, 1.0), w)))
        calls.append((np.subtract, (w, g, w)))
    moving = v if momentum.any() else None
    if freezing:
        calls.append((_freeze, (w, cut, spare, alive, moving)))
    if proximal.any():
        upper = spread(proximal, 0.0)
        # w − clip(w, −τ, τ) is the soft threshold, and 0 exactly inside the band.
        # NumPy wants `out` by name from these two.
        calls += [
            (partial(np.minimum, w, upper, out=cut), ()),
            (partial(np.maximum, cut, -upper, out=cut), ()),
        ]
        calls.append((np.subtract, (w, cut, w)))
        if moving is not None:
            calls.append((np.subtract, (v, cut, v)))
    return calls


def _freeze(w: Array, pull: Array, spare: Array, alive: Array, velocity: Array | None) -> None:
    """Take the penalty step w − pull; a weight that it carries across 0 becomes 0 and stays 0.

    The velocity then is what the weight really moved, as under the proximal rule; a dead weight has none.
    """
    np.subtract(w, pull, spare)
    # Signs, not the product of the numbers: that could underflow to 0.
    alive &= np.sign(w) * np.sign(spare) >= 0
    if velocity is not None:
        velocity -= pull
        velocity *= alive
    np.copyto(w, spare)
    w[~alive] = 0

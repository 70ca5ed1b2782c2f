"""One mini-batch step of a stack, compiled into a list of NumPy calls before the loop starts.

What a stack does not use (momentum, a penalty, a rule for the L1 step) is not in the list and costs
nothing.  Every call writes into an array made beforehand.

Storage: activations lie as (K, units + 1, batch) with a last row of ones that carries the intercepts, and
the hidden layers of all depths share one buffer.  Every network so has arrays of the same shape and layout
whatever the stack around it, and its products come out the same to the last bit.  With one network the
products are 2-D and go through `numpy.dot`, which is quicker to call than `numpy.matmul`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np

from reglib.mlp.networks import Array, layer_views

L1_STEPS = ("proximal", "subgradient", "freeze")

Call = tuple[Callable[..., Any], tuple[Any, ...]]
# Inputs turned (p + 1, batch), inputs (batch, p + 1) with a last column of ones, targets (1, outputs, batch).
Batch = tuple[Array, Array, Array]


def batches_of(inputs: Array, targets: Array, size: int) -> tuple[list[Batch], list[tuple[Array, Array]]]:
    """Cut contiguous rows into batches as `Gradient.run` wants them.

    The turned parts are copies, which the products like better than views: once the rows have changed, the
    pairs (copy, view of the rows) that come second are to be copied again.

    Parameters
    ----------
    inputs : ndarray of shape (n, p + 1)
        With a last column of ones.
    targets : ndarray of shape (n, outputs)
    size : int
        Rows per batch; divides n.

    Returns
    -------
    batches : list of (inputs turned, inputs, targets turned)
        n / size of them, of shapes (p + 1, size), (size, p + 1) and (1, outputs, size).
    turned : list of (copy, view)
        Two pairs, of shapes (n / size, p + 1, size) and (n / size, outputs, size).
    """
    rows, turned = [], []
    for part in (inputs, targets):
        cut = part.reshape(-1, size, part.shape[1])
        rows.append(cut)
        turned.append((np.ascontiguousarray(cut.swapaxes(1, 2)), cut.swapaxes(1, 2)))
    return list(zip(turned[0][0], rows[0], turned[1][0][:, None], strict=True)), turned


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
        self.product: Callable[..., Any] = np.dot if count == 1 else np.matmul

        def matrices(array: Array) -> Array:
            """Take the only network's matrix out of a stack of one."""
            return array[0] if count == 1 else array

        # Hidden layers with their rows of ones, all depths in one buffer; slopes and deltas lie alike.
        shapes = [(count, units + 1, batch) for units in sizes[1:-1]]
        ends = np.cumsum([0, *(np.prod(shape) for shape in shapes)])

        def by_layer(buffer: Array) -> list[Array]:
            parts = zip(pairwise(ends), shapes, strict=True)
            return [buffer[start:stop].reshape(shape) for (start, stop), shape in parts]

        hidden = np.ones(ends[-1], dtype=kind)
        slopes = np.empty_like(hidden)
        blocks, slope_blocks, delta_blocks = map(by_layer, (hidden, slopes, np.empty_like(hidden)))
        error = np.empty((count, sizes[-1], batch), dtype=kind)
        outs = [*(block[:, :-1] for block in blocks), error]
        deltas = [*(block[:, :-1] for block in delta_blocks), error]
        weights = [matrices(view) for view in layer_views(parameters, sizes, count)]
        gradients = [matrices(view) for view in layer_views(gradient, sizes, count)]
        self.first = weights[0], matrices(outs[0]), matrices(deltas[0]), gradients[0]
        self.error = error

        forward: list[Call] = []
        for layer, block in enumerate(blocks):
            forward += _activation(activation, outs[layer])
            forward.append((self.product, (weights[layer + 1], matrices(block), matrices(outs[layer + 1]))))
        self.forward, backward = _loss(task, error, rates, forward)
        if blocks:
            backward += _slopes(activation, hidden, slopes)
        for layer in range(depth - 1, 0, -1):
            delta, block, below = matrices(deltas[layer]), blocks[layer - 1], delta_blocks[layer - 1]
            backward.append((self.product, (delta, matrices(block).swapaxes(-1, -2), gradients[layer])))
            # The intercepts too, into a row that nothing reads: leaving them out would cost NumPy a copy.
            backward.append((self.product, (weights[layer].swapaxes(-1, -2), delta, matrices(below))))
            if activation != "linear":
                backward.append((np.multiply, (below, slope_blocks[layer - 1], below)))
        self.backward = backward

    def run(self, batches: Iterable[Batch], update: Sequence[Call] = ()) -> None:
        """Write η ∇ of each batch into the gradient vector and make the calls of `update` after it.

        Parameters
        ----------
        batches : iterable of Batch
            From `batches_of`, of as many rows as this was made for.
        update : sequence of Call, optional
            From `update_calls`; without any the gradient of the last batch is left to be read.
        """
        product, subtract = self.product, np.subtract
        weights, out, delta, gradient = self.first
        error, forward, backward = self.error, self.forward, self.backward
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
    scale[...] = (rates / batch)[:, None, None]
    if task == "binary":
        # σ(z) − y = ½ (tanh(z/2) − (2y − 1)), and the targets are ±1.
        scale *= 0.5
        half = np.full_like(error, 0.5)
        forward = [*forward, (np.multiply, (error, half, error)), (np.tanh, (error, error))]
    elif task == "multiclass":
        line = np.empty((len(error), 1, batch), dtype=error.dtype)
        forward = [
            *forward,
            (np.maximum.reduce, (error, 1, None, line, True)),
            (np.subtract, (error, line, error)),
            (np.exp, (error, error)),
            (np.add.reduce, (error, 1, None, line, True)),
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

    Returns
    -------
    list of Call
        Functions with their arguments, in order; what no network uses is not among them.
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
    spare, cut = np.empty_like(w), np.empty_like(w)

    # u = m v − η ∇ − η λ2 w (− η λ1 sign w); w + u is where the smooth step goes.  Without momentum the same
    # sums in the same order, so that networks with and without it can share a stack and not differ in a bit.
    if decay.any():
        calls += [(np.multiply, (w, spread(decay, 0.0), spare)), (np.add, (g, spare, g))]
    if subgradient.any():
        calls += [(np.sign, (w, spare)), (np.multiply, (spare, spread(subgradient, 0.0), spare))]
        calls.append((np.add, (g, spare, g)))
    if freezing:
        calls += [(np.sign, (w, cut)), (np.multiply, (cut, spread(freeze, 0.0), cut))]
    moving = v if momentum.any() else None
    if moving is None:
        calls.append((np.subtract, (w, g, w)))
    else:
        calls += [(np.multiply, (v, spread(momentum, None), v)), (np.subtract, (v, g, v))]
        calls.append((np.add, (w, v, w)))
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
    # Signs, not the product of the numbers: that could underflow to 0.  A nan crosses nothing and so stays to be seen.
    alive[np.sign(w) * np.sign(spare) < 0] = False
    if velocity is not None:
        velocity -= pull
        velocity *= alive
    np.copyto(w, spare)
    w[~alive] = 0

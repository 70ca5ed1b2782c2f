"""Speed of `reglib.mlp` against scikit-learn and PyTorch, all in one run: ``python tests/benchmarks/mlp.py``.

Needs ``pip install -r tests/benchmarks/requirements.txt``; `pytest` never does.  One thread each.  All
contestants of a row take turns, several rounds of them; the table gives the median over the rounds of each
one's epochs per second, the ratio of these medians, and the smallest and largest ratio of a round.  Seconds
are of processor time, which for one thread on an idle machine is the time on the clock, so that whatever
else runs disturbs less.

Everyone minimises the same: mean log-loss over mini-batches in a new random order every epoch, tanh units,
plain SGD, λ2 on the weights and not on the intercepts.  `agree` checks that before anything is timed.
scikit-learn and PyTorch are taken in the variant that is quickest here: scikit-learn in float32 or float64,
PyTorch's SGD as a loop or fused.
"""

# ruff: noqa: E402 — the number of threads must be set before NumPy is imported
from __future__ import annotations

import os

for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"

import argparse
import platform
import statistics
import sys
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np
import sklearn
import torch
from sklearn.datasets import make_moons
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier as TheirMLPClassifier

from reglib.estimators import MLPClassifier
from reglib.mlp import Stack

torch.set_num_threads(1)
RATE, L2 = 0.05, 1e-3

# Trains for so many epochs; making it is not timed.
Contestant = Callable[[int], object]


# ---------------------------------------------------------------- contestants


def data(rows: int) -> tuple[np.ndarray, np.ndarray]:
    X, y = make_moons(rows, noise=0.3, random_state=0)
    return X.astype(np.float32), y


def reglib_stack(
    hidden, rows, batch, *, count=1, momentum=0.0, l1=0.0, own_l2=False, dtype="float32"
) -> Contestant:
    l2 = np.geomspace(L2 / 10, L2 * 10, count) if own_l2 else np.full(count, L2)
    stack = Stack(
        (2, *hidden, 1),
        l1=l1,
        l2=l2,
        learning_rate=RATE,
        momentum=momentum,
        seed=np.arange(count),
        batch_size=batch,
        dtype=dtype,
    )
    stack.load(*data(rows)).advance(1)
    return stack.advance


def reglib_floor(hidden, rows, batch, *, count=1) -> Contestant:
    """Only the matrix products and tanh calls of the same stack, on the same batches."""
    stack = Stack((2, *hidden, 1), l2=L2, learning_rate=RATE, seed=np.arange(count), batch_size=batch)
    stack.load(*data(rows)).advance(1)
    kept = (np.dot, np.matmul, np.tanh)
    program = []
    for gradient, batches in stack._program:
        calls = [call for call in gradient.forward + gradient.backward if call[0] in kept]
        program.append((gradient, calls, batches))

    def run(epochs: int) -> None:
        for _ in range(epochs):
            for gradient, calls, batches in program:
                product, (weights, out, delta, slope) = gradient.product, gradient.first
                for turned, inputs, _ in batches:
                    product(weights, turned, out)
                    for function, arguments in calls:
                        function(*arguments)
                    product(delta, inputs, slope)

    return run


def reglib_estimator(hidden, rows, batch, *, momentum=0.0) -> Contestant:
    X, y = data(rows)

    def run(epochs: int) -> object:
        return MLPClassifier(
            hidden,
            l2=L2,
            learning_rate_init=RATE,
            momentum=momentum,
            batch_size=batch,
            max_iter=epochs,
            random_state=0,
        ).fit(X, y)

    return run


def scikit_learn(hidden, rows, batch, *, momentum=0.0, dtype=np.float64) -> Contestant:
    X, y = data(rows)
    X = X.astype(dtype)

    def run(epochs: int) -> object:
        model = TheirMLPClassifier(
            hidden_layer_sizes=hidden,
            activation="tanh",
            solver="sgd",
            alpha=batch * L2,
            batch_size=batch,
            learning_rate_init=RATE,
            momentum=momentum,
            nesterovs_momentum=False,
            max_iter=epochs,
            tol=0.0,
            n_iter_no_change=10**9,
            random_state=0,
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            return model.fit(X, y)

    return run


def torch_single(
    hidden, rows, batch, *, momentum=0.0, fused=False, parameters=None, shuffle=True
) -> Contestant:
    sizes = (2, *hidden, 1)
    layers: list[torch.nn.Module] = []
    for fan_in, fan_out in pairwise(sizes):
        layers += [torch.nn.Linear(fan_in, fan_out), torch.nn.Tanh()]
    model = torch.nn.Sequential(*layers[:-1])
    linear = [layer for layer in model if isinstance(layer, torch.nn.Linear)]
    if parameters is not None:
        with torch.no_grad():
            for layer, (weights, biases) in zip(linear, parameters, strict=True):
                layer.weight.copy_(torch.tensor(weights[0].T))
                layer.bias.copy_(torch.tensor(biases[0]))
    groups = [
        {"params": [layer.weight for layer in linear], "weight_decay": L2},
        {"params": [layer.bias for layer in linear], "weight_decay": 0.0},
    ]
    optimizer = torch.optim.SGD(groups, lr=RATE, momentum=momentum, fused=fused)
    loss_of = torch.nn.BCEWithLogitsLoss()
    X, y = (torch.tensor(array) for array in data(rows))
    y = y.to(torch.float32)[:, None]

    def run(epochs: int) -> torch.nn.Module:
        for _ in range(epochs):
            order = torch.randperm(rows) if shuffle else torch.arange(rows)
            for inputs, targets in zip(X[order].split(batch), y[order].split(batch), strict=True):
                optimizer.zero_grad()
                loss_of(model(inputs), targets).backward()
                optimizer.step()
        return model

    return run


def torch_stack(
    hidden, rows, batch, *, count=64, momentum=0.0, own_l2=False, fused=False, parameters=None, shuffle=True
) -> Contestant:
    """K networks as batched products; one λ2 goes into weight_decay, λ2 by network onto the gradient."""
    sizes = (2, *hidden, 1)
    if parameters is None:
        start = Stack(sizes, seed=np.arange(count)).networks
        parameters = list(zip(start.weights, start.biases, strict=True))
    weights = [torch.tensor(w.copy(), requires_grad=True) for w, _ in parameters]
    biases = [torch.tensor(b[:, None, :].copy(), requires_grad=True) for _, b in parameters]
    groups = [
        {"params": weights, "weight_decay": 0.0 if own_l2 else L2},
        {"params": biases, "weight_decay": 0.0},
    ]
    optimizer = torch.optim.SGD(groups, lr=RATE, momentum=momentum, fused=fused)
    l2 = torch.tensor(np.geomspace(L2 / 10, L2 * 10, count), dtype=torch.float32)[:, None, None]
    X, y = (torch.tensor(array) for array in data(rows))
    y = y.to(torch.float32)[:, None]
    loss_of = torch.nn.functional.binary_cross_entropy_with_logits

    def run(epochs: int) -> tuple[list[torch.Tensor], list[torch.Tensor]]:
        for _ in range(epochs):
            order = torch.randperm(rows) if shuffle else torch.arange(rows)
            for inputs, targets in zip(X[order].split(batch), y[order].split(batch), strict=True):
                a = inputs.expand(count, -1, -1)
                for w, b in zip(weights[:-1], biases[:-1], strict=True):
                    a = torch.tanh(torch.baddbmm(b, a, w))
                z = torch.baddbmm(biases[-1], a, weights[-1])
                # The mean over all networks times K: each network's own mean loss, summed.
                loss = loss_of(z, targets.expand(count, -1, -1)) * count
                optimizer.zero_grad()
                loss.backward()
                if own_l2:
                    with torch.no_grad():
                        for w in weights:
                            w.grad.addcmul_(w, l2)
                optimizer.step()
        return weights, biases

    return run


def agree() -> None:
    """Everyone takes the same steps: 5 epochs in the order of the rows, from the same weights."""
    hidden, rows, batch, count = (8, 8), 250, 10, 3
    X, y = data(rows)
    make = {"l2": L2, "learning_rate": RATE, "batch_size": batch, "shuffle": False, "dtype": "float32"}
    stack = Stack((2, *hidden, 1), seed=np.arange(count), **make).load(X, y)
    start = list(zip(stack.networks.weights, stack.networks.biases, strict=True))
    ours = stack.advance(5).networks.weights
    theirs, _ = torch_stack(hidden, rows, batch, count=count, parameters=start, shuffle=False)(5)
    for a, b in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(a, b.detach().numpy(), atol=1e-4)
    model = torch_single(hidden, rows, batch, parameters=[(w[:1], b[:1]) for w, b in start], shuffle=False)(5)
    for a, b in zip(ours, model[::2], strict=True):
        np.testing.assert_allclose(a[0], b.weight.detach().numpy().T, atol=1e-4)


# ---------------------------------------------------------------- rows


@dataclass
class Row:
    """One line of the table: our contestant, the others' variants, how many networks one epoch trains."""

    work: str
    against: str
    ours: Contestant
    theirs: dict[str, Contestant]
    least: float | None = None
    networks: int = 1
    their_networks: int = 1
    times: dict[str, list[float]] = field(default_factory=dict)

    def round(self, seconds: float) -> None:
        """Time everyone once, for about `seconds` each."""
        for name, run in {"ours": self.ours, **self.theirs}.items():
            known = self.times.setdefault(name, [])
            epochs = max(1, round(seconds / known[-1])) if known else 3
            start = time.process_time()
            run(epochs)
            known.append((time.process_time() - start) / epochs)

    def line(self) -> str:
        """Write the row in Markdown; the first round only found the number of epochs."""
        times = {name: values[1:] for name, values in self.times.items()}
        best = min(self.theirs, key=lambda name: statistics.median(times[name]))
        scale = self.networks / self.their_networks
        ratio = scale * statistics.median(times[best]) / statistics.median(times["ours"])
        each = [scale * b / a for a, b in zip(times["ours"], times[best], strict=True)]
        rate = self.networks / statistics.median(times["ours"])
        other = self.their_networks / statistics.median(times[best])
        least = "" if self.least is None else f"{self.least:g}×"
        variant = f" ({best})" if best else ""
        return (
            f"| {self.work} | {self.against}{variant} | {rate:,.0f} | {other:,.0f} | **{ratio:.1f}×** "
            f"| {min(each):.1f}–{max(each):.1f} | {least} |"
        )


def rows() -> list[Row]:
    small, large = ((8, 8), 250, 10), ((64, 64), 1000, 32)

    def sklearns(work, **more) -> dict[str, Contestant]:
        return {
            str(np.dtype(kind)): scikit_learn(*work, dtype=kind, **more) for kind in (np.float32, np.float64)
        }

    def torches(make, work, **more) -> dict[str, Contestant]:
        return {name: make(*work, fused=fused, **more) for name, fused in (("loop", False), ("fused", True))}

    one, many = "2-8-8-1, 250 points, batch 10", "64 × 2-8-8-1"
    big = "2-64-64-1, 1000 points, batch 32"
    page = {"momentum": 0.9}
    return [
        Row(one, "scikit-learn", reglib_stack(*small), sklearns(small), 10),
        Row(one, "PyTorch eager", reglib_stack(*small), torches(torch_single, small), 15),
        Row(many, "scikit-learn, one by one", reglib_stack(*small, count=64), sklearns(small), 90, 64),
        Row(
            many,
            "PyTorch baddbmm",
            reglib_stack(*small, count=64),
            torches(torch_stack, small),
            3.5,
            64,
            64,
        ),
        Row(big, "scikit-learn", reglib_stack(*large), sklearns(large), 4),
        Row(f"{one}, momentum", "scikit-learn", reglib_stack(*small, **page), sklearns(small, **page)),
        Row(
            f"{one}, momentum",
            "PyTorch eager",
            reglib_stack(*small, **page),
            torches(torch_single, small, **page),
        ),
        Row(
            f"{many}, momentum, own λ2",
            "scikit-learn, one by one",
            reglib_stack(*small, count=64, own_l2=True, **page),
            sklearns(small, **page),
            None,
            64,
        ),
        Row(
            f"{many}, momentum, own λ2",
            "PyTorch baddbmm",
            reglib_stack(*small, count=64, own_l2=True, **page),
            torches(torch_stack, small, own_l2=True, **page),
            None,
            64,
            64,
        ),
        Row(
            f"`MLPClassifier.fit`, {one}, momentum",
            "scikit-learn `fit`",
            reglib_estimator(*small, **page),
            sklearns(small, **page),
        ),
        Row(
            f"{one}, proximal L1",
            "itself without L1",
            reglib_stack(*small, l1=1e-3),
            {"": reglib_stack(*small)},
        ),
        Row(
            f"{many}, momentum, own λ2, proximal L1",
            "itself without L1",
            reglib_stack(*small, count=64, own_l2=True, l1=1e-3, **page),
            {"": reglib_stack(*small, count=64, own_l2=True, **page)},
            None,
            64,
            64,
        ),
        Row(one, "its products and tanh alone", reglib_stack(*small), {"": reglib_floor(*small)}),
        Row(
            many,
            "its products and tanh alone",
            reglib_stack(*small, count=64),
            {"": reglib_floor(*small, count=64)},
            None,
            64,
            64,
        ),
        Row(big, "its products and tanh alone", reglib_stack(*large), {"": reglib_floor(*large)}),
    ]


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=9, help="times that everyone takes a turn (default 9)")
    parser.add_argument("--seconds", type=float, default=0.3, help="length of a turn (default 0.3)")
    options = parser.parse_args()
    agree()
    table = rows()
    for _ in range(options.rounds + 1):
        for row in table:
            row.round(options.seconds)
    print(
        f"{platform.machine()}, Python {platform.python_version()}, NumPy {np.__version__}, "
        f"scikit-learn {sklearn.__version__}, PyTorch {torch.__version__}; one thread, "
        f"{options.rounds} rounds of {options.seconds} s\n"
    )
    print("| work | against | reglib, network-epochs/s | theirs | ratio of medians | rounds | at least |")
    print("|---|---|---|---|---|---|---|")
    for row in table:
        print(row.line())
    missed = [row for row in table if row.least and float(row.line().split("**")[1][:-1]) < row.least]
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())

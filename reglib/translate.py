"""What λ1 and λ2 are called elsewhere: the same penalised model in other libraries, with code.

The objective is that of :mod:`reglib`: (1/n) Σ loss + λ1 ‖w‖₁ + (λ2/2) ‖w‖₂².
"""

from __future__ import annotations

from dataclasses import dataclass

from reglib import _checks
from reglib.polynomial import Interval

# Why a row does not apply, and what to know about it; a page words each of these codes.
NOTE_CODES = (
    "l2_only",  # the library has no L1 here
    "needs_l1",  # use Ridge when λ1 = 0
    "needs_no_l1",
    "needs_no_l2",
    "batch_divides_n",  # exact only if the batch size divides n
    "loss_without_half",  # its loss is the mean of r² over rows and outputs, twice ours over the outputs
    "biases_apart",  # the intercepts must be kept out of the penalty by hand
    "sgd_only",  # weight decay is an L2 penalty for plain SGD only, not for Adam
    "l1_by_hand",  # the L1 penalty is added to the loss; no exact zeros
    "lambda_of_the_sum",  # divided by n in the update
)


@dataclass(frozen=True)
class Row:
    """One way to write the model.

    Attributes
    ----------
    library : str
        "scikit-learn", "PyTorch", "Keras" or "post" (the post, and Nielsen's book, chapter 3).
    model : str
        Class or option, as it is written there.
    loss : {"squared", "log", "log, squared"}
        The losses for which the row holds.
    parameters : tuple of (name, formula, value)
        The formula in λ1, λ2, n, b (batch size) and k (outputs). One without a value is left out: the
        elastic net's l1_ratio for λ1 = λ2 = 0.
    applies : bool
        Whether this pair (λ1, λ2) can be written in this way.
    notes : tuple of str
        See :data:`NOTE_CODES`.
    code : str
        Python that fits the model to ``x`` and ``y``; "" where the row has none.
    """

    library: str
    model: str
    loss: str
    parameters: tuple[tuple[str, str, float], ...]
    applies: bool
    notes: tuple[str, ...]
    code: str


def translate(
    *,
    l1: float,
    l2: float,
    n: int,
    batch: int | None = None,
    outputs: int = 1,
    degree: int = 15,
    interval: Interval = (-1.0, 1.0),
) -> tuple[Row, ...]:
    """Return the rows of the table for one pair (λ1, λ2).

    Parameters
    ----------
    l1, l2 : float
        In [0, 1e6].
    n : int
        Number of training rows, 1 to 1e9.
    batch : int, optional
        Rows in a mini-batch, 1 to n; by default n.
    outputs : int
        Outputs of the model, 1 to 1,000.
    degree, interval
        Of the polynomial in the code: 1 to 40, and [a, b] with a < b.

    Returns
    -------
    tuple of Row

    Raises
    ------
    ParameterError
        ``out_of_range``: one of the parameters above.

    References
    ----------
    The documentation of each library; Nielsen, Neural Networks and Deep Learning, chapter 3; Loshchilov and
    Hutter, Decoupled Weight Decay Regularization, arXiv 1711.05101.
    """
    l1 = _checks.number("l1", l1, 0, 1e6)
    l2 = _checks.number("l2", l2, 0, 1e6)
    n = _checks.whole("n", n, 1, 10**9)
    b = n if batch is None else _checks.whole("batch", batch, 1, n)
    k = _checks.whole("outputs", outputs, 1, 1000)
    degree = _checks.whole("degree", degree, 1, 40)
    low, high = _checks.interval(interval)
    features = _FEATURES.format(low=low, high=high, degree=degree)
    total = l1 + l2
    share = l1 / total if total else None  # without a penalty there is nothing to share: 0/0

    def sklearn(model: str, arguments: str) -> str:
        return features + _SKLEARN.format(model=model, arguments=arguments)

    return (
        Row(
            "scikit-learn",
            "Ridge",
            "squared",
            (("alpha", "n·λ2", n * l2),),
            l1 == 0,
            () if l1 == 0 else ("needs_no_l1",),
            sklearn("Ridge", f"alpha={n * l2!r}"),
        ),
        Row(
            "scikit-learn",
            "Lasso",
            "squared",
            (("alpha", "λ1", l1),),
            l1 > 0 and l2 == 0,
            ("needs_l1",) * (l1 == 0) + ("needs_no_l2",) * (l2 > 0),
            sklearn("Lasso", f"alpha={l1!r}, tol=1e-8, max_iter=100_000"),
        ),
        Row(
            "scikit-learn",
            "ElasticNet",
            "squared",
            (("alpha", "λ1 + λ2", total),)
            + ((("l1_ratio", "λ1 / (λ1 + λ2)", share),) if share is not None else ()),
            l1 > 0,
            ("needs_l1",) * (l1 == 0),
            sklearn("ElasticNet", f"alpha={total!r}, l1_ratio={share!r}, tol=1e-8, max_iter=100_000")
            if share is not None
            else "",
        ),
        Row(
            "scikit-learn",
            'MLPClassifier, MLPRegressor (solver="sgd")',
            "log, squared",
            (("alpha", "b·λ2", b * l2),),
            l1 == 0,
            ("l2_only", "batch_divides_n"),
            "",
        ),
        Row(
            "PyTorch",
            "SGD(weight_decay=…), CrossEntropyLoss",
            "log",
            (("weight_decay", "λ2", l2), ("L1", "λ1", l1)),
            True,
            ("biases_apart", "sgd_only", "l1_by_hand"),
            "",
        ),
        Row(
            "PyTorch",
            "SGD(weight_decay=…), MSELoss",
            "squared",
            (("weight_decay", "2·λ2 / k", 2 * l2 / k), ("L1", "2·λ1 / k", 2 * l1 / k)),
            True,
            ("loss_without_half", "biases_apart", "sgd_only", "l1_by_hand"),
            features + _TORCH.format(weight_decay=2 * l2, l1=2 * l1, l2=l2),
        ),
        Row(
            "Keras",
            "kernel_regularizer=L1L2, crossentropy",
            "log",
            (("l1", "λ1", l1), ("l2", "λ2 / 2", l2 / 2)),
            True,
            (),
            "",
        ),
        Row(
            "Keras",
            'kernel_regularizer=L1L2, loss="mse"',
            "squared",
            (("l1", "2·λ1 / k", 2 * l1 / k), ("l2", "λ2 / k", l2 / k)),
            True,
            ("loss_without_half",),
            "",
        ),
        Row(
            "post",
            "λ/n, λ/(2n)",
            "log",
            (("λ (L1)", "n·λ1", n * l1), ("λ (L2)", "n·λ2", n * l2)),
            True,
            ("lambda_of_the_sum",),
            "",
        ),
    )


_FEATURES = """\
import numpy as np
from numpy.polynomial.legendre import legvander

low, high = {low!r}, {high!r}
X = legvander((2 * x - low - high) / (high - low), {degree})[:, 1:]
"""

_SKLEARN = """\

from sklearn.linear_model import {model}
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

model = make_pipeline(StandardScaler(), {model}({arguments}))
model.fit(X, y)
print(model[-1].coef_, model[-1].intercept_)
"""

_TORCH = """\

import torch

Z = torch.tensor((X - X.mean(axis=0)) / X.std(axis=0))
target = torch.tensor(y)[:, None]
model = torch.nn.Linear(Z.shape[1], 1, dtype=torch.float64)
optimizer = torch.optim.SGD(
    [{{"params": [model.weight], "weight_decay": {weight_decay!r}}}, {{"params": [model.bias]}}],
    lr=0.5 / (Z.shape[1] + {l2!r}),
    momentum=0.99,
)
steps = 20_000
scheduler = torch.optim.lr_scheduler.LinearLR(optimizer, 1, 1e-4, total_iters=steps)
for _ in range(steps):
    optimizer.zero_grad()
    loss = torch.nn.functional.mse_loss(model(Z), target) + {l1!r} * model.weight.abs().sum()
    loss.backward()
    optimizer.step()
    scheduler.step()
print(model.weight.detach(), model.bias.detach())
"""

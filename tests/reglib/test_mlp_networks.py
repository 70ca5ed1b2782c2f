"""What is asked of trained networks: outputs, losses, scores, counts."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, log_loss, r2_score

from reglib.errors import DataError
from reglib.mlp import ACTIVATIONS, Networks, Stack
from reglib.mlp.networks import parameter_count

PLAIN = {
    "tanh": np.tanh,
    "relu": lambda z: np.maximum(z, 0),
    "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
    "linear": lambda z: z,
}


def networks(task: str, outputs: int, activation: str = "tanh", count: int = 4, hidden=(6, 5)) -> Networks:
    rng = np.random.default_rng(1)
    sizes = (3, *hidden, outputs)
    flat = rng.normal(size=count * parameter_count(sizes))
    return Networks(sizes, activation, task, count, flat)


def inputs(n: int = 40) -> np.ndarray:
    return np.random.default_rng(2).normal(size=(n, 3))


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("hidden", [(), (6,), (6, 5, 4)])
def test_outputs_are_those_of_a_network_written_out_by_hand(activation, hidden):
    nets, X = networks("regression", 2, activation, hidden=hidden), inputs()
    for k in range(nets.count):
        a = X
        for layer, (w, b) in enumerate(zip(nets.weights, nets.biases, strict=True)):
            z = a @ w[k] + b[k]
            np.testing.assert_allclose(nets.preactivations(X)[layer][k], z, rtol=1e-12, atol=1e-12)
            a = PLAIN[activation](z)
            if layer < len(hidden):
                np.testing.assert_allclose(nets.activations(X)[layer][k], a, rtol=1e-12, atol=1e-12)
        np.testing.assert_allclose(nets.decision(X)[k], z, rtol=1e-12, atol=1e-12)


def test_log_loss_probabilities_and_accuracy_are_scikit_learns():
    X = inputs()
    y = np.random.default_rng(3).integers(0, 2, 40)
    nets = networks("binary", 1)
    for k, p in enumerate(nets.predict(X)):
        assert nets.losses(X, y)[k] == pytest.approx(log_loss(y, p), rel=1e-12)
        assert nets.score(X, y)[k] == accuracy_score(y, p > 0.5)
    y = np.random.default_rng(3).integers(0, 4, 40)
    nets = networks("multiclass", 4)
    for k, p in enumerate(nets.predict(X)):
        np.testing.assert_allclose(p.sum(axis=1), 1)
        assert nets.losses(X, y)[k] == pytest.approx(log_loss(y, p, labels=range(4)), rel=1e-12)
        assert nets.score(X, y)[k] == accuracy_score(y, p.argmax(axis=1))


@pytest.mark.parametrize("outputs", [1, 3])
def test_squared_loss_is_half_the_squares_summed_over_outputs_and_score_is_r2(outputs):
    X = inputs()
    y = np.random.default_rng(3).normal(size=(40, outputs))
    target = y[:, 0] if outputs == 1 else y
    nets = networks("regression", outputs)
    for k, f in enumerate(nets.predict(X)):
        assert nets.losses(X, target)[k] == pytest.approx(0.5 * ((f - target) ** 2).sum() / 40, rel=1e-12)
        if outputs == 1:
            assert nets.score(X, target)[k] == pytest.approx(r2_score(target, f), rel=1e-12)


def test_log_losses_of_huge_scores_neither_overflow_nor_lose_their_size():
    """One weight of 1e6 on an input of 1: the loss of the wrong class is 1e6, of the right class 0."""
    nets = Networks((1, 1), "tanh", "binary", 1, np.array([1e6, 0.0]))
    assert nets.losses([[1.0]], [0])[0] == 1e6
    assert nets.losses([[1.0]], [1])[0] == 0
    many = Networks((1, 2), "tanh", "multiclass", 1, np.array([1e6, 0.0, 0.0, 0.0]))
    assert many.losses([[1.0]], [1])[0] == 1e6
    assert many.losses([[1.0]], [0])[0] == 0
    assert np.isfinite(many.predict([[1.0]])).all()


def test_r2_of_a_constant_target_is_1_only_where_it_is_met():
    met = Networks((1, 1), "tanh", "regression", 2, np.array([0.0, 2.0, 0.0, 1.0]))
    assert met.score([[0.0], [1.0]], [2.0, 2.0]).tolist() == [1.0, 0.0]


def test_norms_and_zeros_count_weights_and_leave_intercepts_out():
    stack = Stack((2, 2, 1), seed=[0, 1])
    nets = stack.networks
    assert [(b == 0).all() for b in nets.biases] == [True, True]
    assert nets.zeros().tolist() == [[0, 0], [0, 0]]
    # (fan_out, K, fan_in + 1) for the first layer, (K, fan_out, fan_in + 1) for the second; one network.
    flat = np.array([1.0, -2.0, 9.0, 0.0, 0.0, 9.0, 3.0, 0.0, 9.0])
    by_hand = Networks((2, 2, 1), "tanh", "binary", 1, flat)
    assert by_hand.zeros().tolist() == [[2, 1]]
    assert [value.tolist() for value in by_hand.norms()] == [[6.0], [14.0]]
    assert by_hand.weights[0].tolist() == [[[1.0, 0.0], [-2.0, 0.0]]]


def test_rows_taken_in_pieces_give_what_they_give_at_once():
    nets = networks("regression", 1, count=2, hidden=(512,))
    X = np.random.default_rng(4).normal(size=(5000, 3))  # 2 · 5000 · 512 values: three pieces
    np.testing.assert_allclose(nets.predict(X)[:, ::7], nets.predict(X[::7]), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize(
    ("X", "y", "code"),
    [
        ([["a", 0, 0]], [0], "not_numbers"),
        ([[np.nan, 0, 0]], [0], "not_finite"),
        ([[1e101, 0, 0]], [0], "too_large"),
        ([[0.0, 0]], [0], "wrong_shape"),
        (np.empty((0, 3)), [], "too_few_rows"),
        ([[0.0, 0, 0]], [0, 1], "wrong_shape"),
        ([[0.0, 0, 0]], [2], "not_a_class"),
        ([[0.0, 0, 0]], [0.5], "not_a_class"),
        ([[0.0, 0, 0]], [-1], "not_a_class"),
    ],
)
def test_unusable_data_say_why(X, y, code):
    with pytest.raises(DataError) as error:
        networks("binary", 1).losses(X, y)
    assert error.value.code == code

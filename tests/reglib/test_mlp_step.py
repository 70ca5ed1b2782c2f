"""One step: its gradient, its penalties, its momentum, and where many steps end."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from sklearn.linear_model import ElasticNet, Lasso
from sklearn.neural_network import MLPClassifier, MLPRegressor

from reglib.mlp import ACTIVATIONS, L1_STEPS, Networks, Stack
from reglib.mlp.networks import layer_views

OUTPUTS = {"binary": 1, "multiclass": 3, "regression": 2}


def data(task: str, n: int = 30, p: int = 4, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, p))
    y = {
        "binary": (X[:, 0] * X[:, 1] > 0).astype(int),
        "multiclass": np.arange(n) % 3,
        "regression": rng.normal(size=(n, 2)),
    }[task]
    return X, y


def put(stack: Stack, parameters: np.ndarray) -> Stack:
    """Give the stack these weights and intercepts."""
    state = stack.state()
    stack.restore(replace(state, networks=replace(state.networks, parameters=parameters)))
    return stack


@pytest.mark.parametrize("hidden", [(), (5,), (5, 4), (5, 4, 3)])
@pytest.mark.parametrize("task", OUTPUTS)
@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("seeds", [[0], [0, 1, 2]])
def test_the_gradient_is_the_slope_of_the_loss(activation, task, hidden, seeds):
    """Central differences of the mean data loss in every single weight and intercept."""
    X, y = data(task)
    sizes = (4, *hidden, OUTPUTS[task])
    stack = Stack(sizes, activation=activation, task=task, seed=seeds, dtype="float64").load(X, y)
    # Random intercepts too: with those of the start a unit behind dead ReLUs stands exactly on its kink.
    put(stack, np.random.default_rng(5).normal(size=stack.networks.parameters.size))
    weights, biases = stack.gradients()
    nets = stack.networks
    step = 1e-6
    for layer in range(len(sizes) - 1):
        fan_in, fan_out = sizes[layer], sizes[layer + 1]
        for source in range(fan_in + 1):  # the last one is the intercept
            for target in range(fan_out):
                ends = []
                for sign in (1, -1):
                    moved = nets.parameters.copy()
                    layer_views(moved, sizes, nets.count)[layer][:, target, source] += sign * step
                    ends.append(Networks(sizes, activation, task, nets.count, moved).losses(X, y))
                slope = (ends[0] - ends[1]) / (2 * step)
                found = biases[layer][:, target] if source == fan_in else weights[layer][:, source, target]
                np.testing.assert_allclose(found, slope, rtol=1e-5, atol=1e-8)


SKLEARN_NAMES = {"tanh": "tanh", "relu": "relu", "sigmoid": "logistic", "linear": "identity"}


@pytest.mark.parametrize("momentum", [0.0, 0.9])
@pytest.mark.parametrize("task", OUTPUTS)
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_with_l2_every_step_is_scikit_learns_sgd_step(activation, task, momentum):
    """alpha = batch · λ2; 20 epochs of 3 batches, compared after every epoch to 1e-10."""
    X, y = data(task)
    batch, l2, rate = 10, 0.05, 0.1
    stack = Stack(
        (4, 6, 5, OUTPUTS[task]),
        activation=activation,
        task=task,
        l2=l2,
        learning_rate=rate,
        momentum=momentum,
        batch_size=batch,
        shuffle=False,
        dtype="float64",
    ).load(X, y)
    kind = MLPRegressor if task == "regression" else MLPClassifier
    theirs = kind(
        hidden_layer_sizes=(6, 5),
        activation=SKLEARN_NAMES[activation],
        solver="sgd",
        alpha=batch * l2,
        batch_size=batch,
        learning_rate_init=rate,
        momentum=momentum,
        nesterovs_momentum=False,
        shuffle=False,
    )
    more = {} if task == "regression" else {"classes": np.unique(y)}
    theirs.partial_fit(X[:batch], y[:batch], **more)  # only to allocate
    for mine, parameter in zip(stack.networks.weights, theirs.coefs_, strict=True):
        parameter[...] = mine[0]
    for mine, parameter in zip(stack.networks.biases, theirs.intercepts_, strict=True):
        parameter[...] = mine[0]
    for velocity in theirs._optimizer.velocities:
        velocity[...] = 0
    for _ in range(20):
        stack.advance(1)
        for start in range(0, len(X), batch):
            theirs.partial_fit(X[start : start + batch], y[start : start + batch])
        for mine, parameter in zip(stack.networks.weights, theirs.coefs_, strict=True):
            np.testing.assert_allclose(mine[0], parameter, rtol=0, atol=1e-10)
        for mine, parameter in zip(stack.networks.biases, theirs.intercepts_, strict=True):
            np.testing.assert_allclose(mine[0], parameter, rtol=0, atol=1e-10)


def test_a_last_batch_that_is_smaller_is_averaged_over_its_own_rows():
    """7 rows in batches of 3, 3 and 1: the linear squared-loss step written out by hand."""
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(7, 2)), rng.normal(size=7)
    stack = Stack((2, 1), task="regression", batch_size=3, shuffle=False, dtype="float64").load(X, y)
    w, b = stack.networks.weights[0][0, :, 0].copy(), 0.0
    stack.advance(2)
    for _ in range(2):
        for rows in (slice(0, 3), slice(3, 6), slice(6, 7)):
            error = X[rows] @ w + b - y[rows]
            w, b = w - 0.1 * X[rows].T @ error / len(error), b - 0.1 * error.mean()
    np.testing.assert_allclose(stack.networks.weights[0][0, :, 0], w, rtol=1e-12)
    np.testing.assert_allclose(stack.networks.biases[0][0, 0], b, rtol=1e-12)


# ---------------------------------------------------------------- the L1 step on a linear model


def sparse_problem(seed: int = 0, n: int = 100, p: int = 10) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, p))
    y = X[:, :3] @ [2.0, -1.5, 1.0] + 0.5 * rng.normal(size=n)
    return (X - X.mean(axis=0)) / X.std(axis=0), y


def kkt_residual(X, y, w, b, l1: float, l2: float) -> float:
    """Largest violation of the optimality conditions of lasso and elastic net, intercept included."""
    gradient = X.T @ (X @ w + b - y) / len(y) + l2 * w
    on = w != 0
    worst = np.abs(gradient[on] + l1 * np.sign(w[on])).max(initial=0.0)
    worst = max(worst, np.maximum(np.abs(gradient[~on]) - l1, 0).max(initial=0.0))
    return max(worst, abs((X @ w + b - y).mean()))


@pytest.mark.parametrize("momentum", [0.0, 0.9])
@pytest.mark.parametrize("l2", [0.0, 0.1])
@pytest.mark.parametrize("seed", range(3))
def test_the_proximal_step_ends_where_lasso_and_elastic_net_end(seed, l2, momentum):
    X, y = sparse_problem(seed)
    l1 = 0.25
    stack = Stack(
        (10, 1),
        task="regression",
        l1=l1,
        l2=l2,
        momentum=momentum,
        learning_rate=0.1,
        dtype="float64",
        seed=seed,
    )
    stack.load(X, y).advance(2000)
    w, b = stack.networks.weights[0][0, :, 0], stack.networks.biases[0][0, 0]
    assert kkt_residual(X, y, w, b, l1, l2) < 1e-6
    if l2:
        theirs = ElasticNet(alpha=l1 + l2, l1_ratio=l1 / (l1 + l2), tol=1e-12, max_iter=10**6).fit(X, y)
    else:
        theirs = Lasso(alpha=l1, tol=1e-12, max_iter=10**6).fit(X, y)
    np.testing.assert_allclose(w, theirs.coef_, atol=1e-6)
    np.testing.assert_allclose(b, theirs.intercept_, atol=1e-6)
    assert ((w == 0) == (theirs.coef_ == 0)).all()
    assert (w == 0).any()


@pytest.mark.parametrize("momentum", [0.0, 0.9])
@pytest.mark.parametrize("rule", L1_STEPS)
def test_momentum_does_not_change_the_penalty_that_is_solved_for(rule, momentum):
    """One input, no zero crossing: w = OLS − λ1 for every rule and every momentum."""
    X = np.array([[-1.0], [1.0]])
    y = np.array([-3.0, 3.0])
    stack = Stack(
        (1, 1),
        task="regression",
        l1=0.5,
        momentum=momentum,
        l1_step=rule,
        learning_rate=0.05,
        dtype="float64",
    )
    stack.load(X, y)
    state = stack.state()
    assert state.networks.parameters[0] > 0  # the start is on the side of the solution
    stack.advance(2000)
    assert stack.networks.weights[0].item() == pytest.approx(2.5, abs=1e-9)


@pytest.mark.parametrize("seed", range(5))
def test_C23_the_subgradient_step_never_reaches_zero_and_swings_in_a_band_of_its_step(seed):
    """Weights that lasso holds at 0 keep jumping, by between ηλ1 and 2.1 ηλ1; others settle."""
    X, y = sparse_problem(seed)
    l1, rate = 0.25, 0.1
    lasso = Lasso(alpha=l1, tol=1e-12, max_iter=10**6).fit(X, y).coef_
    stack = Stack(
        (10, 1), task="regression", l1=l1, learning_rate=rate, l1_step="subgradient", dtype="float64"
    )
    stack.load(X, y).advance(1000)
    tail = np.array([frame.state.networks.weights[0][0, :, 0] for frame in stack.record(300)])
    assert not (tail == 0).any()
    swing = np.ptp(tail, axis=0)[lasso == 0]
    assert len(swing) >= 5
    assert (swing >= rate * l1).all()
    assert (swing <= 2.1 * rate * l1).all()


def test_C23_freezing_kills_needed_weights_for_good_where_the_proximal_step_gets_them_back():
    """200 starts of one lasso: a weight that has to cross 0 may be killed on its way."""
    X, y = sparse_problem()
    l1 = 0.25
    seeds = np.arange(200)
    needed = Lasso(alpha=l1, tol=1e-12, max_iter=10**6).fit(X, y).coef_ != 0
    ends = {}
    for rule in ("freeze", "proximal"):
        stack = Stack((10, 1), task="regression", l1=l1, l1_step=rule, seed=seeds, dtype="float64").load(X, y)
        ends[rule] = stack.advance(1500).networks.weights[0][:, :, 0]
    lost = (ends["freeze"][:, needed] == 0).any(axis=1)
    assert 0 < lost.sum() < 200
    assert not (ends["proximal"][:, needed] == 0).any()

    def objective(w):
        r = y - y.mean() - X @ w
        return 0.5 * (r**2).mean() + l1 * np.abs(w).sum()

    worst_kept = max(objective(w) for w in ends["freeze"][~lost])
    assert min(objective(w) for w in ends["freeze"][lost]) > worst_kept + 1e-3


def test_a_frozen_weight_stays_zero_whatever_the_settings_become():
    X, y = sparse_problem()
    stack = Stack((10, 1), task="regression", l1=0.5, momentum=0.5, l1_step="freeze").load(X, y).advance(200)
    dead = stack.networks.weights[0] == 0
    assert dead.any()
    stack.set(l1=0.0)
    assert (stack.advance(100).networks.weights[0] == 0)[dead].all()
    stack.set(l1_step="proximal")
    assert not (stack.advance(100).networks.weights[0] == 0).any()


@pytest.mark.parametrize("momentum", [0.0, 0.9])
def test_rules_side_by_side_in_one_stack_do_what_each_does_alone(momentum):
    X, y = data("binary")
    common = {"l2": 0.01, "momentum": momentum, "batch_size": 10, "dtype": "float64"}
    mixed = Stack((4, 6, 1), l1=0.03, l1_step=L1_STEPS, **common).load(X, y).advance(60).networks
    plain = Stack((4, 6, 1), l1=0.0, **common).load(X, y).advance(60).networks
    for k, rule in enumerate(L1_STEPS):
        alone = Stack((4, 6, 1), l1=0.03, l1_step=rule, **common).load(X, y).advance(60).networks
        for mine, theirs, without in zip(mixed.weights, alone.weights, plain.weights, strict=True):
            np.testing.assert_allclose(mine[k], theirs[0], atol=1e-9)
            assert ((mine[k] == 0) == (theirs[0] == 0)).all()
            assert np.abs(mine[k] - without[0]).max() > 1e-3
    zeros = mixed.zeros().sum(axis=1)
    assert zeros[0] > 0
    assert zeros[1] == 0
    assert zeros[2] > 0


# ---------------------------------------------------------------- one step taken apart


@pytest.mark.parametrize("momentum", [0.0, 0.9])
@pytest.mark.parametrize("rule", L1_STEPS)
@pytest.mark.parametrize("batch_size", [None, 30, 10])
def test_C21_C22_the_parts_of_a_step_add_up_to_the_step_that_is_taken(rule, momentum, batch_size):
    """Every weight and intercept of a network in training; with batches, the one that comes first."""
    X, y = data("binary")
    make = {
        "l1": [0.0, 0.02],
        "l2": 0.1,
        "momentum": momentum,
        "l1_step": rule,
        "dtype": "float64",
        "seed": [0, 1],
        "batch_size": batch_size,
    }
    stack = Stack((4, 3, 1), **make).load(X, y).advance(25)
    state = stack.state()
    before = stack.networks
    if batch_size == 10:
        # One batch only: the same order, cut off behind its first ten rows.
        order = np.random.default_rng(0)
        for _ in range(25):
            order.permutation(30)
        rows = order.permutation(30)[:10]
        one = Stack((4, 3, 1), **make | {"batch_size": None}).load(X[rows], y[rows])
        one.restore(state)
        after = one.advance(1).networks
    else:
        one = Stack((4, 3, 1), **make).load(X, y)
        one.restore(state)
        after = one.advance(1).networks
    for layer, (fan_in, fan_out) in enumerate([(4, 3), (3, 1)]):
        for source in (*range(fan_in), None):
            for target in range(fan_out):
                parts = stack.dissect(layer, source, target)
                if source is None:
                    was, became = before.biases[layer][:, target], after.biases[layer][:, target]
                    assert (parts.l1 == 0).all()
                    assert (parts.l2 == 0).all()
                else:
                    was, became = (
                        before.weights[layer][:, source, target],
                        after.weights[layer][:, source, target],
                    )
                    np.testing.assert_allclose(parts.l2, -0.1 * 0.1 * was, atol=1e-15)
                np.testing.assert_array_equal(parts.before, was)
                np.testing.assert_allclose(parts.after, became, atol=1e-13)
                total = parts.before + parts.momentum + parts.data + parts.l2 + parts.l1
                np.testing.assert_allclose(parts.after, total, atol=1e-15)
                dead = (was == 0) & (rule == "freeze") & (source is not None)
                np.testing.assert_allclose(parts.data, np.where(dead, 0, -0.1 * parts.gradient), atol=1e-15)
    np.testing.assert_array_equal(stack.state().networks.parameters, state.networks.parameters)
    assert stack.state().order == state.order


def test_C22_the_l1_part_adds_to_a_negative_weight_and_does_not_depend_on_its_size():
    X, y = data("regression")
    stack = Stack((4, 5, 2), task="regression", l1=0.01, learning_rate=0.1, l1_step="subgradient").load(X, y)
    parts = [stack.dissect(0, source, target) for source in range(4) for target in range(5)]
    assert {np.sign(part.before.item()) for part in parts} == {1.0, -1.0}
    for part in parts:
        assert part.l1.item() == pytest.approx(-0.001 * np.sign(part.before.item()))


def test_another_rule_can_be_tried_on_the_same_step_without_taking_it():
    """w = 0.001 under ηλ1 = 0.01 and a data slope of 0: to 0 exactly, across it, to 0 for good."""
    stack = Stack((1, 1), task="regression", l1=0.1, dtype="float64").load([[-1.0], [1.0]], [-0.001, 0.001])
    put(stack, np.array([0.001, 0.0]))
    after = {rule: stack.dissect(0, 0, 0, l1_step=rule).after.item() for rule in L1_STEPS}
    assert after["proximal"] == 0
    assert after["freeze"] == 0
    assert after["subgradient"] == pytest.approx(-0.009)


def test_C24_l2_multiplies_whatever_the_number_of_rows():
    """The same rows once and three times over: the same mean gradient, so the same step."""
    X, y = data("binary")
    ends = []
    for times in (1, 3):
        stack = Stack((4, 3, 1), l2=0.3, l1=0.01, dtype="float64").load(
            np.tile(X, (times, 1)), np.tile(y, times)
        )
        ends.append(stack.advance(50).networks.parameters)
    np.testing.assert_allclose(ends[0], ends[1], atol=1e-12)


def test_C21_without_a_data_slope_l2_shrinks_by_the_same_factor_every_step():
    stack = Stack((1, 1), task="regression", l2=0.5, learning_rate=0.1, dtype="float64").load([[0.0]], [0.0])
    start = stack.networks.weights[0].item()
    for step in range(1, 6):
        assert stack.advance(1).networks.weights[0].item() == pytest.approx(start * 0.95**step)


def test_without_penalties_a_linear_model_ends_at_least_squares():
    X, y = sparse_problem()
    stack = Stack((10, 1), task="regression", momentum=0.9, dtype="float64").load(X, y).advance(1000)
    expected = np.linalg.lstsq(np.column_stack([X, np.ones(len(X))]), y, rcond=None)[0]
    np.testing.assert_allclose(stack.networks.weights[0][0, :, 0], expected[:-1], atol=1e-9)

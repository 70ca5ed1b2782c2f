"""Training stacks: seeds, snapshots, recording, divergence, and what training comes to."""

from __future__ import annotations

import copy
import pickle
import subprocess
import sys
import time
import tracemalloc
from dataclasses import replace

import numpy as np
import pytest
from sklearn.datasets import make_circles, make_moons
from sklearn.preprocessing import StandardScaler

from reglib.errors import DataError, ParameterError
from reglib.mlp import ACTIVATIONS, L1_STEPS, Stack


def moons(n: int = 80, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    X, y = make_moons(n, noise=0.35, random_state=seed)
    return StandardScaler().fit_transform(X), y


def same(first: Stack, second: Stack) -> bool:
    a, b = first.state(), second.state()
    return (
        (a.networks.parameters == b.networks.parameters).all()
        and (a.velocity == b.velocity).all()
        and (a.epoch, a.order, a.stops) == (b.epoch, b.order, b.stops)
    )


# ---------------------------------------------------------------- seeds


def test_importing_the_networks_does_not_import_scikit_learn_scipy_or_pandas():
    code = (
        "import sys, reglib.mlp as m;"
        "m.Stack((2, 3, 1)).load([[0., 1.], [1., 0.]], [0, 1]).advance(2).frame();"
        "sys.exit(any(name in sys.modules for name in ('sklearn', 'scipy', 'pandas')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_weights_start_normal_with_variance_one_over_fan_in_and_intercepts_at_zero(dtype):
    stack = Stack((50, 40, 30, 1), seed=range(40), dtype=dtype)
    for weights, biases in zip(stack.networks.weights, stack.networks.biases, strict=True):
        scaled = weights.astype(float) * np.sqrt(weights.shape[1])
        n = scaled.size
        assert abs(scaled.mean()) < 4 / np.sqrt(n)
        assert abs(scaled.var() - 1) < 4 * np.sqrt(2 / n)
        # Of a normal variable the fourth moment is 3; its estimate has variance 96/n.
        assert abs((scaled**4).mean() - 3) < 4 * np.sqrt(96 / n)
        assert (biases == 0).all()


def test_equal_seeds_start_equal_whatever_the_size_of_the_stack():
    few, many = Stack((2, 5, 1), seed=[3]), Stack((2, 5, 1), seed=[1, 3, 3, 8])
    for a, b in zip(few.networks.weights, many.networks.weights, strict=True):
        assert (a[0] == b[1]).all()
        assert (a[0] == b[2]).all()
        assert not (a[0] == b[3]).any()


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_same_seeds_give_the_same_result_bit_for_bit(dtype):
    X, y = moons()
    ends = [
        Stack((2, 8, 8, 1), l1=[0, 0.01], momentum=0.9, batch_size=10, dtype=dtype).load(X, y).advance(30)
        for _ in range(2)
    ]
    assert same(*ends)
    other = Stack((2, 8, 8, 1), l1=[0, 0.01], momentum=0.9, batch_size=10, order_seed=1, dtype=dtype)
    assert not same(ends[0], other.load(X, y).advance(30))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("task", ["binary", "multiclass", "regression"])
@pytest.mark.parametrize("hidden", [(), (8,), (32, 32)])
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_networks_in_one_stack_do_bit_for_bit_what_each_does_alone(activation, hidden, task, dtype):
    """After 60 steps with everything on: a smaller last batch, and momentum, penalties, rates and rules apart."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(47, 3))
    y = {"binary": X[:, 0] > 0, "multiclass": np.arange(47) % 3, "regression": rng.normal(size=(47, 2))}[task]
    sizes = (3, *hidden, {"binary": 1, "multiclass": 3, "regression": 2}[task])
    own = {
        "l1": [0.0, 0.01, 0.02],
        "l2": [0.1, 0.0, 0.02],
        "learning_rate": [0.05, 0.1, 0.02],
        "momentum": [0.9, 0.0, 0.5],
        "l1_step": ["proximal", "subgradient", "freeze"],
        "seed": [4, 5, 6],
    }
    shared = {"activation": activation, "task": task, "batch_size": 10, "order_seed": 2, "dtype": dtype}
    together = Stack(sizes, **own, **shared).load(X, y).advance(12).networks
    for k in range(3):
        mine = {name: values[k] for name, values in own.items()}
        alone = Stack(sizes, **mine, **shared).load(X, y).advance(12).networks
        for a, b in zip(together.weights + together.biases, alone.weights + alone.biases, strict=True):
            np.testing.assert_array_equal(a[k], b[0])


def test_momentum_set_later_does_not_find_a_velocity_that_neighbours_left():
    X, y = moons()
    mixed = Stack((2, 5, 1), momentum=[0.0, 0.9], batch_size=20).load(X, y).advance(5)
    alone = Stack((2, 5, 1), momentum=0.0, batch_size=20).load(X, y).advance(5)
    for stack in (mixed, alone):
        stack.set(momentum=0.9)
        stack.advance(5)
    np.testing.assert_array_equal(mixed.networks.weights[0][0], alone.networks.weights[0][0])


@pytest.mark.parametrize("batch_size", [7, 20, None])
@pytest.mark.parametrize("hidden", [(1,), (5, 3), (64, 64)])
def test_the_size_of_a_stack_does_not_change_a_bit_of_its_networks(hidden, batch_size):
    X, y = moons()
    make = {"momentum": 0.9, "batch_size": batch_size}
    l2 = np.geomspace(1e-4, 0.1, 16)
    together = Stack((2, *hidden, 1), l2=l2, seed=range(16), **make).load(X, y).advance(20).networks
    for k in (0, 7, 15):
        alone = Stack((2, *hidden, 1), l2=l2[k], seed=k, **make).load(X, y).advance(20).networks
        for a, b in zip(together.weights + together.biases, alone.weights + alone.biases, strict=True):
            np.testing.assert_array_equal(a[k], b[0])


# ---------------------------------------------------------------- continue, rewind, change


@pytest.mark.parametrize("rule", L1_STEPS)
def test_training_in_pieces_is_training_at_once(rule):
    X, y = moons()
    make = {"l1": [0, 0.02], "l2": 0.01, "momentum": 0.9, "batch_size": 15, "l1_step": rule}
    whole = Stack((2, 8, 1), **make).load(X, y).advance(30)
    parts = Stack((2, 8, 1), **make).load(X, y).advance(7).advance(0).advance(23)
    assert same(whole, parts)


@pytest.mark.parametrize("rule", L1_STEPS)
def test_a_restored_state_trains_on_exactly_as_it_did(rule):
    X, y = moons()
    stack = Stack((2, 8, 1), l1=0.02, momentum=0.9, batch_size=15, l1_step=rule).load(X, y).advance(40)
    kept = stack.state()
    before = kept.networks.parameters.copy()
    first = copy.deepcopy(stack.advance(20))
    stack.set(l1=0.5, learning_rate=0.3)
    stack.advance(5)
    stack.restore(kept)
    assert same(stack.advance(20), first)
    np.testing.assert_array_equal(kept.networks.parameters, before)
    fresh = Stack((2, 8, 1), seed=9, batch_size=15).load(X, y)
    fresh.restore(pickle.loads(pickle.dumps(kept)))
    assert same(fresh.advance(20), first)


def test_two_futures_from_one_state_differ_only_by_what_was_changed():
    """Warm up, then regularize: the penalty switched on from a snapshot, and not."""
    X, y = moons()
    stack = Stack((2, 8, 1), momentum=0.9, batch_size=20).load(X, y).advance(50)
    kept = stack.state()
    plain = stack.advance(50).frame()
    stack.restore(kept)
    stack.set(l2=0.05)
    shrunk = stack.advance(50).frame()
    assert shrunk.sum_squares[0] < 0.5 * plain.sum_squares[0]
    stack.restore(kept)
    assert same(stack, _restored(kept, X, y))
    np.testing.assert_array_equal(stack.advance(50).networks.parameters, plain.state.networks.parameters)


def _restored(state, X, y) -> Stack:
    stack = Stack((2, 8, 1), momentum=0.9, batch_size=20).load(X, y)
    stack.restore(state)
    return stack


def test_a_state_is_read_only_and_no_larger_than_weights_and_velocity_need():
    X, y = moons()
    stack = Stack((2, 32, 32, 1), l1=[0, 0.01, 0.02]).load(X, y).advance(1)
    state = stack.state()
    with pytest.raises(ValueError, match="read-only"):
        state.networks.parameters[0] = 1
    with pytest.raises(ValueError, match="read-only"):
        state.networks.weights[0][0] = 1
    numbers = 3 * (2 * 32 + 32 + 32 * 32 + 32 + 32 + 1)
    assert state.nbytes == 2 * 4 * numbers + 4 * 3 * 8
    assert len(pickle.dumps(state)) < state.nbytes + 2000


def test_a_copied_stack_goes_its_own_way():
    X, y = moons()
    stack = Stack((2, 8, 1), batch_size=20).load(X, y).advance(3)
    twin = copy.deepcopy(stack)
    twin.advance(5)
    assert stack.epoch == 3
    assert same(stack.advance(5), twin)


def test_new_data_are_trained_on_with_the_weights_there_are():
    X, y = moons()
    stack = Stack((2, 8, 1), batch_size=20).load(X, y).advance(5)
    weights = stack.networks.parameters
    stack.load(X[:30], y[:30])
    np.testing.assert_array_equal(stack.networks.parameters, weights)
    assert stack.advance(1).epoch == 6


def test_data_changed_by_their_owner_after_loading_change_nothing():
    X, y = moons()
    X, y = X.copy(), y.astype(float)
    stack = Stack((2, 4, 1), task="regression", batch_size=20, dtype="float64").load(X, y)
    before = stack.objective()
    X[:], y[:] = 0, 7
    np.testing.assert_array_equal(stack.objective(), before)


# ---------------------------------------------------------------- recording


def test_the_ledger_of_a_frame_is_the_objective_and_its_parts():
    X, y = moons()
    Xt, yt = moons(200, 2)
    l1, l2 = np.array([0.0, 0.01, 0.02]), np.array([0.0, 0.05, 0.0])
    stack = (
        Stack((2, 8, 8, 1), l1=l1, l2=l2, momentum=0.9, batch_size=20, dtype="float64").load(X, y).advance(40)
    )
    frame = stack.frame(test=(Xt, yt))
    w = [[layer[k].ravel() for layer in stack.networks.weights] for k in range(3)]
    for k in range(3):
        flat = np.concatenate(w[k])
        assert frame.sum_abs[k] == pytest.approx(np.abs(flat).sum())
        assert frame.sum_squares[k] == pytest.approx(flat @ flat)
        assert frame.l1_penalty[k] == pytest.approx(l1[k] * np.abs(flat).sum())
        assert frame.l2_penalty[k] == pytest.approx(l2[k] / 2 * flat @ flat)
        assert frame.zeros[k].tolist() == [(layer == 0).sum() for layer in w[k]]
    np.testing.assert_array_equal(stack.objective(), frame.objective)
    np.testing.assert_allclose(frame.data_loss["train"], stack.networks.losses(X, y))
    np.testing.assert_allclose(frame.data_loss["test"], stack.networks.losses(Xt, yt))
    np.testing.assert_allclose(frame.score["test"], stack.networks.score(Xt, yt))
    np.testing.assert_allclose(
        frame.objective - frame.l1_penalty - frame.l2_penalty, frame.data_loss["train"]
    )
    assert frame.epoch == 40


@pytest.mark.parametrize("task", ["multiclass", "regression"])
def test_a_frame_evaluates_the_training_data_of_every_task(task):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(30, 2))
    y = np.arange(30) % 3 if task == "multiclass" else rng.normal(size=(30, 3))
    stack = Stack((2, 4, 3), task=task, dtype="float64").load(X, y).advance(3)
    np.testing.assert_allclose(stack.frame().data_loss["train"], stack.networks.losses(X, y))


def test_recording_changes_nothing_and_the_caller_may_stop_at_any_frame():
    X, y = moons()
    quiet = Stack((2, 8, 1), momentum=0.9, batch_size=20).load(X, y).advance(25)
    watched = Stack((2, 8, 1), momentum=0.9, batch_size=20).load(X, y)
    frames = list(watched.record(25, every=10, test=(X, y)))
    assert [frame.epoch for frame in frames] == [10, 20, 25]
    assert same(quiet, watched)
    for frame in watched.record(100, every=5):
        if frame.epoch == 35:
            break
    assert watched.epoch == 35
    assert same(watched, quiet.advance(10))


def test_500_recorded_epochs_of_three_networks_take_less_than_50_megabytes():
    X, y = moons(250)
    stack = Stack((2, 32, 32, 1), l1=[0, 0.01, 0], l2=[0, 0, 0.01], momentum=0.9, batch_size=10).load(X, y)
    tracemalloc.start()
    frames = list(stack.record(500, every=1, test=(X, y)))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(frames) == 500
    assert peak < 50e6


def test_recording_every_fifth_epoch_costs_little_beside_the_training():
    """At most half again the processor time, the best of several tries each in one run."""
    X, y = moons(250)
    make = {"l1": [0, 0.01, 0], "l2": [0, 0, 0.01], "momentum": 0.9, "batch_size": 10}
    times: dict[str, list[float]] = {"quiet": [], "watched": []}
    for _ in range(5):
        quiet, watched = (Stack((2, 32, 32, 1), **make).load(X, y) for _ in range(2))
        start = time.process_time()
        quiet.advance(50)
        middle = time.process_time()
        for _ in watched.record(50, every=5):
            pass
        times["quiet"].append(middle - start)
        times["watched"].append(time.process_time() - middle)
    assert min(times["watched"]) < 1.5 * min(times["quiet"])


# ---------------------------------------------------------------- divergence


def line(n: int = 50) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    X = rng.normal(size=(n, 2))
    return X, X @ [1.0, -2.0]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_network_that_diverges_is_stopped_and_says_when_and_why_while_the_rest_train_on(dtype):
    X, y = line()
    make = {"task": "regression", "activation": "relu", "dtype": dtype, "batch_size": 10}
    # Only the one that diverges uses momentum and a penalty: what the stack computes must not change with it.
    own = {"learning_rate": [0.01, 5.0, 0.02], "momentum": [0.0, 0.5, 0.0], "l1": [0.0, 0.01, 0.0]}
    stack = Stack((2, 16, 16, 1), **own, **make).load(X, y).advance(60)
    healthy, diverged, other = stack.stops
    assert healthy is None
    assert other is None
    assert diverged.code in {"not_finite", "weights_too_large"}
    assert 0 <= diverged.epoch < 60
    nets = stack.networks
    assert np.isfinite(nets.predict(X)).all()
    assert np.isfinite(nets.losses(X, y)).all()
    # It kept the weights it had at the end of the epoch that it is said to have finished.
    again = Stack((2, 16, 16, 1), **own, **make).load(X, y).advance(diverged.epoch)
    np.testing.assert_array_equal(again.networks.weights[1][1], nets.weights[1][1])
    # The others did what they would have done without it.
    apart = Stack((2, 16, 16, 1), learning_rate=[0.01, 0.02], **make).load(X, y).advance(60).networks
    for a, b in zip(nets.weights + nets.biases, apart.weights + apart.biases, strict=True):
        np.testing.assert_array_equal(a[[0, 2]], b)


@pytest.mark.parametrize("momentum", [0.0, 0.9])
@pytest.mark.parametrize("rules", [("proximal", "freeze"), ("freeze", "proximal"), ("freeze", "subgradient")])
def test_freezing_does_not_turn_the_nan_of_a_diverged_network_into_zeros(rules, momentum):
    X, y = line()
    make = {"task": "regression", "activation": "relu", "l1": 0.001, "momentum": momentum, "batch_size": 5}
    stack = Stack((2, 16, 16, 1), l1_step=rules, learning_rate=[0.01, 50.0], **make).load(X, y).advance(5)
    assert stack.stops[0] is None
    assert stack.stops[1].code == "not_finite"
    assert stack.stops[1].epoch == 0
    assert stack.networks.zeros()[1].sum() == 0


def test_a_weight_that_grows_without_end_is_caught_before_it_overflows():
    """Its step is within the limit that λ2 sets, but not within that of the data."""
    X, y = line()
    stack = Stack((2, 4, 1), task="regression", activation="linear", learning_rate=0.9, dtype="float64")
    stack.load(X, y).advance(400)
    (stop,) = stack.stops
    assert stop.code in {"not_finite", "weights_too_large"}
    if stop.code == "weights_too_large":
        assert stop.value > stop.limit
    assert np.isfinite(stack.networks.losses(X, y)).all()


@pytest.mark.parametrize("momentum", [0.0, 0.5, 0.9])
def test_C21_l2_alone_is_stable_below_2_and_with_momentum_below_2_plus_2m(momentum):
    """Just inside the limit it shrinks to 0; just beyond it is stopped before it does harm."""
    limit = 2 * (1 + momentum)
    rate = np.array([0.98, 1.0, 1.02]) * limit
    stack = Stack((1, 1), task="regression", l2=1.0, learning_rate=rate, momentum=momentum, dtype="float64")
    stack.load([[0.0]], [0.0])
    start = stack.networks.weights[0].copy()
    stack.advance(2000)
    assert [stop and stop.code for stop in stack.stops] == [None, "step_too_large", "step_too_large"]
    assert stack.stops[2].limit == pytest.approx(limit)
    assert stack.stops[2].value == pytest.approx(1.02 * limit)
    assert stack.stops[2].epoch == 0
    assert abs(stack.networks.weights[0][0].item()) < 1e-12
    np.testing.assert_array_equal(stack.networks.weights[0][1:], start[1:])


@pytest.mark.parametrize("l2", [0.0, 0.3])
@pytest.mark.parametrize("momentum", [0.0, 0.9])
def test_the_stability_limit_of_a_linear_model_is_where_it_really_turns(l2, momentum):
    """2 % below the limit the full-batch error falls, 2 % above it grows (run with the check disarmed)."""
    X, y = line()
    stack = Stack((2, 1), task="regression", l2=l2, momentum=momentum, dtype="float64").load(X, y)
    value, limit = stack.stability()
    for factor, settles in ((0.98, True), (1.02, False)):
        rate = 0.1 * factor * (limit / value).item()
        checked = Stack(
            (2, 1), task="regression", l2=l2, momentum=momentum, learning_rate=rate, dtype="float64"
        )
        assert ((checked.load(X, y).advance(1).stops[0]) is None) == settles
        free = Stack((2, 1), task="regression", l2=l2, momentum=momentum, learning_rate=rate, dtype="float64")
        free.load(X, y)
        free._curvature = None  # only ηλ2 is looked at then
        early = free.advance(20).frame().objective[0]
        late = free.advance(400).frame().objective[0]
        assert (late <= early) == settles


def test_a_stopped_network_trains_again_from_an_earlier_state_with_a_smaller_step():
    X, y = line()
    stack = Stack((2, 8, 1), task="regression", activation="relu", learning_rate=[0.05, 20.0]).load(X, y)
    start = stack.state()
    stack.advance(50)
    stopped = stack.stops[1]
    assert stopped is not None
    held = stack.state()
    stack.set(learning_rate=0.05)
    stack.advance(10)
    assert stack.stops[1] == stopped
    np.testing.assert_array_equal(stack.networks.weights[0][1], held.networks.weights[0][1])
    stack.restore(held)
    np.testing.assert_array_equal(stack.networks.parameters, held.networks.parameters)
    stack.restore(start)
    stack.set(learning_rate=0.05)
    frame = stack.advance(200).frame()
    assert stack.stops == (None, None)
    assert frame.data_loss["train"][1] < 0.1 * start.networks.losses(X, y)[1]


# ---------------------------------------------------------------- what training comes to


def trained_on_moons(l1, l2, seeds: int = 8, data_seed: int = 1):
    """Test loss, accuracy, share of zeros and spread of outputs, standardised, as the reference figures were found."""
    X, y = make_moons(80, noise=0.35, random_state=data_seed)
    Xt, yt = make_moons(2000, noise=0.35, random_state=data_seed + 1)
    scaler = StandardScaler().fit(X)
    stack = Stack(
        (2, 32, 32, 1), l1=l1, l2=l2, seed=range(seeds), momentum=0.9, learning_rate=0.1, batch_size=20
    )
    nets = stack.load(scaler.transform(X), y).advance(1000).networks
    losses, accuracy = nets.evaluate(scaler.transform(Xt), yt)
    return (
        losses,
        accuracy,
        nets.zeros().sum(axis=1) / 1120,
        np.ptp(nets.predict(scaler.transform(Xt)), axis=1),
    )


def test_C25_l2_brings_the_test_loss_on_moons_from_1_4_to_0_37():
    without, _, zeros, _ = trained_on_moons(0.0, 0.0)
    assert np.median(without) == pytest.approx(1.4, abs=0.15)
    assert without.min() > 1.0
    assert (zeros == 0).all()
    with_l2, *_ = trained_on_moons(0.0, 0.01)
    assert np.median(with_l2) == pytest.approx(0.37, abs=0.02)
    assert with_l2.max() < 0.45


def test_C29_proximal_l1_leaves_97_percent_of_the_weights_zero_at_equal_accuracy():
    _, plain, _, _ = trained_on_moons(0.0, 0.0)
    _, pruned, zeros, _ = trained_on_moons(0.01, 0.0)
    assert zeros.min() >= 0.97
    assert np.median(pruned) == pytest.approx(0.83, abs=0.015)
    assert np.median(pruned) >= np.median(plain) - 0.01


def test_C30_too_much_l1_collapses_every_start_to_a_constant():
    _, accuracy, zeros, spread = trained_on_moons(0.1, 0.0)
    assert (zeros == 1).all()
    assert (spread < 1e-6).all()
    assert (accuracy == 0.5).all()


@pytest.mark.long
def test_C29_over_twelve_data_sets_l1_prunes_98_percent_and_gains_accuracy():
    plain = np.concatenate([trained_on_moons(0.0, 0.0, data_seed=seed)[1] for seed in range(1, 25, 2)])
    results = [trained_on_moons(0.003, 0.0, data_seed=seed) for seed in range(1, 25, 2)]
    pruned = np.concatenate([result[1] for result in results])
    zeros = np.concatenate([result[2] for result in results])
    assert np.median(zeros) > 0.95
    assert np.mean(pruned) > np.mean(plain) + 0.01


@pytest.mark.parametrize(("l1", "l2"), [(0.0, 0.03), (0.0, 0.05), (0.02, 0.0), (0.03, 0.0)])
def test_C30_on_circles_a_warm_up_decides_whether_the_penalty_collapses_the_network(l1, l2):
    """Cold, at least 7 of 8 starts end as a constant; after 50 epochs without a penalty none does."""
    X, y = make_circles(80, noise=0.1, factor=0.5, random_state=1)
    X = StandardScaler().fit_transform(X)
    collapsed = []
    for warm_up in (0, 50):
        stack = Stack((2, 32, 32, 1), seed=range(8), momentum=0.9, learning_rate=0.1, batch_size=20)
        stack.load(X, y).advance(warm_up)
        stack.set(l1=l1, l2=l2)
        collapsed.append(int((np.ptp(stack.advance(300).networks.predict(X), axis=1) < 0.01).sum()))
    assert collapsed[0] >= 7
    assert collapsed[1] == 0


# ---------------------------------------------------------------- what cannot be


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({"sizes": (2,)}, "sizes_invalid"),
        ({"sizes": (2, 0, 1)}, "sizes_invalid"),
        ({"sizes": (2, 2.5, 1)}, "sizes_invalid"),
        ({"sizes": 3}, "sizes_invalid"),
        ({"seed": 2**54}, "out_of_range"),
        ({"seed": 1.5}, "not_an_integer"),
        ({"l1_step": None}, "unknown_choice"),
        ({"batch_size": [10]}, "not_a_number"),
        ({"order_seed": [1]}, "not_a_number"),
        ({"sizes": (2, 3, 2)}, "outputs_do_not_fit_task"),
        ({"sizes": (2, 3, 1), "task": "multiclass"}, "outputs_do_not_fit_task"),
        ({"activation": "swish"}, "unknown_choice"),
        ({"task": "ranking"}, "unknown_choice"),
        ({"l1_step": "clip"}, "unknown_choice"),
        ({"dtype": "float16"}, "unknown_choice"),
        ({"l1": -0.1}, "out_of_range"),
        ({"l2": np.nan}, "out_of_range"),
        ({"l2": np.inf}, "out_of_range"),
        ({"learning_rate": 0.0}, "out_of_range"),
        ({"momentum": 1.0}, "out_of_range"),
        ({"batch_size": 0}, "out_of_range"),
        ({"batch_size": 2.5}, "not_an_integer"),
        ({"seed": -1}, "out_of_range"),
        ({"order_seed": -1}, "out_of_range"),
        ({"l1": "much"}, "not_a_number"),
        ({"l1": object()}, "not_a_number"),
        ({"l1": [[0.0]]}, "not_a_number"),
        ({"l1": [0.0, 0.1], "l2": [0.0, 0.1, 0.2]}, "lengths_differ"),
        ({"l1": []}, "lengths_differ"),
    ],
)
def test_parameters_that_cannot_be_say_why(arguments, code):
    with pytest.raises(ParameterError) as error:
        Stack(**{"sizes": (2, 3, 1)} | arguments)
    assert error.value.code == code


def test_calls_that_cannot_be_say_why():
    X, y = moons()
    stack = Stack((2, 3, 1), l1=[0, 0.1])
    for call in (stack.advance, stack.frame, stack.objective, stack.gradients):
        with pytest.raises(DataError, match="no_data"):
            call()
    stack.load(X, y)
    before = stack.settings
    for change, code in (({"l1": [1, 2, 3]}, "lengths_differ"), ({"momentum": 2}, "out_of_range")):
        with pytest.raises(ParameterError, match=code):
            stack.set(**change)
    assert stack.settings is before
    with pytest.raises(ParameterError, match="out_of_range"):
        stack.advance(-1)
    with pytest.raises(ParameterError, match="out_of_range"):
        next(stack.record(5, every=0))
    with pytest.raises(ParameterError, match="no_such_weight"):
        stack.dissect(0, 2, 0)
    with pytest.raises(ParameterError, match="no_such_weight"):
        stack.dissect(2, 0, 0)
    with pytest.raises(ParameterError, match="no_such_weight"):
        stack.dissect(0, 0.5, 0)
    with pytest.raises(ParameterError, match="state_does_not_fit"):
        stack.restore(Stack((2, 4, 1), l1=[0, 0.1]).state())
    with pytest.raises(DataError, match="too_large"):
        stack.load(np.full((2, 2), 1e39), [0, 1])


def test_extreme_settings_and_data_end_in_a_stop_or_in_numbers_never_in_nonsense():
    """Rates, penalties and inputs over many orders of magnitude, every activation, both precisions."""
    rng = np.random.default_rng(0)
    for activation in ACTIVATIONS:
        for dtype in ("float32", "float64"):
            for scale in (1e-20, 1.0, 1e6, 1e30):
                X = rng.normal(size=(20, 2)) * scale
                rates = np.repeat([1e-6, 0.1, 10.0, 1e6], 3)
                stack = Stack(
                    (2, 5, 1),
                    activation=activation,
                    task="regression",
                    learning_rate=rates,
                    momentum=0.9,
                    l1=np.tile([0, 1e-3, 1e6], 4),
                    batch_size=7,
                    dtype=dtype,
                )
                stack.load(X, X[:, 0]).advance(30)
                nets = stack.networks
                assert np.isfinite(nets.parameters).all()
                assert np.isfinite(nets.predict(X)).all()
                assert np.isfinite(stack.frame().objective).all()


@pytest.mark.parametrize("rows", [1, 2, 3])
def test_very_few_rows_and_constant_inputs_train(rows):
    X = np.ones((rows, 4))
    y = np.arange(rows) % 2
    frame = Stack((4, 3, 1), l1=0.01, momentum=0.9, batch_size=2).load(X, y).advance(20).frame()
    assert np.isfinite(frame.objective).all()


def test_a_frame_survives_a_change_of_state_made_from_it():
    """Replacing the settings of a state is how a page lets one checkpoint go on with another λ."""
    X, y = moons()
    stack = Stack((2, 4, 1), momentum=0.9).load(X, y).advance(5)
    state = stack.state()
    changed = replace(state, settings=replace(state.settings, l2=np.array([0.5])))
    stack.restore(changed)
    assert stack.advance(20).frame().sum_squares[0] < stack.frame().sum_squares[0] + 1e-12
    assert stack.settings.l2[0] == 0.5

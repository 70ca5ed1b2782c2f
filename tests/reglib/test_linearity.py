"""Small weights make a tanh network nearly linear, and a ReLU network not at all."""

from __future__ import annotations

import numpy as np
import pytest

from reglib import linearity
from reglib.errors import DataError, ParameterError
from reglib.mlp import Networks, Stack
from reglib.race import Run, Setup, prepare


def random_networks(activation: str, task: str = "binary", outputs: int = 1, count: int = 3) -> Networks:
    stack = Stack(
        (3, 6, 5, outputs), activation=activation, task=task, seed=np.arange(count), dtype="float64"
    )
    rng = np.random.default_rng(0)
    networks = stack.networks
    flat = networks.parameters * 3 + 0.2 * rng.standard_normal(networks.parameters.shape)  # intercepts too
    return Networks(networks.sizes, activation, task, count, flat)


X = np.random.default_rng(1).standard_normal((400, 3))


def test_R2_of_the_stand_in_is_scikit_learns() -> None:
    from sklearn.linear_model import LinearRegression

    for networks in (random_networks("tanh"), random_networks("relu", "multiclass", 4)):
        scores = networks.decision(X).reshape(3, len(X), -1)
        for k in range(3):
            fit = LinearRegression().fit(X, scores[k])
            residual = scores[k] - fit.predict(X)
            total = ((scores[k] - scores[k].mean(axis=0)) ** 2).sum()
            assert linearity.linear_r2(networks, X)[k] == pytest.approx(1 - (residual**2).sum() / total)


@pytest.mark.parametrize("rows", [3, 4, 10])
def test_R2_of_the_stand_in_counts_inputs_that_follow_from_others_once(rows: int) -> None:
    inputs = X[:rows].copy()
    inputs[:, 1], inputs[:, 2] = 2.0 - inputs[:, 0], 5.0  # a mirror of another input, and a constant
    networks = random_networks("tanh")
    design = np.column_stack([np.ones(rows), inputs])
    for scores, r2 in zip(networks.decision(inputs), linearity.linear_r2(networks, inputs), strict=True):
        fitted = design @ np.linalg.lstsq(design, scores)[0]
        total = ((scores - scores.mean()) ** 2).sum()
        assert r2 == pytest.approx(1 - ((scores - fitted) ** 2).sum() / total)
        assert r2 < 0.9999


def test_a_linear_and_a_constant_network_are_linear() -> None:
    assert linearity.linear_r2(random_networks("linear"), X) == pytest.approx(np.ones(3))
    nothing = Networks((3, 4, 1), "tanh", "binary", 1, np.zeros(4 * 4 + 5))
    assert linearity.linear_r2(nothing, X) == [1.0]


@pytest.mark.parametrize("factor", [0.3, 0.03, 0.003])
def test_C27_scaling_the_weights_down_changes_relu_not_at_all(factor: float) -> None:
    networks = random_networks("relu")
    small = linearity.scaled(networks, factor)
    assert linearity.linear_r2(small, X) == pytest.approx(linearity.linear_r2(networks, X), abs=1e-9)
    assert small.decision(X) == pytest.approx(factor**3 * networks.decision(X))
    assert linearity.linear_share(small, X) == pytest.approx(linearity.linear_share(networks, X))


@pytest.mark.parametrize("activation", ["tanh", "sigmoid"])
def test_C27_scaling_the_weights_down_makes_tanh_and_sigmoid_networks_linear(activation: str) -> None:
    networks = random_networks(activation)
    r2 = [linearity.linear_r2(linearity.scaled(networks, factor), X) for factor in (1.0, 0.3, 0.1, 0.01)]
    assert r2[0].max() < 0.95
    assert r2[-1].min() > 0.9999
    assert (np.diff(r2, axis=0) > 0).all()
    shares = [linearity.linear_share(linearity.scaled(networks, factor), X) for factor in (1.0, 0.01)]
    assert (shares[0] < 0.8).all()
    assert shares[1] == pytest.approx(np.ones(3))


@pytest.fixture(scope="module")
def trained():
    """Give, by penalty, the median over six data draws of a figure of the trained networks."""
    ends = []
    for data_seed in range(6):
        setup = Setup(data_seed=data_seed, l2=0.03)
        problem = prepare(setup)
        run = Run(setup, problem)
        while not run.done:
            run.advance(60)
        race = run.result()
        ends.append((race.replay[len(race.epochs) - 1], problem.X["test"]))

    def medians(figure) -> dict[str, float]:
        found = np.median([figure(networks, inputs) for networks, inputs in ends], axis=0)
        return dict(zip(("none", "l1", "l2"), found.tolist(), strict=True))

    return medians


def test_C27_a_trained_tanh_network_is_more_linear_under_l2(trained) -> None:
    r2, share = trained(linearity.linear_r2), trained(linearity.linear_share)
    assert r2["l2"] > r2["none"] + 0.15
    assert share["l2"] > share["none"] + 0.2


def test_C26_l1_concentrates_the_weights_and_l2_does_not(trained) -> None:
    top = trained(lambda networks, inputs: linearity.concentration(networks))
    assert top["l1"] > 0.6
    assert top["l1"] > max(top["l2"], top["none"]) + 0.2


def test_concentration_by_hand() -> None:
    flat = np.zeros(2 * 11)
    flat[:10] = [1, -2, 3, -4, 0, 0, 0, 0, 0, 0]  # weights of the one unit; then its intercept
    networks = Networks((10, 1), "linear", "regression", 2, flat)
    assert linearity.concentration(networks, 0.1).tolist() == [0.4, 0.0]
    assert linearity.concentration(networks, 0.2).tolist() == [0.7, 0.0]


@pytest.mark.parametrize("bad", [[["a", "b", "c"]], [["1", "2", "3"]], [[1.0]], [[float("nan")] * 3]])
def test_inputs_that_the_networks_refuse_have_no_stand_in(bad) -> None:
    networks = random_networks("tanh")
    assert networks.sizes[0] == 3
    with pytest.raises(DataError):
        linearity.linear_r2(networks, bad)


@pytest.mark.parametrize("member", [-1, 9, 0.5])
def test_a_network_that_is_not_there_is_a_typed_error(member: float) -> None:
    networks = random_networks("tanh")
    with pytest.raises(ParameterError):
        linearity.histogram(networks, member, reach=1.0)  # type: ignore[arg-type]
    with pytest.raises(ParameterError):
        linearity.unit_maps(networks, member, X)  # type: ignore[arg-type]


def test_the_histogram_keeps_exact_zeros_apart_and_loses_nothing() -> None:
    flat = np.array([0.0, 1e-12, -1e-12, 0.5, -7.0, 9.0])  # five weights and the intercept
    found = linearity.histogram(Networks((5, 1), "linear", "regression", 1, flat), 0, reach=1.0, bins=4)
    assert found.zeros == 1
    assert found.counts.tolist() == [1, 1, 1, 1]
    assert found.edges.tolist() == [-1, -0.5, 0, 0.5, 1]


@pytest.mark.parametrize("activation", ["tanh", "relu", "sigmoid", "linear"])
def test_the_map_of_a_unit_is_its_answer(activation: str) -> None:
    networks = random_networks(activation)
    maps = linearity.unit_maps(networks, 1, X)
    first = networks.weights[0][1]
    z = X @ first + networks.biases[0][1]
    functions = {
        "tanh": np.tanh, "relu": lambda v: np.maximum(v, 0), "sigmoid": lambda v: 1 / (1 + np.exp(-v)) - 0.5,
        "linear": lambda v: v,
    }  # fmt: skip
    answer = functions[activation](z).T
    expected = 127.5 + 127.5 * answer / np.abs(answer).max()
    assert np.abs(maps[0] - expected).max() <= 0.51
    assert [m.shape for m in maps] == [(6, 400), (5, 400)]


def test_bad_checks_are_typed_errors() -> None:
    with pytest.raises(ParameterError):
        linearity.scaled(random_networks("tanh"), 0.0)
    with pytest.raises(ParameterError):
        linearity.concentration(random_networks("tanh"), 2.0)
    with pytest.raises(ParameterError):
        linearity.histogram(random_networks("tanh"), 0, reach=0.0)

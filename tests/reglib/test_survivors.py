"""Which inputs survive L1, against the KKT conditions; and near-copies under lasso and ridge."""

from __future__ import annotations

import numpy as np
import pytest

from reglib.errors import ParameterError
from reglib.race import MOST_ROWS, Setup, prepare
from reglib.selection import entry_gradients
from reglib.survivors import CopyRun, lasso_survivors, pixel_survivors

STRENGTHS = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3)


@pytest.fixture(scope="module")
def cancer():
    problem = prepare(Setup(data="breast_cancer", n=MOST_ROWS))
    return problem, lasso_survivors(problem, STRENGTHS)


def test_C28_the_weights_meet_the_kkt_conditions_of_the_lasso(cancer) -> None:
    problem, found = cancer
    X, y = problem.X["train"], problem.y["train"]
    for strength, w in zip(found.strengths, found.weights, strict=True):
        gradient = X.T @ (X @ w - (y - y.mean())) / len(y)
        on = w != 0
        assert gradient[on] == pytest.approx(-strength * np.sign(w[on]), abs=1e-6)
        assert np.abs(gradient[~on]).max() <= strength + 1e-6


def test_C28_an_input_survives_exactly_if_its_own_gradient_exceeds_lambda(cancer) -> None:
    problem, found = cancer
    for i in (2, 4):
        judged = entry_gradients(problem.X["train"], problem.y["train"], float(found.strengths[i]))
        assert ((np.abs(judged.gradient) > found.strengths[i]) == (found.weights[i] != 0)).all()
        naive = np.abs(judged.gradient_at_zero) > found.strengths[i]
        assert (naive != (found.weights[i] != 0)).sum() >= 5  # of 30: the gradient at w = 0 misjudges


def test_C28_fewer_survive_a_larger_lambda_but_they_are_not_nested(cancer) -> None:
    _, found = cancer
    used = (found.weights != 0).sum(axis=1)
    assert used[0] >= 20
    assert used[-1] <= 3
    assert found.returns.any()
    i, j = np.argwhere(found.returns)[0]
    assert found.weights[i, j] != 0
    assert (found.weights[:i, j] == 0).any()
    assert found.accuracy[3] > 0.9


def test_strengths_may_come_in_any_order(cancer) -> None:
    problem, found = cancer
    turned = lasso_survivors(problem, STRENGTHS[::-1])
    assert (turned.strengths == found.strengths).all()
    assert turned.weights == pytest.approx(found.weights, abs=1e-6)


def test_C28_pixels_of_the_digits_drop_out_while_accuracy_lasts() -> None:
    found = pixel_survivors(prepare(Setup(data="digits", n=MOST_ROWS)), (0.001, 0.02, 0.2))
    used = (found.weights != 0).sum(axis=1)
    assert used[0] > used[1] + 5 > used[2]
    assert used[2] == 0
    assert found.accuracy[0] > 0.93
    assert found.accuracy[1] > 0.87
    assert found.accuracy[2] < 0.2  # nothing left but the intercepts


def test_pixels_meet_the_kkt_conditions_of_the_softmax() -> None:
    problem = prepare(Setup(data="digits", n=300))
    strength = 0.03
    found = pixel_survivors(problem, (strength,), epochs=3000)
    X, y = problem.X["train"], problem.y["train"].astype(int)
    from reglib.mlp import Stack

    stack = Stack(
        (64, 10), task="multiclass", activation="linear", l1=strength, learning_rate=0.2, momentum=0.9
    )
    networks = stack.load(X, y).advance(3000).networks
    gradient = X.T @ (networks.predict(X)[0] - np.eye(10)[y]) / len(y)
    w = networks.weights[0][0]
    assert np.abs(w).sum(axis=1) == pytest.approx(found.weights[0], abs=1e-6)
    assert np.abs(gradient[w == 0]).max() <= strength + 1e-3
    assert gradient[w != 0] == pytest.approx(-strength * np.sign(w[w != 0]), abs=1e-3)


@pytest.mark.parametrize("seed", range(3))
def test_C26_lasso_drops_near_copies_by_chance_and_ridge_never(seed: int) -> None:
    run = CopyRun(0.25, seed=seed, refits=60)
    shares = [run.advance(0.0)]
    while not run.done:
        shares.append(run.advance(0.2))
    assert (np.diff(shares) > 0).all()
    found = run.result()
    assert found.refits == 60
    assert found.complete
    assert (found.ridge == 0).all()
    assert found.either > 0.25
    assert min(found.lasso[0], found.lasso[1]) > 0
    assert found.lasso[2] == 0  # C has no copy and is kept
    assert found.lasso_spread[0] > 3 * found.ridge_spread[0]


def test_stopping_keeps_the_refits_that_were_made() -> None:
    run = CopyRun(0.25, refits=100)
    run.advance(0.0)
    found = run.result()
    assert found.refits == 5
    assert not found.complete


@pytest.mark.parametrize("wrong", [{"strength": 0.0}, {"refits": 0}, {"rows": 3}, {"correlation": 2.0}])
def test_bad_arguments_are_typed_errors(wrong) -> None:
    with pytest.raises(ParameterError):
        CopyRun(**{"strength": 0.1, **wrong})
    with pytest.raises(ParameterError):
        lasso_survivors(prepare(Setup(data="breast_cancer")), (0.0,))

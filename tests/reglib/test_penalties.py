"""Penalties and the three ways to take an L1 step."""

from __future__ import annotations

import math

import numpy as np
import pytest
from sklearn.linear_model import ElasticNet as SklearnElasticNet

from reglib.errors import DataError, ParameterError
from reglib.penalties import (
    STEP_RULES,
    ElasticNet,
    descend,
    l1_max,
    penalised_step,
    soft_threshold,
)

PENALTIES = [ElasticNet(l1=0.3), ElasticNet(l2=0.7), ElasticNet(0.2, 0.5), ElasticNet()]


@pytest.fixture(scope="module")
def regression():
    """A lasso problem with needed and useless inputs: gradient, curvature and the data."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(100, 10))
    y = X @ np.array([3, -2, 1.5, 1, -1, 0, 0, 0, 0, 0.0]) + rng.normal(size=100)
    return X, y, lambda w: X.T @ (X @ w - y) / len(y)


@pytest.mark.parametrize("penalty", PENALTIES, ids=str)
def test_the_value_is_the_formula(penalty):
    w = np.array([1.0, -2.0, 0.0])
    assert penalty.value(w) == pytest.approx(penalty.l1 * 3 + penalty.l2 / 2 * 5)


@pytest.mark.parametrize("penalty", PENALTIES, ids=str)
def test_the_subgradient_is_the_slope_of_the_value(penalty):
    w, h = np.array([1.0, -2.0, 0.3]), 1e-6
    numeric = [(penalty.value(w + h * e) - penalty.value(w - h * e)) / (2 * h) for e in np.eye(3)]
    np.testing.assert_allclose(penalty.subgradient(w), numeric, atol=1e-9)


@pytest.mark.parametrize("step", [0.1, 1.0, 5.0])
@pytest.mark.parametrize("penalty", PENALTIES, ids=str)
def test_prox_minimises_what_it_says(penalty, step):
    fine = np.linspace(-4, 4, 800_001)
    for w in (-3.0, -0.2, 0.0, 0.05, 1.7):
        cost = 0.5 * (fine - w) ** 2 + step * (penalty.l1 * np.abs(fine) + penalty.l2 / 2 * fine**2)
        assert penalty.prox([w], step)[0] == pytest.approx(fine[cost.argmin()], abs=1e-5)


@pytest.mark.parametrize("penalty", PENALTIES, ids=str)
def test_the_optimality_distance_is_0_after_a_proximal_step_towards_the_same_point(penalty):
    # u = prox(w) means (w − u)/step is a subgradient at u: the distance for the gradient (u − w)/step is 0.
    w, step = np.random.default_rng(1).normal(0, 2, 50), 0.8
    u = penalty.prox(w, step)
    np.testing.assert_allclose(penalty.subdiff_distance(u, (u - w) / step), 0, atol=1e-14)


@pytest.mark.parametrize(("l1", "l2"), [(0.3, 0.0), (0.1, 0.4), (1e-3, 1.0)])
def test_scikit_learns_optimum_has_optimality_distance_0(regression, l1, l2):
    X, y, gradient = regression
    model = SklearnElasticNet(
        alpha=l1 + l2, l1_ratio=l1 / (l1 + l2), fit_intercept=False, tol=1e-13, max_iter=10**5
    )
    w = model.fit(X, y).coef_
    penalty = ElasticNet(l1, l2)
    assert penalty.subdiff_distance(w, gradient(w)).max() < 1e-7
    moved = w + 0.01
    assert penalty.subdiff_distance(moved, gradient(moved)).max() > 1e-3


def test_the_distance_at_0_is_what_the_gradient_exceeds_l1_by():
    np.testing.assert_allclose(ElasticNet(l1=1.0).subdiff_distance([0, 0, 0], [0.5, -1.0, 1.5]), [0, 0, 0.5])


def test_l1_max_is_where_the_last_weight_dies(regression):
    X, y, gradient = regression
    limit = l1_max(gradient(np.zeros(10)))
    above, below = (
        SklearnElasticNet(alpha=limit * f, l1_ratio=1.0, fit_intercept=False, tol=1e-12).fit(X, y).coef_
        for f in (1.001, 0.999)
    )
    assert not above.any()
    assert below.any()


def test_the_soft_threshold_of_small_numbers_is_a_positive_zero():
    result = soft_threshold([-0.5, 0.5, -2.0, 2.0], 1.0)
    np.testing.assert_array_equal(result, [0, 0, -1, 1])
    assert not np.signbit(result[:2]).any()


@pytest.mark.parametrize("bad", [-1, math.nan, math.inf])
def test_a_negative_or_missing_lambda_is_refused(bad):
    for build in (lambda: ElasticNet(l1=bad), lambda: ElasticNet(l2=bad)):
        with pytest.raises(ParameterError, match="out_of_range"):
            build()


# --- one step


@pytest.mark.parametrize("rule", STEP_RULES)
def test_C21_the_l2_step_multiplies_by_one_minus_eta_lambda(rule):
    step = penalised_step(2.0, 0.5, rate=0.1, penalty=ElasticNet(l2=0.3), rule=rule)
    assert step.after[0] == pytest.approx(2.0 * (1 - 0.1 * 0.3) - 0.1 * 0.5)
    assert step.data_part[0] == pytest.approx(-0.05)
    assert step.penalty_part[0] == pytest.approx(-0.06)


@pytest.mark.parametrize("rule", STEP_RULES)
@pytest.mark.parametrize(("w", "moved"), [(2.0, -0.03), (-2.0, 0.03), (0.5, -0.03)])
def test_C22_the_l1_step_subtracts_a_constant_times_the_sign(rule, w, moved):
    step = penalised_step(w, 0.0, rate=0.1, penalty=ElasticNet(l1=0.3), rule=rule)
    assert step.penalty_part[0] == pytest.approx(moved)


def test_C23_a_weight_smaller_than_the_step_crosses_freezes_or_stops_at_0():
    results = {
        rule: penalised_step(0.01, 0.0, rate=0.1, penalty=ElasticNet(l1=0.3), rule=rule)
        for rule in STEP_RULES
    }
    assert results["subgradient"].after[0] == pytest.approx(-0.02)
    assert results["freeze"].after[0] == results["proximal"].after[0] == 0
    assert [bool(results[rule].dead[0]) for rule in STEP_RULES] == [False, True, False]


def test_a_frozen_weight_never_moves_again_a_proximal_zero_does():
    penalty = ElasticNet(l1=0.3)
    frozen = penalised_step(0.0, -9.0, 0.1, penalty, "freeze", dead=[True])
    free = penalised_step(0.0, -9.0, 0.1, penalty, "proximal")
    assert (frozen.after[0], frozen.data_part[0], frozen.penalty_part[0]) == (0, 0, 0)
    assert free.after[0] == pytest.approx(0.9 - 0.03)


@pytest.mark.parametrize("rule", STEP_RULES)
@pytest.mark.parametrize("penalty", PENALTIES, ids=str)
def test_the_parts_of_a_step_add_up(rule, penalty):
    rng = np.random.default_rng(2)
    w, g, v = rng.normal(0, 0.05, (3, 40))
    dead = rng.random(40) < 0.2
    w[dead], v[dead] = 0, 0
    step = penalised_step(w, g, 0.2, penalty, rule, momentum=0.5, velocity=v, dead=dead)
    np.testing.assert_allclose(step.before + step.data_part + step.penalty_part, step.after, atol=1e-16)


# --- many steps


@pytest.mark.parametrize("momentum", [0.0, 0.5, 0.9])
@pytest.mark.parametrize(("l1", "l2"), [(0.25, 0.0), (0.2, 0.5)])
def test_C23_the_proximal_rule_ends_where_scikit_learn_does(regression, momentum, l1, l2):
    X, y, gradient = regression
    model = SklearnElasticNet(
        alpha=l1 + l2, l1_ratio=l1 / (l1 + l2), fit_intercept=False, tol=1e-14, max_iter=10**5
    )
    expected = model.fit(X, y).coef_
    path = descend(gradient, np.ones(10), 600, 0.1, ElasticNet(l1, l2), "proximal", momentum)
    np.testing.assert_allclose(path.weights[-1], expected, atol=1e-7)
    np.testing.assert_array_equal(path.weights[-1] == 0, expected == 0)
    assert (expected == 0).any()


def test_C23_the_subgradient_rule_jitters_about_0_and_is_never_exactly_0(regression):
    X, y, gradient = regression
    l1, rate = 0.25, 0.1
    path = descend(gradient, np.ones(10), 2000, rate, ElasticNet(l1=l1), "subgradient")
    tail = path.weights[-200:]
    optimum = SklearnElasticNet(alpha=l1, l1_ratio=1, fit_intercept=False, tol=1e-14).fit(X, y).coef_
    zeros = optimum == 0
    assert (tail != 0).all()
    swing = np.ptp(tail[:, zeros], axis=0)
    assert (swing >= rate * l1).all()
    assert (swing <= 2.1 * rate * l1).all()


def test_C23_the_band_of_one_weight_is_two_eta_lambda_wide():
    # Constant data slope g, |g| < λ1: the weight stays in (−η(λ1+g), η(λ1−g)).
    rate, l1, g = 0.1, 0.25, 0.07
    path = descend(lambda w: np.full(1, g), [0.33], 5000, rate, ElasticNet(l1=l1), "subgradient").weights[
        100:
    ]
    assert path.min() > -rate * (l1 + g) - 1e-12
    assert path.max() < rate * (l1 - g) + 1e-12


def test_C23_freezing_kills_needed_weights_that_the_proximal_rule_gets_back(regression):
    _, _, gradient = regression
    penalty = ElasticNet(l1=0.25)
    optimum = descend(gradient, np.zeros(10), 600, 0.1, penalty).weights[-1]
    killed = 0
    for seed in range(30):
        start = np.random.default_rng(seed).normal(0, 1, 10)
        frozen = descend(gradient, start, 300, 0.1, penalty, "freeze")
        proximal = descend(gradient, start, 300, 0.1, penalty, "proximal")
        killed += bool((frozen.dead & (optimum != 0)).any())
        assert (frozen.weights[-1][frozen.dead] == 0).all()
        np.testing.assert_allclose(proximal.weights[-1], optimum, atol=1e-6)
    assert 0 < killed < 30


@pytest.mark.parametrize(("rate", "diverges"), [(1.9, False), (2.1, True)])
def test_C21_the_l2_step_alone_is_stable_below_eta_lambda_2(rate, diverges):
    path = descend(lambda w: np.zeros(1), [1.0], 1000, rate, ElasticNet(l2=1.0))
    assert path.diverged is diverges
    assert (abs(path.weights[-1, 0]) < 1e-6) is not diverges
    assert np.isfinite(path.weights).all()


@pytest.mark.parametrize(("momentum", "limit"), [(0.0, 2.0), (0.5, 3.0), (0.9, 3.8)])
def test_momentum_moves_the_limit_to_two_times_one_plus_m(momentum, limit):
    for factor, diverges in ((0.98, False), (1.02, True)):
        path = descend(lambda w: w, [1.0], 3000, factor * limit, ElasticNet(), "proximal", momentum)
        assert path.diverged is diverges


@pytest.mark.parametrize(
    ("change", "kind", "code"),
    [
        ({"rule": "clip"}, ParameterError, "unknown_choice"),
        ({"rate": 0.0}, ParameterError, "out_of_range"),
        ({"rate": math.nan}, ParameterError, "out_of_range"),
        ({"momentum": 1.0}, ParameterError, "out_of_range"),
        ({"gradient": [1.0]}, DataError, "wrong_length"),
        ({"velocity": [1.0]}, DataError, "wrong_length"),
        ({"w": [math.nan, 0]}, DataError, "not_finite"),
        ({"dead": [True]}, DataError, "wrong_length"),
    ],
)
def test_unusable_steps_are_refused(change, kind, code):
    arguments = {"w": [1.0, 2.0], "gradient": [0.0, 0.0], "rate": 0.1, "penalty": ElasticNet(0.1), **change}
    with pytest.raises(kind, match=code):
        penalised_step(**arguments)

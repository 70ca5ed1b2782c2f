"""Which inputs survive: decided by re-optimised gradients, and partly by luck."""

from __future__ import annotations

import math
import subprocess
import sys

import numpy as np
import pytest
from sklearn.linear_model import ElasticNet, Ridge

from reglib.errors import DataError, ParameterError
from reglib.penalties import ElasticNet as Penalty
from reglib.selection import bootstrap_weights, entry_gradients, near_copy, near_copy_data


def correlated(seed):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(80, 6)) @ (np.eye(6) + 0.5 * rng.normal(size=(6, 6)))
    return X, X @ rng.normal(size=6) + rng.normal(size=80) + 3


@pytest.mark.parametrize("l1", [0.05, 0.3, 1.0])
@pytest.mark.parametrize("l2", [0.0, 0.2])
@pytest.mark.parametrize("seed", range(3))
def test_C28_an_input_survives_exactly_if_its_reoptimised_gradient_exceeds_l1(l1, l2, seed):
    X, y = correlated(seed)
    result = entry_gradients(X, y, l1, l2)
    np.testing.assert_array_equal(result.coef != 0, np.abs(result.gradient) > l1 * (1 + 1e-9))


@pytest.mark.parametrize("seed", range(3))
def test_the_weights_are_those_of_scikit_learn_and_satisfy_the_kkt_conditions(seed):
    X, y = correlated(seed)
    l1, l2 = 0.2, 0.1
    result = entry_gradients(X, y, l1, l2)
    Z = (X - X.mean(axis=0)) / X.std(axis=0)
    model = ElasticNet(alpha=l1 + l2, l1_ratio=l1 / (l1 + l2), tol=1e-13, max_iter=10**6).fit(Z, y)
    np.testing.assert_allclose(result.coef, model.coef_, atol=1e-8)
    gradient = Z.T @ (Z @ result.coef - (y - y.mean())) / 80
    assert Penalty(l1, l2).subdiff_distance(result.coef, gradient).max() < 1e-6
    # Held at 0 by leaving the column out, the others re-optimised.
    for j in np.flatnonzero(result.coef):
        rest = np.delete(Z, j, axis=1)
        held = ElasticNet(alpha=l1 + l2, l1_ratio=l1 / (l1 + l2), tol=1e-13, max_iter=10**6).fit(rest, y)
        assert result.gradient[j] == pytest.approx(Z[:, j] @ (held.predict(rest) - y) / 80, abs=1e-7)


def test_C28_the_gradient_with_all_weights_at_0_misjudges():
    wrong = 0
    for seed in range(20):
        X, y = correlated(seed)
        result = entry_gradients(X, y, 0.3)
        wrong += ((np.abs(result.gradient_at_zero) > 0.3) != (result.coef != 0)).sum()
    assert wrong > 10


def test_a_constant_column_never_enters():
    X, y = correlated(0)
    X[:, 2] = 7.0
    result = entry_gradients(X, y, 0.1)
    assert (result.coef[2], result.gradient[2]) == (0, 0)


@pytest.mark.parametrize("y", [np.full(80, 5.0), np.zeros(80)])
def test_a_constant_target_needs_no_input(y):
    result = entry_gradients(correlated(0)[0], y, 0.1)
    assert not result.coef.any()


def test_the_only_input_enters_by_its_correlation():
    result = entry_gradients([[0.0], [1.0], [2.0]], [0.0, 1.0, 2.0], 0.1)
    assert result.gradient[0] == pytest.approx(-math.sqrt(2 / 3))
    assert result.coef[0] == pytest.approx(math.sqrt(2 / 3) - 0.1)


# --- near-copies


@pytest.mark.parametrize("correlation", [-1.0, -0.5, 0.0, 0.9, 0.999, 1.0])
def test_a_near_copy_has_exactly_the_correlation_asked_for(correlation):
    values = np.random.default_rng(0).normal(4, 3, 50)
    copy = near_copy(values, correlation, 1)
    assert np.corrcoef(values, copy)[0, 1] == pytest.approx(correlation, abs=1e-12)
    assert (copy.mean(), copy.std()) == pytest.approx((values.mean(), values.std()))


def test_the_example_is_what_it_says():
    X, y = near_copy_data(5000, 0)
    assert np.corrcoef(X[:, 0], X[:, 1])[0, 1] == pytest.approx(0.999)
    others = np.corrcoef(X.T) - np.eye(4)
    others[0, 1] = others[1, 0] = 0
    assert np.abs(others).max() < 0.06  # four standard errors
    residual = y - X @ [1.5, 1.5, 1, 0]
    assert residual.std() == pytest.approx(1, abs=0.05)
    assert np.abs(np.corrcoef(np.column_stack([X, residual]).T)[-1, :-1]).max() < 0.06


def test_C26_over_bootstraps_lasso_drops_one_of_two_near_copies_and_ridge_never_does():
    dropped = []
    for seed in range(3):
        X, y = near_copy_data(100, seed)
        lasso = bootstrap_weights(X, y, 0.25, 0.0, seed=seed)
        ridge = bootstrap_weights(X, y, 0.0, 0.25, seed=seed)
        assert lasso.coef.shape == ridge.coef.shape == (200, 4)
        assert not ridge.dropped.any()
        # One or the other, in a good part of the refits; the third input, which is alone, never.
        assert lasso.dropped[:2].sum() > 40
        assert lasso.dropped[2] == 0
        assert not ((lasso.coef[:, 0] == 0) & (lasso.coef[:, 1] == 0)).any()
        assert (lasso.spread[:2] > 3 * ridge.spread[:2]).all()
        np.testing.assert_array_equal(lasso.dropped, (lasso.coef == 0).sum(axis=0))
        dropped.append(lasso.dropped[0] > lasso.dropped[1])
        # Ridge shares: both copies get nearly the same weight.
        assert np.abs(ridge.coef[:, 0] - ridge.coef[:, 1]).max() < 0.5
    assert len(set(dropped)) == 2  # which copy suffers is the data's luck


def test_each_refit_is_scikit_learns_on_the_same_rows():
    X, y = near_copy_data(60, 1)
    ridge = bootstrap_weights(X, y, 0.0, 0.5, bootstraps=3, seed=9)
    for b in range(3):
        rows = np.random.default_rng([9, b]).integers(60, size=60)
        Z = (X[rows] - X[rows].mean(axis=0)) / X[rows].std(axis=0)
        np.testing.assert_allclose(ridge.coef[b], Ridge(alpha=60 * 0.5).fit(Z, y[rows]).coef_, atol=1e-10)


def test_a_bootstrap_in_chunks_is_the_same_as_at_once():
    X, y = near_copy_data(50, 0)
    whole = bootstrap_weights(X, y, 0.2, 0.1, bootstraps=6, seed=4).coef
    parts = [bootstrap_weights(X, y, 0.2, 0.1, bootstraps=3, seed=4, first=f).coef for f in (0, 3)]
    np.testing.assert_array_equal(np.vstack(parts), whole)


def test_without_a_penalty_the_weights_are_those_of_least_squares():
    X, y = correlated(1)
    rows = np.random.default_rng([0, 0]).integers(80, size=80)
    Z = (X[rows] - X[rows].mean(axis=0)) / X[rows].std(axis=0)
    expected = np.linalg.lstsq(np.column_stack([Z, np.ones(80)]), y[rows], rcond=None)[0][:6]
    np.testing.assert_allclose(bootstrap_weights(X, y, 0.0, 0.0, bootstraps=1).coef[0], expected)


@pytest.mark.parametrize(
    ("call", "kind", "code"),
    [
        (lambda: entry_gradients([[1.0], [2.0]], [1, 2], 0.0), ParameterError, "out_of_range"),
        (lambda: entry_gradients([[1.0], [2.0]], [1, 2], 0.1, -1.0), ParameterError, "out_of_range"),
        (lambda: entry_gradients([[1.0], [2.0]], [1, 2, 3], 0.1), DataError, "wrong_length"),
        (lambda: entry_gradients([1.0, 2.0], [1, 2], 0.1), DataError, "wrong_shape"),
        (lambda: entry_gradients([[math.nan], [2.0]], [1, 2], 0.1), DataError, "not_finite"),
        (lambda: near_copy([1, 2], 0.5, 0), DataError, "too_few_rows"),
        (lambda: near_copy([1, 1, 1], 0.5, 0), DataError, "constant"),
        (lambda: near_copy([1, 2, 3], 1.5, 0), ParameterError, "out_of_range"),
        (lambda: near_copy_data(5, 0), ParameterError, "out_of_range"),
        (lambda: bootstrap_weights([[1.0], [2.0]], [1, 2], -1, 0), ParameterError, "out_of_range"),
        (
            lambda: bootstrap_weights([[1.0], [2.0]], [1, 2], 1, 0, bootstraps=0),
            ParameterError,
            "out_of_range",
        ),
    ],
)
def test_unusable_input_is_refused(call, kind, code):
    with pytest.raises(kind, match=code):
        call()


def test_importing_the_package_does_not_import_scikit_learn_or_scipy():
    modules = "norms, losses, penalties, geometry, linear, outliers, selection"
    heavy = "[m for m in ('sklearn', 'scipy', 'pandas') if m in sys.modules]"
    code = f"import sys; from reglib import {modules}; print({heavy})"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"

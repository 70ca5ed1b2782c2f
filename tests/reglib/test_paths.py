from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reglib import polynomial
from reglib.datasets import make_curve
from reglib.errors import DataError, ParameterError
from reglib.paths import cross_validate, elastic_net, fit_path, largest_l1

UNIT = (-1.0, 1.0)
LAMBDAS = np.geomspace(1, 1e-4, 25)


def standardised(x, degree):
    columns = polynomial.basis(x, degree, UNIT)[:, 1:]
    return (columns - columns.mean(axis=0)) / columns.std(axis=0)


def objective(features, y, intercept, w, l1, l2):
    residual = y - intercept - features @ w
    return np.mean(residual**2) / 2 + l1 * np.abs(w).sum() + l2 / 2 * (w @ w)


@pytest.mark.parametrize("degree", [1, 8, 15])
@pytest.mark.parametrize("seed", [0, 1])
def test_ridge_is_scikit_learns(degree, seed):
    from sklearn.linear_model import Ridge

    data = make_curve("bumps", 60, seed=seed)
    path = fit_path(data.x, data.y, degree, l1=0, l2=LAMBDAS, interval=UNIT)
    features = standardised(data.x, degree)
    for k, l2 in enumerate(LAMBDAS):
        theirs = Ridge(alpha=60 * l2).fit(features, data.y)
        np.testing.assert_allclose(path.coefficients[k], theirs.coef_, atol=1e-9)
        assert path.intercept == pytest.approx(theirs.intercept_)


@pytest.mark.parametrize("l2", [0.0, 0.01, 1.0])
@pytest.mark.parametrize("seed", [0, 1])
def test_lasso_and_elastic_net_are_scikit_learns(l2, seed):
    from sklearn.linear_model import ElasticNet

    data = make_curve("bumps", 60, seed=seed)
    path = fit_path(data.x, data.y, 12, l1=LAMBDAS, l2=l2, interval=UNIT)
    features = standardised(data.x, 12)
    for k, l1 in enumerate(LAMBDAS):
        theirs = ElasticNet(alpha=l1 + l2, l1_ratio=l1 / (l1 + l2), tol=1e-12, max_iter=10**6)
        theirs.fit(features, data.y)
        np.testing.assert_allclose(path.coefficients[k], theirs.coef_, atol=1e-6)
        np.testing.assert_array_equal(path.coefficients[k] == 0, theirs.coef_ == 0)


def test_the_path_is_lasso_path_on_augmented_rows():
    from sklearn.linear_model import lasso_path

    data = make_curve("sine", 50, seed=0)
    n, p, l2 = 50, 10, 0.05
    features = standardised(data.x, p)
    rows = np.vstack([features, np.sqrt(n * l2) * np.eye(p)])
    target = np.append(data.y - data.y.mean(), np.zeros(p))
    _, theirs, _ = lasso_path(rows, target, alphas=LAMBDAS * n / (n + p), tol=1e-12, max_iter=10**6)
    ours = fit_path(data.x, data.y, p, l1=LAMBDAS, l2=l2, interval=UNIT)
    np.testing.assert_allclose(ours.coefficients, theirs.T, atol=1e-6)


@pytest.mark.parametrize("degree", [5, 15, 25, 40])
@pytest.mark.parametrize("n", [100, 50, 30, 12, 3])
@pytest.mark.parametrize("l2", [0.0, 1e-3])
def test_the_optimality_conditions_hold_to_rounding(degree, n, l2):
    data = make_curve("sine", n, seed=3)
    path = fit_path(data.x, data.y, degree, l1=np.geomspace(1, 1e-5, 30), l2=l2, interval=UNIT)
    assert path.optimality.max() < 1e-9
    # Checked once more, from the definition: ∂_j = −λ1·sign(w_j) or |∂_j| ≤ λ1.
    features = path.scaling.apply(polynomial.basis(data.x, degree, UNIT)[:, 1:])
    for k, w in enumerate(path.coefficients):
        gradient = features.T @ (features @ w + path.intercept - data.y) / n + l2 * w
        active = w != 0
        np.testing.assert_allclose(gradient[active], -path.l1[k] * np.sign(w[active]), atol=1e-8)
        assert (np.abs(gradient) <= path.l1[k] + 1e-8).all()


@given(seed=st.integers(0, 10**6), n=st.integers(1, 40), p=st.integers(1, 30), copies=st.booleans())
@settings(max_examples=100, deadline=None)
def test_the_elastic_net_is_optimal_on_any_features_even_copies(seed, n, p, copies):
    rng = np.random.default_rng(seed)
    features = rng.standard_normal((n, p))
    if copies:
        features = features[:, rng.integers(0, p, p)]
    features = features - features.mean(axis=0)
    y = rng.standard_normal(n)
    gram, right = features.T @ features / n, features.T @ (y - y.mean()) / n
    size = np.abs(right).max()
    if size < 1e-12:
        return
    l1 = size * rng.uniform(0.001, 1.2, 10)
    for l2 in (0.0, 0.1):
        w = elastic_net(gram, right, l1, np.full(10, l2))
        gradient = w @ gram + l2 * w - right
        violation = np.where(
            w != 0, np.abs(gradient + l1[:, None] * np.sign(w)), np.abs(gradient) - l1[:, None]
        )
        assert violation.max() < 1e-8 * size
        assert (w[l1 > size * (1 + 1e-9)] == 0).all()


def test_each_fit_beats_every_other_fit_of_the_path_at_its_own_penalty():
    data = make_curve("step", 40, seed=2)
    path = fit_path(data.x, data.y, 15, l1=LAMBDAS / 2, l2=LAMBDAS, interval=UNIT)
    features = standardised(data.x, 15)
    for k in range(len(LAMBDAS)):
        values = [
            objective(features, data.y, path.intercept, w, path.l1[k], path.l2[k]) for w in path.coefficients
        ]
        assert np.argmin(values) == k


def test_the_order_of_the_penalties_does_not_matter():
    data = make_curve("sine", 30, seed=0)
    rng = np.random.default_rng(0)
    l1, l2 = rng.choice([0, 1e-3, 1e-2, 0.1], 40), rng.choice([0, 1e-3, 0.1], 40)
    path = fit_path(data.x, data.y, 10, l1=l1, l2=l2)
    for k in range(0, 40, 7):
        alone = fit_path(data.x, data.y, 10, l1=l1[k], l2=l2[k])
        np.testing.assert_allclose(path.coefficients[k], alone.coefficients[0], atol=1e-8)


def test_larger_penalties_shrink_their_own_norm():
    data = make_curve("bumps", 50, seed=1)
    strong_first = np.geomspace(10, 1e-5, 40)
    l1_norms = np.abs(fit_path(data.x, data.y, 20, l1=strong_first, l2=0).coefficients).sum(axis=1)
    l2_norms = np.square(fit_path(data.x, data.y, 20, l1=0, l2=strong_first).coefficients).sum(axis=1)
    assert (np.diff(l1_norms) >= -1e-9).all()
    assert (np.diff(l2_norms) > 0).all()


def test_C06_one_lambda_goes_from_wild_to_right_to_flat():
    wild, right, flat = [], [], []
    for seed in range(30):
        data = make_curve("sine", 20, noise=0.3, seed=seed)
        test = data.fresh(500, seed=seed + 100)
        path = fit_path(data.x, data.y, 15, l1=0, l2=np.geomspace(1e3, 1e-10, 60), interval=UNIT)
        errors = path.errors(test.x, test.y)
        wild.append(errors[-1])
        right.append(errors.min())
        flat.append(errors[0])
        np.testing.assert_allclose(path.predict(test.x)[0], data.y.mean(), atol=0.1)
    assert np.median(right) < 0.5 * np.median(flat) < np.median(flat) < np.median(wild)
    assert (np.array(right) < np.array(flat)).all()


def test_all_coefficients_are_exactly_0_from_the_largest_l1_on():
    data = make_curve("sine", 40, seed=5)
    edge = largest_l1(data.x, data.y, 12, interval=UNIT)
    path = fit_path(data.x, data.y, 12, l1=[edge * 1.001, edge * 0.999], l2=0, interval=UNIT)
    assert list(path.zeros) == [12, 11]
    np.testing.assert_array_equal(path.predict([0.3])[0], data.y.mean())


@pytest.mark.parametrize(
    ("x", "y"), [([1.0], [2.0]), ([1.0, 1.0], [2.0, 4.0]), ([0.0, 1.0, 2.0], [3.0, 3.0, 3.0])]
)
def test_fits_of_next_to_nothing_are_the_mean(x, y):
    path = fit_path(x, y, 40, l1=[0.0, 0.0, 0.1, 0.1], l2=[0.0, 1.0, 0.0, 1.0])
    np.testing.assert_array_equal(path.coefficients, 0)
    np.testing.assert_allclose(path.predict(x), np.mean(y))


def test_numbers_of_any_size_give_no_nan():
    for size in (1e-300, 1e-150, 1e99):
        data = make_curve("sine", 30, seed=1)
        path = fit_path(data.x * size, data.y * size, 10, l1=[0, 1e-3, 1.0], l2=[1e-3, 1e-3, 0])
        assert np.isfinite(path.coefficients).all()
        assert np.isfinite(path.train_error).all()
        assert np.isfinite(path.optimality).all()


# --- choosing λ -----------------------------------------------------------------------------------


def test_cross_validation_is_scikit_learns_with_the_scaler_inside_the_pipeline():
    from sklearn.linear_model import Ridge
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    data = make_curve("sine", 53, seed=1)
    found = cross_validate(data.x, data.y, 12, l1=0, l2=LAMBDAS, interval=UNIT, seed=3)
    fold_of = np.random.default_rng(3).permutation(np.arange(53) % 5)
    columns = polynomial.basis(data.x, 12, UNIT)[:, 1:]
    for fold in range(5):
        held = fold_of == fold
        for k, l2 in enumerate(LAMBDAS):
            model = make_pipeline(StandardScaler(), Ridge(alpha=(~held).sum() * l2))
            model.fit(columns[~held], data.y[~held])
            error = np.mean((model.predict(columns[held]) - data.y[held]) ** 2)
            assert found.errors[fold, k] == pytest.approx(error, rel=1e-7)
    np.testing.assert_allclose(found.mean, found.errors.mean(axis=0))
    np.testing.assert_allclose(found.se, found.errors.std(axis=0, ddof=1) / np.sqrt(5))


def test_rows_held_out_leak_nothing_into_their_folds_fit():
    """Changing the y of one fold's rows changes that fold's error only as a fit that never saw them would."""
    data = make_curve("sine", 40, seed=1)
    fold_of = np.random.default_rng(0).permutation(np.arange(40) % 4)
    held = fold_of == 2
    settings_ = {"l1": LAMBDAS, "l2": 0.001, "interval": UNIT}
    fit = fit_path(data.x[~held], data.y[~held], 9, **settings_)
    for shift in (0.0, 1e6):
        x, y = data.x.copy(), data.y.copy()
        y[held] += shift
        x[held] = np.clip(x[held] * (1 + shift), -1, 1)
        found = cross_validate(x, y, 9, seed=0, folds=4, **settings_)
        np.testing.assert_allclose(found.errors[2], fit.errors(x[held], y[held]), rtol=1e-9)


@pytest.mark.parametrize("seed", range(5))
def test_C30_the_one_standard_error_penalty_is_the_strongest_that_is_as_good(seed):
    data = make_curve("sine", 40, noise=0.4, seed=seed)
    for l1, l2 in ((LAMBDAS, 0.0), (0.0, LAMBDAS[::-1]), (LAMBDAS, LAMBDAS)):
        found = cross_validate(data.x, data.y, 15, l1=l1, l2=l2, interval=UNIT, seed=seed)
        strength = found.l1 + found.l2
        limit = found.mean[found.best] + found.se[found.best]
        assert found.mean[found.best] == found.mean.min()
        assert found.mean[found.one_se] <= limit
        assert strength[found.one_se] >= strength[found.best]
        assert (found.mean[strength > strength[found.one_se]] > limit).all()


# --- bad input ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "kind", "code"),
    [
        ({"l1": -1.0}, ParameterError, "out_of_range"),
        ({"l2": 1e7}, ParameterError, "out_of_range"),
        ({"l1": []}, ParameterError, "out_of_range"),
        ({"l1": [[0.1]]}, DataError, "wrong_shape"),
        ({"l1": [0.1, np.nan]}, ParameterError, "out_of_range"),
        ({"l1": "much"}, ParameterError, "not_a_number"),
        ({"l1": [0.1, 0.2], "l2": [0.1, 0.2, 0.3]}, DataError, "wrong_length"),
        ({"l1": np.ones(1001)}, ParameterError, "out_of_range"),
        ({"degree": 0}, ParameterError, "out_of_range"),
        ({"degree": 41}, ParameterError, "out_of_range"),
        ({"interval": (0, 0.5)}, DataError, "outside_interval"),
    ],
)
def test_bad_input_is_a_typed_error(options, kind, code):
    data = make_curve("sine", 10, seed=0)
    with pytest.raises(kind) as caught:
        fit_path(data.x, data.y, **{"degree": 3, "l1": 0.0, "l2": 0.0, "interval": UNIT, **options})
    assert caught.value.code == code


def test_fewer_rows_than_folds_are_refused():
    with pytest.raises(DataError, match="too_few_rows"):
        cross_validate([0.0, 0.5, 1.0], [1.0, 2.0, 3.0], 2, l1=0, l2=1, interval=UNIT, seed=0)


def test_the_penalised_fits_do_not_import_scikit_learn():
    code = (
        "import sys; from reglib.datasets import make_curve; from reglib import paths, resampling;"
        "d = make_curve('sine', 30); paths.fit_path(d.x, d.y, 9, l1=[.1, 0], l2=.1);"
        "sys.exit(any(name.split('.')[0] in ('sklearn', 'scipy', 'pandas') for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0

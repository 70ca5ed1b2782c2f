"""The networks as scikit-learn estimators: its own checks, pipelines, searches on worker processes."""

from __future__ import annotations

import os

import joblib
import numpy as np
import pytest
from distributed import Client, LocalCluster
from sklearn.datasets import load_breast_cancer, load_diabetes, make_moons
from sklearn.linear_model import ElasticNet, LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

from reglib.errors import DataError, ParameterError
from reglib.estimators import MLPClassifier, MLPRegressor


@parametrize_with_checks([MLPClassifier(max_iter=40), MLPRegressor(max_iter=40)])
def test_scikit_learns_own_checks_pass(estimator, check):
    """None is expected to fail.  scikit-learn skips its array API check unless SCIPY_ARRAY_API=1; it passes then."""
    check(estimator)


def test_the_names_and_shapes_of_fitted_attributes_are_scikit_learns():
    X, y = load_diabetes(return_X_y=True)
    model = MLPRegressor((6, 5), max_iter=7, random_state=0).fit(X, (y - y.mean()) / y.std())
    assert [w.shape for w in model.coefs_] == [(10, 6), (6, 5), (5, 1)]
    assert [b.shape for b in model.intercepts_] == [(6,), (5,), (1,)]
    assert (model.n_iter_, model.n_layers_, model.n_features_in_) == (7, 4, 10)
    assert len(model.loss_curve_) == 7
    assert model.loss_ == model.loss_curve_[-1]


def test_the_loss_curve_is_the_objective_with_its_penalties():
    X, y = make_moons(60, noise=0.2, random_state=0)
    model = MLPClassifier((5,), l1=0.01, l2=0.02, max_iter=12, random_state=0).fit(X, y)
    p = model.predict_proba(X)[np.arange(60), y]
    w = np.concatenate([coefs.ravel() for coefs in model.coefs_])
    assert model.loss_ == pytest.approx(-np.log(p).mean() + 0.01 * np.abs(w).sum() + 0.01 * w @ w)


def test_without_hidden_layers_it_is_logistic_regression_with_l2():
    """scikit-learn's C is 1/(n λ2)."""
    X, y = load_breast_cancer(return_X_y=True)
    X = StandardScaler().fit_transform(X)
    l2 = 0.1
    theirs = LogisticRegression(C=1 / (len(X) * l2), tol=1e-10, max_iter=1000).fit(X, y)
    model = MLPClassifier(
        (), l2=l2, batch_size=None, learning_rate_init=0.3, max_iter=500, random_state=0
    ).fit(X, y)
    np.testing.assert_allclose(model.coefs_[0][:, 0], theirs.coef_[0], atol=1e-5)
    np.testing.assert_allclose(model.predict_proba(X), theirs.predict_proba(X), atol=1e-5)


def test_without_hidden_layers_it_is_the_elastic_net():
    X, y = load_diabetes(return_X_y=True)
    X, y = StandardScaler().fit_transform(X), (y - y.mean()) / y.std()
    l1, l2 = 0.05, 0.1
    theirs = ElasticNet(alpha=l1 + l2, l1_ratio=l1 / (l1 + l2), tol=1e-12).fit(X, y)
    model = MLPRegressor(
        (), l1=l1, l2=l2, batch_size=None, learning_rate_init=0.2, max_iter=500, random_state=0
    )
    model.fit(X, y)
    np.testing.assert_allclose(model.coefs_[0][:, 0], theirs.coef_, atol=1e-6)
    assert ((model.coefs_[0][:, 0] == 0) == (theirs.coef_ == 0)).all()
    assert (theirs.coef_ == 0).any()


def test_one_more_partial_fit_is_one_more_epoch():
    X, y = make_moons(60, noise=0.2, random_state=0)
    fitted = MLPClassifier((5,), max_iter=8, random_state=3).fit(X, y)
    parts = MLPClassifier((5,), random_state=3)
    for _ in range(8):
        parts.partial_fit(X, y)
    for a, b in zip(fitted.coefs_, parts.coefs_, strict=True):
        np.testing.assert_array_equal(a, b)
    np.testing.assert_allclose(fitted.loss_curve_, parts.loss_curve_)
    assert parts.n_iter_ == 8


def test_parameters_changed_between_partial_fits_hold_from_then_on():
    X, y = make_moons(60, noise=0.2, random_state=0)
    model = MLPClassifier((8,), random_state=0).fit(X, y)
    before = sum((w**2).sum() for w in model.coefs_)
    model.set_params(l2=0.5)
    for _ in range(20):
        model.partial_fit(X, y)
    assert sum((w**2).sum() for w in model.coefs_) < 0.2 * before


@pytest.mark.parametrize(
    ("first", "then"), [("float32", "float64"), ("float64", "float32"), ("float32", "int64")]
)
def test_it_trains_on_in_the_precision_it_began_with(first, then):
    X, y = make_moons(60, noise=0.2, random_state=0)
    model = MLPClassifier((5,), max_iter=2, random_state=0).fit(X.astype(first), y)
    model.partial_fit(X.astype(then), y)
    assert [coefs.dtype for coefs in model.coefs_] == [first, first]


@pytest.mark.parametrize("labels", [["no", "yes"], [-1, 5], ["c", "a", "b"]])
def test_labels_of_any_kind_come_back_as_they_were(labels):
    rng = np.random.default_rng(0)
    codes = np.arange(90) % len(labels)
    X = rng.normal(size=(90, 2)) + 4 * np.column_stack([np.cos(2 * codes), np.sin(2 * codes)])
    y = np.array(labels)[codes]
    model = MLPClassifier((8,), max_iter=50, random_state=0).fit(X, y)
    assert model.classes_.tolist() == sorted(labels)
    assert model.score(X, y) > 0.95
    assert model.predict(X).dtype == y.dtype


def test_what_cannot_be_learned_says_why():
    X, y = make_moons(40, noise=0.2, random_state=0)
    with pytest.raises(DataError, match="one_class"):
        MLPClassifier().fit(X, np.zeros(40))
    with pytest.raises(DataError, match="unknown_class"):
        MLPClassifier().partial_fit(X, y, classes=[0, 1]).partial_fit(X, y + 1)
    with pytest.raises(DataError, match="unknown_class"):
        MLPClassifier().partial_fit(X, y, classes=[0, 1]).partial_fit(X, y, classes=[0, 1, 2])
    for wrong, code in (
        ({"max_iter": 0}, "out_of_range"),
        ({"max_iter": 2.5}, "not_an_integer"),
        ({"hidden_layer_sizes": None}, "sizes_invalid"),
        ({"l1": [0.1, 0.2]}, "lengths_differ"),  # an estimator is one network, not a stack
        ({"batch_size": "auto"}, "not_a_number"),
    ):
        with pytest.raises(ParameterError, match=code):
            MLPClassifier(**{"max_iter": 1} | wrong).fit(X, y)
    with pytest.raises(ParameterError, match="diverged") as error:
        MLPRegressor((8,), activation="relu", learning_rate_init=50.0).fit(X, y.astype(float))
    assert error.value.params["reason"] in {"not_finite", "weights_too_large"}


def search(**more) -> GridSearchCV:
    pipeline = make_pipeline(StandardScaler(), MLPClassifier((8,), max_iter=30, random_state=0))
    grid = {"mlpclassifier__l1": [0.0, 0.3], "mlpclassifier__l2": [0.0, 0.01]}
    return GridSearchCV(pipeline, grid, cv=3, **more)


def test_a_grid_search_over_a_pipeline_finds_that_too_much_l1_is_worst():
    X, y = load_breast_cancer(return_X_y=True)
    found = search().fit(X, y)
    assert found.best_score_ > 0.95
    worst = found.cv_results_["params"][int(np.argmin(found.cv_results_["mean_test_score"]))]
    assert worst["mlpclassifier__l1"] == 0.3


def test_the_same_search_runs_on_two_dask_worker_processes():
    """joblib hands the fits to Dask: every fit ran in one of two other processes, with equal scores."""
    X, y = load_breast_cancer(return_X_y=True)

    def process(estimator, X, y) -> int:
        return os.getpid()

    with (
        LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None, host="127.0.0.1") as cluster,
        Client(cluster),
        joblib.parallel_config(backend="dask"),
    ):
        there = search(scoring={"accuracy": "accuracy", "process": process}, refit="accuracy").fit(X, y)
    here = search().fit(X, y)
    processes = {int(p) for fold in range(3) for p in there.cv_results_[f"split{fold}_test_process"]}
    assert len(processes) == 2
    assert os.getpid() not in processes
    np.testing.assert_array_equal(
        there.cv_results_["mean_test_accuracy"], here.cv_results_["mean_test_score"]
    )
    assert there.best_params_ == here.best_params_

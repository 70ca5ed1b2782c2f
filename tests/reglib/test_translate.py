from __future__ import annotations

import contextlib
import io

import numpy as np
import pytest

from reglib import translate as module
from reglib.datasets import make_curve
from reglib.errors import ParameterError
from reglib.paths import fit_path
from reglib.translate import NOTE_CODES, translate


def rows(**options):
    return translate(**{"l1": 0.02, "l2": 0.05, "n": 80, **options})


@pytest.mark.parametrize(
    ("l1", "l2"), [(0.0, 0.3), (0.0, 1e-4), (0.02, 0.0), (0.2, 0.0), (0.02, 0.05), (1e-3, 0.5)]
)
@pytest.mark.parametrize("interval", [(-1.0, 1.0), (2.0, 5.0)])
def test_C31_scikit_learns_code_gives_the_same_coefficients(l1, l2, interval):
    data = make_curve("sine", 80, seed=1, interval=interval)
    ours = fit_path(data.x, data.y, 9, l1=l1, l2=l2, interval=interval)
    ran = []
    for row in rows(l1=l1, l2=l2, degree=9, interval=interval):
        if row.library != "scikit-learn" or not row.applies or not row.code:
            continue
        scope = {"x": data.x, "y": data.y}
        with contextlib.redirect_stdout(io.StringIO()):
            exec(row.code, scope)
        np.testing.assert_allclose(scope["model"][-1].coef_, ours.coefficients[0], atol=1e-5)
        assert scope["model"][-1].intercept_ == pytest.approx(ours.intercept, abs=1e-8)
        np.testing.assert_allclose(scope["model"].predict(scope["X"]), ours.predict(data.x)[0], atol=1e-5)
        ran.append(row.model)
    expected = {"Ridge": l1 == 0, "Lasso": l1 > 0 and l2 == 0, "ElasticNet": l1 > 0}
    assert ran == [model for model, runs in expected.items() if runs]


@pytest.mark.parametrize("hidden", [(3,), (5, 4)])
def test_scikit_learns_network_takes_batch_times_l2(hidden):
    """Its gradient of the penalty, with every input 0, is alpha/batch·w, and has to be λ2·w."""
    from sklearn.neural_network import MLPClassifier, MLPRegressor

    row = next(row for row in rows(l1=0.0, batch=20) if "MLP" in row.model)
    alpha = row.parameters[0][2]
    assert row.applies
    for kind, target in ((MLPRegressor, np.zeros((20, 2))), (MLPClassifier, np.arange(20) % 2)):
        network = kind(
            hidden_layer_sizes=hidden,
            solver="sgd",
            alpha=alpha,
            batch_size=20,
            momentum=0,
            learning_rate_init=0.1,
        )
        network.partial_fit(
            np.zeros((20, 4)), target, **({"classes": [0, 1]} if kind is MLPClassifier else {})
        )
        before = network.coefs_[0].copy()
        network.partial_fit(np.zeros((20, 4)), target)
        np.testing.assert_allclose(network.coefs_[0], before * (1 - 0.1 * 0.05), rtol=1e-12)


def test_the_table_is_that_of_maths_md():
    values = {
        (row.library, row.model, name): value
        for row in rows(l1=0.02, l2=0.05, n=80, batch=20, outputs=4)
        for name, _, value in row.parameters
    }
    expected = {
        ("scikit-learn", "Ridge", "alpha"): 80 * 0.05,
        ("scikit-learn", "Lasso", "alpha"): 0.02,
        ("scikit-learn", "ElasticNet", "alpha"): 0.07,
        ("scikit-learn", "ElasticNet", "l1_ratio"): 0.02 / 0.07,
        ("scikit-learn", 'MLPClassifier, MLPRegressor (solver="sgd")', "alpha"): 20 * 0.05,
        ("PyTorch", "SGD(weight_decay=…), CrossEntropyLoss", "weight_decay"): 0.05,
        ("PyTorch", "SGD(weight_decay=…), CrossEntropyLoss", "L1"): 0.02,
        ("PyTorch", "SGD(weight_decay=…), MSELoss", "weight_decay"): 2 * 0.05 / 4,
        ("PyTorch", "SGD(weight_decay=…), MSELoss", "L1"): 2 * 0.02 / 4,
        ("Keras", "kernel_regularizer=L1L2, crossentropy", "l1"): 0.02,
        ("Keras", "kernel_regularizer=L1L2, crossentropy", "l2"): 0.05 / 2,
        ("Keras", 'kernel_regularizer=L1L2, loss="mse"', "l1"): 2 * 0.02 / 4,
        ("Keras", 'kernel_regularizer=L1L2, loss="mse"', "l2"): 0.05 / 4,
        ("post", "λ/n, λ/(2n)", "λ (L1)"): 80 * 0.02,
        ("post", "λ/n, λ/(2n)", "λ (L2)"): 80 * 0.05,
    }
    assert values == pytest.approx(expected)


def test_formulas_and_values_agree():
    numbers = {"λ1": "0.02", "λ2": "0.05", "n": "80", "b": "20", "k": "4", "·": "*"}
    for row in rows(batch=20, outputs=4):
        for _, formula, value in row.parameters:
            written = formula
            for symbol, number in numbers.items():
                written = written.replace(symbol, number)
            assert eval(written) == pytest.approx(value)


def test_without_a_penalty_the_elastic_net_has_no_l1_ratio():
    row = next(row for row in rows(l1=0, l2=0) if row.model == "ElasticNet")
    assert row.parameters == (("alpha", "λ1 + λ2", 0.0),)
    assert not row.applies
    assert not row.code
    names = [name for row in rows(l1=0, l2=0.1) for name, _, _ in row.parameters]
    assert "l1_ratio" in names  # 0 / 0.1 has a value


def test_every_note_is_listed_and_code_compiles():
    seen = set()
    for l1, l2 in ((0, 0), (0, 1), (1, 0), (1, 1)):
        for row in rows(l1=l1, l2=l2):
            seen |= set(row.notes)
            compile(row.code, row.model, "exec")
    assert seen == set(NOTE_CODES)
    assert module.__doc__


@pytest.mark.parametrize(
    "options", [{"l1": -1}, {"l2": np.nan}, {"n": 0}, {"batch": 81}, {"outputs": 0}, {"interval": (1, 0)}]
)
def test_bad_input_is_a_typed_error(options):
    with pytest.raises(ParameterError, match="out_of_range"):
        rows(**options)

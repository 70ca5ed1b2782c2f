"""What sparsity saves: bytes by hand and by scipy, dead units removed without changing an answer."""

from __future__ import annotations

import io
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from reglib import storage
from reglib.datasets import fit_scaling
from reglib.errors import DataError, ParameterError
from reglib.mlp import Networks, Stack
from reglib.race import Run, Setup, prepare

X = np.random.default_rng(0).standard_normal((60, 3))


def sparse(activation: str = "tanh", task: str = "binary", outputs: int = 1, share: float = 0.75) -> Networks:
    """Give five networks with random zeros and random intercepts."""
    stack = Stack((3, 6, 5, outputs), activation=activation, task=task, seed=np.arange(5), dtype="float64")
    rng = np.random.default_rng(1)
    networks = stack.networks
    flat = networks.parameters + 0.3 * rng.standard_normal(networks.parameters.shape)
    made = Networks(networks.sizes, activation, task, 5, flat)
    for w in made.weights:
        w[rng.random(w.shape) < share] = 0.0
    return made


@pytest.mark.parametrize("activation", ["tanh", "relu", "sigmoid", "linear"])
@pytest.mark.parametrize(("task", "outputs"), [("binary", 1), ("multiclass", 3), ("regression", 1)])
@pytest.mark.parametrize("share", [0.0, 0.7, 0.95, 1.0])
def test_a_pruned_network_answers_as_before(activation: str, task: str, outputs: int, share: float) -> None:
    networks = sparse(activation, task, outputs, share)
    answers = networks.decision(X).reshape(5, len(X), -1)
    for k in range(5):
        model = storage.prune(networks, k)
        assert model.decision(X) == pytest.approx(answers[k], abs=1e-12)
        for (w, _), (after, _) in zip(model.layers, model.layers[1:], strict=False):
            assert w.any(axis=0).all(), "a unit without incoming weights is left"
            assert after.any(axis=1).all(), "a unit without outgoing weights is left"


def test_without_zeros_nothing_is_pruned_and_with_nothing_else_all_is() -> None:
    assert [len(kept) for kept in storage.prune(sparse(share=0.0), 0).kept] == [6, 5]
    assert [len(kept) for kept in storage.prune(sparse(share=1.0), 0).kept] == [0, 0]


def test_bytes_by_scipy() -> None:
    from scipy.sparse import csr_matrix

    networks = sparse()
    found = storage.sizes(networks)
    for k in range(5):
        dense = csr = 0
        for w, b in zip(networks.weights, networks.biases, strict=True):
            matrix = csr_matrix(w[k].astype(np.float32))
            csr += matrix.data.nbytes + 4 * matrix.indices.size + 4 * matrix.indptr.size + 4 * b.shape[1]
            dense += w[k].astype(np.float32).nbytes + 4 * b.shape[1]
        assert found.dense[k] == dense
        assert found.csr[k] == csr
        assert found.pruned[k] <= dense


@pytest.mark.parametrize(("zeros", "pays"), [(528, False), (529, True)])
def test_C29_csr_of_32_by_32_pays_only_above_51_6_percent_zeros(zeros: int, pays: bool) -> None:
    flat = np.concatenate([np.ones((32, 32)), np.zeros((32, 1))], axis=1)  # a row per output, intercept last
    weights = flat[:, :32].ravel()
    weights[:zeros] = 0.0
    flat[:, :32] = weights.reshape(32, 32)
    found = storage.sizes(Networks((32, 32), "linear", "regression", 1, flat.ravel()))
    assert (found.csr[0] < found.dense[0]) == pays


def test_C29_a_column_of_32_stored_by_rows_never_pays() -> None:
    found = storage.sizes(Networks((32, 1), "linear", "regression", 1, np.zeros(33)))
    assert found.csr[0] > found.dense[0]


@pytest.mark.parametrize("activation", ["tanh", "relu", "sigmoid", "linear"])
@pytest.mark.parametrize("data", ["moons", "digits", "diabetes"])
def test_the_code_beside_the_download_predicts_the_same(
    activation: str, data: str, tmp_path, monkeypatch
) -> None:
    setup = Setup(data=data, activation=activation, epochs=60, n=100, l1=0.01)
    problem = prepare(setup)
    run = Run(setup, problem)
    while not run.done:
        run.advance(60)
    race = run.result()
    networks = race.replay[len(race.epochs) - 1]
    model = storage.prune(networks, 1)
    (tmp_path / "network.npz").write_bytes(storage.to_npz(model, problem.scaling))
    monkeypatch.chdir(tmp_path)
    scope: dict = {}
    exec(storage.loader(model), scope)
    rows = problem.X["test"] * problem.scaling.scale + problem.scaling.mean  # in their own units
    answer = scope["predict"](rows)
    truth = networks.predict(problem.X["test"])[1]
    if data == "digits":
        assert (answer == truth.argmax(axis=1)).mean() > 0.995
    else:
        assert answer == pytest.approx(truth, abs=1e-4)


def test_the_file_holds_float32_and_nothing_that_could_run() -> None:
    model = storage.prune(sparse(), 0)
    with np.load(io.BytesIO(storage.to_npz(model, fit_scaling(X))), allow_pickle=False) as file:
        assert {name: file[name].dtype for name in file.files} == {
            name: np.dtype("float64" if name in ("mean", "scale") else "float32")
            for name in ("mean", "scale", "w1", "b1", "w2", "b2", "w3", "b3")
        }


@pytest.mark.parametrize(("centre", "spread"), [(1.7e9, 50.0), (1e60, 1e58), (2024.0, 1e-3)])
def test_the_code_beside_the_download_predicts_the_same_for_inputs_far_from_0(
    centre: float, spread: float
) -> None:
    raw = centre + spread * X
    scaling = fit_scaling(raw)
    model = storage.prune(sparse(), 0)
    scope: dict[str, Any] = {}
    code = storage.loader(model, "x.npz").replace('np.load("x.npz")', "np.load(data)")
    scope["data"] = io.BytesIO(storage.to_npz(model, scaling))
    exec(code, scope)
    truth = 1 / (1 + np.exp(-model.decision(scaling.apply(raw))[:, 0]))
    assert scope["predict"](raw) == pytest.approx(truth, abs=1e-5)


@pytest.mark.parametrize("zeros", [-1, 41, 999, 1.5])
def test_no_more_weights_can_be_0_than_there_are(zeros: float) -> None:
    with pytest.raises(ParameterError):
        storage.csr_bytes((4, 8, 1), zeros)  # type: ignore[arg-type]


def test_a_pruned_network_refuses_what_the_whole_one_does() -> None:
    model = storage.prune(sparse(), 0)
    with pytest.raises(DataError, match="not_finite"):
        model.decision(np.full((1, X.shape[1]), np.nan))
    with pytest.raises(DataError, match="wrong_shape"):
        model.decision(np.zeros((1, X.shape[1] + 1)))


def test_a_network_that_is_not_there_is_a_typed_error() -> None:
    with pytest.raises(ParameterError, match="out_of_range"):
        storage.prune(sparse(), 5)


@pytest.mark.parametrize("sizes", [(2, 8, 8, 1), (10, 1, 1), (64, 3, 10)])
def test_the_bytes_of_csr_follow_from_the_number_of_zeros(sizes: tuple[int, ...]) -> None:
    rng = np.random.default_rng(0)
    flat = rng.normal(size=sum((a + 1) * b for a, b in pairwise(sizes)))
    flat[rng.random(flat.size) < 0.4] = 0.0
    networks = Networks(sizes, "tanh", "binary" if sizes[-1] == 1 else "multiclass", 1, flat)
    zeros = sum(int((w == 0).sum()) for w in networks.weights)
    assert storage.csr_bytes(sizes, zeros) == storage.sizes(networks).csr[0]

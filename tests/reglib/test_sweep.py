"""How much λ: too little overfits, too much collapses; on circles the warm-up decides."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from reglib import sweep
from reglib.errors import ParameterError
from reglib.race import Run, Setup, prepare
from reglib.sweep import Sweep, SweepRun, WarmupMap, WarmupRun

STRENGTHS = (1e-4, 1e-3, 5e-3, 0.01, 0.03, 0.1, 1.0)


def swept(setup: Setup, penalty: str, strengths=STRENGTHS, seeds: int = 8) -> Sweep:
    run = SweepRun(setup, prepare(setup), penalty, strengths, seeds)
    while not run.done:
        run.advance(60)
    return run.result()


@pytest.fixture(scope="module")
def sweeps() -> dict[str, list[Sweep]]:
    return {p: [swept(Setup(data_seed=d), p) for d in range(4)] for p in ("l1", "l2")}


@pytest.mark.parametrize("penalty", ["l1", "l2"])
def test_C30_the_best_strength_lies_between_overfitting_and_collapse(sweeps, penalty: str) -> None:
    for found in sweeps[penalty]:
        test = np.median(found.loss["test"], axis=1)
        assert 0 < found.best < len(STRENGTHS) - 1
        assert test[found.best] < test[0] - 0.1
        assert test[-1] == pytest.approx(np.log(2), abs=0.02)
        assert np.median(found.spread, axis=1)[-1] < 0.01
        assert np.median(found.spread, axis=1)[found.best] > 0.3


@pytest.mark.parametrize("penalty", ["l1", "l2"])
def test_C25_norms_fall_with_the_strength(sweeps, penalty: str) -> None:
    for found in sweeps[penalty]:
        for norm in (found.sum_abs, found.sum_squares):
            assert (np.diff(np.median(norm, axis=1)) < 0.02 * np.median(norm[0])).all()


def test_C29_zeros_and_bytes_follow_l1_and_not_l2(sweeps) -> None:
    for found in sweeps["l1"]:
        zeros = np.median(found.zeros, axis=1)
        assert zeros[0] < 0.2
        assert zeros[-1] == 1
        for name in ("csr", "pruned"):
            sizes = np.median(found.bytes[name], axis=1)
            assert sizes[-1] < sizes[0]
        assert (found.bytes["dense"] == found.bytes["dense"][0, 0]).all()
        assert np.median(found.bytes["csr"][0]) > found.bytes["dense"][0, 0]
    assert all((found.zeros == 0).all() for found in sweeps["l2"])


def test_a_network_of_the_sweep_is_the_one_of_the_race() -> None:
    setup = Setup(epochs=60, seeds=2, seed=3, warmup=20)
    found = swept(setup, "l1", (0.001, 0.005), seeds=2)
    problem = prepare(setup)
    run = Run(setup, problem)
    while not run.done:
        run.advance(60)
    race = run.result()
    assert race.setup.l1 == 0.005
    for part in ("train", "validation", "test"):
        assert found.loss[part][1] == pytest.approx(race.of(race.loss[part], "l1")[-1], abs=1e-4)


def test_seeds_in_groups_give_what_they_give_together(monkeypatch) -> None:
    setup = Setup(epochs=20)
    whole = swept(setup, "l2", (0.01, 0.1), seeds=5)
    monkeypatch.setattr(sweep, "_EPOCH_SECONDS", 5e-4)
    run = SweepRun(setup, prepare(setup), "l2", (0.01, 0.1), 5)
    assert len(run._groups) > 1
    shares = [run.advance(0.0)]
    while not run.done:
        shares.append(run.advance(0.0))
    assert (np.diff(shares) > 0).all()
    assert shares[-1] == 1
    assert run.result().loss["test"] == pytest.approx(whole.loss["test"], abs=1e-4)


def test_stop_keeps_the_groups_that_are_trained(monkeypatch) -> None:
    monkeypatch.setattr(sweep, "_EPOCH_SECONDS", 1e-9)
    setup = Setup(epochs=10)
    run = SweepRun(setup, prepare(setup), "l2", (0.01, 0.1), 4)
    assert run.result().loss["test"].shape == (2, 1)  # nothing trained yet: the start of the first seed
    for _ in range(25):
        run.advance(0.0)
    found = run.result()
    assert not found.complete
    assert found.loss["test"].shape == (2, 2)
    assert found.epochs == 10


def test_stop_says_how_far_the_first_group_came() -> None:
    run = SweepRun(Setup(epochs=10), prepare(Setup()), "l2", (0.01, 0.1), 4)
    for _ in range(3):
        run.advance(0.0)
    found = run.result()
    assert (found.epochs, found.complete) == (3, False)


@pytest.mark.parametrize(
    "setup",
    [
        Setup(epochs=20, warmup=20),
        Setup(epochs=5000, warmup=1000, layers=4, units=64, n=2000, batch=5),  # cut to fewer epochs
    ],
)
def test_a_sweep_whose_warm_up_leaves_nothing_for_the_penalty_is_refused(setup: Setup) -> None:
    with pytest.raises(ParameterError, match="warmup_too_long"):
        SweepRun(setup, prepare(setup), "l1", [1e-4, 1.0])


@pytest.mark.parametrize("strengths", [[], [-1.0], [[0.1, 0.2]], [float("nan")]])
def test_the_strengths_of_a_sweep_are_checked_before_it_begins(strengths: list[float]) -> None:
    with pytest.raises(ParameterError):
        SweepRun(Setup(epochs=5), prepare(Setup()), "l1", strengths)


def test_a_sweep_of_a_large_network_is_cut_to_fewer_seeds_then_to_fewer_epochs() -> None:
    wide = Setup(units=64, layers=2, n=800, batch=20)
    run = SweepRun(wide, prepare(wide), "l2", STRENGTHS, 8)
    assert run.seeds < 8
    larger = replace(wide, layers=4, n=2000, batch=5)
    run = SweepRun(larger, prepare(larger), "l2", STRENGTHS, 8)
    assert run.seeds == 1
    assert run.epochs < larger.epochs
    small = SweepRun(Setup(), prepare(Setup()), "l2", STRENGTHS, 8)
    assert (small.seeds, small.epochs) == (8, 300)


def test_diverged_networks_are_marked_and_the_rest_is_finite() -> None:
    found = swept(Setup(learning_rate=3.0, epochs=20, activation="relu"), "l2", (0.01, 5.0), seeds=3)
    assert found.stopped[1].all()
    assert np.isfinite(found.loss["test"]).all()


@pytest.mark.parametrize("penalty", ["l1", "l2", "elastic"])
@pytest.mark.parametrize("data", ["digits", "diabetes"])
def test_every_task_can_be_swept(penalty: str, data: str) -> None:
    found = swept(Setup(data=data, n=60, epochs=15), penalty, (0.001, 1.0), seeds=2)
    assert found.loss["test"].shape == (2, 2)
    assert np.median(found.spread, axis=1)[1] < np.median(found.spread, axis=1)[0]


# --- the warm-up map ------------------------------------------------------------------------------


def mapped(penalty: str, seeds: int = 8) -> WarmupMap:
    setup = Setup(data="circles", noise=0.1)
    run = WarmupRun(setup, prepare(setup), penalty, (0.002, 0.03, 0.2), (0, 50), seeds)
    while not run.done:
        run.advance(60)
    return run.result()


@pytest.mark.parametrize("penalty", ["l1", "l2"])
def test_on_circles_the_warm_up_decides_whether_the_network_collapses(penalty: str) -> None:
    found = mapped(penalty)
    assert found.verdict[0].tolist() == ["trained", "trained"]
    assert found.verdict[1, 0] == "collapsed"
    assert found.verdict[1, 1] != "collapsed"
    cold, warm = found.collapsed[1]
    assert cold >= 7  # of 8 seeds
    assert warm == 0
    assert found.verdict[2].tolist() == ["collapsed", "collapsed"]


def test_a_cell_of_the_map_is_the_race_it_loads() -> None:
    setup = Setup(data="circles", noise=0.1, epochs=80, warmup=30, l1=0.0, l2=0.03, seeds=2)
    problem = prepare(setup)
    run = WarmupRun(setup, problem, "l2", (0.03,), (0, 30), 2)
    while not run.done:
        run.advance(60)
    race = Run(setup, problem)
    while not race.done:
        race.advance(60)
    result = race.result()
    none = np.median(result.of(result.loss["train"], "none")[-1])
    share = np.bincount(problem.y["train"].astype(int)) / problem.rows("train")
    constant = -(share * np.log(share)).sum()
    expected = (constant - result.of(result.loss["train"], "l2")[-1]) / (constant - none)
    assert run.result().recovered[0, 1] == pytest.approx(expected, abs=1e-3)


def test_bad_arguments_are_typed_errors() -> None:
    setup = Setup()
    problem = prepare(setup)
    with pytest.raises(ParameterError, match="unknown_choice"):
        SweepRun(setup, problem, "l3", (0.1,))
    with pytest.raises(ParameterError, match="out_of_range"):
        SweepRun(setup, problem, "l1", (0.1,), seeds=0)
    with pytest.raises(ParameterError, match="out_of_range"):
        WarmupRun(setup, problem, "l1", (0.1,), (300,))
    with pytest.raises(ParameterError):
        SweepRun(replace(setup, units=0), problem, "l1", (0.1,))

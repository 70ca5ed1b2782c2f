"""A race of penalties: the same start, the same batches; replayed, rewound and continued to the last bit."""

from __future__ import annotations

import csv
from dataclasses import replace

import numpy as np
import pytest

from reglib import race as races
from reglib.datasets import Dataset
from reglib.errors import DataError, ParameterError
from reglib.mlp import Stack
from reglib.race import PENALTIES, Problem, Race, Replan, Run, Setup, prepare, read_parts, retrain

SMALL = Setup(n=40, units=4, epochs=30, penalties=PENALTIES)


def run(setup: Setup, own: Dataset | None = None) -> tuple[Race, Problem]:
    problem = prepare(setup, own)
    race = Run(setup, problem)
    while not race.done:
        race.advance(60)
    return race.result(), problem


def medians(setup: Setup, draws: int = 5) -> dict[str, dict[str, float]]:
    """Give the medians over data draws and starts of what a race ends with."""
    ends: dict[str, dict[str, list[float]]] = {penalty: {} for penalty in setup.penalties}
    for data_seed in range(draws):
        race, _ = run(replace(setup, data_seed=data_seed))
        for penalty in setup.penalties:
            for name, values in {
                "train": race.loss["train"],
                "test": race.loss["test"],
                "accuracy": race.score["test"],
                "sum_abs": race.sum_abs,
                "sum_squares": race.sum_squares,
                "zeros": race.zeros.sum(axis=2) / race.weights(),
            }.items():
                ends[penalty].setdefault(name, []).extend(race.of(values, penalty)[-1])
            best = np.take_along_axis(
                race.of(race.loss["test"], penalty),
                race.of(race.loss["validation"], penalty).argmin(axis=0)[None],
                axis=0,
            )
            ends[penalty].setdefault("best", []).extend(best[0])
    return {
        penalty: {name: float(np.median(values)) for name, values in found.items()}
        for penalty, found in ends.items()
    }


@pytest.fixture(scope="module")
def default() -> dict[str, dict[str, float]]:
    return medians(Setup(seeds=4))


def test_C01_without_a_penalty_training_loss_falls_while_test_loss_rises_from_its_best_epoch(default) -> None:
    none = default["none"]
    assert none["train"] < 0.15
    assert none["test"] > 1.5 * none["best"]


def test_C25_both_penalties_shrink_the_weights_and_generalise_better(default) -> None:
    for penalty in ("l1", "l2"):
        assert default[penalty]["sum_abs"] < 0.5 * default["none"]["sum_abs"]
        assert default[penalty]["sum_squares"] < 0.5 * default["none"]["sum_squares"]
        assert default[penalty]["test"] < 0.7 * default["none"]["test"]
        assert default[penalty]["train"] > default["none"]["train"]


def test_only_the_l1_step_makes_exact_zeros(default) -> None:
    assert default["l1"]["zeros"] > 0.5
    assert default["l2"]["zeros"] == default["none"]["zeros"] == 0


def test_C28_l1_prunes_95_percent_at_equal_accuracy() -> None:
    found = medians(Setup(l1=3e-3, units=32, epochs=600, seeds=2), draws=3)
    assert found["l1"]["zeros"] >= 0.95
    assert found["l1"]["accuracy"] >= found["none"]["accuracy"] - 0.01


def test_C30_too_much_penalty_collapses_the_network_to_a_constant() -> None:
    race, problem = run(Setup(l1=0.1, l2=0.3, seeds=3))
    for penalty in ("l1", "l2"):
        assert race.of(race.loss["test"], penalty)[-1] == pytest.approx(np.log(2), abs=0.01)
    spread = np.ptp(race.replay[len(race.epochs) - 1].predict(problem.plane.grid(10)), axis=1)
    assert spread[0] > 0.9
    assert spread[1:].max() < 0.02


def test_on_circles_a_penalty_that_collapses_from_a_cold_start_is_survived_after_a_warm_up() -> None:
    cold = Setup(data="circles", noise=0.1, l1=0.03, l2=0.05, seeds=4)
    for warmup, low, high in ((0, 0.45, 0.55), (50, 0.8, 1.0)):
        race, _ = run(replace(cold, warmup=warmup))
        for penalty in ("l1", "l2"):
            accuracy = np.median(race.of(race.score["test"], penalty)[-1])
            assert low <= accuracy <= high, (penalty, warmup)


def test_a_learning_rate_beyond_the_limit_is_said_with_its_numbers() -> None:
    race, _ = run(Setup(l2=0.5, learning_rate=10.0, activation="relu"))
    stop = race.stops[race.member("l2")]
    assert stop is not None
    assert (stop.code, stop.epoch) == ("step_too_large", 0)
    assert (stop.value, stop.limit) == pytest.approx((5.0, 3.8))  # η·λ2 against 2(1 + m)
    for values in (*race.loss.values(), race.sum_abs, race.l2_penalty):
        assert np.isfinite(values).all()


def test_all_start_from_the_same_weights_and_a_race_is_its_setup() -> None:
    first, _ = run(SMALL)
    second, _ = run(SMALL)
    start = first.replay[0].weights
    for layer in start:
        assert (layer == layer[:1]).all()
    assert (first.replay[30].parameters == second.replay[30].parameters).all()
    other, _ = run(replace(SMALL, seed=1))
    assert (first.replay[30].parameters != other.replay[30].parameters).any()


def test_a_member_is_what_it_is_alone() -> None:
    race, problem = run(SMALL)
    alone = Stack(
        (2, 4, 4, 1), l1=SMALL.l1, learning_rate=0.1, momentum=0.9, batch_size=20, seed=0, order_seed=0
    )
    alone.load(problem.X["train"], problem.y["train"]).advance(30)
    k = race.member("l1")
    for mine, its in zip(race.replay[30].weights, alone.networks.weights, strict=True):
        assert mine[k] == pytest.approx(its[0], abs=1e-5)
    loss = alone.networks.losses(problem.X["test"], problem.y["test"])[0]
    assert race.loss["test"][-1, k] == pytest.approx(loss, abs=1e-5)


def test_the_ledger_adds_up() -> None:
    race, problem = run(SMALL)
    networks = race.replay[30]
    for k, (l1, l2) in enumerate(((0, 0), (SMALL.l1, 0), (0, SMALL.l2), (SMALL.l1, SMALL.l2))):
        weights = np.concatenate([w[k].ravel() for w in networks.weights]).astype(np.float64)
        assert race.l1_penalty[-1, k] == pytest.approx(l1 * np.abs(weights).sum())
        assert race.l2_penalty[-1, k] == pytest.approx(l2 / 2 * (weights**2).sum())
        assert race.zeros[-1, k].sum() == (weights == 0).sum()
    p = networks.predict(problem.X["test"])
    y = problem.y["test"]
    log_loss = -(y * np.log(p) + (1 - y) * np.log1p(-p)).mean(axis=1)
    assert race.loss["test"][-1] == pytest.approx(log_loss)


def test_rewinding_and_going_on_with_the_same_settings_repeats_the_race_to_the_last_bit() -> None:
    race, problem = run(SMALL)
    again = Run.resume(race, problem, 12, replace(SMALL, epochs=18))
    while not again.done:
        again.advance(60)
    result = again.result()
    assert result.epochs[-1] == 30
    assert (result.replay[len(result.epochs) - 1].parameters == race.replay[30].parameters).all()
    assert (result.loss["test"][:13] == race.loss["test"][:13]).all()


def test_rewinding_is_exact_also_where_no_checkpoint_was_kept(monkeypatch) -> None:
    full, problem = run(SMALL)
    one = full.checkpoints[0].nbytes
    monkeypatch.setattr(races, "CHECKPOINT_BYTES", 6 * one)
    sparse, _ = run(SMALL)
    assert len(sparse.checkpoints) <= 6 < len(full.checkpoints)
    frame = next(k for k in range(31) if k not in sparse.checkpoints)
    changed = replace(SMALL, l1=0.05, learning_rate=0.02, epochs=10)
    ends = []
    for race in (full, sparse):
        again = Run.resume(race, problem, frame, changed)
        while not again.done:
            again.advance(60)
        ends.append(again.result().replay[frame + 10].parameters)
    assert (ends[0] == ends[1]).all()


def test_continuing_changes_the_settings_only_from_there_and_marks_where() -> None:
    race, problem = run(replace(SMALL, l1=0.0, l2=0.0))
    changed = replace(SMALL, l1=0.05, l2=0.1, epochs=20)
    again = Run.resume(race, problem, 30, changed)
    while not again.done:
        again.advance(60)
    result = again.result()
    assert [epoch for epoch, _ in result.stretches] == [0, 30]
    assert (result.l1_penalty[:30] == 0).all()
    assert result.l1_penalty[-1, result.member("l1")] > 0
    norm = result.sum_squares[:, result.member("l2")]
    assert norm[-1] < 0.8 * norm[30]
    none = result.member("none")
    longer, _ = run(replace(SMALL, l1=0.0, l2=0.0, epochs=50))
    assert result.loss["train"][-1, none] == longer.loss["train"][-1, none]


def test_rewinding_through_a_change_of_settings_replays_the_change() -> None:
    race, problem = run(replace(SMALL, warmup=10))
    assert [epoch for epoch, _ in race.stretches] == [0, 10]
    assert race.stretches[0][1].l1 == 0
    race.checkpoints.clear()
    race.checkpoints[0] = Run(replace(SMALL, warmup=10), problem).result().checkpoints[0]
    frame = int(np.flatnonzero(race.epochs == 20)[0])
    again = Run.resume(race, problem, frame, replace(SMALL, epochs=10))
    while not again.done:
        again.advance(60)
    result = again.result()
    assert (
        result.replay[len(result.epochs) - 1].parameters == race.replay[len(race.epochs) - 1].parameters
    ).all()


def test_what_belongs_to_the_start_cannot_change_on_the_way() -> None:
    race, problem = run(SMALL)
    for changed in ({"units": 5}, {"data_seed": 9}, {"batch": 5}, {"activation": "relu"}, {"seeds": 2}):
        with pytest.raises(ParameterError, match="cannot_continue"):
            Run.resume(race, problem, 0, replace(SMALL, **changed))


def finish(run: Run | Replan) -> Race:
    while not run.done:
        run.advance(60)
    return run.result()


def assert_same(a: Race, b: Race) -> None:
    assert a.epochs.tolist() == b.epochs.tolist()
    assert (a.stretches, a.segments, a.stops) == (b.stretches, b.segments, b.stops)
    for name in ("train", "validation", "test"):
        assert (a.loss[name] == b.loss[name]).all()
    assert (a.zeros == b.zeros).all()
    last = len(a.epochs) - 1
    assert (a.replay[last].parameters == b.replay[last].parameters).all()


def test_a_race_that_was_rewound_changed_and_stopped_is_trained_again_from_its_segments() -> None:
    race, problem = run(replace(SMALL, warmup=5))
    for frame, change in (
        (7, {"l1": 0.05}),
        (20, {"momentum": 0.0}),
        (15, {"learning_rate": 0.3, "epochs": 9}),
    ):
        race = finish(Run.resume(race, problem, frame, replace(race.setup, warmup=0, **change)))
    under_way = Run.resume(race, problem, len(race.epochs) - 1, replace(race.setup, epochs=500))
    under_way.advance(0.0)
    race = under_way.result()
    assert [segment.until for segment in race.segments] == [7, 15, 24, 25]
    assert_same(retrain(race.segments, problem), race)
    assert not race.complete


def test_a_race_rewound_into_its_warm_up_is_trained_again_from_its_segments() -> None:
    race, problem = run(replace(SMALL, warmup=12))
    race = finish(Run.resume(race, problem, 6, replace(SMALL, epochs=4)))
    assert [epoch for epoch, _ in race.stretches] == [0, 6]
    assert_same(retrain(race.segments, problem), race)


def test_a_stopped_network_is_named_from_the_epoch_on_after_its_last_good_one() -> None:
    race, problem = run(Setup(data="diabetes", n=200, learning_rate=1.0, epochs=40))
    stop = race.stops[race.member("l1")]
    assert stop is not None
    at = race.epochs.tolist().index(stop.epoch)
    assert "l1" not in race.stopped(at)
    assert "l1" in race.stopped(at + 1)
    assert race.stopped(1) == ()
    again = finish(Run.resume(race, problem, 1, replace(race.setup, learning_rate=0.01)))
    assert again.stops == (None, None, None)  # from before, a smaller step goes on


def test_there_is_nothing_to_train_again_without_a_segment() -> None:
    with pytest.raises(DataError, match="no_data"):
        Replan([], prepare(SMALL))


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ("", "no_data"),
        ("a,y,part\n", "no_data"),
        ("a,y,part\nx,1,train\n", "not_numbers"),
        ("a,y,part\n1,2,train\n1,train\n", "not_numbers"),
        ("a,y,part\n1,2,0,train\n3,4,1,train\n", "not_numbers"),
        ("a,y,part\n\n", "not_numbers"),
        ("part\ntrain\n", "no_data"),
        ("a,y,part\n1,nan,train\n", "not_finite"),
        ("a,y,part\n1,2,elsewhere\n", "unknown_choice"),
    ],
)
def test_a_file_of_parts_that_cannot_be_read_is_a_typed_error(tmp_path, rows: str, code: str) -> None:
    path = tmp_path / "rows.csv"
    path.write_text(rows)
    with pytest.raises((DataError, ParameterError), match=code):
        read_parts(str(path), "regression")


def test_parts_written_to_a_file_are_read_back_to_the_same_race(tmp_path) -> None:
    setup = Setup(data="diabetes", epochs=5)
    race, problem = run(setup)
    path = tmp_path / "parts.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        write = csv.writer(file)
        write.writerow([*problem.feature_names[:-1], 'a "b",\nc', problem.target_name, "split"])
        for name, (X, y) in problem.raw.items():
            write.writerows(
                [*map(repr, row), repr(target), name]
                for row, target in zip(X.tolist(), y.tolist(), strict=True)
            )
    again = read_parts(str(path), "regression")
    assert again.feature_names[-1] == 'a "b",\nc'
    assert_same(finish(Run(setup, again)), race)


def test_stopping_keeps_what_is_there() -> None:
    setup = replace(SMALL, epochs=20_000)
    under_way = Run(setup, prepare(setup))
    under_way.advance(0.0)
    race = under_way.result()
    assert not race.complete
    assert race.epochs[-1] == under_way.epoch == 1
    assert 0 < under_way.progress < 1


def test_a_very_long_race_is_cut_short_and_can_be_continued(monkeypatch) -> None:
    monkeypatch.setattr(races, "WORK_SECONDS", 12 * races.epoch_seconds(4, (2, 4, 4, 1), 40, 20))
    race, problem = run(SMALL)
    assert race.epochs[-1] == 12
    assert not race.complete
    more = Run.resume(race, problem, 12, replace(SMALL, epochs=5))
    while not more.done:
        more.advance(60)
    assert more.result().epochs[-1] == 17
    assert more.result().complete


@pytest.mark.parametrize(("warmup", "epochs"), [(20, 20), (30, 20)])
def test_a_warm_up_that_leaves_nothing_for_the_penalty_is_refused(warmup: int, epochs: int) -> None:
    setup = replace(SMALL, warmup=warmup, epochs=epochs)
    problem = prepare(setup)
    with pytest.raises(ParameterError, match="warmup_too_long") as error:
        Run(setup, problem)
    assert error.value.params == {"warmup": warmup, "epochs": epochs}
    race, problem = run(SMALL)
    with pytest.raises(ParameterError, match="warmup_too_long"):
        Run.resume(race, problem, 1, setup)
    Run(replace(setup, warmup=epochs - 1), problem)


def test_nor_may_the_warm_up_last_as_long_as_a_race_that_is_cut_short(monkeypatch) -> None:
    setup = replace(SMALL, warmup=12, epochs=50)
    problem = prepare(setup)
    monkeypatch.setattr(races, "epoch_seconds", lambda *_: races.WORK_SECONDS / 12)
    with pytest.raises(ParameterError, match="warmup_too_long") as error:
        Run(setup, problem)
    assert error.value.params == {"warmup": 12, "epochs": 12}


def test_larger_and_longer_epochs_are_estimated_to_take_longer() -> None:
    base = races.epoch_seconds(3, (2, 8, 8, 1), 80, 20)
    assert races.epoch_seconds(30, (2, 8, 8, 1), 80, 20) > base
    assert races.epoch_seconds(3, (2, 64, 64, 1), 80, 20) > base
    assert races.epoch_seconds(3, (2, 8, 8, 1), 800, 20) == pytest.approx(10 * base)
    assert races.epoch_seconds(3, (2, 8, 8, 1), 80, 5) > 2 * base
    assert races.epoch_seconds(3, (2, 8, 8, 1), 80, 0) < base


def test_memory_stays_bounded_however_long_and_large_the_race() -> None:
    setup = Setup(layers=4, units=64, epochs=30, n=20, batch=0, seeds=2, penalties=PENALTIES)
    race, problem = run(setup)
    assert sum(state.nbytes for state in race.checkpoints.values()) <= races.CHECKPOINT_BYTES
    assert {0, len(race.epochs) - 1} <= set(race.checkpoints) & set(race.replay)
    tiny = replace(SMALL, epochs=60)
    again, problem = run(tiny)
    for _ in range(5):
        more = Run.resume(again, problem, len(again.epochs) - 1, tiny)
        while not more.done:
            more.advance(60)
        again = more.result()
    assert len(again.epochs) <= 3 * races.FRAMES
    assert again.epochs[-1] == 360
    assert (np.diff(again.epochs) > 0).all()


@pytest.mark.parametrize("data", ["moons", "circles", "xor", "spirals", "blobs"])
def test_synthetic_parts_are_drawn_apart_and_standardised_by_the_training_rows(data: str) -> None:
    problem = prepare(Setup(data=data, n=60))
    assert [problem.rows(part) for part in races.SETS] == [60, 60, races.TEST_ROWS]
    assert problem.X["train"].mean(axis=0) == pytest.approx([0, 0], abs=1e-12)
    assert problem.X["train"].std(axis=0) == pytest.approx([1, 1])
    rows = {tuple(row) for row in problem.X["train"]}
    assert not rows & {tuple(row) for row in problem.X["validation"]}


@pytest.mark.parametrize(
    ("data", "task"), [("breast_cancer", "binary"), ("digits", "multiclass"), ("diabetes", "regression")]
)
def test_real_data_are_divided_60_20_20_and_every_class_is_kept(data: str, task: str) -> None:
    problem = prepare(Setup(data=data, n=races.MOST_ROWS))
    total = sum(problem.rows(part) for part in races.SETS)
    assert problem.task == task
    assert problem.rows("validation") == pytest.approx(0.2 * total, abs=1)
    assert problem.rows("test") == pytest.approx(0.2 * total, abs=1)
    few = prepare(Setup(data=data, n=40))
    assert few.rows("train") == 40
    if task != "regression":
        assert len(np.unique(few.y["train"])) == len(problem.class_names)
        share = np.bincount(problem.y["train"].astype(int)) / problem.rows("train")
        assert np.bincount(few.y["train"].astype(int)) / 40 == pytest.approx(share, abs=0.05)
    else:
        assert few.y["train"].std() == pytest.approx(1)


@pytest.mark.parametrize("data", ["digits", "diabetes"])
def test_every_task_races_and_its_scores_are_scikit_learns(data: str) -> None:
    from sklearn.metrics import accuracy_score, confusion_matrix, r2_score

    race, problem = run(Setup(data=data, n=100, epochs=20))
    last = len(race.epochs) - 1
    guess = race.replay[last].predict(problem.X["test"])
    y = problem.y["test"]
    for k in range(3):
        if data == "diabetes":
            assert race.score["test"][-1, k] == pytest.approx(r2_score(y, guess[k]))
        else:
            best = guess[k].argmax(axis=1)
            assert race.score["test"][-1, k] == pytest.approx(accuracy_score(y, best))
            assert (races.confusion(race, problem, last)[k] == confusion_matrix(y, best)).all()


def test_the_plane_of_many_inputs_is_that_of_the_main_directions() -> None:
    from sklearn.decomposition import PCA

    problem = prepare(Setup(data="breast_cancer", n=200))
    pca = PCA(2).fit(problem.X["train"])
    assert problem.plane.share == pytest.approx(pca.explained_variance_ratio_.sum())
    assert np.abs(problem.plane.axes @ pca.components_.T) == pytest.approx(np.eye(2), abs=1e-8)
    grid = problem.plane.grid(5)
    assert grid.shape == (25, 30)
    inside = (grid - problem.plane.origin) @ problem.plane.axes.T
    assert inside[0] == pytest.approx([problem.plane.reach[0, 0], problem.plane.reach[1, 1]])  # top left


def test_a_picture_is_the_networks_answer_in_bytes() -> None:
    race, problem = run(SMALL)
    picture = races.maps(race, problem, [0, 30], 7)
    assert picture.shape == (2, 4, 7, 7)
    answer = race.replay[30].predict(problem.plane.grid(7)).reshape(4, 7, 7)
    assert np.abs(picture[1] - 255 * answer).max() <= 0.5
    digits, ten = run(Setup(data="digits", n=60, epochs=5))
    bytes_ = races.maps(digits, ten, [5], 6)
    probability = digits.replay[5].predict(ten.plane.grid(6))
    assert (bytes_[0].reshape(3, -1) // 25 == probability.argmax(axis=2)).all()


def own(X: np.ndarray, y: np.ndarray, task: str, classes: tuple[str, ...] = ()) -> Dataset:
    names = tuple(f"c{j}" for j in range(X.shape[1]))
    return Dataset("own", X, y, names, "target", task, classes, "")


@pytest.mark.parametrize("columns", [1, 2, 200])
@pytest.mark.parametrize("task", ["binary", "regression"])
def test_a_readers_table_races_with_constant_columns_and_few_rows(columns: int, task: str) -> None:
    rng = np.random.default_rng(0)
    X = rng.standard_normal((12, columns))
    if columns > 1:
        X[:, 0] = 3.0
    y = np.arange(12) % 2 if task == "binary" else rng.standard_normal(12)
    table = own(X, y.astype(float), task, ("a", "b") if task == "binary" else ())
    race, problem = run(Setup(data="own", n=2000, units=4, epochs=5), table)
    assert np.isfinite(race.loss["test"]).all()
    assert races.maps(race, problem, [0, 5], 5).shape == (2, 3, 5, 5)


def test_what_cannot_be_raced_is_a_typed_error() -> None:
    with pytest.raises(DataError, match="no_data"):
        prepare(Setup(data="own"))
    with pytest.raises(DataError, match="too_few_rows_to_split"):
        prepare(Setup(data="own"), own(np.ones((2, 1)), np.arange(2.0), "regression"))
    for wrong in ({"data": "nothing"}, {"n": 3}, {"noise": -1}):
        with pytest.raises(ParameterError):
            prepare(replace(Setup(), **wrong))
    problem = prepare(Setup())
    for wrong in (
        {"layers": 5}, {"units": 0}, {"seeds": 99}, {"epochs": 0}, {"learning_rate": -1}, {"momentum": 1.0},
        {"penalties": ()}, {"penalties": ("l3",)}, {"l1": -1},
    ):  # fmt: skip
        with pytest.raises(ParameterError):
            Run(replace(Setup(), **wrong), problem)

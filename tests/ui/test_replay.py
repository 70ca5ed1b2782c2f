"""What the player is sent: bytes that say what reglib computed, small enough, and exact zeros kept apart."""

from __future__ import annotations

import base64
import json
import zlib

import numpy as np
import pytest

from pages.sections.training import trainer
from pages.ui import replay
from reglib.race import Run, Setup, maps, prepare


def unpack(text: str) -> bytes:
    return zlib.decompress(base64.b64decode(text))


@pytest.fixture(scope="module")
def race_of_three():
    setup = Setup(units=32, epochs=180, l1=3e-3)
    problem = prepare(setup)
    run = Run(setup, problem)
    while not run.done:
        run.advance(60)
    return trainer.make(run.result(), problem, setup)


def test_a_byte_is_zero_only_where_the_weight_is_exactly_zero() -> None:
    weights = np.array([[[0.0, 1e-9, -1e-9, 0.5, -1.0, 2.0]]])
    assert replay.quantise(weights, (0, 2)).tolist() == [[[0, 1, -1, 32, -64, 127]]]
    assert replay.quantise(np.zeros((1, 1, 3)), (0, 2)).tolist() == [[[0, 0, 0]]]


def test_weights_arrive_within_half_a_step_of_127(race_of_three) -> None:
    shown, race = race_of_three, race_of_three.race
    recording = shown.recording
    count = len(race.penalties)
    bytes_ = np.frombuffer(unpack(recording["weights"]), np.int8).reshape(len(shown.frames), count, -1)
    for row in (0, 30, len(shown.frames) - 1):
        layers = race.replay[shown.frames[row]].weights
        for k in range(count):
            true = np.concatenate([w[k].ravel() for w in layers])
            top = max(np.abs(race.replay[f].weights[j][k]).max() for f in shown.frames for j in range(3))
            assert np.abs(bytes_[row, k] / 127 * top - true).max() <= top / 127
            assert ((bytes_[row, k] == 0) == (true == 0)).all()
            assert recording["panels"][k]["zeros"][row] == (true == 0).sum()


def test_sixty_frames_of_three_2_32_32_1_networks_stay_below_a_megabyte(race_of_three) -> None:
    recording = race_of_three.recording
    assert recording["frames"] >= 60
    assert recording["sizes"] == [2, 32, 32, 1]
    assert len(json.dumps(recording)) <= 1_000_000


def test_large_networks_are_sent_in_fewer_frames() -> None:
    setup = Setup(data="digits", layers=4, units=64, n=60, epochs=60, batch=0)
    problem = prepare(setup)
    run = Run(setup, problem)
    while not run.done:
        run.advance(60)
    recording = trainer.make(run.result(), problem, setup).recording
    assert 10 <= recording["frames"] < 60
    assert recording["epochs"][0] == 0
    assert recording["epochs"][-1] == 60
    assert len(json.dumps(recording)) <= 1_400_000


def test_the_same_recording_has_the_same_id_and_another_has_another() -> None:
    maps, layers, points = np.zeros((2, 1, 3, 3), np.uint8), [np.ones((2, 1, 2, 1))], np.zeros((1, 3))
    first = replay.record(maps, layers, points, epochs=[0, 1])
    assert first["id"] == replay.record(maps, layers, points, epochs=[0, 1])["id"]
    assert first["id"] != replay.record(maps + 1, layers, points, epochs=[0, 1])["id"]


def test_points_have_the_colour_of_their_class_and_lie_in_the_picture(race_of_three) -> None:
    points = np.array(race_of_three.recording["points"])
    y = race_of_three.problem.y["train"]
    assert ((points[:, :2] > 0) & (points[:, :2] < 1)).all()
    assert (points[:, 2] == 255 * y).all()
    top = race_of_three.problem.X["train"][:, 1].argmax()
    assert points[top, 1] == points[:, 1].min()  # largest x2 at the top


def test_a_run_under_way_is_shown_as_it_is_and_not_disturbed() -> None:
    setup = Setup(epochs=40)
    problem = prepare(setup)
    alone, watched = Run(setup, problem), Run(setup, problem)
    while not alone.done:
        alone.advance(0.0)
        watched.advance(0.0)
        race, recording = trainer.moment(watched)
    ends = [run.result() for run in (alone, watched)]
    assert (ends[0].epochs == ends[1].epochs).all()
    assert (ends[0].replay[40].parameters == ends[1].replay[40].parameters).all()

    half = Run(setup, problem)
    while half.epoch < 20:
        half.advance(0.0)
    race, recording = trainer.moment(half)
    assert (recording["epochs"][-1], recording["end"], recording["first"]) == (20, 40, 20)
    picture = np.frombuffer(base64.b64decode(recording["maps"]), np.uint8)
    assert (picture == maps(race, problem, [20], trainer.SIDE).ravel()).all()
    for k, panel in enumerate(recording["panels"]):
        assert panel["test"] == pytest.approx(race.loss["test"][:, k], abs=1e-4)


def test_test_rows_can_be_shown_where_they_lie(race_of_three) -> None:
    problem, tests = race_of_three.problem, np.array(race_of_three.recording["tests"])
    assert len(tests) == 200
    assert (tests[:, 2] == 255 * problem.y["test"][:200]).all()
    (left, right), (bottom, top) = problem.plane.reach
    first = problem.X["test"][0]
    place = (first[0] - left) / (right - left), (top - first[1]) / (top - bottom)
    assert tests[0, :2] == pytest.approx(place, abs=1e-3)

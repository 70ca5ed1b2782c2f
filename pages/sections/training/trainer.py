"""Train with a progress bar and Stop, and keep the result: one frozen object in this visit's state."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import streamlit as st

from pages.sections.training import jobs
from pages.sections.training.settings import WARMUP
from pages.ui import replay
from pages.ui.text import Text
from reglib.datasets import Dataset
from reglib.race import Problem, Race, Run, Setup, maps, prepare

SIDE = 48  # points along each side of a picture
_WEIGHT_BYTES = 600_000  # of the replay, before it is deflated


@dataclass(frozen=True, eq=False)
class Shown:
    """A race, its data, and its recording for the player.

    ``frames[i]`` is the race's frame that the player calls i; ``asked`` is what its settings were.
    """

    race: Race
    problem: Problem
    asked: Setup
    frames: tuple[int, ...]
    recording: dict[str, Any]


def shown() -> Shown | None:
    """Give what there is to see, if anything has been trained in this visit."""
    return st.session_state.get("training_shown")


def paused(of: Shown) -> int:
    """Give the race's frame at which the player stands."""
    at = (st.session_state.get("training_player") or {}).get("at") or {}
    last = len(of.frames) - 1
    index = at.get("frame", last) if at.get("id") == of.recording["id"] else last
    return of.frames[min(max(int(index), 0), last)]


def train(text: Text, setup: Setup) -> None:
    """Do what a button asked for, or go on with what a change of a control has interrupted.

    A race is also trained when a link has changed the settings (a first visit, Back, a step of the tour).
    """
    state = st.session_state
    ask = state.pop("training_ask", None)
    before = shown()
    linked = before is not None and before.asked != setup and not state.get("training_edited")
    if ask is None and "training_run" not in state and (before is None or linked):
        ask = "train"
    if ask is not None:
        state["training_edited"] = False
        state["training_run"] = _start(ask, setup)
    if "training_run" not in state:
        return
    run: Run = state["training_run"][0]
    jobs.work(text, "race", run, _finish, lambda share: text("main.progress", epoch=run.epoch, share=share))


def _start(ask: str, setup: Setup) -> tuple[Run, Setup]:
    before, asked = shown(), setup
    if ask == "continue" and before is not None and setup.continues(before.race.setup):
        return Run.resume(before.race, before.problem, paused(before), setup), setup
    if ask == "warm":
        setup = replace(setup, l1=0.0, l2=0.0, warmup=0, epochs=WARMUP)
    own: Dataset | None = st.session_state.get("_training_table")
    return Run(setup, prepare(setup, own)), asked


def _finish() -> None:
    if "training_run" in st.session_state:
        run, asked = st.session_state.pop("training_run")
        st.session_state["training_shown"] = make(run.result(), run.problem, asked)


def make(race: Race, problem: Problem, asked: Setup) -> Shown:
    """Pack a race for the player."""
    kept = sorted(race.replay)
    each = sum(w.shape[1] * w.shape[2] for w in race.replay[0].weights) * len(race.penalties)
    most = int(np.clip(_WEIGHT_BYTES // each, 10, 121))
    picks = sorted({kept[round(k)] for k in np.linspace(0, len(kept) - 1, min(most, len(kept)))})
    layers = range(len(race.replay[0].weights))
    members = [race.member(penalty) for penalty in race.penalties]
    colours = np.clip(_bytes(problem), 0, 255)
    (left, right), (bottom, top) = problem.plane.reach
    places = (problem.plane.points - [left, top]) / [right - left, bottom - top]
    ceiling, ticks = _axis(race)
    recording = replay.record(
        maps(race, problem, picks, SIDE),
        [np.stack([race.replay[f].weights[layer] for f in picks]) for layer in layers],
        np.column_stack([places, colours]),
        kind=problem.task,
        levels=250 // max(2, len(problem.class_names)),
        epochs=race.epochs[picks].tolist(),
        changes=[epoch for epoch, _ in race.stretches[1:]],
        total=race.weights(),
        ceiling=ceiling,
        ticks=ticks,
        panels=[
            {
                "test": race.loss["test"][picks, k].round(4).tolist(),
                "train": race.loss["train"][picks, k].round(4).tolist(),
                "zeros": race.zeros[picks, k].sum(axis=1).tolist(),
                "best": int(race.loss["validation"][picks, k].argmin()),
            }
            for k in members
        ],
    )
    return Shown(race, problem, asked, tuple(picks), recording)


def _bytes(problem: Problem) -> Any:
    """Give each training row the byte of its colour, as `reglib.race.maps` writes pictures."""
    y = problem.y["train"]
    if problem.task == "multiclass":
        levels = 250 // len(problem.class_names)
        return y * levels + levels - 1
    return np.rint(255 * (y - y.min()) / ((y.max() - y.min()) or 1.0))


def _axis(race: Race) -> tuple[float, list[float]]:
    """Choose the top of the loss axis (a diverged network may not flatten the others) and a few ticks."""
    finals = np.concatenate([race.loss[part].ravel() for part in ("train", "test")])
    start = float(race.loss["test"][0].max())
    top = max(1e-3, float(min(np.quantile(finals, 0.995), 4 * start)) * 1.05)
    step = 10.0 ** np.floor(np.log10(top / 2))
    step *= next((k for k in (5, 2, 1) if top / (k * step) >= 2), 1)
    return round(top, 4), [round(float(tick), 6) for tick in np.arange(0, top, step)]

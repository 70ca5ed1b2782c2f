"""Train with a progress bar and Stop, and keep the result: one frozen object in this visit's state."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import streamlit as st

from pages.sections.training import jobs, record, settings
from pages.sections.training.settings import plain
from pages.ui import controls, replay
from pages.ui.text import Text
from reglib.errors import ReglibError
from reglib.race import Problem, Race, Replan, Run, Segment, Setup, maps, prepare

_TESTS = 200  # test rows that the player can show
SIDE = 48  # points along each side of a picture
_WEIGHT_BYTES = 600_000  # of the replay, before it is deflated


@dataclass(frozen=True, eq=False)
class Shown:
    """A race, its data, and its recording for the player.

    ``frames[i]`` is the race's frame that the player calls i; ``asked`` is what its settings were; ``code`` is
    its `record`, empty where the controls alone say what was trained;
    ``own`` says which of the reader's tables it was trained on, and for which target; None for other data.
    """

    race: Race
    problem: Problem
    asked: Setup
    code: str
    frames: tuple[int, ...]
    recording: dict[str, Any]
    own: Hashable = None

    def differs(self, setup: Setup) -> bool:
        """Tell whether these settings, with the reader's table as it is now, would train on something else."""
        return self.asked != setup or (setup.data == "own" and self.own != chosen())


def chosen() -> Hashable:
    """Say which table, and which target in it, the reader has chosen (see pages.sections.training.own)."""
    return st.session_state.get("_training_table_of")


def shown() -> Shown | None:
    """Give what there is to see, if anything has been trained in this visit."""
    return st.session_state.get("training_shown")


def stands(of: Shown) -> int:
    """Give the player's frame: where it is paused, or was before another view took its place; else the last."""
    state, mine = st.session_state, of.recording["id"]
    at = (state.get("training_player") or {}).get("at") or {}
    if at.get("id") == mine:
        state["_training_stands"] = at
    at = state.get("_training_stands", {})
    last = len(of.frames) - 1
    index = at.get("frame", last) if at.get("id") == mine else last
    return min(max(int(index), 0), last)


def paused(of: Shown) -> int:
    """Give the race's frame at which the player stands."""
    return of.frames[stands(of)]


def column(text: Text) -> None:
    """Draw the settings and the buttons."""
    with st.container(gap="xxsmall"):
        _column(text)


def _column(text: Text) -> None:
    setup, of = settings.show(text), shown()
    if of is not None and of.differs(setup):
        st.caption(f":material/edit: {text('settings.changed')}")
    frame = 0 if of is None else paused(of)
    gone = () if of is None else of.race.stopped(frame)
    can_continue = of is not None and can_go_on(of, setup) and not gone
    st.button(
        text("settings.train"),
        key="training_train",
        on_click=settings.ask,
        args=("train",),
        width="stretch",
        icon=":material/play_arrow:",
        help=text("settings.train_help"),
    )
    st.button(
        text("settings.continue", epoch=0 if of is None else int(of.race.epochs[frame])),
        key="training_continue",
        on_click=settings.ask,
        args=("continue",),
        width="stretch",
        disabled=not can_continue,
        help=text("settings.diverged_help" if gone else "settings.continue_help"),
    )
    st.button(
        text("settings.warm", epochs=settings.WARMUP),
        key="training_warm",
        on_click=settings.ask,
        args=("warm",),
        width="stretch",
        help=text("settings.warm_help"),
    )


def can_go_on(of: Shown, setup: Setup) -> bool:
    """Tell whether training can be continued with these settings: on the same data."""
    return setup.continues(of.race.setup) and (setup.data != "own" or of.own == chosen())


def train(text: Text, setup: Setup, place: Any, watch: Callable[[Run | Replan, Any, int], int]) -> None:
    """Do what a button asked for, or go on with what a change of a control has interrupted.

    A race is also trained when a link has changed the settings (a first visit, Back, a step of the tour). A link
    to a run of several segments offers to train it.

    Parameters
    ----------
    place, watch
        As `jobs.work`; `watch` also takes the run.
    """
    state = st.session_state
    if (fresh := state.pop("training_fresh", None)) is not None:
        controls.write(record.KEY, fresh or None, None)
    code = st.query_params.get(record.KEY, "")
    segments = record.read(code, setup)
    before, asked = shown(), state.pop("training_wish", None)
    linked = not state.get("training_edited") and (
        before is None or before.asked != setup or (before.code != code and (before.code or segments))
    )
    if asked is None and "training_job" not in state and linked:
        if segments:
            state.pop("training_shown", None)
            _offer(text, segments)
            return
        asked = "train"
    if asked is not None:
        state["training_edited"] = False
        state["training_job"] = _start(asked, setup, segments)
    if "training_job" in state:
        run = state["training_job"][0]
        try:
            jobs.work(
                text,
                "race",
                run,
                _finish,
                lambda share: text("main.progress", epoch=run.epoch, share=share),
                place=place,
                watch=partial(watch, run),
            )
        except ReglibError:  # a link's later segment cannot be trained: the next button starts afresh
            state.pop("training_job", None)
            raise
        st.rerun()  # the column at the left is about what has been trained


def _offer(text: Text, segments: tuple[Segment, ...]) -> None:
    """Say what a link's run is made of, and offer to train it."""
    said = "link.said" if len(segments) > 1 else "link.said_one"
    words = [text(said, segments=len(segments), epochs=segments[-1].until)]
    start = 0
    for segment in segments:
        numbers = {name: plain(getattr(segment.setup, name)) for name in ("l1", "l2", "learning_rate")}
        words.append("- " + text("link.segment", start=start, end=segment.until, **numbers))
        start = segment.until
    st.info("\n".join([words[0], "", *words[1:]]))
    st.button(
        text("link.run"),
        key="training_link",
        on_click=settings.ask,
        args=("link",),
        icon=":material/play_arrow:",
    )


def _start(
    asked: str, setup: Setup, segments: tuple[Segment, ...]
) -> tuple[Run | Replan, Setup, str | None, Hashable]:
    """Give the job, the settings it was asked with, its record if known beforehand, and which own table it is on."""
    before = shown()
    own = chosen() if setup.data == "own" else None
    if asked == "continue" and before is not None and can_go_on(before, setup):
        return Run.resume(before.race, before.problem, paused(before), setup), setup, None, own
    problem = prepare(setup, st.session_state.get("_training_table"))
    if asked == "link" and segments:
        return Replan(segments, problem), setup, record.write(segments), own
    warm = replace(setup, l1=0.0, l2=0.0, warmup=0, epochs=settings.WARMUP)
    return Run(warm if asked == "warm" else setup, problem), setup, None, own


def _finish() -> None:
    if "training_job" not in st.session_state:
        return
    run, asked, code, own = st.session_state.pop("training_job")
    race: Race = run.result()
    if code is None or not run.done:
        plain_run = run.done and len(race.segments) == 1 and race.segments[0].setup == asked
        code = "" if plain_run or asked.data == "own" else record.write(race.segments)
    state = st.session_state
    state["_training_count"] = state.get("_training_count", 0) + 1
    state["training_shown"] = make(race, run.problem, asked, code, state["_training_count"], own)
    state["training_fresh"] = code


def make(
    race: Race, problem: Problem, asked: Setup, code: str = "", number: int = 0, own: Hashable = None
) -> Shown:
    """Pack a race for the player; another `number` makes it new to the player even if all else is the same."""
    kept = sorted(race.replay)
    each = sum(w.shape[1] * w.shape[2] for w in race.replay[0].weights) * len(race.penalties)
    most = int(np.clip(_WEIGHT_BYTES // each, 10, 121))
    picks = sorted({kept[round(k)] for k in np.linspace(0, len(kept) - 1, min(most, len(kept)))})
    recording = _recording(race, problem, picks, race.epochs[-1], number=number)
    return Shown(race, problem, asked, code, tuple(picks), recording, own)


def moment(run: Run | Replan) -> tuple[Race, dict[str, Any]]:
    """Pack what a run has come to: the losses until now, and the picture of the last moment alone."""
    race = run.so_far()
    last = len(race.epochs) - 1
    return race, _recording(race, run.problem, range(last + 1), run.end, live=True)


def _recording(
    race: Race, problem: Problem, picks: Sequence[int], end: int, *, live: bool = False, number: int = 0
) -> dict[str, Any]:
    """Pack some frames of a race, with a picture of each or (live) of the last; the epochs' axis goes to `end`."""
    pictures = list(picks)[-1:] if live else list(picks)
    layers = range(len(race.replay[pictures[-1]].weights))
    ceiling, ticks = _axis(race)
    return replay.record(
        maps(race, problem, pictures, SIDE),
        [np.stack([race.replay[f].weights[layer] for f in pictures]) for layer in layers],
        _rows(problem, "train"),
        tests=np.round(_rows(problem, "test")[:_TESTS], 3).tolist(),
        live=live,
        number=number,
        kind=problem.task,
        levels=250 // max(2, len(problem.class_names)),
        epochs=race.epochs[picks].tolist(),
        curve_epochs=race.epochs.tolist(),
        end=int(end),
        changes=[epoch for epoch, _ in race.stretches[1:]],
        total=race.weights(),
        ceiling=ceiling,
        ticks=ticks,
        panels=[_panel(race, penalty, picks) for penalty in race.penalties],
    )


def _panel(race: Race, penalty: str, picks: Sequence[int]) -> dict[str, Any]:
    """Give a network's numbers for the player, medians over the seeds; ``last`` is its last frame before a stop.

    Pictures are of some epochs; the curves, whose ``best`` and ``ended`` count from the first, are of all recorded.
    """
    middle = {part: np.stack(race.middle(race.loss[part], penalty)) for part in ("train", "test")}
    rounded = {part: np.nan_to_num(values, posinf=1e300).round(4) for part, values in middle.items()}
    stop = race.stops[race.member(penalty)]

    def until(epochs: Any) -> int:
        return len(epochs) if stop is None else int(np.searchsorted(epochs, stop.epoch, side="right"))

    ended = until(race.epochs[picks])
    panel: dict[str, Any] = {part: values[0][list(picks)].tolist() for part, values in rounded.items()}
    panel["curves"] = {part: values[0].tolist() for part, values in rounded.items()}
    score = np.median(race.of(race.score["test"], penalty)[picks], axis=1)
    task = race.replay[max(race.replay)].task
    panel["score"] = [written(value) if task == "regression" else f"{value:.1%}" for value in score.tolist()]
    if race.setup.seeds > 1:
        panel["bands"] = {part: {"low": v[1].tolist(), "high": v[2].tolist()} for part, v in rounded.items()}
    zeros = np.median(race.of(race.zeros.sum(axis=2), penalty)[picks], axis=1)
    panel |= {"zeros": zeros.astype(int).tolist(), "last": ended - 1}
    return panel | {"best": int(race.best(penalty)), "ended": until(race.epochs) - 1}


def _rows(problem: Problem, part: str) -> Any:
    """Give place and colour of a part's rows, the colour as the byte that `reglib.race.maps` writes for it."""
    y, known = problem.y[part], problem.y["train"]
    if problem.task == "multiclass":
        levels = 250 // len(problem.class_names)
        colours = y * levels + levels - 1
    else:
        colours = np.rint(255 * (y - known.min()) / ((known.max() - known.min()) or 1.0))
    return np.column_stack([problem.plane.place(problem.X[part]), np.clip(colours, 0, 255)])


def written(value: float) -> str:
    """Write a loss as the player does: three decimals, or a power of ten where those would be a row of digits."""
    return f"{value:z.3f}" if abs(value) < 1000 else f"{value:.1e}".replace("e+0", "e").replace("e+", "e")


def weighed(total: float) -> str:
    """Write Σ|w| or Σw²: of a diverged network it may be very large."""
    return f"{total:,.2f}" if total < 1e6 else f"{total:.1e}"


def _axis(race: Race) -> tuple[float, list[float]]:
    """Choose the top of the loss axis (a diverged network may not flatten the others) and a few ticks."""
    finals = np.concatenate([race.loss[part].ravel() for part in ("train", "test")])
    start = float(race.loss["test"][0].max())
    top = max(1e-3, float(min(np.quantile(finals, 0.995), 4 * start)) * 1.05)
    step = 10.0 ** np.floor(np.log10(top / 2))
    step *= next((k for k in (5, 2, 1) if top / (k * step) >= 2), 1)
    return round(top, 4), [round(float(tick), 6) for tick in np.arange(0, top, step)]

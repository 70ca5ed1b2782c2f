"""What was trained, three ways: replayed, as a loss ledger, and as accuracy and confusion."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from pages.charts import training as charts
from pages.charts.theme import DASHES
from pages.sections.training import trainer
from pages.sections.training.trainer import Shown
from pages.ui import chart, controls, replay
from pages.ui.takeaway import script, take_away
from pages.ui.text import Text, escape
from reglib.race import SETS, confusion


def show(text: Text, shown: Shown) -> None:
    """Draw the view the reader has chosen, and say what is to be seen in it."""
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        view = controls.choice(
            text("main.view"),
            text.labels("views"),
            key="training_view",
            default="replay",
            label_visibility="collapsed",
        )
        opened = bool(st.session_state.get("training_view_take"))
        take_away(text, "view", _files(shown) if opened else {}, _script(shown) if opened else "")
    {"replay": _replay, "ledger": _ledger, "scores": _scores}[view](text, shown)
    _say(text, shown)


def _files(shown: Shown) -> dict[str, pd.DataFrame]:
    """Give the rows in their own units, and the losses of every recorded epoch."""
    race, problem = shown.race, shown.problem
    parts = []
    for name in SETS:
        X, y = problem.raw[name]
        rows = pd.DataFrame(np.column_stack([X, y]), columns=[*problem.feature_names, problem.target_name])
        rows.insert(rows.shape[1], "split", name, allow_duplicates=True)
        parts.append(rows)
    losses: dict[str, Any] = {"epoch": race.epochs}
    for penalty in race.penalties:
        for name in SETS:
            losses[f"{penalty}_{name}_loss"] = race.middle(race.loss[name], penalty)[0]
            losses[f"{penalty}_{name}_score"] = race.middle(race.score[name], penalty)[0]
        losses[f"{penalty}_l1_penalty"] = race.middle(race.l1_penalty, penalty)[0]
        losses[f"{penalty}_l2_penalty"] = race.middle(race.l2_penalty, penalty)[0]
        losses[f"{penalty}_zeros"] = np.median(race.of(race.zeros.sum(axis=2), penalty), axis=1)
    return {"training": pd.concat(parts), "losses": pd.DataFrame(losses)}


def _script(shown: Shown) -> str:
    race, problem = shown.race, shown.problem
    own = race.setup.data == "own"
    changing = ("epochs", "l1", "l2", "learning_rate", "momentum", "warmup")
    return script(
        "training",
        file="reglab-training.csv" if own else "",
        **{"task, classes": (problem.task, problem.class_names)} if own else {},
        setup=race.setup,
        paused=int(race.epochs[trainer.paused(shown)]),
        segments=[(s.until, *(getattr(s.setup, name) for name in changing)) for s in race.segments],
    )


def _replay(text: Text, shown: Shown) -> None:
    race, look = shown.race, chart.look()
    names = text.labels("penalties")
    panels = []
    for penalty, numbers in zip(race.penalties, shown.recording["panels"], strict=True):
        stop = race.stops[race.member(penalty)]
        panels.append(
            {
                **numbers,
                "name": names[penalty],
                "alt": text("player.net", name=names[penalty]),
                "stopped": text("main.stop_note", epoch=stop.epoch) if stop else "",
            }
        )
    replay.player(
        {**shown.recording, "panels": panels},
        labels=text.labels("player"),
        colors={
            **{name: look.color(name) for name in ("negative", "positive", "ink", "muted", "grid")},
            "middle": look.color("background"),
            "classes": list(charts.CLASSES),
            "panels": [
                {"color": look.color(penalty), "dash": [] if penalty == "l1" else DASHES[penalty]}
                for penalty in race.penalties
            ],
        },
        key="training_player",
    )


def _ledger(text: Text, shown: Shown) -> None:
    race = shown.race
    boxes = st.columns(len(race.penalties))
    for box, penalty in zip(boxes, race.penalties, strict=True):
        name = text(f"penalties.{penalty}")
        series = {
            "data": race.loss["train"],
            "l1": race.l1_penalty,
            "l2": race.l2_penalty,
            "validation": race.loss["validation"],
            "test": race.loss["test"],
        }
        middle = {key: race.middle(values, penalty) for key, values in series.items()}
        wide = pd.DataFrame({"epoch": race.epochs, **{key: rows[0] for key, rows in middle.items()}})
        wide["total"] = wide["data"] + wide["l1"] + wide["l2"]
        parts = pd.concat(
            [
                pd.DataFrame({"epoch": race.epochs, "part": part, "value": wide[part], "order": order})
                for order, part in enumerate(charts.PARTS)
            ]
        )
        lines = pd.concat(
            [
                pd.DataFrame(
                    dict(zip(("epoch", "median", "low", "high"), (race.epochs, *middle[part]), strict=True))
                ).assign(set=part)
                for part in ("validation", "test")
            ]
        )
        best = race.best(penalty)
        marks = [{"epoch": int(race.epochs[best]), "kind": "best"}]
        marks += [{"epoch": epoch, "kind": "changed"} for epoch, _ in race.stretches[1:]]
        last = wide.iloc[-1]
        with box:
            st.markdown(f"**{name}**")
            chart.chart(
                charts.ledger,
                text.labels("ledger"),
                {"parts": parts, "lines": lines, "moments": wide, "marks": pd.DataFrame(marks)},
                alt=text(
                    "ledger_words.alt",
                    name=name,
                    data=last["data"],
                    penalty=last["l1"] + last["l2"],
                    validation=last["validation"],
                    test=last["test"],
                    best=int(race.epochs[best]),
                ),
                key=f"training_ledger_{penalty}",
                ceiling=shown.recording["ceiling"],
                last=int(race.epochs[-1]) or 1,
            )
            st.caption(
                text(
                    "ledger_words.caption",
                    best=int(race.epochs[best]),
                    at_best=race.loss["test"][best, race.member(penalty)],
                    test=race.loss["test"][-1, race.member(penalty)],
                )
            )


def _scores(text: Text, shown: Shown) -> None:
    race, problem = shown.race, shown.problem
    frame = race.nearest_replay(trainer.paused(shown))
    counts = None if problem.task == "regression" else confusion(race, problem, frame)
    for number, (box, penalty) in enumerate(
        zip(st.columns(len(race.penalties)), race.penalties, strict=True)
    ):
        name = text(f"penalties.{penalty}")
        score = float(race.score["test"][frame, race.member(penalty)])
        with box:
            label = "scores.r2" if counts is None else "scores.accuracy"
            st.metric(f"{name} · {text(label)}", f"{score:z.3f}" if counts is None else f"{score:.1%}")
            if counts is None:
                guess = race.replay[frame].predict(problem.X["test"])[number]
                rows = pd.DataFrame({"truth": problem.y["test"], "guess": guess})
                reach = max(1.0, float(np.ceil(np.abs(problem.y["test"]).max())))
                chart.chart(
                    charts.predictions,
                    text.labels("scores"),
                    {
                        "rows": rows,
                        "diagonal": pd.DataFrame({"truth": [-reach, reach], "guess": [-reach, reach]}),
                    },
                    alt=text("scores.alt_regression", name=name, score=score),
                    key=f"training_scores_{penalty}",
                    reach=reach,
                )
                continue
            mine = counts[number]
            truth, guess = np.indices(mine.shape)
            share = mine / np.maximum(mine.sum(axis=1, keepdims=True), 1)
            cells = {
                "truth": truth.ravel(),
                "guess": guess.ravel(),
                "rows": mine.ravel(),
                "share": share.ravel(),
            }
            chart.chart(
                charts.confusion,
                text.labels("scores"),
                {"cells": pd.DataFrame(cells)},
                alt=text("scores.alt", name=name, right=int(np.trace(mine)), rows=int(mine.sum())),
                key=f"training_scores_{penalty}",
                classes=len(mine),
            )
    if counts is not None and problem.name != "digits":
        names = ", ".join(f"{k} = {escape(name)}" for k, name in enumerate(problem.class_names))
        st.caption(text("scores.classes", names=names))
    st.dataframe(_table(text, shown, frame), hide_index=True, width="stretch")


def _table(text: Text, shown: Shown, frame: int) -> pd.DataFrame:
    """Give each network's numbers at a frame, medians over the seeds."""
    race = shown.race

    def middle(values: Any, penalty: str) -> float:
        return float(np.median(race.of(values, penalty)[frame]))

    objective = race.loss["train"] + race.l1_penalty + race.l2_penalty
    rows = []
    for penalty in race.penalties:
        row = {text("scores.network"): text(f"penalties.{penalty}")}
        row[text("scores.objective")] = f"{middle(objective, penalty):.3f}"
        for part in SETS:
            loss, score = middle(race.loss[part], penalty), middle(race.score[part], penalty)
            row[text(f"scores.{part}")] = f"{loss:.3f} ({score:z.3f})"
        row[text("scores.sum_abs")] = f"{middle(race.sum_abs, penalty):,.2f}"
        row[text("scores.sum_squares")] = f"{middle(race.sum_squares, penalty):,.2f}"
        zeros = middle(race.zeros.sum(axis=2), penalty)
        row[text("scores.zeros")] = f"{zeros:,.0f} / {race.weights():,}"
        rows.append(row)
    return pd.DataFrame(rows)


def _say(text: Text, shown: Shown) -> None:
    race, problem = shown.race, shown.problem
    frame = trainer.paused(shown)
    loss = {p: float(np.median(race.of(race.loss["test"], p)[frame])) for p in ("none", "l1", "l2")}
    zeros = int(np.median(race.of(race.zeros.sum(axis=2), "l1")[frame]))
    words = [text("main.seen", epoch=int(race.epochs[frame]), zeros=zeros, total=race.weights(), **loss)]
    words.append(text("main.split", **{part: problem.rows(part) for part in SETS}))
    if problem.X["train"].shape[1] > 2:
        words.append(text("main.plane", inputs=problem.X["train"].shape[1], share=problem.plane.share))
    if race.setup.seeds > 1:
        words.append(text("main.seeds_note", seeds=race.setup.seeds))
    if not race.complete:
        words.append(text("main.stopped_early", epoch=int(race.epochs[-1])))
    st.caption(" · ".join(words))
    for penalty in race.penalties:
        stop = race.stops[race.member(penalty)]
        if stop is not None:
            st.warning(
                text(
                    f"main.stops.{stop.code}",
                    name=text(f"penalties.{penalty}"),
                    epoch=stop.epoch,
                    value=stop.value,
                    limit=stop.limit,
                )
            )

"""What was trained, three ways: replayed, as a loss ledger, and as accuracy and confusion."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from pages.charts import training as charts
from pages.charts.theme import DASHES, Look
from pages.sections.training import settings, trainer
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
    _warn(text, shown)
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


def written(value: float) -> str:
    """Write a loss as the player does: three decimals, or a power of ten where those would be a row of digits."""
    return f"{value:z.3f}" if abs(value) < 1000 else f"{value:.1e}".replace("e+0", "e").replace("e+", "e")


def _replay(text: Text, shown: Shown) -> None:
    race, look = shown.race, chart.look()
    panels = []
    for penalty, numbers in zip(race.penalties, shown.recording["panels"], strict=True):
        name = text(f"penalties.{penalty}")
        stop = race.stops[race.member(penalty)]
        panels.append(
            {
                **numbers,
                "name": name,
                "alt": text("player.net", name=name),
                "alt_map": text("player.map", name=name),
                "gone": "" if stop is None else text("player.gone", epoch=stop.epoch + 1),
            }
        )
    replay.player(
        {**shown.recording, "panels": panels, "legend": _legend(text, shown, look)},
        labels=text.labels("player"),
        colors={
            **{
                name: look.color(name)
                for name in ("negative", "positive", "ink", "muted", "grid", "background")
            },
            "middle": look.color("background"),
            "classes": list(charts.CLASSES),
            "panels": [
                {"color": look.color(penalty), "dash": [] if penalty == "l1" else DASHES[penalty]}
                for penalty in race.penalties
            ],
        },
        key="training_player",
    )


def _legend(text: Text, shown: Shown, look: Look) -> list[tuple[str, str, str]]:
    """Give shape, colour and words of everything that the player's pictures show."""
    problem = shown.problem
    names = [name if len(name) <= 24 else f"{name[:23]}…" for name in problem.class_names]
    low, high = look.color("negative"), look.color("positive")
    if problem.task == "binary":
        words = [text("player.class", name=name) for name in names]
        rows = [("circle", low, words[0]), ("square", high, words[1])]
    elif problem.task == "regression":
        rows = [("circle", low, text("player.low")), ("circle", high, text("player.high"))]
    else:
        hues = len(charts.CLASSES)
        rows = [("circle", charts.CLASSES[k % hues], name) for k, name in enumerate(names[:hues])]
    rows.append(("none", low, text("player.ground")))
    rows += [("line", high, text("player.positive")), ("line", low, text("player.negative"))]
    if shown.recording["changes"]:
        rows.append(("rule", look.ink, text("ledger.changed")))
    return rows


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
        stop = race.stops[race.member(penalty)]
        if stop is not None:
            wide = wide[wide["epoch"] <= stop.epoch]
        parts = pd.concat(
            [
                pd.DataFrame({"epoch": wide["epoch"], "part": part, "value": wide[part], "order": order})
                for order, part in enumerate(charts.PARTS)
            ]
        )
        lines = pd.concat(
            [
                pd.DataFrame(
                    dict(zip(("epoch", "median", "low", "high"), (race.epochs, *middle[part]), strict=True))
                )
                .iloc[: len(wide)]
                .assign(set=part)
                for part in ("validation", "test")
            ]
        )
        best = race.best(penalty)
        marks = [{"epoch": int(race.epochs[best]), "kind": "best"}]
        marks += [{"epoch": epoch, "kind": "changed"} for epoch, _ in race.stretches[1:]]
        if stop is not None:
            marks.append({"epoch": int(wide["epoch"].iloc[-1]), "kind": "gone"})
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
                    data=written(last["data"]),
                    penalty=written(last["l1"] + last["l2"]),
                    validation=written(last["validation"]),
                    test=written(last["test"]),
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
                    at_best=written(wide["test"][best]),
                    test=written(last["test"]),
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
            st.metric(f"{name} · {text(label)}", written(score) if counts is None else f"{score:.1%}")
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
                    alt=text("scores.alt_regression", name=name, score=written(score)),
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
    if counts is not None and any(name != str(k) for k, name in enumerate(problem.class_names)):
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
        row[text("scores.objective")] = written(middle(objective, penalty))
        for part in SETS:
            loss, score = middle(race.loss[part], penalty), middle(race.score[part], penalty)
            row[text(f"scores.{part}")] = f"{written(loss)} ({written(score)})"
        row[text("scores.sum_abs")] = f"{middle(race.sum_abs, penalty):,.2f}"
        row[text("scores.sum_squares")] = f"{middle(race.sum_squares, penalty):,.2f}"
        zeros = middle(race.zeros.sum(axis=2), penalty)
        row[text("scores.zeros")] = f"{zeros:,.0f} / {race.weights():,}"
        rows.append(row)
    return pd.DataFrame(rows)


def _say(text: Text, shown: Shown) -> None:
    race, problem = shown.race, shown.problem
    frame = trainer.paused(shown)
    gone = race.stopped(frame)
    loss = {
        p: text("main.gone") if p in gone else written(float(np.median(race.of(race.loss["test"], p)[frame])))
        for p in ("none", "l1", "l2")
    }
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


def _warn(text: Text, shown: Shown) -> None:
    """Say which networks diverged, when and why, and what to change."""
    race = shown.race
    stops = [(p, stop) for p in race.penalties if (stop := race.stops[race.member(p)]) is not None]
    if not stops:
        return
    named = ", ".join(
        text(
            f"main.stops.{stop.code}",
            name=text(f"penalties.{penalty}"),
            epoch=stop.epoch + 1,
            value=written(stop.value),
            limit=written(stop.limit),
        )
        for penalty, stop in stops
    )
    rate = settings.plain(race.setup.learning_rate)
    before = min(stop.epoch for _, stop in stops)
    early = all(stop.code == "step_too_large" for _, stop in stops)
    st.warning(
        text("main.stops.early" if early else "main.stops.said", named=named, rate=rate, before=before)
    )

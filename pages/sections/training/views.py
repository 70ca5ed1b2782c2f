"""What was trained, three ways: replayed, as a loss ledger, and as accuracy and confusion."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from pages.charts import training as charts
from pages.charts.theme import DASHES, Look
from pages.sections.training import settings, taken, trainer
from pages.sections.training.trainer import Shown, weighed, written
from pages.ui import chart, controls, markup, replay
from pages.ui.takeaway import script, take_away
from pages.ui.text import Text, escape
from reglib.race import SETS, Problem, Race, Replan, Run, confusion


def head(text: Text) -> tuple[str, Any]:
    """Draw the row above the pictures; give the view the reader has chosen, and the place between for words."""
    with st.container(horizontal=True, vertical_alignment="center"):
        view = controls.choice(
            text("main.view"),
            text.labels("views"),
            key="training_view",
            default="replay",
            label_visibility="collapsed",
            steady=True,
        )
        with st.container(width="stretch"):
            place = st.empty()
        if (shown := trainer.shown()) is not None:
            take_away(text, "view", partial(_files, shown), lambda: script("training", **taken.run(shown)))
    return view, place


def show(text: Text, shown: Shown, view: str, place: Any) -> None:
    """Draw a view, and say what is to be seen in it."""
    words = [text("main.split", **{part: shown.problem.rows(part) for part in SETS})]
    if view == "scores":
        words.append(text("main.at", epoch=int(shown.race.epochs[trainer.paused(shown)])))
    place.caption(" · ".join(words))
    _warn(text, shown)
    draw = {"replay": _replay, "ledger": _ledger, "scores": _scores}
    with st.container():  # as one: the pictures of a training under way take its place
        boxes = {name: st.container(key=f"training_seen_{name}") for name in draw}
    for name in _drawn(text, shown, view, list(draw)):
        with boxes[name]:
            draw[name](text, shown)
    words = _notes(text, shown.race, view)
    if view != "scores" and not any(shown.race.stops):  # no room beside the warning, and nothing to tell
        # The ledger marks that epoch in another way.
        words.insert(0, _kept(text, shown.race).removeprefix("▼ " if view == "ledger" else ""))
    if words:
        st.caption(" · ".join(words))


def _drawn(text: Text, shown: Shown, view: str, views: list[str]) -> list[str]:
    """Give the views to draw: the one chosen and, once the reader changes between them, the others after it.

    style.css shows the one whose button is pressed, so that changing again takes no new drawing. When anything else
    has changed, only the one chosen is drawn.
    """
    moment = (shown, trainer.stands(shown), text.lang, chart.look())
    before, first = st.session_state.get("_training_drawn", (None, view))
    alone = before != moment or first == view
    st.session_state["_training_drawn"] = (moment, view if alone else None)
    return [view] if alone else [view, *(other for other in views if other != view)]


def watch(text: Text, run: Run | Replan, place: Any, seen: int) -> int:
    """Draw a run under way if it has recorded anything since; give the last epoch recorded."""
    if run.recorded > seen:
        race, recording = trainer.moment(run)
        with place.container():
            replay.watch(**_scene(text, race, run.problem, recording))
    return run.recorded


def _files(shown: Shown) -> dict[str, pd.DataFrame]:
    """Give the rows in their own units, and the losses of every recorded epoch."""
    race = shown.race
    losses: dict[str, Any] = {"epoch": race.epochs}
    for penalty in race.penalties:
        for name in SETS:
            losses[f"{penalty}_{name}_loss"] = race.middle(race.loss[name], penalty)[0]
            losses[f"{penalty}_{name}_score"] = race.middle(race.score[name], penalty)[0]
        losses[f"{penalty}_l1_penalty"] = race.middle(race.l1_penalty, penalty)[0]
        losses[f"{penalty}_l2_penalty"] = race.middle(race.l2_penalty, penalty)[0]
        losses[f"{penalty}_zeros"] = np.median(race.of(race.zeros.sum(axis=2), penalty), axis=1)
    return {"training": taken.rows(shown.problem), "losses": pd.DataFrame(losses)}


def _replay(text: Text, shown: Shown) -> None:
    scene = _scene(text, shown.race, shown.problem, shown.recording)
    scene["labels"]["alt"] = f"{_numbers(text, shown)} {text('player.alt')}"
    replay.player(**scene, key="training_player", start=trainer.stands(shown))


def _numbers(text: Text, shown: Shown) -> str:
    """Say the numbers of the paused epoch, for those who do not see the player (and for the tour)."""
    race = shown.race
    frame = trainer.paused(shown)
    gone = race.stopped(frame)
    loss = {
        p: text("main.gone") if p in gone else written(float(np.median(race.of(race.loss["test"], p)[frame])))
        for p in ("none", "l1", "l2")
    }
    zeros = int(np.median(race.of(race.zeros.sum(axis=2), "l1")[frame]))
    return text("main.seen", epoch=int(race.epochs[frame]), zeros=zeros, total=race.weights(), **loss)


def _scene(text: Text, race: Race, problem: Problem, recording: dict[str, Any]) -> dict[str, Any]:
    """Give a recording with its words and colours, for the player."""
    look = chart.look()
    panels = []
    for penalty, numbers in zip(race.penalties, recording["panels"], strict=True):
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
    score = text("scores.r2" if problem.task == "regression" else "scores.accuracy")
    return {
        "recording": {**recording, "panels": panels, "legend": _legend(text, problem, recording, look)},
        "labels": {**text.labels("player"), "score": score},
        "colors": {
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
    }


def _legend(
    text: Text, problem: Problem, recording: dict[str, Any], look: Look
) -> list[tuple[str, str, str]]:
    """Give shape, colour and words of everything that the player's pictures show."""
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
    flat = problem.X["train"].shape[1] <= 2
    ground = text("player.ground") if flat else text("player.ground_plane", share=problem.plane.share)
    rows.append(("none", low, ground))
    widest = max(recording["sizes"])
    positive = text("player.positive_matrix" if widest > replay.PENCIL else "player.positive")
    rows += [("line", high, positive), ("line", low, text("player.negative"))]
    if recording["changes"]:
        rows.append(("rule", look.ink, text("ledger.changed")))
    return rows


def _ledger(text: Text, shown: Shown) -> None:
    race = shown.race
    key = charts.ledger_key(chart.look(), changed=len(race.stretches) > 1)
    markup.legend((text(f"ledger.{label}"), shape, color) for label, shape, color in key)
    boxes = st.columns(len(race.penalties))
    for box, penalty in zip(boxes, race.penalties, strict=True):
        name = text(f"penalties.{penalty}")
        tables = _once(shown, f"ledger_{penalty}", partial(_book, race, penalty))
        last = tables["moments"].iloc[-1]
        with box:
            st.markdown(f"**{name}**")
            chart.chart(
                charts.ledger,
                text.labels("ledger"),
                tables,
                alt=text(
                    "ledger_words.alt",
                    name=name,
                    data=written(last["data"]),
                    penalty=written(last["l1"] + last["l2"]),
                    validation=written(last["validation"]),
                    test=written(last["test"]),
                    best=int(race.epochs[race.best(penalty)]),
                ),
                key=f"training_ledger_{penalty}",
                ceiling=shown.recording["ceiling"],
                last=int(race.epochs[-1]) or 1,
            )


def _once(shown: Shown, name: str, build: Callable[[], dict[str, pd.DataFrame]]) -> dict[str, pd.DataFrame]:
    """Give tables about what is shown, built and serialised once for as long as it is shown."""
    whose, tables = st.session_state.get("_training_tables", (None, {}))
    if whose is not shown:
        st.session_state["_training_tables"] = (shown, tables := {})
    if name not in tables:
        tables[name] = build()
    found: dict[str, pd.DataFrame] = tables[name]
    return found


def _book(race: Race, penalty: str) -> dict[str, pd.DataFrame]:
    """Give the tables of a network's ledger, medians over the seeds, up to where it was stopped."""
    series = {
        "data": race.loss["train"],
        "l1": race.l1_penalty,
        "l2": race.l2_penalty,
        "validation": race.loss["validation"],
        "test": race.loss["test"],
    }
    stop = race.stops[race.member(penalty)]
    rows = len(race.epochs) if stop is None else int((race.epochs <= stop.epoch).sum())
    middle = {key: [v[:rows] for v in race.middle(values, penalty)] for key, values in series.items()}
    epochs = race.epochs[:rows]
    between = (epochs[1:] + epochs[:-1]) / 2
    ends = {"left": np.append(epochs[0], between), "right": np.append(between, epochs[-1])}
    moments = pd.DataFrame({"epoch": epochs, **ends, **{key: values[0] for key, values in middle.items()}})
    moments["total"] = moments["data"] + moments["l1"] + moments["l2"]
    parts = [
        pd.DataFrame({"epoch": epochs, "part": part, "value": middle[part][0], "order": order})
        for order, part in enumerate(charts.PARTS)
    ]
    lines = [
        pd.DataFrame(
            dict(zip(("epoch", "median", "low", "high"), (epochs, *middle[part]), strict=True))
            | {"set": part}
        )
        for part in ("validation", "test")
    ]
    marks = [{"epoch": int(race.epochs[race.best(penalty)]), "kind": "best"}]
    marks += [{"epoch": epoch, "kind": "changed"} for epoch, _ in race.stretches[1:]]
    if stop is not None:
        marks.append({"epoch": int(epochs[-1]), "kind": "gone"})
    return {
        "parts": pd.concat(parts),
        "lines": pd.concat(lines),
        "moments": moments,
        "marks": pd.DataFrame(marks),
    }


def _scores(text: Text, shown: Shown) -> None:
    race, problem = shown.race, shown.problem
    frame = race.nearest_replay(trainer.paused(shown))
    gone = race.stopped(frame)
    height = 320 - 35 * len(race.penalties)  # with the table's rows, as high as a laptop's screen allows
    for box, penalty in zip(st.columns(len(race.penalties)), race.penalties, strict=True):
        name = text(f"penalties.{penalty}")
        if penalty in gone:
            box.markdown(f"**{name}** · {text('main.gone')}")
            continue
        score = float(race.score["test"][frame, race.member(penalty)])
        tables = _once(shown, f"scores_{penalty}_{frame}", partial(_answers, race, problem, penalty, frame))
        draw = partial(
            chart.chart, labels=text.labels("scores"), data=tables, key=f"training_scores_{penalty}"
        )
        with box:
            if problem.task == "regression":
                value = written(score)
                st.markdown(text("scores.heading", name=name, label=text("scores.r2"), value=value))
                reach = float(tables["diagonal"]["truth"].iloc[1])
                said = text("scores.alt_regression", name=name, score=value)
                draw(charts.predictions, alt=said, reach=reach, height=height)
                continue
            label = text("scores.accuracy")
            st.markdown(text("scores.heading", name=name, label=label, value=f"{score:.1%}"))
            cells = tables["cells"]
            right = int(cells["rows"][cells["truth"] == cells["guess"]].sum())
            said = text("scores.alt", name=name, right=right, rows=int(cells["rows"].sum()))
            classes = int(cells["truth"].max()) + 1
            draw(charts.confusion, alt=said, classes=classes, height=height if classes <= 4 else 240)
    if any(name != str(k) for k, name in enumerate(problem.class_names)):
        names = ", ".join(f"{k} = {escape(name)}" for k, name in enumerate(problem.class_names))
        st.caption(text("scores.classes", names=names))
    table = _once(shown, f"table_{text.lang}_{frame}", lambda: {"table": _table(text, shown, frame)})
    st.table(table["table"], border="horizontal")  # a data frame takes three times as long to draw


def _answers(race: Race, problem: Problem, penalty: str, frame: int) -> dict[str, pd.DataFrame]:
    """Give the answers of a network's first seed to the test rows: each of them, or counted by classes."""
    number = race.penalties.index(penalty)
    if problem.task == "regression":
        guess = race.replay[frame].predict(problem.X["test"])[number]
        reach = max(1.0, float(np.ceil(np.abs(problem.y["test"]).max())))
        ends = [-reach, reach]
        return {
            "rows": pd.DataFrame({"truth": problem.y["test"], "guess": guess}),
            "diagonal": pd.DataFrame({"truth": ends, "guess": ends}),
        }
    counts = confusion(race, problem, frame)[number]
    truth, guess = np.indices(counts.shape)
    share = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    cells = {"truth": truth, "guess": guess, "rows": counts, "share": share}
    return {"cells": pd.DataFrame({name: values.ravel() for name, values in cells.items()})}


def _table(text: Text, shown: Shown, frame: int) -> pd.DataFrame:
    """Give each network's numbers at a frame, medians over the seeds."""
    race = shown.race

    def middle(values: Any, penalty: str) -> float:
        return float(np.median(race.of(values, penalty)[frame]))

    objective = race.loss["train"] + race.l1_penalty + race.l2_penalty
    kind = text("scores.r2_short" if shown.problem.task == "regression" else "scores.accuracy_short")
    rows = []
    for penalty in race.penalties:
        row = {text("scores.network"): text(f"penalties.{penalty}")}
        row[text("scores.objective")] = written(middle(objective, penalty))
        for part in SETS:
            loss, score = middle(race.loss[part], penalty), middle(race.score[part], penalty)
            row[f"{text(f'scores.{part}')} ({kind})"] = f"{written(loss)} ({written(score)})"
        row[text("scores.sum_abs")] = weighed(middle(race.sum_abs, penalty))
        row[text("scores.sum_squares")] = weighed(middle(race.sum_squares, penalty))
        zeros = middle(race.zeros.sum(axis=2), penalty)
        row[text("scores.zeros")] = f"{zeros:,.0f} / {race.weights():,}"
        rows.append(row)
    return pd.DataFrame(rows)


def _kept(text: Text, race: Race) -> str:
    """Say which epochs early stopping would have kept."""
    kept = []
    for penalty in race.penalties:
        best = race.best(penalty)
        loss = written(float(race.middle(race.loss["test"], penalty)[0][best]))
        kept.append(
            text("main.kept", name=text(f"penalties.{penalty}"), epoch=int(race.epochs[best]), loss=loss)
        )
    return text("main.best", kept=", ".join(kept))


def _notes(text: Text, race: Race, view: str) -> list[str]:
    words = []
    if race.setup.seeds > 1:
        words.append(text(f"main.seeds.{view}", seeds=race.setup.seeds))
    if race.cut:
        words.append(text("main.cut", epoch=int(race.epochs[-1])))
    elif not race.complete:
        words.append(text("main.stopped_early", epoch=int(race.epochs[-1])))
    return words


def _warn(text: Text, shown: Shown) -> None:
    """Say which networks diverged, when and why, and what to change."""
    race = shown.race
    stops = []
    for penalty in race.penalties:
        its = race.stops[race.member(penalty) :][: race.setup.seeds]
        if found := [stop for stop in its if stop is not None]:
            stops.append((penalty, min(found, key=lambda stop: stop.epoch)))
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

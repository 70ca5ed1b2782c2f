"""How much λ: a sweep over λ and seeds, what sparsity saves, and the map of λ against the warm-up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from pages.charts import training as charts
from pages.sections.training import jobs, settings, taken, trainer
from pages.sections.training.settings import LAMBDAS, STORIES, plain
from pages.ui import chart, controls, predict, problems
from pages.ui.takeaway import script, take_away
from pages.ui.text import Text
from reglib import storage
from reglib.errors import ReglibError
from reglib.race import Setup, prepare
from reglib.sweep import Sweep, SweepRun, WarmupRun

STRENGTHS = LAMBDAS[1:]
SEEDS = 8
MAP_STRENGTHS = (0.002, 0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.2)
MAP_WARMUPS = (0, 10, 25, 50, 100, 200)
MAP_SEEDS = 4
STRONG = 0.05  # what larger values of λ do is shown after the guess (it is one of `STRENGTHS`)
UNDECIDED = 0.2  # share of diverged networks above which a sweep says nothing about λ
CONSTANT = 0.02  # spread of the answers below which a network counts as a constant
_CIRCLES = Setup(data="circles", noise=float(STORIES["warm"]["noise"]))


def show(text: Text) -> None:
    """Draw the section for the settings of the race that is shown."""
    shown = trainer.shown()
    if shown is None:
        return
    st.markdown(text.prose("strength", strengths=len(STRENGTHS), seeds=SEEDS))
    names = {code: text(f"penalties.{code}") for code in ("l1", "l2", "elastic")}
    penalty = controls.choice(text("strength.penalty"), names, key="training_sweep_penalty", default="l2")
    asked = replace(shown.race.setup, l1=0.0, l2=0.0, penalties=("none",), seeds=1)
    try:
        found = jobs.result(
            text,
            "sweep",
            (asked, penalty, shown.own),
            lambda: SweepRun(asked, shown.problem, penalty, STRENGTHS, SEEDS),
            "strength.progress",
            own=asked.data == "own",
        )
    except ReglibError as error:  # a large network, whose sweep has time for fewer epochs than the warm-up
        problems.show(text, error)
    else:
        last = _sweep(text, found)
        st.divider()
        guess = _bytes(text, found, shown, last)
        settings.alone(partial(_take_sweep, shown, found, last, guess), text)
    st.divider()
    _download(text, shown)
    st.divider()
    _map(text)


def _bands(values: Any, strengths: Any, **columns: Any) -> pd.DataFrame:
    low, median, high = np.quantile(values, [0.25, 0.5, 0.75], axis=1)
    return pd.DataFrame({"strength": strengths, "median": median, "low": low, "high": high, **columns})


def _until(last: float, *bands: pd.DataFrame) -> pd.DataFrame:
    """Put curves together as far as they are shown before the guess."""
    lines = pd.concat(bands)
    return lines[lines["strength"] <= last]


def _sweep(text: Text, found: Sweep) -> float:
    """Draw the sweep, and give the largest λ whose loss is shown."""
    decided = found.stopped.mean() <= UNDECIDED
    if not decided:
        count, total = int(found.stopped.sum()), found.stopped.size
        st.warning(
            text("strength.undecided", count=count, total=total, rate=plain(found.setup.learning_rate))
        )
    guess = predict.ask(text, "C30") if decided else None
    told = predict.told(guess) or not decided
    best = float(found.strengths[found.best])
    median = {part: np.median(found.loss[part], axis=1) for part in ("validation", "test")}
    flat = np.median(found.spread, axis=1) < CONSTANT
    last = float(found.strengths[-1]) if told else max(STRONG, best)
    hidden = last < found.strengths[-1]
    losses = {part: found.loss[part] for part in ("validation", "test")}
    lines = _until(last, *(_bands(values, found.strengths, set=part) for part, values in losses.items()))
    zone = pd.DataFrame(columns=["low", "high", "words"])
    if told and flat[-1]:  # what decides is shown after the guess
        first = float(found.strengths[flat][0])
        zone = pd.DataFrame([{"low": 0.8 * first, "high": 1.3, "words": text("strength.collapsed")}])
    mark = {"strength": best, "words": text("strength.best", strength=plain(best)).replace(": ", ":\n")}
    numbers = {
        "best": plain(best),
        "loss": float(median["test"][found.best]),
        "weak": float(median["test"][0]),
        "strong": float(median["test"][-1]),
        "seeds": found.loss["test"].shape[1],
    }

    def picked() -> None:
        chosen = st.session_state["training_sweep_chart"]["selection"].get("pick") or []
        if chosen:
            _load(text, found.penalty, _nearest(chosen[0].get("strength"), STRENGTHS))

    chart.chart(
        charts.sweep,
        text.labels("strength"),
        {"lines": lines, "best": pd.DataFrame([mark]), "collapsed": zone},
        alt=text("strength.alt_before" if hidden else "strength.alt", **numbers)
        if decided
        else text("strength.loss"),
        key="training_sweep_chart",
        on_select=picked,
        penalty=found.penalty,
        ceiling=float(np.ceil(10 * min(3.5, lines["high"].max() * 1.05)) / 10),
    )
    if decided:
        said = text("strength.said_before" if hidden else "strength.said", **numbers)
        st.markdown(f"{said} {text('strength.after_guess')}" if hidden else said)
    settings.alone(partial(_offer, found.penalty), text)
    if not found.complete:
        st.caption(text("strength.partial", seeds=numbers["seeds"], epochs=found.epochs))
    if decided and found.stopped.any():
        st.caption(text("strength.diverged", count=int(found.stopped.sum())))
    collapsed = "constant" if flat[-1] else "worse" if numbers["strong"] > numbers["loss"] else "best"
    level: predict.Words | str = ""
    if flat[-1]:
        level = predict.Words("quiz.C30.level.flat", {"first": plain(float(found.strengths[flat][0]))})
    predict.reveal(text, "C30", guess, collapsed, **numbers, level=level)
    left, right = st.columns(2)
    with left:
        chart.chart(
            charts.against,
            text.labels("strength"),
            {"lines": _until(last, _bands(found.zeros, found.strengths, series="zeros"))},
            alt=text("strength.zeros_alt", zeros=float(np.median(found.zeros[found.best]))),
            key="training_sweep_zeros",
            penalty=found.penalty,
            series=("zeros",),
            top=1.0,
            title="zeros",
            percent=True,
        )
    with right:
        norms = {"sum_abs": found.sum_abs, "sum_squares": found.sum_squares}
        top = float(max(np.quantile(v, 0.75, axis=1).max() for v in norms.values()))
        chart.chart(
            charts.against,
            text.labels("strength"),
            {
                "lines": _until(
                    last, *(_bands(values, found.strengths, series=name) for name, values in norms.items())
                )
            },
            alt=text(
                "strength.norms_alt",
                first=float(np.median(found.sum_abs[0])),
                last=float(np.median(found.sum_abs[found.strengths <= last][-1])),
            ),
            key="training_sweep_norms",
            penalty=found.penalty,
            series=tuple(norms),
            top=float(f"{top * 1.1:.1g}")
            if top * 1.1 <= float(f"{top * 1.1:.1g}")
            else float(f"{top * 1.6:.1g}"),
            title="norms",
        )
    return last


def _take_sweep(shown: trainer.Shown, found: Sweep, last: float, guess: str | None, text: Text) -> None:
    # What was stopped or cut short is trained as far as it was; λ's and penalties of the race are not used.
    asked = replace(found.setup, epochs=found.epochs, l1=Setup.l1, l2=Setup.l2, penalties=Setup.penalties)
    set_to = {"setup": taken.setup(asked), "penalty": found.penalty, "seeds": found.zeros.shape[1]}
    take_away(
        text,
        "sweep",
        lambda: {**taken.own(shown.problem), "training-sweep": taken.sweep(found, last, csr=bool(guess))},
        lambda: script("training_sweep", **taken.data(shown.problem), **set_to),
    )


def _offer(penalty: str, text: Text) -> None:
    """Offer by keyboard what a click on a point does."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.selectbox(
            text("strength.load_which"),
            STRENGTHS,
            STRENGTHS.index(0.01),
            format_func=plain,
            key="_training_sweep_load",  # which run to load: part of an action, not of the page's state
            width=160,
        )
        st.button(
            text("strength.load"), on_click=_load, args=(text, penalty, chosen), key="training_sweep_go"
        )


def _nearest(value: Any, options: Sequence[float]) -> float:
    """Give the option nearest to what a browser says was clicked, so that only what is on offer is loaded."""
    number = float(value) if isinstance(value, int | float) else 0.0
    return min(options, key=lambda option: abs(option - number))


def _load(text: Text, penalty: str, strength: float) -> None:
    """Train the race with a λ of the sweep (for a callback)."""
    names = ("l1", "l2") if penalty == "elastic" else (penalty,)
    extra = {"elastic": True} if penalty == "elastic" else {}
    settings.apply({**dict.fromkeys(names, strength), **extra})
    st.session_state[settings.SAID] = text("strength.loaded", strength=plain(strength))


def _bytes(text: Text, found: Sweep, shown: trainer.Shown, last: float) -> str | None:
    """Draw what zeros save up to the λ called `last`, and give the reader's guess."""
    st.markdown(text.prose("bytes"))
    if found.penalty != "l1":
        wanted = {"training_sweep_penalty": "l1"}
        st.button(
            text("strength.show_l1"),
            on_click=st.session_state.update,
            args=(wanted,),
            key="training_sweep_l1",
        )
        return None
    guess = predict.ask(text, "C29")
    dense = int(found.bytes["dense"][0, 0])
    series = ("dense", "csr", "pruned") if guess else ("dense", "pruned")
    left, right = st.columns(2)
    with left:
        chart.chart(
            charts.against,
            text.labels("strength"),
            {
                "lines": _until(
                    last, *(_bands(found.bytes[name], found.strengths, series=name) for name in series)
                )
            },
            alt=text(
                "strength.bytes_alt" if guess else "strength.bytes_alt_before",
                **{name: int(np.median(found.bytes[name][found.best])) for name in series},
            ),
            key="training_sweep_bytes",
            penalty="l1",
            series=series,
            top=float(2.2 * dense),
            title="bytes",
        )
    with right:
        accuracy = np.median(found.score["test"], axis=1)
        # R² has no least value; below -1 it is no news.
        lowest = max(-1.0, float(np.quantile(found.score["test"], 0.25, axis=1).min()))
        chart.chart(
            charts.against,
            text.labels("strength"),
            {"lines": _until(last, _bands(found.score["test"], found.strengths, series="accuracy"))},
            alt=text("strength.accuracy_alt", best=float(accuracy.max())),
            key="training_sweep_accuracy",
            penalty="l1",
            series=("accuracy",),
            bottom=float(np.floor(10 * min(0.0, lowest)) / 10),
            top=1.0,
            title="r2" if shown.problem.task == "regression" else "accuracy",
        )
    sizes = shown.race.replay[0].sizes
    weights = sum(a * b for a, b in pairwise(sizes))
    sparse = storage.csr_bytes(sizes, weights // 2)
    pays = [zeros for zeros in range(weights + 1) if storage.csr_bytes(sizes, zeros) < dense]
    zeros = np.median(found.zeros, axis=1)
    nearest = int(np.abs(zeros - 0.5).argmin())
    predict.reveal(
        text, "C29", guess, "csr" if sparse < dense else "dense", half=weights // 2, weights=weights,
        csr=sparse, dense=dense, zeros=float(zeros[nearest]), pruned=int(np.median(found.bytes["pruned"][nearest])),
        pays=predict.Words("strength.csr_pays", {"even": pays[0] - 1}) if pays
        else predict.Words("strength.csr_never", {}),
    )  # fmt: skip
    return guess


def _download(text: Text, shown: trainer.Shown) -> None:
    race = shown.race
    frame = race.nearest_replay(trainer.paused(shown))
    networks = race.replay[frame]
    k = race.penalties.index("l1")
    model = storage.prune(networks, k)
    sizes = storage.sizes(networks)
    units = "-".join(str(len(kept)) for kept in model.kept)
    st.markdown(
        text(
            "download.said",
            epoch=int(race.epochs[frame]),
            before="-".join(str(size) for size in networks.sizes[1:-1]),
            after=units,
            dense=int(sizes.dense[k]),
            csr=int(sizes.csr[k]),
            pruned=int(sizes.pruned[k]),
        )
    )
    st.download_button(
        text("download.button"),
        storage.to_npz(model, shown.problem.scaling),
        file_name="network.npz",
        mime="application/octet-stream",
        key="training_download",
        on_click="ignore",
    )
    st.code(storage.loader(model), language="python")
    settings.alone(partial(_take_pruned, shown, sizes, k), text)


def _take_pruned(shown: trainer.Shown, sizes: storage.Sizes, k: int, text: Text) -> None:
    stored = pd.DataFrame([(name, int(getattr(sizes, name)[k])) for name in ("dense", "csr", "pruned")])
    tables = {"training-bytes": stored.set_axis(["format", "bytes"], axis=1)}
    take_away(
        text,
        "pruned",
        lambda: {**taken.own(shown.problem), **tables},
        lambda: script("training_pruned", **taken.run(shown)),
    )


def _map(text: Text) -> None:
    st.markdown(text.prose("warmup", epochs=_CIRCLES.epochs, seeds=MAP_SEEDS))
    names = {code: text(f"penalties.{code}") for code in ("l1", "l2")}
    penalty = controls.choice(text("warmup.penalty"), names, key="training_map_penalty", default="l2")
    found = jobs.result(
        text,
        "map",
        penalty,
        lambda: WarmupRun(_CIRCLES, prepare(_CIRCLES), penalty, MAP_STRENGTHS, MAP_WARMUPS, MAP_SEEDS),
        "strength.progress",
    )
    verdict, collapsed = found.verdict, found.collapsed
    cells = [
        {
            "strength": float(strength),
            "warmup": int(warm),
            "verdict": str(verdict[i, j]),
            "recovered": float(np.median(found.recovered[i, j])),
            "collapsed": int(collapsed[i, j]),
            "words": text(f"warmup.{verdict[i, j]}"),
            "sign": text(f"warmup.{verdict[i, j]}")[0],
        }
        for i, strength in enumerate(found.strengths)
        for j, warm in enumerate(found.warmups)
    ]

    def picked() -> None:
        chosen = st.session_state["training_map_chart"]["selection"].get("pick") or []
        if chosen:
            warm = _nearest(chosen[0].get("warmup"), MAP_WARMUPS)
            _load_cell(text, penalty, _nearest(chosen[0].get("strength"), MAP_STRENGTHS), int(warm))

    cold = [row for row in cells if row["warmup"] == 0 and row["verdict"] == "collapsed"]
    warm = [row for row in cells if row["warmup"] == 50 and row["verdict"] == "collapsed"]
    chart.chart(
        charts.warmup,
        text.labels("warmup"),
        {"cells": pd.DataFrame(cells)},
        alt=text("warmup.alt", cold=len(cold), warm=len(warm), total=len(found.strengths)),
        key="training_map_chart",
        on_select=picked,
        penalty=penalty,
    )
    st.markdown(text("warmup.said", cold=len(cold), warm=len(warm), total=len(found.strengths)))
    settings.alone(partial(_offer_cell, penalty), text)
    if found.complete:  # what a Stop left is not to be had again
        settings.alone(partial(_take_map, penalty, pd.DataFrame(cells)), text)


def _take_map(penalty: str, cells: pd.DataFrame, text: Text) -> None:
    rows = cells[["strength", "warmup", "verdict", "recovered", "collapsed"]]
    take_away(text, "map", lambda: {"training-map": rows}, lambda: script("training_map", penalty=penalty))


def _load_cell(text: Text, penalty: str, strength: float, warm: int) -> None:
    """Train the race with a cell of the map (for a callback)."""
    other = {"l1": 0.0, "l2": 0.0, penalty: strength}
    settings.apply({**settings.defaults(), **STORIES["warm"], **other, "warmup": warm})
    st.session_state[settings.SAID] = text("warmup.loaded", strength=plain(strength), warmup=warm)


def _offer_cell(penalty: str, text: Text) -> None:
    """Offer by keyboard what a click on a cell does."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        strength = st.selectbox(
            text("strength.load_which"),
            MAP_STRENGTHS,
            4,
            format_func=plain,
            key="training_map_l",
            bind="query-params",
            width=160,
        )
        warmed = st.selectbox(
            text("settings.warmup"), MAP_WARMUPS, 3, key="training_map_w", bind="query-params", width=160
        )
        st.button(
            text("strength.load"),
            on_click=_load_cell,
            args=(text, penalty, strength, warmed),
            key="training_map_go",
        )

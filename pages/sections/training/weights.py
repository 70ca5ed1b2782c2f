"""Inside the network: its weights, its units, and how close to a straight line it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from pages.charts import training as charts
from pages.sections.training import taken, trainer
from pages.sections.training.settings import plain
from pages.sections.training.trainer import Shown, weighed
from pages.ui import chart, controls, predict, replay
from pages.ui.takeaway import script, take_away
from pages.ui.text import Text
from reglib import linearity
from reglib.mlp import Networks
from reglib.mlp.networks import activate

MOST_INPUTS = 32  # that are drawn; they are mere dots
FACTORS = (1.0, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01)
NOTHING = 0.01  # of the largest network's Σ|w|: below it a network has collapsed
SIDE = 20  # pixels along a unit's picture


def show(text: Text) -> None:
    """Draw the section for the epoch at which the player is paused."""
    shown = trainer.shown()
    if shown is None:
        return
    frame = shown.race.nearest_replay(trainer.paused(shown))
    networks = shown.race.replay[frame]
    st.markdown(text.prose("weights", epoch=int(shown.race.epochs[frame])))
    _histograms(text, shown, networks, frame)
    st.divider()
    _drawing(text, shown, networks)
    st.divider()
    _linear(text, shown, networks)


@st.fragment
def _histograms(text: Text, shown: Shown, networks: Networks, frame: int) -> None:
    guess = predict.ask(text, "C26")
    race = shown.race
    every = np.concatenate([np.abs(w).ravel() for w in networks.weights])
    reach = round(float(max(np.quantile(every, 0.99), 1e-3)) * 1.05, 2) or 0.01
    counted = [linearity.histogram(networks, k, reach) for k in range(networks.count)]
    top = int(max([counts.counts.max() for counts in counted] + [5]) * 1.2)  # room for the words
    held = linearity.concentration(networks)
    sums = race.sum_abs[frame, [race.member(penalty) for penalty in race.penalties]]
    empty = {  # how its weights are spread says nothing
        penalty
        for penalty, total in zip(race.penalties, sums, strict=True)
        if total <= NOTHING * sums.max() or penalty in race.stopped(frame)
    }
    for box, penalty, counts in zip(st.columns(networks.count), race.penalties, counted, strict=True):
        name = _called(text, shown, penalty, frame)
        bars = {"low": counts.edges[:-1], "high": counts.edges[1:], "count": counts.counts}
        words = text("hist.words", zeros=counts.zeros)
        with box, st.container(key=f"training_hist_{penalty}"):  # the tour shows it with its name
            st.markdown(f"**{name}**")
            chart.chart(
                charts.weights,
                text.labels("hist"),
                {
                    "bars": pd.DataFrame(bars),
                    "zero": pd.DataFrame([{"at": 0.0, "count": counts.zeros, "words": words}]),
                },
                alt=text("hist.alt", name=name, zeros=counts.zeros, rest=int(counts.counts.sum())),
                key=f"training_weights_{penalty}",
                penalty=penalty,
                reach=reach,
                top=top,
            )
    rows = []
    for k, penalty in enumerate(race.penalties):
        member = race.member(penalty)
        zeros = race.zeros[frame, member]
        sizes = [w.shape[1] * w.shape[2] for w in networks.weights]
        rows.append(
            {
                text("hist.network"): text(f"penalties.{penalty}"),
                "Σ|w|": weighed(race.sum_abs[frame, member]),
                "Σw²": weighed(race.sum_squares[frame, member]),
                **({text("hist.held"): f"{held[k]:.0%}"} if guess else {}),  # it decides the prediction
                text("hist.by_layer"): ", ".join(f"{z:,}/{n:,}" for z, n in zip(zeros, sizes, strict=True)),
            }
        )
    st.table(pd.DataFrame(rows), border="horizontal")
    if undecided := [text(f"penalties.{penalty}") for penalty in race.penalties[:3] if penalty in empty]:
        if guess:
            st.info(text("hist.undecided", names=", ".join(undecided)))
        return
    if race.epochs[frame] == 0:
        if guess:
            st.info(text("hist.start"))
        return
    most = race.penalties[int(np.argmax(held[:3]))]
    predict.reveal(
        text, "C26", guess, most, **{p: float(held[k]) for k, p in enumerate(("none", "l1", "l2"))}
    )


def _called(text: Text, shown: Shown, penalty: str, frame: int) -> str:
    """Give a network's name, and that it has diverged."""
    gone = penalty in shown.race.stopped(frame)
    return " ".join([text(f"penalties.{penalty}"), *([text("main.gone")] if gone else [])])


@st.fragment
def _drawing(text: Text, shown: Shown, networks: Networks) -> None:
    st.markdown(text.prose("drawing"))
    names = {p: text(f"penalties.{p}") for p in shown.race.penalties}
    who = controls.choice(
        text("drawing.who"), names, key="training_weights_who", default="l1", label_visibility="collapsed"
    )
    k = shown.race.penalties.index(who)
    if networks.sizes[0] > MOST_INPUTS or max(networks.sizes[1:]) > replay.PENCIL:
        _matrices(text, networks, k)
        return
    links, units, ends = _parts(networks, k, shown, chart.look())
    chart.chart(
        charts.network,
        text.labels("drawing"),
        {"links": links, "units": units, "ends": ends},
        alt=text("drawing.alt", name=names[who], links=len(links), units=len(units)),
        key="training_weights_network",
        sizes=networks.sizes,
        named_inputs=max(len(name) for name in shown.problem.feature_names) > 3,
    )


def _parts(
    networks: Networks, k: int, shown: Shown, look: Any
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Give links, hidden units and ends with their places, 0 to 1 from the bottom."""
    sizes = networks.sizes
    palette = charts.diverging(look)
    maps = linearity.unit_maps(networks, k, shown.problem.plane.grid(SIDE))
    largest = max(float(np.abs(w[k]).max()) for w in networks.weights) or 1.0

    def height(layer: int, unit: int) -> float:
        return 1 - (unit + 0.5) / sizes[layer]

    def name(layer: int, unit: int) -> str:
        if layer == 0:
            return shown.problem.feature_names[unit]
        return f"y{unit + 1}" if layer == len(sizes) - 1 else f"h{layer}.{unit + 1}"

    def signed(value: float) -> dict[str, Any]:
        return {"width": min(1.0, abs(value) / largest), "sign": "positive" if value > 0 else "negative"}

    links, units = [], []
    for layer, matrix in enumerate(networks.weights):
        for source, target in np.argwhere(matrix[k] != 0):
            weight = float(matrix[k, source, target])
            place = {"x": layer, "y": height(layer, source), "x2": layer + 1, "y2": height(layer + 1, target)}
            ends = {"from": name(layer, source), "to": name(layer + 1, target)}
            links.append({**place, **ends, "weight": weight, **signed(weight)})
    for layer, answers in enumerate(maps, start=1):
        for unit, answer in enumerate(answers):
            bias = float(networks.biases[layer - 1][k, unit])
            url = charts.picture(palette[answer.reshape(SIDE, SIDE)])
            place = {"x": layer, "y": height(layer, unit)}
            units.append({**place, "unit": name(layer, unit), "url": url, "bias": bias, **signed(bias)})
    dots = [{"x": 0, "y": height(0, unit), "unit": name(0, unit)} for unit in range(sizes[0])]
    for unit, bias in enumerate(networks.biases[-1][k]):
        number = f"{float(bias):+.3f}" if abs(bias) < 1e4 else f"{float(bias):+.1e}"
        words = f"{name(len(sizes) - 1, unit)}, b = {number}".replace("-", "−")
        dots.append({"x": len(sizes) - 1, "y": height(len(sizes) - 1, unit), "unit": words})
    columns = ["x", "y", "x2", "y2", "from", "to", "weight", "width", "sign"]
    return pd.DataFrame(links, columns=columns), pd.DataFrame(units), pd.DataFrame(dots)


def _matrices(text: Text, networks: Networks, k: int) -> None:
    palette = charts.diverging(chart.look())
    for layer, (box, matrix) in enumerate(
        zip(st.columns(len(networks.weights)), networks.weights, strict=True)
    ):
        mine = matrix[k].T
        top = float(np.abs(mine).max()) or 1.0
        steps = np.sign(mine) * np.maximum(np.abs(mine) / top, 0.12 * (mine != 0))
        pixels = palette[np.rint(127.5 + 127.5 * steps).astype(np.uint8)]
        scale = max(1, 256 // max(mine.shape))
        zeros = int((mine == 0).sum())
        words = text(
            "drawing.matrix", layer=layer + 1, rows=mine.shape[0], columns=mine.shape[1], zeros=zeros
        )
        box.image(np.kron(pixels, np.ones((scale, scale, 1), np.uint8)), caption=words, width="stretch")


def _linear(text: Text, shown: Shown, networks: Networks) -> None:
    st.markdown(text.prose("linear"))
    race, inputs = shown.race, shown.problem.X["test"]
    r2, share = linearity.linear_r2(networks, inputs), linearity.linear_share(networks, inputs)
    hidden = networks.preactivations(inputs)[:-1]
    reach = linearity.LINEAR_PART.get(networks.activation, 0.0)
    z = np.linspace(-6, 6, 121)
    curve = pd.DataFrame({"z": z, "a": activate(networks.activation, z.copy())})
    band = pd.DataFrame([{"low": -reach, "high": reach}])
    edges = np.linspace(-6, 6, 49)
    values = [np.concatenate([layer[k].ravel() for layer in hidden]) for k in range(networks.count)]
    shares = [np.histogram(np.clip(part, -6, 6), edges)[0] / len(part) for part in values]
    top = round(float(np.ceil(10 * max(part.max() for part in shares))) / 10, 1)
    for k, (box, penalty) in enumerate(zip(st.columns(networks.count), race.penalties, strict=True)):
        name = text(f"penalties.{penalty}")
        with box:
            chart.chart(
                charts.preactivations,
                text.labels("preactivations"),
                {
                    "bars": pd.DataFrame({"low": edges[:-1], "high": edges[1:], "share": shares[k]}),
                    "curve": curve,
                    "band": band,
                },
                alt=text("preactivations.alt", name=name, share=float(share[k]), r2=float(r2[k])),
                key=f"training_pre_{penalty}",
                penalty=penalty,
                linear=reach,
                top=top,
            )
            kind = "relu" if networks.activation == "relu" else "smooth"
            st.caption(
                f"**{name}** · " + text(f"preactivations.{kind}", share=float(share[k]), r2=float(r2[k]))
            )

    def tables() -> dict[str, pd.DataFrame]:
        bars = [
            pd.DataFrame({"penalty": penalty, "low": edges[:-1], "high": edges[1:], "share": shares[k]})
            for k, penalty in enumerate(race.penalties)
        ]
        return {"training-weights": taken.weights(networks, race.penalties), "training-z": pd.concat(bars)}

    _scaling(text, shown, networks, tables)


@st.fragment
def _scaling(
    text: Text, shown: Shown, networks: Networks, tables: Callable[[], dict[str, pd.DataFrame]]
) -> None:
    st.markdown(text.prose("scaling"))
    guess, inputs = predict.ask(text, "C27"), shown.problem.X["test"]
    factor = st.select_slider(
        text("scaling.factor"),
        FACTORS,
        1.0,
        format_func=plain,
        key="training_weights_factor",
        bind="query-params",
    )
    r2 = {
        activation: [
            float(linearity.linear_r2(linearity.scaled(networks, c, activation), inputs)[0]) for c in FACTORS
        ]
        for activation in charts.ACTIVATION_LOOKS
    }
    told = predict.told(guess)
    visible = {a: values for a, values in r2.items() if told or a != "relu"}  # ReLU decides the prediction
    lines = pd.concat(
        [pd.DataFrame({"factor": FACTORS, "activation": a, "r2": values}) for a, values in visible.items()]
    )
    here = {activation: values[FACTORS.index(factor)] for activation, values in r2.items()}
    st.markdown(text("scaling.said" if told else "scaling.said_before", factor=factor, **here))
    chart.chart(
        charts.stand_in,
        text.labels("scaling"),
        {"lines": lines, "here": pd.DataFrame([{"factor": factor}])},
        alt=text("scaling.alt" if told else "scaling.alt_before", factor=factor, **here),
        key="training_weights_scaling",
    )
    changed = abs(r2["relu"][FACTORS.index(0.1)] - r2["relu"][0]) > 1e-6
    predict.reveal(
        text,
        "C27",
        guess,
        "more" if changed else "same",
        relu=r2["relu"][0],
        tanh=r2["tanh"][FACTORS.index(0.1)],
    )
    take_away(
        text,
        "weights",
        lambda: {**taken.own(shown.problem), **tables(), "training-scaling": lines},
        lambda: script("training_weights", **taken.run(shown), factor=float(factor)),
    )

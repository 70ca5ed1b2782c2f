"""How one step works: one weight's step in numbers, the stability gauge, three ways to take the L1 step."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from pages.charts import training as charts
from pages.sections.training import taken, trainer
from pages.sections.training.settings import plain
from pages.ui import chart, controls, predict, tour
from pages.ui.takeaway import script, take_away
from pages.ui.text import Text
from reglib import l1_steps, penalties
from reglib.mlp import Networks, Stack, StepParts
from reglib.race import Race, stack_at

GAUGE_STEPS = 30


def show(text: Text) -> None:
    """Draw the section."""
    shown = trainer.shown()
    if shown is None:
        return
    st.markdown(text.prose("step", rows=shown.problem.rows("train")))
    _one_weight(text, shown)
    st.divider()
    value, limit = stack_at(shown.race, shown.problem, trainer.paused(shown)).stability()
    k = shown.race.member("l2")
    _gauge(text, float(value[k]), float(limit[k]))
    st.divider()
    _three_ways(text)


@st.fragment
def _one_weight(text: Text, shown: trainer.Shown) -> None:
    race, frame = shown.race, trainer.paused(shown)
    st.markdown(f"**{text('step.one', epoch=int(race.epochs[frame]))}**")
    which = controls.choice(
        text("step.which"),
        text.labels("step.kinds"),
        key="training_step_which",
        default="positive",
        label_visibility="collapsed",
    )
    stack = stack_at(race, shown.problem, frame)
    place = _own(text, stack.sizes) if which == "own" else _example(race, stack.networks, which)
    if place is None:
        st.caption(text(f"step.no_{which}"))
    else:
        st.caption(text("step.chosen", layer=place[0] + 1, source=place[1] + 1, target=place[2] + 1))
        parts = stack.dissect(*place)
        for box, penalty in zip(st.columns(2), ("l2", "l1"), strict=True):
            with box:
                st.markdown(text(f"step.{penalty}_title"))
                _said(text, penalty, parts, race.member(penalty), stack)
        _take_step(text, shown, parts, place)
    guess = predict.ask(text, "C22")
    tried = penalties.penalised_step(-0.5, 0.0, 0.1, penalties.ElasticNet(l1=0.1))
    predict.reveal(
        text, "C22", guess, "up" if tried.penalty_part[0] > 0 else "down", after=float(tried.after[0])
    )


def _take_step(text: Text, shown: trainer.Shown, parts: StepParts, place: tuple[int, int, int]) -> None:
    def rows() -> pd.DataFrame:
        terms = {
            term: getattr(parts, term) + 0.0 for term in ("before", "momentum", "data", "l2", "l1", "after")
        }
        return pd.DataFrame({"network": np.repeat(shown.race.penalties, shown.race.setup.seeds), **terms})

    take_away(
        text,
        "one",
        lambda: {**taken.own(shown.problem), "training-step": rows()},
        lambda: script(
            "training_step", **taken.run(shown), **{"layer, source, target": tuple(i + 1 for i in place)}
        ),
    )


def _example(race: Race, networks: Networks, which: str) -> tuple[int, int, int] | None:
    """Find a telling weight of the L1 network: its largest, its most negative, or one that is 0 only there."""
    k, other = race.member("l1"), race.member("l2")
    best: tuple[float, tuple[int, int, int]] | None = None
    for layer, matrix in enumerate(networks.weights):
        mine = matrix[k]
        worth = {
            "positive": mine,
            "negative": -mine,
            "zero": np.where(mine == 0, np.abs(matrix[other]) + 1e-12, 0.0),
        }[which]
        source, target = np.unravel_index(int(worth.argmax()), worth.shape)
        if worth[source, target] > 0 and (best is None or worth[source, target] > best[0]):
            best = float(worth[source, target]), (layer, int(source), int(target))
    return None if best is None else best[1]


def _own(text: Text, sizes: tuple[int, ...]) -> tuple[int, int, int]:
    boxes = st.columns(4)
    layer = _pick(boxes[0], text, "layer", len(sizes) - 1)
    return layer, _pick(boxes[1], text, "from", sizes[layer]), _pick(boxes[2], text, "to", sizes[layer + 1])


def _pick(box: st.delta_generator.DeltaGenerator, text: Text, name: str, many: int) -> int:
    """Ask for a layer or a unit, counted from 1; a number that the network does not have is its last."""
    chosen = box.number_input(
        text(f"step.{name}"), 1, 200, 1, key=f"training_step_{name}", bind="query-params"
    )
    return min(int(chosen), many) - 1


def _said(text: Text, penalty: str, parts: StepParts, k: int, stack: Stack) -> None:
    """Write the step of network k, in numbers and in words."""
    if stack.stops[k] is not None:
        st.caption(text("step.stopped"))
        return
    before, data, momentum = float(parts.before[k]), float(parts.data[k]), float(parts.momentum[k])
    rate, drag = float(stack.settings.learning_rate[k]), float(stack.settings.momentum[k])
    strength = float(getattr(stack.settings, penalty)[k])
    threshold, move = rate * strength, float(getattr(parts, penalty)[k])
    whole = abs(abs(move) - threshold) <= 1e-6 * max(1.0, abs(before))  # the L1 step was not cut off at 0
    reached = abs(before + momentum + data)
    # What each line is called, its formula, the numbers put in, and what comes out.
    rows = [("before", "w", "", before)]
    if drag > 0:
        rows.append(
            ("momentum", "+mv", rf"{_tex(drag)}{{\cdot}}{_tex(momentum / drag, signed=True)}", momentum)
        )
    rows.append(
        (
            "data",
            r"-\eta g",
            rf"{{-}}{_tex(rate)}{{\cdot}}{_tex(float(parts.gradient[k]), signed=True)}",
            data,
        )
    )
    if penalty == "l2":
        rows.append(
            (
                "penalty",
                r"-\eta\lambda_2 w",
                rf"{{-}}{_tex(threshold)}{{\cdot}}{_tex(before, signed=True)}",
                move,
            )
        )
    elif whole:
        sign = "1" if move < 0 else "(-1)"
        rows.append(
            (
                "penalty",
                r"-\eta\lambda_1{\scriptstyle\mathrm{sign}\,d}",
                rf"{{-}}{_tex(threshold)}{{\cdot}}{sign}",
                move,
            )
        )
    else:
        rows.append(("penalty", "-d", rf"|d|\le {_tex(threshold)}", move))
    lines = [
        rf"&{{\scriptsize\text{{{text(f'step.{name}')}}}}}\; & {formula}\; & {numbers} & \,{value:+z.5f}"
        for name, formula, numbers, value in [*rows, ("after", "w^{+}", "", float(parts.after[k]))]
    ]
    lines[-1] = rf"\hline {lines[-1]}"
    st.latex(r"\footnotesize\begin{alignedat}{3}" + r"\\".join(lines) + r"\end{alignedat}")
    if penalty == "l2":
        factor = 1 - threshold
        st.caption(text("step.l2_said", rate=rate, strength=strength, factor=factor, share=threshold))
        return
    if before == 0:
        code = "l1_stays" if parts.after[k] == 0 else "l1_returns"
    elif parts.after[k] == 0:
        code = "l1_arrives"
    else:
        code = "l1_adds" if move > 0 else "l1_subtracts"
    st.caption(text(f"step.{code}", rate=rate, strength=strength, threshold=threshold, reached=reached))


def _tex(value: float, *, signed: bool = False) -> str:
    """Write a number of a formula in LaTeX; a negative factor stands in brackets where `signed`."""
    words = f"{value:z.4g}"
    if "e" in words:
        digits, power = words.split("e")
        words = rf"{digits}\cdot 10^{{{int(power)}}}"
    return f"({words})" if signed and value < 0 else words


@st.fragment
def _gauge(text: Text, trained: float, limit: float) -> None:
    """Draw the gauge; `trained` and `limit` are ηλ2 of the L2 network trained above and where it would diverge."""
    st.markdown(text.prose("gauge"))
    left, right = st.columns([1, 3])
    strength = left.slider(
        text("gauge.strength"), 0.05, 2.5, 0.4, 0.05, key="training_step_strength", bind="query-params"
    )
    factor = 1 - strength
    path = penalties.descend(lambda w: 0 * w, [1.0], GAUGE_STEPS, 1.0, penalties.ElasticNet(l2=strength))
    zone = (
        "smooth" if strength <= 1 else "stable" if strength < 2 else "flips" if strength == 2 else "diverges"
    )
    left.metric(text("gauge.factor"), f"{factor:+z.2f}")
    left.markdown(text(f"gauge.{zone}"))
    values = path.weights[:, 0]
    reach = 3.0 if zone == "diverges" else 1.1  # up to there no step is larger than the first
    with right:
        marks = [{"strength": strength, "who": "here"}]
        if limit == 2:  # with momentum the limits are others, and the zones would mislead
            marks.append({"strength": trained, "who": "race"})
        chart.chart(
            charts.gauge,
            text.labels("gauge"),
            {"marks": pd.DataFrame(marks), "zones": pd.DataFrame(charts.ZONES)},
            alt=text("gauge.alt", strength=strength, factor=factor),
            key="training_step_gauge",
            race=limit == 2,
        )
        chart.chart(
            charts.shrink,
            text.labels("gauge"),
            {"path": pd.DataFrame({"step": range(len(values)), "w": np.clip(values, -reach, reach)})},
            about=text("gauge.about_path"),
            alt=text("gauge.path_alt", last=float(values[-1]), steps=len(values) - 1),
            key="training_step_shrink",
            steps=GAUGE_STEPS,
            reach=reach,
        )
        st.caption(text("gauge.race", strength=plain(trained), limit=plain(limit)))
    take_away(
        text,
        "gauge",
        lambda: {"training-gauge": pd.DataFrame({"step": range(len(values)), "weight": values})},
        lambda: script("training_gauge", strength=float(strength), steps=GAUGE_STEPS),
    )


@st.cache_data(max_entries=24, show_spinner=False)
def _compare(l1: float, rate: float, seed: int) -> l1_steps.ThreeWays:
    return l1_steps.compare(l1, rate, seed=seed)


@st.fragment
def _three_ways(text: Text) -> None:
    st.markdown(text.prose("ways"))
    boxes = st.columns(3)
    l1 = boxes[0].select_slider(
        text("ways.l1"),
        (0.05, 0.1, 0.15, 0.25, 0.4, 0.6),
        0.25,
        format_func=plain,
        key="training_ways_l1",
        bind="query-params",
    )
    rate = boxes[1].select_slider(
        text("ways.rate"),
        (0.02, 0.05, 0.1, 0.2),
        0.1,
        format_func=plain,
        key="training_ways_rate",
        bind="query-params",
    )
    seed = boxes[2].number_input(text("ways.seed"), 0, 99, 0, key="training_ways_seed", bind="query-params")
    guess = predict.ask(text, "C23")
    found = _compare(l1, rate, int(seed))
    told = guess is not None or tour.current() is not None  # what decides is shown after the guess
    steps = 120  # of the path, from shortly before it comes near 0; what follows looks the same
    first = 10 * (max(0, found.arrival - 8) // 10)
    rows = pd.concat(
        [
            pd.DataFrame(
                {
                    "step": np.arange(first, first + steps + 1),
                    "w": found.paths[rule][first : first + steps + 1, found.watched],
                    "rule": rule,
                }
            )
            for rule in penalties.STEP_RULES
            if told or rule != "subgradient"
        ]
    )
    low, high = found.band
    chart.chart(
        charts.near_zero,
        text.labels("ways"),
        {"paths": rows, "band": pd.DataFrame([{"low": low * told, "high": high * told, "zero": 0.0}])},
        alt=text(
            "ways.alt" if told else "ways.alt_before",
            low=low,
            high=high,
            **{rule: float(found.paths[rule][-1, found.watched]) for rule in penalties.STEP_RULES},
        ),
        key="training_ways_paths",
        reach=round(3 * rate * l1, 6),
        first=first,
        steps=steps,
    )
    rows_of = []
    for rule in penalties.STEP_RULES:
        row = {text("ways.rule"): text(f"ways.{rule}")}
        if told:
            row[text("ways.zeros")] = f"{found.zeros[rule]:.0f} / {len(found.optimum)}"
        row[text("ways.gap")] = f"{found.gap[rule]:.2g}" if found.gap[rule] > 1e-12 else "0"
        row[text("ways.killed")] = f"{found.killed[rule]} / {found.starts}"
        rows_of.append(row)
    st.table(pd.DataFrame(rows_of), border="horizontal")
    if told:
        code = script("training_ways", l1=float(l1), rate=float(rate), seed=int(seed))
        take_away(text, "ways", lambda: {"training-ways": rows.rename(columns={"w": "weight"})}, code)
    zeros = found.zeros["subgradient"]
    predict.reveal(text, "C23", guess, "none" if zeros == 0 else "some", zeros=found.zeros["proximal"])

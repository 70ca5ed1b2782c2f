"""How one step works: one weight's step in numbers, the stability gauge, three ways to take the L1 step."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from pages.charts import training as charts
from pages.sections.training import trainer
from pages.sections.training.settings import plain
from pages.ui import chart, predict
from pages.ui.text import Text
from reglib import l1_steps, penalties
from reglib.mlp import StepParts
from reglib.race import stack_at

GAUGE_STEPS = 30


def show(text: Text) -> None:
    """Draw the section."""
    st.markdown(text.prose("step"))
    _one_weight(text)
    st.divider()
    _gauge(text)
    st.divider()
    _three_ways(text)


def _one_weight(text: Text) -> None:
    shown = trainer.shown()
    if shown is None:
        return
    race, frame = shown.race, trainer.paused(shown)
    sizes = race.replay[0].sizes
    st.markdown(f"**{text('step.one', epoch=int(race.epochs[frame]))}**")
    boxes = st.columns(4)
    layer = _pick(boxes[0], text, "layer", len(sizes) - 1)
    source = _pick(boxes[1], text, "from", sizes[layer])
    target = _pick(boxes[2], text, "to", sizes[layer + 1])
    stack = stack_at(race, shown.problem, frame)
    parts = stack.dissect(layer, source, target)
    rate = stack.settings.learning_rate
    for box, penalty in zip(st.columns(2), ("l2", "l1"), strict=True):
        k = race.member(penalty)
        with box:
            st.markdown(text(f"step.{penalty}_title"))
            st.latex(_formula(penalty, parts, k))
            value = parts.before[k]
            factor = 1 - float(rate[k] * stack.settings.l2[k])
            threshold = float(rate[k] * stack.settings.l1[k])
            if race.stops[k] is not None:
                st.caption(text("step.stopped"))
            elif penalty == "l2":
                st.caption(text("step.l2_said", factor=factor, share=1 - factor, move=float(parts.l2[k])))
            elif value == 0:
                st.caption(text("step.l1_zero", threshold=threshold))
            else:
                said = "step.l1_adds" if value < 0 else "step.l1_subtracts"
                st.caption(text(said, threshold=threshold, move=float(parts.l1[k])))
    guess = predict.ask(text, "C22")
    tried = penalties.penalised_step(-0.5, 0.0, 0.1, penalties.ElasticNet(l1=0.1))
    predict.reveal(
        text, "C22", guess, "up" if tried.penalty_part[0] > 0 else "down", after=float(tried.after[0])
    )


def _pick(box: st.delta_generator.DeltaGenerator, text: Text, name: str, many: int) -> int:
    """Ask for a layer or a unit, counted from 1; a number that the network does not have is its last."""
    chosen = box.number_input(
        text(f"step.{name}"), 1, 200, 1, key=f"training_step_{name}", bind="query-params"
    )
    return min(int(chosen), many) - 1


def _formula(penalty: str, parts: StepParts, k: int) -> str:
    """Write the step of network k with its numbers put in."""
    before, after = float(parts.before[k]), float(parts.after[k])
    moves = [("m v", parts.momentum[k]), (r"-\eta g", parts.data[k])]
    moves.append((r"-\eta\lambda_2 w", parts.l2[k]) if penalty == "l2" else (r"\text{L1}", parts.l1[k]))
    terms = " ".join(rf"\underbrace{{{float(value):+z.5f}}}_{{{name}}}" for name, value in moves)
    return rf"w:\; {before:z.5f}\; {terms} \;=\; {after:z.5f}"


def _gauge(text: Text) -> None:
    st.markdown(text.prose("gauge"))
    left, right = st.columns([1, 3])
    strength = left.slider(
        text("gauge.strength"), 0.05, 2.5, 0.4, 0.05, key="training_step_strength", bind="query-params"
    )
    factor = 1 - strength
    path = penalties.descend(lambda w: 0 * w, [1.0], GAUGE_STEPS, 1.0, penalties.ElasticNet(l2=strength))
    zone = "smooth" if strength <= 1 else "stable" if strength < 2 else "diverges"
    left.metric(text("gauge.factor"), f"{factor:+z.2f}")
    left.markdown(text(f"gauge.{zone}"))
    values = path.weights[:, 0]
    with right:
        shown = trainer.shown()
        marks = [{"strength": strength, "who": "here"}]
        if shown is not None:
            setup = shown.race.stretches[-1][1]
            if setup.momentum == 0:  # with momentum the limits are others, and the zones would mislead
                marks.append({"strength": setup.learning_rate * setup.l2, "who": "race"})
        chart.chart(
            charts.gauge,
            text.labels("gauge"),
            {"marks": pd.DataFrame(marks), "zones": pd.DataFrame(charts.ZONES)},
            alt=text("gauge.alt", strength=strength, factor=factor),
            key="training_step_gauge",
        )
        chart.chart(
            charts.shrink,
            text.labels("gauge"),
            {"path": pd.DataFrame({"step": range(len(values)), "w": np.clip(values, -3, 3)})},
            alt=text("gauge.path_alt", last=float(values[-1]), steps=len(values) - 1),
            key="training_step_shrink",
            steps=GAUGE_STEPS,
        )


@st.cache_data(max_entries=24, show_spinner=False)
def _compare(l1: float, rate: float, seed: int) -> l1_steps.ThreeWays:
    return l1_steps.compare(l1, rate, seed=seed)


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
        (0.01, 0.02, 0.05, 0.1, 0.2),
        0.1,
        format_func=plain,
        key="training_ways_rate",
        bind="query-params",
    )
    seed = boxes[2].number_input(text("ways.seed"), 0, 99, 0, key="training_ways_seed", bind="query-params")
    guess = predict.ask(text, "C23")
    found = _compare(l1, rate, int(seed))
    steps = 120  # of the path; what follows looks the same
    rows = pd.concat(
        [
            pd.DataFrame(
                {
                    "step": np.arange(steps + 1),
                    "w": found.paths[rule][: steps + 1, found.watched],
                    "rule": rule,
                }
            )
            for rule in penalties.STEP_RULES
        ]
    )
    low, high = found.band
    chart.chart(
        charts.near_zero,
        text.labels("ways"),
        {"paths": rows, "band": pd.DataFrame([{"low": low, "high": high, "zero": 0.0}])},
        alt=text(
            "ways.alt",
            low=low,
            high=high,
            **{rule: float(found.paths[rule][-1, found.watched]) for rule in penalties.STEP_RULES},
        ),
        key="training_ways_paths",
        reach=round(3 * rate * l1, 6),
        steps=steps,
    )
    table = [
        {
            text("ways.rule"): text(f"ways.{rule}"),
            text("ways.zeros"): f"{found.zeros[rule]:.0f} / {len(found.optimum)}",
            text("ways.gap"): f"{found.gap[rule]:.1e}" if found.gap[rule] > 1e-12 else "0",
            text("ways.killed"): f"{found.killed[rule]} / {found.starts}",
        }
        for rule in penalties.STEP_RULES
    ]
    st.dataframe(pd.DataFrame(table), hide_index=True, width="stretch")
    zeros = found.zeros["subgradient"]
    predict.reveal(text, "C23", guess, "none" if zeros == 0 else "some", zeros=found.zeros["proximal"])

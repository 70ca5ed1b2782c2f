"""Loss and gradient: why descent with a fixed step settles under L2 and keeps hopping under L1."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from pages.charts import outliers as charts
from pages.sections.outliers.cached import Cached
from pages.sections.outliers.main import WRITTEN
from pages.sections.outliers.points import Floats, Points
from pages.ui import chart, predict, tour
from pages.ui.takeaway import script, take_away
from pages.ui.text import Text
from reglib.linear import fit_huber, fit_l1, fit_l2
from reglib.losses import residual_loss
from reglib.outliers import descend_line

REACH = 4.0
FIRST = 8  # steps that are drawn before the reader has predicted how it goes on
NAMES = {"l1": "absolute", "l2": "squared", "huber": "huber"}
RUNS = {
    "l2": ("squared", False),
    "l1": ("absolute", False),
    "decay": ("absolute", True),
    "huber": ("huber", False),
}
RESTS = 1e-6  # a step shorter than this, in standardised coordinates, counts as rest


def show(text: Text, points: Points) -> None:
    st.markdown(text.prose("gradient"))
    left, right = st.columns(2)
    with left:
        _losses(text)
    with right:
        _descents(text, points)


def _losses(text: Text) -> None:
    r = st.slider(text("gradient.r"), -REACH, REACH, 3.0, 0.25, key="outliers_r", bind="query-params")
    value, derivative = _values(r)
    chart.chart(
        charts.losses,
        text.labels("losses"),
        {
            "curves": _curves(),
            "here": pd.DataFrame({"r": r, "fit": list(NAMES), "value": value, "derivative": derivative}),
        },
        alt=text("gradient.alt", r=r, **_pairs(value, derivative)),
        key="outliers_losses",
        reach=REACH,
    )
    st.markdown(text("gradient.seen", r=r, **_pairs(value, derivative)))
    take_away(
        text,
        "losses",
        lambda: {"outliers-losses": _curves()},
        lambda: script("outliers_losses", residual=float(r)),
    )


def _values(r: float) -> tuple[list[float], list[float]]:
    rules = [residual_loss(name) for name in NAMES.values()]
    return [float(rule.value([r])[0]) for rule in rules], [float(rule.derivative([r])[0]) for rule in rules]


def _pairs(value: list[float], derivative: list[float]) -> dict[str, float]:
    pairs = {f"{fit}_value": number for fit, number in zip(NAMES, value, strict=True)}
    return pairs | {f"{fit}_pull": number for fit, number in zip(NAMES, derivative, strict=True)}


@st.cache_resource(max_entries=1, show_spinner=False)
def _curves() -> pd.DataFrame:
    grid = np.linspace(-REACH, REACH, 161)
    rules = {fit: residual_loss(name) for fit, name in NAMES.items()}
    return pd.concat(
        [
            pd.DataFrame(
                {"r": grid, "fit": fit, "value": rule.value(grid), "derivative": rule.derivative(grid)}
            )
            for fit, rule in rules.items()
        ],
        ignore_index=True,
    )


def _descents(text: Text, points: Points) -> None:
    first, second = st.columns(2)
    with first:
        rate = st.number_input(
            text("gradient.rate"), 0.05, 2.5, 0.5, 0.05, key="outliers_rate", bind="query-params"
        )
    with second:
        steps = st.number_input(
            text("gradient.steps"), 20, 400, 150, 10, key="outliers_steps", bind="query-params"
        )
    x, y = points.moved
    given = (points.private, x, y, float(rate), int(steps), points.delta or points.usual_delta)
    last, gone, drawn, first = _runs(*given)
    said = {name: _length(length) for name, length in last.items()}
    guess = predict.ask(text, "C18")
    rest = [name for name in ("l2", "l1") if last[name] < RESTS and name not in gone]
    answer = "both" if len(rest) == 2 else rest[0] if rest else "neither"
    predict.reveal(text, "C18", guess, answer, rate=rate, steps=steps, **said)
    everything = guess is not None or tour.current() is not None
    words = {"steps": steps, "rate": rate, "first": min(FIRST, int(steps))}
    chart.chart(
        charts.descent,
        text.labels("descent"),
        drawn if everything else first,
        alt=text("gradient.descent_alt", **words, **said)
        if everything
        else text("gradient.first_alt", **words),
        key="outliers_descent",
    )
    if not everything:
        st.markdown(text("gradient.first", **words))
    elif gone:
        st.warning(text("gradient.diverged", rate=rate))
    else:
        st.markdown(text("gradient.descent_seen", **words, **said))
    if everything:
        pairs = list(zip(x.tolist(), y.tolist(), strict=True)) if len(x) <= WRITTEN else None
        setup = {"delta": points.delta or points.usual_delta, "rate": float(rate), "steps": int(steps)}
        code = script("outliers_gradient", points=pairs, **setup)
        take_away(text, "gradient", lambda: {"outliers": pd.DataFrame({"x": x, "y": y})}, code)


def _length(length: float) -> str:
    return f"{length:.2g}" if length >= RESTS else "< 10⁻⁶"


def _descend(
    x: Floats, y: Floats, rate: float, steps: int, delta: float
) -> tuple[dict[str, float], list[str], dict[str, pd.DataFrame], dict[str, pd.DataFrame]]:
    """Descend under each loss: the last step's length, who diverged, all that is drawn, and its beginning."""
    l1 = fit_l1(x, y).slope
    best = {"l1": l1, "decay": l1, "l2": fit_l2(x, y).slope, "huber": fit_huber(x, y, delta).slope}
    runs = {
        name: descend_line(x, y, loss, rate=rate, steps=steps, decay=decay, delta=delta)
        for name, (loss, decay) in RUNS.items()
    }
    gone = [name for name, run in runs.items() if run.diverged]
    off = {name: run.slope - best[name] for name, run in runs.items() if name not in gone}
    drawn = {
        "runs": _laid_out(off, 0, "off"),
        "steps": _laid_out({name: run.step for name, run in runs.items()}, 1, "length"),
    }
    drawn["steps"] = drawn["steps"][drawn["steps"]["length"] > 0]
    ends = np.concatenate(list(off.values())) if off else np.zeros(1)
    frame = {"frame": pd.DataFrame({"step": [0, steps], "off": [ends.min(), ends.max()]})}
    first = {name: table[table["step"] <= FIRST] for name, table in drawn.items()}
    last = {name: float(run.step[-1]) for name, run in runs.items()}
    return last, gone, drawn | frame, first | frame


def _laid_out(columns: dict[str, Floats], first: int, name: str) -> pd.DataFrame:
    """Lay several runs out below one another."""
    lengths = [len(column) for column in columns.values()]
    steps = [np.arange(first, first + length, dtype=np.int32) for length in lengths]
    values = np.concatenate([np.empty(0), *columns.values()])
    if len(values) and np.abs(values).max() < 1e30:
        values = values.astype(np.float32)
    run = np.repeat(list(columns), lengths)
    return pd.DataFrame({"step": np.concatenate([np.empty(0, np.int32), *steps]), "run": run, name: values})


_runs = Cached(_descend)

"""λ: a penalty turns the wild fit into the right one, and then into a flat one (C06, C30, C31)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st
from numpy.typing import NDArray

from pages.charts import overfitting as charts
from pages.sections.overfitting import linked
from pages.sections.overfitting.linked import Columns
from pages.sections.overfitting.panels import DROPPED, breakable, decades, joined, short, span, superscript
from pages.sections.overfitting.source import Sample, remembered
from pages.ui import controls, predict, shell
from pages.ui.takeaway import script, take_away
from pages.ui.text import Text
from reglib import datasets, paths, translate

Floats = NDArray[np.float64]
Lambda = Floats | float
FOLDS = 5
ROOM = 12  # steps of λ that leave room for a word
NAMES = {"l1": "λ1", "l2": "λ2"}
# Six values per decade, each exactly as it is written; 0 is the fit without a penalty.
LAMBDAS = ("0", *(f"{float(f'{10 ** (k / 6):.2g}'):g}".replace("e-0", "e-") for k in range(-36, 19)))
VALUES = np.array([float(word) for word in LAMBDAS])


@dataclass(frozen=True, eq=False)
class Study:
    """One path of λ on one sample: fits, validation, and errors on the unseen points."""

    path: paths.Path
    validation: paths.CrossValidation
    test: Floats
    grid: Floats
    curves: Floats


@remembered
def study(sample: Sample, degree: int, along: str, other: float) -> Study:
    """Run λ1 or λ2 through all its values while the other one stays."""
    pair: tuple[Lambda, Lambda] = (VALUES, other) if along == "l1" else (other, VALUES)
    path = paths.fit_path(sample.x, sample.y, degree, l1=pair[0], l2=pair[1], interval=sample.interval)
    low, high = sample.interval
    grid = low + (high - low) * charts.GRID
    return Study(
        path=path,
        validation=validate(sample, degree, *pair),
        test=path.errors(sample.x_test, sample.y_test),
        grid=grid,
        curves=path.predict(grid),
    )


def validate(sample: Sample, degree: int, l1: Lambda, l2: Lambda) -> paths.CrossValidation:
    """Cross-validate a path; every fold standardises on its own training rows."""
    return paths.cross_validate(
        sample.x, sample.y, degree, l1=l1, l2=l2, interval=sample.interval, seed=0, folds=FOLDS
    )


@remembered
def smallest(sample: Sample, degree: int) -> dict[str, float]:
    """Give the smallest validation error of L2 alone, L1 alone, and both with the same λ."""
    pairs: dict[str, tuple[Lambda, Lambda]] = {
        "l2": (0.0, VALUES),
        "l1": (VALUES, 0.0),
        "elastic": (VALUES, VALUES),
    }
    return {kind: float(validate(sample, degree, *pair).mean.min()) for kind, pair in pairs.items()}


def show(text: Text, sample: Sample) -> None:
    """Draw the section."""
    st.markdown(text.prose("lambda"))
    guess = predict.ask(text, "C30")
    left, right = st.columns([1, 4], gap="medium")
    with left:
        along = controls.choice(
            text("lambda.along"), text.labels("lambda.kinds"), key="overfitting_along", default="l2"
        )
        words = {name: st.session_state.get(f"overfitting_{name}", "0") for name in ("l1", "l2")}
        for name in ("l2", "l1"):
            words[name] = st.select_slider(
                text(f"lambda.{name}"), LAMBDAS, "0", key=f"overfitting_{name}", bind="query-params"
            )
        degree = st.slider(
            text("lambda.degree"), 3, 40, 15, key="overfitting_lambda_degree", bind="query-params"
        )
        place = LAMBDAS.index(words[along])
        other = float(words["l1" if along == "l2" else "l2"])
        found = study(sample, degree, along, other)
        for name, i in (("best", found.validation.best), ("one_se", found.validation.one_se)):
            st.button(
                text(f"lambda.use_{name}", value=LAMBDAS[i]),
                key=f"overfitting_use_{name}",
                on_click=_put,
                args=(along, i),
                width="stretch",
            )
        lambdas = {"l1": float(words["l1"]), "l2": float(words["l2"])}
        code = script("overfitting_lambda", **sample.settings(), degree=degree, along=along, **lambdas)
        take_away(text, "lambda", lambda: {**sample.table(), "overfitting-paths": _paths(found)}, code)
    said = _numbers(found, place, along)
    linear, largest = _weights(sample, found)
    axes = {
        **span(sample, degree=degree, largest=largest),
        "kind": ["elastic" if other else along],
    }
    with right:
        linked.chart(
            charts.penalty,
            text.labels("lambda.chart"),
            linked.sent(
                _tables(text, sample, found, place, along, whole=predict.told(guess)) | {"axes": axes}
            ),
            kept=lambda clicked: _put(along, int(clicked["i"])),
            alt=text("lambda.alt"),
            says=text("lambda.says", **said, **words),
            key="overfitting_path",
            private=sample.private,
            linear=linear,
            decade_low=decades(sample)[0],
            decade_high=decades(sample)[1],
            x_title=sample.names[0],
            y_title=sample.names[1],
            lambdas=LAMBDAS,
        )
    answers = _blind(sample, found)
    predict.reveal(
        text, "C30", guess, guess if guess in answers else answers[0], **said, span=_flatness(sample, found)
    )
    st.markdown(text.prose("lambda_seen", **said))
    if (kind := predict.ask(text, "C31")) is not None:
        least = smallest(sample, degree)
        reached = {penalty: short(error) for penalty, error in least.items()}
        # Where all are best without a penalty, they are the same fit but for rounding errors.
        best = [penalty for penalty, error in least.items() if error <= (1 + 1e-6) * min(least.values())]
        predict.reveal(text, "C31", kind, kind if kind in best else best[0], **reached)
    if st.toggle(text("translator.title"), key="overfitting_translator", bind="query-params"):
        _translator(text, sample, degree, float(words["l1"]), float(words["l2"]))
    st.page_link(
        shell.path("distance"),
        label=text("lambda.ball"),
        query_params=shell.link(text.lang, distance_ball="true"),
    )


def _paths(found: Study) -> pd.DataFrame:
    """Give errors and coefficients for every λ."""
    errors = {"training": found.path.train_error, "validation": found.validation.mean, "test": found.test}
    weights = {f"w{k}": w for k, w in enumerate(found.path.coefficients.T, start=1)}
    return pd.DataFrame({"l1": found.path.l1, "l2": found.path.l2, **errors, **weights})


def _weights(sample: Sample, found: Study) -> tuple[float, float]:
    """Give up to where the axis of the coefficients is nearly linear, and where it ends, in powers of ten."""
    linear = 10.0 ** (round(np.log10(sample.span[1] - sample.span[0])) - 2)
    beyond = np.log10(max(np.abs(found.path.coefficients).max() / linear, 1.0)) / 3
    return linear, linear * 1000.0 ** max(1, math.ceil(beyond))


def _put(along: str, i: int) -> None:
    st.session_state[f"overfitting_{along}"] = LAMBDAS[min(max(i, 0), len(LAMBDAS) - 1)]


def _numbers(found: Study, place: int, along: str) -> dict[str, Any]:
    best = found.validation.best
    return {
        "name": NAMES[along],
        "value": LAMBDAS[place],
        "train": short(found.path.train_error[place]),
        "validation": short(found.validation.mean[place]),
        "test": short(found.test[place]),
        "zeros": int(found.path.zeros[place]),
        "terms": found.path.coefficients.shape[1],
        "best": LAMBDAS[best],
        "best_test": short(found.test[best]),
        "one_se": LAMBDAS[found.validation.one_se],
        "none_test": short(found.test[0]),
        "most": LAMBDAS[-1],
        "most_test": short(found.test[-1]),
    }


def _flatness(sample: Sample, found: Study) -> float:
    """Give the height of the curve at the largest λ, as a share of that of the points."""
    return float(np.ptp(found.curves[-1])) / (float(np.ptp(sample.y)) or 1.0)


def _blind(sample: Sample, found: Study) -> list[str]:
    """Say what the largest λ makes of the fit: a level line, near the best, or near none (C30).

    Where validation itself chooses a level line, both of the first two are right.
    """
    best, none, most = found.test[found.validation.best], found.test[0], found.test[-1]
    if _flatness(sample, found) <= 0.05:
        return ["constant", *(["best"] if most <= (1 + 1e-6) * best else [])]
    return ["best" if abs(np.log(most / best)) < abs(np.log(most / none)) else "none"]


def _translator(text: Text, sample: Sample, degree: int, l1: float, l2: float) -> None:
    """Show how other libraries spell these λ's, and code that fits the same model."""
    st.markdown(text.prose("translator"))
    rows = translate.translate(
        l1=l1, l2=l2, n=len(sample.x), batch=len(sample.x), degree=degree, interval=sample.interval
    )
    heads, notes = text.labels("translator.heads"), text.labels("translator.notes")
    names = {"post": text("translator.post")}
    marks = {
        code: superscript(k) for k, code in enumerate(dict.fromkeys(c for row in rows for c in row.notes), 1)
    }
    lines = [
        [
            f"{names.get(row.library, row.library)} `{row.model}`",
            ", ".join(
                f"`{name}` = {formula}" + (f" = **{value:.4g}**" if row.applies else "")
                for name, formula, value in row.parameters
            )
            + f" {' '.join(marks[code] for code in row.notes)}",
        ]
        for row in rows
    ]
    table = [list(heads.values()), ["---"] * len(heads), *lines]
    st.markdown("\n".join(f"| {' | '.join(line)} |" for line in table))
    st.caption(text("translator.symbols", n=len(sample.x)))
    st.caption("  \n".join(f"{mark} {notes[code]}" for code, mark in marks.items()))
    code = {row.library: row for row in reversed(rows) if row.code and row.applies}
    library = controls.choice(
        text("translator.code"),
        {name: name for name in sorted(code, reverse=True)},
        key="overfitting_library",
        default="scikit-learn",
    )
    st.caption(text("translator.given"))
    st.code(code[library].code, language="python")


def _tables(
    text: Text, sample: Sample, found: Study, place: int, along: str, *, whole: bool
) -> dict[str, Columns]:
    """Give the chart's tables; unless the `whole` path may be seen, it ends where nothing is given away."""
    end = len(LAMBDAS) if whole else max(place, found.validation.one_se) + 1
    steps = np.arange(end)
    path, validation = found.path, found.validation
    bottom, top = sample.span
    room = 20 * (top - bottom)
    lowest, largest = (10.0 ** (d + s) for d, s in zip(decades(sample), (-2, 2), strict=True))
    drawn = np.linspace(0, len(sample.x_test) - 1, DROPPED).astype(int)
    terms = path.coefficients.shape[1]
    errors = {"train": path.train_error, "validation": validation.mean, "test": found.test}
    words = {name: [short(value) for value in values] for name, values in errors.items()}
    name = NAMES[along]
    truth = np.empty(0) if sample.curve is None else datasets.CURVES[sample.curve](found.grid)
    notes = [
        (kind, i, text(f"lambda.{kind}", value=LAMBDAS[i]))
        for kind, i in (("best", validation.best), ("one_se", validation.one_se))
    ]
    if len(LAMBDAS) - end > ROOM:
        notes.append(("rest", (end + len(LAMBDAS)) // 2, breakable(text("lambda.predict"))))
    every: dict[str, Any] = {
        "i": np.arange(len(LAMBDAS)).astype(np.uint8),
        "kept": np.arange(len(LAMBDAS)) == place,
        "title": [f"{name} = {value}" for value in LAMBDAS],
        "numbers": [
            breakable(text("lambda.numbers", **dict(zip(words, said, strict=True))))
            for said in zip(*words.values(), strict=True)
        ],
        "ys": [joined(curve) for curve in np.clip(found.curves, bottom - room, top + room)],
        "ws": [joined(weights) for weights in path.coefficients],
        "low": np.clip(validation.mean - validation.se, lowest, largest),
        "high": np.clip(validation.mean + validation.se, lowest, largest),
        **{kind: np.clip(values, lowest, largest) for kind, values in errors.items()},
        **{f"said_{kind}": said for kind, said in words.items()},
        "said_zeros": path.zeros.astype(np.uint8),
        "said_lambda": LAMBDAS,
    }
    return {
        "points": {
            "x": np.concatenate([sample.x, sample.x_test[drawn]]),
            "y": np.concatenate([sample.y, sample.y_test[drawn]]),
            "series": ["train"] * len(sample.x) + ["test"] * DROPPED,
        },
        "truth": {"x": found.grid[: len(truth)], "y": truth},
        "paths": {
            "k": np.tile(np.arange(1, terms + 1), len(steps)).astype(np.uint8),
            "w": path.coefficients[:end].ravel(),
            "i": np.repeat(steps, terms).astype(np.uint8),
        },
        "steps": {column: values[:end] for column, values in every.items()},
        "notes": {
            "kind": [kind for kind, _, _ in notes],
            "i": [i for _, i, _ in notes],
            "word": [word for _, _, word in notes],
            "error": [float(np.clip(validation.mean[i], lowest, largest)) for _, i, _ in notes],
        },
    }

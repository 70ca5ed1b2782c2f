"""Bias and variance: the same degree refitted to many data sets, and its error taken apart (C05)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import streamlit as st
from numpy.typing import NDArray

from pages.charts import overfitting as charts
from pages.sections.overfitting import linked, panels
from pages.sections.overfitting.linked import Columns
from pages.sections.overfitting.panels import joined, short
from pages.sections.overfitting.source import Sample, remembered
from pages.ui.takeaway import script, take_away
from pages.ui.text import Text
from reglib import datasets, resampling

HIGHEST = 15
DRAWN = 12  # refits that are drawn; the numbers use all
AT = np.linspace(0, resampling.N_TEST - 1, 50).round().astype(int)  # of the test inputs: enough for a line
SHARES = tuple(resampling.comparison_inputs((0.0, 1.0))[AT].tolist())


@remembered
def study(sample: Sample, curve: str, noise: float, highest: int, resamples: int) -> resampling.BiasVariance:
    """Refit every degree to many data sets that share the sample's inputs."""
    return resampling.bias_variance(
        datasets.CURVES[curve],
        sample.x,
        range(highest + 1),
        noise=noise,
        interval=sample.interval,
        seed=1,
        resamples=resamples,
        keep=DRAWN,
    )


def show(text: Text, sample: Sample) -> None:
    """Draw the section."""
    st.markdown(text.prose("variance"))
    if sample.curve is None or sample.noise is None:
        st.info(text("variance.unknown"))
        return
    highest = min(HIGHEST, panels.fit(sample).highest)
    left, right = st.columns([1, 4], gap="medium")
    with left:
        asked = st.slider(
            text("variance.degree"), 0, HIGHEST, 9, key="overfitting_variance_degree", bind="query-params"
        )
        resamples = st.slider(
            text("variance.resamples"), 500, 5000, 500, 500, key="overfitting_resamples", bind="query-params"
        )
    degree = min(asked, highest)
    found = study(sample, sample.curve, sample.noise, highest, resamples)
    parts = {
        "bias2": found.bias2,
        "variance": found.variance,
        "noise": found.noise,
        "measured": found.noisy_error,
    }
    with left:
        set_to = {"highest": highest, "degree": degree, "resamples": resamples}
        code = script("overfitting_variance", **sample.settings(), **set_to)
        take_away(
            text, "variance", {"overfitting-parts": pd.DataFrame({"degree": found.degrees, **parts})}, code
        )
    said = _numbers(found, degree, resamples)
    with right:
        linked.chart(
            charts.variance,
            text.labels("variance.chart"),
            linked.sent(_tables(text, sample, found, degree, resamples)),
            kept=_keep,
            alt=text("variance.alt"),
            says=text("variance.says", **said),
            key="overfitting_parts",
            x_title=sample.names[0],
            y_title=sample.names[1],
            xs=SHARES,
            curves=DRAWN,
        )
    st.markdown(text.prose("variance_seen", **said))


def _keep(clicked: dict[str, Any]) -> None:
    st.session_state["overfitting_variance_degree"] = min(max(int(clicked["degree"]), 0), HIGHEST)


def _numbers(found: resampling.BiasVariance, degree: int, resamples: int) -> dict[str, Any]:
    parts = float(found.bias2[degree] + found.variance[degree])
    return {
        "degree": degree,
        "resamples": resamples,
        "bias2": short(found.bias2[degree]),
        "variance": short(found.variance[degree]),
        "parts": short(parts),
        "excess": short(found.excess[degree]),
        "off": short(abs(parts - float(found.excess[degree]))),
        "noise": short(found.noise),
        "total": short(parts + found.noise),
        "noisy": short(found.noisy_error[degree]),
        "se": short(found.noisy_error_se[degree]),
        "least": int(np.argmin(found.bias2 + found.variance)),
    }


def _tables(
    text: Text, sample: Sample, found: resampling.BiasVariance, degree: int, resamples: int
) -> dict[str, Columns]:
    degrees = found.degrees
    low, high = sample.span
    room = 20 * (high - low)
    said = [_numbers(found, int(d), resamples) for d in degrees]
    ends = np.cumsum([np.full(len(degrees), found.noise), found.variance, found.bias2], axis=0)

    def drawn(curves: NDArray[np.float64]) -> list[str]:
        """Write the curves of each degree in one line, with a gap behind each."""
        kept = np.clip(curves[..., AT], low - room, high + room)
        return ["  ".join(joined(curve) for curve in np.atleast_2d(each)) for each in kept]

    # Rounded up to 1, 2 or 5 times a power of ten, so that the axis seldom jumps.
    error_high = charts.round_up(1.4 * float(ends[-1, 0]))
    return {
        "axes": panels.span(sample, error_high=error_high),
        "points": {"x": sample.x, "y": sample.y},
        "truth": {"x": found.x[AT], "y": found.truth[AT]},
        "parts": {
            "degree": np.tile(degrees, 3),
            "part": np.repeat(["noise", "variance", "bias2"], len(degrees)).tolist(),
            "start": np.concatenate([np.zeros(len(degrees)), ends[0], ends[1]]),
            "end": ends.ravel(),
        },
        "degrees": {
            "degree": degrees,
            "kept": degrees == degree,
            "words": [text("variance.words", **numbers) for numbers in said],
            "total": ends[-1],
            "noisy": found.noisy_error,
            "low": found.noisy_error - 2 * found.noisy_error_se,
            "high": found.noisy_error + 2 * found.noisy_error_se,
            "ys": drawn(found.curves),
            "mean": drawn(found.mean_fit),
            **{
                f"said_{name}": [numbers[name] for numbers in said]
                for name in ("bias2", "variance", "total", "noisy")
            },
        },
    }

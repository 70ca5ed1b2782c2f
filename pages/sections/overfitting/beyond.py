"""Beyond n: more coefficients than points, the peak at n − 1, the descent, and what λ2 does to it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from pages.charts import overfitting as charts
from pages.sections.overfitting import work
from pages.sections.overfitting.panels import short
from pages.sections.overfitting.source import Sample
from pages.ui import chart
from pages.ui.takeaway import script, take_away
from pages.ui.text import Text
from reglib import datasets, resampling

REPEATS = 20  # data sets; the curves are medians over them
PENALTIES = ("0", "1e-12", "1e-10", "1e-8", "1e-6", "1e-4", "0.001", "0.01", "0.1", "1")
HIGHEST = 150


def show(text: Text, sample: Sample) -> None:
    """Draw the section."""
    st.markdown(text.prose("beyond"))
    if sample.curve is None or sample.noise is None:
        st.info(text("beyond.unknown"))
        return
    left, right = st.columns([1, 4], gap="medium")
    with left:
        n = st.slider(text("beyond.n"), 5, 40, 20, key="overfitting_beyond_n", bind="query-params")
        word = st.select_slider(
            text("beyond.l2"), PENALTIES[1:], "1e-6", key="overfitting_melt", bind="query-params"
        )
        found = work.collect(
            text,
            "beyond",
            (sample.curve, sample.noise, sample.interval, n),
            lambda: resampling.beyond_n(
                datasets.CURVES[sample.curve or ""],
                n,
                noise=sample.noise or 0.0,
                interval=sample.interval,
                seed=3,
                repeats=REPEATS,
                max_degree=HIGHEST,
                l2=[float(value) for value in PENALTIES],
            ),
            REPEATS,
        )
    if not found:
        return
    band = resampling.band(np.array(found))
    chosen = PENALTIES.index(word)
    said = {**_numbers(band, n, chosen), "repeats": len(found)}
    with right:
        chart.chart(
            charts.beyond,
            text.labels("beyond.chart"),
            _tables(text, band, n, chosen),
            alt=text("beyond.alt", **said),
            key="overfitting_beyond_chart",
            lowest=-3 if sample.noise else -21,  # without noise the first minimum may be rounding alone
        )
    with left:
        set_to = {
            **sample.settings("curve", "noise", "interval"),
            "n": n,
            "l2": float(word),
            "repeats": len(found),
        }
        errors = {f"l2={value}": median for value, median in zip(PENALTIES, band.median, strict=True)}
        table = pd.DataFrame(errors).rename_axis("degree").reset_index()
        take_away(text, "beyond", {"overfitting-beyond": table}, script("overfitting_beyond", **set_to))
    least = band.median[0]
    falls_short = abs(said["peak"] - said["below"]) <= 1 and least[-1] > least[said["first"]]
    st.markdown(text.prose("beyond_seen" if falls_short else "beyond_other", **said))


def _numbers(band: resampling.Band, n: int, chosen: int) -> dict[str, Any]:
    least, melted = band.median[0], band.median[chosen]
    first = int(np.argmin(least[:n]))
    peak = int(np.argmax(least))
    return {
        "n": n,
        "below": n - 1,
        "first": first,
        "first_error": short(least[first]),
        "peak": peak,
        "peak_error": short(least[peak]),
        "last": HIGHEST,
        "last_error": short(least[-1]),
        "l2": PENALTIES[chosen],
        "melted": short(float(melted.max())),
        "melted_first": short(float(melted.min())),
    }


def _tables(text: Text, band: resampling.Band, n: int, chosen: int) -> dict[str, pd.DataFrame]:
    degrees = np.arange(HIGHEST + 1)
    shown = {"none": 0, "l2": chosen}
    said = _numbers(band, n, chosen)
    least = band.median[0]
    return {
        "curves": pd.DataFrame(
            {
                "degree": np.tile(degrees, len(shown)),
                "series": np.repeat(list(shown), len(degrees)),
                "median": np.concatenate([band.median[k] for k in shown.values()]),
                "low": np.concatenate([band.low[k] for k in shown.values()]),
                "high": np.concatenate([band.high[k] for k in shown.values()]),
                "said": [short(e) for k in shown.values() for e in band.median[k]],
            }
        ),
        "notes": pd.DataFrame(
            [
                {
                    "kind": kind,
                    "degree": degree,
                    "error": float(least[degree]),
                    "word": text(f"beyond.{kind}", **said),
                }
                for kind, degree in (("first", said["first"]), ("limit", n - 1), ("last", HIGHEST))
            ]
        ),
    }

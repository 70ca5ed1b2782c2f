"""Footnote: why the page does not use 1, x, x², …: the same fit, different digits."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from pages.charts import overfitting as charts
from pages.sections.overfitting.panels import short
from pages.sections.overfitting.source import Sample, remembered, synthetic
from pages.ui import chart
from pages.ui.takeaway import script, take_away
from pages.ui.text import Text
from reglib import polynomial

POINTS = 100  # enough that every degree of the picture is determined


@remembered
def study(sample: Sample) -> polynomial.Conditioning:
    return polynomial.conditioning(sample.x, sample.y, charts.DEGREES)


def show(text: Text, sample: Sample) -> None:
    """Draw the section."""
    st.markdown(text.prose("basis"))
    if sample.curve is not None:
        sample = synthetic(sample.curve, POINTS, sample.noise or 0.0, 0, *sample.interval)
    found = study(sample)
    left, right = st.columns([1, 4], gap="medium")
    with left:
        asked = st.slider(
            text("basis.degree"), 0, charts.DEGREES, 20, key="overfitting_basis_degree", bind="query-params"
        )
        degree = min(asked, int(found.degrees[-1]))
        _take(text, sample, found, degree)
    said = {
        "n": len(sample.x),
        "degree": degree,
        "monomials": short(found.monomials[degree]),
        "orthonormal": short(found.orthonormal[degree]),
        "digits": float(found.digits_lost[degree]),
        "svd": short(found.difference_svd[degree]),
        "normal": short(found.difference_normal[degree]),
    }
    # A difference of exactly 0 cannot stand on a log axis; nothing below a digit's rounding can be seen there.
    smallest = np.finfo(float).eps / 10
    series = {
        "conditions": {"monomials": found.monomials, "orthonormal": found.orthonormal},
        "differences": {"normal": found.difference_normal, "svd": found.difference_svd},
    }
    columns = right.columns(2, gap="medium")
    for column, (name, curves) in zip(columns, series.items(), strict=True):
        with column:
            chart.chart(
                charts.digits,
                text.labels(f"basis.{name}"),
                {
                    "curves": pd.DataFrame(
                        {
                            "degree": np.tile(found.degrees, len(curves)),
                            "series": np.repeat(list(curves), len(found.degrees)),
                            "value": np.maximum(np.concatenate(list(curves.values())), smallest),
                            "said": [short(v) for values in curves.values() for v in values],
                        }
                    ),
                    "now": pd.DataFrame({"degree": [degree]}),
                },
                alt=text(f"basis.{name}_alt", **said),
                key=f"overfitting_{name}",
                series=tuple(curves),
                low=-16 if name == "differences" else 0,
                high=2 if name == "differences" else 18,
            )
    st.markdown(text.prose("basis_seen", **said))


def _take(text: Text, sample: Sample, found: polynomial.Conditioning, degree: int) -> None:
    """Let the reader take away what every degree costs, and a script that measures it."""

    def tables() -> dict[str, pd.DataFrame]:
        found_at = {
            "degree": found.degrees,
            "condition_powers": found.monomials,
            "condition_orthogonal": found.orthonormal,
            "difference_svd": found.difference_svd,
            "difference_normal": found.difference_normal,
        }
        points = {} if sample.curve else sample.table()  # what the script reads where there is no formula
        return {**points, "overfitting-basis": pd.DataFrame(found_at)}

    set_to = {**sample.settings("curve", "noise", "interval"), "degree": degree}
    take_away(text, "basis", tables, lambda: script("overfitting_basis", **set_to))

"""Stable, precisely: on the square, a hair's nudge makes the L1 line jump while the L2 line barely moves."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from pages.charts import outliers as charts
from pages.ui import chart, predict, tour
from pages.ui.takeaway import script, take_away
from pages.ui.text import Text
from reglib.linear import fit_l1, fit_l2
from reglib.outliers import nudge_path, square

NUDGES = np.round(np.linspace(-0.1, 0.1, 41), 3)
PROBE = 0.05  # the nudge that the prediction is about


def show(text: Text) -> None:
    st.markdown(text.prose("stable"))
    with st.container(border=True):
        guess = predict.ask(text, "C16")
        ends = _ends()
        jumps = {fit: abs(ends[f"{fit}_right"] - ends[f"{fit}_left"]) for fit in ("l1", "l2")}
        predict.reveal(text, "C16", guess, max(jumps, key=lambda fit: jumps[fit]), probe=PROBE, **ends)
    nudge = st.slider(
        text("stable.nudge"), -0.1, 0.1, 0.0, 0.005, format="%.3f", key="outliers_nudge", bind="query-params"
    )
    _draw(text, float(nudge), everything=guess is not None or tour.current() is not None)
    take_away(
        text,
        "stable",
        lambda: {"outliers-stable": _path()},
        lambda: script("outliers_stable", nudge=float(nudge)),
    )


def _draw(text: Text, nudge: float, everything: bool) -> None:
    x, y = square(nudge)
    l1, l2 = fit_l1(x, y), fit_l2(x, y)
    # 0 and 1, where the band of the square bends, are among the places.
    across = np.linspace(-0.35, 1.35, 35)
    ends = across[[0, -1]]
    low, high = l1.band(across)
    words = text.labels("square")
    said = {
        "nudge": nudge, "l1": l1.slope, "l2": l2.slope, "cost": l1.cost, "low": l1.slope_low, "high": l1.slope_high,
        "corners": len(l1.vertices),
    }  # fmt: skip
    alt = text("stable.alt", **said)
    first, second, third = st.columns(3)
    with first:
        chart.chart(
            charts.square,
            words,
            {
                "corners": pd.DataFrame({"x": x, "y": y, "kind": ["fine", "moved", "fine", "fine"]}),
                "band": pd.DataFrame({"x": across, "low": low, "high": high}),
                "lines": pd.concat(
                    [
                        pd.DataFrame({"x": ends, "y": line.predict(ends), "fit": fit})
                        for fit, line in (("l1", l1), ("l2", l2))
                    ]
                ),
            },
            alt=alt,
            about=words["about_data"],
            key="outliers_square",
        )
    with second:
        chart.chart(
            charts.optimal_set,
            words,
            {
                "vertices": pd.DataFrame(l1.vertices, columns=["slope", "intercept"]).assign(
                    order=range(len(l1.vertices))
                ),
                "best": pd.DataFrame(
                    {
                        "slope": [l1.slope, l2.slope],
                        "intercept": [l1.intercept, l2.intercept],
                        "fit": ["l1", "l2"],
                    }
                ),
            },
            alt="",  # said once
            about=words["about_set"],
            key="outliers_set",
        )
    with third:
        slopes, ranges = _curves(everything)
        chart.chart(
            charts.jump,
            words,
            {
                "slopes": slopes,
                "ranges": ranges,
                "here": pd.DataFrame({"nudge": nudge, "fit": ["l1", "l2"], "slope": [l1.slope, l2.slope]}),
            },
            alt="",
            about=words["about_jump"],
            key="outliers_jump",
        )
    if not everything:
        st.caption(text("stable.hidden"))
    st.markdown(text("stable.one" if l1.unique else "stable.many", **said))


@st.cache_resource(max_entries=1, show_spinner=False)
def _ends() -> dict[str, float]:
    """Give both slopes at the two ends of the nudge that the prediction is about."""
    path = nudge_path([-PROBE, PROBE])
    return {
        f"{fit}_{side}": float(path[f"{fit}_slope"][at])
        for fit in ("l1", "l2")
        for at, side in enumerate(("left", "right"))
    }


@st.cache_resource(max_entries=1, show_spinner=False)
def _path() -> pd.DataFrame:
    return pd.DataFrame(nudge_path(NUDGES))


@st.cache_resource(max_entries=2, show_spinner=False)
def _curves(everything: bool) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Give both slopes against the nudge, and the range of the L1 slopes where they are many; or no rows of them."""
    path = _path()
    slopes = pd.concat(
        [
            pd.DataFrame(
                {
                    "nudge": path["nudge"],
                    "fit": fit,
                    "slope": path[f"{fit}_slope"],
                    "side": np.sign(path["nudge"]).astype(int).astype(str) if fit == "l1" else "all",
                }
            )
            for fit in ("l1", "l2")
        ],
        ignore_index=True,
    )
    many = path["l1_slope_low"] < path["l1_slope_high"]
    ranges = pd.DataFrame(
        {"nudge": path["nudge"], "low": path["l1_slope_low"], "high": path["l1_slope_high"]}
    )[many]
    rows = None if everything else 0
    return slopes[:rows], ranges[:rows]

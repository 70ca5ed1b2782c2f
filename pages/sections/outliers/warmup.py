"""Warm-up in one dimension: the mean follows one value anywhere, the median hardly moves."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from pages.charts import outliers as charts
from pages.sections.outliers.points import nearest, number
from pages.ui import chart, drag
from pages.ui.takeaway import script, take_away
from pages.ui.text import Text
from reglib.outliers import Breakdown, breakdown, location_table

VALUES = (3.0, 4.0, 4.5, 5.0, 5.5, 6.0, 7.0, 8.0, 6.5)  # the last one is moved
PLACES = np.linspace(-10.0, 30.0, 161)
START = 20.0  # where the last one stands at first: far enough to see the mean follow it
REACH = 0.6  # half the width of the handle
COLUMNS = {"share": "moved", "kind": "statistic", "low": "5%", "middle": "50%", "high": "95%"}  # in the CSV
CHUNK = 50  # repeats between two looks at the Stop button


def show(text: Text) -> None:
    st.markdown(text.prose("warmup"))
    st.fragment(_one_value)(text)
    st.markdown(text.prose("breakdown"))
    _simulate(text)  # not a fragment: its controls could not stop it


def _one_value(text: Text) -> None:
    place = number(text("warmup.value"), PLACES, START, key="outliers_value", width=260)
    # The handle is as high as the picture: it moves sideways only.
    st.session_state["outliers_value_height"] = 0.0
    drawn = _drawn()
    now = drawn["places"][drawn["places"]["position"] == place].iloc[0]
    drag.chart(
        charts.location,
        text.labels("location"),
        drawn,
        handles={"outlier": ("outliers_value", "outliers_value_height")},
        snap=lambda _, x, y: (nearest(PLACES, x), 0.0),
        alt=text("warmup.alt", n=len(VALUES), value=place, mean=now["mean"], median=now["median"]),
        key="outliers_location",
        span=(float(PLACES[0]) - REACH, float(PLACES[-1]) + REACH),
        half=0.125,
        reach=REACH,
    )
    st.markdown(text("warmup.seen", value=place, mean=now["mean"], median=now["median"]))
    take_away(
        text, "warmup", lambda: {"outliers-mean-median": drawn["places"].rename(columns={"position": "value"})},
        lambda: script("outliers_warmup", values=(*VALUES[:-1], place)),
    )  # fmt: skip


@st.cache_resource(max_entries=1, show_spinner=False)
def _drawn() -> dict[str, pd.DataFrame]:
    """Lay out mean and median for every place of the value that moves, and what does not move."""
    table = location_table(VALUES, len(VALUES) - 1, PLACES)
    return {
        "places": pd.DataFrame({name: table[name] for name in ("position", "mean", "median")}),
        "values": pd.DataFrame({"x": VALUES[:-1]}),
    }


def _simulate(text: Text) -> None:
    """Move more and more points of many samples; stops between two chunks and keeps what is there."""
    first, second, third = st.columns(3, vertical_alignment="bottom")
    with first:
        n = int(st.number_input(text("warmup.n"), 5, 200, 20, key="outliers_n", bind="query-params"))
    with second:
        wanted = int(
            st.number_input(
                text("warmup.repeats"), 50, 5000, 500, 50, key="outliers_repeats", bind="query-params"
            )
        )
    state = st.session_state.get("_outliers_breakdown")
    if state is None or state["asked"] != (n, wanted):
        state = {"asked": (n, wanted), "parts": [], "stopped": False}
        st.session_state["_outliers_breakdown"] = state
    done = CHUNK * len(state["parts"])
    with third:
        control = st.empty()
    if done < wanted and not state["stopped"]:
        control.button(
            text("warmup.stop"), key="_outliers_stop", on_click=state.update, kwargs={"stopped": True}
        )
        bar = st.progress(done / wanted)
        while done < wanted:
            part = breakdown(n, min(CHUNK, wanted - done), seed=0, first=done)
            if CHUNK * len(state["parts"]) == done:  # a click starts a new run while this one is at its chunk
                state["parts"].append(part)
            done += CHUNK
            bar.progress(min(done / wanted, 1.0))
        bar.empty()
    if done < wanted:
        control.button(
            text("warmup.go_on"), key="_outliers_go_on", on_click=state.update, kwargs={"stopped": False}
        )
    else:
        control.empty()
    if state["parts"]:
        if state.get("laid_out") != done:  # another control of the page was moved: the picture is as it was
            state.update(laid_out=done, drawn=_laid_out(state["parts"]))
        shifts, said = state["drawn"]
        chart.chart(
            charts.breakdown,
            text.labels("breakdown"),
            {"shifts": shifts},
            alt=text("warmup.breakdown_alt", **said),
            key="outliers_breakdown_chart",
        )
        st.markdown(text("warmup.broken", **said))
        take_away(
            text, "breakdown", lambda: {"outliers-breakdown": shifts.rename(columns=COLUMNS)},
            lambda: script("outliers_breakdown", n=n, repeats=said["repeats"]),
        )  # fmt: skip


def _laid_out(parts: list[Breakdown]) -> tuple[pd.DataFrame, dict[str, float]]:
    """Lay out how far mean and median went in the middle sample and in nine of ten, and say where they broke down."""
    whole = Breakdown(
        parts[0].share,
        np.concatenate([part.mean_shift for part in parts]),
        np.concatenate([part.median_shift for part in parts]),
    )
    shares, columns = whole.share[1:], {}
    for kind, shift in (("mean", whole.mean_shift), ("median", whole.median_shift)):
        columns[kind] = np.quantile(shift[:, 1:], [0.05, 0.5, 0.95], axis=0)
    bounds = np.concatenate(list(columns.values()), axis=1)
    shifts = pd.DataFrame(
        {"share": np.tile(shares, 2), "kind": np.repeat(list(columns), len(shares))}
        | dict(zip(("low", "middle", "high"), bounds, strict=True))
    )
    mean, median = whole.breaking_share()
    said = {"repeats": len(whole.mean_shift), "n": len(whole.share) - 1, "mean": mean, "median": median}
    return shifts, said

"""Home: what the post says, in two corrected sentences, and the way into the four lessons."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from pages.charts import home as charts
from pages.sections.home import classroom, court
from pages.ui import links, shell
from pages.ui.chart import chart
from pages.ui.section import section
from reglib import datasets, linear, norms, penalties, polynomial

START, GOAL = (-5, 4), (3, 10)
STEPS = 60

text = shell.begin("home")


@st.cache_data(max_entries=1, show_spinner=False)
def city() -> tuple[pd.DataFrame, pd.DataFrame, dict[str, float]]:
    row = norms.route_table([START], [GOAL])
    corner = (row["corner_x"][0], row["corner_y"][0])
    legs = pd.DataFrame([START, corner, GOAL], columns=["x", "y"]).assign(i=range(3))
    numbers = {"l1": int(row["l1"][0]), "l2": float(row["l2"][0]), "routes": int(row["routes"][0])}
    return legs, pd.DataFrame([START, GOAL], columns=["x", "y"]), numbers


@st.cache_data(max_entries=1, show_spinner=False)
def calls() -> tuple[pd.DataFrame, pd.DataFrame, dict[str, float]]:
    data = datasets.telephone_calls()
    ends = np.array([data.x.min(), data.x.max()])
    fits = {"l1": linear.fit_l1(data.x, data.y), "l2": linear.fit_l2(data.x, data.y)}
    lines = pd.concat(
        pd.DataFrame({"x": ends, "y": fit.predict(ends), "loss": loss}) for loss, fit in fits.items()
    )
    points = pd.DataFrame({"x": data.x, "y": data.y, "suspect": data.suspect})
    return points, lines, {loss: fit.slope for loss, fit in fits.items()}


@st.cache_data(max_entries=1, show_spinner=False)
def three_fits() -> tuple[pd.DataFrame, pd.DataFrame, dict[str, float]]:
    data = datasets.make_curve("sine", 20, noise=0.3, seed=0)
    unseen = data.fresh(2000, seed=100_000)
    fits = polynomial.fit_degrees(data.x, data.y, 15, interval=data.interval)
    errors = fits.errors(unseen.x, unseen.y)
    degrees = {"none": 1, "truth": int(np.argmin(errors)), "test": 15}
    grid = np.linspace(*data.interval, 121)
    values = fits.predict(grid)
    curves = pd.concat(
        pd.DataFrame({"x": grid, "y": np.clip(values[degree], -9, 9), "fit": fit})
        for fit, degree in degrees.items()
    )
    names = dict(zip(("low", "best", "high"), degrees.values(), strict=True))
    numbers = {
        "n": len(data.x),
        **names,
        **{f"e_{name}": float(errors[degree]) for name, degree in names.items()},
    }
    return pd.DataFrame({"x": data.x, "y": data.y}), curves, numbers


@st.cache_data(max_entries=1, show_spinner=False)
def shrinking() -> tuple[pd.DataFrame, pd.DataFrame, dict[str, float]]:
    rate, strength = 0.1, 0.5
    paths = {
        name: penalties.descend(
            lambda w: 0 * w, [1.0], STEPS, rate, penalties.ElasticNet(**{name: strength})
        ).weights[:, 0]
        for name in ("l1", "l2")
    }
    steps = pd.concat(
        pd.DataFrame({"x": np.arange(STEPS + 1), "y": path, "penalty": name}) for name, path in paths.items()
    )
    names = pd.DataFrame({"x": [10, 20], "y": [paths["l1"][10], paths["l2"][20]], "name": ["L1", "L2"]})
    zero = int(np.flatnonzero(paths["l1"] == 0)[0])
    return steps, names, {"start": 1.0, "zero": zero, "steps": STEPS, "left": float(paths["l2"][-1])}


st.title(text("title"))
st.markdown(text.prose("lead"))
with st.container(key="home_two"):
    for sentence, lesson, state in (
        ("first", "overfitting", {"overfitting_lambda": True}),
        ("second", "training", {"training_weights": True}),
    ):
        words, way = st.columns([4, 1], vertical_alignment="center")
        words.markdown(text.prose(sentence))
        with way:
            links.go(lesson, text.lang, text(f"two.{sentence}_link"), state)


def card(
    lesson: str, build: Callable[..., Any], data: dict[str, pd.DataFrame], numbers: dict[str, float]
) -> None:
    """Draw a lesson's question, its small picture and its numbers; the title opens the lesson."""
    with st.container(border=True, key=f"home_card_{lesson}"):
        st.page_link(
            shell.path(lesson),
            label=f"**{text(f'cards.{lesson}_open')}**",
            query_params=shell.link(text.lang),
        )
        st.markdown(text(f"cards.{lesson}"))
        chart(build, text.labels(lesson), data, alt=text(f"{lesson}.alt", **numbers), key=f"home_{lesson}")
        st.caption(text(f"{lesson}.caption", **numbers))


with st.container(key="home_cards"):
    columns = st.columns(4)
with columns[0]:
    legs, flight, numbers = city()
    card("distance", charts.city, {"legs": legs, "flight": flight}, numbers)
with columns[1]:
    points, lines, numbers = calls()
    card("outliers", charts.calls, {"points": points, "lines": lines}, numbers)
with columns[2]:
    points, curves, numbers = three_fits()
    card("overfitting", charts.fits, {"points": points, "curves": curves}, numbers)
with columns[3]:
    steps, names, numbers = shrinking()
    card("training", charts.shrinking, {"steps": steps, "names": names}, numbers)

st.markdown(text("class.start"))
links.go("home", text.lang, text("tour.start"), {"present": 1})
if (box := section(text, "class")).open:
    with box:
        classroom.show(text)
if (box := section(text, "court")).open:
    with box:
        court.show(text)

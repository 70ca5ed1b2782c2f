"""The way into the four lessons: each with its question, a small picture and its numbers, computed once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from pages.charts import home as charts
from pages.ui import shell
from pages.ui.chart import chart
from pages.ui.takeaway import script, take_away
from pages.ui.text import Text
from reglib import datasets, linear, norms, penalties, polynomial

START, GOAL = (-5, 4), (3, 10)
STEPS = 60
FITS, LEVELS = (
    ("none", "truth", "test"),
    ("low", "best", "high"),
)  # the looks of three degrees, and their names


@dataclass(frozen=True, eq=False)
class Card:
    """A picture's builder and data, and the numbers that its words name."""

    build: Callable[..., Any]
    data: dict[str, pd.DataFrame]
    numbers: dict[str, float]


def show(text: Text) -> None:
    """Draw the cards; a card's title opens its lesson."""
    with st.container(key="home_cards"):
        columns = st.columns(4)
    for column, (lesson, card) in zip(columns, cards().items(), strict=True):
        with column, st.container(border=True, height="stretch", key=f"home_card_{lesson}"):
            st.page_link(
                shell.path(lesson),
                label=f"**{text(f'cards.{lesson}_open')}**",
                query_params=shell.link(text.lang),
            )
            st.markdown(text(f"cards.{lesson}"))
            chart(
                card.build, text.labels(lesson), card.data, alt=text(f"{lesson}.alt", **card.numbers),
                key=f"home_{lesson}",
            )  # fmt: skip
            st.caption(text(f"{lesson}.caption", **card.numbers))


def take(text: Text) -> None:
    """Let the reader take away what the pictures show."""

    def tables() -> dict[str, pd.DataFrame]:
        city, calls, fits, steps = (card.data for card in cards().values())
        degrees = dict(zip(FITS, (cards()["overfitting"].numbers[name] for name in LEVELS), strict=True))
        curves = fits["curves"]
        return {
            "home-distance": city["legs"][["x", "y"]],
            "home-outliers": calls["points"].rename(columns={"x": "year", "y": "calls"}),
            "home-overfitting": curves.assign(degree=curves["fit"].map(degrees)).drop(columns="fit"),
            "home-training": steps["steps"].set_axis(["step", "weight", "penalty"], axis=1),
        }

    take_away(text, "view", tables, lambda: script("home"))


@st.cache_resource(max_entries=1, show_spinner=False)
def cards() -> dict[str, Card]:
    """Compute every picture; everybody gets the same frames, so each is serialised for the browser once."""
    return {"distance": _city(), "outliers": _calls(), "overfitting": _three_fits(), "training": _shrinking()}


def _names(*places: tuple[float, float, str]) -> pd.DataFrame:
    """Lay out the names that stand beside the lines."""
    return pd.DataFrame(places, columns=["x", "y", "name"])


def _city() -> Card:
    row = norms.route_table([START], [GOAL])
    corner = (row["corner_x"][0], row["corner_y"][0])
    numbers = {"l1": int(row["l1"][0]), "l2": float(row["l2"][0]), "routes": int(row["routes"][0])}
    middle = np.mean([START, GOAL], axis=0)
    data = {
        "legs": pd.DataFrame([START, corner, GOAL], columns=["x", "y"]).assign(i=range(3)),
        "flight": pd.DataFrame([START, GOAL], columns=["x", "y"]),
        "names": _names(
            (*corner, f"L1  {numbers['l1']}"), (middle[0], middle[1], f"L2  {numbers['l2']:g}")
        ).assign(kind=["l1", "l2"]),
    }
    return Card(charts.city, data, numbers)


def _calls() -> Card:
    points = datasets.telephone_calls()
    ends = np.array([points.x.min(), points.x.max()])
    l1, l2 = linear.fit_l1(points.x, points.y), linear.fit_l2(points.x, points.y)
    fits: dict[str, linear.Line] = {"l1": l1, "l2": l2}
    lines = pd.concat(
        pd.DataFrame({"x": ends, "y": fit.predict(ends), "loss": loss}) for loss, fit in fits.items()
    )
    late = 0.1 * ends[0] + 0.9 * ends[1]
    data = {
        "points": pd.DataFrame({"x": points.x, "y": points.y, "suspect": points.suspect}),
        "lines": lines,
        "names": _names(*((late, float(fit.predict([late])[0]), loss.upper()) for loss, fit in fits.items())),
    }
    return Card(
        charts.calls,
        data,
        {"l2": l2.slope, "low": l1.slope_low, "high": l1.slope_high},
    )


def _three_fits() -> Card:
    sample = datasets.make_curve("sine", 20, noise=0.3, seed=0)
    unseen = sample.fresh(2000, seed=100_000)
    fits = polynomial.fit_degrees(sample.x, sample.y, 15, interval=sample.interval)
    errors = fits.errors(unseen.x, unseen.y)
    degrees = dict(zip(FITS, (1, int(np.argmin(errors)), 15), strict=True))
    grid = np.linspace(*sample.interval, 121)
    values = fits.predict(grid)
    curves = pd.concat(
        pd.DataFrame({"x": grid, "y": np.clip(values[degree], -9, 9), "fit": fit})
        for fit, degree in degrees.items()
    )
    names = dict(zip(LEVELS, degrees.values(), strict=True))
    numbers = {
        "n": len(sample.x),
        **names,
        **{f"e_{name}": float(errors[degree]) for name, degree in names.items()},
    }
    stiff, wild = (np.interp(x, grid, values[degree]) for x, degree in ((-0.35, 1), (-0.28, 15)))
    data = {
        "points": pd.DataFrame({"x": sample.x, "y": sample.y}),
        "curves": curves,
        # Beside the stiff line and the wild curve's trough, and below the right end of the best one.
        "names": _names((-0.35, stiff, "1"), (-0.15, wild, "15"), (0.8, -0.6, str(degrees["truth"]))),
    }
    return Card(charts.fits, data, numbers)


def _shrinking() -> Card:
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
    zero = int(np.flatnonzero(paths["l1"] == 0)[0])
    data = {"steps": steps, "names": _names((2, paths["l1"][14], "L1"), (20, paths["l2"][20], "L2"))}
    numbers = {"start": 1.0, "zero": zero, "steps": STEPS, "left": float(paths["l2"][-1])}
    return Card(charts.shrinking, data, numbers)

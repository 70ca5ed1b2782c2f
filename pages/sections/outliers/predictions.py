"""Predict first, below the picture: which line moves, and which loss ignores an outlier?"""

from __future__ import annotations

import numpy as np
import streamlit as st

from pages.sections.outliers.cached import Cached
from pages.sections.outliers.points import Floats, Points
from pages.ui import predict
from pages.ui.text import Text
from reglib.linear import fit_l1, fit_l2

CLAIMS = ("C14", "C17")


def show(text: Text, points: Points) -> None:
    """Ask both questions; moving the outlier as far as the picture goes decides them."""
    heights = (float(points.ys[0]), float(points.ys[-1]))
    slopes = _move(points.private, points.x, points.y, points.index, heights)
    height = max(heights, key=lambda y: abs(y - points.home[1]))
    moved = {fit: abs(slopes[fit, height] - slopes[fit, "home"]) for fit in ("l1", "l2")}
    off = {fit: abs(slopes[fit, height] - slopes[fit, "without"]) for fit in ("l1", "l2")}
    answers = {
        "C14": (max(moved, key=lambda fit: moved[fit]), moved),
        "C17": (min(off, key=lambda fit: off[fit]), off),
    }
    for column, claim in zip(st.columns(2, border=True), CLAIMS, strict=True):
        answer, numbers = answers[claim]
        with column:
            guess = predict.ask(text, claim)
            predict.reveal(text, claim, guess, answer, y=height, **numbers)
            if guess is not None:
                st.button(
                    text("main.try", y=height), key=f"_outliers_try_{claim}", on_click=_place,
                    args=(points, height), type="tertiary", icon=":material/open_with:",
                )  # fmt: skip


def _place(points: Points, height: float) -> None:
    st.session_state[f"outliers_{points.data}_x"] = points.home[0]
    st.session_state[f"outliers_{points.data}_y"] = height


def _slopes(
    x: Floats, y: Floats, index: int, heights: tuple[float, ...]
) -> dict[tuple[str, str | float], float]:
    """Fit all points as they are, without the outlier, and with it at each height."""
    slopes: dict[tuple[str, str | float], float] = {}
    for name, fit in (("l1", fit_l1), ("l2", fit_l2)):
        slopes[name, "home"] = fit(x, y).slope
        slopes[name, "without"] = fit(np.delete(x, index), np.delete(y, index)).slope
        for height in heights:
            moved = y.copy()
            moved[index] = height
            slopes[name, height] = fit(x, moved).slope
    return slopes


_move = Cached(_slopes)

"""Ball and penalty: the shape of a norm, and where it touches the contours of a loss."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Literal

import numpy as np
import pandas as pd
import streamlit as st

from pages.charts import distance as charts
from pages.ui import drag
from pages.ui.chart import chart
from pages.ui.takeaway import script, take_away
from pages.ui.text import Text
from reglib import geometry, norms

EXPONENTS = (
    0.25, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1, 1.2, 1.35, 1.5, 1.75, 2.0, 2.5, 3.0, 4.0, 6.0, 10.0, 20.0, math.inf
)  # fmt: skip
PENALTIES: tuple[Literal["l1", "l2"], ...] = ("l1", "l2")
PROBLEMS = 2000
DRAWN = 400  # of the random problems' optima


def show(text: Text) -> None:
    """Draw the section; its three parts have nothing in common, so each answers on its own."""
    st.markdown(text.prose("ball"))
    _one_ball(text)
    st.markdown(text.prose("touching"))
    _two_balls(text)
    st.markdown(text.prose("corners"))
    _many_problems(text)


def name(p: float) -> str:
    return "∞" if math.isinf(p) else f"{p:g}"


@st.cache_resource(max_entries=1, show_spinner=False)
def balls() -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Every ball on the slider, what it is called, and for p < 1 why it is no norm's."""
    shapes, facts, halfway = [], [], []
    for i, p in enumerate(EXPONENTS):
        border = norms.ball_boundary(p, points=160)
        shapes.append(pd.DataFrame(border, columns=["x", "y"]).assign(i=i, k=range(len(border))))
        fact = {"i": i, "name": name(p), "norm": norms.is_norm(p), "straight": norms.norm((1, 1), p)}
        facts.append(fact)
        if not norms.is_norm(p):
            case = norms.triangle_counterexample(p)
            (ux, uy), (vx, vy), (x, y) = case.u, case.v, case.midpoint
            halfway.append({"i": i, "ux": ux, "uy": uy, "vx": vx, "vy": vy, "x": x, "y": y})
    return pd.concat(shapes), pd.DataFrame(facts), pd.DataFrame(halfway)


@st.fragment
def _one_ball(text: Text) -> None:
    picture, words = st.columns([2, 3], gap="medium", vertical_alignment="center")
    shapes, facts, halfway = balls()
    with picture:
        chosen = drag.slider(
            charts.ball,
            text.labels("ball_picture"),
            {"balls": shapes, "facts": facts, "halfway": halfway},
            codes=[name(p) for p in EXPONENTS],
            default="2",
            param="p",
            alt=lambda code: text(
                "ball_picture.alt", p=code, straight=facts.loc[facts["name"] == code, "straight"].item()
            ),
            key="distance_ball_p",
            last=len(EXPONENTS) - 1,
            l1=EXPONENTS.index(1.0),
            l2=EXPONENTS.index(2.0),
        )
    p = EXPONENTS[chosen]
    with words:
        if norms.is_norm(p):
            st.markdown(text.prose("convex", p=name(p)))
        else:
            case = norms.triangle_counterexample(p)
            st.markdown(text.prose("triangle", p=name(p), straight=case.straight, halfway=case.midpoint_size))
        take_away(
            text, "shape", lambda: {"distance-shape": shapes.loc[shapes["i"] == chosen, ["x", "y"]]},
            lambda: script("distance_shape", exponent=f"{p:g}"),
        )  # fmt: skip


@st.cache_resource(max_entries=64, show_spinner=False)
def solve(rho: float, lam: float) -> pd.DataFrame:
    """Solve for every place that the optimum can be dragged to."""
    hessian = geometry.correlated(rho)
    steps = np.arange(-round(charts.SPAN / charts.STEP), round(charts.SPAN / charts.STEP) + 1)
    kx, ky = (grid.ravel() for grid in np.meshgrid(steps, steps))
    optimum = charts.STEP * np.column_stack([kx, ky])
    solved = pd.DataFrame({"key": 100 * kx + ky, "cx": optimum[:, 0], "cy": optimum[:, 1]})
    for penalty in PENALTIES:
        at = geometry.touching(hessian, optimum, lam, penalty)
        solved[f"x_{penalty}"], solved[f"y_{penalty}"] = at.w.T
        solved[f"radius_{penalty}"], solved[f"stretch_{penalty}"] = at.radius, at.stretch
    return solved


@st.cache_resource(max_entries=32, show_spinner=False)
def outlines(rho: float) -> dict[str, pd.DataFrame]:
    """Give the shapes to draw: both balls, the contour that touches them, and more contours."""
    hessian = geometry.correlated(rho)
    borders = {
        "l1": norms.ball_boundary(1, points=8),
        "l2": norms.ball_boundary(2, points=96),
        "contour": geometry.contour(hessian, (0, 0), 0.5)[0],
    }
    rings = geometry.contour(hessian, (0, 0), [0.05, 0.3, 0.9, 2.0])
    return {"shapes": _joined(borders, "shape"), "rings": _joined(dict(enumerate(rings)), "ring")}


def _joined(borders: Mapping[Any, Any], name: str) -> pd.DataFrame:
    frames = (
        pd.DataFrame(border, columns=["x", "y"]).assign(k=range(len(border)), **{name: code})
        for code, border in borders.items()
    )
    return pd.concat(frames)


@st.cache_resource(max_entries=128, show_spinner=False)
def paths(rho: float, c1: float, c2: float) -> pd.DataFrame:
    """The optimum's way to 0 as λ grows, under each penalty."""
    hessian = geometry.correlated(rho)
    lams = np.concatenate([[0.0], np.geomspace(1e-3, 1e3, 160)])
    frames = [
        pd.DataFrame(geometry.penalised_optimum(hessian, (c1, c2), lams, penalty), columns=["x", "y"]).assign(
            penalty=penalty, k=range(len(lams)), key=round(c1 / charts.STEP) * 100 + round(c2 / charts.STEP)
        )
        for penalty in PENALTIES
    ]
    return pd.concat(frames)


@st.fragment
def _two_balls(text: Text) -> None:
    side, picture = st.columns([6, 5], gap="medium")
    with side:
        lam = st.slider(
            "λ", 0.0, 3.0, 1.0, 0.05, key="distance_lam", bind="query-params", help=text("ball.lam_help")
        )
        rho = st.slider(text("ball.rho"), -0.9, 0.9, 0.5, 0.1, key="distance_rho", bind="query-params")
        with st.container(horizontal=True, gap="small"):
            for key, default in (("distance_c1", 2.0), ("distance_c2", 0.5)):
                st.number_input(
                    text(f"ball.{key.removeprefix('distance_')}"), -charts.SPAN, charts.SPAN, default, charts.STEP,
                    key=key, bind="query-params", width=130,
                )  # fmt: skip
    lam, rho = round(float(lam), 6), round(float(rho), 6)
    c1, c2 = (_snapped(st.session_state[key]) for key in ("distance_c1", "distance_c2"))
    hessian = geometry.correlated(rho)
    gaps: list[float] = []
    numbers: dict[str, object] = {"lam": lam, "rho": rho, "c1": c1, "c2": c2}
    for penalty in PENALTIES:
        at = geometry.touching(hessian, (c1, c2), lam, penalty)
        ball = geometry.constrained_optimum(hessian, (c1, c2), max(float(at.radius), 1e-9), penalty)
        numbers |= {
            f"{penalty}_1": at.w[0], f"{penalty}_2": at.w[1], f"{penalty}_t": float(at.radius),
            f"{penalty}_lam": float(ball.multiplier), f"{penalty}_zeros": int((at.w == 0).sum()),
        }  # fmt: skip
        gaps.append(float(np.abs(ball.w - at.w).max()))
    numbers["agree"] = int(-math.log10(max(*gaps, 1e-12)))  # decimals that both ways to solve have in common
    numbers["largest"] = float(geometry.largest_useful_l1(hessian, (c1, c2)))
    with side:
        st.markdown(text.prose("solution", **numbers))
        st.markdown(text.prose("collapsed" if numbers["l1_t"] == 0 else "same", **numbers))
        code = script("distance_ball", strength=lam, correlation=rho, optimum=(c1, c2))
        take_away(text, "ball", lambda: {"distance-ball": paths(rho, c1, c2)[["penalty", "x", "y"]]}, code)
    with picture:
        drag.chart(
            charts.touching,
            text.labels("touching_picture"),
            {"solved": solve(rho, lam), **outlines(rho), "paths": paths(rho, c1, c2)},
            handles={"optimum": ("distance_c1", "distance_c2")},
            snap=lambda name, x, y: (_snapped(x), _snapped(y)),
            alt=text("touching_picture.alt", **numbers),
            key="distance_touching",
        )


def _snapped(value: float) -> float:
    return round(value / charts.STEP) * charts.STEP


@st.cache_resource(max_entries=64, show_spinner=False)
def shares(seed: int) -> tuple[pd.DataFrame, pd.DataFrame, dict[str, float]]:
    """Optima of random problems on both balls of radius 1, and how many have an exact 0."""
    found = geometry.zero_shares(PROBLEMS, seed)
    optima = pd.concat(
        pd.DataFrame(w[:DRAWN], columns=["x", "y"]).assign(penalty=penalty)
        for penalty, w in (("l1", found.l1), ("l2", found.l2))
    )
    tips = np.array([(1.0, 0.0), (0.0, 1.0), (-1.0, 0.0), (0.0, -1.0)])
    counts = [(found.l1 == tip).all(axis=1).sum() for tip in tips]
    corners = pd.DataFrame(tips, columns=["x", "y"]).assign(count=counts)
    return optima, corners, {"l1": found.l1_zero, "l2": found.l2_zero, "n": found.problems}


@st.fragment
def _many_problems(text: Text) -> None:
    side, picture = st.columns([3, 2], gap="medium", vertical_alignment="center")
    with side:
        seed = st.number_input(text("ball.seed"), 0, 999, 0, key="distance_problems", bind="query-params")
    optima, corners, counts = shares(int(seed))
    numbers = {
        **counts,
        "drawn": DRAWN,
        "share_l1": counts["l1"] / counts["n"],
        "share_l2": counts["l2"] / counts["n"],
    }
    with side:
        st.markdown(text.prose("shares", **numbers))
        take_away(
            text, "problems", lambda: {"distance-problems": optima[["penalty", "x", "y"]]},
            lambda: script("distance_problems", problems=PROBLEMS, seed=int(seed)),
        )  # fmt: skip
    with picture:
        chart(
            charts.corners,
            text.labels("corners_picture"),
            {"optima": optima, "corners": corners},
            alt=text("corners_picture.alt", **numbers),
            key="distance_corners",
        )

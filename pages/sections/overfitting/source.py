"""The data of the lesson: which points are fitted, which are kept unseen, and the truth where it is known."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Concatenate, ParamSpec, TypeVar

import numpy as np
import pandas as pd
import streamlit as st
from numpy.typing import NDArray

from pages.ui import controls, problems, upload
from pages.ui.text import Text, axis_title
from reglib import datasets
from reglib.errors import ReglibError, TableError
from reglib.tables import Pair

Floats = NDArray[np.float64]
P = ParamSpec("P")
T = TypeVar("T")
UNSEEN = 2000  # fresh points that the test error of a known curve is measured on
MIN_N, MAX_N = 5, 200
LARGEST = 1e30  # of a reader's own values: pictures have single precision


@dataclass(frozen=True, eq=False)
class Sample:
    """Training points, unseen points, and what is known about where they come from.

    Parameters
    ----------
    x, y, x_test, y_test : ndarray
        Points to fit and points that no fit has seen.
    interval : (float, float)
        Where all x lie.
    span : (float, float)
        Where the y axis runs: the same for every n and seed.
    curve : str or None
        Key of ``reglib.datasets.CURVES`` for the true function.
    noise : float or None
        Standard deviation of the noise, where it is known.
    names : (str, str)
        Axis titles.
    seed : int
        What drew the points, or divided them.
    private : bool
        Whether the points are a reader's own.
    """

    x: Floats
    y: Floats
    x_test: Floats
    y_test: Floats
    interval: tuple[float, float]
    span: tuple[float, float]
    curve: str | None
    noise: float | None
    names: tuple[str, str]
    seed: int
    private: bool = False

    def settings(self, *wanted: str) -> dict[str, Any]:
        """Give what a script to take away has to set: ``curve``, ``n``, ``noise``, ``seed``, ``interval``."""
        every = {
            "curve": self.curve or "",
            "n": len(self.x),
            "noise": self.noise or 0.0,
            "seed": self.seed,
            "interval": self.interval,
        }
        return {name: every[name] for name in wanted} if wanted else every

    def table(self) -> dict[str, pd.DataFrame]:
        """Give the points as the file that a script reads where there is no formula to draw them from."""
        seen = np.repeat([1, 0], [len(self.x), len(self.x_test)])
        x, y = np.concatenate([self.x, self.x_test]), np.concatenate([self.y, self.y_test])
        return {"overfitting": pd.DataFrame({"x": x, "y": y, "seen": seen})}

    def identity(self) -> tuple[Any, ...]:
        """Give what tells this sample from others, for caches."""
        if self.curve is not None:
            return tuple(self.settings().items())
        parts = (self.x, self.y, self.x_test, self.y_test)
        return (*(part.tobytes() for part in parts), self.interval, self.names)


def remembered(function: Callable[Concatenate[Sample, P], T]) -> Callable[Concatenate[Sample, P], T]:
    """Keep a function's latest results, which nobody may change: of a reader's own data for this visit only."""
    keep: Any = partial(st.cache_resource, show_spinner=False, hash_funcs={Sample: Sample.identity})
    shared = keep(max_entries=48)(function)
    own = keep(max_entries=12, scope="session")(function)

    def call(sample: Sample, /, *args: P.args, **kwargs: P.kwargs) -> T:
        found: T = (own if sample.private else shared)(sample, *args, **kwargs)
        return found

    return call


def choose(text: Text) -> Sample:
    """Draw the controls of the data and give the sample they ask for."""
    sources = text.labels("sources")
    code = controls.choice(
        text("main.source"), sources, key="overfitting_source", default="sine", kind="list", steady=True
    )
    own = _own(text) if code == "own" else None
    n = st.slider(text("main.n"), MIN_N, MAX_N, 20, key="overfitting_n", bind="query-params")
    known = code in datasets.CURVES
    noise = st.slider(
        text("main.noise"),
        0.0,
        1.0,
        0.3,
        0.05,
        key="overfitting_noise",
        bind="query-params",
        disabled=not known,
    )
    with st.popover(text("main.settings"), width="stretch"):
        seed = st.number_input(text("main.seed"), 0, 9999, 0, key="overfitting_seed", bind="query-params")
        ends = st.slider(
            text("main.interval"),
            -2.0,
            2.0,
            (-1.0, 1.0),
            0.1,
            key="overfitting_interval",
            bind="query-params",
            disabled=not known,
        )
    if own is not None:
        sample = _divided(
            own.x, own.y, n, seed, (axis_title(own.x_name), axis_title(own.y_name)), private=True
        )
        if len(sample.x) < n:
            st.caption(text("main.own_fewer", rows=len(own.x), n=len(sample.x)))
        return sample
    if not known:
        bmi, progression = text("columns.bmi"), text("columns.progression")
        x, y = patients()
        return _divided(x, y, n, seed, (bmi, progression), private=False)
    low, high = min(ends), max(ends)
    if high - low < 0.1 - 1e-9:
        st.caption(text("main.interval_narrow"))
        low, high = -1.0, 1.0
    return synthetic(code, n, noise, seed, low, high)


@st.cache_resource(max_entries=200, show_spinner=False)
def synthetic(code: str, n: int, noise: float, seed: int, low: float, high: float) -> Sample:
    """Draw the training points and fresh ones from a known curve."""
    drawn = datasets.make_curve(code, n, noise=noise, seed=seed, interval=(low, high))
    fresh = drawn.fresh(UNSEEN, seed + 100_000)
    truth = drawn.curve(np.linspace(low, high, 401))
    margin = 2.5 * noise + 0.1 * float(np.ptp(truth)) + 0.05
    span = (float(truth.min()) - margin, float(truth.max()) + margin)
    return Sample(
        drawn.x, drawn.y, fresh.x, fresh.y, (low, high), _rounded(span), code, noise, ("x", "y"), seed
    )


@st.cache_data(max_entries=1, show_spinner=False)
def patients() -> tuple[Floats, Floats]:
    data = datasets.diabetes()
    return data.column("bmi"), np.asarray(data.y, dtype=np.float64)


def _own(text: Text) -> Pair | None:
    """Let the reader pick two columns of a table of their own; the sample is never shared between visitors."""
    table = upload.own_table(text)
    if table is None:
        st.caption(text("main.own_wait"))
        return None
    try:
        pair = upload.own_pair(text, table, need=2 * MIN_N, largest=LARGEST)
        if np.ptp(pair.y) == 0:
            raise TableError("column_constant", column=pair.y_name)
        return pair
    except ReglibError as error:
        problems.show(text, error)
        st.caption(text("main.own_instead"))
        return None


def _divided(x: Floats, y: Floats, n: int, seed: int, names: tuple[str, str], *, private: bool) -> Sample:
    """Give n rows at random to the fits (at most three quarters of all) and keep the others unseen."""
    n = min(n, 3 * len(x) // 4)
    order = np.random.default_rng(seed).permutation(len(x))
    train, test = np.sort(order[:n]), np.sort(order[n:])
    interval = (float(x.min()), float(x.max()))
    margin = 0.06 * float(np.ptp(y))
    span = _rounded((float(y.min()) - margin, float(y.max()) + margin))
    return Sample(x[train], y[train], x[test], y[test], interval, span, None, None, names, seed, private)


def _rounded(span: tuple[float, float]) -> tuple[float, float]:
    """Round an axis outward to a few steps, so that few different pictures have to be built."""
    low, high = span
    least = max(1e-9 * max(abs(low), abs(high)), 1e-280)  # what float64 can resolve
    step = 10.0 ** np.floor(np.log10(max(high - low, least)))
    first, last = np.floor(low / step), np.ceil(high / step)
    return float(first * step), float(max(last, first + 1) * step)

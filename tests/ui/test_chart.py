"""A chart's specification is built once; its data are serialised once for as long as they live."""

from __future__ import annotations

import gc
import io
from typing import Any

import altair as alt
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from pages.charts.theme import Look
from pages.ui import chart
from pages.ui.text import Labels

built: list[Any] = []


def builder(labels: Labels, look: Look, *, top: float = 1.0) -> alt.Chart:
    built.append((labels, look, top))
    return alt.Chart(alt.NamedData("points")).mark_point().encode(x=alt.X("x:Q", title=labels["x"]))


@pytest.fixture(autouse=True)
def nothing_built() -> None:
    built.clear()
    chart.specification.cache_clear()


def test_equal_labels_look_and_options_build_once() -> None:
    for _ in range(3):
        labels = Labels("ko", {"x": "가로"})
        chart.specification(builder, labels, Look(), (("top", 2.0),))
    assert len(built) == 1


@pytest.mark.parametrize(
    ("labels", "look", "options"),
    [
        (Labels("en", {"x": "가로"}), Look(), ()),
        (Labels("ko", {"x": "세로"}), Look(), ()),
        (Labels("ko", {"x": "가로"}), Look(dark=True), ()),
        (Labels("ko", {"x": "가로"}), Look(scale=1.4), ()),
        (Labels("ko", {"x": "가로"}), Look(), (("top", 3.0),)),
    ],
)
def test_another_language_wording_theme_size_or_option_builds_anew(
    labels: Labels, look: Look, options: tuple[tuple[str, Any], ...]
) -> None:
    chart.specification(builder, Labels("ko", {"x": "가로"}), Look())
    chart.specification(builder, labels, look, options)
    assert len(built) == 2


def test_no_number_of_variants_grows_the_cache_without_end() -> None:
    for top in range(400):
        chart.specification(builder, Labels("ko", {"x": "가로"}), Look(), (("top", top),))
    info = chart.specification.cache_info()
    assert info.currsize == info.maxsize == 256


@pytest.mark.parametrize(
    "columns",
    [
        {"x": [1.5, np.nan], "name": ["가", "b"]},
        {"x": np.array([1, 2], np.uint8), "there": [True, False], "name": np.array(["a", "나"])},
        {"x": np.array([1, 2], np.float32), "name": ["a", None]},
        {"x": [], "name": []},
    ],
)
def test_what_is_sent_are_the_columns(columns: dict[str, Any]) -> None:
    frame = pd.DataFrame(columns, index=[7, 9][: len(columns["x"])])
    sent = chart.serialised({"points": frame})["points"]
    assert sent == chart.arrow(frame)
    for data in (sent, chart.arrow(columns)):
        back = pa.ipc.open_stream(io.BytesIO(data)).read_all()
        assert back.column_names == list(columns)
        for name, values in columns.items():
            expected = [None if pd.isna(v) else v for v in np.asarray(values).tolist()]
            assert back[name].to_pylist() == expected


def test_the_same_frame_is_serialised_once_and_forgotten_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[int] = []
    real = chart.arrow
    monkeypatch.setattr(chart, "arrow", lambda frame: (calls.append(1), real(frame))[1])
    before = len(chart._SERIALISED)
    frame, twin = pd.DataFrame({"x": [1]}), pd.DataFrame({"x": [1]})
    assert chart.serialised({"a": frame}) == chart.serialised({"a": frame})
    assert len(calls) == 1
    chart.serialised({"a": twin})  # equal, but another frame: it could be changed on its own
    assert len(calls) == 2
    del frame, twin
    gc.collect()
    assert len(chart._SERIALISED) <= before

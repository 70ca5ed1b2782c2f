"""A chart's specification is built once; its data are serialised once for as long as they live."""

from __future__ import annotations

import gc
import io
from typing import Any

import altair as alt
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


def test_what_is_sent_is_the_frame() -> None:
    frame = pd.DataFrame({"x": [1.5, 2.5], "name": ["가", "b"]})
    sent = chart.serialised({"points": frame})["points"]
    back = pa.ipc.open_stream(io.BytesIO(sent)).read_pandas()
    pd.testing.assert_frame_equal(back, frame, check_dtype=False)


def test_the_same_frame_is_serialised_once_and_forgotten_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[int] = []
    real = chart.convert_anything_to_arrow_bytes
    monkeypatch.setattr(
        chart, "convert_anything_to_arrow_bytes", lambda frame: (calls.append(1), real(frame))[1]
    )
    before = len(chart._SERIALISED)
    frame, twin = pd.DataFrame({"x": [1]}), pd.DataFrame({"x": [1]})
    assert chart.serialised({"a": frame}) == chart.serialised({"a": frame})
    assert len(calls) == 1
    chart.serialised({"a": twin})  # equal, but another frame: it could be changed on its own
    assert len(calls) == 2
    del frame, twin
    gc.collect()
    assert len(chart._SERIALISED) <= before

"""What all charts share."""

from __future__ import annotations

import re

import altair as alt
import pytest
from altair.utils import schemapi

from pages.charts.theme import Look, built, finish, layer, with_params


def _marks() -> list[alt.Chart]:
    base = alt.Chart(alt.NamedData("rows")).transform_filter("datum.x > 0")
    x, y = alt.X("x:Q", scale=alt.Scale(domain=[0, 1]), title="x"), alt.Y("y:Q", axis=alt.Axis(grid=False))
    over = alt.selection_point("over", fields=["k"], on="pointerover")
    return [
        base.mark_line(strokeDash=[2, 2]).encode(
            x=x, y=y, color=alt.condition(over, alt.value("red"), "k:N")
        ),
        base.mark_rect().encode(x=x, y2=alt.Y2Value(0), tooltip=[alt.Tooltip("x:Q"), "k:N"]).add_params(over),
        base.mark_text(text="x"),
    ]


def _spec(chart: alt.LayerChart) -> str:
    return re.sub(r"view_\w+", "view", repr(chart.to_dict()))


def test_layer_gives_what_altair_gives() -> None:
    assert _spec(layer(*_marks())) == _spec(alt.layer(*_marks()))
    nested, theirs = layer(layer(*_marks(), height=20)), alt.layer(alt.layer(*_marks()).properties(height=20))
    assert _spec(nested) == _spec(theirs)


def test_layer_copies_less_than_half_of_what_altair_copies(monkeypatch: pytest.MonkeyPatch) -> None:
    copied: list[object] = []
    copy = schemapi._deep_copy
    monkeypatch.setattr(
        schemapi, "_deep_copy", lambda obj, by_ref: (copied.append(obj), copy(obj, by_ref))[1]
    )
    counts = []
    for together in (layer, alt.layer):
        marks = _marks()
        copied.clear()
        together(together(*marks))
        counts.append(len(copied))
    assert 0 < counts[0] < counts[1] / 2


def test_a_specification_is_built_with_less_than_half_of_altairs_checks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    checked: list[object] = []
    monkeypatch.setattr(schemapi, "validate_jsonschema", lambda *given, **_: checked.append(given))
    built(lambda labels, look: finish(layer(*_marks()), look), None, Look())
    without = len(checked)
    finish(layer(*_marks()), Look()).to_dict()
    assert without < (len(checked) - without) / 2


def test_params_at_the_top_are_those_that_altair_lifts_there() -> None:
    size = alt.param(name="size", value=3)
    ours, theirs = with_params(layer(*_marks()), size), alt.layer(*_marks()).add_params(size)
    order = lambda chart: sorted(chart.to_dict()["params"], key=lambda p: p["name"])  # noqa: E731
    assert [p["name"] for p in order(ours)] == [p["name"] for p in order(theirs)] == ["over", "size"]
    assert order(ours)[1] == order(theirs)[1]


def test_a_specification_built_without_checks_is_the_one_with_checks() -> None:
    def picture(labels: None, look: Look, *, height: int) -> alt.LayerChart:
        return finish(layer(*_marks()), look, height=height)

    assert built(picture, None, Look(), height=70) == picture(None, Look(), height=70).to_dict()


def test_a_mark_without_words_of_its_own_has_no_tooltip() -> None:
    config = finish(layer(*_marks()), Look()).to_dict()["config"]
    assert config["mark"]["tooltip"] is None  # Streamlit would put its own, with every field, on all marks

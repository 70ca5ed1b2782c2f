"""The lesson's pictures: what is linked in the browser, what stays fixed, what each colour means."""

from __future__ import annotations

import json

import pytest

from pages.charts import overfitting as charts
from pages.charts.theme import Look
from pages.ui.text import Text

AXES = {"decade_low": -3, "decade_high": 2, "y_title": "y", "known": True}


def fits(look: Look = Look(), lang: str = "ko", **options) -> dict:  # noqa: B008
    return charts.fits(Text(lang, "overfitting").labels("fits"), look, **{**AXES, **options}).to_dict()


def layers(spec: dict):
    """Walk through every mark of a specification."""
    for part in (*spec.get("vconcat", ()), *spec.get("layer", ())):
        yield from layers(part)
    if "mark" in spec:
        yield spec


def test_moving_over_the_error_curve_puts_that_degree_into_the_middle_panel() -> None:
    spec = fits()
    (strip,) = (s for s in layers(spec) if s["mark"].get("cursor") == "pointer")
    assert strip["encoding"]["y"] == {"value": 0}
    assert strip["encoding"]["y2"] == {"value": "height"}
    hover, keep = (param for param in spec["params"] if "select" in param)
    assert (hover["name"], hover["select"]["on"], hover["select"]["fields"]) == (
        "hover",
        "pointermove",
        ["degree"],
    )
    assert (keep["name"], keep["select"]["on"], keep["select"]["clear"]) == ("keep", "click", False)
    top = list(layers(spec["vconcat"][0]))
    (middle,) = (s for s in top if "split" in json.dumps(s.get("transform", [])))
    assert middle["data"]["name"] == "degrees"
    assert "datum.degree == hover.degree[0] : datum.kept" in middle["transform"][0]["filter"]
    (drops,) = (s for s in top if "fold" in json.dumps(s.get("transform", [])))
    role = charts.ROLES.index("middle")
    assert f"datum.role != {role} || !isDefined(hover.degree)" in drops["transform"][0]["filter"]


def test_the_picture_holds_no_data_and_its_axes_follow_the_data() -> None:
    spec = fits()
    assert "datasets" not in spec
    assert "values" not in json.dumps([s["data"] for s in layers(spec)])
    domains = [
        s["encoding"]["y"]["scale"]["domain"]
        for s in layers(spec)
        if "scale" in s["encoding"].get("y", {}) and "domain" in s["encoding"]["y"]["scale"]
    ]
    ends = [{"expr": "y_low"}, {"expr": "y_high"}]
    assert ends in domains
    assert all(domain in (ends, [1e-3, 1e2]) for domain in domains)
    measures = {param["name"]: param["expr"] for param in spec["params"] if "expr" in param}
    assert set(measures) == {"y_low", "y_high", "highest"}
    assert measures.pop("highest") == "length(data('degrees')) - 1"
    for name, expression in measures.items():
        assert f"data('axes')[0].{name}" in expression
    assert "axes" in {s["data"].get("name") for s in layers(spec)}  # without a mark its rows would not arrive
    logarithmic = [s for s in layers(spec["vconcat"][1]) if "scale" in s["encoding"].get("y", {})]
    assert logarithmic
    assert all(s["encoding"]["y"]["scale"]["type"] == "log" for s in logarithmic)


@pytest.mark.parametrize("dark", [False, True])
def test_training_and_unseen_points_differ_by_shape_and_dash_not_by_colour_alone(dark: bool) -> None:
    look = Look(dark=dark)
    spec = fits(look)
    (lines,) = (s for s in layers(spec["vconcat"][1]) if "fold" in json.dumps(s.get("transform", [])))
    for channel in ("strokeDash", "color"):
        ranges = lines["encoding"][channel]["scale"]["range"]
        assert len({json.dumps(value) for value in ranges}) == len(ranges) == 3
    assert lines["encoding"]["color"]["scale"]["range"][:2] == [look.color("train"), look.color("test")]
    marks = [s["mark"] for s in layers(spec["vconcat"][0])]
    assert [m["shape"] for m in marks if m["type"] == "point"] == ["diamond"]
    (dots,) = (m for m in marks if m.get("strokeCap") == "round")
    assert dots["color"] == look.color("train")


def test_however_many_points_a_panel_holds_few_elements_are_drawn() -> None:
    top = fits()["vconcat"][0]
    drawn = [
        s["mark"]["type"]
        for s in layers(top)
        if s["data"].get("name") in ("train", "unseen", "drops", "outer", "truth")
    ]
    assert sorted(drawn) == ["line"] * 4 + ["point"]
    assert fits()["config"]["aria"] is False


def test_without_a_known_truth_the_legend_does_not_promise_one() -> None:
    assert "참 함수" in json.dumps(fits(), ensure_ascii=False)
    domains = [
        s["encoding"]["color"]["scale"]["domain"]
        for s in layers(fits(known=False))
        if "color" in s["encoding"]
    ]
    assert domains
    assert all(domain == ["train", "test"] for domain in domains)


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_every_axis_has_a_title_in_the_readers_language(lang: str) -> None:
    labels = Text(lang, "overfitting").labels("fits")
    spec = json.dumps(fits(lang=lang), ensure_ascii=False)
    for key in ("degree", "error", "series_train", "series_test", "series_truth"):
        assert labels[key] in spec


def test_larger_text_for_an_audience_reaches_every_word() -> None:
    sizes = [
        [s["mark"]["fontSize"] for s in layers(fits(Look(scale=scale))) if s["mark"]["type"] == "text"]
        for scale in (1.0, 1.5)
    ]
    assert sizes[0]
    assert sizes[1] == pytest.approx([size * 1.5 for size in sizes[0]], abs=0.11)


@pytest.mark.parametrize("dark", [False, True])
def test_a_penalised_fit_its_coefficients_and_paths_have_the_colour_of_the_penalty(dark: bool) -> None:
    look = Look(dark=dark)
    labels = Text("en", "overfitting").labels("lambda.chart")
    spec = charts.penalty(
        labels,
        look,
        linear=0.1,
        decade_low=-3,
        decade_high=2,
        x_title="x",
        y_title="y",
        lambdas=("0", "0.1", "1"),
    ).to_dict()
    marks = [s["mark"]["type"] for s in layers(spec) if s["mark"].get("color") == {"expr": "tone"}]
    assert sorted(marks) == [
        "line",
        "line",
        "rule",
        "rule",
        "rule",
    ]  # fit, paths; coefficients, where λ stands
    (tone,) = (param["expr"] for param in spec["params"] if param["name"] == "tone")
    for kind in ("l1", "l2", "elastic"):
        assert f"'{kind}': '{look.color(kind)}'" in tone
    assert "data('axes')[0].kind" in tone

"""The outliers lesson's pictures, as specifications."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from pages.charts import outliers as charts
from pages.charts.theme import DARK, LIGHT, Look
from pages.ui.text import Text

SPANS = {"x_span": (-2.0, 18.0), "y_span": (-7.0, 9.0), "half": (0.25, 0.25), "reach": (0.8, 1.1)}


def plane(lang: str = "ko", dark: bool = False, **options: Any) -> dict[str, Any]:
    labels = Text(lang, "outliers").labels("plane").with_values(x="연도", y="통화", n=20, m=20, about="")
    return charts.plane(labels, Look(dark=dark), **{**SPANS, **options}).to_dict()


def find(tree: Any, key: str) -> list[Any]:
    """Give everything that stands under a key, however deep."""
    if isinstance(tree, dict):
        return [v for k, v in tree.items() if k == key] + [x for v in tree.values() for x in find(v, key)]
    if isinstance(tree, list):
        return [x for v in tree for x in find(v, key)]
    return []


def test_the_outlier_is_one_handle_that_can_be_moved_but_not_drawn() -> None:
    (param,) = [p for p in plane()["params"] if "select" in p]
    assert param["select"]["type"] == "interval"
    assert param["name"] == "outlier"
    assert "never" in param["select"]["on"]
    assert param["select"]["clear"] is False


def test_the_numbers_and_lines_are_looked_up_at_the_handle_not_computed() -> None:
    spec = plane()
    (spot,) = [param["expr"] for param in spec["params"] if param["name"] == "spot"]
    assert all(f"outlier.{axis}[0]" in spot and f"outlier_{axis}" in spot for axis in "xy")
    looked_up = [step for steps in find(spec, "transform") for step in steps if "lookup" in step]
    assert looked_up
    assert {step["from"]["data"]["name"] for step in looked_up} == {"fits"}
    filters = {t["filter"] for ts in find(spec, "transform") for t in ts if "filter" in t}
    assert "datum.key == spot" in filters
    for expression in filters | {
        t["calculate"] for ts in find(spec, "transform") for t in ts if "calculate" in t
    }:
        assert not any(word in expression for word in ("slope *", "* datum", "pow(", "sqrt(", "regression"))
    assert not [t for ts in find(spec, "transform") for t in ts if "regression" in t]


@pytest.mark.parametrize("dark", [False, True])
def test_each_line_has_its_own_colour_and_dash(dark: bool) -> None:
    theme = DARK if dark else LIGHT
    encodings = [e for e in find(plane(dark=dark), "encoding") if "strokeDash" in e]
    assert len(encodings) == 2, "the lines, and their names in the table above"
    for encoding in encodings:
        assert encoding["color"]["scale"]["domain"] == ["l1", "l2", "huber"]
        assert encoding["color"]["scale"]["range"] == [theme[fit] for fit in ("l1", "l2", "huber")]
        assert len({json.dumps(dash) for dash in encoding["strokeDash"]["scale"]["range"]}) == 3


def test_a_line_without_a_slope_is_left_out() -> None:
    """The same picture serves with and without Huber: the data say which lines there are."""
    folds = [ts for ts in find(plane(), "transform") if any("fold" in t for t in ts)]
    assert folds
    for steps in folds:
        at = next(i for i, step in enumerate(steps) if "fold" in step)
        assert steps[at + 1] == {"filter": "isValid(datum.slope)"}


def test_the_axes_are_fixed_so_that_nothing_jumps() -> None:
    domains = [s["domain"] for s in find(plane(), "scale") if isinstance(s, dict) and "domain" in s]
    assert [-2.0, 18.0] in domains
    assert [-7.0, 9.0] in domains


def test_a_sample_is_said_to_be_one() -> None:
    for lang, words in (("ko", "골라"), ("en", "While you drag")):
        assert words in json.dumps(plane(lang, sampled=True), ensure_ascii=False)
        assert words not in json.dumps(plane(lang), ensure_ascii=False)


BUILDERS = [
    (charts.plane, "plane", SPANS),
    (charts.location, "location", {"span": (-11.0, 31.0), "half": 0.125, "reach": 1.0}),
    (charts.breakdown, "breakdown", {}),
    (charts.shares, "shares_chart", {}),
    (charts.leverage, "plane", {**SPANS, "half": 0.5, "reach": 1.0}),
    (charts.losses, "losses", {"reach": 4.0}),
    (charts.descent, "descent", {}),
    (charts.square, "square", {}),
    (charts.optimal_set, "square", {}),
    (charts.jump, "square", {}),
]


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("lang", ["ko", "en"])
@pytest.mark.parametrize(("build", "words", "options"), BUILDERS, ids=lambda v: getattr(v, "__name__", ""))
def test_a_picture_has_axis_titles_and_only_colours_of_the_theme(build, words, options, lang, dark) -> None:
    labels = Text(lang, "outliers").labels(words).with_values(x="연도", y="통화", n=20, m=20, about="")
    spec = build(labels, Look(dark=dark), **options).to_dict()
    titles = {t for t in find(spec, "title") if isinstance(t, str)}
    assert titles & set(labels.values())
    used = set(re.findall(r'"(#[0-9a-f]{6})"', json.dumps(spec)))
    assert used <= set((DARK if dark else LIGHT).values())
    assert "undefined" not in json.dumps(spec)


def test_C16_the_slopes_have_one_fixed_frame_so_that_the_jump_is_seen() -> None:
    spec = charts.jump(Text("ko", "outliers").labels("square"), Look()).to_dict()
    domains = [s["domain"] for s in find(spec, "scale") if isinstance(s, dict) and "domain" in s]
    assert [-0.1, 0.1] in domains
    assert [-1.2, 1.2] in domains


@pytest.mark.parametrize("build", [charts.location, charts.leverage], ids=lambda b: b.__name__)
def test_a_handle_that_moves_sideways_is_looked_up_in_x_alone(build) -> None:
    options = (
        {"span": (-11.0, 31.0)} if build is charts.location else {k: SPANS[k] for k in ("x_span", "y_span")}
    )
    words = "location" if build is charts.location else "plane"
    labels = Text("en", "outliers").labels(words).with_values(x="x", y="y", n=20, m=20, about="")
    spec = build(labels, Look(), **options, half=0.5, reach=1.0).to_dict()
    (middle,) = [param["expr"] for param in spec["params"] if param["name"] == "middle"]
    assert "outlier.x" in middle
    assert "outlier.y" not in json.dumps([middle, *find(spec, "transform")])

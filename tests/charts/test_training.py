"""Charts of the training lesson: what is drawn, in whose colour, over which domain."""

from __future__ import annotations

import base64
import json
from typing import Any

import numpy as np
import pytest

from pages.charts import training as charts
from pages.charts.theme import Look
from pages.ui.text import Text

LOOKS = [Look(dark=False), Look(dark=True)]
# Every builder with its table of labels and its options.
BUILDERS: dict[str, tuple[str, dict[str, Any]]] = {
    "ledger": ("ledger", {"ceiling": 1.0, "last": 300}),
    "confusion": ("scores", {"classes": 3}),
    "predictions": ("scores", {"reach": 3.0}),
    "gauge": ("gauge", {}),
    "shrink": ("gauge", {"steps": 30, "reach": 1.1}),
    "near_zero": ("ways", {"reach": 0.075, "first": 20, "steps": 120}),
    "weights": ("hist", {"penalty": "l1", "reach": 2.0, "top": 20}),
    "network": ("drawing", {"sizes": (2, 8, 8, 1)}),
    "preactivations": ("preactivations", {"penalty": "l2", "linear": 0.5, "top": 0.6}),
    "stand_in": ("scaling", {}),
    "sweep": ("strength", {"penalty": "l2", "ceiling": 1.0}),
    "against": (
        "strength",
        {"penalty": "l1", "series": ("dense", "csr", "pruned"), "top": 900.0, "title": "bytes"},
    ),
    "warmup": ("warmup", {"penalty": "l1"}),
    "survival": ("inputs", {"names": ("a", "b"), "strengths": ("0.1", "0.2")}),
    "entry": ("inputs", {"reach": 0.4}),
    "pixels": ("pixels", {"top": 3.0}),
    "alive": ("pixels", {}),
    "copies": ("copies", {}),
}


def spec(name: str, look: Look = LOOKS[0], lang: str = "ko") -> dict[str, Any]:
    table, options = BUILDERS[name]
    return getattr(charts, name)(Text(lang, "training").labels(table), look, **options).to_dict()


def find(tree: Any, key: str) -> list[Any]:
    """Give every value under a key, at any depth."""
    if isinstance(tree, dict):
        own = [tree[key]] if key in tree else []
        return own + [hit for value in tree.values() for hit in find(value, key)]
    if isinstance(tree, list):
        return [hit for value in tree for hit in find(value, key)]
    return []


def public() -> set[str]:
    return {
        n
        for n, f in vars(charts).items()
        if callable(f) and getattr(f, "__module__", "") == charts.__name__ and n[0] != "_"
    }


def test_every_chart_is_tested_here() -> None:
    assert public() - {"diverging", "picture", "ledger_key"} == set(BUILDERS)


@pytest.mark.parametrize("name", sorted(BUILDERS))
@pytest.mark.parametrize("lang", ["ko", "en"])
@pytest.mark.parametrize("look", LOOKS, ids=["light", "dark"])
def test_every_chart_draws_in_both_languages_and_themes_over_named_data(
    name: str, lang: str, look: Look
) -> None:
    found = spec(name, look, lang)
    assert "padding" in found
    assert find(found, "name")
    for title in find(found, "title"):
        assert title is None or title != ""


@pytest.mark.parametrize("name", sorted(BUILDERS))
def test_no_chart_brings_its_own_data(name: str) -> None:
    assert not find(spec(name), "datasets"), "pages.ui.chart replaces a chart's data sets"


@pytest.mark.parametrize("name", sorted(BUILDERS))
def test_axes_have_fixed_domains_and_titles(name: str) -> None:
    for channel in ("x", "y"):
        for axis in find(spec(name), channel):
            if isinstance(axis, dict) and "scale" in axis:
                assert "domain" in axis["scale"]
    if name == "network":
        return  # places, not quantities
    titles = [
        axis.get("title")
        for channel in ("x", "y")
        for axis in find(spec(name), channel)
        if isinstance(axis, dict)
    ]
    assert any(titles)


def test_the_ledger_stacks_data_and_penalty_and_draws_the_others_as_lines() -> None:
    text = json.dumps(spec("ledger"))
    look = LOOKS[0]
    area = next(
        layer for layer in spec("ledger")["layer"] if layer["encoding"].get("y", {}).get("stack") == "zero"
    )
    assert area["encoding"]["color"]["scale"]["domain"] == ["data", "l1", "l2"]
    assert area["encoding"]["color"]["scale"]["range"] == [
        look.color("train"),
        look.color("l1"),
        look.color("l2"),
    ]
    assert look.color("test") in text
    assert look.color("validation") in text
    dashes = [d["scale"]["range"] for d in find(spec("ledger"), "strokeDash") if isinstance(d, dict)]
    assert any(len({json.dumps(dash) for dash in dash_range}) == 2 for dash_range in dashes)


@pytest.mark.parametrize("look", LOOKS, ids=["light", "dark"])
def test_the_key_of_the_ledgers_has_their_colours(look: Look) -> None:
    key = {label: (shape, color) for label, shape, color in charts.ledger_key(look, changed=True)}
    drawn = json.dumps(spec("ledger", look))
    assert {"data", "l1", "l2", "validation", "test", "best", "changed"} == set(key)
    assert all(color in drawn for _, color in key.values())
    assert key["test"] == ("dashed", look.color("test"))
    assert "changed" not in dict.fromkeys(row[0] for row in charts.ledger_key(look, changed=False))


def test_the_ledger_says_epoch_and_values_on_hover() -> None:
    tooltips = [
        tip for tip in find(spec("ledger", lang="en"), "tooltip") if isinstance(tip, list) and len(tip) == 7
    ]
    assert [tip["field"] for tip in tooltips[0]] == [
        "epoch",
        "total",
        "data",
        "l1",
        "l2",
        "validation",
        "test",
    ]
    params = [param for params in find(spec("ledger"), "params") for param in params]
    assert any(param["name"] == "hover" and param["select"]["on"] == "pointermove" for param in params)


def test_the_gauge_has_three_zones_that_meet_at_1_and_2() -> None:
    zones = {row["zone"]: (row["low"], row["high"]) for row in charts.ZONES}
    assert zones["smooth"] == (0, 1)
    assert zones["stable"] == (1, 2)
    assert zones["diverges"][0] == 2


def test_the_three_steps_differ_by_dash_as_well_as_by_colour() -> None:
    line = spec("near_zero")["layer"][-1]["encoding"]
    assert len({json.dumps(dash) for dash in line["strokeDash"]["scale"]["range"]}) == 3
    assert len(set(line["color"]["scale"]["range"])) == 3


def test_exact_zeros_have_a_bar_of_their_own() -> None:
    layers = spec("weights")["layer"]
    assert [layer["data"]["name"] for layer in layers] == ["bars", "zero", "zero"]
    assert layers[0]["mark"]["type"] == "rect"
    assert layers[1]["mark"]["color"] != layers[0]["mark"]["color"]


@pytest.mark.parametrize("look", LOOKS, ids=["light", "dark"])
def test_no_answer_is_the_background_and_the_ends_are_the_two_signs(look: Look) -> None:
    colours = charts.diverging(look)

    def written(row: int) -> str:
        return "#" + "".join(f"{value:02x}" for value in colours[row])

    assert written(0) == look.color("negative")
    assert written(255) == look.color("positive")
    middle = np.array([int(look.color("background")[k : k + 2], 16) for k in (1, 3, 5)])
    assert np.abs(colours[127:129].astype(int) - middle).max() <= 1


def test_a_picture_is_a_png_that_others_can_read() -> None:
    from io import BytesIO

    from PIL import Image  # comes with Streamlit

    pixels = np.random.default_rng(0).integers(0, 256, (5, 7, 3)).astype(np.uint8)
    head, _, body = charts.picture(pixels).partition(",")
    assert head == "data:image/png;base64"
    assert (np.asarray(Image.open(BytesIO(base64.b64decode(body))).convert("RGB")) == pixels).all()


def test_links_are_as_wide_as_their_weight_and_say_it_to_a_pointer_near_them() -> None:
    links, broad = spec("network", lang="en")["layer"][:2]
    assert links["encoding"]["strokeWidth"]["field"] == "width"
    assert broad["mark"]["strokeWidth"] >= 8
    assert broad["mark"]["opacity"] == 0
    assert [tip["field"] for tip in broad["encoding"]["tooltip"]] == ["from", "to", "weight"]
    for place in ("x", "y", "x2", "y2"):
        assert broad["encoding"][place] == links["encoding"][place]


def test_inputs_of_the_drawn_network_are_named_as_far_as_there_is_room() -> None:
    labels = Text("en", "training").labels("drawing")
    left = []
    for named_inputs in (False, True):
        made = charts.network(labels, LOOKS[0], sizes=(30, 8, 1), named_inputs=named_inputs).to_dict()
        names = made["layer"][5]
        assert names["transform"] == [{"filter": "datum.x == 0"}]
        assert names["encoding"]["text"]["field"] == "unit"
        assert "width" in names["mark"]["limit"]["expr"]
        left.append(names["encoding"]["x"]["scale"]["domain"][0])
    assert left[1] < left[0] < 0


def test_relu_has_no_straight_part_to_shade() -> None:
    builder = charts.preactivations
    labels = Text("ko", "training").labels("preactivations")
    opacity = [
        builder(labels, LOOKS[0], penalty="none", linear=reach, top=0.5).to_dict()["layer"][0]["layer"][0][
            "mark"
        ]["opacity"]
        for reach in (0.0, 0.5)
    ]
    assert opacity[0] == 0 < opacity[1]


@pytest.mark.parametrize(("name", "fields"), [("sweep", ["strength"]), ("warmup", ["strength", "warmup"])])
def test_a_click_picks_a_strength_or_a_cell(name: str, fields: list[str]) -> None:
    params = [param for params in find(spec(name), "params") for param in params]
    assert [param["name"] for param in params] == ["pick"]
    assert params[0]["select"]["fields"] == fields
    assert params[0]["select"]["on"] == "click"


@pytest.mark.parametrize("name", ["sweep", "against"])
def test_strengths_lie_on_a_logarithmic_axis_and_series_have_a_legend(name: str) -> None:
    scales = [x["scale"] for x in find(spec(name), "x") if isinstance(x, dict) and "scale" in x]
    assert {scale["type"] for scale in scales} == {"log"}
    strokes = [part for part in find(spec(name), "stroke") if isinstance(part, dict)]
    assert len(strokes) == 1
    assert strokes[0]["legend"]["symbolStrokeWidth"] == 3


def test_the_three_verdicts_have_the_words_of_the_reader() -> None:
    found = json.dumps(spec("warmup", lang="en"))
    for words in ("trained", "over-shrunk", "collapsed"):
        assert words in found


def test_an_input_that_came_back_has_a_ring_and_a_dropped_pixel_a_cross() -> None:
    rings = spec("survival")["layer"][1]
    assert rings["transform"] == [{"filter": "datum.back"}]
    crosses = spec("pixels")["layer"][1]
    assert crosses["transform"] == [{"filter": "datum.weight == 0"}]
    assert crosses["mark"]["shape"] == "cross"


def test_gradients_stand_against_the_line_at_lambda() -> None:
    bars, ticks, line, name = spec("entry")["layer"]
    assert name["encoding"]["text"]["value"] == "λ1"
    assert {part["encoding"]["x"]["scale"]["type"] for part in (bars, ticks, line)} == {"sqrt"}
    assert bars["encoding"]["x"]["field"] == "gradient"
    assert ticks["encoding"]["x"]["field"] == "at_zero"
    assert line["data"]["name"] == "line"
    assert line["encoding"]["x"]["field"] == "l1"


def test_lasso_and_ridge_stand_side_by_side_in_the_colours_of_l1_and_l2() -> None:
    bars = spec("copies")["layer"][0]["encoding"]
    assert bars["xOffset"]["field"] == "model"
    assert bars["color"]["scale"]["range"] == [LOOKS[0].color("l1"), LOOKS[0].color("l2")]

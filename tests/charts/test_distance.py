"""Pictures of the distance lesson, by their specification."""

from __future__ import annotations

from typing import Any

import pytest

from pages.charts import distance as charts
from pages.charts.theme import Look
from pages.ui.text import Text


def labels(table: str, lang: str = "ko") -> Any:
    return Text(lang, "distance").labels(table)


@pytest.fixture(params=["ko", "en"])
def lang(request: pytest.FixtureRequest) -> str:
    return request.param


def layers(spec: dict[str, Any]) -> list[dict[str, Any]]:
    """Give every layer that draws something, however deep."""
    return [unit for layer in spec["layer"] for unit in layers(layer)] if "layer" in spec else [spec]


def city(lang: str = "ko", dark: bool = False) -> dict[str, Any]:
    return charts.city(labels("city", lang), Look(dark=dark)).to_dict()


def test_a_block_of_the_city_is_square_at_every_width() -> None:
    spec = city()
    height = next(param["expr"] for param in spec["params"] if param["name"] == "height")
    encoding = layers(spec)[0]["encoding"]
    (x_low, x_high), (y_low, y_high) = (encoding[axis]["scale"]["domain"] for axis in "xy")
    for width in (280.0, 590.0):
        square = width * (y_high - y_low) / (x_high - x_low)
        assert eval(height, {"width": width}) == pytest.approx(square, abs=0.51)  # in whole pixels


def test_every_layer_of_the_city_has_the_same_scales() -> None:
    spans = {
        (axis, tuple(layer["encoding"][axis]["scale"]["domain"]))
        for layer in layers(city())
        for axis in "xy"
        if "domain" in layer["encoding"].get(axis, {}).get("scale", {})
    }
    assert len(spans) == 2


def test_the_handles_leave_room_around_the_outermost_corner() -> None:
    (x_low, x_high), (y_low, y_high) = (
        layers(city())[0]["encoding"][axis]["scale"]["domain"] for axis in "xy"
    )
    for (low, high), (first, last) in (((x_low, x_high), charts.EAST), ((y_low, y_high), charts.NORTH)):
        assert low + charts.REACH <= first
        assert last <= high - charts.REACH


def test_both_points_are_handles_that_can_be_moved_but_not_drawn_anew() -> None:
    handles = {p["name"]: p["select"] for p in city()["params"] if "select" in p}
    assert handles.keys() == {"start", "goal"}
    for select in handles.values():
        assert select["type"] == "interval"
        assert "never" in select["on"]
        assert select["clear"] is False


def test_no_transform_writes_over_a_field_it_reads() -> None:
    # Vega changes the row in place: "cx = ax + cx" would add up at every move of the hand.
    for layer in layers(city()):
        for transform in layer.get("transform", []):
            if "calculate" in transform:
                assert f"datum.{transform['as']} " not in f"{transform['calculate']} "


def test_l1_and_l2_differ_by_dash_and_not_only_by_colour() -> None:
    rules = [layer["mark"] for layer in layers(city()) if layer["mark"]["type"] == "rule"]
    look = Look()
    assert any(r["color"] == look.color("l2") and r.get("strokeDash") for r in rules)
    assert all("strokeDash" not in r for r in rules if r["color"] == look.color("l1"))


def test_all_four_figures_stand_above_the_map_in_the_readers_language(lang: str) -> None:
    words = labels("city", lang)
    shown = {layer["mark"].get("text") for layer in layers(city(lang)) if layer["mark"]["type"] == "text"}
    assert {words[name] for name in ("l1", "l2", "ratio", "routes")} <= shown


def test_dark_and_light_differ_in_every_colour_of_the_map() -> None:
    light, dark = ([layer["mark"].get("color") for layer in layers(city(dark=d))] for d in (False, True))
    pairs = [(a, b) for a, b in zip(light, dark, strict=True) if a]
    assert pairs
    assert all(a != b for a, b in pairs)


def test_the_turning_curve_keeps_its_domain_and_has_both_kinds(lang: str) -> None:
    spec = charts.turning(labels("turning", lang), Look()).to_dict()
    line = layers(spec)[0]["encoding"]
    assert line["x"]["scale"]["domain"] == [0, 90]
    low, high = line["y"]["scale"]["domain"]
    assert low < 1 < 2**0.5 < high  # L1 / L2 lies between 1 and √2
    assert line["color"]["scale"]["domain"] == line["strokeDash"]["scale"]["domain"] == ["l1", "l2"]
    assert spec["title"]["text"] == labels("turning", lang)["title"]


def marks(spec: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [layer for layer in layers(spec) if layer["mark"]["type"] == kind]


BUILDERS = {
    "city": (charts.city, "city", {}),
    "turning": (charts.turning, "turning", {}),
    "routes": (charts.routes, "routes_map", {}),
    "residuals": (charts.residuals, "residuals", {}),
    "removal": (charts.removal, "removal", {}),
    "ball": (charts.ball, "ball_picture", {"last": 20, "l1": 7, "l2": 13}),
    "touching": (charts.touching, "touching_picture", {}),
    "corners": (charts.corners, "corners_picture", {}),
}


@pytest.mark.parametrize("name", BUILDERS)
@pytest.mark.parametrize("dark", [False, True])
def test_every_text_mark_has_a_colour_of_the_theme(name: str, dark: bool, lang: str) -> None:
    build, table, options = BUILDERS[name]
    look = Look(dark=dark, scale=1.6)
    spec = build(labels(table, lang), look, **options).to_dict()
    for layer in marks(spec, "text"):
        assert layer["mark"]["color"] in (look.ink, look.color("grid"), look.color("background"))


@pytest.mark.parametrize("name", ["routes", "ball", "touching", "corners"])
def test_a_unit_is_as_long_upwards_as_across(name: str) -> None:
    build, table, options = BUILDERS[name]
    spec = build(labels(table), Look(), **options).to_dict()
    height = next(param["expr"] for param in spec["params"] if param["name"] == "height")
    encoding = next(
        layer["encoding"] for layer in layers(spec) if "domain" in str(layer["encoding"].get("x", ""))
    )
    (x_low, x_high), (y_low, y_high) = (encoding[axis]["scale"]["domain"] for axis in "xy")
    square = 500.0 * (y_high - y_low) / (x_high - x_low)
    assert eval(height, {"width": 500.0}) == pytest.approx(square, abs=0.51)  # in whole pixels


def test_C09_routes_are_told_apart_by_lanes_and_drawn_in_the_order_of_their_steps() -> None:
    lanes = marks(charts.routes(labels("routes_map"), Look()).to_dict(), "line")[0]
    assert lanes["encoding"]["detail"]["field"] == "route"
    assert lanes["encoding"]["order"]["field"] == "step"
    assert all("datum.route" in transform["calculate"] for transform in lanes["transform"])


def test_the_largest_residual_stands_out() -> None:
    bars = marks(charts.residuals(labels("residuals"), Look()).to_dict(), "rule")[0]
    condition = bars["encoding"]["color"]["condition"]
    assert condition == {"test": "datum.largest", "value": Look().color("outlier")}


def test_C15_square_and_root_share_a_colour_but_not_a_look() -> None:
    spec = charts.removal(labels("removal"), Look()).to_dict()
    encoding = layers(spec)[0]["encoding"]
    scale = encoding["color"]["scale"]
    assert scale["domain"] == ["abs", "sq", "root"]
    assert scale["range"][1] == scale["range"][2] == Look().color("l2")
    assert encoding["fillOpacity"]["condition"]["test"] == "datum.total == 'root'"
    assert encoding["x"]["scale"]["domain"][0] == 0


def test_the_ball_has_a_slider_of_its_own_and_keeps_diamond_and_circle() -> None:
    spec = charts.ball(labels("ball_picture"), Look(), last=20, l1=7, l2=13).to_dict()
    slider = next(param for param in spec["params"] if param["name"] == "p")
    assert slider["bind"] == {
        "input": "range",
        "min": 0,
        "max": 20,
        "step": 1,
        "name": labels("ball_picture")["slider"],
    }
    filters = [t["filter"] for layer in marks(spec, "line") for t in layer["transform"] if "filter" in t]
    assert filters == ["datum.i == p.i[0]", "datum.i == 7", "datum.i == 13"]


def test_the_touching_picture_looks_every_place_up_and_computes_none() -> None:
    spec = charts.touching(labels("touching_picture"), Look()).to_dict()
    handle = [p for p in spec["params"] if p.get("select", {}).get("type") == "interval"]
    assert [p["name"] for p in handle] == ["optimum"]
    words = str(spec)
    for name in ("sqrt", "abs(", "pow("):
        assert name not in words
    lookups = [t for layer in layers(spec) for t in layer.get("transform", []) if "lookup" in t]
    assert lookups
    assert {t["from"]["data"]["name"] for t in lookups} == {"solved"}


def test_the_ratio_stands_on_a_track_between_1_and_root_2(lang: str) -> None:
    spec = city(lang)
    words = [layer["mark"].get("text") for layer in marks(spec, "text")]
    assert words.count("1") == words.count("√2") == 1
    stands = [layer for layer in marks(spec, "point") if "datum.between" in str(layer["encoding"])]
    assert len(stands) == 1
    assert any("isValid(datum.between)" in str(t) for t in stands[0]["transform"])  # 0/0 stands nowhere


def test_every_line_of_the_routes_map_is_named_above_it(lang: str) -> None:
    words = labels("routes_map", lang)
    spec = charts.routes(words, Look()).to_dict()
    assert {words[name] for name in ("walked", "ahead", "shortest", "l2")} <= {
        layer["mark"].get("text") for layer in marks(spec, "text")
    }
    samples = [layer["mark"] for layer in marks(spec, "rule") if layer["data"]["name"] == "route"]
    looks = {(mark["color"], str(mark.get("strokeDash")), mark["strokeWidth"]) for mark in samples}
    assert len(samples) == len(looks) == 4


def test_the_walked_part_and_what_is_left_meet_where_the_walker_is() -> None:
    spec = charts.routes(labels("routes_map"), Look()).to_dict()
    filters = {
        t["filter"] for layer in marks(spec, "line") for t in layer.get("transform", []) if "filter" in t
    }
    assert {"datum.step <= datum.walked", "datum.step >= datum.walked"} <= filters

"""The distance lesson through app.py: the numbers that a reader sees, against numpy and by hand."""

from __future__ import annotations

import html
import io
import json
import math
import re

import numpy as np
import pyarrow as pa
import pytest
from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.testing.v1 import AppTest

POST = (-5, 4, 3, 10)
INPUTS = ("start_x", "start_y", "goal_x", "goal_y")


def words(app: AppTest) -> str:
    return "\n".join(block.value for block in app.markdown)


def described(app: AppTest) -> list[str]:
    """What a screen reader is told of the pictures: their own descriptions, and the live regions beside them."""
    live = [html.unescape(e.proto.body) for e in app.get("html") if 'role="status"' in e.proto.body]
    return [element.proto.alt for element in app.get("vega_lite_chart")] + live


def move(app: AppTest, *places: int) -> AppTest:
    for name, value in zip(INPUTS, places, strict=True):
        app.number_input(key=f"distance_{name}").set_value(value)
    return app.run()


def origins(app: AppTest, key: str) -> dict[str, float]:
    """Where the data have the boxes of a chart's handles."""
    chart = next(e for e in app.get("vega_lite_chart") if key in e.proto.id)
    (data,) = [d.data.data for d in chart.proto.datasets if d.name == "handles"]
    return pa.ipc.open_stream(io.BytesIO(data)).read_all().to_pylist()[0]


def drop(app: AppTest, key: str, **boxes: tuple[float, float]) -> AppTest:
    """Do what the browser does on release: report every moved handle's box, in ticks from where the data have it."""
    chart = next(e for e in app.get("vega_lite_chart") if key in e.proto.id)
    state = WidgetState(id=chart.proto.id)
    at, ticks = origins(app, key), json.loads(chart.proto.spec)["usermeta"]["ticks"]
    selection = {
        name: {
            axis: [(end + place - at[f"{name}_{axis}"]) / tick for end in (-1, 1)]
            for axis, place, tick in zip("xy", places, ticks[name], strict=True)
        }
        for name, places in boxes.items()
    }
    state.string_value = json.dumps({"selection": selection})
    states = app._tree.get_widget_states()
    states.widgets.append(state)
    app._run(states)
    return app


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_C07_C08_C09_the_posts_example_is_the_default(open_page, lang: str) -> None:
    app = open_page("distance", lang=lang)
    assert not app.exception
    assert [app.number_input(key=f"distance_{n}").value for n in INPUTS] == list(POST)
    shown = words(app)
    assert r"|-5-3|+|4-10|=8+6=\mathbf{14}" in shown
    assert r"\sqrt{8^2+6^2}=\mathbf{10}" in shown
    assert r"\binom{14}{8}=\mathbf{3,003}" in shown
    assert "**1.400" in shown


def test_the_formulas_hold_for_any_two_points(open_page) -> None:
    app = open_page("distance")
    for places in ((0, 0, 3, -2), (-10, -2, 10, 12), (4, 4, 4, 4), (7, 12, -7, 12)):
        move(app, *places)
        assert not app.exception
        (x0, y0, x1, y1), shown = places, words(app)
        l1 = np.linalg.norm([x1 - x0, y1 - y0], 1)
        l2 = np.linalg.norm([x1 - x0, y1 - y0], 2)
        across, up = abs(x1 - x0), abs(y1 - y0)
        assert rf"={across}+{up}=\mathbf{{{l1:,.4g}}}" in shown
        assert rf"\sqrt{{{across}^2+{up}^2}}=\mathbf{{{l2:,.4g}}}" in shown
        routes = math.factorial(across + up) // (math.factorial(across) * math.factorial(up))
        assert rf"=\mathbf{{{routes:,}}}" in shown


@pytest.mark.parametrize("angle", [0, 30])
@pytest.mark.parametrize("lang", ["ko", "en"])
def test_two_equal_points_have_no_ratio_and_a_sentence_of_their_own(open_page, lang: str, angle: int) -> None:
    app = move(open_page("distance", lang=lang, distance_angle=angle), 2, 3, 2, 3)
    assert not app.exception
    shown = words(app)
    assert "0/0" in shown
    assert "1.000" not in shown  # 0/0 is not 1 …
    assert not re.search(r"nan|\*\*–|0번|0블록", shown)  # … and nobody chooses 0 of 0 blocks
    city, turning = (next(alt for alt in described(app) if mark in alt) for mark in ("L2 0", "0/0"))
    assert "–" in city
    assert "nan" not in city + turning


def test_a_diagonal_along_the_turned_streets_has_no_rounding_left_over(open_page) -> None:
    app = move(open_page("distance", distance_angle=45), 0, 0, 3, 3)
    assert r"$$|4.243|+|0|\approx\mathbf{4.243}$$" in words(app)  # 3√2, and not 4e-16


def test_a_negative_destination_is_put_into_the_formula_in_brackets(open_page) -> None:
    assert "|0-(-3)|+|0-(-2)|=3+2" in words(move(open_page("distance"), 0, 0, -3, -2))


@pytest.mark.parametrize("angle", [30, 45, 90])
def test_turning_the_axes_changes_l1_and_not_l2(open_page, angle: int) -> None:
    app = open_page("distance", lang="en", distance_angle=angle)
    assert not app.exception
    turn = np.deg2rad(angle)
    u, v = 8 * np.cos(turn) + 6 * np.sin(turn), 6 * np.cos(turn) - 8 * np.sin(turn)
    shown = words(app)
    equals = r"\approx" if angle < 90 else "="  # the parts are rounded
    assert rf"{equals}\mathbf{{{abs(u) + abs(v):.4g}}}" in shown
    assert rf"{equals}\mathbf{{10}}" in shown
    assert f"{(abs(u) + abs(v)) / 10:.3f}" in shown


@pytest.mark.parametrize(("lang", "said"), [("ko", "0°의 도로로"), ("en", "as they were at 0°")])
def test_with_turned_streets_the_routes_say_that_they_are_counted_at_0(
    open_page, lang: str, said: str
) -> None:
    def captions(angle: int) -> str:
        app = open_page("distance", lang=lang, distance_routes="true", distance_angle=angle)
        assert not app.exception
        return " ".join(item.value for item in app.caption)

    assert said in captions(35)
    assert said not in captions(0)


@pytest.mark.parametrize(
    ("preset", "l1", "l2", "routes"),
    [
        ("post", 14, 10, "3,003"),
        ("block", 2, math.sqrt(2), "2"),
        ("east", 8, 8, "1"),
        ("far", 34, math.hypot(20, 14), "1,391,975,640"),
    ],
)
def test_every_preset_shows_its_case(open_page, preset: str, l1: float, l2: float, routes: str) -> None:
    app = move(open_page("distance"), 1, 1, 2, 5)
    pills = app.button_group(key="distance_preset")
    assert pills.value is None or pills.value == []
    pills.set_value(preset).run()
    assert not app.exception
    shown = words(app)
    assert rf"\mathbf{{{l1:,.4g}}}" in shown
    assert rf"\mathbf{{{l2:,.4g}}}" in shown
    assert rf"\mathbf{{{routes}}}" in shown


def test_dropping_a_handle_writes_the_inputs_and_the_formulas(open_page) -> None:
    app = drop(open_page("distance"), "distance_grid", start=(-5, 4), goal=(6.3, 7.8))
    assert not app.exception
    assert [app.number_input(key=f"distance_{n}").value for n in INPUTS] == [-5, 4, 6, 8]
    assert r"=11+4=\mathbf{15}" in words(app)


def test_neither_a_drop_nor_typing_draws_the_chart_anew(open_page) -> None:
    def element(app: AppTest) -> tuple[str, str, str]:
        chart = next(e for e in app.get("vega_lite_chart") if "distance_grid" in e.proto.id)
        return chart.proto.id, chart.proto.spec, chart.proto.alt

    app = open_page("distance")
    before = element(app)
    drop(app, "distance_grid", goal=(6.2, 7.9))
    assert element(app) == before
    assert origins(app, "distance_grid") == {"start_x": -5, "start_y": 4, "goal_x": 3, "goal_y": 10}
    app.number_input(key="distance_goal_x").set_value(0).run()
    assert element(app) == before
    # The box is 3.2 to the right of and 2.1 below where the data have it.
    assert origins(app, "distance_grid") == pytest.approx(
        {"start_x": -5, "start_y": 4, "goal_x": 0 - 3.2, "goal_y": 8 + 2.1}
    )


def test_a_box_that_the_browser_reports_again_does_not_take_back_what_was_typed(open_page) -> None:
    app = drop(open_page("distance"), "distance_grid", goal=(6.2, 7.9))
    app.number_input(key="distance_goal_x").set_value(0).run()
    drop(app, "distance_grid", goal=(1e-12, 8.0))  # a new scale has rounded the box
    assert [app.number_input(key=f"distance_{n}").value for n in INPUTS] == [-5, 4, 0, 8]


def test_a_preset_sets_the_numbers_that_it_changes_and_those_not_known_yet(monkeypatch) -> None:
    from pages.sections.distance import grid

    state = {"distance_preset": "east", "distance_start_x": -5, "distance_goal_y": 10}
    monkeypatch.setattr(grid.st, "session_state", state)
    grid._use_preset()
    assert [state[f"distance_{name}"] for name in INPUTS] == [-5, 4, 3, 4]


def test_another_language_draws_the_handles_where_they_were_dropped(open_page) -> None:
    app = drop(open_page("distance", lang="ko"), "distance_grid", goal=(6.2, 7.9))
    app.button_group(key="lang").set_value("en").run()
    assert origins(app, "distance_grid") == {"start_x": -5, "start_y": 4, "goal_x": 6, "goal_y": 8}


def test_the_picture_is_described_with_its_numbers(open_page) -> None:
    for lang in ("ko", "en"):
        city = next(alt for alt in described(open_page("distance", lang=lang)) if "3,003" in alt)
        assert re.search(r"\(-5, 4\).*\(3, 10\).*14.*10.*1\.400", city)


@pytest.mark.parametrize("angle", [0, 30, 45, 90])
def test_the_table_behind_the_hand_is_numpys(angle: int) -> None:
    from pages.sections.distance.grid import city

    moves = city(angle)["moves"]
    assert len(moves) == 41 * 29
    turn = np.deg2rad(angle)
    dx = np.rint(moves["key"].to_numpy(float) / 100)
    dy = moves["key"].to_numpy(float) - 100 * dx
    u, v = dx * np.cos(turn) + dy * np.sin(turn), dy * np.cos(turn) - dx * np.sin(turn)
    np.testing.assert_allclose(moves["l1"], np.abs(u) + np.abs(v), atol=1e-5)
    np.testing.assert_allclose(moves["l2"], np.hypot(dx, dy), rtol=1e-6)
    np.testing.assert_allclose(moves["cx"], u * np.cos(turn), atol=1e-5)
    np.testing.assert_allclose(moves["cy"], u * np.sin(turn), atol=1e-5)
    apart = moves[(dx != 0) | (dy != 0)]
    ratio = np.linalg.norm([u, v], 1, axis=0)[apart.index] / np.linalg.norm([u, v], 2, axis=0)[apart.index]
    np.testing.assert_allclose(apart["between"], (ratio - 1) / (np.sqrt(2) - 1), atol=1e-5)
    if angle % 90:
        assert moves["routes"].isna().all()
    else:
        choices = [math.comb(int(abs(a) + abs(b)), int(abs(a))) for a, b in zip(dx, dy, strict=True)]
        assert moves["routes"].tolist() == choices


def test_the_same_frames_are_handed_out_again() -> None:
    from pages.sections.distance.grid import city, quarter_turn

    assert city(30)["moves"] is city(30)["moves"]  # then the browser's bytes are made once
    curve = quarter_turn(8, 6, 30)
    assert quarter_turn(8, 6, 30) is curve
    assert curve["angle"][curve["now"]].tolist() == [30]
    assert curve["l1"].max() == pytest.approx(np.sqrt(2), abs=1e-3)
    assert set(curve["l2"]) == {1}


@pytest.mark.parametrize("bad", ["abc", "99", "", "nan", "-11"])
def test_a_bad_place_in_a_link_falls_back_to_the_posts(open_page, bad: str) -> None:
    app = open_page("distance", distance_goal_x=bad)
    assert not app.exception
    assert app.number_input(key="distance_goal_x").value == 3


def section(open_page, name: str, lang: str = "en", **params: object) -> AppTest:
    app = open_page("distance", lang=lang, **{f"distance_{name}": "true"}, **params)
    assert not app.exception
    return app


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_a_closed_section_draws_nothing(open_page, lang: str) -> None:
    assert len(open_page("distance", lang=lang).get("vega_lite_chart")) == 2


# Routes ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_C09_several_of_the_3003_routes_are_drawn_and_one_ends_after_14_blocks(open_page, lang: str) -> None:
    app = section(open_page, "routes", lang, distance_walked=14)
    shown = words(app)
    assert "3,003" in shown
    assert re.search(r"\*\*14 blocks\*\*|\*\*14블록\*\*", shown)
    walk = next(alt for alt in described(app) if re.search(r"side by side|나란히", alt))
    assert len(re.findall(r"\b14", walk)) == 2


def test_where_only_one_route_is_shortest_it_says_so(open_page) -> None:
    app = section(open_page, "routes", distance_goal_y=4, distance_walked=3)
    assert "only one route" in words(app)
    assert "**3** of **8 blocks**" in words(app)


def test_the_open_routes_follow_the_points_of_the_grid(open_page) -> None:
    app = section(open_page, "routes")
    assert "3,003" in words(app)
    app.number_input(key="distance_goal_x").set_value(4).run()
    assert "5,005" in words(app)  # C(15, 9)
    walk = next(alt for alt in described(app) if "side by side" in alt)
    assert "5,005" in walk


def test_the_walk_goes_block_by_block_to_the_end_and_stops(open_page) -> None:
    app = section(open_page, "routes", distance_goal_x=-4, distance_goal_y=6)
    app.button(key="distance_walk").click().run()
    places = [app.slider(key="distance_walked").value]
    for _ in range(6):  # the clock is the browser's; here every run is a tick
        app.run()
        places.append(app.slider(key="distance_walked").value)
    assert not app.exception
    assert sorted(set(places)) == list(range(min(places), 4))
    assert places[-1] == 3
    label = app.button(key="distance_walk").label
    app.button(key="distance_walk").click().run()  # once more from the start
    assert app.slider(key="distance_walked").value < 3
    assert app.button(key="distance_walk").label != label


def test_C10_a_detour_of_an_even_extra_is_walked(open_page) -> None:
    app = section(open_page, "routes")
    for extra in (2, 6, 20):
        app.number_input(key="distance_extra").set_value(extra).run()
        assert not app.error
        assert f"**{14 + extra} blocks**" in words(app)
        assert app.slider(key="distance_walked").max == 14 + extra


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_C10_an_odd_extra_is_explained_and_the_page_stays_up(open_page, lang: str) -> None:
    app = section(open_page, "routes", lang, distance_extra=7)
    assert len(app.error) == 1
    assert "2, 4, 6" in app.error[0].value
    assert app.slider(key="distance_walked").max == 14


def test_a_shorter_route_takes_the_walker_along(open_page) -> None:
    app = section(open_page, "routes", distance_walked=14)
    app.number_input(key="distance_goal_x").set_value(-5).run()
    assert not app.exception
    assert app.slider(key="distance_walked").value == 6
    move(app, 1, 1, 1, 1)  # nowhere to go
    assert not app.exception


@pytest.mark.parametrize(("guess", "right"), [("even", True), ("same", False), ("any", False)])
def test_C10_the_quiz_is_decided_by_trying(open_page, guess: str, right: bool) -> None:
    app = section(open_page, "routes", distance_C10=guess)
    verdict = [*app.success, *app.info]
    assert len(verdict) == 1
    assert bool(app.success) == right
    assert "2, 4, 6" in verdict[0].value


# Norm and loss -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_C13_C15_one_badly_wrong_prediction_is_the_default(open_page, lang: str) -> None:
    shown = words(section(open_page, "norm", lang))
    assert "r=(1, 1, 1, 10)" in shown
    for total in ("= **13**", "= **103**", "= **10.15**"):
        assert total in shown
    for drop in ("76.9%", "97.1%", "82.9%"):
        assert drop in shown


@pytest.mark.parametrize(
    "vector",
    [
        [3.0, -4.0],
        [0, 0, 7, 0],
        [2, 2, 2, 2],
        [0.0],
        list(np.random.default_rng(0).normal(0, 9, 50).round(3)),
    ],
)
def test_C12_every_norm_is_numpys_and_l2_le_l1_le_root_n_l2(open_page, vector: list[float]) -> None:
    from pages.sections.distance.norm import plain

    app = section(
        open_page, "norm", distance_source="vector", distance_vector=" ".join(map(str, vector)), distance_p=4
    )
    shown = words(app)
    l1, l2, top = (np.linalg.norm(vector, p) for p in (1, 2, np.inf))
    lp = np.sum(np.abs(vector) ** 4) ** 0.25
    counts = f"{np.count_nonzero(vector)} / {len(vector)}"
    assert f"| {counts} | **{plain(l1)}** | **{plain(l2)}** | {plain(top)} | {plain(lp)} |" in shown
    upper = np.sqrt(len(vector)) * l2
    chain = r"\underbrace{%s}_{L2}\le\underbrace{%s}_{L1}\le\underbrace{%s}"
    assert chain % (plain(l2), plain(l1), plain(upper)) in shown
    assert l2 <= l1 + 1e-12 <= upper + 1e-9


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (13, "13"),
        (10.1489, "10.15"),
        (0, "0"),
        (-4.5, "−4.5"),
        (1234567.891, "1,234,567.89"),
        (1e150, "1e+150"),
        (0.0123456, "0.0123"),
    ],
)
def test_numbers_are_written_for_readers(value: float, written: str) -> None:
    from pages.sections.distance.norm import plain

    assert plain(value) == written


def test_every_example_fills_both_columns(open_page) -> None:
    app = section(open_page, "norm")
    residual = {
        "walk": "(8, 6)",
        "equal": "(3, 3, 3, 3)",
        "single": "(0, 7, 0, 0)",
        "outlier": "(1, 1, 1, 10)",
    }
    for example, written in residual.items():
        app.button_group(key="distance_example").set_value(example).run()
        assert not app.exception
        assert not app.error
        assert f"r={written}" in words(app)


UNUSABLE = (
    "abc", "", "nan", "inf", "-1e999", "1e308 1e308 1e308 -1e308", "1e200 0 0 0", "1 2 3", "1 " * 5000, "<b>x</b>",
    "$x$",
)  # fmt: skip


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_an_unusable_vector_gets_a_sentence_and_the_page_stays_up(open_page, lang: str) -> None:
    app = section(open_page, "norm", lang)
    for bad in UNUSABLE:
        app.text_area(key="distance_y_true").set_value(bad).run()
        assert not app.exception, bad
        assert len(app.error) == 1, bad
        assert bool(re.search("[가-힣]", app.error[0].value)) == (lang == "ko"), bad
        assert not re.search(r"\[\[|<b>|(?<!\\)\$", app.error[0].value), bad
    app.text_area(key="distance_y_true").set_value("3 5 4 15").run()
    assert not app.error
    assert "**103**" in words(app)


def test_a_thousand_numbers_are_read(open_page) -> None:
    app = section(open_page, "norm", distance_source="vector")
    app.text_area(key="distance_vector").set_value("\n".join(["1"] * 1000)).run()
    assert not app.error
    assert "**1,000**" in words(app)
    assert "31.62" in words(app)


def test_a_long_vector_is_kept_but_not_in_the_link(open_page) -> None:
    def linked(app: AppTest) -> str:
        return app.text_area(key="distance_vector").proto.query_param_key

    app = section(open_page, "norm", distance_source="vector", distance_vector="3 4")
    assert linked(app) == "distance_vector"
    app.text_area(key="distance_vector").set_value("0.1234567 " * 999 + "2").run()
    assert linked(app) == ""
    assert "part of a link" in " ".join(caption.value for caption in app.caption)
    app.number_input(key="distance_p").set_value(4.0).run()
    assert "**1,000**" in words(app) or "1,000 / 1,000" in words(app)
    app.text_area(key="distance_vector").set_value("5 12").run()
    assert linked(app) == "distance_vector"
    assert "**13**" in words(app)


def test_C13_the_example_on_show_is_marked_and_leads_on_to_the_outliers(open_page) -> None:
    app = section(open_page, "norm")
    assert app.button_group(key="distance_example").value in ("outlier", ["outlier"])
    assert any('href="outliers?' in e.proto.body for e in app.get("html"))


def test_p_below_one_is_called_no_norm(open_page) -> None:
    assert "not a norm" in words(section(open_page, "norm", distance_p=0.5))
    assert "not a norm" not in words(section(open_page, "norm", distance_p=1))


# Ball and penalty --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_the_ball_of_p_below_one_is_shown_to_be_no_norm(open_page, lang: str) -> None:
    shown = words(section(open_page, "ball", lang, distance_ball_p="0.5"))
    assert "**4**" in shown  # ‖(1, 1)‖ = 2^(1/0.5)
    assert words(section(open_page, "ball", lang)) != shown


def test_letting_the_slider_go_changes_the_words_and_keeps_the_element(open_page) -> None:
    from pages.sections.distance.ball import EXPONENTS

    app = section(open_page, "ball")
    chart = next(e for e in app.get("vega_lite_chart") if "distance_ball_p" in e.proto.id)
    state = WidgetState(id=chart.proto.id)
    state.string_value = json.dumps({"selection": {"p": [{"i": EXPONENTS.index(0.25)}]}})
    states = app._tree.get_widget_states()
    states.widgets.append(state)
    app._run(states)
    assert not app.exception
    assert "**16**" in words(app)
    after = next(e for e in app.get("vega_lite_chart") if "distance_ball_p" in e.proto.id)
    assert after.proto.id == chart.proto.id
    assert after.proto.spec == chart.proto.spec
    assert after.proto.alt == chart.proto.alt  # another description would draw the chart anew under the hand
    assert any("p = 0.25" in words for words in described(app))


@pytest.mark.parametrize(
    ("lam", "rho", "c1", "c2"), [(1.0, 0.5, 2.0, 0.5), (0.4, -0.6, -1.5, 2.25), (3.0, 0.0, 1.0, 1.0)]
)
def test_the_touching_points_satisfy_the_kkt_conditions(
    open_page, lam: float, rho: float, c1: float, c2: float
) -> None:
    app = section(
        open_page, "ball", distance_lam=lam, distance_rho=rho, distance_c1=c1, distance_c2=c2
    )  # fmt: skip
    numbers = [
        float(n) for n in re.findall(r"-?\d+\.\d{3}", next(alt for alt in described(app) if "λ = " in alt))
    ]
    w1, w2 = np.array(numbers[:2]), np.array(numbers[2:4])
    hessian, c = np.array([[1, rho], [rho, 1]]), np.array([c1, c2])
    gradient = hessian @ (w1 - c)
    for g, w in zip(gradient, w1, strict=True):
        if w == 0:
            assert abs(g) <= lam + 2e-3
        else:
            assert g == pytest.approx(-lam * np.sign(w), abs=2e-3)
    np.testing.assert_allclose(hessian @ (w2 - c) + lam * w2, 0, atol=5e-3)


def test_dropping_the_optimum_writes_its_inputs_on_the_grid(open_page) -> None:
    app = drop(section(open_page, "ball"), "distance_touching", optimum=(-1.13, 2.4))
    assert not app.exception
    assert app.number_input(key="distance_c1").value == -1.25
    assert app.number_input(key="distance_c2").value == 2.5


@pytest.mark.parametrize("seed", [0, 7])
def test_l1_gives_exact_zeros_in_many_random_problems_and_l2_in_hardly_any(open_page, seed: int) -> None:
    shown = words(section(open_page, "ball", distance_problems=seed))
    l1, l2 = (int(n.replace(",", "")) for n in re.findall(r"- L[12] \*\*([\d,]+)\*\*", shown))
    assert l1 > 0.3 * 2000
    assert l2 < 0.01 * 2000


@pytest.mark.parametrize("bad", ["99", "abc", "nan", ""])
def test_a_bad_value_in_a_link_to_a_section_falls_back(open_page, bad: str) -> None:
    opened = {"distance_ball": "true", "distance_norm": "true", "distance_routes": "true"}
    keys = ("lam", "rho", "c1", "c2", "ball_p", "source", "p", "count", "extra", "walked", "C10")
    app = open_page("distance", **opened, **{f"distance_{key}": bad for key in keys})
    assert not app.exception
    assert words(app) == words(open_page("distance", **opened))


def test_an_optimum_between_the_grid_lines_is_taken_to_the_nearest(open_page) -> None:
    app = section(open_page, "ball", distance_c1=1.1, distance_c2=-0.3)
    assert "(1.00, -0.25)" in next(alt for alt in described(app) if "λ = " in alt)


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("en", ("norm **of the difference**", "What there are many of is **routes**")),
        ("ko", ("**차이**", "**길**")),
    ],
)
def test_C11_a_distance_is_the_norm_of_the_difference_and_only_the_route_is_not_unique(
    open_page, lang, said
) -> None:
    shown = words(open_page("distance", lang=lang))
    assert all(part in shown for part in said)

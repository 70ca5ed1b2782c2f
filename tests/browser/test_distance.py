"""The distance lesson under a real hand: mouse, finger and keyboard."""

from __future__ import annotations

import math

import pytest

MAP = ".st-key-drag_distance_grid"


def centre(page, handle: str) -> tuple[float, float]:
    box = page.locator(f"{MAP} .{handle}_brush path").first.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def block(page, places: tuple[int, int, int, int]) -> float:
    """Side of a block in pixels, from where the two handles stand."""
    (ax, _), (bx, _) = centre(page, "start"), centre(page, "goal")
    return (bx - ax) / (places[2] - places[0])


def figures(page) -> list[str]:
    """The four figures above the map: L1, L2, their ratio, the number of routes."""
    page.wait_for_selector(f"{MAP} svg .start_brush")
    bold = page.locator(f"{MAP} svg .mark-text text[font-weight=bold]").all_text_contents()
    return [words for words in bold if "(" not in words]  # the points' names have their places behind them


def expected(x0: int, y0: int, x1: int, y1: int) -> list[str]:
    across, up = abs(x1 - x0), abs(y1 - y0)
    l1, l2 = across + up, math.hypot(across, up)
    return [f"{l1:g}", f"{round(l2, 2):g}", f"{round(l1 / l2, 3):g}", f"{math.comb(l1, across):,}"]


def inputs(page) -> list[str]:
    names = ("start_x", "start_y", "goal_x", "goal_y")
    return [page.locator(f".st-key-distance_{name} input").input_value() for name in names]


class Finger:
    """A finger on a phone, by the browser's own touch input."""

    def __init__(self, page) -> None:
        self.session = page.context.new_cdp_session(page)

    def touch(self, kind: str, *points: tuple[float, float]) -> None:
        self.session.send(
            "Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y} for x, y in points]}
        )

    def drag(self, page, start: tuple[float, float], end: tuple[float, float]) -> None:
        self.touch("touchStart", start)
        for step in range(1, 16):
            share = step / 15
            self.touch("touchMove", tuple(a + (b - a) * share for a, b in zip(start, end, strict=True)))
            page.wait_for_timeout(12)
        self.touch("touchEnd")


def test_C07_C08_C09_a_mouse_drags_both_points_and_the_figures_follow(visit) -> None:
    visitor = visit(viewport={"width": 1366, "height": 650}, color_scheme="dark")
    page = visitor.open("distance", lang="ko", distance_routes="true")
    assert figures(page) == expected(-5, 4, 3, 10) == ["14", "10", "1.4", "3,003"]
    side = block(page, (-5, 4, 3, 10))
    sent: list[object] = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda frame: sent.append(frame)))
    page.reload()
    visitor.settle()
    for handle, (right, down), places in (
        ("goal", (4, 3), (-5, 4, 7, 7)),
        ("start", (2, 5), (-3, -1, 7, 7)),
    ):
        x, y = centre(page, handle)
        page.mouse.move(x, y)
        page.mouse.down()
        before, steps = len(sent), page.evaluate("history.length")
        page.mouse.move(x + right * side, y + down * side, steps=12)
        page.wait_for_timeout(100)
        assert figures(page) == expected(*places)  # while the button is still down …
        assert len(sent) == before  # … and the server has heard nothing
        page.mouse.up()
        page.wait_for_timeout(300)
        visitor.settle()
        assert (
            len(sent) == before + 1
        )  # one message for a drop, though the routes below are drawn anew as well
        assert inputs(page) == [str(place) for place in places]
        assert figures(page) == expected(*places)
        assert figures(page)[3] in page.locator("[data-testid=stExpander]").first.inner_text()
        assert page.evaluate("window.drawn?.isConnected ?? true")  # a drop does not draw the map anew
        page.evaluate(f"window.drawn = document.querySelector('{MAP} svg.marks')")
        assert page.evaluate("history.length") == steps + 1  # both coordinates are one step …
    assert "distance_goal_x=7" in page.url
    page.go_back()
    page.wait_for_function("!location.search.includes('start_x')")
    visitor.settle()
    assert inputs(page) == ["-5", "4", "7", "7"]  # … and Back undoes both
    page.wait_for_selector(f"{MAP} svg .start_brush")
    assert figures(page) == expected(-5, 4, 7, 7)
    visitor.assert_fine()


def test_a_finger_drags_both_points_and_beside_them_scrolls_the_page(visit) -> None:
    visitor = visit(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page = visitor.open("distance", lang="en")
    page.locator(f"{MAP} svg").first.scroll_into_view_if_needed()
    page.wait_for_timeout(300)
    finger, side = Finger(page), block(page, (-5, 4, 3, 10))
    for handle, (right, down), places in (
        ("start", (3, -4), (-2, 8, 3, 10)),
        ("goal", (5, 9), (-2, 8, 8, 1)),
    ):
        x, y = centre(page, handle)
        finger.drag(page, (x, y), (x + right * side, y + down * side))
        page.wait_for_timeout(300)
        visitor.settle()
        assert inputs(page) == [str(place) for place in places]
        assert figures(page) == expected(*places)
    top = page.locator(f"{MAP} svg").first.bounding_box()
    corner = (top["x"] + top["width"] - 40, top["y"] + top["height"] - 90)
    finger.drag(page, corner, (corner[0], corner[1] - 200))
    page.wait_for_timeout(400)
    assert page.locator(f"{MAP} svg").first.bounding_box()["y"] < top["y"] - 100
    assert inputs(page) == ["-2", "8", "8", "1"]
    visitor.assert_fine()


def test_the_keyboard_alone_moves_a_point_and_turns_the_axes(visit) -> None:
    visitor = visit(locale="en-US")
    page = visitor.open("distance", lang="en")
    field = page.locator(".st-key-distance_goal_x input")
    field.focus()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    page.wait_for_timeout(300)
    visitor.settle()
    assert figures(page) == expected(-5, 4, 4, 10)
    page.locator(".st-key-distance_angle input[type=range]").focus()
    for _ in range(9):
        page.keyboard.press("ArrowRight")
    page.wait_for_timeout(500)
    visitor.settle()
    assert figures(page)[1] == "10.82"  # L2 as before
    assert figures(page)[0] == f"{round((15 + 3) / math.sqrt(2), 2):g}"
    assert figures(page)[3] == "–"
    visitor.assert_fine()


def test_a_link_a_reload_and_another_page_keep_the_points(visit) -> None:
    visitor = visit()
    page = visitor.open("distance", lang="ko", distance_start_x=0, distance_start_y=0, distance_goal_x=2)
    assert figures(page) == expected(0, 0, 2, 10)
    side = block(page, (0, 0, 2, 10))
    x, y = centre(page, "goal")
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 4 * side, y + 5 * side, steps=8)
    page.mouse.up()
    page.wait_for_timeout(300)
    visitor.settle()
    page.get_by_text("English", exact=True).click()
    page.wait_for_timeout(500)
    visitor.settle()
    assert figures(page) == expected(0, 0, 6, 5)
    assert "L1 along the blocks" in page.locator(MAP).inner_text()
    page.locator(".st-key-nav a", has_text="reglab").click()
    page.wait_for_timeout(500)
    visitor.settle()
    page.locator(".st-key-nav a", has_text="Distance").click()
    page.wait_for_timeout(500)
    visitor.settle()
    page.wait_for_selector(f"{MAP} svg .goal_brush")
    assert figures(page) == expected(0, 0, 6, 5)
    assert inputs(page) == ["0", "0", "6", "5"]
    visitor.assert_fine()


@pytest.mark.parametrize(("lang", "width"), [("ko", 1280), ("en", 390)])
def test_the_map_keeps_its_size_wherever_the_points_stand(visit, lang: str, width: int) -> None:
    visitor = visit(viewport={"width": width, "height": 900})
    drawn = set()
    for corner in (
        (-5, 4, 3, 10),
        (-10, -2, 10, 12),
        (10, 12, -10, -2),
        (-10, 12, 10, -2),
        (-10, 12, -10, 12),
    ):
        names = ("start_x", "start_y", "goal_x", "goal_y")
        given = {f"distance_{name}": value for name, value in zip(names, corner, strict=True)}
        page = visitor.open("distance", lang=lang, **given)
        figures(page)
        whole = page.locator(f"{MAP} svg.marks").evaluate(
            "s => [s.querySelector('.background').getAttribute('d'), s.getAttribute('height')].join()"
        )
        drawn.add(whole)
    assert len(drawn) == 1, drawn


def test_back_from_another_lesson_finds_the_moved_point(visit) -> None:
    visitor = visit()
    page = visitor.open("distance", lang="ko")
    field = page.locator(".st-key-distance_start_x input")
    field.fill("1")
    field.press("Enter")
    page.wait_for_timeout(500)
    visitor.settle()
    steps = page.evaluate("history.length")
    page.locator(".st-key-nav a", has_text="이상치").click()
    page.wait_for_url("**/outliers*")
    visitor.settle()
    assert page.evaluate("history.length") == steps + 1  # one lesson, one step
    page.go_back()
    page.wait_for_selector(f"{MAP} svg .start_brush")
    visitor.settle()
    assert "distance_start_x=1" in page.url
    assert inputs(page) == ["1", "4", "3", "10"]
    page.go_forward()
    page.wait_for_url("**/outliers*")
    visitor.settle()
    visitor.assert_fine()


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_the_main_view_fits_a_laptop_and_a_block_is_square(visit, lang: str) -> None:
    visitor = visit(viewport={"width": 1366, "height": 650})
    page = visitor.open("distance", lang=lang)
    for chart in page.locator("svg.marks").all():
        box = chart.bounding_box()
        assert box["y"] + box["height"] <= 650 + 8  # the last pixels are padding
    (ax, ay), (bx, by) = centre(page, "start"), centre(page, "goal")
    assert (bx - ax) / 8 == pytest.approx((ay - by) / 6, abs=0.2)


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_nothing_is_cut_off_on_a_phone(visit, lang: str) -> None:
    visitor = visit(viewport={"width": 390, "height": 844})
    page = visitor.open("distance", lang=lang)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    for chart in page.locator("svg.marks").all():
        frame = chart.bounding_box()
        assert frame["x"] >= 0
        assert frame["x"] + frame["width"] <= 391
        for word in chart.locator("text").all():
            box = word.bounding_box()
            if box and box["width"]:
                assert frame["x"] - 1 <= box["x"]
                assert box["x"] + box["width"] <= frame["x"] + frame["width"] + 1
    visitor.assert_fine()


def test_the_walk_ends_at_14_by_itself(visit) -> None:
    visitor = visit()
    page = visitor.open("distance", lang="en", distance_routes="true")
    page.get_by_role("button", name="Walk block by block").click()
    page.wait_for_function(
        "document.querySelector('[data-testid=stMain]').innerText.includes('14 / 14')", timeout=30_000
    )
    page.get_by_role("button", name="Walk block by block").wait_for()  # it has stopped by itself
    assert "distance_walked=14" in page.url
    visitor.assert_fine()


def test_the_optimum_is_dragged_and_both_solutions_follow(visit) -> None:
    visitor = visit(color_scheme="dark", viewport={"width": 1280, "height": 900})
    page = visitor.open("distance", lang="ko", distance_ball="true")
    picture = ".st-key-drag_distance_touching"
    page.wait_for_selector(f"{picture} .optimum_brush path")
    solutions = page.locator(f"{picture} .mark-text text[font-weight=bold]")
    assert solutions.all_text_contents()[:2] == ["(1.25, 0)", "(1, 0.5)"]
    page.locator(f"{picture} svg").first.scroll_into_view_if_needed()
    box = page.locator(f"{picture} .optimum_brush path").first.bounding_box()
    plot = page.locator(f"{picture} svg .background").first.bounding_box()
    unit = plot["width"] / 6.7  # the picture shows -3.35 to 3.35
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - unit, y - 1.5 * unit, steps=10)
    page.wait_for_timeout(100)
    # By hand, c = (1, 2), H = [[1, ½], [½, 1]], λ = 1. L1: w = c − λH⁻¹(1, 1) = (1/3, 4/3).
    # L2: (H + I)w = Hc = (2, 2.5), so w = (0.733, 1.067).
    assert solutions.all_text_contents()[:2] == ["(0.33, 1.33)", "(0.73, 1.07)"]
    page.mouse.up()
    page.wait_for_timeout(300)
    visitor.settle()
    assert page.locator(".st-key-distance_c1 input").input_value() == "1.00"
    assert page.locator(".st-key-distance_c2 input").input_value() == "2.00"
    visitor.assert_fine()


def test_the_slider_in_the_picture_moves_the_ball_in_the_browser_and_its_place_into_the_link(visit) -> None:
    visitor = visit()
    page = visitor.open("distance", lang="en", distance_ball="true")
    picture = ".st-key-slide_distance_ball_p"
    slider = page.locator(f"{picture} input[type=range]")
    slider.focus()
    for _ in range(6):
        page.keyboard.press("ArrowRight")
    shown = page.locator(f"{picture} svg.marks")
    assert "p = 20" in shown.text_content()
    page.wait_for_timeout(600)  # the server has answered: the slider is still in hand
    page.keyboard.press("ArrowRight")
    page.wait_for_timeout(100)
    assert "p = ∞" in shown.text_content()
    page.wait_for_timeout(400)
    visitor.settle()
    assert "distance_ball_p=" in page.url
    page.reload()
    visitor.settle()
    page.wait_for_selector(f"{picture} svg.marks")
    assert "p = ∞" in shown.text_content()
    visitor.assert_fine()


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_the_open_sections_fit_a_phone(visit, lang: str) -> None:
    visitor = visit(viewport={"width": 390, "height": 844})
    page = visitor.open(
        "distance", lang=lang, distance_routes="true", distance_norm="true", distance_ball="true"
    )
    page.wait_for_selector(".st-key-drag_distance_touching svg")
    assert page.locator("[data-testid=stMain]").evaluate("e => e.scrollWidth - e.clientWidth") <= 1
    for chart in page.locator("svg.marks").all():
        frame = chart.bounding_box()
        assert frame["x"] >= 0
        assert frame["x"] + frame["width"] <= 391
        assert "…" not in chart.text_content()
    visitor.assert_fine()


def test_the_options_of_a_prediction_can_be_read_to_their_end_on_a_phone(visit) -> None:
    page = visit(viewport={"width": 390, "height": 844}).open("distance", lang="en", distance_routes="true")
    options = page.locator("[data-testid=stButtonGroup] button p")
    options.filter(has_text="Only the shortest distance plus an even number").wait_for()
    cut = options.evaluate_all("all => all.filter(e => e.scrollWidth > e.clientWidth).map(e => e.innerText)")
    assert not cut

"""The outliers lesson under a real hand: mouse, touch, keyboard."""

from __future__ import annotations

import math
import re

import pytest
from playwright.sync_api import Page

PLANE = ".st-key-drag_outliers_plane_line"


def handle(page: Page, chart: str = PLANE) -> tuple[float, float]:
    """Give the middle of the handle on the screen."""
    page.locator(f"{chart} svg g.outlier_brush").scroll_into_view_if_needed()
    page.wait_for_timeout(300)
    box = page.locator(f"{chart} svg g.outlier_brush").bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def numbers(page: Page, chart: str = PLANE) -> list[str]:
    """Give the numbers above the picture: the slopes, then the losses, then the shares of L1, L2 and Huber."""
    words = page.locator(f"{chart} svg .mark-text.role-mark text").all_text_contents()
    found = [t for t in words if re.match(r"−?\d|Σ", t)][:9]
    return [*found[::3], *found[1::3], *found[2::3]]


def slopes(page: Page, chart: str = PLANE) -> list[float]:
    return [float(t.split("–")[0].replace("−", "-")) for t in numbers(page, chart)[:3]]


def listen(page: Page) -> tuple[list[bytes], list[bytes]]:
    """Collect what the browser sends to the server from now on, and what it receives."""
    sent: list[bytes] = []
    received: list[bytes] = []

    def opened(socket) -> None:
        socket.on("framesent", lambda frame: sent.append(frame))
        socket.on("framereceived", lambda frame: received.append(frame))

    page.on("websocket", opened)
    return sent, received


def test_C14_dragging_the_outlier_moves_the_L2_line_under_the_hand_and_tells_the_server_once(visit) -> None:
    visitor = visit()
    sent, received = listen(visitor.page)
    page = visitor.open("outliers")
    page.locator(f"{PLANE} svg g.outlier_brush").wait_for()
    at_home = slopes(page)
    x, y = handle(page)
    before = len(sent)
    page.mouse.move(x, y)
    page.mouse.down()
    seen = set()
    for step in range(1, 21):
        page.mouse.move(x, y + 8 * step)
        seen.add(tuple(numbers(page)))
    assert len(seen) > 8, "the numbers follow the hand"
    assert len(sent) == before, "the server hears nothing while the outlier is dragged"
    under_way = slopes(page)
    received.clear()
    page.mouse.up()
    visitor.settle()
    assert len(sent) == before + 1
    assert sum(map(len, received)) < 20_000, "the picture stays as it is: its data are not sent again"
    assert slopes(page) == under_way
    assert abs(under_way[0] - at_home[0]) < 0.05 < abs(under_way[1] - at_home[1])
    assert "outliers_line_y" in page.url
    moved = float(page.get_by_label("이상치의 y").input_value())
    assert moved < 5.8
    page.reload()
    visitor.settle()
    assert slopes(page) == under_way
    assert float(page.get_by_label("이상치의 y").input_value()) == moved
    visitor.assert_fine()


def test_the_lines_can_be_drawn_thirty_times_a_second(visit) -> None:
    """The main thread's own time for one update, which other processes on the machine do not stretch."""
    visitor = visit()
    page = visitor.open("outliers", outliers_line_y=-5.2)
    page.locator(f"{PLANE} svg g.outlier_brush").wait_for()
    clock = visitor.context.new_cdp_session(page)
    clock.send("Performance.enable", {"timeDomain": "threadTicks"})

    def busy() -> float:
        return next(
            m["value"] for m in clock.send("Performance.getMetrics")["metrics"] if m["name"] == "TaskDuration"
        )

    page.evaluate(
        """chart => { window.drawn = 0; new MutationObserver(() => window.drawn++).observe(
               document.querySelector(chart + ' svg.marks'), {subtree: true, attributes: true}) }""",
        PLANE,
    )
    x, y = handle(page)
    page.mouse.move(x, y)
    page.mouse.down()
    start, moves = busy(), 90
    for step in range(moves):
        page.mouse.move(x + 120 * math.sin(step / 9), y - 110 + 110 * math.cos(step / 9))
    spent = busy() - start
    drawn = page.evaluate("window.drawn")
    page.mouse.up()
    assert drawn >= 0.9 * moves, "every move of the hand is drawn"
    assert moves / spent >= 30, f"{1000 * spent / moves:.1f} ms each"


def test_the_outlier_follows_a_finger_at_phone_width(visit) -> None:
    visitor = visit(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page = visitor.open("outliers", outliers_line_y=-5.2)
    page.locator(f"{PLANE} svg g.outlier_brush").wait_for()
    before = slopes(page)
    x, y = handle(page)
    finger = visitor.context.new_cdp_session(page)

    def touch(kind: str, *points: tuple[float, float]) -> None:
        finger.send(
            "Input.dispatchTouchEvent",
            {"type": kind, "touchPoints": [{"x": px, "y": py} for px, py in points]},
        )

    touch("touchStart", (x, y))
    for step in range(1, 13):
        touch("touchMove", (x, y - 10 * step))
    under_way = slopes(page)
    touch("touchEnd")
    visitor.settle()
    assert under_way[1] > before[1] + 0.1, "the L2 line follows"
    assert slopes(page) == under_way
    assert "outliers_line_y" in page.url
    visitor.assert_fine()


def test_the_handle_stays_on_a_position_in_every_corner(visit) -> None:
    visitor = visit(locale="en-US")
    page = visitor.open("outliers", lang="en", outliers_data="phone", outliers_phone_point=7)
    chart = ".st-key-drag_outliers_plane_phone"
    page.locator(f"{chart} svg g.outlier_brush").wait_for()
    x, y = handle(page, chart)
    page.mouse.move(x, y)
    page.mouse.down()
    for dx, dy in ((-900, -900), (900, -900), (900, 900), (-900, 900)):
        page.mouse.move(x + dx, y + dy, steps=4)
        assert len([t for t in numbers(page, chart) if t.startswith("Σ")]) == 3, numbers(page, chart)
    page.mouse.up()
    visitor.settle()
    visitor.assert_fine()


def test_the_keyboard_moves_the_outlier(visit) -> None:
    visitor = visit(locale="en-US")
    page = visitor.open("outliers", lang="en", outliers_line_y=-5.2)
    page.locator(f"{PLANE} svg g.outlier_brush").wait_for()
    before = slopes(page)
    field = page.get_by_label("Outlier's y")
    field.focus()
    for _ in range(8):
        page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    visitor.settle()
    page.wait_for_timeout(400)
    assert float(field.input_value()) > -5.2
    assert slopes(page)[1] > before[1]
    visitor.assert_fine()


def drag(visitor, chart: str, dx: float, dy: float = 0.0) -> list[list[str]]:
    """Drag a chart's handle and give the numbers seen on the way."""
    page = visitor.page
    page.locator(f"{chart} svg g.outlier_brush").wait_for()
    x, y = handle(page, chart)
    page.mouse.move(x, y)
    page.mouse.down()
    seen = []
    for step in range(1, 13):
        page.mouse.move(x + dx * step / 12, y + dy * step / 12)
        seen.append(numbers(page, chart))
    page.mouse.up()
    visitor.settle()
    return seen


def apart(page: Page, chart: str = PLANE) -> float:
    """Say how many pixels lie between the middle of the box and the outlier, sideways if the box does not rise."""
    return page.evaluate(
        """chart => {
          const middle = e => { const r = e.getBoundingClientRect(); return [r.x + r.width / 2, r.y + r.height / 2]; };
          const [x, y] = middle(document.querySelector(chart + ' svg g.outlier_brush'));
          const [point] = [...document.querySelectorAll(chart + ' svg .mark-symbol path')].filter(
            e => e.getAttribute('fill') === '#d11f2a' && !e.getAttribute('fill-opacity'));
          const [px, py] = middle(point);
          return chart.includes('leverage') ? Math.abs(px - x) : Math.hypot(px - x, py - y);
        }""",
        chart,
    )


@pytest.mark.parametrize("section", ["plane", "leverage"])
def test_the_box_stays_with_the_outlier_when_it_is_typed_resized_and_shown_on_the_whole_screen(
    visit, section: str
) -> None:
    visitor = visit(locale="en-US")
    page = visitor.open("outliers", lang="en", outliers_leverage="true", outliers_line_y=-5.2)
    chart = PLANE if section == "plane" else ".st-key-drag_outliers_leverage_line"
    page.locator(f"{chart} svg g.outlier_brush").wait_for()
    half_a_step = 14 if section == "plane" else 20
    drag(visitor, chart, 60, dy=-40 if section == "plane" else 0)
    field = (
        page.get_by_label("Outlier's x").first
        if section == "plane"
        else page.get_by_label("Outlier's x").last
    )
    field.focus()
    page.keyboard.press("ArrowUp")
    visitor.settle()
    page.wait_for_timeout(600)
    typed, there = field.input_value(), slopes(page, chart)
    assert apart(page, chart) < 2, "typed: exactly in the middle"
    drag(visitor, chart, -45)
    moved, there = field.input_value(), slopes(page, chart)
    assert float(moved) < float(typed)
    page.set_viewport_size({"width": 1000, "height": 700})
    page.wait_for_timeout(1200)
    assert apart(page, chart) < half_a_step, "in a smaller window"
    page.locator(f"{chart} [data-testid=stVegaLiteChart]").hover()
    page.locator(f"{chart} [data-testid=stElementToolbar] button[aria-label^=Fullscreen]").click()
    page.wait_for_timeout(1200)
    assert apart(page, chart) < 2 * half_a_step, "on the whole screen"
    page.keyboard.press("Escape")
    page.wait_for_timeout(1200)
    assert apart(page, chart) < half_a_step, "back on the page"
    assert field.input_value() == moved
    assert slopes(page, chart) == there
    visitor.assert_fine()


def test_C19_the_outlier_dragged_sideways_carries_all_three_lines(visit) -> None:
    visitor = visit(locale="en-US")
    page = visitor.open("outliers", lang="en", outliers_leverage="true", outliers_line_y=-5.2)
    chart = ".st-key-drag_outliers_leverage_line"
    page.locator(f"{chart} svg g.outlier_brush").wait_for()
    near = slopes(page, chart)
    width = page.locator(f"{chart} svg.marks").bounding_box()["width"]
    seen = drag(visitor, chart, 0.75 * width, dy=-90)  # upwards too: the handle moves sideways only
    assert len({tuple(s) for s in seen}) > 6
    far = slopes(page, chart)
    assert all(a > 0.0 > b for a, b in zip(near[::2], far[::2], strict=True)), (near, far)
    assert float(page.get_by_label("Outlier's x").last.input_value()) > 50
    assert slopes(page, PLANE)[0] > 0, "the picture above is left alone"
    visitor.assert_fine()


def test_the_value_dragged_on_the_line_moves_the_mean_and_not_the_median(visit) -> None:
    visitor = visit(locale="en-US")
    page = visitor.open("outliers", lang="en", outliers_warmup="true", outliers_value=8)
    chart = ".st-key-drag_outliers_location"
    page.locator(f"{chart} svg g.outlier_brush").wait_for()

    def both() -> tuple[float, float]:
        words = " ".join(page.locator(f"{chart} svg text").all_text_contents())
        return tuple(float(re.search(rf"{name} (−?[\d.]+)", words)[1]) for name in ("Mean", "Median"))

    before = both()
    drag(visitor, chart, 300)
    after = both()
    assert after[0] > before[0] + 0.5
    assert after[1] == before[1]
    visitor.assert_fine()


def test_C16_the_nudge_moves_by_keyboard(visit) -> None:
    visitor = visit(locale="en-US")
    page = visitor.open("outliers", lang="en", outliers_stable="true")
    page.get_by_role("slider", name=re.compile("Nudge")).focus()
    page.keyboard.press("ArrowRight")
    page.get_by_text("+1.000").first.wait_for()
    visitor.settle()
    assert "outliers_nudge=0.005" in page.url
    visitor.assert_fine()


def test_what_is_below_the_picture_follows_it_and_the_picture_follows_a_prediction(visit) -> None:
    visitor = visit(locale="en-US")
    page = visitor.open("outliers", lang="en")
    page.locator(f"{PLANE} svg g.outlier_brush").wait_for()
    page.locator(".st-key-outliers_C14").get_by_text("The L2 line").click()
    page.get_by_text("As you predicted: The L2 line.").wait_for()
    page.get_by_text("Move the point to y = -7.2").click()
    page.get_by_text("went from its own place (9.8, 5.8) to (9.8, -7.2)").wait_for()
    visitor.settle()
    assert page.get_by_label("Outlier's y").input_value() == "-7.2"
    page.get_by_text("Leverage · when the outlier moves sideways").click()
    page.get_by_text("not gone sideways yet (x = 9.8, y = -7.2)").wait_for()
    visitor.settle()
    page.get_by_label("Outlier's y").fill("-5.2")
    page.keyboard.press("Enter")
    page.get_by_text("not gone sideways yet (x = 9.8, y = -5.2)").wait_for()
    visitor.settle()
    assert len(numbers(page)) == 9
    page.locator(".st-key-outliers_huber label").click()
    page.wait_for_function(f"!document.querySelector('{PLANE} svg').textContent.includes('Huber')")
    visitor.assert_fine()


@pytest.mark.parametrize(("lang", "scheme", "width"), [("ko", "dark", 1280), ("en", "light", 390)])
def test_every_section_opens_at_once_without_a_fault(visit, lang: str, scheme: str, width: int) -> None:
    visitor = visit(color_scheme=scheme, viewport={"width": width, "height": 800})
    sections = dict.fromkeys(
        [f"outliers_{s}" for s in ("warmup", "shares", "leverage", "gradient", "stable")], "true"
    )
    page = visitor.open("outliers", lang=lang, **sections)
    charts = page.locator("svg.marks")
    page.wait_for_function("document.querySelectorAll('svg.marks').length >= 10", timeout=30_000)
    assert charts.count() == 10
    for chart in charts.all():
        box = chart.bounding_box()
        assert box["width"] > 200
        assert box["x"] + box["width"] <= width
    visitor.assert_fine()


def test_a_long_simulation_can_be_stopped_and_goes_on(visit) -> None:
    visitor = visit(locale="en-US")
    page = visitor.page
    page.goto(f"{visitor.server}/outliers?lang=en&outliers_warmup=true&outliers_n=200&outliers_repeats=5000")
    page.locator(".st-key-_outliers_stop button").click(timeout=30_000)  # Streamlit has a Stop of its own
    page.get_by_role("button", name="Go on").wait_for()
    visitor.settle()
    done = int(re.search(r"Tried on ([\d,]+) samples of 200", visitor.text())[1].replace(",", ""))
    assert 0 < done < 5000
    page.get_by_role("button", name="Go on").click()
    page.locator(".st-key-_outliers_stop button").wait_for()
    visitor.assert_fine()


@pytest.mark.parametrize(
    ("lesson", "opened", "box", "brush"),
    [
        ("distance", {}, "distance_start_x", "start_brush"),
        ("distance", {"distance_ball": "true"}, "distance_c1", "optimum_brush"),
        ("outliers", {}, "outliers_line_y", "outlier_brush"),
        ("outliers", {"outliers_warmup": "true"}, "outliers_value", "outlier_brush"),
    ],
)
def test_a_handle_that_no_hand_has_moved_reports_nothing(visit, lesson, opened, box, brush) -> None:
    visitor = visit(viewport={"width": 1111, "height": 700})
    sent, _ = listen(visitor.page)
    page = visitor.open(lesson, **opened)
    page.locator(f"svg g.{brush}").last.wait_for()
    numbers = page.locator(f".st-key-{box} input")
    per_press = []
    for _ in range(4):
        before = len(sent)
        numbers.focus()
        page.keyboard.press("ArrowDown")
        page.wait_for_timeout(700)  # a report is sent 150 ms after the picture has changed
        visitor.settle()
        per_press.append(len(sent) - before)
    # Streamlit reports the box of every handle once, as it was drawn.
    assert per_press[1:] == [1, 1, 1], per_press

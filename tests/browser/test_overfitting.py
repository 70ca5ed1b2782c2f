"""The overfitting lesson under a hand: hover, click, keyboard, themes, a phone."""

from __future__ import annotations

import re

import pytest

CHART = ".st-key-overfitting_fits"
PLOT = f"{CHART} .concat_1_group > g > .background"  # the plot of the errors


def titles(page) -> list[str]:
    """Give the words above the three panels, from left to right."""
    marks = page.locator(f"{CHART} .concat_0_group .mark-text text[font-weight=bold]")
    marks.nth(2).wait_for(timeout=20_000)
    placed = [(mark.bounding_box()["x"], mark.text_content()) for mark in marks.all() if mark.text_content()]
    return [re.sub(r"\s+", " ", words) for _, words in sorted(placed)]


def over(page, degree: int) -> tuple[float, float]:
    """Give the place of a degree on the error curve."""
    box = page.locator(PLOT).first.bounding_box()
    return box["x"] + (degree + 0.6) / 41.2 * box["width"], box["y"] + box["height"] / 2


def count_messages(visitor) -> list[object]:
    sent: list[object] = []
    visitor.page.on("websocket", lambda socket: socket.on("framesent", lambda frame: sent.append(frame)))
    return sent


@pytest.mark.parametrize(("lang", "scheme"), [("ko", "light"), ("en", "dark")])
def test_moving_over_the_error_curve_changes_the_middle_panel_and_a_click_keeps_it(
    visit, lang, scheme
) -> None:
    visitor = visit(color_scheme=scheme)
    sent = count_messages(visitor)
    page = visitor.open("overfitting", lang=lang)
    word = {"ko": "{}차", "en": "degree {}"}[lang]
    assert [word.format(d) in title for d, title in zip((1, 4, 15), titles(page), strict=True)] == [True] * 3
    quiet = len(sent)
    for degree in (7, 12, 2, 9):
        page.mouse.move(*over(page, degree))
        page.wait_for_timeout(120)
        low, middle, high = titles(page)
        assert word.format(degree) in middle
        assert word.format(1) in low
        assert word.format(15) in high
    page.wait_for_timeout(400)
    assert len(sent) == quiet, "hovering must stay in the browser"
    page.mouse.click(*over(page, 9))
    page.wait_for_timeout(300)
    visitor.settle()
    assert len(sent) == quiet + 1
    assert "overfitting_degree=9" in page.url
    assert page.get_by_role("spinbutton").first.input_value() == "9"
    page.mouse.move(5, 5)
    page.wait_for_timeout(200)
    assert word.format(9) in titles(page)[1]
    page.reload()
    visitor.settle()
    assert word.format(9) in titles(page)[1]
    visitor.assert_fine()


def test_C06_moving_along_lambda_changes_the_fit_in_the_browser_and_a_click_moves_the_slider(visit) -> None:
    visitor = visit(color_scheme="dark")
    sent = count_messages(visitor)
    page = visitor.open(
        "overfitting",
        lang="en",
        overfitting_lambda="true",
        overfitting_C30="constant",
        overfitting_translator="true",
    )
    chart = page.locator(".st-key-overfitting_path")
    chart.scroll_into_view_if_needed()
    heading = chart.locator("svg text[font-weight=bold]").filter(has_text="λ2 =")
    heading.wait_for()
    assert "λ2 = 0" in heading.text_content()
    box = chart.locator(".concat_2_group > g > .background").first.bounding_box()
    quiet = len(sent)

    def over_step(i: int) -> tuple[float, float]:
        return box["x"] + (i + 0.6) / 56.2 * box["width"], box["y"] + box["height"] / 2

    for i, word in ((19, "0.001"), (31, "0.1"), (55, "1000")):
        page.mouse.move(*over_step(i))
        page.wait_for_timeout(150)
        assert f"λ2 = {word}" in heading.text_content()
    page.wait_for_timeout(400)
    assert len(sent) == quiet
    page.mouse.click(*over_step(31))
    page.wait_for_timeout(300)
    visitor.settle()
    assert "overfitting_l2=0.1" in page.url
    page.mouse.move(5, 5)
    page.wait_for_timeout(200)
    assert "λ2 = 0.1" in heading.text_content()

    # While the section is open, the main view's controls change its data as well, and in place.
    page.evaluate("document.querySelectorAll('svg.marks').forEach(picture => { picture.kept = true; })")
    for key in ("n", "noise"):
        slider = page.locator(f".st-key-overfitting_{key} :is([role=slider], input[type=range])").first
        slider.focus()
        page.keyboard.press("ArrowRight")
        page.wait_for_url(f"**overfitting_{key}=*")
        visitor.settle()
    page.get_by_text("n = 21 is the number of training points").wait_for()
    assert page.evaluate("[...document.querySelectorAll('svg.marks')].every(picture => picture.kept)")
    page.locator(".st-key-overfitting_lambda summary").first.click()
    page.wait_for_url(lambda address: "overfitting_lambda" not in address)
    visitor.settle()
    page.locator(".st-key-overfitting_lambda summary").first.click()
    page.wait_for_url("**overfitting_lambda=true*")
    visitor.settle()
    assert "λ2 = 0.1" in heading.text_content()
    visitor.assert_fine()


def test_long_work_shows_how_far_it_is_and_can_be_stopped(visit) -> None:
    visitor = visit()
    page = visitor.open("overfitting", lang="en", overfitting_beyond="true", overfitting_beyond_n=40)
    button = page.locator(".st-key-overfitting_beyond_run button")
    button.click()
    page.get_by_text(re.compile(r"^[1-9]\d* of 20 computed")).wait_for(timeout=20_000)
    assert button.inner_text() == "Stop"
    button.click()
    page.get_by_text("Stopped at").wait_for(timeout=10_000)
    visitor.settle()
    done = int(re.search(r"Stopped at (\d+) of 20", visitor.text())[1])
    assert 1 <= done < 20
    page.locator("[data-testid=stVegaLiteChart] :is(svg.marks, canvas)").nth(1).wait_for(timeout=10_000)
    visitor.assert_fine()


def test_the_keyboard_does_what_the_mouse_does(visit) -> None:
    visitor = visit()
    page = visitor.open("overfitting")
    field = page.get_by_role("spinbutton").first
    field.focus()
    page.keyboard.type("11")
    page.keyboard.press("Enter")
    page.wait_for_timeout(300)
    visitor.settle()
    assert "11차" in titles(page)[1]
    page.get_by_role("slider").first.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_timeout(300)
    visitor.settle()
    assert "overfitting_n=21" in page.url
    assert "11차" in titles(page)[1], "the kept degree outlives new data"
    visitor.assert_fine()


def test_on_a_phone_all_three_panels_are_there_and_a_tap_keeps_a_degree(visit) -> None:
    visitor = visit(viewport={"width": 390, "height": 844}, has_touch=True)
    page = visitor.open("overfitting", lang="en")
    page.locator(CHART).scroll_into_view_if_needed()
    assert len(titles(page)) == 3
    marks = page.locator(f"{CHART} svg text").all()
    boxes = [box for mark in marks if mark.text_content() and (box := mark.bounding_box())]
    assert min(box["x"] for box in boxes) >= 0
    assert max(box["x"] + box["width"] for box in boxes) <= 390
    page.locator(PLOT).first.scroll_into_view_if_needed()
    page.wait_for_timeout(300)
    page.touchscreen.tap(*over(page, 6))
    page.wait_for_url("**overfitting_degree=6*", timeout=10_000)
    visitor.settle()
    assert "degree 6" in titles(page)[1]
    visitor.assert_fine()


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_on_a_phone_the_way_to_the_balls_is_read_to_its_end(visit, lang: str) -> None:
    visitor = visit(viewport={"width": 390, "height": 844})
    page = visitor.open("overfitting", lang=lang, overfitting_lambda="true")
    words = page.locator("[data-testid=stExpanderDetails] [data-testid=stPageLink-NavLink] span").first
    assert words.inner_text().endswith("→")
    assert words.evaluate("e => e.scrollWidth <= e.clientWidth")
    visitor.assert_fine()

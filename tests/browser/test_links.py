"""Links, the Share control, embedding, and the tour, in a real browser."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from pages.ui import tour

LESSONS = ("distance", "outliers", "overfitting", "training")


def test_a_shared_link_gives_the_same_view_in_a_new_browser_and_the_other_language(visit) -> None:
    first = visit()
    page = first.open("distance", lang="ko", distance_goal_x=6, distance_start_y=1)
    page.get_by_test_id("stPopoverButton").filter(has_text="공유").click()
    page.wait_for_selector("pre")
    link = page.locator("pre").first.inner_text()
    query = parse_qs(urlsplit(link).query)
    assert query["distance_goal_x"] == ["6"]
    assert query["lang"] == ["ko"]
    second = visit(locale="en-US")
    second.page.goto(link.replace("lang=ko", "lang=en"))
    second.settle()
    assert second.page.get_by_label("Destination x").input_value() == "6"
    assert second.page.get_by_label("Start y").input_value() == "1"
    second.assert_fine()


def test_reset_returns_the_page_to_its_defaults_without_a_new_visit(visit) -> None:
    visitor = visit()
    page = visitor.open("distance", lang="en", distance_goal_x=6)
    page.evaluate("window.stillHere = true")
    page.get_by_test_id("stPopoverButton").filter(has_text="Share").click()
    page.get_by_text("Back to this page's defaults").click()
    page.wait_for_function("!location.search.includes('distance_goal_x')")
    visitor.settle()
    assert page.get_by_label("Destination x").input_value() == "3"
    assert page.evaluate("window.stillHere") is True


@pytest.mark.parametrize("lesson", ["home", *LESSONS])
def test_a_page_embeds_whole_in_a_blogs_page_by_its_snippet(visit, tmp_path: Path, lesson: str) -> None:
    visitor = visit(locale="en-US", viewport={"width": 900, "height": 1500})
    page = visitor.open(lesson, lang="en")
    page.get_by_test_id("stPopoverButton").filter(has_text="Share").click()
    page.wait_for_selector("pre >> nth=1")
    blog = tmp_path / "blog.html"
    snippet = page.locator("pre").nth(1).inner_text()
    assert 'width="700"' in snippet
    blog.write_text(f"<!doctype html><title>blog</title><h1>글</h1>{snippet}", encoding="utf-8")
    page.goto(blog.as_uri())
    frame = page.frame_locator("iframe")
    frame.locator("[data-testid=stMain] :is(canvas, .marks)").first.wait_for(timeout=60_000)
    assert frame.locator(".st-key-nav").count() == 0
    main = frame.locator("[data-testid=stMain]").element_handle()
    frame.locator("body").element_handle().owner_frame().wait_for_function(
        "e => e.scrollWidth <= e.clientWidth && e.scrollHeight <= e.clientHeight", arg=main
    )


# Waits until what is selected has kept its place for five looks in a row: the tour fits its size to the screen.
_STANDS = """selector => new Promise(done => {
  let before = '', times = 0;
  const look = () => {
    const now = [...document.querySelectorAll(selector)].map(e => JSON.stringify(e.getBoundingClientRect())).join();
    times = now === before ? times + 1 : 0;
    before = now;
    times < 5 ? setTimeout(look, 125) : done(true);
  };
  look();
})"""


def shown(page, step: tour.Step, lang: str) -> None:
    """Wait for a step: its sentence, its number, its picture standing still, and nothing to scroll."""
    page.wait_for_function(
        "say => document.querySelector('.st-key-tour h2')?.innerText === say", arg=step.say[lang]
    )
    page.locator(".st-key-tour p", has_text=step.number).wait_for(timeout=60_000)
    pictures = ", ".join(f".st-key-{key}" for key in step.show)
    page.locator(pictures).locator("svg.marks, canvas, p").first.wait_for(timeout=60_000)
    page.wait_for_function(
        """selector => {
          const main = document.querySelector('[data-testid=stMain]');
          const bar = document.querySelector('.st-key-tour_bar').getBoundingClientRect().top;
          const boxes = [...document.querySelectorAll(selector)].map(e => e.getBoundingClientRect());
          return main.scrollHeight <= main.clientHeight && main.scrollWidth <= main.clientWidth
            && boxes.length && boxes.every(b => b.height > 0.25 * innerHeight / boxes.length && b.bottom <= bar);
        }""",
        arg=pictures,
        timeout=20_000,
    )
    page.evaluate(_STANDS, pictures)


# Of a screen's height: a line of 1.8 % can be read from eight times the screen's width away.
_SMALLEST = """() => Math.min(...[...document.querySelectorAll('[data-testid=stMainBlockContainer] svg text')]
  .filter(e => e.textContent.trim() && e.getBoundingClientRect().height)
  .map(e => { const m = e.getScreenCTM(); return parseFloat(getComputedStyle(e).fontSize) * Math.hypot(m.a, m.b); })
) / innerHeight"""


@pytest.mark.parametrize(("lang", "width", "height"), [("ko", 1280, 720), ("en", 1920, 1080)])
def test_the_whole_talk_is_given_from_the_keyboard_without_scrolling(visit, lang, width, height) -> None:
    visitor = visit(viewport={"width": width, "height": height})
    page = visitor.open("home", lang=lang)
    page.locator("a.reglab-go[href*='present=1']").focus()
    page.keyboard.press("Enter")
    for number, step in enumerate(tour.steps(), start=1):
        shown(page, step, lang)
        assert f"present={number}&" in page.url + "&"
        page.wait_for_function(f"({_SMALLEST})() >= 0.018", timeout=10_000)
        visitor.assert_fine()
        if number < len(tour.steps()):
            page.wait_for_selector(f"a.reglab-next[href*='present={number + 1}']")
            page.keyboard.press("PageDown" if number % 2 else "ArrowRight")
    page.keyboard.press("PageUp")
    shown(page, tour.steps()[-2], lang)


def test_a_click_on_the_picture_keeps_the_tours_keys_and_the_list_and_back_button_work(visit) -> None:
    steps = tour.steps()
    numbers = {step.name: number for number, step in enumerate(steps, start=1)}
    visitor = visit(viewport={"width": 1280, "height": 720})
    page = visitor.open("training", lang="ko", present=numbers["race"])
    shown(page, steps[numbers["race"] - 1], "ko")
    slider = page.locator(".st-key-training_player input[type=range]")
    end = slider.bounding_box()["width"] - 3  # where it stands: the last epoch
    slider.click(position={"x": end, "y": 8})
    page.wait_for_timeout(500)
    page.keyboard.press("ArrowRight")
    shown(page, steps[numbers["race"]], "ko")
    page.locator(".st-key-picture_training_weights_l1 svg.marks").last.click()
    page.keyboard.press("ArrowLeft")
    shown(page, steps[numbers["race"] - 1], "ko")
    page.locator(".st-key-training_player canvas").first.click(force=True)
    page.keyboard.press("PageUp")
    shown(page, steps[numbers["race"] - 2], "ko")

    page.keyboard.press("n")
    page.get_by_text(steps[numbers["race"] - 2].note["ko"]).wait_for()
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    page.wait_for_function("document.activeElement.classList.contains('reglab-here')")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    shown(page, steps[numbers["race"] - 3], "ko")
    page.go_back()
    shown(page, steps[numbers["race"] - 2], "ko")
    page.reload()
    shown(page, steps[numbers["race"] - 2], "ko")
    visitor.assert_fine()


def test_a_link_waits_until_a_handle_has_reported(visit) -> None:
    visitor = visit()
    page = visitor.open("outliers", lang="en")
    page.locator("svg g.outlier_brush").first.wait_for()
    page.wait_for_timeout(1000)
    waited = """draws => new Promise(done => {
      const path = document.querySelector('[class*="st-key-drag_"] svg path'), began = performance.now();
      if (draws) path.setAttribute('d', path.getAttribute('d'));
      setTimeout(() => window.reglabGo('outliers?lang=en&outliers_line_y=' + (draws ? -5.2 : 2.8)), 20);
      const look = () => location.search.includes('line_y=' + (draws ? '-5.2' : '2.8'))
        ? done(performance.now() - began) : setTimeout(look, 10);
      look();
    })"""
    assert page.evaluate(waited, False) < 200  # nothing to wait for
    visitor.settle()
    page.wait_for_timeout(1000)
    assert 240 < page.evaluate(waited, True) < 1200
    visitor.settle()
    assert page.get_by_label("Outlier's y").input_value() == "-5.2"


def test_a_step_opened_by_its_address_fills_the_screen(visit) -> None:
    for _ in range(3):  # the picture is drawn in its own time
        page = visit(viewport={"width": 1280, "height": 720}).open("overfitting", lang="ko", present=1)
        shown(page, tour.steps()[0], "ko")
        page.wait_for_function(
            "() => parseFloat(document.documentElement.style.getPropertyValue('--reglab-zoom')) > 1",
            timeout=10_000,
        )

"""Links, the Share control, embedding, and the tour, in a real browser."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

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


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_lesson_embeds_in_a_blogs_page(visit, tmp_path: Path, lesson: str) -> None:
    visitor = visit()
    blog = tmp_path / "blog.html"
    source = f"{visitor.server}/{lesson}?lang=ko&embed=true"
    blog.write_text(
        f'<!doctype html><title>blog</title><h1>글</h1><iframe src="{source}" width="700" height="760"></iframe>',
        encoding="utf-8",
    )
    visitor.page.goto(blog.as_uri())
    frame = visitor.page.frame_locator("iframe")
    frame.locator("h1").wait_for(timeout=60_000)
    picture = frame.locator("[data-testid=stMain] :is(canvas, .marks)").first
    picture.wait_for(timeout=60_000)
    assert frame.locator(".st-key-nav").count() == 0
    main = frame.locator("[data-testid=stMain]")
    assert main.evaluate("e => e.scrollWidth - e.clientWidth") <= 1


def test_a_talk_can_be_given_from_the_keyboard_alone(visit) -> None:
    visitor = visit(viewport={"width": 1280, "height": 720})
    page = visitor.open("home", present=1, lang="ko")
    page.wait_for_url("**/overfitting*present=1*")
    seen = []
    for number in range(1, 5):
        visitor.settle()
        page.wait_for_function(f"location.search.includes('present={number}')")
        page.wait_for_timeout(900)
        seen.append(page.locator(".st-key-tour h2").inner_text())
        assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight") <= 720
        page.wait_for_selector(f"a.reglab-next[href*='present={number + 1}']")
        page.keyboard.press("ArrowRight")
    assert len(set(seen)) == 4
    page.wait_for_selector("a.reglab-back[href*='present=4']")
    page.keyboard.press("ArrowLeft")
    page.wait_for_function("location.search.includes('present=4')")
    page.reload()
    visitor.settle()
    assert page.locator(".st-key-tour h2").inner_text() == seen[3]
    visitor.assert_fine()

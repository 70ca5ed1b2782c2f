"""Every page in a real browser, from a cold deep link, in both languages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from pages.charts.theme import DARK, LIGHT

ROOT = Path(__file__).resolve().parents[2]
PAGES = tuple(sorted(path.stem for path in (ROOT / "pages").glob("*.py") if path.stem != "__init__"))
LESSONS = tuple(page for page in PAGES if page != "home")


@pytest.mark.parametrize("lang", ["ko", "en"])
@pytest.mark.parametrize("stem", PAGES)
def test_a_cold_deep_link_opens_the_page_in_its_language(visit, stem: str, lang: str) -> None:
    visitor = visit(
        locale="en-US" if lang == "ko" else "ko-KR"
    )  # the link's language wins over the browser's
    page = visitor.open(stem, lang=lang)
    title = page.locator("h1").inner_text()
    assert bool(re.search("[가-힣]", title)) == (lang == "ko")
    assert page.title() == f"{title} · reglab"
    assert page.evaluate("document.documentElement.lang") == lang
    visitor.assert_fine()


@pytest.mark.parametrize("stem", PAGES)
def test_nothing_is_wider_than_a_phone(visit, stem: str) -> None:
    visitor = visit(viewport={"width": 390, "height": 844})
    page = visitor.open(stem)
    main = page.locator("[data-testid=stMain]")
    assert main.evaluate("e => e.scrollWidth - e.clientWidth") <= 1
    visitor.assert_fine()


@pytest.mark.parametrize("stem", PAGES)
def test_the_pictures_follow_the_theme_at_once(visit, stem: str) -> None:
    visitor = visit(color_scheme="light")
    page = visitor.open(stem, lang="ko", **({"training_view": "ledger"} if stem == "training" else {}))
    page.locator(f"svg.marks text[fill='{LIGHT['ink']}']").first.wait_for()
    page.emulate_media(color_scheme="dark")
    page.locator(f"svg.marks text[fill='{DARK['ink']}']").first.wait_for()
    expect(page.locator(f"svg.marks text[fill='{LIGHT['ink']}']")).to_have_count(0)
    visitor.settle()
    visitor.assert_fine()


@pytest.mark.parametrize("stem", LESSONS)
def test_the_main_view_fits_a_laptop(visit, stem: str) -> None:
    page = visit(viewport={"width": 1366, "height": 650}).open(stem)
    page.wait_for_selector("[data-testid=stMain] :is(canvas, .marks)", timeout=60_000)
    bottoms = page.locator("[data-testid=stMain] :is(canvas, .marks)").evaluate_all(
        "all => all.map(e => e.getBoundingClientRect().bottom)"
    )
    assert bottoms
    assert min(bottoms) <= 650, bottoms


def test_a_language_switch_keeps_the_page_and_its_values(visit) -> None:
    visitor = visit()
    page = visitor.open("distance", distance_goal_x=7)
    page.get_by_role("radio", name="English").or_(page.get_by_text("English", exact=True)).first.click()
    visitor.settle()
    page.wait_for_function("document.documentElement.lang === 'en'")
    assert "/distance" in page.url
    assert "distance_goal_x=7" in page.url
    assert "lang=en" in page.url
    assert not re.search("[가-힣]", page.locator("h1").inner_text())
    page.reload()
    visitor.settle()
    assert page.evaluate("document.documentElement.lang") == "en"
    visitor.assert_fine()


@pytest.mark.parametrize("to", ["home", "outliers"])
def test_back_from_another_page_finds_what_was_set(visit, to: str) -> None:
    visitor = visit()
    page = visitor.open("home")
    page.locator(".st-key-nav a[href*='distance']").click()
    page.wait_for_url("**/distance*")
    visitor.settle()
    page.get_by_label("출발 x").press("ArrowUp")
    page.wait_for_url("**distance_start_x=-4*")
    visitor.settle()
    page.locator(".st-key-nav a").nth(["home", "distance", "outliers"].index(to)).click()
    page.wait_for_url(lambda url: "/distance" not in url)
    visitor.settle()
    page.go_back()
    page.wait_for_url("**distance_start_x=-4*")
    visitor.settle()
    assert page.get_by_label("출발 x").input_value() == "-4"
    visitor.assert_fine()


def test_the_way_home_opens_the_home_page_in_another_tab_too(visit) -> None:
    visitor = visit()
    page = visitor.open("distance")
    with page.context.expect_page() as opened:
        page.locator(".st-key-nav a").first.click(button="middle")
    assert re.search(r"/\?lang=ko$", opened.value.url)
    visitor.assert_fine()


def test_choices_keep_their_option_through_languages_and_pages(visit) -> None:
    visitor = visit(locale="ko-KR")
    page = visitor.open("overfitting", overfitting_source="runge")
    source = page.locator(".st-key-overfitting_source input").first
    for lang, named in (("English", "Runge"), ("한국어", "룽게"), ("English", "Runge")):
        page.get_by_text(lang, exact=True).first.click()
        expect(source).to_have_value(re.compile(named))
        visitor.settle()
    for lesson in ("training", "distance", "overfitting"):
        page.locator(f".st-key-nav a[href*='{lesson}']").click()
        page.wait_for_url(f"**/{lesson}*")
        visitor.settle()
        page.locator("input:is([type=range], [type=number])").first.press("ArrowUp")
        visitor.settle()
        expect(page.locator(".st-key-lang [aria-checked=true]")).to_have_text("English")
    expect(source).to_have_value(re.compile("Runge"))
    visitor.assert_fine()


def test_back_and_forward_show_the_page_of_the_address(visit) -> None:
    visitor = visit()
    page = visitor.open("home")
    titles = {}
    for lesson in LESSONS:
        page.locator(f".st-key-nav a[href*='{lesson}']").click()
        page.wait_for_url(f"**/{lesson}*")
        visitor.settle()
        titles[lesson] = page.locator("h1").inner_text()
    assert len(set(titles.values())) == len(LESSONS)
    for lesson in reversed(LESSONS[:-1]):
        for _ in range(6):  # a lesson may have written its own choices into the history
            page.go_back()
            visitor.settle()
            if f"/{lesson}" in page.url:
                break
        page.wait_for_timeout(400)
        assert page.locator("h1").inner_text() == titles[lesson]
    visitor.assert_fine()


@pytest.mark.parametrize("between", [0, 30, 100])
def test_the_last_of_two_quick_clicks_is_shown_computed_and_in_the_address(visit, between: int) -> None:
    visitor = visit()
    page = visitor.open("home", home_class="true")
    page.evaluate(
        """between => {
          const click = lesson => [...document.querySelectorAll('.st-key-home_lesson button')]
            .find(button => button.innerText.trim() === lesson).click();
          click('이상치');
          setTimeout(click, between, '과적합');
        }""",
        between,
    )
    page.wait_for_url("**home_lesson=overfitting*")
    visitor.settle()
    expect(page.locator(".st-key-home_lesson [aria-checked=true]")).to_have_text("과적합")
    page.locator("[data-testid=stExpander] a[href*='overfitting?lang=ko']").first.wait_for()
    visitor.assert_fine()


@pytest.mark.parametrize(("stem", "width"), [("home", 390), ("distance", 1280), ("training", 390)])
def test_korean_breaks_between_words(visit, stem: str, width: int) -> None:
    page = visit(viewport={"width": width, "height": 844}).open(stem, lang="ko")
    words = "[data-testid=stMain] :is([data-testid=stMarkdownContainer], [data-testid=stCaptionContainer]) p"
    broken = page.locator(words).evaluate_all(
        """all => all.flatMap(p => {
          const found = [], walk = document.createTreeWalker(p, NodeFilter.SHOW_TEXT);
          for (let node; (node = walk.nextNode());) {
            if (node.parentElement.closest('.katex')) continue;
            for (const hit of node.data.matchAll(/[가-힣]{2,8}/g)) {
              const range = document.createRange();
              range.setStart(node, hit.index); range.setEnd(node, hit.index + hit[0].length);
              const tops = new Set([...range.getClientRects()].map(box => Math.round(box.top)));
              if (tops.size > 1) found.push(hit[0]);
            }
          }
          return found;
        })"""
    )
    assert broken == []

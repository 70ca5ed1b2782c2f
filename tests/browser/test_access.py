"""Readable and operable by everyone: axe on every page, the keyboard, 200 % zoom, a phone.

What Streamlit and Vega bring and we cannot change is named in `NOT_OURS`; everything else fails.
"""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlencode

import axe_playwright_python
import pytest

from tests.browser.conftest import Visitor

ROOT = Path(__file__).resolve().parents[2]
PAGES = tuple(sorted(path.stem for path in (ROOT / "pages").glob("*.py") if path.stem != "__init__"))
AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
# The header above the row numbers of a table, which Streamlit leaves empty; its box for dropping files; the frame of
# a table, to which browsers themselves give the focus where it scrolls, on a phone; and the box of a dragged handle,
# which Vega draws without a name (number inputs beside the picture do the same).
NOT_OURS = {
    "empty-table-header": "",
    "presentation-role-conflict": "stFileUploaderDropzone",
    "scrollable-region-focusable": '<div class="st-emotion-cache',
    "svg-img-alt": "_brush",
}


def violations(page) -> list[str]:
    """Run axe and give what is not Streamlit's own."""
    page.evaluate(AXE)
    found = page.evaluate(
        "axe.run(document, {resultTypes: ['violations']}).then(r => r.violations.map(v => "
        "[v.id, v.impact, v.nodes.map(n => n.html.slice(0, 160) + ' ' + n.failureSummary.slice(0, 200))]))"
    )
    bad = []
    for rule, impact, nodes in found:
        bad += [f"{rule} ({impact}): {node}" for node in nodes if NOT_OURS.get(rule, "☃") not in node]
    return bad


def sections(page) -> list[str]:
    found = page.locator("[data-testid=stExpander]").evaluate_all(
        """all => all.flatMap(e => [...(e.closest('[class*="st-key-"]')?.classList ?? [])])
               .filter(c => c.startsWith('st-key-')).map(c => c.slice(7))"""
    )
    return [key for key in found if "_" in key]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("stem", PAGES)
def test_axe_finds_nothing_of_ours_with_sections_closed_and_open(visit, stem: str, scheme: str) -> None:
    lang = (
        "ko" if scheme == "light" else "en"
    )  # both languages and both themes; their words do not depend on colour
    visitor: Visitor = visit(color_scheme=scheme, viewport={"width": 1366, "height": 900})
    page = visitor.open(stem, lang=lang)
    assert page.evaluate("document.documentElement.lang") == lang
    closed = violations(page)
    opened = sections(page)
    if opened:
        page = visitor.open(stem, lang=lang, **dict.fromkeys(opened, "true"))
    assert not closed + (violations(page) if opened else [])


@pytest.mark.parametrize("width", [1366, 390])
@pytest.mark.parametrize("view", ["ledger", "scores"])
def test_axe_finds_nothing_of_ours_in_the_other_views_of_training(visit, view: str, width: int) -> None:
    page = visit(viewport={"width": width, "height": 800}).open("training", training_view=view)
    page.locator("svg.marks").nth(2).wait_for()
    assert not violations(page)


@pytest.mark.parametrize("stem", [page for page in PAGES if page != "home"])
def test_every_control_of_a_main_view_is_reached_with_the_tab_key(visit, stem: str) -> None:
    page = visit().open(stem)
    wanted = page.evaluate(
        f"""() => [...document.querySelectorAll('[data-testid=stMain] [class*="st-key-{stem}_"]')]
            .filter(e => e.getClientRects().length && e.querySelector('input:not([disabled]), button:not([disabled])'))
            .filter(e => e.matches('[data-testid=stElementContainer]'))
            .map(e => [...e.classList].find(c => c.startsWith('st-key-')))"""
    )
    assert wanted
    page.evaluate("document.activeElement.blur(); window.scrollTo(0, 0)")
    reached: set[str] = set()
    for _ in range(160):
        page.keyboard.press("Tab")
        reached |= set(
            page.evaluate(
                """() => { const all = []; for (let e = document.activeElement; e; e = e.parentElement)
                     all.push(...[...e.classList].filter(c => c.startsWith('st-key-'))); return all; }"""
            )
        )
        if set(wanted) <= reached:
            break
    assert set(wanted) <= reached, set(wanted) - reached


@pytest.mark.parametrize("stem", PAGES)
def test_at_200_percent_nothing_is_cut_off(visit, stem: str) -> None:
    # 200 % on a laptop is a window of half its width and height in CSS pixels.
    visitor: Visitor = visit(viewport={"width": 683, "height": 384}, device_scale_factor=2)
    page = visitor.open(stem)
    assert page.locator("[data-testid=stMain]").evaluate("e => e.scrollWidth - e.clientWidth") <= 1
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 1
    visitor.assert_fine()


@pytest.mark.parametrize("stem", PAGES)
def test_every_picture_says_what_it_shows_to_a_screen_reader(visit, stem: str) -> None:
    page = visit(locale="en-US").open(stem, lang="en")
    names = page.locator("[data-testid=stVegaLiteChart] :is(svg.marks, canvas.marks)").evaluate_all(
        "all => all.map(e => (e.closest('[aria-label]') ?? e).getAttribute('aria-label') ?? '')"
    )
    for name in names:
        assert any(c.isdigit() for c in name), name
        assert name != "Vega visualization"
    assert page.locator("main, [role=main]").count() == 1
    assert urlencode({"lang": "en"}) in page.url

"""The tour: every step opens in both languages and shows its number."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pages.ui import links, tour

ROOT = Path(__file__).resolve().parents[2]
PAGES = {path.stem for path in (ROOT / "pages").glob("*.py")}
STEPS = tour.steps()


def words_and_pictures(app) -> str:
    """Give everything on a page that can carry a number, thousands separators and minus signs made plain."""
    kinds = ("title", "markdown", "caption", "metric", "latex", "error", "warning", "info", "success")
    parts = [str(item.value) for kind in kinds for item in app.get(kind)]
    parts += [chart.proto.alt for chart in app.get("vega_lite_chart")]
    parts += [part.proto.json for part in app.get("bidi_component")]
    parts += [part.proto.body for part in app.get("html")]
    return " ".join(parts).replace(",", "").replace("−", "-")


def test_the_tour_has_about_twenty_steps_over_all_lessons() -> None:
    assert 16 <= len(STEPS) <= 24
    assert {step.page for step in STEPS} >= {"distance", "outliers", "overfitting", "training"}
    assert len({step.name for step in STEPS}) == len(STEPS)


@pytest.mark.parametrize("lang", ["ko", "en"])
@pytest.mark.parametrize("number", range(1, len(STEPS) + 1), ids=[step.name for step in STEPS])
def test_a_step_opens_and_shows_its_number(open_page, number: int, lang: str) -> None:
    step = STEPS[number - 1]
    app = open_page(
        step.page, lang=lang, present=number, **{k: links.written(v) for k, v in step.state.items()}
    )
    assert not app.exception
    assert f"## {step.say[lang]}" in [item.value for item in app.markdown]
    assert step.number.replace(",", "") in words_and_pictures(app)


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.name)
def test_a_step_says_one_short_sentence_in_each_language(step: tour.Step) -> None:
    for lang in ("ko", "en"):
        assert 10 <= len(step.say[lang]) <= 130
        assert step.note[lang].strip()
        assert bool(re.search("[가-힣]", step.say[lang])) == (lang == "ko")
    assert step.page in PAGES
    assert all(key.startswith(f"{step.page}_") for key in step.state)


@pytest.mark.parametrize("words", ["0", "99", "-1", "x", "", "1e1", "٣", "1" * 400])
def test_a_step_that_does_not_exist_is_no_step(open_page, words: str) -> None:
    app = open_page("home", present=words)
    assert not app.exception
    assert not [item for item in app.markdown if item.value.startswith("## ")]

"""What holds for every page, whatever its lesson: found by globbing, so that a new page is tested by existing."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = tuple(sorted(path.stem for path in (ROOT / "pages").glob("*.py") if path.stem != "__init__"))
NOT_FOR_READERS = re.compile(r"\b(nan|inf|None|undefined|Traceback)\b|\[\[\w+")


def words(app) -> str:
    """Give all the prose, labels and numbers of a page."""
    kinds = ("title", "header", "markdown", "caption", "metric", "error", "warning", "info", "success")
    return "\n".join(f"{item.value} {getattr(item, 'label', '')}" for kind in kinds for item in app.get(kind))


@pytest.mark.parametrize("lang", ["ko", "en"])
@pytest.mark.parametrize("stem", PAGES)
def test_a_page_opens_in_both_languages_without_a_fault(open_page, stem: str, lang: str) -> None:
    app = open_page(stem, lang=lang)
    assert not app.exception
    assert len(app.title) == 1
    assert bool(re.search("[가-힣]", app.title[0].value)) == (lang == "ko")
    assert not NOT_FOR_READERS.search(words(app)), words(app)


@pytest.mark.parametrize("stem", PAGES)
def test_every_chart_says_in_words_what_it_shows_with_numbers(open_page, stem: str) -> None:
    app = open_page(stem)
    charts = app.get("vega_lite_chart")
    assert charts or app.get("bidi_component"), "a page without a picture"
    for chart in charts:
        assert re.search(r"\d", chart.proto.alt), chart.proto.alt


@pytest.mark.parametrize("stem", PAGES)
def test_a_bad_value_in_a_link_falls_back_quietly(open_page, stem: str) -> None:
    fresh = open_page(stem)
    keys = [
        widget.key for kind in ("slider", "number_input", "selectbox", "toggle") for widget in fresh.get(kind)
    ]
    broken = open_page(stem, **{key: "☃nonsense" for key in keys if key})
    assert not broken.exception
    for kind in ("slider", "number_input", "toggle"):
        assert [w.value for w in broken.get(kind)] == [w.value for w in fresh.get(kind)]


@pytest.mark.parametrize("stem", PAGES)
def test_every_control_has_a_language_neutral_name_of_its_lesson(open_page, stem: str) -> None:
    app = open_page(stem)
    kinds = ("slider", "number_input", "selectbox", "toggle", "checkbox", "radio", "text_input", "text_area")
    for widget in (item for kind in kinds for item in app.get(kind)):
        assert widget.key, widget
        assert re.fullmatch(rf"lang|_?{stem}_\w+", widget.key), widget.key
        assert widget.label.strip()


@pytest.mark.parametrize("stem", ["home", "distance", "outliers"])
def test_home_distance_and_outliers_do_not_pay_for_scikit_learn(stem: str) -> None:
    script = (
        "import sys\n"
        "from streamlit.testing.v1 import AppTest\n"
        f"app = AppTest.from_file({str(ROOT / 'app.py')!r}, default_timeout=60).run()\n"
        + (f"app.switch_page('pages/{stem}.py').run()\n" if stem != "home" else "")
        + "assert not app.exception, app.exception\n"
        "assert 'sklearn' not in sys.modules and 'scipy' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=True, timeout=120)


def test_the_language_of_the_browser_decides_where_nothing_else_does() -> None:
    from streamlit.testing.v1 import AppTest

    for locale, lang in (("ko-KR", "ko"), ("en-US", "en"), ("fr-FR", "ko"), (None, "ko")):
        app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
        app.context = {"locale": locale}
        app.run()
        assert bool(re.search("[가-힣]", app.title[0].value)) == (lang == "ko"), locale

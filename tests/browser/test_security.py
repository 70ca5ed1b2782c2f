"""Nothing is asked for from outside, nothing a reader brings runs, and nothing of theirs reaches anyone else."""

from __future__ import annotations

import ast
import tomllib
import urllib.error
import urllib.request
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests.pages.test_any_state import FILES

ROOT = Path(__file__).resolve().parents[2]
PAGES = tuple(sorted(path.stem for path in (ROOT / "pages").glob("*.py") if path.stem != "__init__"))
POLICY = (
    "default-src 'self' 'unsafe-inline' data: blob:; "
    "connect-src 'self' ws: data: blob:; frame-src 'none'; object-src 'none'; base-uri 'self'"
)
CONFIG = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))


def sections(page) -> list[str]:
    found = page.locator("[data-testid=stExpander]").evaluate_all(
        """all => all.flatMap(e => [...(e.closest('[class*="st-key-"]')?.classList ?? [])])
               .filter(c => c.startsWith('st-key-')).map(c => c.slice(7))"""
    )
    return [key for key in found if "_" in key]


@pytest.mark.parametrize("stem", PAGES)
def test_a_page_asks_for_nothing_from_outside_even_with_all_sections_open(visit, stem: str) -> None:
    first = visit().open(stem)
    visitor = visit()
    violations: list[str] = []
    visitor.page.on(
        "console", lambda m: violations.append(m.text) if "Content Security Policy" in m.text else None
    )

    def with_policy(route) -> None:
        if route.request.resource_type != "document":
            return route.continue_()
        answer = route.fetch()
        return route.fulfill(response=answer, headers={**answer.headers, "content-security-policy": POLICY})

    visitor.page.route("**/*", with_policy)
    page = visitor.page
    params = urlencode(dict.fromkeys(sections(first), "true"))
    page.goto(f"{visitor.server}/{'' if stem == 'home' else stem}?{params}")
    page.locator("h1").wait_for(timeout=60_000)  # not settle(): Playwright's wait for a function is an eval
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for(timeout=60_000)
    page.wait_for_timeout(1000)
    # Streamlit compiles nothing at run time and Vega interprets its expressions: no eval is ever needed.
    assert not violations, violations
    visitor.assert_fine()


def test_the_settings_that_protect_readers_are_on(server: str) -> None:
    assert CONFIG["server"]["enableXsrfProtection"] is True
    assert CONFIG["server"]["maxUploadSize"] == 5
    assert CONFIG["browser"]["gatherUsageStats"] is False
    request = urllib.request.Request(f"{server}/_stcore/upload_file/a/b", data=b"x", method="PUT")
    with pytest.raises(urllib.error.HTTPError) as refused:  # no XSRF token
        urllib.request.urlopen(request, timeout=10)
    assert refused.value.code in (400, 403)


def test_no_page_lets_html_through() -> None:
    for path in [ROOT / "app.py", *(ROOT / "pages").rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            assert "unsafe_allow_html" not in {k.arg for k in node.keywords}, f"{path}:{node.lineno}"
            name = getattr(node.func, "attr", "")
            assert name not in ("html", "iframe") or path.parts[-2:-1] == ("ui",), (
                f"{path}:{node.lineno} st.{name}"
            )


def test_what_one_reader_uploads_another_does_not_see(visit) -> None:
    mine = visit(locale="en-US")
    page = mine.open("overfitting", lang="en", overfitting_source="own")
    page.locator("input[type=file]").first.set_input_files(
        [{"name": "<b>mine</b>.csv", "mimeType": "text/csv", "buffer": FILES[0][1]}]
    )
    page.get_by_text("mine").last.wait_for()
    mine.settle()
    assert "40 rows" in mine.text()
    assert page.locator("[data-testid=stMain] b:text('mine')").count() == 0
    theirs = visit(locale="en-US")
    theirs.open("overfitting", lang="en", overfitting_source="own")
    assert "mine" not in theirs.text()
    assert "never written to disk" in theirs.text()
    mine.assert_fine()


def test_a_file_over_five_megabytes_is_refused_with_a_sentence(visit) -> None:
    visitor = visit(locale="en-US")
    page = visitor.open("overfitting", lang="en", overfitting_source="own")
    big = b"a,b\n" + b"1,2\n" * (5 * 2**20 // 4 + 1)
    page.locator("input[type=file]").first.set_input_files(
        [{"name": "big.csv", "mimeType": "text/csv", "buffer": big}]
    )
    page.get_by_text("5MB", exact=False).or_(page.get_by_text("5.0MB", exact=False)).first.wait_for()
    assert page.locator("[data-testid=stException]").count() == 0

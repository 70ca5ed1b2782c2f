"""A server and a real Chromium, shared by the browser tests."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlencode

import pytest

ROOT = Path(__file__).resolve().parents[2]
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # A document that a test answers itself counts as from a public address, which may not call a local one.
    "--disable-features=LocalNetworkAccessChecks",
]
# Streamlit asks for these two on a deep link before it knows the page; they are its own.
STREAMLITS_OWN = ("_stcore/health", "_stcore/host-config")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(
                pytest.mark.flaky(reruns=2)
            )  # a busy machine can miss a deadline; a defect fails thrice


def chromium_path() -> str | None:
    """Find the system's Chromium (or Chrome)."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return next((found for name in names if (found := shutil.which(name))), None)


@contextmanager
def serve(port: int | None = None) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """Start the app as the README says, on a free port unless told; give its process and address."""
    if port is None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.headless", "true"]
    process = subprocess.Popen(
        [*command, "--server.port", str(port), "--server.address", "127.0.0.1"],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(240):
            with suppress(urllib.error.URLError, ConnectionError, TimeoutError):
                urllib.request.urlopen(f"{address}/_stcore/health", timeout=1).close()
                break
            time.sleep(0.25)
        else:
            raise RuntimeError("the server did not start within a minute")
        yield process, address
    finally:
        process.terminate()
        process.wait(timeout=10)


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """One server for all the browser tests that do not need their own."""
    with serve() as (_, address):
        yield address


@pytest.fixture(scope="session")
def browser():
    """Start the system's Chromium; without one, skip (or fail where REGLAB_REQUIRE_BROWSER=1)."""
    path = chromium_path()
    required = os.environ.get("REGLAB_REQUIRE_BROWSER") == "1"
    if path is None and not required:
        pytest.skip("no Chromium on this machine (Debian: apt-get install chromium)")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


# Nothing runs, is stale or still to be drawn, ten looks in a row: what was just pressed may not have been sent yet.
_SETTLED = """() => {
  const settled = document.querySelector('[data-testid="stApp"]')?.dataset.testScriptState === 'notRunning'
    && !document.querySelector('[data-stale="true"]')
    && [...document.querySelectorAll('[data-testid="stVegaLiteChart"]')].every(
      chart => !chart.getClientRects().length || chart.querySelector('.marks'));
  window.looks = settled ? (window.looks ?? 0) + 1 : 0;
  if (window.looks < 10) return false;
  window.looks = 0;
  return true;
}"""


class Visitor:
    """One reader in a fresh browser context, and what went wrong under their eyes."""

    def __init__(self, browser, server: str, **context: object) -> None:
        self.server = server
        self.errors: list[str] = []
        self.outside: list[str] = []
        self.context = browser.new_context(
            **{"locale": "ko-KR", "viewport": {"width": 1280, "height": 720}, **context}
        )
        self.page = self.context.new_page()
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("request", self._request)

    def _console(self, message) -> None:
        own = message.location.get("url", "").endswith(STREAMLITS_OWN)
        if message.type == "error" and not own:
            self.errors.append(f"{message.text} {message.location.get('url', '')}")

    def _request(self, request) -> None:
        if not request.url.startswith((self.server, "data:", "blob:", self.server.replace("http", "ws"))):
            self.outside.append(request.url)

    def open(self, stem: str = "home", **params: object):
        """Go to a page by its address, as from a bookmark, and wait until it has settled."""
        path = "" if stem == "home" else stem
        self.page.goto(f"{self.server}/{path}?{urlencode(params)}")
        self.settle()
        return self.page

    def settle(self) -> None:
        """Wait until the app's script has run to its end and its charts are drawn."""
        self.page.wait_for_selector("h1", state="attached", timeout=60_000)
        self.page.wait_for_function(_SETTLED, timeout=60_000, polling=40)

    def text(self) -> str:
        """Give all the words on the page."""
        return self.page.locator("[data-testid=stMain]").inner_text()

    def assert_fine(self) -> None:
        """Fail on an exception box, a console error, a request to the outside, or nan on the screen."""
        assert self.page.locator("[data-testid=stException]").count() == 0, self.text()
        assert not self.errors, self.errors
        assert not self.outside, self.outside
        words = self.text().split()
        assert not {"nan", "NaN", "inf", "None", "undefined"} & set(words), self.text()


@pytest.fixture
def visit(browser, server) -> Iterator[Callable[..., Visitor]]:
    """Make visitors: ``visit(locale="en-US", color_scheme="dark", viewport={...}, has_touch=True)``."""
    visitors: list[Visitor] = []

    def make(**context: object) -> Visitor:
        visitors.append(Visitor(browser, server, **context))
        return visitors[-1]

    yield make
    for visitor in visitors:
        visitor.context.close()

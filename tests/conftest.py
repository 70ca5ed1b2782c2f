"""Fixtures that every test may use."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.components.v2.component_manager import BidiComponentManager
from streamlit.testing.v1 import AppTest

ROOT = Path(__file__).resolve().parent.parent
LANGUAGES = ("ko", "en")
PAGES = tuple(sorted(path.stem for path in (ROOT / "pages").glob("*.py") if path.stem != "__init__"))

Opener = Callable[..., AppTest]


@pytest.fixture(autouse=True)
def no_search_for_installed_components(monkeypatch: pytest.MonkeyPatch) -> None:
    """Spare every AppTest a look through all installed packages for components; ours are registered by import."""
    monkeypatch.setattr(BidiComponentManager, "discover_and_register_components", lambda self, **_: None)


@pytest.fixture
def open_page() -> Opener:
    """Open a page through app.py as a reader's link would: ``open_page("training", lang="en", training_k=7)``."""

    def opener(stem: str, *, lang: str = "ko", timeout: float = 60, **params: object) -> AppTest:
        app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=timeout)
        app.query_params["lang"] = lang
        for key, value in params.items():
            app.query_params[key] = [str(v) for v in value] if isinstance(value, list) else str(value)
        if stem != "home":
            app.switch_page(f"pages/{stem}.py")
        app.run()
        return app

    return opener

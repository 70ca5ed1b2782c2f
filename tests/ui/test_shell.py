"""The frame: what a link may bring, and settings that a class depends on."""

from __future__ import annotations

import tomllib

import pytest
from streamlit.testing.v1 import AppTest

from pages.ui import tour
from tests.conftest import ROOT

HOSTILE = "';alert(1)//</script><img src=x onerror=alert(1)>"


@pytest.mark.parametrize("bad", ["inf", "-inf", "Infinity", "1e999", "9" * 400, "nan"])
def test_a_number_without_end_in_a_link_leaves_the_default(bad: str) -> None:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    app.switch_page("pages/distance.py")
    app.query_params["distance_goal_x"] = bad
    app.query_params["distance_goal_y"] = "7"
    app.run()
    assert not app.exception
    assert app.number_input(key="distance_goal_y").value == 7
    assert app.number_input(key="distance_goal_x").value == 3
    assert "distance_goal_x" not in app.query_params


def test_ordinary_values_stay_in_the_link() -> None:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    app.query_params.update({"lang": "en", "note": "infinite", "n": "12"})
    app.run()
    assert dict(app.query_params) == {"lang": "en", "note": "infinite", "n": "12"}


@pytest.mark.parametrize("stem", ["home", "distance", "outliers", "overfitting", "training"])
@pytest.mark.parametrize("present", [False, True])
def test_nothing_from_a_link_gets_into_html_or_script(stem: str, present: bool) -> None:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    if stem != "home":
        app.switch_page(f"pages/{stem}.py")
    step = (
        next(i for i, s in enumerate(tour.steps(), 1) if s.page == stem) if present and stem != "home" else 7
    )
    app.query_params["present"] = str(step) if present else HOSTILE
    app.run()
    plain = [item.proto.body for item in app.get("html")]
    scripts = [body for body in plain if "<script" in body]
    assert scripts
    for key in (
        "lang",
        "distance_vector",
        "distance_y_true",
        "outliers_data",
        "outliers_residuals",
        "training_run",
    ):
        app.query_params[key] = HOSTILE
    app.query_params["distance_norm"] = app.query_params["outliers_shares"] = "true"
    app.run()
    bodies = [item.proto.body for item in app.get("html")]
    assert [body for body in bodies if "<script" in body] == scripts, "the page's own scripts, to the letter"
    assert not any("onerror" in body and "<img" in body for body in bodies)


def test_streamlit_does_nothing_after_an_answer_that_holds_up_other_readers() -> None:
    config = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    assert config["runner"]["postScriptGC"] is False
    assert config["server"]["fileWatcherType"] == "none"

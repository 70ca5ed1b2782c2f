"""The frame: what a link may bring, and settings that a class depends on."""

from __future__ import annotations

import tomllib

import pytest
from streamlit.testing.v1 import AppTest

from tests.conftest import ROOT


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


def test_streamlit_does_nothing_after_an_answer_that_holds_up_other_readers() -> None:
    config = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    assert config["runner"]["postScriptGC"] is False
    assert config["server"]["fileWatcherType"] == "none"

"""The scripts that readers take away run, and print what the page computes."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from pages.ui.takeaway import script

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = sorted(path.stem for path in (ROOT / "pages" / "scripts").glob("[a-z]*.py"))


def run(code: str) -> dict[str, float]:
    """Run a script as a reader would and give the numbers it prints, by the words before them."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-"],
        input=code,
        capture_output=True,
        text=True,
        encoding="utf-8",
        env=environment,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found = re.findall(r"^(.*?) (-?[\d.]+(?:e[+-]?\d+)?)$", done.stdout, flags=re.MULTILINE)
    assert found, done.stdout
    return {words: float(number) for words, number in found}


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_runs_as_it_stands_and_fits_on_a_screen(name: str) -> None:
    code = script(name)
    assert len(code.splitlines()) <= 40
    assert run(code)


def test_a_value_that_a_script_does_not_take_raises() -> None:
    with pytest.raises(KeyError):
        script("distance", no_such_name=1)


def test_values_go_in_as_python_writes_them() -> None:
    code = script("distance", start=(0, 0), goal=(1, -2))
    assert "start = (0, 0)\n" in code
    assert "goal = (1, -2)\n" in code


@pytest.mark.parametrize("goal", [(3, 10), (-7, 4), (-5, 4), (0, -2)])
def test_the_distance_script_prints_what_the_page_shows(open_page, goal: tuple[int, int]) -> None:
    printed = run(script("distance", start=(-5, 4), goal=goal))
    app = open_page("distance", distance_goal_x=goal[0], distance_goal_y=goal[1])
    words = " ".join(item.value for item in app.markdown) + " ".join(
        chart.proto.alt for chart in app.get("vega_lite_chart")
    )
    digits = words.replace(",", "")
    assert f"{printed['L1']:.0f}" in digits
    assert f"{printed['L2']:.2f}".rstrip("0").rstrip(".") in digits
    assert f"{printed['shortest routes']:.0f}" in digits

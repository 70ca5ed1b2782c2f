"""What goes wrong around the app: closed tabs, reloads, a server that dies, two tabs at once."""

from __future__ import annotations

import re
import subprocess
import time

import psutil
import pytest

from tests.browser.conftest import Visitor, serve

LONG_RACE = {"training_epochs": 2000, "training_units": 64, "training_n": 1000, "training_seeds": 5}


@pytest.fixture
def own_server():
    """A server of one's own, whose work can be watched and which can be killed."""
    with serve() as (process, address):
        yield process, address


def busy(process: subprocess.Popen, seconds: float = 1.0) -> float:
    """Share of one core that a process uses over the next seconds."""
    watched = psutil.Process(process.pid)
    before, start = sum(watched.cpu_times()[:2]), time.perf_counter()
    time.sleep(seconds)
    return (sum(watched.cpu_times()[:2]) - before) / (time.perf_counter() - start)


def training(visitor: Visitor):
    """Open the training page on a race that takes long, and wait until it runs."""
    page = visitor.page
    from urllib.parse import urlencode

    page.goto(f"{visitor.server}/training?{urlencode(LONG_RACE)}")
    page.locator(".st-key-training_race_stop button").wait_for(timeout=60_000)
    return page


@pytest.mark.parametrize("how", ["closed", "left"])
def test_a_tab_that_goes_away_stops_its_training_within_a_second(browser, own_server, how: str) -> None:
    process, address = own_server
    visitor = Visitor(browser, address)
    page = training(visitor)
    assert busy(process) > 0.05  # on a crowded machine it gets little, but it wants all
    if how == "closed":
        page.close()
    else:
        page.goto("about:blank")
    time.sleep(1)
    assert busy(process) < 0.04
    visitor.context.close()


def test_a_stopped_training_keeps_what_it_has(visit) -> None:
    visitor = visit()
    page = training(visitor)
    page.wait_for_timeout(1500)
    page.locator(".st-key-training_race_stop button").click()
    visitor.settle()
    assert page.locator("[data-testid=stMain] :is(canvas, svg.marks)").count() > 0
    assert page.locator(".st-key-training_race_stop").count() == 0
    visitor.assert_fine()


def test_a_server_that_was_killed_and_came_back_finds_the_page_by_its_link(browser) -> None:
    with serve() as (process, address):
        visitor = Visitor(browser, address)
        page = visitor.open("distance", distance_goal_x=7, lang="en")
        page.locator(".st-key-distance_goal_y input").fill("9")
        page.keyboard.press("Enter")
        page.wait_for_url(re.compile("distance_goal_y=9"))
        process.kill()
        process.wait()
        page.wait_for_timeout(1000)
        with serve(port=int(address.rpartition(":")[2])):
            page.wait_for_function(
                "document.querySelector('[data-testid=stApp]')?.dataset.testConnectionState === 'CONNECTED'",
                timeout=60_000,
            )
            visitor.settle()
            assert "distance_goal_x=7" in page.url
            # A press after the return is answered, and what was set before is still set.
            page.locator(".st-key-distance_start_x input").fill("-3")
            page.keyboard.press("Enter")
            page.wait_for_url(re.compile("distance_start_x=-3"))
            visitor.settle()
            values = [
                page.locator(f".st-key-distance_{name} input").input_value()
                for name in ("start_x", "goal_x", "goal_y")
            ]
            assert values == ["-3", "7", "9"]
            assert page.locator("[data-testid=stException]").count() == 0
            page.reload()
            visitor.settle()
            assert page.locator(".st-key-distance_goal_y input").input_value() == "9"
        visitor.context.close()


def test_two_tabs_of_one_reader_do_not_disturb_each_other(visit) -> None:
    visitor = visit()
    first = visitor.open("distance", distance_goal_x=7)
    second = visitor.context.new_page()
    second.goto(first.url.replace("goal_x=7", "goal_x=-6"))
    second.wait_for_selector(".st-key-distance_goal_x input")
    box = second.locator(".st-key-distance_goal_x input")
    box.fill("5")
    second.keyboard.press("Enter")
    second.wait_for_url(re.compile("distance_goal_x=5"))
    first.locator(".st-key-distance_goal_y input").fill("8")
    first.keyboard.press("Enter")
    first.wait_for_url(re.compile("distance_goal_y=8"))
    visitor.settle()
    assert first.locator(".st-key-distance_goal_x input").input_value() == "7"
    assert box.input_value() == "5"
    assert second.locator(".st-key-distance_goal_y input").input_value() != "8"
    visitor.assert_fine()

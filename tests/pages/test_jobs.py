"""Long work in slices: Stop, which Streamlit answers in a new thread, waits for the slice under way."""

from __future__ import annotations

from contextlib import nullcontext
from threading import Thread
from types import SimpleNamespace
from typing import Any

from pages.sections.training import jobs


def test_stop_takes_the_result_between_two_slices(monkeypatch) -> None:
    clicked: dict[str, Any] = {}
    seen: list[str] = []

    class Job:
        done = False

        def advance(self, seconds: float) -> float:
            stop = Thread(target=clicked["on_click"])
            stop.start()
            stop.join(timeout=0.2)
            seen.append("slice")
            clicked["thread"] = stop
            self.done = True
            return 1.0

    bar = SimpleNamespace(progress=lambda *_: clicked["thread"].join())
    fake = SimpleNamespace(progress=lambda *_: bar, button=lambda *_, **given: clicked.update(given))
    monkeypatch.setattr(jobs, "st", fake)
    place = SimpleNamespace(container=lambda **_: nullcontext(), empty=lambda: None)
    jobs.work(lambda key: key, "race", Job(), lambda: seen.append("finish"), str, place=place)
    assert seen == ["slice", "finish", "finish"]

"""Long work in slices, with a progress bar and Stop.

Streamlit looks at its messages whenever something is drawn, here at every slice: any click starts the script over
(the run goes on from where it was), Stop ends the run, and a closed tab ends it at once.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from threading import Lock
from typing import Any, Protocol

import streamlit as st

from pages.ui.text import Text

_SLICE = 0.12  # seconds between two looks at Stop
_WAIT = 0.25  # seconds for a turn, then the messages are looked at
_PATIENCE = 0.5  # seconds after which the work is watched, if it can be


# Several runs take turns: they share one interpreter, so together they would be no faster, and everybody who only
# moves a control would have to wait for all of them. Stop waits for its turn too: Streamlit answers a click at once,
# in a new thread, while the old one is still at its slice.
_TURN = Lock()


class Job(Protocol):
    """Anything that works a little at a time."""

    @property
    def done(self) -> bool:
        """Whether there is nothing left to do."""

    def advance(self, seconds: float) -> float:
        """Go on for about this long and give the share done."""

    def result(self) -> Any:
        """Freeze what there is."""


def work(
    text: Text,
    name: str,
    job: Job,
    finish: Callable[[], None],
    say: Callable[[float], str],
    *,
    place: Any = None,
    watch: Callable[[Any, int], int] | None = None,
) -> None:
    """Go on with a job to its end; Stop calls `finish` early, with what there is.

    Parameters
    ----------
    name : str
        Of the job; the key of its Stop button is ``training_<name>_stop``.
    finish : callable
        Puts the result where it belongs and forgets the job; calling it twice does no harm.
    say : callable
        Words beside the bar, for the share done.
    place : st.empty, optional
        Where the bar goes; here by default.
    watch : callable, optional
        Draws how far the work has come, again and again once it takes long: takes the place for it and what it
        gave last, 0 at first.
    """

    def end() -> None:
        with _TURN:
            finish()

    place, picture, seen = st.empty() if place is None else place, None, 0
    started = time.perf_counter()
    with place.container(horizontal=True, vertical_alignment="center"):
        bar = st.progress(0.0)
        st.button(text("main.stop"), on_click=end, key=f"training_{name}_stop")
    share = 0.0
    while not job.done:
        if _TURN.acquire(timeout=_WAIT):
            try:
                share = job.advance(_SLICE)
            finally:
                _TURN.release()
        bar.progress(min(1.0, share), say(share))
        if watch is not None and time.perf_counter() > started + _PATIENCE:
            if picture is None:  # made only now: it takes the place of what was there
                picture = st.empty()
            seen = watch(picture, seen)
    place.empty()
    end()


@st.cache_data(max_entries=48, show_spinner=False)
def _shared(name: str, wanted: Any, _result: Any = None) -> Any:
    """Give a result that some visitor has worked out, or keep this one for the others."""
    if _result is None:
        raise LookupError(name)  # an error is not kept
    return _result


def result(
    text: Text, name: str, wanted: Any, start: Callable[[], Job], saying: str, *, own: bool = False
) -> Any:
    """Give the result for what is wanted; work it out first if nobody has done so.

    Parameters
    ----------
    name : str
        Of the job, as in `work`; this visit keeps one result for each name.
    wanted : hashable
        What the result is for; it depends on nothing else. A stopped one counts as done, for this visit.
    start : callable
        Makes the job, whose result has ``complete``.
    saying : str
        Label that takes ``share``, for the progress bar.
    own : bool
        Whether it is about the reader's own data, which no other visitor may meet.
    """
    state, key = st.session_state, f"_training_{name}"
    if state.get(key, (None, None))[0] == wanted:
        return state[key][1]
    if not own:
        with suppress(LookupError):
            state[key] = (wanted, _shared(name, wanted))
            state.pop(f"{key}_run", None)
            return state[key][1]
    if state.get(f"{key}_run", (None, None))[0] != wanted:
        state[f"{key}_run"] = (wanted, start())

    def finish() -> None:
        if f"{key}_run" in state:
            asked, job = state.pop(f"{key}_run")
            state[key] = (asked, job.result())

    work(text, name, state[f"{key}_run"][1], finish, lambda share: text(saying, share=share))
    found = state[key][1]
    return found if own or not found.complete else _shared(name, wanted, found)

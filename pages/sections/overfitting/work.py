"""Work that takes longer than a moment: it shows how far it is, and can be stopped."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from pages.ui.text import Text


@dataclass(frozen=True)
class Job:
    """What was asked, what has come of it, and whether it is going on.

    Parameters
    ----------
    asked : hashable
        The settings; a job for others starts from nothing.
    found : tuple
        Results so far.
    going : bool
    """

    asked: Hashable
    found: tuple[Any, ...] = ()
    going: bool = False


def collect(
    text: Text,
    name: str,
    asked: Hashable,
    results: Callable[[], Iterator[Any]],
    total: int,
    *,
    ready: bool = True,
) -> tuple[Any, ...]:
    """Draw a button that starts and stops, and gather what `results` yields, showing how far it is.

    Parameters
    ----------
    name : str
        Of the job; the button's key is ``overfitting_<name>_run``.
    asked : hashable
        The settings that the results belong to.
    results : callable
        Gives an iterator over the results, each of which takes a moment.
    total : int
        How many there will be.
    ready : bool
        Whether it may start: a bet is decided after the predictions.

    Returns
    -------
    tuple
        All results; fewer after a stop, none before the start.
    """
    slot = f"_overfitting_{name}"
    job: Job = st.session_state.get(slot) or Job(asked)
    if job.asked != asked:
        job = Job(asked)
    st.session_state[slot] = job

    def press() -> None:
        now: Job = st.session_state[slot]
        st.session_state[slot] = replace(now, going=False) if now.going else Job(asked, going=True)

    state = "stop" if job.going else "again" if job.found else "start"
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(text(f"work.{state}"), key=f"overfitting_{name}_run", on_click=press, disabled=not ready)
        if not ready:
            st.caption(text("work.first"))
        if job.found and not job.going and len(job.found) < total:
            st.caption(text("work.stopped", done=len(job.found), total=total))
    if not job.going:
        return job.found
    bar = st.progress(0.0, text("work.going", done=0, total=total))
    job = Job(asked, going=True)
    for done, result in enumerate(results(), start=1):
        # Kept after each step: a stop, or any other control, ends this run at the next line.
        job = replace(job, found=(*job.found, result))
        st.session_state[slot] = job
        bar.progress(done / total, text("work.going", done=done, total=total))
    st.session_state[slot] = replace(job, going=False)
    st.rerun()

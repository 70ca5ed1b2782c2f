"""Overfitting: the same points under three fits, and the error of every degree on points not seen.

A curve that is too simple misses the pattern, one that is too complicated follows the noise; in between lies
the degree that a reader finds by moving over the error curve.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import streamlit as st

from pages.charts import overfitting as charts
from pages.sections.overfitting import basis, beyond, linked, more, panels, penalty, source, variance
from pages.ui import shell
from pages.ui.section import is_open, section
from pages.ui.takeaway import take_away

SECTIONS = {
    "lambda": penalty.show,
    "variance": variance.show,
    "more": more.show,
    "beyond": beyond.show,
    "basis": basis.show,
}
LONG = {"more", "beyond"}

text = shell.begin("overfitting")
st.title(text("title"), anchor=False)
st.markdown(text.prose("question"))


def keep(clicked: dict[str, Any]) -> None:
    """Keep the degree that the reader clicked on in the middle panel."""
    st.session_state["overfitting_degree"] = min(max(int(clicked["degree"]), 0), charts.DEGREES)


def main_view() -> source.Sample:
    """Draw the main view."""
    left, right = st.columns([1, 4], gap="medium")
    with left:
        degree = st.number_input(
            text("main.degree"),
            0,
            charts.DEGREES,
            None,
            key="overfitting_degree",
            bind="query-params",
            placeholder=text("main.degree_best"),
            help=text("main.degree_help"),
        )
        sample = source.choose(text)
    fits = panels.fit(sample)
    shown = panels.numbers(fits, degree)
    with right:
        linked.chart(
            charts.fits,
            text.labels("fits"),
            panels.picture(sample, text.lang, degree),
            kept=keep,
            alt=text("main.alt"),
            says=text("main.says", **shown),
            key="overfitting_fits",
            private=sample.private,
            **panels.axes(sample),
        )
    with left:
        take_away(
            text, "view", partial(panels.files, sample, fits), partial(panels.code, sample, fits, degree)
        )
    if fits.exact:
        about = "seen_exact" if sample.curve else "seen_exact_own"
    elif fits.best == fits.highest:
        about = "seen_end"
    else:
        about = "seen_near" if fits.near(fits.roles(degree)["high"]) else "seen"
    seen = [text.prose(about, **shown)]
    if degree is not None and degree > fits.highest:
        seen.append(text.prose("seen_above", highest=fits.highest))
    if sample.noise:
        seen.append(text.prose("seen_noise", floor=panels.short(sample.noise**2)))
    if fits.highest < charts.DEGREES:
        limit = "seen_limit_rounding" if fits.rounding else "seen_limit"
        beyond = f" {text.prose('seen_beyond')}" if sample.curve and not fits.rounding else ""
        seen.append(text.prose(limit, n=fits.highest + 1, highest=fits.highest) + beyond)
    st.markdown("\n\n".join(seen))  # at once: every element costs the browser about as much as a curve
    return sample


# Its controls run the main view alone, unless a section below shows the same data.
shown_below = any(is_open("overfitting", name) for name in SECTIONS)
sample = main_view() if shown_below else st.fragment(main_view)()
boxes = {name: section(text, name) for name in SECTIONS}
opened = [name for name, box in boxes.items() if box.open]
# A section's controls run that section alone; but a fragment would wait for long work instead of stopping it.
whole = not LONG.isdisjoint(opened)
for name in opened:
    show = SECTIONS[name] if whole else st.fragment(SECTIONS[name])
    with boxes[name]:
        show(text, sample)

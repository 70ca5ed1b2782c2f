"""More data or better data: the learning curve, and a bet between 2n and σ/2 (C02, C03)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd
import streamlit as st

from pages.charts import overfitting as charts
from pages.sections.overfitting import work
from pages.sections.overfitting.panels import short
from pages.sections.overfitting.source import Sample
from pages.ui import chart, predict
from pages.ui.takeaway import script, take_away
from pages.ui.text import Text
from reglib import datasets, resampling

REPEATS = 200  # data sets behind every point
MORE, BETTER = "more", "better"


def show(text: Text, sample: Sample) -> None:
    """Draw the section."""
    st.markdown(text.prose("more"))
    if sample.curve is None or not sample.noise:
        st.info(text("more.unknown"))
        return
    degree = st.slider(text("more.degree"), 1, 12, 7, key="overfitting_more_degree", bind="query-params")
    terms = degree + 1
    near, far = terms + 1, 20 * terms
    words = {"degree": degree, "terms": terms, "near": near, "far": far}
    guesses: dict[str, str | None] = {}
    for claim, column in zip(("C02", "C03"), st.columns(2, gap="medium"), strict=True):
        with column:
            st.markdown(text(f"more.{claim}", **words))
            guesses[claim] = predict.ask(text, claim)
    sizes = [2 * terms * 2**k for k in range(7)]
    bets = sorted({terms, near, terms + 3, 2 * terms, 3 * terms, 5 * terms, 10 * terms, far})
    curve, noise = datasets.CURVES[sample.curve], sample.noise
    setting: dict[str, Any] = {"interval": sample.interval, "seed": 2, "repeats": REPEATS}

    def results() -> Iterator[tuple[str, Any]]:
        for n in bets:
            yield "bet", resampling.bet(curve, degree, n, noise=noise, **setting)
        for kind, sigma in (("plain", noise), (BETTER, noise / 2)):
            for point in resampling.learning_curve(curve, degree, sizes, noise=sigma, **setting):
                yield kind, point

    asked = (sample.curve, noise, sample.interval, degree)
    ready = all(predict.told(guess) for guess in guesses.values())
    found = work.collect(text, "more", asked, results, len(bets) + 2 * len(sizes), ready=ready)
    if not found:
        return
    decided = {bet.n: bet for kind, bet in found if kind == "bet"}
    for claim, n in (("C02", near), ("C03", far)):
        if n in decided:
            bet = decided[n]
            why = {"why": predict.Words(f"quiz.C02.why.{bet.winner}", {})} if claim == "C02" else {}
            predict.reveal(text, claim, guesses[claim], bet.winner, **words, **_bet(bet), **why)
    won = {side: [str(n) for n in sorted(decided) if decided[n].winner == side] for side in (MORE, BETTER)}
    winners = {side: ", ".join(sizes) or "–" for side, sizes in won.items()}
    left, right = st.columns(2, gap="medium")
    with left:
        chart.chart(
            charts.bets,
            text.labels("more.bets"),
            {"bets": _bets(list(decided.values())), "notes": pd.DataFrame({"n": [terms]})},
            alt=text("more.bets_alt", degree=degree, first=bets[0], last=max(decided), **winners),
            key="overfitting_bets",
        )
    curves = pd.DataFrame(
        [
            {
                "n": point.n,
                "series": kind,
                "median": float(point.band.median),
                "low": float(point.band.low),
                "high": float(point.band.high),
                "said": short(float(point.band.median)),
            }
            for kind, point in found
            if kind != "bet"
        ],
        columns=["n", "series", "median", "low", "high", "said"],
    )
    plain = curves[curves["series"] == "plain"]
    if len(plain):
        ends = {"first": plain["n"].iloc[0], "last": plain["n"].iloc[-1]}
        errors = {"first_error": plain["said"].iloc[0], "last_error": plain["said"].iloc[-1]}
        with right:
            chart.chart(
                charts.learning,
                text.labels("more.learning"),
                {"curves": curves},
                alt=text("more.learning_alt", degree=degree, **ends, **errors),
                key="overfitting_learning",
            )
        set_to = {**sample.settings("curve", "noise", "interval"), "degree": degree, "sizes": (near, far)}
        take_away(
            text,
            "more",
            {"overfitting-bets": _bets(list(decided.values())), "overfitting-learning": curves},
            script("overfitting_more", **set_to),
        )
        flips = _flips(decided)
        seen = "more_mixed" if won[BETTER] else "more_never"
        if flips and won[MORE]:
            seen = "more_seen"
        st.markdown(text.prose(seen, degree=degree, terms=terms, flips=flips, **winners, **ends, **errors))


def _bet(bet: resampling.Bet) -> dict[str, Any]:
    return {
        "n": bet.n,
        "plain": short(float(bet.plain.median)),
        "more": short(float(bet.more.median)),
        "better": short(float(bet.better.median)),
        "share": bet.share_more,
    }


def _flips(decided: dict[int, resampling.Bet]) -> int | None:
    """Give the n at which the answer flips, once: below it twice the data won, from there on half the noise."""
    late = [n for n in sorted(decided) if decided[n].winner == BETTER]
    flips = late[0] if late else None
    once = flips is not None and all(
        bet.winner == (BETTER if n >= flips else MORE) for n, bet in decided.items()
    )
    return flips if once else None


def _bets(decided: list[resampling.Bet]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "n": bet.n,
                "series": series,
                "median": float(band.median),
                "low": float(band.low),
                "high": float(band.high),
                "said": short(float(band.median)),
                "wins": series == bet.winner,
            }
            for bet in decided
            for series, band in (("plain", bet.plain), (MORE, bet.more), (BETTER, bet.better))
        ]
    )

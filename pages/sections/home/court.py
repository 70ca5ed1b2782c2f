"""What the post gets wrong: one list, the claims that a page decides with the reader's score."""

from __future__ import annotations

import streamlit as st

from pages.ui import links, markup, predict
from pages.ui.text import Text

# Each ✗ row of tests/claims.md: its lesson and the section that shows it ("" for the main view).
PLACES = {
    "C10": ("distance", "routes"),
    "C11": ("distance", ""),
    "C15": ("outliers", "shares"),
    "C16": ("outliers", "stable"),
    "C17": ("outliers", ""),
    "C20": ("training", "step"),
    "C22": ("training", "step"),
    "C23": ("training", "step"),
    "C24": ("training", "step"),
    "C26": ("training", "weights"),
    "C27": ("training", "weights"),
    "C29": ("training", "strength"),
    "C30": ("overfitting", "lambda"),
    "C31": ("overfitting", "lambda"),
}

_MORE: dict[str, dict[str, object]] = {
    "C29": {"training_sweep_penalty": "l1"}
}  # what else has to be set for a page to ask


def state(claim: str) -> dict[str, object]:
    """Give the state of the lesson's page that shows a claim."""
    lesson, section = PLACES[claim]
    opened: dict[str, object] = {f"{lesson}_{section}": True} if section else {}
    return opened | _MORE.get(claim, {})


def decided_on_a_page(text: Text, claim: str) -> bool:
    """Say whether the claim's lesson asks for a prediction and decides it."""
    try:
        Text(text.lang, PLACES[claim][0]).labels(f"quiz.{claim}")
    except KeyError:
        return False
    return True


def show(text: Text) -> None:
    """List the claims; where a page asks for a prediction, the corrected sentence follows once it is decided."""
    quizzes = [claim for claim in PLACES if decided_on_a_page(text, claim)]
    score = {claim: right for claim, right in predict.score().items() if claim in quizzes}
    st.markdown(text("court.intro", done=len(score), total=len(quizzes), right=sum(score.values())))
    rows = []
    for claim, (lesson, _) in PLACES.items():
        place = state(claim)
        if claim in quizzes:
            way = text("court.again" if claim in score else "court.guess")
            answer, link = "", links.anchor(lesson, text.lang, way, place)
            more = {None: "", True: f" — {text('court.right')} ✓", False: f" — {text('court.wrong')} ✗"}[
                score.get(claim)
            ]
            if (decided := predict.corrected(text.lang, claim)) is not None:
                answer = f"{decided[0]} ({decided[1]})"
            says = Text(text.lang, lesson)(f"quiz.{claim}.claim")
        else:
            answer = f"{text(f'court.{claim}.corrected')} ({text(f'court.{claim}.source')})"
            link, more = links.anchor(lesson, text.lang, text("court.look"), place), ""
            says = text(f"court.{claim}.says")
        rows.append((f"{text('court.says')} {says}", answer, link, more))
    markup.statements(rows)

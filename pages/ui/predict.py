"""Predict first: what the post says, the reader's guess, what the computation decides, the corrected sentence.

Its words stand in the lesson's TOML file as a table ``[quiz.<claim>]`` with ``claim`` (what the post says, in our
words), ``question``, ``corrected`` and ``source``, and ``[quiz.<claim>.options]``. The right answer is never
written down: the page computes it and hands it to `reveal`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st

from pages.ui import controls, tour
from pages.ui.text import Text

_SCORE = "_score"
_NUMBERS = "_score_numbers"  # what each claim's corrected sentence named when it was last decided


@dataclass(frozen=True)
class Words:
    """A label that a corrected sentence takes in, in whatever language that sentence is read later on.

    Parameters
    ----------
    key : str
        Of the lesson's label.
    values : mapping
        What the label takes.
    """

    key: str
    values: Mapping[str, object]


def ask(text: Text, claim: str) -> str | None:
    """Show what the post says and ask for a guess.

    Parameters
    ----------
    claim : str
        Id of the row in tests/claims.md, for example ``"C17"``.

    Returns
    -------
    str or None
        The code of the reader's guess; ``None`` until there is one.
    """
    st.markdown(f"**{text('predict.says')}** {text(f'quiz.{claim}.claim')}")
    return controls.guess(
        text(f"quiz.{claim}.question"), text.labels(f"quiz.{claim}.options"), key=f"{text.lesson}_{claim}"
    )


def told(guess: str | None) -> bool:
    """Say whether a picture may show what decides: after the guess, and to an audience."""
    return guess is not None or tour.current() is not None


def reveal(text: Text, claim: str, guess: str | None, answer: str, **numbers: object) -> None:
    """Once there is a guess, say what the computation decided and note the score.

    Parameters
    ----------
    guess : str or None
        What `ask` returned; nothing is shown for ``None``.
    answer : str
        The code that the page's computation came to.
    **numbers
        The computed numbers that the corrected sentence names, or `Words`: never a phrase in one language.
    """
    if guess is None:
        return
    right = guess == answer
    score: dict[str, bool] = st.session_state.setdefault(_SCORE, {})
    score.setdefault(claim, right)  # the first guess counts
    st.session_state.setdefault(_NUMBERS, {})[claim] = (text.lesson, numbers)
    verdict = text(
        "predict.right" if right else "predict.wrong", answer=text(f"quiz.{claim}.options.{answer}")
    )
    body = f"**{verdict}** {_sentence(text, claim, numbers)}\n\n*{text(f'quiz.{claim}.source')}*"
    (st.success if right else st.info)(body)


def score() -> dict[str, bool]:
    """Give each claim guessed so far and whether the first guess was right."""
    return dict(st.session_state.get(_SCORE, {}))


def corrected(lang: str, claim: str) -> tuple[str, str] | None:
    """Give the corrected sentence and its source of a claim that this visit has decided."""
    lesson, numbers = st.session_state.get(_NUMBERS, {}).get(claim, ("", {}))
    if not lesson:
        return None
    text = Text(lang, lesson)
    return _sentence(text, claim, numbers), text(f"quiz.{claim}.source")


def _sentence(text: Text, claim: str, numbers: Mapping[str, object]) -> str:
    said = {
        name: text(value.key, **value.values) if isinstance(value, Words) else value
        for name, value in numbers.items()
    }
    return text(f"quiz.{claim}.corrected", **said)

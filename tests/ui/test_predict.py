"""Predict first: nothing is told before a guess, and the first guess counts."""

from __future__ import annotations

import tomllib

import pytest
from streamlit.testing.v1 import AppTest

from pages.ui.text import FOLDER

QUIZZES = [
    (path.stem, claim)
    for path in sorted((FOLDER / "ko").glob("*.toml"))
    for claim in tomllib.loads(path.read_text(encoding="utf-8")).get("quiz", {})
]


def quiz(lesson: str, claim: str, answer: str) -> None:
    import re

    import streamlit as st

    from pages.ui import controls, predict
    from pages.ui.text import PLACEHOLDER, Text

    class AnyNumbers(Text):
        """Fill every placeholder with 1, so that the sentences of all lessons can be shown."""

        def __call__(self, key: str, /, **values: object) -> str:
            from pages.ui.text import _find, _labels

            words = _find(_labels(self.lang, self.lesson), key) or _find(_labels(self.lang, "common"), key)
            names = {hit[1] for hit in PLACEHOLDER.finditer(words)}
            return super().__call__(key, **{**dict.fromkeys(names, 1), **values})

    controls.page_changed(lesson)
    text = AnyNumbers("ko", lesson)
    predict.reveal(text, claim, predict.ask(text, claim), answer)
    st.json({"score": predict.score(), "re": bool(re)})


@pytest.mark.parametrize(("lesson", "claim"), QUIZZES)
def test_nothing_is_told_before_a_guess_and_the_first_guess_counts(lesson: str, claim: str) -> None:
    options = tomllib.loads((FOLDER / "ko" / f"{lesson}.toml").read_text(encoding="utf-8"))["quiz"][claim][
        "options"
    ]
    right, wrong = list(options)[:2]
    app = AppTest.from_function(quiz, kwargs={"lesson": lesson, "claim": claim, "answer": right}).run()
    assert not app.exception
    assert not app.success
    assert not app.info
    app.get("button_group")[0].set_value(wrong).run()
    assert len(app.info) == 1
    assert not app.success
    app.get("button_group")[0].set_value(right).run()
    assert len(app.success) == 1
    assert f'"{claim}": false' in app.json[0].value.replace(":false", ": false")


def test_there_are_quizzes_to_test() -> None:
    assert len(QUIZZES) >= 4

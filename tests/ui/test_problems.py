"""Every error and note that reglib can raise has a sentence in both languages."""

from __future__ import annotations

import tomllib

import numpy as np
import pytest

from pages.ui import problems
from pages.ui.text import FOLDER, PLACEHOLDER, Text
from reglib import norms
from reglib.errors import ERROR_CODES, DataError, ReglibError
from reglib.tables import NOTE_CODES, read_table

LANGUAGES = ("ko", "en")
TABLES = {"errors": ERROR_CODES, "notes": NOTE_CODES}

# A value of the kind that reglib gives under each name, the reader's own words among them.
SAMPLES: dict[str, object] = {
    "value": "**x**", "choices": ("l1", "l2"), "shape": (3, 4), "wrong_shape.expected": "(n, 2)", "name": "noise",
    "start": (0, 0), "end": (9, 9), "within": (0, 5, 0, 5), "sizes": [2, 0], "lengths": (2, 3), "task": "binary",
    "column": "a*b", "example": "<b>", "label": "$x$", "kind": "zip", "text": "`two`", "reason": "too_large",
    "too_large.limit": 1e100, "cells_too_large.limit": 1e100, "diverged.limit": 1e6,
    "low": -np.inf, "high": 1e9, "columns": ("a", "b*"), "renamed": "a (2)", "encoding": "cp949",
}  # fmt: skip


def labels(lang: str, stem: str) -> dict[str, dict[str, str]]:
    return tomllib.loads((FOLDER / lang / f"{stem}.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_code_has_a_sentence_and_every_sentence_a_code(lang: str, table: str) -> None:
    spoken = set(labels(lang, "common")[table]) - {"other"}  # the general sentence, for a code yet to come
    assert spoken == set(TABLES[table])


@pytest.mark.parametrize(
    "path", sorted(FOLDER.glob("*/*.toml")), ids=lambda path: f"{path.parent.name}/{path.stem}"
)
def test_a_sentence_asks_only_for_what_its_error_brings(path) -> None:
    """Also those by which a lesson says something in words of its own."""
    found = labels(path.parent.name, path.stem)
    for table, codes in TABLES.items():
        if table == "notes" and path.stem != "common":
            continue
        for code, sentence in found.get(table, {}).items():
            if code == "other":
                continue
            assert code in codes, code
            assert {hit[1] for hit in PLACEHOLDER.finditer(sentence)} <= set(codes[code]), code


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("table", TABLES)
def test_every_sentence_takes_the_values_that_come_with_it(lang: str, table: str) -> None:
    for code, names in TABLES[table].items():
        params = {name: SAMPLES.get(f"{code}.{name}", SAMPLES.get(name, 3)) for name in names}
        said = problems.sentence(Text(lang, "home"), code, params, table)
        assert "[[" not in said
        for harmful in ("**x**", "a*b", "<b>", "$x$", "`two`", "b*"):
            assert harmful not in said, (code, said)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(
    ("cause", "expected"),
    [
        (lambda: norms.difference([1, 2], [1]), {"ko": "1개인데, 2개", "en": "1 values where 2"}),
        (lambda: norms.norm([1, 2], -1), {"ko": "‘p’의 값 -1", "en": "“p” cannot be -1"}),
        (lambda: norms.norm([]), {"ko": "0개뿐", "en": "only 0 values"}),
        (lambda: norms.parse_vector("1 two"), {"ko": "2번째 값 ‘two’", "en": "Number 2, “two”"}),
        (lambda: read_table(b"", "x.csv"), {"ko": "파일이 비어", "en": "file is empty"}),
    ],
)
def test_an_error_of_reglib_is_worded_in_the_readers_language(cause, expected, lang: str) -> None:
    with pytest.raises(ReglibError) as caught:
        cause()
    assert expected[lang] in problems.sentence(Text(lang, "home"), caught.value.code, caught.value.params)


def test_a_lesson_may_say_it_in_words_of_its_own() -> None:
    error = DataError("wrong_length", name="y_pred", rows=1, need=2)
    sentence = problems.sentence(Text("en", "distance"), error.code, error.params)
    assert sentence == "The two vectors have different lengths: 2 true values, 1 predictions."

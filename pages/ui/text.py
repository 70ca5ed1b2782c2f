"""What the app says, in Korean and English: labels from TOML, prose from Markdown.

A placeholder is written ``[[name]]`` or ``[[name:.2f]]`` (braces and dollar signs belong to LaTeX); ``[[name:.3r]]``
and ``[[name:,.3r]]`` are `significant` digits, as charts write them. A missing key, section or value raises: a page
never shows half a sentence.
"""

from __future__ import annotations

import math
import re
import tomllib
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import accumulate
from pathlib import Path
from typing import Any
from unicodedata import east_asian_width

LANGUAGES = {"ko": "한국어", "en": "English"}
FOLDER = Path(__file__).resolve().parent.parent / "text"
PLACEHOLDER = re.compile(r"\[\[(\w+)(?::([^\]]+))?\]\]")
_TITLE = 28  # of an axis title, in Latin letters
_SIGNIFICANT = re.compile(r"(,?)\.(\d+)r")
_MARKDOWN = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|$~:])")


class Labels(Mapping[str, str]):
    """The labels of one chart in one language: hashable, so that a chart's spec can be cached by them."""

    def __init__(self, lang: str, words: Mapping[str, str]) -> None:
        self.lang = lang
        self._words = dict(words)
        self._hash = hash((lang, *self._words.items()))

    def __getitem__(self, key: str) -> str:
        return self._words[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._words)

    def __len__(self) -> int:
        return len(self._words)

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Labels) and self.lang == other.lang and self._words == other._words

    def with_values(self, **values: object) -> Labels:
        """Fill the placeholders of every label that has some."""
        return Labels(self.lang, {key: fill(words, values) for key, words in self._words.items()})


class Text:
    """The words of one lesson in one language; keys not found there are looked up among the common ones."""

    def __init__(self, lang: str, lesson: str) -> None:
        self.lang = lang
        self.lesson = lesson

    def __call__(self, key: str, /, **values: object) -> str:
        """Give the label under a dotted key, for example ``text("main.question")``."""
        found = _find(_labels(self.lang, self.lesson), key)
        if found is None:
            found = _find(_labels(self.lang, "common"), key)
        if not isinstance(found, str):
            raise KeyError(f"{self.lang}/{self.lesson}.toml has no label {key!r}")
        return fill(found, values)

    def prose(self, section: str, /, **values: object) -> str:
        """Give a section of the lesson's Markdown file (the text under ``## section``)."""
        sections = _sections(self.lang, self.lesson)
        if section not in sections:
            raise KeyError(f"{self.lang}/{self.lesson}.md has no section {section!r}")
        return fill(sections[section], values)

    def labels(self, table: str) -> Labels:
        """Give a table of the TOML file whole, for a chart or for the options of a choice."""
        return _table(self.lang, self.lesson, table)


def fill(words: str, values: Mapping[str, Any]) -> str:
    """Put values into the placeholders of a sentence; a value that is missing raises ``KeyError``."""
    if "[[" not in words:
        return words
    return PLACEHOLDER.sub(lambda hit: _written(values[hit[1]], hit[2] or ""), words)


def _written(value: Any, spec: str) -> str:
    if not spec.endswith("r") or (hit := _SIGNIFICANT.fullmatch(spec)) is None:
        return format(value, spec)
    return significant(value, int(hit[2]), hit[1])


def significant(value: float, digits: int, separator: str = ",") -> str:
    """Round to significant digits, without a power of ten unless the number is very large or small; -0 is 0."""
    rounded = float(f"{value:.{digits - 1}e}")
    power = math.floor(math.log10(abs(rounded))) if rounded and math.isfinite(rounded) else 0
    if not -5 <= power < 9 or not math.isfinite(rounded):
        return f"{rounded:.{digits}g}"
    words = f"{rounded + 0.0:{separator}.{max(0, digits - 1 - power)}f}"
    return words.rstrip("0").rstrip(".") if "." in words else words


def axis_title(name: str) -> str:
    """Cut a reader's column name to the width of a chart (which shows it as it is, without markup)."""
    words = "".join(c if c.isprintable() else " " for c in name)
    widths = list(accumulate(2 if east_asian_width(letter) in "FW" else 1 for letter in words))
    if not widths or widths[-1] <= _TITLE:
        return words
    return words[: bisect_left(widths, _TITLE)] + "…"


def escape(words: str, limit: int = 60) -> str:
    """Make a reader's own words (a column or file name) harmless in Markdown, and short."""
    short = "".join(c if c.isprintable() else " " for c in words)
    short = short if len(short) <= limit else short[: limit - 1] + "…"
    return _MARKDOWN.sub(r"\\\1", short) or "—"


@lru_cache(maxsize=64)
def _labels(lang: str, lesson: str) -> dict[str, Any]:
    path = FOLDER / lang / f"{lesson}.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


@lru_cache(maxsize=64)
def _sections(lang: str, lesson: str) -> dict[str, str]:
    path = FOLDER / lang / f"{lesson}.md"
    parts = re.split(r"^## +(\w+) *$", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {name: body.strip() for name, body in zip(parts[1::2], parts[2::2], strict=True)}


@lru_cache(maxsize=512)
def _table(lang: str, lesson: str, table: str) -> Labels:
    found = _find(_labels(lang, lesson), table)
    if found is None:
        found = _find(_labels(lang, "common"), table)
    if not isinstance(found, dict):
        raise KeyError(f"{lang}/{lesson}.toml has no table {table!r}")
    return Labels(lang, {key: words for key, words in found.items() if isinstance(words, str)})


def _find(tree: Any, key: str) -> Any:
    for part in key.split("."):
        if not isinstance(tree, dict) or part not in tree:
            return None
        tree = tree[part]
    return tree

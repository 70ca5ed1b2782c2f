"""Both languages are complete: the same keys, sections and placeholders."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from markdown_it import MarkdownIt

from pages.ui.text import FOLDER, PLACEHOLDER, Labels, Text, escape, fill

FILES = sorted({path.name for lang in ("ko", "en") for path in (FOLDER / lang).iterdir()})


def flat(tree: dict[str, Any], prefix: str = "") -> dict[str, str]:
    """Give every label under its dotted key."""
    found: dict[str, str] = {}
    for key, value in tree.items():
        if isinstance(value, dict):
            found |= flat(value, f"{prefix}{key}.")
        else:
            found[f"{prefix}{key}"] = value
    return found


def parts(lang: str, name: str) -> dict[str, str]:
    """Give the labels of a TOML file, or the sections of a Markdown file."""
    words = (FOLDER / lang / name).read_text(encoding="utf-8")
    if name.endswith(".toml"):
        return flat(tomllib.loads(words))
    pieces = re.split(r"^## +(\w+) *$", words, flags=re.MULTILINE)
    assert not pieces[0].strip(), f"{lang}/{name}: words before the first section are never shown"
    return dict(zip(pieces[1::2], pieces[2::2], strict=True))


@pytest.mark.parametrize("name", FILES)
def test_both_languages_have_the_same_keys(name: str) -> None:
    assert parts("ko", name).keys() == parts("en", name).keys()


@pytest.mark.parametrize("name", FILES)
def test_both_languages_have_the_same_placeholders(name: str) -> None:
    korean, english = parts("ko", name), parts("en", name)
    for key in korean:
        in_korean = {hit[1] for hit in PLACEHOLDER.finditer(korean[key])}
        assert in_korean == {hit[1] for hit in PLACEHOLDER.finditer(english[key])}, key


@pytest.mark.parametrize("name", FILES)
def test_no_text_is_empty_and_korean_is_korean(name: str) -> None:
    for lang in ("ko", "en"):
        for key, words in parts(lang, name).items():
            assert words.strip(), (lang, key)
    hangul = sum(bool(re.search("[가-힣]", words)) for words in parts("ko", name).values())
    assert hangul >= 0.5 * len(parts("ko", name))
    hangul_in_english = {key for key, words in parts("en", name).items() if re.search("[가-힣]", words)}
    assert hangul_in_english <= {"language"}


def test_a_missing_key_section_or_value_raises() -> None:
    text = Text("ko", "distance")
    with pytest.raises(KeyError):
        text("main.no_such_label")
    with pytest.raises(KeyError):
        text.prose("no_such_section")
    with pytest.raises(KeyError):
        text.labels("no_such_table")
    with pytest.raises(KeyError):
        fill("[[value:.2f]]", {})


def test_placeholders_take_a_format_and_leave_latex_alone() -> None:
    assert (
        fill(r"$\frac{1}{n}$ [[share:.0%]] of [[n]]", {"share": 0.769, "n": 4}) == r"$\frac{1}{n}$ 77% of 4"
    )


@pytest.mark.parametrize(
    "hostile",
    ["**x**", "[a](javascript:1)", "<script>", "$x$", "`x`", ":material/x:", "a|b", "x" * 999, "\x00\n"],
)
def test_a_readers_words_are_harmless_in_markdown(hostile: str) -> None:
    safe = escape(hostile)
    assert len(safe) <= 120
    assert not re.search(r"(?<!\\)[*\[\]<>$`:|]", safe)
    assert safe.isprintable()


def test_labels_of_a_chart_are_equal_when_their_words_are() -> None:
    assert Labels("ko", {"a": "b"}) == Labels("ko", {"a": "b"})
    assert hash(Labels("ko", {"a": "b"})) == hash(Labels("ko", {"a": "b"}))
    assert Labels("ko", {"a": "b"}) != Labels("en", {"a": "b"})


def test_every_text_file_is_in_both_languages() -> None:
    for name in FILES:
        for lang in ("ko", "en"):
            assert (Path(FOLDER) / lang / name).exists(), (lang, name)


@pytest.mark.parametrize("lang", ["ko", "en"])
@pytest.mark.parametrize("name", FILES)
def test_no_bold_phrase_shows_its_asterisks(lang: str, name: str) -> None:
    """In Markdown ``**5%**입니다`` is not bold: behind a sign, the closing asterisks need a space or another sign."""

    def sample(hit: re.Match[str]) -> str:
        return format(0.5, hit[2]) if hit[2] and hit[2][-1] in "efg%" else "5"

    for key, words in parts(lang, name).items():
        assert "**" not in MarkdownIt().render(PLACEHOLDER.sub(sample, words)), key


@pytest.mark.parametrize(
    ("value", "spec", "words"),
    [
        (998_700.4, ",.4r", "998,700"), (-12_345.678, ",.4r", "-12,350"), (1_234_567, ".6r", "1234570"),
        (0.52238, ",.3r", "0.522"), (-0.0, ",.3r", "0"), (999.96, ",.4r", "1,000"), (2.0, ",.4r", "2"),
        (1e-7, ",.3r", "1e-07"), (6.02e23, ",.3r", "6.02e+23"), (-1e-300, ",.3r", "-1e-300"),
    ],
)  # fmt: skip
def test_significant_digits_are_written_out_unless_very_large_or_small(value, spec, words) -> None:
    assert fill(f"[[value:{spec}]]", {"value": value}) == words

"""Every error is one of the table, by every road out of reglib."""

from __future__ import annotations

import ast
import pickle
from pathlib import Path

import pytest

import reglib
from reglib import errors
from reglib.errors import ERROR_CODES, DataError, ParameterError, ReglibError, TableError

SOURCES = sorted(Path(reglib.__file__).parent.rglob("*.py"))
KINDS = {"ReglibError", "DataError", "ParameterError", "TableError"}


def raised() -> list[tuple[str, ast.Call]]:
    """Give every place of reglib that makes one of its errors, as file:line and call."""
    return [
        (f"{path.name}:{node.lineno}", node)
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) in KINDS
    ]


def test_every_error_has_a_code_of_the_table_with_exactly_its_parameters() -> None:
    assert len(raised()) > 50
    for place, call in raised():
        assert len(call.args) == 1, place
        assert isinstance(call.args[0], ast.Constant), f"{place}: write the code out, so that it can be found"
        code = call.args[0].value
        assert code in ERROR_CODES, (place, code)
        assert sorted(str(keyword.arg) for keyword in call.keywords) == sorted(ERROR_CODES[code]), place


def test_every_code_of_the_table_is_raised_somewhere() -> None:
    assert {call.args[0].value for _, call in raised()} == set(ERROR_CODES)  # type: ignore[attr-defined]


def test_a_code_is_of_one_kind_wherever_it_is_raised() -> None:
    kinds: dict[str, set[str]] = {}
    for _, call in raised():
        kinds.setdefault(call.args[0].value, set()).add(call.func.id)  # type: ignore[attr-defined]
    assert {code: found for code, found in kinds.items() if len(found) > 1} == {}


@pytest.mark.parametrize("kind", [DataError, ParameterError, TableError])
def test_an_error_keeps_kind_code_and_parameters_when_pickled(kind: type[ReglibError]) -> None:
    again = pickle.loads(pickle.dumps(kind("too_large", name="x", row=3, limit=1e100)))
    assert type(again) is kind
    assert (again.code, again.params) == ("too_large", {"name": "x", "row": 3, "limit": 1e100})
    assert str(again) == "too_large(name='x', row=3, limit=1e+100)"


def test_the_table_is_read_only() -> None:
    with pytest.raises(TypeError):
        errors.ERROR_CODES["new"] = ()  # type: ignore[index]

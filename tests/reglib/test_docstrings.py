"""Every public name of reglib says what goes in, what comes out and what is raised, in numpydoc's sections."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

import reglib

ROOT = Path(reglib.__file__).resolve().parent
MODULES = sorted(
    path for path in ROOT.rglob("*.py") if path.stem == "__init__" or not path.stem.startswith("_")
)
TYPED = {"ReglibError", "DataError", "ParameterError", "TableError"}
# It asks `prune` for networks that it has counted.
CANNOT_FAIL = {"sizes"}
HEADING = re.compile(r"^([A-Z][A-Za-z ]+)\n-{3,}$", re.MULTILINE)

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Item:
    """A public function or class with what its docstring has to say."""

    name: str
    node: Function | ast.ClassDef
    arguments: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()  # *args and **kwargs, which may be named
    fields: tuple[str, ...] = ()
    returns: bool = False
    raises: bool = False


def sections(node: Function | ast.ClassDef) -> dict[str, list[str]]:
    """Cut a docstring into its sections: title -> lines, the underline left out."""
    text = inspect.cleandoc(ast.get_docstring(node, clean=False) or "")
    parts = HEADING.split(text)
    return {title: body.strip("\n").split("\n") for title, body in zip(parts[1::2], parts[2::2], strict=True)}


def entries(lines: list[str]) -> dict[str, bool]:
    """Give the names of a section, and whether a type or a description stands beside each."""
    found: dict[str, bool] = {}
    for k, line in enumerate(lines):
        if line and not line[0].isspace():
            names, colon, _ = line.partition(" : ")
            below = lines[k + 1][:1] if k + 1 < len(lines) else ""
            found |= {name.strip().lstrip("*"): bool(colon) or below.isspace() for name in names.split(",")}
    return found


def is_public(name: str) -> bool:
    return not name.startswith("_")


def decorators(node: Function | ast.ClassDef) -> set[str]:
    kinds = (d.func if isinstance(d, ast.Call) else d for d in node.decorator_list)
    return {getattr(kind, "id", getattr(kind, "attr", "")) for kind in kinds}


class Module:
    """The functions and classes of a file, and what they call of one another."""

    def __init__(self, source: str) -> None:
        self.body = ast.parse(source).body
        self.functions = {node.name: node for node in self.body if isinstance(node, Function)}
        self.classes = {node.name: node for node in self.body if isinstance(node, ast.ClassDef)}

    def method(self, owner: str, name: str) -> Function | None:
        """Find a method in a class of this file or in its bases there."""
        if owner not in self.classes:
            return None
        node = self.classes[owner]
        mine = [part for part in node.body if isinstance(part, Function) and part.name == name]
        inherited = (self.method(getattr(base, "id", ""), name) for base in node.bases)
        return mine[0] if mine else next((found for found in inherited if found is not None), None)

    def start(self, owner: str) -> Function | None:
        return self.method(owner, "__init__") or self.method(owner, "__post_init__")

    def called(self, call: ast.Call, owner: str) -> tuple[Function | None, str]:
        """Find what a call in a method of `owner` leads to in this file, and the class it belongs to."""
        target = call.func
        if isinstance(target, ast.Name):
            return self.functions.get(target.id) or self.start(target.id), target.id
        if isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name):
            whose = owner if target.value.id in ("self", "cls") else target.value.id
            return self.method(whose, target.attr), whose
        return None, ""

    def may_raise(self, node: Function, owner: str = "") -> bool:
        """Whether a body raises a typed error or calls `_checks`, itself or by way of others in the file."""
        done = {node}
        waiting = [(node, owner)]
        while waiting:
            body, whose = waiting.pop()
            for part in ast.walk(body):
                if isinstance(part, ast.Raise) and isinstance(part.exc, ast.Call):
                    if getattr(part.exc.func, "id", "") in TYPED:
                        return True
                elif isinstance(part, ast.Call):
                    if (
                        isinstance(part.func, ast.Attribute)
                        and getattr(part.func.value, "id", "") == "_checks"
                    ):
                        return True
                    found, of = self.called(part, whose)
                    if found is not None and found not in done:
                        done.add(found)
                        waiting.append((found, of))
        return False


def arguments(node: Function | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Give the names of the arguments, self and cls left out, and those of *args and **kwargs."""
    if node is None:
        return (), ()
    a = node.args
    names = tuple(x.arg for x in (*a.posonlyargs, *a.args, *a.kwonlyargs) if x.arg not in ("self", "cls"))
    return names, tuple(x.arg for x in (a.vararg, a.kwarg) if x is not None)


def items(source: str) -> Iterator[Item]:
    """Find the public functions, classes and methods of a module; properties are described like attributes."""
    module = Module(source)

    def item(node: Function, owner: str = "") -> Item:
        name = f"{owner}.{node.name}" if owner else node.name
        nothing = isinstance(node.returns, ast.Constant) and node.returns.value is None
        raises = module.may_raise(node, owner) and name not in CANNOT_FAIL
        return Item(name, node, *arguments(node), returns=not nothing, raises=raises)

    for node in module.functions.values():
        if is_public(node.name):
            yield item(node)
    for owner, kind in module.classes.items():
        if not is_public(owner):
            continue
        # What a public base is made of is described there.
        bases = {str(getattr(base, "id", "_")) for base in kind.bases} & module.classes.keys()
        start = None if any(map(is_public, bases)) else module.start(owner)
        made = start is not None and start.name == "__init__"
        fields = tuple(
            part.target.id
            for part in kind.body
            if isinstance(part, ast.AnnAssign) and isinstance(part.target, ast.Name)
        )
        yield Item(
            owner,
            kind,
            *arguments(start if made else None),
            fields=fields if "dataclass" in decorators(kind) else (),
            raises=start is not None and module.may_raise(start, owner),
        )
        for part in kind.body:
            if isinstance(part, Function) and is_public(part.name) and "property" not in decorators(part):
                yield item(part, owner)


def complaints(source: str) -> list[str]:
    """Say everything that the docstrings of a module lack, one line each."""
    found = []
    for item in items(source):
        place = f"line {item.node.lineno}, {item.name}"
        said = sections(item.node)
        if ast.get_docstring(item.node) is None:
            found.append(f"{place}: no docstring")
        named = entries(said.get("Parameters", []))
        for name in item.arguments:
            if name not in named:
                found.append(f"{place}: argument `{name}` is not in Parameters")
            elif not named[name]:
                found.append(f"{place}: argument `{name}` has neither a type nor a description")
        if isinstance(item.node, Function):
            stale = [name for name in named if name not in item.arguments + item.extra]
            found += [f"{place}: Parameters names `{name}`, which is no argument" for name in stale]
        known = named | entries(said.get("Attributes", []))
        missing = [name for name in item.fields if name not in known]
        found += [f"{place}: field `{name}` is in neither Parameters nor Attributes" for name in missing]
        if item.returns and not {"Returns", "Yields"} & said.keys():
            found.append(f"{place}: no Returns (or Yields)")
        if item.raises and "Raises" not in said:
            found.append(f"{place}: no Raises, though it raises a typed error or calls a check")
    return found


@pytest.mark.parametrize("path", MODULES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_public_docstrings_are_complete(path: Path) -> None:
    found = complaints(path.read_text(encoding="utf-8"))
    assert not found, "\n".join([f"reglib/{path.relative_to(ROOT).as_posix()}:", *found])


def test_what_is_public_is_found() -> None:
    assert sum(len(list(items(path.read_text(encoding="utf-8")))) for path in MODULES) > 200


# --- the rule itself --------------------------------------------------------------------------------

SAMPLE = '''
from dataclasses import dataclass

from reglib import _checks


def _rate(rate):
    return _checks.number("rate", rate, 0, 1)


def halve(rate: float, *, times: int = 1) -> float:
    """Halve a rate.

    Parameters
    ----------
    rate : float
        0 to 1.
    times
        As in `double`.

    Returns
    -------
    float

    Raises
    ------
    ParameterError
        ``out_of_range``.
    """
    return _rate(rate) / 2**times


@dataclass(frozen=True)
class Point:
    """A point.

    Attributes
    ----------
    x, y : float
    """

    x: float
    y: float

    @property
    def size(self) -> float:
        """Its size."""
        return abs(self.x) + abs(self.y)

    def draw(self) -> None:
        """Draw it."""
'''


def test_a_complete_module_passes() -> None:
    assert complaints(SAMPLE) == []


@pytest.mark.parametrize(
    ("gone", "instead", "expected"),
    [
        ("    rate : float\n        0 to 1.\n", "", "halve: argument `rate` is not in Parameters"),
        ("        As in `double`.\n", "", "halve: argument `times` has neither a type nor a description"),
        ("    times\n", "    often\n", "halve: Parameters names `often`, which is no argument"),
        ("    Returns\n    -------\n    float\n", "", "halve: no Returns (or Yields)"),
        (
            "    Raises\n    ------\n",
            "    ",
            "halve: no Raises, though it raises a typed error or calls a check",
        ),
        ("    x, y : float\n", "    x : float\n", "Point: field `y` is in neither Parameters nor Attributes"),
        ('        """Draw it."""\n', "        pass\n", "Point.draw: no docstring"),
    ],
)
def test_what_is_taken_away_is_missed(gone: str, instead: str, expected: str) -> None:
    assert SAMPLE.count(gone) == 1
    assert any(found.endswith(expected) for found in complaints(SAMPLE.replace(gone, instead)))

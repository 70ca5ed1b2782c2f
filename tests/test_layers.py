"""Who may import whom: the layers that the README names, held by walking the imports."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LESSONS = {path.stem for path in (ROOT / "pages").glob("*.py")} - {"__init__"}
SOURCES = sorted([ROOT / "app.py", *(ROOT / "pages").rglob("*.py"), *(ROOT / "reglib").rglob("*.py")])
# scipy comes with scikit-learn, pyarrow with Streamlit, which sends every table by it.
RUNTIME = {"streamlit", "numpy", "altair", "pandas", "sklearn", "scipy", "pyarrow", "reglib", "pages"}


def imports(path: Path, *, top_only: bool = False) -> set[str]:
    """Give the dotted names that a file imports (``from a import b`` counts as ``a.b``)."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    nodes = ast.iter_child_nodes(tree) if top_only else ast.walk(tree)
    names: set[str] = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def forbidden(path: Path) -> tuple[str, ...]:
    """Give the prefixes that a file of this layer must not import."""
    parts = path.relative_to(ROOT).parts
    if parts[0] == "reglib":
        return ("streamlit", "altair", "pages", *(() if path.stem == "tables" else ("pandas",)))
    if parts[:2] == ("pages", "charts"):
        return ("streamlit", "pages.ui", "pages.sections", "reglib")
    if parts[:2] == ("pages", "ui"):
        charts = (f"pages.charts.{chart.stem}" for chart in (ROOT / "pages/charts").glob("*.py"))
        return ("altair", "pages.sections", *(c for c in charts if c != "pages.charts.theme"))
    if parts[:2] == ("pages", "sections"):
        others = LESSONS - {parts[2].removesuffix(".py")}
        return ("altair", *(f"pages.sections.{o}" for o in others), *(f"pages.{o}" for o in LESSONS))
    if parts[0] == "pages":
        others = LESSONS - {path.stem}
        return ("altair", *(f"pages.{o}" for o in LESSONS), *(f"pages.sections.{o}" for o in others))
    return ()


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(ROOT)))
def test_a_file_imports_only_what_its_layer_may(path: Path) -> None:
    for name in imports(path):
        assert not any(name == bad or name.startswith(f"{bad}.") for bad in forbidden(path)), name


def test_app_py_knows_only_the_shell() -> None:
    assert imports(ROOT / "app.py") == {"pages.ui.shell"}


def test_only_the_five_packages_are_imported_at_run_time() -> None:
    for path in SOURCES:
        outside = {name.split(".")[0] for name in imports(path)} - set(sys.stdlib_module_names)
        assert outside <= RUNTIME, (path, outside - RUNTIME)


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(ROOT)))
def test_scikit_learn_is_imported_only_inside_functions(path: Path) -> None:
    if path == ROOT / "reglib" / "estimators.py":
        return
    slow = {name for name in imports(path, top_only=True) if name.split(".")[0] in ("sklearn", "scipy")}
    assert not slow


def test_the_visible_top_level_is_the_six_entries() -> None:
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    visible = {line.split("/")[0] for line in tracked.splitlines() if not line.startswith(".")}
    assert visible - {"LICENSE"} == {"app.py", "pages", "reglib", "tests", "requirements.txt", "README.md"}


def test_requirements_are_exactly_the_five_packages() -> None:
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").split()
    assert sorted(line.split(">")[0] for line in lines) == [
        "altair", "numpy", "pandas", "scikit-learn", "streamlit"
    ]  # fmt: skip


@pytest.mark.parametrize("page", sorted((ROOT / "pages").glob("*.py")), ids=lambda p: p.stem)
def test_a_page_file_stays_a_lesson_plan(page: Path) -> None:
    assert len(page.read_text(encoding="utf-8").splitlines()) <= 150


def test_the_package_names_every_public_module() -> None:
    package = ROOT / "reglib"
    public = {p.stem for p in package.iterdir() if (p.suffix == ".py" or (p / "__init__.py").exists())}
    listed = ast.get_docstring(ast.parse((package / "__init__.py").read_text(encoding="utf-8"))) or ""
    named = [line for line in listed.split("Modules\n-------\n")[1].splitlines() if not line.startswith(" ")]
    assert len(named) == len(set(named))
    assert set(named) == {name for name in public if not name.startswith("_")}

"""No circle of imports, wherever an import stands: in functions, under TYPE_CHECKING, by name through importlib."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

import costcalc

ROOT = Path(costcalc.__file__).parent


def sources() -> dict[str, str]:
    """Every module of the package by its dotted name."""
    found = {}
    for path in sorted(ROOT.rglob("*.py")):
        parts = ("costcalc", *path.relative_to(ROOT).with_suffix("").parts)
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path.read_text(encoding="utf-8")
    return found


def edges(modules: Mapping[str, str], packages: set[str]) -> dict[str, set[str]]:
    """What each module imports: the module that is named, not the packages around it."""
    return {name: set(_imported(name, text, modules, packages)) - {name} for name, text in modules.items()}


def _imported(name: str, text: str, modules: Mapping[str, str], packages: set[str]) -> Iterator[str]:
    package = name if name in packages else name.rpartition(".")[0]
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in modules)
        elif isinstance(node, ast.ImportFrom):
            base = _base(package, node.level, node.module)
            for alias in node.names:
                below = f"{base}.{alias.name}"
                if below in modules:
                    yield below
                elif base in modules:
                    yield base
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and _uses_importlib(text):
            # import_module takes its name from a table: each of the file's texts that names a module counts.
            for candidate in (node.value, f"{package}.{node.value.lstrip('.')}"):
                if candidate in modules and candidate != "costcalc":
                    yield candidate


def _uses_importlib(text: str) -> bool:
    return "import_module" in text or "__import__" in text


def _base(package: str, level: int, module: str | None) -> str:
    parts = package.split(".") if level else []
    parts = parts[: len(parts) - (level - 1)] if level > 1 else parts
    return ".".join([*parts, *([module] if module else [])])


def circles(graph: Mapping[str, set[str]]) -> list[list[str]]:
    """The groups of modules of which each reaches each (Tarjan's components of more than one)."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found: list[list[str]] = []

    def visit(v: str) -> None:
        index[v] = low[v] = len(index)
        stack.append(v)
        for w in sorted(graph.get(v, ())):
            if w not in index:
                visit(w)
                low[v] = min(low[v], low[w])
            elif w in stack:
                low[v] = min(low[v], index[w])
        if low[v] == index[v]:
            at = stack.index(v)
            if len(stack) - at > 1:
                found.append(sorted(stack[at:]))
            del stack[at:]

    for v in sorted(graph):
        if v not in index:
            visit(v)
    return found


def test_no_module_imports_itself_through_others() -> None:
    modules = sources()
    packages = {name for name in modules if any(other.startswith(f"{name}.") for other in modules)}
    assert len(modules) > 100
    assert circles(edges(modules, packages)) == []


def test_a_circle_is_found_wherever_its_import_stands() -> None:
    leaf = "x = 1\n"
    for text in (
        "def f():\n    from .b import g\n",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from .b import g\n",
        "from . import b\n",
        "import costcalc.p.b\n",
        "from importlib import import_module\nWHERE = {'b': '.b'}\n",
    ):
        modules = {"costcalc": leaf, "costcalc.p": leaf, "costcalc.p.a": text, "costcalc.p.b": "from .a import f\n"}
        assert circles(edges(modules, {"costcalc", "costcalc.p"})) == [["costcalc.p.a", "costcalc.p.b"]], text
    modules = {
        "costcalc": leaf,
        "costcalc.p": "from .a import f\n",
        "costcalc.p.a": "from .b import g\n",
        "costcalc.p.b": leaf,
    }
    assert circles(edges(modules, {"costcalc", "costcalc.p"})) == []

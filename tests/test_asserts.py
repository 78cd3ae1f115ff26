"""Asserts only tell mypy what is so: Python leaves them out with -O, and nothing may change by that."""

import ast
from pathlib import Path

import pytest

import costcalc

FILES = sorted(Path(costcalc.__file__).parent.rglob("*.py"))
TREES = {path: ast.parse(path.read_text(encoding="utf-8")) for path in FILES}
COMPUTED = {
    node.name
    for tree in TREES.values()
    for node in ast.walk(tree)
    if isinstance(node, ast.FunctionDef)
    for decorator in node.decorator_list
    if ast.unparse(decorator) in ("property", "cached_property")
}


def checks_something(test: ast.expr) -> bool:
    """Whether evaluating ``test`` may do more than look: anything but isinstance and "is not None" of plain values."""
    if isinstance(test, ast.Call) and ast.unparse(test.func) == "isinstance":
        return any(checks_something(a) for a in test.args[:1])
    if isinstance(test, ast.Compare) and all(isinstance(op, ast.IsNot) for op in test.ops):
        return checks_something(test.left)
    if isinstance(test, ast.Attribute):
        return test.attr in COMPUTED or (not isinstance(test.value, ast.Attribute) and checks_something(test.value))
    return not isinstance(test, ast.Name)


def wrong(tree: ast.Module) -> list[str]:
    found = [node for node in ast.walk(tree) if isinstance(node, ast.Assert)]
    return [ast.unparse(node) for node in found if checks_something(node.test)]


@pytest.mark.parametrize("path", FILES, ids=lambda p: "/".join(p.parts[-2:]))
def test_no_assert_checks_what_a_user_gives(path: Path) -> None:
    assert wrong(TREES[path]) == []


@pytest.mark.parametrize("text", ["assert cost.counted is not None", "assert 0 < n", "assert f(x)", "assert a and b"])
def test_such_an_assert_would_be_found(text: str) -> None:
    assert wrong(ast.parse(text)) == [text]

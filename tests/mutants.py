"""The mutants of ``mutate.py``: what is broken, and which tests should notice it."""

from __future__ import annotations

import ast
import random
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
# The quickest to notice come first.
OP_TESTS = ("tests/ops", "tests/truth", "tests/evaluate", "tests/arithmetic")
ARITHMETIC_TESTS = ("tests/arithmetic", "tests/ops", "tests/truth", "tests/evaluate")
FORM_TESTS = (
    "tests/symbolic/test_quotient.py", "tests/symbolic/test_smoothing.py", "tests/symbolic/test_known_forms.py",
    "tests/symbolic",
)  # fmt: skip
# Not tests/language/test_index.py: the index has a digest of each spec, which any change changes.
SPEC_TESTS = ("tests/truth", "tests/detection", "tests/docs/test_cost_model.py", "tests/papers")
FORMULAS = {
    "weights", "work", "out_shapes", "window_size", "window_sizes", "same_padding", "point", "elements", "window",
    "positions", "number_of_windows",
}  # fmt: skip
ROUNDING = {
    "make_divisible", "floor", "ceil", "round_half_even", "ceil_div", "floordiv", "div", "_divide", "of_number", "mod",
}  # fmt: skip
_IRRATIONAL = "the root of 2 is no ratio of whole numbers"
_TWO_GAPS = "a pair that is dearer than two single layers is never chosen, however much dearer"
_STRIDES = "costcalc/comparison/groups.py: exponent_of seam"
EQUIVALENT = {
    f"{_STRIDES} #1: height ** 2 >= 2 * out_height ** 2 * 4 ** halvings"
    " -> height ** 2 > 2 * out_height ** 2 * 4 ** halvings": _IRRATIONAL,
    f"{_STRIDES} #2: 2 * height ** 2 * 4 ** doublings < out_height ** 2"
    " -> 2 * height ** 2 * 4 ** doublings <= out_height ** 2": _IRRATIONAL,
    "costcalc/comparison/diff.py: _distance seam #9: 1 -> 2": _TWO_GAPS,
    "costcalc/comparison/diff.py: _distance seam #11: 2 -> 3": _TWO_GAPS,
    "costcalc/comparison/groups.py: _is_pooled seam #4: 1 -> 2": "it stands for channels, and a height is read",
    "costcalc/conventions/convention.py: _closest seam #1: 1 -> 2": "any number below 0 says that none matches",
    "costcalc/evaluate/repeat.py: Repeat._ints seam #5: i < n -> i <= n": "the last copy would stand for itself alone",
    "costcalc/symbolic/smoothing.py: _content #2: sympy.Integer(1) -> (sympy.Integer(1)) + 1": (
        "it is of zeros alone, and 2·max(0/2, 0/2) is max(0, 0)"
    ),
}
"""Mutants that change nothing that can be seen, and why."""
FORMS = {"_power", "_make_divisible", "_content", "_crossing", "quotient", "extremes", "number"}


SEAMS = {
    "costcalc/comparison/groups.py": ("tests/comparison", "tests/cli/test_compare.py"),
    "costcalc/comparison/diff.py": ("tests/comparison", "tests/cli/test_compare.py"),
    "costcalc/slimming.py": (
        "tests/test_slimming.py", "tests/test_an_op_from_outside.py", "tests/cli/test_bits_and_prune.py", "tests/ops",
    ),
    "costcalc/evaluate/sharing.py": ("tests/evaluate/test_sharing.py", "tests/evaluate", "tests/ops"),
    "costcalc/evaluate/reach.py": ("tests/evaluate/test_networks_as_parts.py", "tests/evaluate", "tests/truth"),
    "costcalc/evaluate/strides.py": ("tests/evaluate/test_networks_as_parts.py", "tests/evaluate", "tests/truth"),
    "costcalc/evaluate/repeat.py": ("tests/evaluate/test_repeats.py", "tests/evaluate"),
    "costcalc/evaluate/choosing.py": (
        "tests/evaluate/test_choosing.py", "tests/evaluate/test_conditions.py", "tests/evaluate",
        "tests/symbolic/test_known_forms.py",
    ),
    "costcalc/rows.py": (
        "tests/test_faces.py", "tests/test_cost.py", "tests/cli/test_show_table.py", "tests/comparison",
    ),
    "costcalc/comparison/blocks.py": ("tests/cli/test_compare.py",),
    "costcalc/cost.py": (
        "tests/test_cost.py", "tests/conventions/test_left_out.py", "tests/cli/test_show_table.py",
        "tests/test_faces.py", "tests/reports/test_from_python.py", "tests/cli/test_memory.py", "tests/evaluate",
        "tests/comparison", "tests/symbolic/test_known_forms.py",
    ),
    "costcalc/sums.py": (
        "tests/test_overflow.py", "tests/conventions/test_left_out.py", "tests/conventions/test_rules.py",
        "tests/evaluate", "tests/compiled/test_form.py", "tests/conventions",
    ),
    "costcalc/conventions/convention.py": (
        "tests/conventions/test_rules.py", "tests/conventions/test_conventions.py", "tests/conventions",
        "tests/truth/test_tool_counts.py",
    ),
    "costcalc/reports/columns.py": (
        "tests/reports/test_columns.py", "tests/cli/test_show_table.py", "tests/cli/test_show_formats.py",
        "tests/cli/test_compare.py", "tests/cli/test_list.py", "tests/reports",
    ),
}  # fmt: skip
"""Files where features meet, and the tests that should notice."""


class Mutant(NamedTuple):
    """``file`` with ``start:end`` replaced by ``text``. ``stages`` are arguments for pytest, one run after another."""

    name: str
    file: str
    start: int
    end: int
    text: str
    stages: tuple[tuple[str, ...], ...]


def formula_mutants() -> Iterator[Mutant]:
    """One for each value that an op's formula returns, and for each rounding function of each kind of number."""
    for folder, functions, tests in (
        ("costcalc/ops", FORMULAS, OP_TESTS),
        ("costcalc/arithmetic", ROUNDING, ARITHMETIC_TESTS),
        ("costcalc/symbolic", FORMS, FORM_TESTS),
    ):
        for path in sorted((ROOT / folder).glob("*.py")):
            source = path.read_text(encoding="utf-8")
            for owner, function in _functions(ast.parse(source)):
                if function.name in functions:
                    breaks = ((node, _one_more(node)) for node in _results(function))
                    yield from _mutants(path, source, owner + function.name, breaks, tests)


def _mutants(
    path: Path, source: str, where: str, breaks: Iterable[tuple[ast.expr, str]], tests: tuple[str, ...]
) -> Iterator[Mutant]:
    file = str(path.relative_to(ROOT))
    for number, (node, text) in enumerate(breaks, 1):
        start, end = _span(source, node)
        name = f"{file}: {where} #{number}: {ast.unparse(node)} -> {text}"
        yield Mutant(name, file, start, end, text if isinstance(node, ast.Starred) else f"({text})", (tests,))


_FLIPPED = {
    ast.Lt: "<=", ast.LtE: "<", ast.Gt: ">=", ast.GtE: ">", ast.Eq: "!=", ast.NotEq: "==",
    ast.Is: "is not", ast.IsNot: "is", ast.In: "not in", ast.NotIn: "in",
}  # fmt: skip


def seam_mutants() -> Iterator[Mutant]:
    """Every comparison at its boundary, every condition turned round, every 0, 1 and 2 one more, at the seams."""
    for file, tests in SEAMS.items():
        source = (ROOT / file).read_text(encoding="utf-8")
        for owner, function in _functions(ast.parse(source)):
            yield from _mutants(ROOT / file, source, f"{owner}{function.name} seam", _breaks(function), tests)


def _breaks(function: ast.FunctionDef) -> Iterator[tuple[ast.expr, str]]:
    for node in ast.walk(function):
        if isinstance(node, ast.Compare) and len(node.ops) == 1:
            flipped = _FLIPPED[type(node.ops[0])]
            yield node, f"{ast.unparse(node.left)} {flipped} {ast.unparse(node.comparators[0])}"
        elif isinstance(node, ast.BoolOp):
            other = " or " if isinstance(node.op, ast.And) else " and "
            yield node, other.join(f"({ast.unparse(v)})" for v in node.values)
        elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            yield node, f"bool({ast.unparse(node.operand)})"
        elif isinstance(node, ast.Constant) and type(node.value) is int and node.value in (0, 1, 2):
            yield node, str(node.value + 1)


def _functions(tree: ast.Module) -> Iterator[tuple[str, ast.FunctionDef]]:
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            yield "", node
        if isinstance(node, ast.ClassDef):
            for inner in node.body:
                if isinstance(inner, ast.FunctionDef):
                    yield f"{node.name}.", inner


def _results(function: ast.FunctionDef) -> Iterator[ast.expr]:
    """The numbers that ``function`` returns: values of dicts, members of tuples, plain results."""
    for node in ast.walk(function):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Subscript):
            yield node.value
        if not isinstance(node, ast.Return | ast.AnnAssign) or node.value is None:
            continue
        yield from _numbers(node.value, plain=isinstance(node, ast.Return))


def _one_more(number: ast.expr) -> str:
    if isinstance(number, ast.Starred):
        return f"*(n + 1 for n in {ast.unparse(number.value)})"
    return f"({ast.unparse(number)}) + 1"


def _numbers(value: ast.expr, *, plain: bool) -> Iterator[ast.expr]:
    if isinstance(value, ast.Dict):
        yield from value.values
    elif isinstance(value, ast.IfExp):
        yield from _numbers(value.body, plain=plain)
        yield from _numbers(value.orelse, plain=plain)
    elif isinstance(value, ast.Tuple):
        for element in value.elts:
            yield from _numbers(element, plain=True)
    elif plain and not _is_dispatch(value):
        yield value


def _is_dispatch(value: ast.expr) -> bool:
    """A call that only hands over to another function, which has a mutant of its own."""
    text = ast.unparse(value)
    return (
        text.startswith(("_computing(", "_module("))
        or isinstance(value, ast.Constant)
        or text in ("x", "inputs[0]", "()")
    )


def _span(source: str, node: ast.expr) -> tuple[int, int]:
    lines = source.splitlines(keepends=True)

    def offset(line: int, column: int) -> int:
        return sum(map(len, lines[: line - 1])) + len(lines[line - 1].encode()[:column].decode())

    assert node.end_lineno is not None
    assert node.end_col_offset is not None
    return offset(node.lineno, node.col_offset), offset(node.end_lineno, node.end_col_offset)


def spec_mutants(seed: int) -> Iterator[Mutant]:
    """One number of the layers of every network: a cell of its table, or a number in a step."""
    for path in sorted((ROOT / "specs" / "networks").rglob("*.yaml")):
        source = path.read_text(encoding="utf-8")
        spots = [*_cells(source)] or [*_step_numbers(source)]
        if not spots:
            raise SystemExit(f"{path}: nothing to break")
        start, end = random.Random(f"{seed}{path.name}").choice(spots)
        name = f"{path.relative_to(ROOT)}: {source[start:end]} in line {source.count(chr(10), 0, start) + 1}"
        text = str(int(source[start:end]) + 8)
        first = ("tests/truth", "-k", path.stem)
        yield Mutant(name, str(path.relative_to(ROOT)), start, end, text, (first, SPEC_TESTS))


def _cells(source: str) -> Iterator[tuple[int, int]]:
    """The spans of plain numbers in columns of channels, expansions and copies of the tables of layers."""
    header: list[str] = []
    position = 0
    for line in source.splitlines(keepends=True):
        body = line.split(" #")[0].rstrip("\n")
        if "|" not in body or body.rstrip().endswith(": |"):
            header = []
        elif not header:
            header = [c.strip() for c in body.split("|")]
        elif "operator" in header:
            at = position
            for column, cell in zip(header, body.split("|"), strict=False):
                number = re.fullmatch(r"\s*(\d+)\s*", cell)
                if number and column in ("c", "out", "exp", "t", "e1x1", "e3x3", "s1x1", "n3"):
                    yield at + number.start(1), at + number.end(1)
                at += len(cell) + 1
        position += len(line)


def _step_numbers(source: str) -> Iterator[tuple[int, int]]:
    """The spans of whole numbers in calls of conv and fc among the steps."""
    found = False
    for call in re.finditer(r"\b(?:conv|fc)\(([^()]*)\)", source):
        for number in re.finditer(r"(?<![\w.])\d+(?![\w.])", call[1]):
            yield call.start(1) + number.start(), call.start(1) + number.end()
            found = True
    # A spec whose layers hold letters alone is broken in a kernel, in a factor, or in a default.
    for pattern in () if found else (r"\bconv\((\d+)x\d", r"\w\*(\d+)\b", r"default: (\d+)\b"):
        for number in () if found else list(re.finditer(pattern, source)):
            yield number.span(1)
            found = True

"""Break things on purpose, and see the tests go red.

Mutants: every named cost part and shape rule of the ops, every rounding function, the arithmetic of closed forms, one
cell of every spec; and at the seams, where two features meet, every comparison, condition and small number. Each is
applied to a copy of the tree, and the tests that should notice are run there. Survivors are reported, and the exit
status is 1 if there is one.

    python tests/mutate.py                        all of them (an hour or two on two cores)
    python tests/mutate.py --sample 12 --seed 0   a sample
    python tests/mutate.py --list
"""

from __future__ import annotations

import argparse
import ast
import concurrent.futures
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
FORMULA_TESTS = ("tests/truth", "tests/arithmetic", "tests/ops", "tests/evaluate")  # the quickest to notice come first
SPEC_TESTS = ("tests/truth", "tests/papers")
LAYER_TESTS = ("tests/docs/test_cost_model.py", "tests/truth", "tests/papers")
FORM_TESTS = ("tests/symbolic",)
FORMULAS = {
    "weights", "work", "out_shapes", "window_size", "window_sizes", "same_padding", "point", "elements", "window",
}  # fmt: skip
ROUNDING = {
    "make_divisible", "floor", "ceil", "round_half_even", "ceil_div", "floordiv", "div", "_divide", "of_number", "mod",
}  # fmt: skip
FORMS = {"_power", "_make_divisible", "_content", "_crossing", "quotient", "extremes", "number"}


SEAMS = {
    "costcalc/comparison/groups.py": ("tests/comparison", "tests/cli/test_compare.py"),
    "costcalc/comparison/diff.py": ("tests/comparison", "tests/cli/test_compare.py"),
    "costcalc/slimming.py": ("tests/test_slimming.py", "tests/cli/test_bits_and_prune.py", "tests/ops"),
    "costcalc/evaluate/sharing.py": ("tests/evaluate", "tests/ops"),
    "costcalc/evaluate/reach.py": ("tests/evaluate", "tests/truth"),
    "costcalc/evaluate/strides.py": ("tests/evaluate", "tests/truth"),
    "costcalc/evaluate/repeat.py": ("tests/evaluate",),
    "costcalc/cost.py": ("tests/test_overflow.py", "tests/conventions/test_left_out.py", "tests/cli", "tests/evaluate"),
    "costcalc/conventions/convention.py": ("tests/conventions", "tests/truth/test_tool_counts.py"),
    "costcalc/reports/columns.py": ("tests/reports", "tests/cli"),
}
"""Files where features meet, and the tests that should notice."""


class Mutant(NamedTuple):
    """``file`` with ``start:end`` replaced by ``text``; ``tests`` should notice."""

    name: str
    file: str
    start: int
    end: int
    text: str
    tests: tuple[str, ...]


def formula_mutants() -> Iterator[Mutant]:
    """One for each value that an op's formula returns, and for each rounding function of each kind of number."""
    for folder, functions, tests in (
        ("costcalc/ops", FORMULAS, FORMULA_TESTS),
        ("costcalc/arithmetic", ROUNDING, FORMULA_TESTS),
        ("costcalc/symbolic", FORMS, FORM_TESTS),
    ):
        for path in sorted((ROOT / folder).glob("*.py")):
            source = path.read_text(encoding="utf-8")
            tree = ast.parse(source)
            for owner, function in _functions(tree):
                if function.name not in functions:
                    continue
                for number, node in enumerate(_results(function), 1):
                    name = f"{path.relative_to(ROOT)}: {owner}{function.name} #{number}"
                    start, end = _span(source, node)
                    broken = f"(({source[start:end]}) + 1)"
                    yield Mutant(name, str(path.relative_to(ROOT)), start, end, broken, tests)


_FLIPPED = {
    ast.Lt: "<=", ast.LtE: "<", ast.Gt: ">=", ast.GtE: ">", ast.Eq: "!=", ast.NotEq: "==",
    ast.Is: "is not", ast.IsNot: "is", ast.In: "not in", ast.NotIn: "in",
}  # fmt: skip


def seam_mutants() -> Iterator[Mutant]:
    """Every comparison at its boundary, every condition turned round, every 0, 1 and 2 one more, at the seams."""
    for file, tests in SEAMS.items():
        source = (ROOT / file).read_text(encoding="utf-8")
        for owner, function in _functions(ast.parse(source)):
            for number, (node, text) in enumerate(_breaks(function), 1):
                start, end = _span(source, node)
                yield Mutant(f"{file}: {owner}{function.name} seam #{number}", file, start, end, text, tests)


def _breaks(function: ast.FunctionDef) -> Iterator[tuple[ast.expr, str]]:
    for node in ast.walk(function):
        if isinstance(node, ast.Compare) and len(node.ops) == 1:
            flipped = _FLIPPED[type(node.ops[0])]
            yield node, f"({ast.unparse(node.left)} {flipped} {ast.unparse(node.comparators[0])})"
        elif isinstance(node, ast.BoolOp):
            other = " or " if isinstance(node.op, ast.And) else " and "
            yield node, f"({other.join(f'({ast.unparse(v)})' for v in node.values)})"
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


def _numbers(value: ast.expr, *, plain: bool) -> Iterator[ast.expr]:
    if isinstance(value, ast.Dict):
        yield from value.values
    elif isinstance(value, ast.IfExp):
        yield from _numbers(value.body, plain=plain)
        yield from _numbers(value.orelse, plain=plain)
    elif isinstance(value, ast.Tuple):
        yield from value.elts
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
        tests = LAYER_TESTS if path.parent.name == "layers" else SPEC_TESTS
        yield Mutant(name, str(path.relative_to(ROOT)), start, end, text, tests)


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


def run(mutant: Mutant) -> bool:
    """Whether the tests notice ``mutant``."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for part in ("costcalc", "specs", "tests", "docs", "pyproject.toml"):
            source = ROOT / part
            if source.is_dir():
                shutil.copytree(source, root / part, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(source, root / part)
        target = root / mutant.file
        text = target.read_text(encoding="utf-8")
        target.write_text(text[: mutant.start] + mutant.text + text[mutant.end :], encoding="utf-8")
        options = ("-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist")
        command = [sys.executable, "-m", "pytest", *options, *mutant.tests]
        environment = {**os.environ, "PYTHONPATH": folder, "PYTHONDONTWRITEBYTECODE": "1"}
        done = subprocess.run(command, cwd=root, env=environment, capture_output=True, timeout=600, check=False)
        if done.returncode not in (0, 1, 2):
            raise SystemExit(f"{mutant.name}: pytest ended with {done.returncode}:\n{done.stdout.decode()[-2000:]}")
        return done.returncode != 0


def main() -> int:
    """Run the mutants that were asked for; 1 if one survives."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sample", type=int, help="only so many, drawn at random")
    parser.add_argument("--seed", type=int, default=0, help="which sample, and which cell of each spec")
    parser.add_argument("--only", default="", help="only those whose name holds this")
    parser.add_argument("--list", action="store_true", help="name them and stop")
    parser.add_argument("--jobs", type=int, default=2)
    args = parser.parse_args()
    mutants = [m for m in (*formula_mutants(), *seam_mutants(), *spec_mutants(args.seed)) if args.only in m.name]
    if args.sample is not None:
        mutants = random.Random(args.seed).sample(mutants, min(args.sample, len(mutants)))
    if args.list:
        print("\n".join(m.name for m in mutants), f"\n{len(mutants)} mutants", sep="")
        return 0
    if not run_untouched():
        print("the tests fail without any mutant")
        return 2
    survivors = []
    with concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
        for mutant, noticed in zip(mutants, pool.map(run, mutants), strict=True):
            print("noticed " if noticed else "SURVIVED", mutant.name, flush=True)
            if not noticed:
                survivors.append(mutant)
    print(f"{len(mutants)} mutants, {len(survivors)} survived")
    return 1 if survivors else 0


def run_untouched() -> bool:
    """Whether the tests pass as they are: else every mutant would look noticed."""
    tests = (*FORMULA_TESTS, "tests/papers", "tests/docs/test_cost_model.py")
    return not run(Mutant("nothing", "pyproject.toml", 0, 0, "", tests))


if __name__ == "__main__":
    raise SystemExit(main())

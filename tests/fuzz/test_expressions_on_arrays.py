"""Random expressions of the language at several ints, one by one and as an array: the same values, or an error."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from costcalc.arithmetic.rationals import python_numbers
from costcalc.compile import Program, compile_spec
from costcalc.conventions.expression import check as check_factor
from costcalc.conventions.expression import compiled as compiled_factor
from costcalc.errors import SpecError
from costcalc.evaluate.frame import Frame
from costcalc.evaluate.run import Run
from costcalc.language.parse import parse_step
from costcalc.language.text import Source, Text
from costcalc.network import SpecLoader

from .test_evaluation import FUZZ

SPEC = """
network: net
parameters: {{a: 1, b: 1, x: 1.0}}
let:
  twice(v): v + v
  shared: a*3 // 2
  result: '{}'
input: 8 x 8 x 3
layers:
  out: conv(1x1, 8)
"""
LEAVES = st.one_of(
    st.sampled_from(("a", "a", "b", "b", "x", "shared")),
    st.integers(0, 12).map(str),
    st.sampled_from(("0.5", "1.5", "0.1", "1.25", "49", "1000", "yes", "3x3", "relu")),
)


def larger(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    two = st.tuples(inner, inner)
    binary = ("+", "-", "*", "/", "/", "//", "%", "**", "==", "!=", "<", "<=", ">", ">=", "and", "or")
    unary = ("floor", "ceil", "round", "sqrt", "make_divisible", "twice", "-", "not ", "len")
    return st.one_of(
        st.tuples(two, st.sampled_from(binary)).map(lambda t: f"({t[0][0]} {t[1]} {t[0][1]})"),
        st.tuples(st.sampled_from(unary), inner).map(lambda t: f"({t[0]}({t[1]}))"),
        st.tuples(st.sampled_from(("max", "min", "make_divisible")), two).map(lambda t: f"{t[0]}({', '.join(t[1])})"),
        st.tuples(inner, inner, inner).map(lambda t: f"({t[0]} if {t[1]} else {t[2]})"),
        st.tuples(inner, inner, inner).map(lambda t: f"({t[0]} if {t[1]} < 5 else {t[2]})"),
        st.tuples(inner, inner, inner).map(lambda t: f"pick({t[0]}, [1, 2, 3, 4], [{t[1]}, {t[2]}, a, 8])"),
        st.tuples(two, st.integers(1, 2)).map(lambda t: f"[{t[0][0]}, {t[0][1]}][{t[1]}]"),
        two.map(lambda t: f"max([{t[0]}, {t[1]}])"),
    )


EXPRESSIONS = st.recursive(LEAVES, larger, max_leaves=8)
POINTS = st.lists(st.tuples(st.integers(-3, 60), st.integers(0, 9)), min_size=1, max_size=5)


def compiled(expression: str) -> Program | None:
    program = compile_spec(Source("net.yaml", SPEC.format(expression)), SpecLoader())
    return None if program.problems else program


def value_at(program: Program, **values: Any) -> tuple[Any, Any]:
    """The expression's value, and which elements are invalid."""
    run = Run()
    return Frame(run, program.point(values), [], None, None).let("result"), run.graph.invalid


def members(value: Any, n: int) -> list[Any]:
    """The value at each of ``n`` elements."""
    if isinstance(value, list):
        return [list(m) for m in zip(*(members(v, n) for v in value), strict=True)]
    if hasattr(value, "dtype") and value.dtype.kind != "b":
        return list(np.broadcast_to(python_numbers(value), n))
    return np.broadcast_to(value, n).tolist() if hasattr(value, "dtype") else [value] * n


def disagreements(expression: str, points: list[tuple[int, int]], x: float) -> list[str]:
    """Where the array has another value than its element alone."""
    program = compiled(expression)
    if program is None:
        return []
    a, b = (np.array(column) for column in zip(*points, strict=True))
    try:
        value, invalid = value_at(program, a=a, b=b, x=x)
    except SpecError:
        return []
    found = []
    masked = np.broadcast_to(False if invalid is None else invalid, len(points))
    for k, (point, element) in enumerate(zip(points, members(value, len(points)), strict=True)):
        if masked[k]:
            continue
        try:
            alone = value_at(program, a=point[0], b=point[1], x=x)[0]
        except SpecError as e:
            found.append(f"{expression} at {point}, {x}: {element}, alone: {e}")
            continue
        kinds = {type(alone), type(element)}
        same = alone == element and (len(kinds) == 1 or not kinds & {bool, Fraction})
        if not same:
            found.append(f"{expression} at {point}, {x}: {element!r}, alone {alone!r}")
    return found


@pytest.mark.filterwarnings("ignore::hypothesis.errors.HypothesisWarning")
@settings(
    max_examples=FUZZ or 1500,
    derandomize=not FUZZ,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
@given(EXPRESSIONS, POINTS, st.sampled_from((0.3, 1.0, 2.5)))
def test_an_array_of_ints_has_another_value_than_its_elements(
    expression: str, points: list[tuple[int, int]], x: float
) -> None:
    assert disagreements(expression, points, x) == []


@pytest.mark.parametrize(
    "expression",
    [
        "1 + floor(a/49*49)",
        "8 if a/49*49 == a else 16",
        "floor(max(a, 0.5)/49*49)",
        "(a if a > 3 else 0.5)/49*49 == a",
        "a**-1*a",
        "round(a/6*3)",
        "1/3*a*3 == a",
        "min(a/7, b)*7",
        "a/49 % 1",
        "a/3 < b/3",
        "a/49 == a*(1/49)",
        "(a > 3) == yes",
        "(a > 3) == b",
    ],
)
def test_a_quotient_of_ints_is_float64_on_arrays(expression: str) -> None:
    points = [(a, b) for a in (1, 2, 3, 5, 7, 48, 49, 50, 98) for b in (1, 2)]
    assert compiled(expression) is not None
    assert disagreements(expression, points, 1.0) == []
    a, b = (np.array(column) for column in zip(*points, strict=True))
    value_at(compiled(expression), a=a, b=b)  # type: ignore[arg-type]


# -- factors of conventions

PARTS = ("mac", "bias_add")
FACTORS = st.recursive(
    st.sampled_from(("mac", "bias_add", "window", "channels", "3", "0.5", "49", "whole_map")), larger, max_leaves=6
)


@pytest.mark.filterwarnings("ignore::hypothesis.errors.HypothesisWarning")
@settings(
    max_examples=FUZZ or 300,
    derandomize=not FUZZ,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
@given(FACTORS, st.lists(st.tuples(*[st.integers(1, 60)] * 4), min_size=1, max_size=4))
def test_a_factor_of_a_convention_is_another_on_arrays(text: str, rows: list[tuple[int, ...]]) -> None:
    try:
        node = parse_step(Text(text, Source("c.yaml", text), 1, 1))
        check_factor(node, PARTS, {})
    except SpecError:
        return
    names = ("mac", "bias_add", "window", "channels")
    columns = {name: np.array(column) for name, column in zip(names, zip(*rows, strict=True), strict=True)}
    factor = compiled_factor(node)
    try:
        value = factor({**columns, "whole_map": False})
    except SpecError:
        return
    for element, row in zip(members(value, len(rows)), rows, strict=True):
        alone = factor({**dict(zip(names, row, strict=True)), "whole_map": False})
        assert alone == element, (text, row)

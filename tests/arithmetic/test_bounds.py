"""Bounds hold: whatever an operation gives of numbers between bounds lies between the bounds of the result."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from costcalc import arithmetic as ar
from costcalc.arithmetic.bounds import OF, Bounds, of_number, of_operation
from costcalc.errors import ArithmeticProblem

from .kinds import QUICK

FUNCTIONS: dict[str, Callable[..., Any]] = {
    "add": ar.add, "sub": ar.sub, "mul": ar.mul, "div": ar.div, "floor_div": ar.floordiv, "ceil_div": ar.ceil_div,
    "mod": ar.mod, "pow": ar.power, "sqrt": ar.sqrt, "floor": ar.floor, "ceil": ar.ceil, "round": ar.round_half_even,
    "min": ar.minimum, "max": ar.maximum, "make_divisible": ar.make_divisible,
    "select": lambda a, b: ar.where(ar.less(a, b), a, b),
}  # fmt: skip
UNARY = ("sqrt", "floor", "ceil", "round")
NUMBERS = st.one_of(st.integers(-50, 50), st.integers(-500, 500).map(lambda n: n / 10), st.floats(-1e4, 1e4))


def test_every_operation_is_tried() -> None:
    assert FUNCTIONS.keys() == OF.keys()


def around(numbers: list[Any]) -> Bounds:
    bounds = [of_number(x) for x in numbers]
    return Bounds(min(b.low for b in bounds), max(b.high for b in bounds), all(b.whole for b in bounds))


@pytest.mark.parametrize("name", FUNCTIONS)
@QUICK
@given(first=st.lists(NUMBERS, min_size=1, max_size=3), second=st.lists(NUMBERS, min_size=1, max_size=3))
@example(first=[0.1], second=[0.2])
@example(first=[0.1], second=[3])
@example(first=[7, 40], second=[0, 3, 5])
@example(first=[7.5, 40], second=[0, 1, 8])
@example(first=[1.2], second=[7, 0.5])
def test_results_lie_within(name: str, first: list[Any], second: list[Any]) -> None:
    function = FUNCTIONS[name]
    of = [around(first)] if name in UNARY else [around(first), around(second)]
    if name == "select":
        of = [Bounds(0, 1, True), *of]
    bounds = of_operation(name, *of)
    for a in first:
        for b in second:
            try:
                result = function(a) if name in UNARY else function(a, b)
            except ArithmeticProblem:
                continue
            assert bounds.low <= Fraction(result) <= bounds.high, (a, b, result)
            assert type(result) is int or not bounds.whole

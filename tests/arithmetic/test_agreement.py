"""Every function gives one answer, whether it is asked with plain numbers, arrays or symbols."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from costcalc import arithmetic as ar

from .kinds import QUICK, assert_plain_equals_arrays, assert_plain_equals_symbols

INTS = st.integers(-5_000, 5_000)
EIGHTHS = st.integers(-40_000, 40_000).map(lambda n: n / 8)
"""Decimals that float64, rationals and the text of the decimal agree on, and so do their products."""
FLOATS = st.floats(-1e6, 1e6).filter(lambda x: x == 0 or abs(x) > 1e-6)
BOOLS = st.booleans()


def nonzero(numbers: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return numbers.filter(bool)


def condition(a: Any, b: Any) -> Any:
    return ar.less(a, b)


COMMON: dict[str, Callable[..., Any]] = {
    "add": ar.add,
    "sub": ar.sub,
    "mul": ar.mul,
    "product": lambda a, b: ar.product(a, b, 3),
    "total": lambda a, b: ar.total([a, b, a]),
    "neg": lambda a, b: ar.neg(a),
    "minimum": lambda a, b: ar.minimum(a, b, 7),
    "maximum": ar.maximum,
    "floor": lambda a, b: ar.floor(a),
    "ceil": lambda a, b: ar.ceil(a),
    "round_half_even": lambda a, b: ar.round_half_even(a),
    "equal": ar.equal,
    "less": ar.less,
    "less_equal": ar.less_equal,
    "logical_not": lambda a, b: ar.logical_not(condition(a, b)),
    "logical_and": lambda a, b: ar.logical_and(condition(a, b), condition(b, 9)),
    "logical_or": lambda a, b: ar.logical_or(condition(a, b), condition(b, 9)),
    "where": lambda a, b: ar.where(condition(a, b), b, a),
    "as_count": lambda a, b: ar.as_count(condition(a, b)),
    "truth": lambda a, b: ar.truth(a),
    "check": lambda a, b: ar.check(a),
}
"""Functions of any two numbers."""

DIVIDING: dict[str, Callable[..., Any]] = {
    "floordiv": ar.floordiv,
    "ceil_div": ar.ceil_div,
    "mod": ar.mod,
}
"""Functions whose second number isn't 0."""

ELSEWHERE = {
    "is_array": "test_agreement",
    "is_symbolic": "test_agreement",
    "whole": "test_agreement",
    "is_whole": "test_agreement",
    "div": "test_division_and_powers",
    "quotient": "test_division_and_powers",
    "power": "test_division_and_powers",
    "sqrt": "test_division_and_powers",
    "make_divisible": "test_rounding",
    "not_a_number": "test_errors",
    "apply": "test_errors",
    "is_recorded": "test_recorded",
    "everywhere": "test_recorded",
    "holds": "test_recorded",
    "within": "test_recorded",
}


def test_every_function_is_tested() -> None:
    public = {n for n, f in vars(ar).items() if inspect.isfunction(f) and n[0] != "_"} - {
        "cache",
        "quoted",
        "too_large",
    }
    assert public == COMMON.keys() | DIVIDING.keys() | ELSEWHERE.keys()
    for name, module in ELSEWHERE.items():
        assert f"ar.{name}" in Path(__file__).with_name(f"{module}.py").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", COMMON)
@QUICK
@given(rows=st.lists(st.one_of(st.tuples(INTS, INTS), st.tuples(FLOATS, FLOATS)), min_size=1, max_size=8))
def test_arrays_are_plain_numbers_side_by_side(name: str, rows: list[Any]) -> None:
    rows = [r for r in rows if type(r[0]) is type(rows[0][0])]
    assert_plain_equals_arrays(COMMON[name], rows)


@pytest.mark.parametrize("name", COMMON)
@QUICK
@given(rows=st.lists(st.tuples(st.one_of(INTS, EIGHTHS), st.one_of(INTS, EIGHTHS)), min_size=1, max_size=3))
def test_symbols_given_numbers_are_plain_numbers(name: str, rows: list[Any]) -> None:
    assert_plain_equals_symbols(COMMON[name], rows)


@pytest.mark.parametrize("name", DIVIDING)
@QUICK
@given(
    rows=st.lists(st.one_of(st.tuples(INTS, nonzero(INTS)), st.tuples(FLOATS, nonzero(FLOATS))), min_size=1, max_size=8)
)
def test_dividing_arrays_is_dividing_plain_numbers(name: str, rows: list[Any]) -> None:
    rows = [r for r in rows if type(r[0]) is type(rows[0][0])]
    assert_plain_equals_arrays(DIVIDING[name], rows)


@pytest.mark.parametrize("name", DIVIDING)
@QUICK
@given(
    rows=st.lists(
        st.one_of(st.tuples(INTS, nonzero(INTS)), st.tuples(EIGHTHS, nonzero(EIGHTHS))), min_size=1, max_size=3
    )
)
def test_dividing_symbols_is_dividing_plain_numbers(name: str, rows: list[Any]) -> None:
    assert_plain_equals_symbols(DIVIDING[name], rows)


@pytest.mark.parametrize("name", ["add", "mul", "minimum", "less", "where", "floor", *DIVIDING])
@QUICK
@given(ints=st.lists(nonzero(INTS), min_size=1, max_size=8), n=nonzero(st.integers(-99, 99)), d=st.integers(2, 99))
def test_a_rational_meets_an_array_as_it_meets_each_element(name: str, ints: list[int], n: int, d: int) -> None:
    """Arrays hold no rationals; what meets one is rounded once, and floors, ceilings and remainders not at all."""
    f, rational = {**COMMON, **DIVIDING}[name], Fraction(n, d)
    for left, right in (
        (lambda x: f(x, rational), f),
        (lambda x: f(rational, x), lambda x, r: f(r, x)),
    ):
        expected = [float(right(x, rational)) for x in ints]
        assert np.broadcast_to(left(np.array(ints)), (len(ints),)).tolist() == pytest.approx(expected, rel=1e-15)
        if name in ("floordiv", "ceil_div", "floor"):
            assert np.broadcast_to(left(np.array(ints)), (len(ints),)).tolist() == expected


@pytest.mark.parametrize(
    ("number", "whole"),
    [(6, 6), (-3, -3), (6.0, 6), (6.5, None), (-0.25, None), (Fraction(6, 1), 6), (Fraction(13, 2), None)],
)
def test_whole_numbers_are_found_on_all_kinds(number: Any, whole: int | None) -> None:
    assert ar.whole(number) == whole
    assert ar.is_whole(number) is (whole is not None)
    assert ar.is_whole(np.array([6, float(number)])).tolist() == [True, whole is not None]
    assert ar.whole(np.array([float(number)])).tolist() == [number // 1]
    assert ar.whole(sympy.Rational(number)) == whole
    assert ar.is_whole(sympy.Rational(number)) is (whole is not None)


def test_symbols_count_as_whole() -> None:
    half = sympy.Symbol("alpha") / 2
    assert ar.whole(half) is half
    assert ar.is_whole(half) is True
    assert type(ar.whole(sympy.Integer(3))) is int


def test_what_is_an_array_or_a_symbol() -> None:
    x = sympy.Symbol("x")
    for value, array, symbolic in [(3, 0, 0), (0.5, 0, 0), (np.array([3]), 1, 0), (np.int64(3), 1, 0), (x < 2, 0, 1)]:
        assert ar.is_array(value) is bool(array)
        assert ar.is_symbolic(value) is bool(symbolic)


@QUICK
@given(BOOLS, BOOLS)
def test_conditions_of_plain_bools_and_bool_arrays_agree(a: bool, b: bool) -> None:
    for x in (a, np.array([a])):
        for y in (b, np.array([b])):
            assert bool(ar.logical_and(x, y)) is (a and b)
            assert bool(ar.logical_or(x, y)) is (a or b)
            assert bool(ar.where(x, ar.as_count(y), 5) == (int(b) if a else 5))
    x = sympy.Symbol("x", positive=True)
    known = ar.less(0, x) if a else ar.less(x, 0)
    assert ar.logical_and(known, b) is (a and b)
    assert ar.logical_or(known, b) is (a or b)


def test_words_and_lists_equal_their_like_only() -> None:
    symbol, array = sympy.Symbol("x"), np.array([1, 2])
    assert ar.equal("bn", "bn") is True
    assert ar.equal(True, True) is True
    assert ar.equal([1, "a"], [1, "a"]) is True
    assert ar.equal([array, 3], [1, 3]).tolist() == [True, False]
    for number in (1, 1.0, array, symbol):
        for other in ("bn", True, [1], (1,)):
            assert ar.equal(number, other) is False
            assert ar.equal(other, number) is False
    assert ar.equal([1], [1, 2]) is False
    assert ar.equal([1], (1,)) is False


def test_symbols_equal_where_they_must_and_leave_open_what_may() -> None:
    x, y = sympy.symbols("x y", positive=True)
    assert ar.equal(x * (y + 1), x * y + x) is True
    assert ar.equal(x, x + 1) is False
    assert ar.equal(x, y) == sympy.Eq(x, y, evaluate=False)
    assert ar.less(0, x) is True
    assert ar.less_equal(x, 0) is False
    assert ar.less(x, y) == (x < y)


def test_a_condition_equals_its_like_only() -> None:
    """Yes, no and conditions are no numbers, whichever kind of number the condition is on."""
    array, x = np.array([1, 5]), sympy.Symbol("x", positive=True)
    large = ar.less(2, array)
    assert ar.equal(large, True).tolist() == ar.equal(True, large).tolist() == [False, True]
    assert ar.equal(False, large).tolist() == [True, False]
    assert ar.equal(large, ar.less(array, 2)).tolist() == [False, False]
    assert ar.equal(large, 1) is ar.equal(array, True) is False
    assert ar.equal(large, "yes") is False
    assert ar.equal(ar.less(2, x), True) == ar.less(2, x)
    assert ar.equal(False, ar.less(2, x)) == ar.logical_not(ar.less(2, x))
    assert ar.equal(ar.less(2, x), ar.less(2, x)) is True
    assert ar.equal(ar.less(2, x), 1) is ar.equal(x, True) is False


def test_a_symbol_is_a_number_also_where_a_condition_is_due() -> None:
    x = sympy.Symbol("x")
    assert ar.truth(x) == sympy.Ne(x, 0)
    assert ar.truth(sympy.Symbol("y", positive=True)) is True

"""make_divisible, rounding and its ties: as the released code has them, in float64."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from costcalc import arithmetic as ar

from .kinds import QUICK, assert_plain_equals_arrays, assert_plain_equals_symbols


def tensorflow_rule(v: float, divisor: int) -> int:
    """What tensorflow/models, research/slim/nets/mobilenet/mobilenet.py does, put in other words."""
    halves_up = math.floor((v + divisor / 2) / divisor) * divisor if v + divisor / 2 >= 0 else 0
    return next(
        n for n in (max(divisor, halves_up), max(divisor, halves_up) + divisor) if n >= 0.9 * v or n > halves_up
    )


DIVISORS = st.sampled_from([1, 2, 3, 4, 8, 16, 32])
CHANNELS = st.integers(1, 4_000)
ALPHAS = st.integers(1, 80).map(lambda n: round(n * 0.05, 2))


@QUICK
@given(st.lists(st.tuples(ALPHAS, CHANNELS, DIVISORS), min_size=1, max_size=10))
def test_make_divisible_is_the_released_rule(rows: list[tuple[float, int, int]]) -> None:
    scaled = [(alpha * c, d) for alpha, c, d in rows]
    for v, d in scaled:
        assert ar.make_divisible(v, d) == tensorflow_rule(v, d)
    assert_plain_equals_arrays(ar.make_divisible, scaled)
    assert_plain_equals_arrays(lambda alpha, c, d: ar.make_divisible(ar.mul(alpha, c), d), rows)


@QUICK
@given(st.lists(st.tuples(st.integers(-50, 40_000), DIVISORS), min_size=1, max_size=10))
def test_make_divisible_of_whole_numbers_and_eighths_is_one_rule_on_all_kinds(rows: list[tuple[int, int]]) -> None:
    for values in (rows, [(v / 8, d) for v, d in rows]):
        assert_plain_equals_arrays(ar.make_divisible, values)
        assert_plain_equals_symbols(ar.make_divisible, values)
        assert [ar.make_divisible(v, d) for v, d in values] == [tensorflow_rule(v, d) for v, d in values]


@QUICK
@given(st.floats(0.01, 1e6), DIVISORS)
def test_make_divisible_is_near_never_too_small_and_a_multiple(v: float, d: int) -> None:
    n = ar.make_divisible(v, d)
    assert n % d == 0
    assert n >= d
    assert n >= 0.9 * v or abs(n - v) <= d / 2
    assert n - v <= d


@pytest.mark.parametrize(
    ("v", "divisor", "expected"),
    [
        (12, 8, 16),  # a tie goes up
        (11.999, 8, 8 + 8),  # 8 would be below 90 %
        (27.9, 8, 32),
        (27.9, 3, 27),
        (36, 8, 40),
        (91, 8, 88),
        (0.35 * 32, 8, 16),  # 8 is 71 % of 11.2
        (10, 9, 9),  # 90 % and not below
        (0.1, 8, 8),
        (-40, 8, 8),
        (Fraction(56, 5), 8, 16),
        (20, 8.0, 24),  # a whole number however it is written
        (20.0, 8, 24),
    ],
)
def test_make_divisible_by_hand(v: Any, divisor: Any, expected: int) -> None:
    assert ar.make_divisible(v, divisor) == expected
    assert ar.make_divisible(np.array([float(v)]), divisor).tolist() == [expected]
    assert ar.make_divisible(v, np.array([divisor])).tolist() == [expected]
    assert ar.make_divisible(sympy.Rational(v), divisor) == expected


def test_the_default_divisor_is_8() -> None:
    assert ar.make_divisible(30) == 32
    assert ar.make_divisible(np.array([30])).tolist() == [32]
    assert ar.make_divisible(sympy.Symbol("x")).args[1] == 8


def test_decimals_are_rounded_in_float64_on_numbers_and_exactly_on_symbols() -> None:
    """0.29 · 100 is below 29 in float64, 0.07 · 100 above 7: what the released code makes of it."""
    for function, alpha, c, in_float64, exactly in (
        (ar.floor, 0.29, 100, 28, 29),
        (ar.ceil, 0.07, 100, 8, 7),
        (ar.round_half_even, 0.35, 90, 31, 32),
        (lambda v: ar.make_divisible(v, 1), 0.29, 50, 14, 15),
    ):
        assert function(ar.mul(alpha, c)) == in_float64
        assert function(ar.mul(np.array([alpha]), c)).tolist() == [in_float64]
        assert function(ar.mul(alpha, np.array([c]))).tolist() == [in_float64]
        symbol = sympy.Symbol("alpha")
        assert function(ar.mul(symbol, c)).subs(symbol, sympy.Rational(str(alpha))) == exactly
        assert function(ar.mul(alpha, sympy.Symbol("c"))).subs(sympy.Symbol("c"), c) == exactly


@pytest.mark.parametrize(
    ("x", "floor", "ceil", "nearest"),
    [
        (0.5, 0, 1, 0),
        (1.5, 1, 2, 2),
        (2.5, 2, 3, 2),
        (-0.5, -1, 0, 0),
        (-1.5, -2, -1, -2),
        (-2.5, -3, -2, -2),
        (0.49999999999999994, 0, 1, 0),
        (2.5000000000000004, 2, 3, 3),
        (2251799813685249.5, 2251799813685249, 2251799813685250, 2251799813685250),
        (7, 7, 7, 7),
    ],
)
def test_floor_ceil_and_halves_to_even(x: Any, floor: int, ceil: int, nearest: int) -> None:
    array = np.array([x])
    for function, expected in ((ar.floor, floor), (ar.ceil, ceil), (ar.round_half_even, nearest)):
        assert function(x) == expected
        assert type(function(x)) is int
        assert function(array).tolist() == [expected]
        assert function(array).dtype == np.int64
        assert function(sympy.Rational(x)) == expected
        assert function(Fraction(x)) == expected


@QUICK
@given(st.integers(1, 10**6), st.integers(1, 40), st.integers(1, 40))
def test_same_sizes_of_stride_upon_stride_are_those_of_one(n: int, s: int, t: int) -> None:
    """⌈⌈n/s⌉/t⌉ = ⌈n/(s·t)⌉, on all kinds."""
    x = sympy.Symbol("x", integer=True)
    assert ar.ceil_div(ar.ceil_div(n, s), t) == ar.ceil_div(n, s * t) == -(-n // (s * t))
    assert ar.ceil_div(ar.ceil_div(np.array([n]), s), t)[0] == -(-n // (s * t))
    assert ar.ceil_div(ar.ceil_div(x, s), t) == ar.ceil_div(x, s * t)
    assert ar.floordiv(ar.floordiv(x, s), t) == ar.floordiv(x, s * t)
    assert ar.ceil_div(x, s).xreplace({x: sympy.Integer(n)}) == -(-n // s)

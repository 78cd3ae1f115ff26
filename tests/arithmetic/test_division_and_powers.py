"""Division, powers and roots: exact on ints, to the last bit on decimals, alike on arrays and symbols."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from costcalc import arithmetic as ar

from .kinds import QUICK, assert_plain_equals_arrays, assert_plain_equals_symbols, on_arrays, plain

INTS = st.integers(-5_000, 5_000)
NOT_ZERO = INTS.filter(bool)
POSITIVE = st.integers(1, 5_000)


@QUICK
@given(st.tuples(INTS, NOT_ZERO))
def test_division_is_exact_where_it_can_be(pair: tuple[int, int]) -> None:
    a, b = pair
    quotient = ar.div(a, b)
    assert quotient == Fraction(a, b)
    assert type(quotient) is (int if a % b == 0 else Fraction)
    assert on_arrays(ar.div, [pair]).tolist() == [float(quotient)]
    assert on_arrays(lambda x, y: ar.mul(ar.div(x, y), y), [pair]).tolist() == [a]
    assert on_arrays(ar.div, [(a * b, b)]).dtype.kind == "i"
    assert_plain_equals_symbols(ar.div, [pair])
    assert ar.div(float(a), b) == a / b == ar.div(np.array([float(a)]), b)[0]


@QUICK
@given(st.lists(st.tuples(POSITIVE, POSITIVE), min_size=1, max_size=6))
def test_groups_divide_channels(rows: list[tuple[int, int]]) -> None:
    multiples = [(a * b, b) for a, b in rows]
    assert plain(ar.quotient, multiples) == [a for a, _ in rows]
    assert_plain_equals_symbols(ar.quotient, multiples)
    assert_plain_equals_arrays(ar.quotient, rows)
    m, g = sympy.symbols("m g", positive=True)
    assert ar.quotient(m, g) == m / g
    assert ar.quotient(m, m) == 1


@QUICK
@given(st.lists(st.tuples(st.integers(-9, 9), st.integers(0, 12)), min_size=1, max_size=6))
def test_powers_of_ints_agree(rows: list[tuple[int, int]]) -> None:
    assert_plain_equals_arrays(ar.power, rows)
    assert_plain_equals_symbols(ar.power, rows)
    assert plain(ar.power, rows) == [a**b for a, b in rows]


@QUICK
@given(st.lists(st.tuples(st.floats(0.05, 4), st.floats(-8, 8)), min_size=1, max_size=20))
def test_powers_of_decimals_agree(rows: list[tuple[float, float]]) -> None:
    """To the last bit: EfficientNet's 1.2**phi is rounded up afterwards."""
    x = sympy.Symbol("x")
    assert_plain_equals_arrays(ar.power, rows)
    assert_plain_equals_arrays(ar.power, [(a, round(b)) for a, b in rows])
    for a, b in rows:
        assert float(ar.power(x, b).subs(x, a)) == pytest.approx(ar.power(a, b), rel=1e-12)


def test_a_compound_coefficient_gives_arrays_what_it_gives_numbers() -> None:
    for base in (1.1, 1.15, 1.2, 1.35, 1.4):
        assert ar.power(base, np.arange(12)).tolist() == [ar.power(base, phi) for phi in range(12)]


@QUICK
@given(st.integers(2, 99), st.integers(1, 7))
def test_negative_powers_of_ints_are_exact(a: int, b: int) -> None:
    assert ar.power(a, -b) == Fraction(1, a**b)
    assert ar.power(np.array([a]), -b)[0] == Fraction(1, a**b)
    assert_plain_equals_symbols(lambda x: ar.power(x, -2), [(a,)])


@QUICK
@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=6))
def test_square_roots_agree(values: list[float]) -> None:
    rows = [(v,) for v in values]
    assert_plain_equals_arrays(ar.sqrt, rows)
    x = sympy.Symbol("x")
    assert [float(ar.sqrt(x).subs(x, v)) for v in values] == pytest.approx(plain(ar.sqrt, rows), abs=1e-9)
    assert ar.sqrt(sympy.Integer(49)) == 7 == ar.sqrt(49)

"""Rounding stays atomic on symbols: it evaluates on numbers, vanishes on whole numbers, and else keeps still."""

from __future__ import annotations

import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st
from sympy import Integer, Rational, Symbol

from costcalc import arithmetic as ar
from costcalc.arithmetic.roundings import Ceil, Floor, MakeDivisible, Round
from costcalc.arithmetic.symbols import (
    closed_sum,
    decide,
    equal_unless,
    equality,
    index_symbol,
)
from costcalc.errors import ArithmeticProblem

from .kinds import QUICK

x = Symbol("x", positive=True)
n = Symbol("n", integer=True, positive=True)
ROUNDINGS = [Floor, Ceil, Round]


@pytest.mark.parametrize("rounding", ROUNDINGS)
def test_rounding_is_the_identity_on_whole_numbers(rounding: type[sympy.Function]) -> None:
    for whole in (Integer(7), n, 3 * n + 2, n**2, Floor(x), Ceil(x / 3), Round(x), MakeDivisible(x, Integer(8))):
        assert rounding(whole) is whole


@pytest.mark.parametrize("rounding", ROUNDINGS)
def test_rounding_of_a_symbol_is_one_whole_function(rounding: type[sympy.Function]) -> None:
    for open_ in (x, n / 2, x * n + Rational(1, 3)):
        kept = rounding(open_)
        assert kept.func is rounding
        assert kept.is_integer is True
        assert kept.is_real is True
        assert kept.args == (open_,)
        assert not kept.has(sympy.Piecewise, sympy.floor, sympy.ceiling)


@pytest.mark.parametrize(
    ("rounding", "expected"), [(Floor, [2, 2, -3, 1]), (Ceil, [3, 3, -2, 2]), (Round, [2, 3, -2, 1])]
)
def test_rounding_evaluates_on_numbers(rounding: type[sympy.Function], expected: list[int]) -> None:
    numbers = [Rational(5, 2), Rational(8, 3), Rational(-5, 2), sympy.sqrt(2)]
    assert [rounding(number) for number in numbers] == expected
    assert [rounding(x).subs(x, number) for number in numbers] == expected


def test_ceilings_of_halves_fold_into_one() -> None:
    assert Ceil(Ceil(n / 2) / 2) == Ceil(n / 4)
    assert Ceil(Ceil(Ceil(n / 2) / 2) / 2) == Ceil(n / 8)
    assert Floor(Floor(x) / 3) == Floor(x / 3)
    assert Ceil(Ceil(x) / 5) == Ceil(x / 5)


def test_what_does_not_fold_is_left() -> None:
    for kept in (
        Ceil(Floor(x) / 2),
        Floor(Ceil(x) / 2),
        Ceil(Rational(2, 3) * Ceil(x)),
        Ceil(-Ceil(x) / 2),
        Ceil(Ceil(x) / 2 + Rational(1, 2)),
        Round(Round(x) / 2),
    ):
        assert kept.args[0].has(Floor, Ceil, Round)


@QUICK
@given(st.integers(-60, 60), st.integers(1, 9), st.integers(-9, 9))
def test_nested_roundings_keep_their_value(number: int, divisor: int, factor: int) -> None:
    for outer in (Floor, Ceil):
        for inner in (Floor, Ceil):
            y = Symbol("y", real=True)
            value = Rational(number, 7)
            by_hand = outer(inner(value) * Rational(factor, divisor))
            assert outer(inner(y) * Rational(factor, divisor)).subs(y, value) == by_hand


def test_signs_are_known_where_they_are_certain() -> None:
    assert Ceil(x).is_positive
    assert Ceil(x).is_nonnegative
    assert Floor(x).is_nonnegative
    assert Floor(x).is_positive is None  # of 1/2 it is 0
    assert Round(x).is_positive is None
    assert MakeDivisible(x, Integer(8)).is_positive
    assert Ceil(Symbol("z", real=True)).is_nonnegative is None


def test_make_divisible_is_kept_whole_until_it_has_numbers() -> None:
    kept = ar.make_divisible(32 * x, 8)
    assert kept == MakeDivisible(32 * x, Integer(8))
    assert kept.subs(x, Rational(7, 20)) == 16
    assert ar.make_divisible(n, Symbol("d", integer=True, positive=True)).func is MakeDivisible


def test_a_depthwise_convolutions_groups_cancel() -> None:
    width = ar.make_divisible(ar.mul(x, 32), 8)
    assert ar.quotient(width, width) == 1
    assert ar.equal(width, ar.make_divisible(32 * x)) is True


def test_decimals_are_the_rational_that_their_text_names() -> None:
    assert ar.mul(x, 0.35) == Rational(7, 20) * x
    assert ar.add(sympy.Float(0.1), x) == Rational(1, 10) + x
    assert ar.mul(x, 1e-7) == x / 10**7


def test_large_closed_forms_are_no_error_but_large_numbers_are() -> None:
    assert ar.check(2**60 * x) == 2**60 * x
    with pytest.raises(ArithmeticProblem):
        ar.check(Integer(2**53))


def test_equality_on_symbols_is_taken_as_false_and_told() -> None:
    y = Symbol("y", positive=True)
    assert decide(ar.equal(x, y)) == (False, [sympy.Ne(x, y)])
    assert decide(ar.logical_not(ar.equal(x, y))) == (True, [sympy.Ne(x, y)])
    assert decide(ar.logical_and(ar.equal(x, y), ar.less(x, 9)))[0] is False
    assert decide(ar.equal(x, x)) == (True, [])


def test_an_open_inequality_is_not_decided() -> None:
    assert decide(ar.less(x, 3)) == (None, [x < 3])
    assert decide(ar.less(0, x)) == (True, [])
    assert decide(ar.logical_or(ar.less(x, 3), True)) == (True, [])


def test_where_on_an_open_condition_is_a_piecewise() -> None:
    choice = ar.where(ar.less(x, 3), 1, x)
    assert choice == sympy.Piecewise((1, x < 3), (x, True))
    assert [choice.subs(x, v) for v in (2, 3)] == [1, 3]
    assert ar.where(sympy.true, 1, x) == 1
    assert ar.where(sympy.false, 1, x) == x
    assert ar.as_count(ar.less(x, 3)).subs(x, 2) == 1


def test_sums_over_copies_are_closed() -> None:
    i = index_symbol("i")
    assert closed_sum(3 * i, i, 1, n) == sympy.expand(3 * n * (n + 1) / 2)
    assert closed_sum(n * i, i, 2, n).subs(n, 4) == 4 * (2 + 3 + 4)
    assert closed_sum(n, i, 2, n).subs(n, 1) == 0
    assert i != index_symbol("i")
    assert i != Symbol("i", integer=True, positive=True)
    assert i.is_integer
    assert i.is_positive


def test_what_an_inequality_would_make_equal() -> None:
    y = Symbol("y", positive=True)
    assert equal_unless([], x * (y + 1), x * y + x)
    assert not equal_unless([], x, y)
    assert equal_unless([sympy.Ne(x, y)], 2 * x + 1, x + y + 1)
    assert equal_unless([sympy.Ne(x, y)], y, x)
    assert not equal_unless([sympy.Ne(x, y)], 2 * x, y)
    assert equality(x, 3).subs(x, 3) == sympy.true
    assert equality(x, x).args == (x, x)

"""What is no number, no finite number or no possible one is told in words, on every kind of number."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import sympy

from costcalc import arithmetic as ar
from costcalc.errors import ArithmeticProblem, SpecError

X = sympy.Symbol("x")
ARRAY = np.array([1, 2])
NOT_BELOW = "is not a finite number below 2**53"
ELEMENT = f"an array element {NOT_BELOW}"
MANY_DIGITS = f"a number of more than 30 digits {NOT_BELOW}"
DIVISOR = "the divisor of make_divisible must be a whole number above 0"
EXPONENT = "an exponent must be below 64"

NO_NUMBERS = [
    (True, "yes is not a number"),
    (False, "no is not a number"),
    ("bn", "the word 'bn' is not a number"),
    ([1], "a list is not a number"),
    ((1,), "several tensors are not a number"),
    (None, "nonetype is not a number"),
]
BINARY = [ar.add, ar.sub, ar.mul, ar.div, ar.floordiv, ar.mod, ar.power, ar.ceil_div, ar.quotient]
BINARY += [ar.minimum, ar.maximum, ar.less, ar.less_equal, ar.make_divisible]
UNARY = [ar.floor, ar.ceil, ar.round_half_even, ar.sqrt, ar.neg, ar.whole, ar.is_whole, ar.check]


def message(function: Callable[..., Any], *values: Any) -> str:
    with pytest.raises(ArithmeticProblem) as e:
        function(*values)
    assert isinstance(e.value, SpecError)
    return e.value.message


@pytest.mark.parametrize(("value", "told"), NO_NUMBERS)
@pytest.mark.parametrize("function", BINARY)
def test_a_word_list_or_yes_is_no_number(function: Callable[..., Any], value: Any, told: str) -> None:
    for number in (3, 2.5, Fraction(1, 3), ARRAY, X):
        assert message(function, number, value) == told
        assert message(function, value, number) == told


@pytest.mark.parametrize(("value", "told"), NO_NUMBERS)
@pytest.mark.parametrize("function", UNARY)
def test_nothing_rounds_a_word_a_list_or_yes(function: Callable[..., Any], value: Any, told: str) -> None:
    assert message(function, value) == told == ar.not_a_number(value).message


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf"), float(2**53), -1e300])
@pytest.mark.parametrize("function", [f for f in UNARY if f is not ar.sqrt])
def test_a_number_is_finite_and_below_2_to_the_53(function: Callable[..., Any], value: float) -> None:
    shown = -value if function is ar.neg else value
    assert message(function, value) in (f"{value} {NOT_BELOW}", f"{shown} {NOT_BELOW}")
    assert message(function, np.array([1.0, value])) == ELEMENT


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf"), float(2**53)])
@pytest.mark.parametrize("function", BINARY)
def test_no_operand_is_nan_or_infinite(function: Callable[..., Any], value: float) -> None:
    told = (NOT_BELOW, DIVISOR, EXPONENT)
    assert message(function, value, 2).endswith(told)
    assert message(function, 2, value).endswith(told)
    assert message(function, ARRAY, value) == ELEMENT
    assert message(function, np.array([1, value]), 2) == ELEMENT
    assert message(function, X, value).endswith(told)


def test_results_stay_below_2_to_the_53() -> None:
    top = 2**53 - 1
    assert ar.add(top, 0) == top == ar.add(np.array([top]), 0)[0]
    assert message(ar.add, top, 1) == f"9007199254740992 {NOT_BELOW}"
    assert message(ar.sub, -top, 1) == f"-9007199254740992 {NOT_BELOW}"
    assert message(ar.mul, 2**27, 2**26) == f"9007199254740992 {NOT_BELOW}"
    assert message(ar.mul, 1e10, 1e10) == f"1e+20 {NOT_BELOW}"
    assert message(ar.mul, 10**40, 10**40) == MANY_DIGITS
    assert message(ar.mul, 10**400, 1.5) == MANY_DIGITS
    assert message(ar.make_divisible, 2**53 - 1, 8) == f"9007199254740992 {NOT_BELOW}"
    assert message(ar.make_divisible, 10**400, 8) == MANY_DIGITS
    assert message(ar.make_divisible, -(2**53), 8) == f"-9007199254740992 {NOT_BELOW}"
    assert message(ar.div, 1e15, 1e-300) == f"inf {NOT_BELOW}"
    assert message(ar.floordiv, 1e15, 1e-300) == f"inf {NOT_BELOW}"
    assert message(ar.power, 9, 17) == f"16677181699666569 {NOT_BELOW}"
    assert message(ar.power, Fraction(10**15, 3), 63) == MANY_DIGITS
    assert message(ar.power, 1e15, 63.0) == f"inf {NOT_BELOW}"
    assert message(ar.power, 1e15, 63) == f"inf {NOT_BELOW}"
    assert message(ar.check, sympy.Integer(2**53)) == f"a symbolic value {NOT_BELOW}"


def test_arrays_never_wrap() -> None:
    top = np.array([2**53 - 1])
    assert message(ar.add, top, 1) == ELEMENT
    assert message(ar.sub, -top, 1) == ELEMENT
    assert message(ar.mul, np.array([2**40]), 2**24) == ELEMENT  # 0 in int64
    assert message(ar.mul, np.array([2**32 + 1]), np.array([2**32 - 1])) == ELEMENT  # -1 in int64
    assert message(ar.product, np.array([2**20]), 2**20, 2**24) == ELEMENT
    assert message(ar.product, np.array([2**22]), np.array([2**22]), np.array([-(2**20)])) == ELEMENT
    assert message(ar.power, np.array([2]), 63) == ELEMENT
    assert message(ar.check, np.array([-(2**63)])) == ELEMENT  # its own absolute value in int64
    assert message(ar.check, np.array([2**64 - 1], dtype=np.uint64)) == ELEMENT  # -1 in int64
    assert message(ar.div, np.array([1e15]), 1e-300) == ELEMENT
    assert message(ar.floordiv, np.array([1e15]), 1e-300) == ELEMENT
    assert message(ar.power, np.array([1e15]), 63) == ELEMENT
    assert message(ar.make_divisible, top, 8) == ELEMENT


def test_small_integer_types_are_widened() -> None:
    for dtype in (np.int8, np.uint8, np.int32, np.uint32):
        result = ar.mul(np.array([100], dtype=dtype), 10**6)
        assert result.dtype == np.int64
        assert result.tolist() == [10**8]
    assert ar.add(np.array([0.5], dtype=np.float32), 1).dtype == np.float64


def test_a_product_of_sizes_is_exact_and_one_large_element_is_found() -> None:
    assert ar.product(2**40, 2**40) == 2**80
    assert ar.product(np.array([3, 5]), 7, np.array([2, 4])).tolist() == [42, 140]
    # The largest elements of both are never multiplied.
    assert ar.product(np.array([2**40, 1]), np.array([1, 2**40])).tolist() == [2**40, 2**40]
    assert ar.product(np.array([], dtype=int), 2**60).tolist() == []


@pytest.mark.parametrize("function", [ar.div, ar.floordiv, ar.ceil_div, ar.mod])
def test_division_by_zero(function: Callable[..., Any]) -> None:
    for a in (3, 2.5, Fraction(1, 3), ARRAY, X):
        for zero in (0, 0.0):
            assert message(function, a, zero) == "division by zero"
    assert message(function, 3, np.array([1, 0])) == "division by zero"
    assert message(function, X, X - X) == "division by zero"
    assert message(function, Fraction(1, 3), np.array([1, 0])) == "division by zero"


def test_no_groups_are_an_error_on_numbers_and_an_element_without_meaning_on_arrays() -> None:
    assert message(ar.quotient, 8, 0) == message(ar.quotient, X, 0) == "division by zero"
    assert ar.quotient(np.array([8, 8]), np.array([0, 2])).tolist()[1] == 4


def test_exponents_are_below_64() -> None:
    """9**9**9 is an error at once, on every kind of number."""
    for base in (9, 9.0, ARRAY, X, sympy.Rational(3, 2), X + 1):
        for exponent in (64, -64, 64.0, 9**9):
            assert message(ar.power, base, exponent) == EXPONENT
    assert message(ar.power, 9, np.array([2, 64])) == EXPONENT
    assert message(ar.power, 9, ar.power(9, 9)) == EXPONENT
    assert ar.power(1, 63) == 1
    assert ar.power(1.2, X) == sympy.Rational(6, 5) ** X


def test_powers_that_have_no_value() -> None:
    for zero in (0, 0.0, np.array([2, 0]), sympy.Integer(0)):
        assert message(ar.power, zero, -1) == "division by zero"
    for negative in (-2, -2.0, np.array([4, -2]), sympy.Integer(-2)):
        assert message(ar.power, negative, 0.5) == "a fractional power of a negative number"
        assert message(ar.power, negative, Fraction(1, 3)) == "a fractional power of a negative number"


def test_the_square_root_of_a_negative_number() -> None:
    for negative in (-2, -0.5, Fraction(-1, 2), np.array([4, -2]), sympy.Integer(-2)):
        assert message(ar.sqrt, negative) == "the square root of a negative number"


def test_the_divisor_of_make_divisible_is_whole_and_above_0() -> None:
    for divisor in (0, -8, 8.5, Fraction(1, 2)):
        for v in (30, 30.5, ARRAY, X):
            assert message(ar.make_divisible, v, divisor) == DIVISOR
    assert message(ar.make_divisible, 30, np.array([8, 0])) == DIVISOR
    assert message(ar.make_divisible, 30, np.array([8, 8.5])) == DIVISOR


@pytest.mark.parametrize("dtype", [object, bool, complex, "U3"])
def test_an_array_of_anything_else_holds_no_numbers(dtype: Any) -> None:
    odd = np.array([1, 0]).astype(dtype)
    for function in (ar.check, ar.floor, ar.whole):
        assert message(function, odd) == f"an array of {odd.dtype} holds no numbers"
    for function in BINARY:
        assert message(function, odd, 2) == f"an array of {odd.dtype} holds no numbers"


def test_arrays_and_symbols_are_not_mixed() -> None:
    mixed = "arrays and symbols can't be mixed in one evaluation"
    for function in [*BINARY, ar.equal]:
        assert message(function, ARRAY, X) == mixed
        assert message(function, X, ARRAY) == mixed
    assert message(ar.where, X < 2, ARRAY, 1) == mixed


def test_symbols_that_are_no_finite_numbers() -> None:
    for odd in (sympy.oo, -sympy.oo, sympy.zoo, sympy.nan):
        for function in (ar.check, ar.floor, ar.ceil, ar.whole):
            assert message(function, odd) == "a symbolic value is not finite"
        assert message(ar.add, X, odd) == "a symbolic value is not finite"
        assert message(ar.check, X + sympy.Mul(odd, X, evaluate=False)) == "a symbolic value is not finite"
    assert message(ar.add, X < 2, 1) == "a condition is not a number"


def test_a_condition_is_no_word_list_or_tensor() -> None:
    for odd in ("yes", [True], (True,)):
        assert message(ar.truth, odd) == "a condition is yes, no or a comparison, not a word, list or tensor"
    assert message(ar.logical_not, "a") == "the word 'a' is not a number"
    assert message(ar.truth, np.array([np.nan])) == ELEMENT


def test_what_plain_python_refuses_becomes_this_modules_error() -> None:
    assert ar.apply(int, "12") == 12
    assert message(ar.apply, int, "a") == "invalid literal for int() with base 10: 'a'"
    assert message(ar.apply, len, 3) == "object of type 'int' has no len()"
    assert message(ar.apply, int, float("inf")) == "cannot convert float infinity to integer"

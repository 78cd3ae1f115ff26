"""NumPy arrays, int64 and float64: many configurations at once. Never wraps; rationals are :mod:`.rationals`."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np

from ..errors import ArithmeticProblem
from . import scalars
from .limits import LIMIT, MAX_EXPONENT, division_by_zero, not_a_number, wrong_divisor
from .rationals import Mixed, Quotient, comparing, exactly, ints_in, is_exact, mixed, of_both, one_by_one, rounding


def _array(x: Any) -> Any:
    if isinstance(x, bool) or not (hasattr(x, "dtype") or isinstance(x, int | float)):
        raise not_a_number(x)
    a = x if type(x) is Mixed else np.asarray(x)
    if a.dtype.kind == "u":
        _bounded(a)  # before it could wrap
    if a.dtype.kind in "iu":
        return a.astype(np.int64, copy=False)
    if a.dtype.kind == "f":
        return a.astype(np.float64, copy=False)
    raise ArithmeticProblem(f"an array of {a.dtype} holds no numbers")


def _bounded(a: Any) -> Any:
    if a.size and not bool(np.all((a < LIMIT) & (a > -LIMIT))):
        raise ArithmeticProblem("an array element is not a finite number below 2**53")
    return a


@exactly
def check(x: Any) -> Any:
    return _bounded(_array(x))


@exactly
def add(a: Any, b: Any) -> Any:
    x, y = check(a), check(b)
    return of_both(x, y, _bounded(x + y))


@exactly
def sub(a: Any, b: Any) -> Any:
    x, y = check(a), check(b)
    return of_both(x, y, _bounded(x - y))


def mul(a: Any, b: Any) -> Any:
    for x, by in ((a, b), (b, a)):
        # Ints times one rational, as widths often are: quick where it divides.
        if type(by) is Fraction and hasattr(x, "dtype") and x.dtype.kind == "i":
            return div(mul(x, by.numerator), by.denominator)
    return _mul(a, b)


@exactly
def _mul(a: Any, b: Any) -> Any:
    x, y = check(a), check(b)
    if x.dtype.kind == "i" and y.dtype.kind == "i":
        _bounded(x.astype(np.float64) * y)
    return of_both(x, y, _bounded(x * y))


def product(factors: Any) -> Any:
    if math.prod(map(_largest, factors)) >= LIMIT:
        _bounded(math.prod(np.asarray(f, np.float64) for f in factors))
    return math.prod(factors)


def _largest(x: Any) -> Any:
    """No element of x is further from 0."""
    if not hasattr(x, "dtype"):
        return abs(x)
    return max(x.max().item(), -x.min().item()) if x.size else 0


def _nonzero(b: Any) -> Any:
    y = check(b)
    if not bool(np.all(y)):
        raise division_by_zero()
    return y


@exactly
def div(a: Any, b: Any) -> Any:
    x, y = check(a), _nonzero(b)
    if x.dtype.kind == "i" and y.dtype.kind == "i":
        if not bool(np.any(x % y)):
            return x // y
        found = (x / y).view(Quotient)
        found.of = x, y
        return found
    if np.any(np.logical_and(ints_in(x), ints_in(y))):
        return one_by_one(scalars.div, x, y)
    return _float_div(x, y)


def _float_div(x: Any, y: Any) -> Any:
    with np.errstate(over="ignore"):
        return _bounded(np.asarray(x) / np.asarray(y))


@exactly
def floordiv(a: Any, b: Any) -> Any:
    x, y = check(a), _nonzero(b)
    if x.dtype.kind == "i" and y.dtype.kind == "i":
        return x // y
    return np.floor(_float_div(x, y)).astype(np.int64)


@exactly
def quotient(a: Any, b: Any) -> Any:
    x, y = check(a), check(b)
    return floordiv(x, np.where(y == 0, 1, y))


@exactly
def ceil_div(a: Any, b: Any) -> Any:
    return -floordiv(-check(a), b)


@exactly
def mod(a: Any, b: Any) -> Any:
    x, y = check(a), _nonzero(b)
    return of_both(x, y, x % y)


@exactly
def power(a: Any, b: Any) -> Any:
    x, y = check(a), check(b)
    if not bool(np.all(np.abs(y) < MAX_EXPONENT)):
        raise ArithmeticProblem(f"an exponent must be below {MAX_EXPONENT}")
    if bool(np.any((x == 0) & (y < 0))):
        raise division_by_zero()
    if bool(np.any((x < 0) & (y != np.floor(y)))):
        raise ArithmeticProblem("a fractional power of a negative number")
    if np.any(np.logical_and(ints_in(x), ints_in(y)) & (y < 0)) or type(x) is Mixed or type(y) is Mixed:
        return one_by_one(scalars.power, x, y)
    with np.errstate(over="ignore"):
        result = _bounded(np.asarray(float_power(x, y), np.float64))
    return x**y if x.dtype.kind == "i" and y.dtype.kind == "i" else result


def _pow(a: Any, b: Any) -> float:
    try:
        return math.pow(a, b)
    except OverflowError:
        return math.inf


# Python's own power for each element: NumPy's differs from it in the last digit on some machines.
float_power = np.frompyfunc(_pow, 2, 1)


@rounding
def floor(x: Any) -> Any:
    a = check(x)
    return a if a.dtype.kind == "i" else np.asarray(np.floor(a)).astype(np.int64)


@rounding
def ceil(x: Any) -> Any:
    a = check(x)
    return a if a.dtype.kind == "i" else np.asarray(np.ceil(a)).astype(np.int64)


@exactly
def round_half_even(x: Any) -> Any:
    a = check(x)
    return a if a.dtype.kind == "i" else np.asarray(np.rint(a)).astype(np.int64)


@rounding
def sqrt(x: Any) -> Any:
    a = check(x)
    if bool(np.any(a < 0)):
        raise ArithmeticProblem("the square root of a negative number")
    return np.sqrt(np.asarray(a))


def minimum(*values: Any) -> Any:
    result = check(values[0])
    for v in values[1:]:
        y = check(v)
        result = where(less_equal(result, y), result, y)
    return result


def maximum(*values: Any) -> Any:
    result = check(values[0])
    for v in values[1:]:
        y = check(v)
        result = where(less_equal(y, result), result, y)
    return result


@rounding
def make_divisible(v: Any, divisor: Any = 8) -> Any:
    x, d = np.asarray(check(v)), np.asarray(check(divisor))
    if not bool(np.all((d > 0) & (d == np.floor(d)))):
        raise wrong_divisor()
    d = d.astype(np.int64)
    rounded = np.maximum(d, (x + d / 2).astype(np.int64) // d * d)
    return _bounded(np.where(rounded < 0.9 * x, rounded + d, rounded))


def equal(a: Any, b: Any) -> Any:
    conditions = [np.asarray(x).dtype.kind == "b" for x in (a, b)]
    if all(conditions):
        return np.asarray(a) == np.asarray(b)
    if any(conditions):
        return False
    return _equal(a, b)


@comparing
def _equal(a: Any, b: Any) -> Any:
    return np.asarray(_array(a) == _array(b))


@comparing
def less(a: Any, b: Any) -> Any:
    return np.asarray(check(a) < check(b))


@comparing
def less_equal(a: Any, b: Any) -> Any:
    return np.asarray(check(a) <= check(b))


def logical_not(a: Any) -> Any:
    return ~truth(a)


def logical_and(a: Any, b: Any) -> Any:
    return truth(a) & truth(b)


def where(condition: Any, a: Any, b: Any) -> Any:
    c, x, y = truth(condition), check(a), check(b)
    if is_exact(x) or is_exact(y):
        return one_by_one(lambda c, x, y: x if c else y, c, x, y)
    return mixed(np.where(c, x, y), np.where(c, ints_in(x), ints_in(y)) if _differ(x, y) else False)


def _differ(x: Any, y: Any) -> bool:
    return type(x) is Mixed or type(y) is Mixed or x.dtype.kind != y.dtype.kind


@rounding
def is_whole(x: Any) -> Any:
    a = check(x)
    return np.ones(a.shape, bool) if a.dtype.kind == "i" else np.asarray(a == np.floor(a))


def whole(x: Any) -> Any:
    return floor(x)


def truth(x: Any) -> Any:
    if isinstance(x, bool):
        return np.asarray(x)
    a = np.asarray(x)
    return a if a.dtype.kind == "b" else np.asarray(check(x) != 0)


def masked(a: Any, invalid: Any) -> Any:
    """``a`` with the elements masked where ``invalid`` holds."""
    shape = np.broadcast_shapes(np.shape(a), np.shape(invalid))
    return np.ma.array(np.broadcast_to(a, shape), mask=np.broadcast_to(invalid, shape))

"""NumPy arrays, int64 and float64: many configurations at once. Never wraps silently."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from ..errors import ArithmeticProblem
from . import LIMIT, MAX_EXPONENT, not_a_number


def check(x: Any) -> Any:
    return _bounded(_array(x))


def _array(x: Any) -> Any:
    if isinstance(x, Fraction):
        return np.asarray(float(x))
    if isinstance(x, bool) or not (hasattr(x, "dtype") or isinstance(x, int | float)):
        raise not_a_number(x)
    a = np.asarray(x)
    if a.dtype.kind in "iu":
        return a.astype(np.int64, copy=False)
    if a.dtype.kind == "f":
        return a.astype(np.float64, copy=False)
    raise ArithmeticProblem(f"an array of {a.dtype} holds no numbers")


def _bounded(a: Any) -> Any:
    if a.size and not bool(np.all(np.abs(a) < LIMIT)):
        raise ArithmeticProblem("an array element is not a finite number below 2**53")
    return a


def add(a: Any, b: Any) -> Any:
    return _bounded(check(a) + check(b))


def sub(a: Any, b: Any) -> Any:
    return _bounded(check(a) - check(b))


def mul(a: Any, b: Any) -> Any:
    # A rational times ints stays exact where it divides.
    if isinstance(a, Fraction):
        return div(mul(b, a.numerator), a.denominator)
    if isinstance(b, Fraction):
        return div(mul(a, b.numerator), b.denominator)
    x, y = check(a), check(b)
    if x.dtype.kind == "i" and y.dtype.kind == "i":
        _bounded(x.astype(np.float64) * y)
    return _bounded(x * y)


def _nonzero(b: Any) -> Any:
    y = check(b)
    if not bool(np.all(y)):
        raise ArithmeticProblem("division by zero")
    return y


def div(a: Any, b: Any) -> Any:
    if isinstance(b, Fraction):
        return mul(a, 1 / b)
    if isinstance(a, Fraction):
        return div(a.numerator, mul(b, a.denominator))
    x, y = check(a), _nonzero(b)
    if x.dtype.kind == "i" and y.dtype.kind == "i" and not bool(np.any(x % y)):
        return x // y
    return _bounded(x / y)


def _int_if_whole(x: Any) -> Any:
    return _bounded(x).astype(np.int64)


def floordiv(a: Any, b: Any) -> Any:
    x, y = check(a), _nonzero(b)
    return x // y if x.dtype.kind == "i" and y.dtype.kind == "i" else _int_if_whole(np.floor(x / y))


def ceil_div(a: Any, b: Any) -> Any:
    x = check(a)
    return -floordiv(-x, b)


def mod(a: Any, b: Any) -> Any:
    return check(a) % _nonzero(b)


def power(a: Any, b: Any) -> Any:
    x, y = check(a), check(b)
    if not bool(np.all(np.abs(y) < MAX_EXPONENT)):
        raise ArithmeticProblem(f"an exponent must be below {MAX_EXPONENT}")
    with np.errstate(all="ignore"):
        result = x.astype(np.float64) ** y
    _bounded(result)
    whole_power = x.dtype.kind == "i" and y.dtype.kind == "i" and bool(np.all(y >= 0))
    return x**y if whole_power else result


def floor(x: Any) -> Any:
    a = check(x)
    return a if a.dtype.kind == "i" else np.floor(a).astype(np.int64)


def ceil(x: Any) -> Any:
    a = check(x)
    return a if a.dtype.kind == "i" else np.ceil(a).astype(np.int64)


def round_half_even(x: Any) -> Any:
    a = check(x)
    return a if a.dtype.kind == "i" else np.rint(a).astype(np.int64)


def sqrt(x: Any) -> Any:
    a = check(x)
    if bool(np.any(a < 0)):
        raise ArithmeticProblem("the square root of a negative number")
    return np.sqrt(a)


def minimum(*values: Any) -> Any:
    result = check(values[0])
    for v in values[1:]:
        result = np.minimum(result, check(v))
    return result


def maximum(*values: Any) -> Any:
    result = check(values[0])
    for v in values[1:]:
        result = np.maximum(result, check(v))
    return result


def make_divisible(v: Any, divisor: Any) -> Any:
    x, d = check(v), check(divisor)
    if d.dtype.kind != "i" or bool(np.any(d <= 0)):
        raise ArithmeticProblem("the divisor of make_divisible must be a whole number above 0")
    rounded = np.maximum(d, (x + d / 2).astype(np.int64) // d * d)
    return _bounded(np.where(rounded < 0.9 * x, rounded + d, rounded))


def equal(a: Any, b: Any) -> Any:
    return _array(a) == _array(b)


def less(a: Any, b: Any) -> Any:
    return check(a) < check(b)


def less_equal(a: Any, b: Any) -> Any:
    return check(a) <= check(b)


def logical_not(a: Any) -> Any:
    return ~truth(a)


def logical_and(a: Any, b: Any) -> Any:
    return truth(a) & truth(b)


def where(condition: Any, a: Any, b: Any) -> Any:
    return np.where(truth(condition), check(a), check(b))


def is_whole(x: Any) -> Any:
    a = check(x)
    return np.ones(a.shape, bool) if a.dtype.kind == "i" else a == np.floor(a)


def whole(x: Any) -> Any:
    return floor(x)


def truth(x: Any) -> Any:
    if isinstance(x, bool):
        return np.asarray(x)
    a = np.asarray(x)
    return a if a.dtype.kind == "b" else check(a) != 0

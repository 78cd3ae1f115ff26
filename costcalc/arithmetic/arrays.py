"""NumPy arrays, int64 and float64: many configurations at once. Never wraps silently."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np

from ..errors import ArithmeticProblem
from .limits import LIMIT, MAX_EXPONENT, division_by_zero, not_a_number, wrong_divisor


def check(x: Any) -> Any:
    return _bounded(_array(x))


def _array(x: Any) -> Any:
    if isinstance(x, Fraction):
        return np.asarray(float(x))
    if isinstance(x, bool) or not (hasattr(x, "dtype") or isinstance(x, int | float)):
        raise not_a_number(x)
    a = np.asarray(x)
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


def div(a: Any, b: Any) -> Any:
    if isinstance(b, Fraction):
        return mul(a, 1 / b)
    if isinstance(a, Fraction):
        return div(a.numerator, mul(b, a.denominator))
    x, y = check(a), _nonzero(b)
    if x.dtype.kind == "i" and y.dtype.kind == "i" and not bool(np.any(x % y)):
        return x // y
    return _float_div(x, y)


def _float_div(x: Any, y: Any) -> Any:
    with np.errstate(over="ignore"):
        return _bounded(x / y)


def floordiv(a: Any, b: Any) -> Any:
    # A rational is crossed over, so that it stays exact.
    if isinstance(b, Fraction):
        return floordiv(mul(a, b.denominator), b.numerator)
    if isinstance(a, Fraction):
        return floordiv(a.numerator, mul(b, a.denominator))
    x, y = check(a), _nonzero(b)
    if x.dtype.kind == "i" and y.dtype.kind == "i":
        return x // y
    return np.floor(_float_div(x, y)).astype(np.int64)


def quotient(a: Any, b: Any) -> Any:
    x, y = check(a), check(b)
    return floordiv(x, np.where(y == 0, 1, y))


def ceil_div(a: Any, b: Any) -> Any:
    return -floordiv(-a if isinstance(a, Fraction) else -check(a), b)


def mod(a: Any, b: Any) -> Any:
    if isinstance(b, Fraction):
        return div(mod(mul(a, b.denominator), b.numerator), b.denominator)
    if isinstance(a, Fraction):
        return div(mod(a.numerator, mul(b, a.denominator)), a.denominator)
    return check(a) % _nonzero(b)


def power(a: Any, b: Any) -> Any:
    x, y = check(a), check(b)
    if not bool(np.all(np.abs(y) < MAX_EXPONENT)):
        raise ArithmeticProblem(f"an exponent must be below {MAX_EXPONENT}")
    if bool(np.any((x == 0) & (y < 0))):
        raise division_by_zero()
    if bool(np.any((x < 0) & (y != np.floor(y)))):
        raise ArithmeticProblem("a fractional power of a negative number")
    with np.errstate(over="ignore"):
        result = _bounded(np.asarray(_float_power(x, y), np.float64))
    whole_power = x.dtype.kind == "i" and y.dtype.kind == "i" and bool(np.all(y >= 0))
    return x**y if whole_power else result


def _pow(a: Any, b: Any) -> float:
    try:
        return math.pow(a, b)
    except OverflowError:
        return math.inf


# Python's own power for each element: NumPy's differs from it in the last digit on some machines.
_float_power = np.frompyfunc(_pow, 2, 1)


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


def make_divisible(v: Any, divisor: Any = 8) -> Any:
    x, d = check(v), check(divisor)
    if not bool(np.all((d > 0) & (d == np.floor(d)))):
        raise wrong_divisor()
    d = d.astype(np.int64)
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


def masked(a: Any, invalid: Any) -> Any:
    """``a`` with the elements masked where ``invalid`` holds."""
    shape = np.broadcast_shapes(np.shape(a), np.shape(invalid))
    return np.ma.array(np.broadcast_to(a, shape), mask=np.broadcast_to(invalid, shape))

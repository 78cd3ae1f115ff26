"""NumPy arrays, int64 and float64: many configurations at once, each as :mod:`.scalars` would have it. Never wraps.

Ints divided by ints are exact rationals. An array that isn't whole after it keeps both of its ints (:class:`Quotient`):
what is rounded next needs no more than their float64; other arithmetic goes on with Python's numbers, one by one
(:class:`Exact`). Where an array is made of ints and decimals, it tells which of its float64 are ints (:class:`Mixed`).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np

from ..errors import ArithmeticProblem
from . import scalars
from .limits import LIMIT, MAX_EXPONENT, division_by_zero, not_a_number, wrong_divisor


class Mixed(np.ndarray):
    """float64 of which some are ints: those where ``ints`` holds. Only ``/`` and powers ask for it."""

    ints: Any = False


class Quotient(np.ndarray):
    """The float64 next to a / b, arrays of ints below 2**53: rounded or compared with ints, it is as the rational."""

    of: tuple[Any, Any]


class Exact(np.ndarray):
    """Python's own ints, floats and rationals."""


def _ints(a: Any) -> Any:
    return a.ints if type(a) is Mixed else a.dtype.kind == "i"


def _mixed(result: Any, ints: Any) -> Any:
    """``result``, whose elements are ints where ``ints`` holds."""
    result = np.asarray(result)
    if result.dtype.kind != "f" or not np.any(ints):
        return result
    found = result.view(Mixed)
    found.ints = np.broadcast_to(ints, result.shape)
    return found


def _from(x: Any, y: Any, result: Any) -> Any:
    """``result`` of x and y: an int where both are."""
    if type(x) is not Mixed and type(y) is not Mixed:
        return result
    return _mixed(result, np.logical_and(_ints(x), _ints(y)))


def _is_exact(x: Any) -> bool:
    """Whether ``x`` has rationals."""
    return type(x) in (Fraction, Exact, Quotient)


def _python(x: Any) -> Any:
    """``x`` as an array of Python's numbers."""
    if type(x) is Quotient:
        return np.asarray(np.frompyfunc(scalars.div, 2, 1)(*x.of), object)
    if type(x) is not Mixed:
        return np.asarray(x, object)
    found = np.asarray(x).astype(object)
    found[x.ints] = np.asarray(x)[x.ints].astype(np.int64).astype(object)
    return found


def _one_by_one(function: Callable[..., Any], *values: Any) -> Any:
    """``function`` of each element; int64, float64 or bool again where all results are of one kind."""
    result = np.asarray(np.frompyfunc(function, len(values), 1)(*map(_python, values)), object)
    kinds = set(map(type, result.flat))
    for kind, dtype in ((int, np.int64), (float, np.float64), (bool, np.bool_)):
        if kinds == {kind}:
            return result.astype(dtype)
    if Fraction not in kinds and kinds == {int, float}:
        return _mixed(result.astype(np.float64), np.frompyfunc(lambda x: type(x) is int, 1, 1)(result).astype(bool))
    return result.view(Exact)


def _exactly(function: Callable[..., Any], by_value: Callable[[list[Any]], bool] | None = None) -> Callable[..., Any]:
    """``function`` of int64 and float64; of rationals what :mod:`.scalars` has by this name, one by one.

    ``by_value``: of which values ``function`` gives the same if float64 stand for the rationals.
    """
    by_element = getattr(scalars, function.__name__.strip("_"))

    def exact(*values: Any) -> Any:
        kinds = {type(v) for v in values if _is_exact(v)}
        if not kinds:
            return function(*values)
        others = [v for v in values if type(v) not in kinds]
        if Exact not in kinds and (by_value(others) and kinds == {Quotient} if by_value else _is_decimal(others)):
            return function(*map(_value, values))
        return _one_by_one(by_element, *values)

    return exact


def _is_decimal(others: list[Any]) -> bool:
    """A rational that meets decimals becomes one."""
    return any(type(x) is float or (type(x) is np.ndarray and x.dtype.kind == "f") for x in others)


def _rounding(function: Callable[..., Any]) -> Callable[..., Any]:
    """To round the float64 next to a quotient of ints is to round the quotient."""
    return _exactly(function, lambda others: True)


def _comparing(function: Callable[..., Any]) -> Callable[..., Any]:
    """A quotient of ints is above an int, or is it, where its float64 is."""

    def are_ints(others: list[Any]) -> bool:
        return bool(others) and all(type(x) is int or getattr(x, "dtype", None) == np.int64 for x in others)

    return _exactly(function, are_ints)


def _value(x: Any) -> Any:
    return np.asarray(x) if type(x) is Quotient else float(x) if type(x) is Fraction else x


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


@_exactly
def check(x: Any) -> Any:
    return _bounded(_array(x))


@_exactly
def add(a: Any, b: Any) -> Any:
    x, y = check(a), check(b)
    return _from(x, y, _bounded(x + y))


@_exactly
def sub(a: Any, b: Any) -> Any:
    x, y = check(a), check(b)
    return _from(x, y, _bounded(x - y))


def mul(a: Any, b: Any) -> Any:
    for x, by in ((a, b), (b, a)):
        # Ints times one rational, as widths often are: quick where it divides.
        if type(by) is Fraction and hasattr(x, "dtype") and x.dtype.kind == "i":
            return div(mul(x, by.numerator), by.denominator)
    return _mul(a, b)


@_exactly
def _mul(a: Any, b: Any) -> Any:
    x, y = check(a), check(b)
    if x.dtype.kind == "i" and y.dtype.kind == "i":
        _bounded(x.astype(np.float64) * y)
    return _from(x, y, _bounded(x * y))


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


@_exactly
def div(a: Any, b: Any) -> Any:
    x, y = check(a), _nonzero(b)
    if x.dtype.kind == "i" and y.dtype.kind == "i":
        if not bool(np.any(x % y)):
            return x // y
        found = (x / y).view(Quotient)
        found.of = x, y
        return found
    if np.any(np.logical_and(_ints(x), _ints(y))):
        return _one_by_one(scalars.div, x, y)
    return _float_div(x, y)


def _float_div(x: Any, y: Any) -> Any:
    with np.errstate(over="ignore"):
        return _bounded(np.asarray(x) / np.asarray(y))


@_exactly
def floordiv(a: Any, b: Any) -> Any:
    x, y = check(a), _nonzero(b)
    if x.dtype.kind == "i" and y.dtype.kind == "i":
        return x // y
    return np.floor(_float_div(x, y)).astype(np.int64)


@_exactly
def quotient(a: Any, b: Any) -> Any:
    x, y = check(a), check(b)
    return floordiv(x, np.where(y == 0, 1, y))


@_exactly
def ceil_div(a: Any, b: Any) -> Any:
    return -floordiv(-check(a), b)


@_exactly
def mod(a: Any, b: Any) -> Any:
    x, y = check(a), _nonzero(b)
    return _from(x, y, x % y)


@_exactly
def power(a: Any, b: Any) -> Any:
    x, y = check(a), check(b)
    if not bool(np.all(np.abs(y) < MAX_EXPONENT)):
        raise ArithmeticProblem(f"an exponent must be below {MAX_EXPONENT}")
    if bool(np.any((x == 0) & (y < 0))):
        raise division_by_zero()
    if bool(np.any((x < 0) & (y != np.floor(y)))):
        raise ArithmeticProblem("a fractional power of a negative number")
    if np.any(np.logical_and(_ints(x), _ints(y)) & (y < 0)) or type(x) is Mixed or type(y) is Mixed:
        return _one_by_one(scalars.power, x, y)
    with np.errstate(over="ignore"):
        result = _bounded(np.asarray(_float_power(x, y), np.float64))
    return x**y if x.dtype.kind == "i" and y.dtype.kind == "i" else result


def _pow(a: Any, b: Any) -> float:
    try:
        return math.pow(a, b)
    except OverflowError:
        return math.inf


# Python's own power for each element: NumPy's differs from it in the last digit on some machines.
_float_power = np.frompyfunc(_pow, 2, 1)


@_rounding
def floor(x: Any) -> Any:
    a = check(x)
    return a if a.dtype.kind == "i" else np.asarray(np.floor(a)).astype(np.int64)


@_rounding
def ceil(x: Any) -> Any:
    a = check(x)
    return a if a.dtype.kind == "i" else np.asarray(np.ceil(a)).astype(np.int64)


@_exactly
def round_half_even(x: Any) -> Any:
    a = check(x)
    return a if a.dtype.kind == "i" else np.asarray(np.rint(a)).astype(np.int64)


@_rounding
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


@_rounding
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


@_comparing
def _equal(a: Any, b: Any) -> Any:
    return np.asarray(_array(a) == _array(b))


@_comparing
def less(a: Any, b: Any) -> Any:
    return np.asarray(check(a) < check(b))


@_comparing
def less_equal(a: Any, b: Any) -> Any:
    return np.asarray(check(a) <= check(b))


def logical_not(a: Any) -> Any:
    return ~truth(a)


def logical_and(a: Any, b: Any) -> Any:
    return truth(a) & truth(b)


def where(condition: Any, a: Any, b: Any) -> Any:
    c, x, y = truth(condition), check(a), check(b)
    if _is_exact(x) or _is_exact(y):
        return _one_by_one(lambda c, x, y: x if c else y, c, x, y)
    return _mixed(np.where(c, x, y), np.where(c, _ints(x), _ints(y)) if _differ(x, y) else False)


def _differ(x: Any, y: Any) -> bool:
    return type(x) is Mixed or type(y) is Mixed or x.dtype.kind != y.dtype.kind


@_rounding
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

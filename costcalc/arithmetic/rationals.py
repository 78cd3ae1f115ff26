"""Arrays that aren't int64 or float64 alone, so that each element is what :mod:`.scalars` would have alone.

Ints divided by ints are exact rationals. An array that isn't whole after it keeps both of its ints (:class:`Quotient`):
what is rounded next needs no more than their float64; other arithmetic goes on with Python's numbers, one by one
(:class:`Exact`). Where an array is made of ints and decimals, it tells which of its float64 are ints (:class:`Mixed`).
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np

from . import scalars


class Mixed(np.ndarray):
    """float64 of which some are ints: those where ``ints`` holds. Only ``/`` and powers ask for it."""

    ints: Any = False


class Quotient(np.ndarray):
    """The float64 next to a / b, arrays of ints below 2**53: rounded or compared with ints, it is as the rational."""

    of: tuple[Any, Any]


class Exact(np.ndarray):
    """Python's own ints, floats and rationals."""


def ints_in(a: Any) -> Any:
    return a.ints if type(a) is Mixed else a.dtype.kind == "i"


def mixed(result: Any, ints: Any) -> Any:
    """``result``, whose elements are ints where ``ints`` holds."""
    result = np.asarray(result)
    if result.dtype.kind != "f" or not np.any(ints):
        return result
    found = result.view(Mixed)
    found.ints = np.broadcast_to(ints, result.shape)
    return found


def of_both(x: Any, y: Any, result: Any) -> Any:
    """``result`` of x and y: an int where both are."""
    if type(x) is not Mixed and type(y) is not Mixed:
        return result
    return mixed(result, np.logical_and(ints_in(x), ints_in(y)))


def is_exact(x: Any) -> bool:
    """Whether ``x`` has rationals."""
    return type(x) in (Fraction, Exact, Quotient)


def python_numbers(x: Any) -> Any:
    """``x`` as an array of Python's numbers."""
    if type(x) is Quotient:
        return np.asarray(np.frompyfunc(scalars.div, 2, 1)(*x.of), object)
    if type(x) is not Mixed:
        return np.asarray(x, object)
    found = np.asarray(x).astype(object)
    found[x.ints] = np.asarray(x)[x.ints].astype(np.int64).astype(object)
    return found


def one_by_one(function: Callable[..., Any], *values: Any) -> Any:
    """``function`` of each element; int64, float64 or bool again where all results are of one kind."""
    result = np.asarray(np.frompyfunc(function, len(values), 1)(*map(python_numbers, values)), object)
    kinds = set(map(type, result.flat))
    for kind, dtype in ((int, np.int64), (float, np.float64), (bool, np.bool_)):
        if kinds == {kind}:
            return result.astype(dtype)
    if Fraction not in kinds and kinds == {int, float}:
        return mixed(result.astype(np.float64), np.frompyfunc(lambda x: type(x) is int, 1, 1)(result).astype(bool))
    return result.view(Exact)


def exactly(function: Callable[..., Any], by_value: Callable[[list[Any]], bool] | None = None) -> Callable[..., Any]:
    """``function`` of int64 and float64; of rationals what :mod:`.scalars` has by this name, one by one.

    ``by_value``: of which values ``function`` gives the same if float64 stand for the rationals.
    """
    by_element = getattr(scalars, function.__name__.strip("_"))

    def exact(*values: Any) -> Any:
        kinds = {type(v) for v in values if is_exact(v)}
        if not kinds:
            return function(*values)
        others = [v for v in values if type(v) not in kinds]
        if Exact not in kinds and (by_value(others) and kinds == {Quotient} if by_value else _is_decimal(others)):
            return function(*map(_value, values))
        return one_by_one(by_element, *values)

    return exact


def _is_decimal(others: list[Any]) -> bool:
    """A rational that meets decimals becomes one."""
    return any(type(x) is float or (type(x) is np.ndarray and x.dtype.kind == "f") for x in others)


def rounding(function: Callable[..., Any]) -> Callable[..., Any]:
    """To round the float64 next to a quotient of ints is to round the quotient."""
    return exactly(function, lambda others: True)


def comparing(function: Callable[..., Any]) -> Callable[..., Any]:
    """A quotient of ints is above an int, or is it, where its float64 is."""

    def are_ints(others: list[Any]) -> bool:
        return bool(others) and all(type(x) is int or getattr(x, "dtype", None) == np.int64 for x in others)

    return exactly(function, are_ints)


def _value(x: Any) -> Any:
    return np.asarray(x) if type(x) is Quotient else float(x) if type(x) is Fraction else x

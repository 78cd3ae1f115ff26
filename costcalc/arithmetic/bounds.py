"""Between which numbers the result of an operation lies, from those of its operands: exact, ends included.

A result may be an int, a rational or the float64 next to it. Rounding keeps the order of numbers, so that a float lies
between the floats next to the exact ends; where these aren't the ends themselves, both are allowed for.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import product
from math import ceil, floor
from typing import Any, NamedTuple

from ..errors import ArithmeticProblem
from . import scalars

FAR = 2**1100
"""No float is further from 0; what may be is as good as unbounded."""


class Bounds(NamedTuple):
    """From ``low`` to ``high``, ints or rationals. ``whole``: it is an int, whatever the parameters are."""

    low: Any
    high: Any
    whole: bool = False

    def meets(self, other: Bounds) -> bool:
        """Whether there are numbers between both."""
        return bool(self.low <= other.high and other.low <= self.high)


ANY = Bounds(-FAR, FAR)
CONDITION = Bounds(0, 1, True)


def of_number(x: Any) -> Bounds:
    """Of one number."""
    if isinstance(x, int):
        return Bounds(x, x, not isinstance(x, bool))
    exact = Fraction(x)
    return Bounds(exact, exact)


def _next_float(x: Any) -> Any:
    try:
        return Fraction(float(x))
    except OverflowError:
        return x


def _between(low: Any, high: Any, whole: bool) -> Bounds:
    low, high = max(low, -FAR), min(high, FAR)
    if whole:
        return Bounds(low, high, True)
    return Bounds(min(low, _next_float(low)), max(high, _next_float(high)))


def _whole(*of: Bounds) -> bool:
    return all(b.whole for b in of)


def _add(a: Bounds, b: Bounds) -> Bounds:
    return _between(a.low + b.low, a.high + b.high, _whole(a, b))


def _sub(a: Bounds, b: Bounds) -> Bounds:
    return _between(a.low - b.high, a.high - b.low, _whole(a, b))


def _mul(a: Bounds, b: Bounds) -> Bounds:
    ends = [x * y for x, y in product((a.low, a.high), (b.low, b.high))]
    return _between(min(ends), max(ends), _whole(a, b))


def _div(a: Bounds, b: Bounds) -> Bounds:
    if b.low <= 0 <= b.high:
        if not (b.whole and b.low >= 0):
            return ANY
        b = Bounds(1, max(b.high, 1), True)  # 0 has no quotient
    ends = [Fraction(x) / y for x, y in product((a.low, a.high), (b.low, b.high))]
    return _between(min(ends), max(ends), False)


def _floor(x: Bounds) -> Bounds:
    return Bounds(floor(x.low), floor(x.high), True)


def _ceil(x: Bounds) -> Bounds:
    return Bounds(ceil(x.low), ceil(x.high), True)


def _round(x: Bounds) -> Bounds:
    return Bounds(round(x.low), round(x.high), True)


def _floor_div(a: Bounds, b: Bounds) -> Bounds:
    return _floor(_div(a, b))


def _ceil_div(a: Bounds, b: Bounds) -> Bounds:
    return _ceil(_div(a, b))


def _mod(a: Bounds, b: Bounds) -> Bounds:
    if b.low <= 0:
        return ANY._replace(whole=_whole(a, b))
    return _between(0, min(a.high, b.high) if a.low >= 0 else b.high, _whole(a, b))


def _power(a: Bounds, b: Bounds) -> Bounds:
    whole = _whole(a, b) and b.low >= 0
    if a.low <= 0 or abs(b.low) > 64 or abs(b.high) > 64:
        return ANY._replace(whole=whole)
    try:
        ends = [_power_of(x, y) for x, y in product((a.low, a.high), (b.low, b.high))]
    except OverflowError:
        return ANY._replace(whole=whole)
    if whole:
        return Bounds(int(min(ends)), int(max(ends)), True)
    apart = Fraction(1, 2**40)  # a library's power may be off by some last digits
    return Bounds(min(ends) * (1 - apart), max(ends) * (1 + apart))


def _power_of(x: Any, y: Any) -> Any:
    return x**y if isinstance(x, int) and isinstance(y, int) and y >= 0 else Fraction(float(x) ** float(y))


def _sqrt(x: Bounds) -> Bounds:
    apart = Fraction(1, 2**40)
    try:
        low, high = (Fraction(float(max(end, 0)) ** 0.5) for end in (x.low, x.high))
    except OverflowError:
        return Bounds(0, FAR)
    return Bounds(low * (1 - apart), high * (1 + apart))


def _min(a: Bounds, b: Bounds) -> Bounds:
    return Bounds(min(a.low, b.low), min(a.high, b.high), _whole(a, b))


def _max(a: Bounds, b: Bounds) -> Bounds:
    return Bounds(max(a.low, b.low), max(a.high, b.high), _whole(a, b))


def _make_divisible(v: Bounds, d: Bounds) -> Bounds:
    try:
        if d.low == d.high and d.low > 0:  # it never falls while v grows
            low, high = (scalars.make_divisible(float(end), int(d.low)) for end in (v.low, v.high))
            return Bounds(low, high, True)
    except (ArithmeticError, ArithmeticProblem):
        pass
    return Bounds(1, max(floor(v.high), 0) + 2 * max(floor(d.high), 1), True)


def _select(condition: Bounds, a: Bounds, b: Bounds) -> Bounds:
    return Bounds(min(a.low, b.low), max(a.high, b.high), _whole(a, b))


OF: dict[str, Callable[..., Bounds]] = {
    "add": _add,
    "sub": _sub,
    "mul": _mul,
    "div": _div,
    "floor_div": _floor_div,
    "ceil_div": _ceil_div,
    "mod": _mod,
    "pow": _power,
    "sqrt": _sqrt,
    "floor": _floor,
    "ceil": _ceil,
    "round": _round,
    "min": _min,
    "max": _max,
    "make_divisible": _make_divisible,
    "select": _select,
}
"""By the name of the operation."""
CONDITIONS = ("less", "less_equal", "equal", "same", "and", "not", "whole", "small")
"""The operations that give a condition."""


def of_operation(operation: str, *of: Bounds) -> Bounds:
    """Of what ``operation`` makes of operands between ``of``."""
    return CONDITION if operation in CONDITIONS else OF[operation](*of)

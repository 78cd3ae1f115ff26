"""Plain numbers: int, float and Fraction."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

from ..errors import ArithmeticProblem
from . import LIMIT, MAX_EXPONENT, _named, not_a_number


def check(x: Any) -> Any:
    if isinstance(x, bool) or not isinstance(x, int | float | Fraction):
        raise not_a_number(x)
    if not -LIMIT < x < LIMIT:
        raise ArithmeticProblem(f"{_named(x)} is not a finite number below 2**53")
    return _tidy(x)


def _tidy(x: Any) -> Any:
    if type(x) is Fraction:
        if x.denominator == 1:
            return x.numerator
        if x.denominator >= LIMIT:
            return float(x)
    return x


def add(a: Any, b: Any) -> Any:
    return check(check(a) + check(b))


def sub(a: Any, b: Any) -> Any:
    return check(check(a) - check(b))


def mul(a: Any, b: Any) -> Any:
    return check(check(a) * check(b))


def _nonzero(b: Any) -> Any:
    if check(b) == 0:
        raise ArithmeticProblem("division by zero")
    return b


def div(a: Any, b: Any) -> Any:
    a, b = check(a), _nonzero(b)
    if isinstance(a, float) or isinstance(b, float):
        return check(a / b)
    return check(Fraction(a) / Fraction(b))


def floordiv(a: Any, b: Any) -> Any:
    a, b = check(a), _nonzero(b)
    if isinstance(a, float) or isinstance(b, float):
        return math.floor(check(a / b))
    return check(math.floor(Fraction(a) / Fraction(b)))


quotient = floordiv


def mod(a: Any, b: Any) -> Any:
    return check(check(a) % _nonzero(b))


def ceil_div(a: Any, b: Any) -> Any:
    return -floordiv(-check(a), b)


def power(a: Any, b: Any) -> Any:
    a, b = check(a), check(b)
    if not -MAX_EXPONENT < b < MAX_EXPONENT:
        raise ArithmeticProblem(f"an exponent must be below {MAX_EXPONENT}")
    if a == 0 and b < 0:
        raise ArithmeticProblem("division by zero")
    if a < 0 and b != int(b):
        raise ArithmeticProblem("a fractional power of a negative number")
    if isinstance(b, float) or (isinstance(b, Fraction) and b.denominator != 1):
        return check(_float_power(float(a), float(b)))
    if isinstance(a, float):
        return check(_float_power(a, int(b)))
    return check(a ** int(b) if b >= 0 else Fraction(a) ** int(b))


def _float_power(a: float, b: float) -> float:
    try:
        return float(a**b)
    except OverflowError:
        return math.inf


def floor(x: Any) -> Any:
    return math.floor(check(x))


def ceil(x: Any) -> Any:
    return math.ceil(check(x))


def round_half_even(x: Any) -> Any:
    return round(check(x))


def sqrt(x: Any) -> Any:
    if check(x) < 0:
        raise ArithmeticProblem("the square root of a negative number")
    return math.sqrt(x)


def minimum(*values: Any) -> Any:
    return min(check(v) for v in values)


def maximum(*values: Any) -> Any:
    return max(check(v) for v in values)


def make_divisible(v: Any, divisor: Any) -> Any:
    from . import make_divisible as dispatched

    v, divisor = check(v), whole(check(divisor))
    if divisor is None or divisor <= 0:
        raise ArithmeticProblem("the divisor of make_divisible must be a whole number above 0")
    return dispatched(float(v) if isinstance(v, Fraction) else v, divisor)


def equal(a: Any, b: Any) -> bool:
    return bool(a == b)


def less(a: Any, b: Any) -> bool:
    return bool(check(a) < check(b))


def less_equal(a: Any, b: Any) -> bool:
    return bool(check(a) <= check(b))


def logical_not(a: Any) -> bool:
    return not truth(a)


def logical_and(a: Any, b: Any) -> bool:
    return bool(truth(a) and truth(b))


def where(condition: Any, a: Any, b: Any) -> Any:
    return a if truth(condition) else b


def is_whole(x: Any) -> bool:
    return bool(check(x) == math.floor(x))


def whole(x: Any) -> Any:
    return int(x) if is_whole(x) else None


def truth(x: Any) -> bool:
    return x if isinstance(x, bool) else bool(check(x) != 0)

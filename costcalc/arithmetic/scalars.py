"""Plain numbers: int, float and Fraction."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from ..errors import ArithmeticProblem
from .limits import LIMIT, MAX_EXPONENT, division_by_zero, not_a_number, too_large, wrong_divisor

if TYPE_CHECKING:
    from fractions import Fraction

# Fraction is imported where one is made or may have come: most runs have none, and its import takes 1.5 ms.


def check(x: Any) -> Any:
    t = type(x)
    if t is not int and t is not float:
        return _check_other(x)
    if not -LIMIT < x < LIMIT:
        raise too_large(x)
    return x


def _check_other(x: Any) -> Any:
    from fractions import Fraction

    if type(x) is bool or not isinstance(x, int | float | Fraction):
        raise not_a_number(x)
    if not -LIMIT < x < LIMIT:
        raise too_large(x)
    return _tidy(x) if type(x) is Fraction else x


def _tidy(x: Fraction) -> Any:
    if x.denominator == 1:
        return x.numerator
    return float(x) if x.denominator >= LIMIT else x


def add(a: Any, b: Any) -> Any:
    return check(check(a) + check(b))


def sub(a: Any, b: Any) -> Any:
    return check(check(a) - check(b))


def mul(a: Any, b: Any) -> Any:
    return check(check(a) * check(b))


def _nonzero(b: Any) -> Any:
    if check(b) == 0:
        raise division_by_zero()
    return b


def div(a: Any, b: Any) -> Any:
    a, b = check(a), _nonzero(b)
    if isinstance(a, float) or isinstance(b, float):
        return check(a / b)
    if type(a) is int and type(b) is int:
        return _ratio(a, b) if a % b else a // b
    return check(_ratio(a, 1) / _ratio(b, 1))


def _ratio(a: Any, b: int) -> Fraction:
    from fractions import Fraction

    return Fraction(a, b)


def floordiv(a: Any, b: Any) -> Any:
    a, b = check(a), _nonzero(b)
    if isinstance(a, float) or isinstance(b, float):
        return math.floor(check(a / b))
    return check(a // b)


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
        raise division_by_zero()
    if a < 0 and b != int(b):
        raise ArithmeticProblem("a fractional power of a negative number")
    if isinstance(b, float) or b.denominator != 1:
        return check(_float_power(float(a), float(b)))
    if isinstance(a, float):
        return check(_float_power(a, int(b)))
    return check(a ** int(b) if b >= 0 else _ratio(a, 1) ** int(b))


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


def make_divisible(v: Any, divisor: Any = 8) -> Any:
    v = check(v)
    if type(divisor) is not int:
        divisor = whole(divisor)
    if divisor is None or divisor <= 0:
        raise wrong_divisor()
    if type(v) is not int:
        v = float(v)
    rounded = max(int(v + divisor / 2) // divisor * divisor, divisor)
    return check(rounded + divisor if rounded < 0.9 * v else rounded)


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

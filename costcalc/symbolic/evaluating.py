"""Closed forms at numbers: exact rational arithmetic, which SymPy's own substitution does a hundred times slower."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

import sympy

from .. import arithmetic as ar
from ..arithmetic.roundings import Ceil, Floor, MakeDivisible, Round

_MOST_EXPONENT = 4096
_LAST_BITS = 2.0**-45


def evaluate(e: Any, numbers: Mapping[Any, Any], *, float64: bool = False) -> Any:
    """``e`` with ``numbers`` for its symbols: an int or Fraction, a float where a power is no rational.

    Decimals are the rationals that their text names, as in the closed forms; with ``float64`` they are floats, as in
    the released code that rounds 200 · 1.14 = 227.99999999999997 down. Raises ``ValueError`` for what isn't a number
    then, and for a float that is rounded where its last bit decides: a formula is added up in another order.
    """
    exact = {symbol: _exact(value, float64) for symbol, value in numbers.items()}
    try:
        value = _value(e, exact, {})
    except ArithmeticError as error:
        raise ValueError(f"a closed form has no value here: {error}") from None
    return int(value) if value == value // 1 else value


def holds(condition: Any, numbers: Mapping[Any, Any]) -> bool:
    """Whether ``condition`` is so with ``numbers`` for its symbols; decimals are the rationals of their text."""
    if condition in (sympy.true, sympy.false):
        return bool(condition)
    if isinstance(condition, sympy.Not):
        return not holds(condition.args[0], numbers)
    if isinstance(condition, sympy.And | sympy.Or):
        return (all if isinstance(condition, sympy.And) else any)(holds(c, numbers) for c in condition.args)
    left, right = (evaluate(side, numbers) for side in (condition.lhs, condition.rhs))
    return bool(_RELATIONS[condition.rel_op](left, right))


_RELATIONS: dict[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip


def _exact(x: Any, float64: bool) -> Any:
    if isinstance(x, float):
        exact = Fraction(repr(x))
        return x if float64 and not _is_binary(exact) else exact
    return Fraction(x)


def _is_binary(x: Fraction) -> bool:
    """Whether ``x`` is a float to the last digit, as 0.5 is and 0.6 isn't."""
    return x.denominator & (x.denominator - 1) == 0


def _value(e: Any, numbers: Mapping[Any, Any], done: dict[Any, Any]) -> Any:
    if e.is_Rational:
        return Fraction(int(e.p), int(e.q))
    found = numbers.get(e) if e.is_Symbol else done.get(e)
    if found is None:
        found = done[e] = _compute(e, numbers, done)
    return found


def _compute(e: Any, numbers: Mapping[Any, Any], done: dict[Any, Any]) -> Any:
    if e.is_Piecewise:
        for value, condition in e.args:
            if condition.subs({s: sympy.Rational(str(n)) for s, n in numbers.items()}) == True:  # noqa: E712
                return _value(value, numbers, done)
    function = _FUNCTIONS.get(e.func)
    if function is None:
        raise ValueError(f"{e} is not a number, nor a formula of numbers")
    return function(*(_value(a, numbers, done) for a in e.args))


def _power(base: Any, exponent: Any) -> Any:
    if abs(exponent) > _MOST_EXPONENT:
        raise ValueError(f"an exponent of {float(exponent):.3g} is too large")
    if exponent == exponent // 1:
        return base ** int(exponent)
    if base < 0:
        raise ValueError("a fractional power of a negative number")
    return float(base) ** float(exponent)


def _round(x: Any) -> Fraction:
    if isinstance(x, float) and abs(x % 1 - 0.5) < _LAST_BITS * max(1.0, abs(x)):
        raise ValueError(f"{x:.4g} is to be rounded, and its last bit depends on the order of a sum: count it instead")
    return Fraction(round(float(x)))


def _make_divisible(v: Any, divisor: Any) -> Fraction:
    return Fraction(ar.make_divisible(int(v) if v == int(v) else float(v), int(divisor)))


_FUNCTIONS: dict[Any, Callable[..., Any]] = {
    sympy.Add: lambda *a: sum(a[1:], a[0]),
    sympy.Mul: lambda *a: math.prod(a),
    sympy.Pow: _power,
    sympy.Max: max,
    sympy.Min: min,
    Floor: lambda x: Fraction(math.floor(x)),
    Ceil: lambda x: Fraction(math.ceil(x)),
    Round: _round,
    MakeDivisible: _make_divisible,
}

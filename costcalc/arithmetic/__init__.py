"""Arithmetic that works alike on ints (one configuration), NumPy arrays (many) and SymPy symbols (closed forms).

Every function takes any of the three. Ints and exact rationals stay exact; decimals are float64, as in the
released code whose rounding they reproduce. NumPy and SymPy are imported only when such a value arrives.
Errors: :class:`costcalc.errors.ArithmeticProblem` for words, NaN, infinities, numbers from 2**53 on, division by zero.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from ..errors import ArithmeticProblem, quoted

Number = Any
"""int, float, Fraction, NumPy array or SymPy expression."""

LIMIT = 2**53
MAX_EXPONENT = 64
_NO_NUMBERS = (bool, str, list, tuple)


_PLAIN = (int, float)


def is_array(x: object) -> bool:
    """Whether ``x`` is a NumPy array (or a NumPy scalar)."""
    return hasattr(x, "dtype")


def is_symbolic(x: object) -> bool:
    """Whether ``x`` is a SymPy expression or condition."""
    return hasattr(x, "free_symbols")


def _backend(*values: Any) -> Any:
    """The module that computes with ``values``: ``scalars``, ``arrays`` or ``symbols``."""
    for x in values:
        if hasattr(x, "free_symbols"):
            from . import symbols

            return symbols
    for x in values:
        if hasattr(x, "dtype"):
            from . import arrays

            return arrays
    from . import scalars

    return scalars


def check(x: Any) -> Any:
    """``x`` if it is a finite number below 2**53, else an error."""
    t = type(x)
    if t is int or t is float:
        if -LIMIT < x < LIMIT:
            return x
        raise ArithmeticProblem(f"{_named(x)} is not a finite number below 2**53")
    return _backend(x).check(x)


def _named(x: Any) -> str:
    digits = getattr(x, "numerator", 0)
    return str(x) if digits.bit_length() <= 100 else "a number of more than 30 digits"


def not_a_number(x: object) -> ArithmeticProblem:
    """The error for a value that isn't a number."""
    if isinstance(x, bool):
        return ArithmeticProblem(f"{'yes' if x else 'no'} is not a number")
    if isinstance(x, str):
        return ArithmeticProblem(f"the word {quoted(x)} is not a number")
    if isinstance(x, list):
        return ArithmeticProblem("a list is not a number")
    if isinstance(x, tuple):
        return ArithmeticProblem("several tensors are not a number")
    return ArithmeticProblem(f"{type(x).__name__.lower()} is not a number")


def add(a: Number, b: Number) -> Number:
    """a + b."""
    if type(a) is int and type(b) is int:
        return check(a + b)
    return _backend(a, b).add(a, b)


def sub(a: Number, b: Number) -> Number:
    """a - b."""
    if type(a) is int and type(b) is int:
        return check(a - b)
    return _backend(a, b).sub(a, b)


def mul(a: Number, b: Number) -> Number:
    """a * b."""
    ta, tb = type(a), type(b)
    if (ta is int or ta is float) and (tb is int or tb is float):
        try:
            r = a * b
        except OverflowError:
            return _backend().mul(a, b)
        if -LIMIT < r < LIMIT:
            return r
        return check(r)
    return _backend(a, b).mul(a, b)


def product(*factors: Number) -> Number:
    """The product of sizes: of ints exact however large it gets, of arrays an error where int64 would wrap."""
    r = math.prod(factors)
    return _backend(*factors).product(factors) if is_array(r) else r


def div(a: Number, b: Number) -> Number:
    """a / b: of ints an exact rational, an int where it divides; float64 if either is a decimal."""
    if type(a) is int and type(b) is int and b and not a % b:
        return a // b
    return _backend(a, b).div(a, b)


def quotient(a: Number, b: Number) -> Number:
    """a / b where b divides a, as groups do channels. Where it doesn't, in what no configuration has, ⌊a / b⌋."""
    if type(a) is int and type(b) is int and b:
        return a // b
    return _backend(a, b).quotient(a, b)


def floordiv(a: Number, b: Number) -> Number:
    """⌊a / b⌋."""
    if type(a) is int and type(b) is int and b:
        return a // b
    return _backend(a, b).floordiv(a, b)


def mod(a: Number, b: Number) -> Number:
    """a - b·⌊a / b⌋."""
    if type(a) is int and type(b) is int and b:
        return a % b
    return _backend(a, b).mod(a, b)


def power(a: Number, b: Number) -> Number:
    """a ** b, exponents below 64."""
    return _backend(a, b).power(a, b)


def neg(a: Number) -> Number:
    """-a."""
    return sub(0, a)


def ceil_div(a: Number, b: Number) -> Number:
    """⌈a / b⌉: the size that a SAME-padded window of stride b leaves of a."""
    if type(a) is int and type(b) is int and b:
        return -(-a // b)
    return _backend(a, b).ceil_div(a, b)


def floor(x: Number) -> Number:
    """⌊x⌋."""
    if type(x) is int:
        return x
    if type(x) is float:
        return math.floor(check(x))
    return _backend(x).floor(x)


def ceil(x: Number) -> Number:
    """⌈x⌉."""
    if type(x) is int:
        return x
    if type(x) is float:
        return math.ceil(check(x))
    return _backend(x).ceil(x)


def round_half_even(x: Number) -> Number:
    """The nearest whole number, halves to even, as Python's and NumPy's ``round``."""
    if type(x) is int:
        return x
    if type(x) is float:
        return round(check(x))
    return _backend(x).round_half_even(x)


def sqrt(x: Number) -> Number:
    """√x in float64; exact for symbols."""
    return _backend(x).sqrt(x)


def minimum(*values: Number) -> Number:
    """The smallest of ``values``, elementwise for arrays."""
    return _backend(*values).minimum(*values)


def maximum(*values: Number) -> Number:
    """The largest of ``values``, elementwise for arrays."""
    if len(values) == 2:
        a, b = values
        if type(a) is int and type(b) is int:
            return a if a >= b else b
    return _backend(*values).maximum(*values)


def make_divisible(v: Number, divisor: Number = 8) -> Number:
    """The multiple of ``divisor`` nearest to ``v``, at least ``divisor``, never below 90 % of ``v``.

    In float64 like ``_make_divisible`` of the released TensorFlow models
    (tensorflow/models, research/slim/nets).
    """
    t = type(v)
    if (t is float or t is int) and type(divisor) is int and divisor > 0 and -LIMIT < v < LIMIT:
        rounded = int(v + divisor / 2) // divisor * divisor
        if rounded < divisor:
            rounded = divisor
        if rounded < 0.9 * v:
            rounded += divisor
        return check(rounded)
    return _backend(v, divisor).make_divisible(v, divisor)


def equal(a: Any, b: Any) -> Any:
    """Whether a == b: a bool, a bool array, or a condition where symbols leave it open."""
    if isinstance(a, _NO_NUMBERS) or isinstance(b, _NO_NUMBERS):
        return _equal_values(a, b)
    if is_array(a) or is_array(b) or is_symbolic(a) or is_symbolic(b):
        return _backend(a, b).equal(a, b)
    return bool(a == b)


def _equal_values(a: Any, b: Any) -> Any:
    """Words, yes/no and lists equal their like only; lists member by member."""
    if type(a) is not type(b):
        return False
    if not isinstance(a, list | tuple):
        return bool(a == b)
    if len(a) != len(b):
        return False
    result: Any = True
    for x, y in zip(a, b, strict=True):
        result = logical_and(result, equal(x, y))
    return result


def less(a: Number, b: Number) -> Any:
    """Whether a < b."""
    if type(a) in _PLAIN and type(b) in _PLAIN:
        return bool(check(a) < check(b))
    return _backend(a, b).less(a, b)


def less_equal(a: Number, b: Number) -> Any:
    """Whether a <= b."""
    if type(a) in _PLAIN and type(b) in _PLAIN:
        return bool(check(a) <= check(b))
    return _backend(a, b).less_equal(a, b)


def logical_not(a: Any) -> Any:
    """not a, for a bool, a bool array or a condition on symbols."""
    return (not a) if isinstance(a, bool) else _backend(a).logical_not(a)


def logical_and(a: Any, b: Any) -> Any:
    """a and b, elementwise; ``True`` and ``False`` stay plain bools."""
    if a is True:
        return b
    if b is True:
        return a
    if a is False or b is False:
        return False
    return _backend(a, b).logical_and(a, b)


def logical_or(a: Any, b: Any) -> Any:
    """a or b, elementwise."""
    return logical_not(logical_and(logical_not(a), logical_not(b)))


def where(condition: Any, a: Number, b: Number) -> Number:
    """a where ``condition`` holds, else b: a choice for a bool, elementwise for an array."""
    if isinstance(condition, bool):
        return a if condition else b
    return _backend(condition, a, b).where(condition, a, b)


def as_count(condition: Any) -> Number:
    """1 where ``condition`` holds, else 0."""
    return where(condition, 1, 0)


def whole(x: Number) -> Number | None:
    """``x`` as an int (or int array, or the symbolic expression itself), or None if a plain number isn't whole.

    For arrays: elements that aren't whole are rounded down; :func:`is_whole` tells which.
    """
    if type(x) is int:
        return x
    return _backend(x).whole(x)


def is_whole(x: Number) -> Any:
    """Whether ``x`` is a whole number: a bool, or a bool array. Symbols count as whole."""
    if type(x) is int:
        return True
    return _backend(x).is_whole(x)


def truth(x: Any) -> Any:
    """A value as a condition: yes and no are themselves, a number is yes where it isn't 0."""
    if isinstance(x, bool):
        return x
    if isinstance(x, str | list | tuple):
        raise ArithmeticProblem("a condition is yes, no or a comparison, not a word, list or tensor")
    return _backend(x).truth(x)


def apply(function: Callable[..., Any], *values: Any) -> Any:
    """``function(*values)``; the errors of plain Python numbers become this module's."""
    try:
        return function(*values)
    except (TypeError, ValueError, OverflowError) as e:
        raise ArithmeticProblem(str(e)) from e

"""Rounding in SymPy expressions, kept whole.

:class:`Floor`, :class:`Ceil`, :class:`Round` and :class:`MakeDivisible` evaluate on numbers only, so that an expression
stays as readable as the text it came from.
"""

from __future__ import annotations

from typing import Any

import sympy

from . import scalars


class _Rounding(sympy.Function):  # type: ignore[misc]
    """A function to the integers that is the identity on them."""

    is_integer = True
    is_real = True

    @classmethod
    def eval(cls, x: Any) -> Any:
        if x.is_integer:
            return x
        if x.is_number:
            return sympy.Integer(cls.of_number(x))
        return cls.of_expression(x)

    @classmethod
    def of_number(cls, x: Any) -> int:
        raise NotImplementedError

    @classmethod
    def of_expression(cls, x: Any) -> Any:
        return None

    def _eval_is_positive(self) -> Any:
        return None

    def _eval_is_nonnegative(self) -> Any:
        return True if self.args[0].is_nonnegative else None


class Floor(_Rounding):
    """⌊x⌋, kept whole."""

    @classmethod
    def of_number(cls, x: Any) -> int:
        return int(sympy.floor(x))

    @classmethod
    def of_expression(cls, x: Any) -> Any:
        return _nested(cls, x)


class Ceil(_Rounding):
    """⌈x⌉, kept whole; ⌈⌈x/2⌉/2⌉ is ⌈x/4⌉."""

    @classmethod
    def of_number(cls, x: Any) -> int:
        return int(sympy.ceiling(x))

    @classmethod
    def of_expression(cls, x: Any) -> Any:
        return _nested(cls, x)

    def _eval_is_positive(self) -> Any:
        return True if self.args[0].is_positive else None


class Round(_Rounding):
    """x to the nearest whole number, halves to even, in float64."""

    @classmethod
    def of_number(cls, x: Any) -> int:
        return round(float(x))


class MakeDivisible(sympy.Function):  # type: ignore[misc]
    """:func:`costcalc.arithmetic.make_divisible`, kept whole."""

    is_integer = True
    is_positive = True

    @classmethod
    def eval(cls, v: Any, divisor: Any) -> Any:
        if v.is_number and divisor.is_number:
            value = int(v) if v.is_Integer else float(v)
            return sympy.Integer(scalars.make_divisible(value, int(divisor)))
        return None


def _nested(cls: Any, x: Any) -> Any:
    """⌈⌈y⌉/n⌉ = ⌈y/n⌉ for a positive whole n; the same for floors."""
    coefficient, rest = x.as_coeff_Mul()
    if isinstance(rest, cls) and (1 / coefficient).is_Integer and coefficient.is_positive:
        return cls(coefficient * rest.args[0])
    return None

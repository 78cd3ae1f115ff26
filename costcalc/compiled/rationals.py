"""Rationals on arrays: two ints each, added, compared and rounded as ints."""

from __future__ import annotations

from typing import Any, Protocol

from ..arithmetic.bounds import Bounds
from ..arithmetic.limits import LIMIT
from .array_code import FLOAT, Either, NotOnArrays, Number, Ratio


class Lowering(Protocol):
    """What rationals need of that which makes a program."""

    def apply(self, name: str, of: list[Any], known: Bounds = ...) -> Any: ...
    def constant(self, x: Any) -> Any: ...
    def select(self, condition: Any, a: Any, b: Any) -> Any: ...
    def to_float(self, x: Any) -> Any: ...
    def over(self, a: Number, b: Number) -> Ratio: ...
    def within_limit(self, x: Number) -> bool: ...


def of_rationals(lowering: Lowering, name: str, of: list[Any]) -> Any:
    """``name`` of operands of which some are rationals, the others ints or floats."""
    if name in _UNARY:
        return _UNARY[name](lowering, of[0])
    a, b = of
    if name == "make_divisible":
        return lowering.apply(name, [lowering.to_float(a), b])
    if any(isinstance(x, Number) and x.kind == FLOAT for x in of):
        if name in _ARITHMETIC:
            return lowering.apply(name, [lowering.to_float(x) for x in of])
        raise NotOnArrays("a rational is compared with a decimal, or one is the other's power")
    if name == "pow":
        return _power(lowering, a, b)
    one = lowering.constant(1)
    x, y = (v if isinstance(v, Ratio) else Ratio(v, one) for v in of)
    return _of_two(lowering, name, x, y)


_ARITHMETIC = ("add", "sub", "mul", "div", "floor_div", "ceil_div", "mod")


def _of_two(lowering: Lowering, name: str, x: Ratio, y: Ratio) -> Any:
    def ints(operation: str, a: Any, b: Any) -> Any:
        return lowering.apply(operation, [a, b])

    if name == "mul":
        return _checked(lowering, ints("mul", x.p, y.p), ints("mul", x.q, y.q))
    if name == "div":
        p, q = ints("mul", x.p, y.q), ints("mul", x.q, y.p)
        return _checked(lowering, *lowering.over(p, q))
    if name in ("floor_div", "ceil_div"):
        ratio = _of_two(lowering, "div", x, y)
        return _floor(lowering, ratio) if name == "floor_div" else _ceil(lowering, ratio)
    if name == "mod":
        times = _of_two(lowering, "mul", y, Ratio(_of_two(lowering, "floor_div", x, y), lowering.constant(1)))
        return _of_two(lowering, "sub", x, times)
    if x.q == y.q:
        p, other, q = x.p, y.p, x.q
    else:
        p, other, q = ints("mul", x.p, y.q), ints("mul", y.p, x.q), ints("mul", x.q, y.q)
    if name in ("add", "sub"):
        return _checked(lowering, ints(name, p, other), q)
    if name in ("min", "max"):
        taken = ints("less", other, p) if name == "min" else ints("less", p, other)
        return lowering.select(taken, y, x)
    return ints(name, p, other)


def _checked(lowering: Lowering, p: Any, q: Any) -> Ratio:
    """p / q; from a denominator of 2**53 on it would be a float."""
    if not (isinstance(q, Number) and lowering.within_limit(q)):
        raise NotOnArrays("a rational with a denominator from 2**53 on")
    return Ratio(p, q)


def _floor(lowering: Lowering, x: Ratio) -> Any:
    return lowering.apply("floor_div", [x.p, x.q])


def _ceil(lowering: Lowering, x: Ratio) -> Any:
    return lowering.apply("ceil_div", [x.p, x.q])


def _round(lowering: Lowering, x: Ratio) -> Any:
    """p / q is a half where its float64 is one, if p is below 2**52."""
    if not -LIMIT < 2 * x.p.bounds.low <= 2 * x.p.bounds.high < LIMIT:
        raise NotOnArrays("a rational of large ints is rounded")
    return lowering.apply("round", [lowering.to_float(x)])


def _sqrt(lowering: Lowering, x: Ratio) -> Any:
    return lowering.apply("sqrt", [lowering.to_float(x)])


def _whole(lowering: Lowering, x: Ratio) -> Any:
    return lowering.apply("equal", [lowering.apply("mod", [x.p, x.q]), lowering.constant(0)])


def _small(lowering: Lowering, x: Ratio) -> Any:
    if not lowering.within_limit(x.p):
        raise NotOnArrays("a rational of large ints")
    return True


_UNARY = {"floor": _floor, "ceil": _ceil, "round": _round, "sqrt": _sqrt, "whole": _whole, "small": _small}


def _power(lowering: Lowering, a: Any, b: Any) -> Any:
    if isinstance(b, Either | Ratio):
        raise NotOnArrays("a power whose exponent is a rational")
    return _checked(lowering, lowering.apply("pow", [a.p, b]), lowering.apply("pow", [a.q, b]))

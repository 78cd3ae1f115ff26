"""Operators: the only table of them, and what each makes of the value on its left.

A chain of them is a loop, so that its length is no matter of Python's stack.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .. import arithmetic as ar
from ..errors import SpecError
from .closures import Value, constant, is_const
from .syntax import Binary, Node

Apply = Callable[[Any, Any], Any]
"""``f(left value, frame)``."""

OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "+": ar.add,
    "-": ar.sub,
    "*": ar.mul,
    "/": ar.div,
    "//": ar.floordiv,
    "%": ar.mod,
    "**": ar.power,
    "<": ar.less,
    "<=": ar.less_equal,
    ">": lambda a, b: ar.less(b, a),
    ">=": lambda a, b: ar.less_equal(b, a),
    "==": ar.equal,
    "!=": lambda a, b: ar.logical_not(ar.equal(a, b)),
}
"""Those of two values; ``and`` and ``or`` evaluate the second only where it matters."""
JUNCTIONS = ("and", "or")
_AS_THEY_ARE = frozenset((int, str))
"""Whose values are equal where Python says so."""
Equal = Callable[[Any, Any, Any], Any]
"""``f(a, b, frame)``."""


def application(node: Binary, right: Value, equal: Equal | None = None) -> Apply:
    """What ``node`` makes of the value on its left. ``equal`` compares what isn't two ints or two words."""
    if node.op in JUNCTIONS:
        return _placed(node, _junction(node.op, right))
    if node.op in ("==", "!=") and equal is not None:
        return _placed(node, _equality(node.op, right, equal))
    return _arithmetic(node, OPERATORS[node.op], right)


def chain(first: Value, applications: list[Apply]) -> Value:
    """``first``, then one application after the other."""
    if len(applications) == 1:
        apply = applications[0]
        return lambda fr: apply(first(fr), fr)

    def several(fr: Any) -> Any:
        x = first(fr)
        for apply in applications:
            x = apply(x, fr)
        return x

    return several


def _arithmetic(node: Node, function: Callable[[Any, Any], Any], right: Value) -> Apply:
    def apply(left: Any, fr: Any) -> Any:
        try:
            return function(left, right(fr))
        except SpecError as e:
            if e.place is None:
                e.place = node.place
            raise

    def apply_constant(left: Any, fr: Any) -> Any:
        try:
            return function(left, number)
        except SpecError as e:
            if e.place is None:
                e.place = node.place
            raise

    if not is_const(right):
        return apply
    number = constant(right)
    return apply_constant


def _placed(node: Node, apply: Apply) -> Apply:
    def placed(left: Any, fr: Any) -> Any:
        try:
            return apply(left, fr)
        except SpecError as e:
            if e.place is None:
                e.place = node.place
            raise

    return placed


def _equality(op: str, right: Value, equal: Equal) -> Apply:
    def compare(a: Any, fr: Any) -> Any:
        b = right(fr)
        same = a == b if type(a) is type(b) and type(a) in _AS_THEY_ARE else equal(a, b, fr)
        return same if op == "==" else ar.logical_not(same)

    return compare


def _junction(op: str, right: Value) -> Apply:
    def junction(left: Any, fr: Any) -> Any:
        a = left if type(left) is bool else ar.truth(left)
        if a is (op == "or"):
            return a
        if ar.is_recorded(a):
            with ar.within(a if op == "and" else ar.logical_not(a)):
                b = ar.truth(right(fr))
        else:
            b = right(fr)
            b = b if type(b) is bool else ar.truth(b)
        return ar.logical_and(a, b) if op == "and" else ar.logical_or(a, b)

    return junction

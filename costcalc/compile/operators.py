"""Operators → closures. A chain of them is a loop, so that its length is no matter of Python's stack."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .. import arithmetic as ar
from ..errors import SpecError
from ..graph import Tensor
from ..language.syntax import Binary, Node
from .closures import Value, constant, is_const

Apply = Callable[[Any, Any], Any]
"""``f(left value, frame)``."""

_OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
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
}


def application(node: Binary, right: Value) -> Apply:
    """What ``node`` makes of the value on its left."""
    if node.op in ("and", "or"):
        return _placed(node, _junction(node.op, right))
    if node.op in ("==", "!="):
        return _placed(node, _equality(node.op, right))
    return _arithmetic(node, _OPERATORS[node.op], right)


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


def _equality(op: str, right: Value) -> Apply:
    def equal(a: Any, fr: Any) -> Any:
        b = right(fr)
        if type(a) is int and type(b) is int:
            same: Any = a == b
        elif type(a) is Tensor or type(b) is Tensor:
            raise SpecError("tensors aren't compared; compare their x.c, x.h, x.w")
        else:
            if fr is not None and type(a) is list:
                fr.run.spend(6 * _members(a))
            same = ar.equal(a, b)
        return same if op == "==" else ar.logical_not(same)

    return equal


def _members(x: list[Any]) -> int:
    return sum(len(m) if type(m) is list else 1 for m in x)


def _junction(op: str, right: Value) -> Apply:
    def junction(left: Any, fr: Any) -> Any:
        a = ar.truth(left)
        if a is (op == "or"):
            return a
        b = ar.truth(right(fr))
        return ar.logical_and(a, b) if op == "and" else ar.logical_or(a, b)

    return junction

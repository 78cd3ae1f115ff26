"""Operations that needn't be recorded: times 1, a choice between two that are the same."""

from __future__ import annotations

from typing import Any

from .limits import is_recorded

EITHER_WAY = ("add", "mul", "and", "same", "equal")
_ONE_IS_NOTHING = ("mul", "div", "floor_div", "ceil_div")


def _is(x: Any, number: int) -> bool:
    return type(x) is int and x == number


def simpler(operation: str, operands: tuple[Any, ...]) -> Any:
    """What an operation gives without being one; None if it is one."""
    a, b = operands[0], operands[-1]
    if operation == "select":
        return _side(operands)
    if operation in ("floor", "ceil", "round"):
        return a if a.bounds.whole else None
    if operation in ("min", "max"):
        return a if a is b else None
    if operation in _ONE_IS_NOTHING and _is(b, 1) and (operation in ("mul", "div") or a.bounds.whole):
        return a
    if operation == "mul":
        if _is(a, 1):
            return b
        for x, y in ((a, b), (b, a)):
            if _is(x, 0) and (type(y) is int or y.bounds.whole):
                return 0
    if operation in ("add", "sub") and _is(b, 0):
        return a
    if operation == "add" and _is(a, 0):
        return b
    if a is b and is_recorded(a) and a.bounds.whole:
        if operation == "sub" or (operation == "mod" and a.bounds.low > 0):
            return 0
        if operation in ("div", "floor_div", "ceil_div") and a.bounds.low > 0:
            return 1
    return None


def _side(operands: tuple[Any, ...]) -> Any:
    """The side that is taken for sure; None if both may be."""
    condition, a, b = operands
    if condition is True:
        return a
    if condition is False or a is b or (type(a) is type(b) and not is_recorded(a) and a == b):
        return b
    return None

"""What expressions are compiled to: closures of the frame that they are evaluated in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..errors import SpecError
from .syntax import Node

Value = Callable[[Any], Any]


def const(value: Any) -> Value:
    """A closure of a known value, which :func:`constant` recognizes."""

    def known(fr: Any) -> Any:
        return value

    known.value = value  # type: ignore[attr-defined]
    return known


def is_const(code: Value) -> bool:
    return hasattr(code, "value")


def constant(code: Value) -> Any:
    """The value of a :func:`const`."""
    return code.value  # type: ignore[attr-defined]


def placed(node: Node, code: Value) -> Value:
    """``code``, its errors placed at ``node``."""

    def at(fr: Any) -> Any:
        try:
            return code(fr)
        except SpecError as e:
            if e.place is None:
                e.place = node.place
            raise

    return at

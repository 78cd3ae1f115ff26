"""Which function lowers an operation, and what is said of one that can't be."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar


class Gap(Exception):
    """The language, or the importer, has no way to say an operation. ``kind`` is a row of the docs' list."""

    def __init__(self, kind: str, detail: str = "") -> None:
        super().__init__(f"{kind}: {detail}" if detail else kind)
        self.kind = kind
        self.detail = detail


class FoundGap(NamedTuple):
    """A gap where it was met: the operation, the module's path, the line of the user's code."""

    kind: str
    detail: str
    op: str
    path: str
    source: str


_F = TypeVar("_F", bound=Callable[..., Any])
LOWERED: dict[str, Callable[..., Any]] = {}


def lowers(*ops: str) -> Callable[[_F], _F]:
    """Register a function ``(lowering, node) -> value or values`` for operations. Each has one function."""

    def register(function: _F) -> _F:
        for op in ops:
            if op in LOWERED:
                raise ValueError(f"{op} is lowered twice")
            LOWERED[op] = function
        return function

    return register

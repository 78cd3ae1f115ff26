"""Values that aren't numbers: kernel sizes, and printed shapes."""

from __future__ import annotations

import re
from typing import Any


class Size:
    """``3x3``: a kernel's number for each axis; ``192x256``: height and width. A tuple would be several tensors."""

    __slots__ = ("axes",)

    def __init__(self, *axes: Any) -> None:
        self.axes = axes

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Size):
            return self.axes == other.axes
        return isinstance(other, int) and not isinstance(other, bool) and set(self.axes) == {other}

    def __hash__(self) -> int:
        return hash(self.axes) if len(set(self.axes)) > 1 else hash(self.axes[0])

    def __repr__(self) -> str:
        return "x".join(map(str, self.axes))


def axes_of(value: Any) -> tuple[Any, ...]:
    """The numbers of a size, or the one that a value is."""
    return value.axes if isinstance(value, Size) else (value,)


AXES = 3
"""Sizes that a tensor has at most, besides its channels."""
_SIDE = r"\d{1,9}²?"
_SHAPE = re.compile(rf"\s*{_SIDE}(?:\s*[x×]\s*{_SIDE}){{0,{AXES}}}\s*")
_NUMBER = re.compile(r"(\d+)(²?)")


def printed_shape(text: str) -> tuple[int, ...] | None:
    """``224²``, ``224²x3`` or ``112x112x32`` as numbers, ² as two; None if it is no shape.

    Whether the last is the channels or a size depends on how many axes the tensor has.
    """
    if _SHAPE.fullmatch(text) is None:
        return None
    numbers = [int(m[1]) for m in _NUMBER.finditer(text) for _ in range(1 + len(m[2]))]
    return tuple(numbers) if len(numbers) <= AXES + 1 else None


def show_shape(*size: Any, c: object = None) -> str:
    """A shape as papers print it: ``112²x32``, ``112x56x32``, ``16x112²x3``, ``98x40``."""
    shape = [f"{n}" for n in size]
    if len(size) > 1 and type(size[-1]) is type(size[-2]) is int and size[-1] == size[-2]:
        shape[-2:] = [f"{size[-1]}²"]
    return "x".join(shape if c is None else [*shape, f"{c}"])

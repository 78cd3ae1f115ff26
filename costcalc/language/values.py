"""Values that aren't numbers: kernel sizes, and printed shapes."""

from __future__ import annotations

import re


class Size:
    """``3x3``: a kernel's number for each axis. Not a tuple, for a tuple is several tensors."""

    __slots__ = ("axes",)

    def __init__(self, *axes: int) -> None:
        self.axes = axes

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Size):
            return self.axes == other.axes
        return isinstance(other, int) and not isinstance(other, bool) and set(self.axes) == {other}

    def __hash__(self) -> int:
        return hash(self.axes) if len(set(self.axes)) > 1 else hash(self.axes[0])

    def __repr__(self) -> str:
        return "x".join(map(str, self.axes))


_SHAPE = re.compile(r"\s*(\d{1,9})(?:(²)|\s*[x×]\s*(\d{1,9}))(?:\s*[x×]\s*(\d{1,9}))?\s*")


def printed_shape(text: str) -> tuple[int, int, int | None] | None:
    """``224²``, ``224²x3`` or ``112x112x32`` as (height, width, channels or None); None if it is no shape."""
    m = _SHAPE.fullmatch(text)
    if m is None:
        return None
    h = int(m[1])
    return h, h if m[2] else int(m[3]), int(m[4]) if m[4] else None


def show_shape(*size: object, c: object = None) -> str:
    """A shape as papers print it: ``112²x32``, ``112x56x32``."""
    square = len(size) == 2 and all(type(n) is int for n in size) and size[0] == size[1]
    shape = [f"{size[0]}²"] if square else [f"{n}" for n in size]
    return "x".join(shape if c is None else [*shape, f"{c}"])

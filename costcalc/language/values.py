"""Values that aren't numbers: kernel sizes, and printed shapes."""

from __future__ import annotations

import re


class Size:
    """``3x3``: height and width of a kernel. Not a tuple, for a tuple is several tensors."""

    __slots__ = ("h", "w")

    def __init__(self, h: int, w: int) -> None:
        self.h = h
        self.w = w

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Size):
            return (self.h, self.w) == (other.h, other.w)
        return isinstance(other, int) and not isinstance(other, bool) and self.h == self.w == other

    def __hash__(self) -> int:
        return hash((self.h, self.w)) if self.h != self.w else hash(self.h)

    def __repr__(self) -> str:
        return f"{self.h}x{self.w}"


_SHAPE = re.compile(r"\s*(\d{1,9})(?:(²)|\s*[x×]\s*(\d{1,9}))(?:\s*[x×]\s*(\d{1,9}))?\s*")


def printed_shape(text: str) -> tuple[int, int, int | None] | None:
    """``224²``, ``224²x3`` or ``112x112x32`` as (height, width, channels or None); None if it is no shape."""
    m = _SHAPE.fullmatch(text)
    if m is None:
        return None
    h = int(m[1])
    return h, h if m[2] else int(m[3]), int(m[4]) if m[4] else None


def show_shape(h: object, w: object, c: object = None) -> str:
    """A shape as papers print it: ``112²x32``, ``112x56x32``."""
    size = f"{h}²" if isinstance(h, int) and h == w else f"{h}x{w}"
    return size if c is None else f"{size}x{c}"

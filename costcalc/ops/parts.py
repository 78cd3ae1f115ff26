"""Cutting a tensor into parts, for each of which what follows runs with one set of weights; and the end of that."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from ..arithmetic import ceil_div, equal, is_symbolic, mul, product, quotient, where
from .base import Choices, Number, Op, Shape, Sizes, require_divisor, size_text, unchanged
from .seen import WHOLE, Seen, each, part


class Cut(Op):
    """``maps`` parts, of which an output is one."""

    __slots__ = ("maps",)
    told: ClassVar[tuple[str, ...]] = ("maps",)
    cuts = True

    def __init__(self, maps: Number) -> None:
        self.maps = maps


class Heads(Cut):
    """The channels in ``maps`` equal groups, one after the other."""

    __slots__ = ()
    kind = "heads"
    sees = each
    moves = True

    def out_shapes(self, inputs: tuple[Shape, ...]) -> tuple[Shape, ...]:
        return ((quotient(inputs[0][0], self.maps), *inputs[0][1:]),)

    def fewer(self, inputs: tuple[Shape, ...], keep: Callable[[int], int], *, stays: bool) -> Op:
        require_divisor(self.maps, inputs[0][0])
        return self


class Windows(Cut):
    """Parts of ``size`` positions: neighbours (Swin), or spread evenly over the map (``grid``, MaxViT).

    A map that they don't divide is filled up with zeros: ⌈n/size⌉ along each axis.
    """

    __slots__ = ("grid", "size")
    kind = "windows"
    sees = part
    moves = True
    extent = "own"
    told = ("maps", "size", "grid")
    fewer = unchanged

    def __init__(self, maps: Number, size: Sizes, grid: bool = False) -> None:
        super().__init__(maps)
        self.size = size
        self.grid = grid

    def out_shapes(self, inputs: tuple[Shape, ...]) -> tuple[Shape, ...]:
        return ((inputs[0][0], *self.size),)

    @property
    def label(self) -> str:
        return "grid" if self.grid else "windows"

    @property
    def filter_text(self) -> str:
        return size_text(self.size)


def _merged(now: Number, then: Number, whole: Number) -> Number:
    """A size of the map whose parts were ``then`` wide and are ``now``: what was filled up is dropped."""
    if now is then or (type(now) is type(then) is int and now == then):
        return whole
    same = equal(now, then)
    grown = mul(now, ceil_div(whole, then))
    return grown if is_symbolic(same) else where(same, whole, grown)


class Merge(Op):
    """The ``parts`` that a cut (``how``: heads, windows or grid) made of a tensor of shape ``before``, together again.

    ``size`` is that of a part when it was cut. The parts may have another one now, and then the whole has too.
    """

    __slots__ = ("before", "how", "parts", "size")
    kind = "merge"
    choices: ClassVar[Choices] = {"how": ("heads", "windows", "grid")}
    moves = True
    extent = "own"
    told = ("before", "how", "parts", "size")

    def __init__(self, how: str, parts: Number, size: Sizes, before: Shape) -> None:
        self.how = how
        self.parts = parts
        self.size = size
        self.before = before

    def sees(self, shape: Shape, output: Shape) -> tuple[Seen, ...]:
        return each(self, shape, output) if self.how == "heads" else (WHOLE,) * len(self.size)

    @property
    def merges(self) -> Number:
        return self.parts

    def out_shapes(self, inputs: tuple[Shape, ...]) -> tuple[Shape, ...]:
        part = inputs[0]
        if self.how == "heads":
            return ((mul(part[0], self.parts), *part[1:]),)
        return ((part[0], *map(_merged, part[1:], self.size, self.before[1:])),)

    def fewer(self, inputs: tuple[Shape, ...], keep: Callable[[int], int], *, stays: bool) -> Op:
        return self.changed(before=(self.out_shapes(inputs)[0][0], *self.before[1:]))


def number_of_windows(size: Sizes, window: Sizes) -> Number:
    """⌈h/wh⌉·⌈w/ww⌉."""
    return product(*map(ceil_div, size, window))

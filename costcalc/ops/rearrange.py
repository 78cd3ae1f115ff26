"""Ops that only say which element stands where: no weights, no work."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce

from ..arithmetic import mul, product, quotient
from .base import Number, Op, Shape, Sizes, require_divisor, size_text, unchanged
from .seen import ALL, EACH, MOVED, Seen, mixed
from .window import Padding, seen_by_windows, too_large, window_sizes

AXIS_NAMES = {1: ("length",), 2: ("height", "width"), 3: ("frames", "height", "width")}
"""What the sizes of a sequence, a map and a video are called, by their number."""
ALONG = ("channels", "height", "width", "positions", "frames")
"""Axes by name, and all positions as one sequence."""


def axis_of(along: str, shape: Shape) -> int:
    """Which number of ``shape`` is that of the axis. Raises ``ValueError`` for an axis that it hasn't got."""
    return ("channels", *AXIS_NAMES[len(shape) - 1]).index(along)


def along(axis: str, shape: Shape, seen: Seen = ALL) -> tuple[Seen, ...]:
    """What is ``seen`` along the axis of that name; along the others each element."""
    return tuple(seen if k == axis_of(axis, shape) else EACH for k in range(1, len(shape)))


def sequence(channels: Number, positions: Number, like: Shape) -> Shape:
    """``positions`` in a row, with as many axes as ``like`` has: the other sizes are 1."""
    return (channels, positions, *(1,) * (len(like) - 2))


def positions(shape: Shape) -> Number:
    """H·W."""
    return reduce(mul, shape[1:])


class Transpose(Op):
    """Positions become channels, channels positions: C of H x W to H·W of C x 1."""

    __slots__ = ()
    kind = "transpose"
    sees = mixed
    moves = True
    extent = "own"
    fewer = unchanged

    def out_shapes(self, inputs: tuple[Shape, ...]) -> tuple[Shape, ...]:
        return (sequence(positions(inputs[0]), inputs[0][0], inputs[0]),)


class Reshape(Op):
    """The positions, row by row, as a map of another size."""

    __slots__ = ("size",)
    kind = "reshape"
    sees = mixed
    moves = True
    extent = "own"
    told = ("size",)
    fewer = unchanged

    def __init__(self, size: Sizes) -> None:
        self.size = size

    def out_shapes(self, inputs: tuple[Shape, ...]) -> tuple[Shape, ...]:
        return ((inputs[0][0], *self.size),)


class SpaceToDepth(Op):
    """Each block of pixels becomes one pixel whose channels are the block's."""

    __slots__ = ("block",)
    kind = "space_to_depth"
    extent = "own"
    told = ("block",)
    fewer = unchanged

    def __init__(self, block: Sizes) -> None:
        self.block = block

    def out_shapes(self, inputs: tuple[Shape, ...]) -> tuple[Shape, ...]:
        c, *size = inputs[0]
        return ((mul(c, product(*self.block)), *map(quotient, size, self.block)),)

    def sees(self, shape: Shape, output: Shape) -> tuple[Seen, ...]:
        return tuple(Seen(b, b) for b in self.block)


class DepthToSpace(Op):
    """The channels of a pixel become a block of pixels (Shi et al. 2016, equation 4: pixel shuffle)."""

    __slots__ = ("block",)
    kind = "depth_to_space"
    extent = "own"
    told = ("block",)

    def __init__(self, block: Sizes) -> None:
        self.block = block

    def out_shapes(self, inputs: tuple[Shape, ...]) -> tuple[Shape, ...]:
        c, *size = inputs[0]
        return ((quotient(c, product(*self.block)), *map(mul, size, self.block)),)

    def sees(self, shape: Shape, output: Shape) -> tuple[Seen, ...]:
        return tuple(Seen(before=None, finer=b) for b in self.block)

    def fewer(self, inputs: tuple[Shape, ...], keep: Callable[[int], int], *, stays: bool) -> Op:
        require_divisor(product(*self.block), inputs[0][0])
        return self


class Roll(Op):
    """The map shifted by ``by`` along each axis; what leaves on one side enters on the other."""

    __slots__ = ("by",)
    kind = "roll"
    moves = True
    fewer = unchanged

    def __init__(self, by: Sizes) -> None:
        self.by = by

    def sees(self, shape: Shape, output: Shape) -> tuple[Seen, ...]:
        return (MOVED,) * len(self.by)


class Unfold(Op):
    """Each window's elements as the channels of one position (im2col)."""

    __slots__ = ("kernel_size", "padding", "stride")
    kind = "unfold"
    extent = "own"
    told = ("kernel_size", "stride")
    fewer = unchanged

    def __init__(self, kernel_size: Sizes, stride: Sizes = (), padding: Padding = "same") -> None:
        self.kernel_size = kernel_size
        self.stride = stride or (1,) * len(kernel_size)
        self.padding = padding

    def out_shapes(self, inputs: tuple[Shape, ...]) -> tuple[Shape, ...]:
        c, *size = inputs[0]
        undilated = (1,) * len(size)
        slid = window_sizes(size, self.kernel_size, self.stride, self.padding, undilated)
        return ((mul(c, product(*self.kernel_size)), *slid),)

    def sees(self, shape: Shape, output: Shape) -> tuple[Seen, ...]:
        return seen_by_windows(shape, self.kernel_size, self.stride, self.padding, (1,) * len(self.kernel_size))

    def misfit(self, size: Sizes, result: Sizes) -> str:
        return too_large(self.kernel_size, self.padding, size)

    @property
    def filter_text(self) -> str:
        return f"unfold {size_text(self.kernel_size)}"

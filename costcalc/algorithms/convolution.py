"""A layer as the convolution that an algorithm computes: its shapes, as numbers."""

from __future__ import annotations

from math import prod

from ..errors import UsageError
from ..graph import Layer
from ..record import Record


class Convolution(Record):
    """A convolution of one layer's copy, for one image.

    ``kernel``, ``stride`` and ``dilation`` have a number for each axis; ``in_size`` and ``out_size`` are those of the
    maps. ``mult_adds`` are the layer's own (:meth:`costcalc.ops.Op.work`).
    """

    in_channels: int
    out_channels: int
    in_size: tuple[int, ...]
    out_size: tuple[int, ...]
    kernel: tuple[int, ...]
    stride: tuple[int, ...]
    dilation: tuple[int, ...]
    groups: int
    transposed: bool
    mult_adds: int

    @property
    def axes(self) -> int:
        return len(self.kernel)

    @property
    def is_of_points(self) -> bool:
        """Whether each position of the output is made of that one of the input: its map is the matrix as it lies."""
        return prod(self.kernel) == 1 and self.in_size == self.out_size


def convolution_of(layer: Layer) -> Convolution | None:
    """``layer`` as a convolution, where its op says that it is one with a kernel; else None.

    Raises :class:`UsageError` for arrays and symbols: an algorithm is chosen at one point at a time.
    """
    found = layer.op.as_convolution()
    if found is None or not found.kernel_size:
        return None
    shape, output = layer.in_shapes[0], layer.out_shape
    mult_adds = layer.op.work(layer.in_shapes, output)["mac"]
    numbers = (*shape, *output, *found.kernel_size, *found.stride, *found.dilation, found.groups, mult_adds)
    if not all(type(n) is int for n in (*numbers, layer.count, layer.weight_count)):
        raise UsageError(f"{layer.name}: algorithms are compared at one point at a time")
    return Convolution(
        found.in_channels, output[0], shape[1:], output[1:], found.kernel_size, found.stride, found.dilation,
        found.groups, found.transposed, mult_adds,
    )  # fmt: skip

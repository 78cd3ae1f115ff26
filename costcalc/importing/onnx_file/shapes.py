"""Shapes of operations, as the standard has them."""

from __future__ import annotations

from math import prod

from ..record import Shape
from .model import OnnxNode
from .reader import Known, Unknown, attribute


def axes_of(node: OnnxNode, inputs: list[Known | None], at: int, name: str = "axes") -> tuple[int, ...] | None:
    """Axes, which were an attribute once and are an input now."""
    if len(inputs) > at and inputs[at] is not None:
        return inputs[at].ints  # type: ignore[union-attr]
    found = attribute(node, name)
    return None if found is None else tuple(found) if isinstance(found, tuple) else (found,)


def view_shape(node: OnnxNode, shape: Shape, inputs: list[Known | None]) -> Shape:
    """What Reshape, Flatten, Squeeze and Unsqueeze make of a shape."""
    rank = len(shape)
    if node.op == "Flatten":
        axis = attribute(node, "axis", 1)
        axis = axis + rank if axis < 0 else axis
        return prod(shape[:axis]), prod(shape[axis:])
    if node.op == "Reshape":
        wanted = inputs[1].ints if len(inputs) > 1 and inputs[1] is not None else tuple(node.attributes["shape"])
        return _reshaped(shape, wanted, bool(attribute(node, "allowzero", 0)))
    axes = axes_of(node, inputs, 1)
    if node.op == "Squeeze":
        gone = {k for k, n in enumerate(shape) if n == 1} if axes is None else {k % rank for k in axes}
        if any(shape[k] != 1 for k in gone):
            raise Unknown(f"a size that isn't 1 can't be left out: {shape}")
        return tuple(n for k, n in enumerate(shape) if k not in gone)
    if axes is None:
        raise Unknown("it doesn't say which axes")
    new = {k % (rank + len(axes)) for k in axes}
    left = iter(shape)
    return tuple(1 if k in new else next(left) for k in range(rank + len(axes)))


def _reshaped(shape: Shape, wanted: tuple[int, ...], allow_zero: bool) -> Shape:
    found = [shape[k] if n == 0 and not allow_zero else n for k, n in enumerate(wanted)]
    total = prod(shape)
    if found.count(-1) == 1:
        rest = prod(n for n in found if n != -1)
        found[found.index(-1)] = total // rest if rest else 0
    if prod(found) != total or any(n < 0 for n in found):
        raise Unknown(f"{'x'.join(map(str, shape))} can't be seen as {'x'.join(map(str, wanted))}")
    return tuple(found)


def same_pads(size: int, kernel: int, stride: int, dilation: int, lower: bool) -> tuple[int, int]:
    """Pixels before and after, of ``auto_pad``."""
    total = max((-(-size // stride) - 1) * stride + dilation * (kernel - 1) + 1 - size, 0)
    small, large = total // 2, total - total // 2
    return (large, small) if lower else (small, large)


def slid(size: int, kernel: int, stride: int, pads: tuple[int, int], dilation: int, ceil: bool = False) -> int:
    """Positions of a window; the last must begin inside of the input or the padding before it."""
    reach = size + sum(pads) - dilation * (kernel - 1) - 1
    if reach < 0:
        raise Unknown(f"a window of {kernel} is larger than its input of {size}")
    if not ceil:
        return reach // stride + 1
    return min(-(-reach // stride) + 1, -(-(size + pads[0]) // stride))

"""Ops on several tensors, and ops that only move elements."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from typing import ClassVar

from ..arithmetic import add, equal, is_array, mul, product, where
from ..errors import UsageError
from .base import Choices, Number, Op, Parts, Shape, Sizes, elements, point, require_divisor, size_text, unchanged
from .rearrange import along, axis_of, positions, sequence
from .seen import MOVED, Seen, each, everything, mixed


def broadcast(shapes: tuple[Shape, ...]) -> Shape:
    """The shape of all together: where sizes differ, one of them is 1 and repeated. A symbol is never taken for 1."""
    result = shapes[0]
    for shape in shapes[1:]:
        if shape is not result:
            result = tuple(map(_joint, result, shape))
    return result


def _joint(a: Number, b: Number) -> Number:
    if a is b or (type(b) is int and b == 1):
        return a
    if type(a) is int:
        return b if a == 1 else a
    return where(equal(a, 1), b, a) if is_array(a) else a


class Add(Op):
    """Elementwise sum, sizes of 1 repeated; ``weighted``: one trained scalar an operand (EfficientDet, section 3.3)."""

    __slots__ = ("operands", "weighted")
    kind = "add"
    choices: ClassVar[Choices] = {"weighted": ("none", "fast", "softmax", "unbounded")}
    weight_names = ("weight",)
    work_names = ("add", "mul", "normalize")
    sees = each

    def __init__(self, operands: int, weighted: str = "none") -> None:
        self.operands = operands
        self.weighted = weighted

    def out_shapes(self, inputs: tuple[Shape, ...]) -> tuple[Shape, ...]:
        return (broadcast(inputs),)

    def weights(self) -> Parts:
        return {} if self.weighted == "none" else {"weight": self.operands}

    def work(self, inputs: tuple[Shape, ...], output: Shape) -> Parts:
        n = elements(output)
        parts: Parts = {"add": product(self.operands - 1, n)}
        if self.weighted != "none":
            parts["mul"] = product(self.operands, n)
            if self.weighted != "unbounded":
                parts["normalize"] = self.operands
        return parts

    def fewer(self, inputs: tuple[Shape, ...], keep: Callable[[int], int], *, stays: bool) -> Op:
        _require_alike(inputs)
        return self


def _require_alike(inputs: tuple[Shape, ...]) -> None:
    if len({shape[0] for shape in inputs} - {1}) > 1:
        left = " and ".join(str(shape[0]) for shape in inputs)
        raise UsageError(f"it joins tensors of which {left} channels are left")


class PadAdd(Op):
    """The narrow tensor added onto the first channels of the wide one."""

    __slots__ = ()
    kind = "pad_add"
    sees = each
    work_names = ("add",)

    def work(self, inputs: tuple[Shape, ...], output: Shape) -> Parts:
        return {"add": elements(inputs[1])}

    def fewer(self, inputs: tuple[Shape, ...], keep: Callable[[int], int], *, stays: bool) -> Op:
        wide, narrow = inputs[0][0], inputs[1][0]
        if narrow > wide:
            raise UsageError(f"{narrow} channels are left to be added onto {wide}")
        return self


class _OfTwo(Op):
    """One elementary operation for each element of the result; sizes of 1 are repeated."""

    __slots__ = ()
    sees = each

    def out_shapes(self, inputs: tuple[Shape, ...]) -> tuple[Shape, ...]:
        return (broadcast(inputs),)

    def work(self, inputs: tuple[Shape, ...], output: Shape) -> Parts:
        return {self.kind: elements(output)}

    def fewer(self, inputs: tuple[Shape, ...], keep: Callable[[int], int], *, stays: bool) -> Op:
        _require_alike(inputs)
        return self


class Mul(_OfTwo):
    """Elementwise product: a gate for each channel, a map of attention."""

    __slots__ = ()
    kind = "mul"
    work_names = ("mul",)


class Sub(_OfTwo):
    """Elementwise difference."""

    __slots__ = ()
    kind = "sub"
    work_names = ("sub",)


class Div(_OfTwo):
    """Elementwise quotient."""

    __slots__ = ()
    kind = "div"
    work_names = ("div",)


class Concat(Op):
    """Along the channels, an axis, or all positions as one sequence."""

    __slots__ = ("along",)
    kind = "concat"

    def __init__(self, along: str = "channels") -> None:
        self.along = along

    def sees(self, shape: Shape, output: Shape) -> tuple[Seen, ...]:
        return _in_another_place(self.along, shape, output)

    def fewer(self, inputs: tuple[Shape, ...], keep: Callable[[int], int], *, stays: bool) -> Op:
        if self.along != "channels":
            _require_alike(inputs)
        return self

    def out_shapes(self, inputs: tuple[Shape, ...]) -> tuple[Shape, ...]:
        first = inputs[0]
        if self.along == "positions":
            return (sequence(first[0], reduce(add, map(positions, inputs)), first),)
        axis = axis_of(self.along, first)
        whole = reduce(add, [shape[axis] for shape in inputs])
        return ((*first[:axis], whole, *first[axis + 1 :]),)


def _in_another_place(over: str, shape: Shape, output: Shape) -> tuple[Seen, ...]:
    """Of an axis that is cut, or becomes a part of a longer one, positions are others."""
    if over == "channels":
        return each(None, shape, output)
    return mixed(None, shape, output) if over == "positions" else along(over, shape, MOVED)


class Split(Op):
    """The channels, rows, columns or positions cut into ``parts``, in order. Several outputs."""

    __slots__ = ("along", "parts")
    kind = "split"
    moves = True

    def __init__(self, parts: tuple[Number, ...], along: str = "channels") -> None:
        self.parts = parts
        self.along = along

    def sees(self, shape: Shape, output: Shape) -> tuple[Seen, ...]:
        return _in_another_place(self.along, shape, output)

    def out_shapes(self, inputs: tuple[Shape, ...]) -> tuple[Shape, ...]:
        shape = inputs[0]
        if self.along == "positions":
            return tuple(sequence(shape[0], n, shape) for n in self.parts)
        axis = axis_of(self.along, shape)
        return tuple((*shape[:axis], n, *shape[axis + 1 :]) for n in self.parts)

    def fewer(self, inputs: tuple[Shape, ...], keep: Callable[[int], int], *, stays: bool) -> Op:
        if self.along != "channels":
            return self
        parts = tuple(keep(n) if n else 0 for n in self.parts)
        if sum(parts) != inputs[0][0]:
            left = ", ".join(map(str, parts))
            raise UsageError(f"parts of {left} channels aren't the {inputs[0][0]} that are left")
        return self.changed(parts=parts)


class ChannelShuffle(Op):
    """ShuffleNet V1, section 3.1: (groups, c/groups) transposed and flattened."""

    __slots__ = ("groups",)
    kind = "channel_shuffle"
    sees = each

    def __init__(self, groups: Number) -> None:
        self.groups = groups

    def fewer(self, inputs: tuple[Shape, ...], keep: Callable[[int], int], *, stays: bool) -> Op:
        require_divisor(self.groups, inputs[0][0])
        return self


class Dropout(Op):
    """Nothing at inference."""

    __slots__ = ("p",)
    kind = "dropout"
    sees = each
    fewer = unchanged

    def __init__(self, p: Number = 0.5) -> None:
        self.p = p


class Flatten(Op):
    """C·H·W channels of one position."""

    __slots__ = ()
    kind = "flatten"
    sees = everything
    extent = "point"
    fewer = unchanged

    def out_shapes(self, inputs: tuple[Shape, ...]) -> tuple[Shape, ...]:
        return (point(reduce(mul, inputs[0]), inputs[0]),)


class Pad(Op):
    """Zeros around: pixels (above, left) ``before`` and (below, right) ``after``."""

    __slots__ = ("after", "before")
    kind = "pad"
    extent = "own"
    fewer = unchanged

    def __init__(self, before: Sizes, after: Sizes) -> None:
        self.before = before
        self.after = after

    def sees(self, shape: Shape, output: Shape) -> tuple[Seen, ...]:
        return tuple(Seen(before=n) for n in self.before)

    def out_shapes(self, inputs: tuple[Shape, ...]) -> tuple[Shape, ...]:
        c, *size = inputs[0]
        return ((c, *(n + a + b for n, a, b in zip(size, self.before, self.after, strict=True))),)


class Crop(Op):
    """``size`` of the map: the middle, or from ``start`` on (top, left)."""

    __slots__ = ("size", "start")
    kind = "crop"
    moves = True
    told = ("size",)
    fewer = unchanged

    def __init__(self, size: Sizes, start: Sizes | None = None) -> None:
        self.size = size
        self.start = start

    def sees(self, shape: Shape, output: Shape) -> tuple[Seen, ...]:
        start = self.start or [(n - m) // 2 for n, m in zip(shape[1:], self.size, strict=True)]
        return tuple(Seen(before=-n) for n in start)

    def out_shapes(self, inputs: tuple[Shape, ...]) -> tuple[Shape, ...]:
        return ((inputs[0][0], *self.size),)

    def misfit(self, size: Sizes, result: Sizes) -> str:
        return f"a crop to {size_text(result)} is larger than the input of {size_text(size)}"

"""Ops on several tensors, and ops that only move elements."""

from __future__ import annotations

from ..arithmetic import product
from .base import Number, Op, Parts, Shape, elements


class Add(Op):
    """Elementwise sum; ``weighted`` has one trained scalar for each operand (EfficientDet, section 3.3)."""

    __slots__ = ("operands", "weighted")
    kind = "add"
    weight_names = ("weight",)
    work_names = ("add", "mul", "normalize")

    def __init__(self, operands: int, weighted: str = "none") -> None:
        self.operands = operands
        self.weighted = weighted

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


class PadAdd(Op):
    """The narrow tensor added onto the first channels of the wide one."""

    __slots__ = ()
    kind = "pad_add"
    work_names = ("add",)

    def work(self, inputs: tuple[Shape, ...], output: Shape) -> Parts:
        return {"add": elements(inputs[1])}


class Mul(Op):
    """Elementwise product; the second may be 1×1 (a gate for each channel)."""

    __slots__ = ()
    kind = "mul"
    work_names = ("mul",)

    def work(self, inputs: tuple[Shape, ...], output: Shape) -> Parts:
        return {"mul": elements(output)}


class Concat(Op):
    """Along the channels."""

    __slots__ = ()
    kind = "concat"

    def out_shape(self, *inputs: Shape) -> Shape:
        c = inputs[0][0]
        for shape in inputs[1:]:
            c = c + shape[0]
        return c, inputs[0][1], inputs[0][2]


class Split(Op):
    """The channels cut into ``parts``, in order. Several outputs."""

    __slots__ = ("parts",)
    kind = "split"

    def __init__(self, parts: tuple[Number, ...]) -> None:
        self.parts = parts

    def out_shape(self, *inputs: Shape) -> Shape:
        return self.parts[0], inputs[0][1], inputs[0][2]

    def out_shapes(self, *inputs: Shape) -> tuple[Shape, ...]:
        """The shape of every part."""
        return tuple((c, inputs[0][1], inputs[0][2]) for c in self.parts)


class ChannelShuffle(Op):
    """ShuffleNet V1, section 3.1: (groups, c/groups) transposed and flattened."""

    __slots__ = ("groups",)
    kind = "channel_shuffle"

    def __init__(self, groups: Number) -> None:
        self.groups = groups


class Dropout(Op):
    """Nothing at inference."""

    __slots__ = ("p",)
    kind = "dropout"

    def __init__(self, p: Number = 0.5) -> None:
        self.p = p


class Flatten(Op):
    """C·H·W channels of size 1×1."""

    __slots__ = ()
    kind = "flatten"

    def out_shape(self, *inputs: Shape) -> Shape:
        return elements(inputs[0]), 1, 1


class Pad(Op):
    """Zeros around the map: pixels above, below, left, right."""

    __slots__ = ("bottom", "left", "right", "top")
    kind = "pad"

    def __init__(self, top: Number, bottom: Number, left: Number, right: Number) -> None:
        self.top = top
        self.bottom = bottom
        self.left = left
        self.right = right

    def out_shape(self, *inputs: Shape) -> Shape:
        c, h, w = inputs[0]
        return c, h + self.top + self.bottom, w + self.left + self.right


class Crop(Op):
    """The middle ``height`` × ``width`` of the map."""

    __slots__ = ("height", "width")
    kind = "crop"

    def __init__(self, height: Number, width: Number) -> None:
        self.height = height
        self.width = width

    def out_shape(self, *inputs: Shape) -> Shape:
        return inputs[0][0], self.height, self.width

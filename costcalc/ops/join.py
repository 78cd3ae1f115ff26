"""Ops on several tensors, and ops that only move elements."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce

from ..arithmetic import add, mul, product
from ..errors import UsageError
from .base import Number, Op, Parts, Shape, Sizes, elements, point, require_divisor, size_text, unchanged


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

    def fewer(self, inputs: tuple[Shape, ...], keep: Callable[[int], int], *, stays: bool) -> Op:
        _require_alike(inputs)
        return self


def _require_alike(inputs: tuple[Shape, ...]) -> None:
    if any(shape[0] != inputs[0][0] for shape in inputs):
        left = " and ".join(str(shape[0]) for shape in inputs)
        raise UsageError(f"it joins tensors of which {left} channels are left")


class PadAdd(Op):
    """The narrow tensor added onto the first channels of the wide one."""

    __slots__ = ()
    kind = "pad_add"
    work_names = ("add",)

    def work(self, inputs: tuple[Shape, ...], output: Shape) -> Parts:
        return {"add": elements(inputs[1])}

    def fewer(self, inputs: tuple[Shape, ...], keep: Callable[[int], int], *, stays: bool) -> Op:
        wide, narrow = inputs[0][0], inputs[1][0]
        if narrow > wide:
            raise UsageError(f"{narrow} channels are left to be added onto {wide}")
        return self


class Mul(Op):
    """Elementwise product; the second may be 1×1 (a gate for each channel)."""

    __slots__ = ()
    kind = "mul"
    work_names = ("mul",)

    def work(self, inputs: tuple[Shape, ...], output: Shape) -> Parts:
        return {"mul": elements(output)}

    def fewer(self, inputs: tuple[Shape, ...], keep: Callable[[int], int], *, stays: bool) -> Op:
        _require_alike(inputs)
        return self


class Concat(Op):
    """Along the channels."""

    __slots__ = ()
    kind = "concat"
    fewer = unchanged

    def out_shapes(self, inputs: tuple[Shape, ...]) -> tuple[Shape, ...]:
        return ((reduce(add, [shape[0] for shape in inputs]), *inputs[0][1:]),)


class Split(Op):
    """The channels cut into ``parts``, in order. Several outputs."""

    __slots__ = ("parts",)
    kind = "split"

    def __init__(self, parts: tuple[Number, ...]) -> None:
        self.parts = parts

    def out_shapes(self, inputs: tuple[Shape, ...]) -> tuple[Shape, ...]:
        return tuple((c, *inputs[0][1:]) for c in self.parts)

    def fewer(self, inputs: tuple[Shape, ...], keep: Callable[[int], int], *, stays: bool) -> Op:
        parts = tuple(keep(n) if n else 0 for n in self.parts)
        if sum(parts) != inputs[0][0]:
            left = ", ".join(map(str, parts))
            raise UsageError(f"parts of {left} channels aren't the {inputs[0][0]} that are left")
        return self.changed(parts=parts)


class ChannelShuffle(Op):
    """ShuffleNet V1, section 3.1: (groups, c/groups) transposed and flattened."""

    __slots__ = ("groups",)
    kind = "channel_shuffle"

    def __init__(self, groups: Number) -> None:
        self.groups = groups

    def fewer(self, inputs: tuple[Shape, ...], keep: Callable[[int], int], *, stays: bool) -> Op:
        require_divisor(self.groups, inputs[0][0])
        return self


class Dropout(Op):
    """Nothing at inference."""

    __slots__ = ("p",)
    kind = "dropout"
    fewer = unchanged

    def __init__(self, p: Number = 0.5) -> None:
        self.p = p


class Flatten(Op):
    """C·H·W channels of one position."""

    __slots__ = ()
    kind = "flatten"
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

    def out_shapes(self, inputs: tuple[Shape, ...]) -> tuple[Shape, ...]:
        c, *size = inputs[0]
        return ((c, *(n + a + b for n, a, b in zip(size, self.before, self.after, strict=True))),)


class Crop(Op):
    """The middle ``size`` of the map."""

    __slots__ = ("size",)
    kind = "crop"
    told = ("size",)
    fewer = unchanged

    def __init__(self, size: Sizes) -> None:
        self.size = size

    def out_shapes(self, inputs: tuple[Shape, ...]) -> tuple[Shape, ...]:
        return ((inputs[0][0], *self.size),)

    def misfit(self, size: Sizes, result: Sizes) -> str:
        return f"a crop to {size_text(result)} is larger than the input of {size_text(size)}"

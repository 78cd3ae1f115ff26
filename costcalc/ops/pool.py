"""Pooling and resizing."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from ..arithmetic import product
from .base import Choices, Number, Op, Parts, Shape, Sizes, elements, point, size_text, stride_text, unchanged
from .rearrange import along, axis_of
from .seen import ALL, EACH, Seen, each, everything, part
from .window import Padding, seen_by_windows, too_large, window_sizes


class Pool(Op):
    """A window that slides."""

    __slots__ = ("ceil_mode", "kernel_size", "padding", "stride")
    told = ("kernel_size", "stride")
    fewer = unchanged

    def __init__(
        self, kernel_size: Sizes, stride: Sizes = (), padding: Padding = "same", ceil_mode: bool = False
    ) -> None:
        self.kernel_size = kernel_size
        self.stride = stride or (1,) * len(kernel_size)
        self.padding = padding
        self.ceil_mode = ceil_mode

    def out_shapes(self, inputs: tuple[Shape, ...]) -> tuple[Shape, ...]:
        c, *size = inputs[0]
        undilated = (1,) * len(size)
        return ((c, *window_sizes(size, self.kernel_size, self.stride, self.padding, undilated, self.ceil_mode)),)

    def sees(self, shape: Shape, output: Shape) -> tuple[Seen, ...]:
        return seen_by_windows(shape, self.kernel_size, self.stride, self.padding, (1,) * len(self.kernel_size))

    def misfit(self, size: Sizes, result: Sizes) -> str:
        return too_large(self.kernel_size, self.padding, size)

    @property
    def stride_text(self) -> str:
        return stride_text(self.stride)

    @property
    def filter_text(self) -> str:
        return f"pool {size_text(self.kernel_size)}"

    @property
    def window(self) -> Number:
        return product(*self.kernel_size)


class MaxPool(Pool):
    """The largest of each window: one comparison fewer than the window has elements."""

    __slots__ = ()
    kind = "max_pool"
    work_names = ("compare",)

    def work(self, inputs: tuple[Shape, ...], output: Shape) -> Parts:
        return {"compare": product(self.window - 1, *output)}

    @property
    def label(self) -> str:
        return "maxpool"


class AvgPool(Pool):
    """The mean of each window: its elements' additions less one, and a division."""

    __slots__ = ()
    kind = "avg_pool"
    work_names = ("add", "div")

    def work(self, inputs: tuple[Shape, ...], output: Shape) -> Parts:
        n = elements(output)
        return {"add": product(self.window - 1, n), "div": n}

    @property
    def label(self) -> str:
        return "avgpool"


class GlobalMaxPool(MaxPool):
    """The largest of each channel."""

    __slots__ = ()
    extent = "point"
    sees = everything

    def __init__(self, size: Sizes) -> None:
        super().__init__(size, padding=(0,) * len(size))

    def out_shapes(self, inputs: tuple[Shape, ...]) -> tuple[Shape, ...]:
        return (point(inputs[0][0], inputs[0]),)

    @property
    def is_global(self) -> bool:
        return True


class GlobalAvgPool(AvgPool):
    """The mean of each channel."""

    __slots__ = ()
    extent = "point"
    sees = everything

    def __init__(self, size: Sizes) -> None:
        super().__init__(size, padding=(0,) * len(size))

    def out_shapes(self, inputs: tuple[Shape, ...]) -> tuple[Shape, ...]:
        return (point(inputs[0][0], inputs[0]),)

    @property
    def is_global(self) -> bool:
        return True


class AxisPool(Op):
    """The largest, the mean or the sum over one axis (``over``), which has ``size`` elements and then one.

    Over the channels (CBAM, section 3: spatial attention), the height or the width (coordinate attention), or as a sum
    over all positions.
    """

    __slots__ = ("how", "over", "size")
    kind = "axis_pool"
    choices: ClassVar[Choices] = {
        "how": ("max", "mean", "sum"), "over": ("channels", "height", "width", "positions"),
    }  # fmt: skip
    told = ("how", "over", "size")
    work_names = ("compare", "add", "div")

    def __init__(self, how: str, over: str, size: Number) -> None:
        self.how = how
        self.over = over
        self.size = size

    def sees(self, shape: Shape, output: Shape) -> tuple[Seen, ...]:
        if self.over in ("channels", "positions"):
            return (each if self.over == "channels" else everything)(self, shape, output)
        return along(self.over, shape)

    def out_shapes(self, inputs: tuple[Shape, ...]) -> tuple[Shape, ...]:
        shape = inputs[0]
        if self.over == "positions":
            return (point(shape[0], shape),)
        axis = axis_of(self.over, shape)
        return ((*shape[:axis], 1, *shape[axis + 1 :]),)

    def work(self, inputs: tuple[Shape, ...], output: Shape) -> Parts:
        n = elements(output)
        if self.how == "max":
            return {"compare": product(self.size - 1, n)}
        parts: Parts = {"add": product(self.size - 1, n)}
        return {**parts, "div": n} if self.how == "mean" else parts

    @property
    def window(self) -> Number:
        return self.size

    def fewer(self, inputs: tuple[Shape, ...], keep: Callable[[int], int], *, stays: bool) -> Op:
        return self.changed(size=inputs[0][0]) if self.over == "channels" else self

    @property
    def filter_text(self) -> str:
        return f"{self.how} over {self.over}"


class Resize(Op):
    """To ``size``, by nearest neighbour, or linear along each axis: ``linear``, ``bilinear``, ``trilinear``."""

    __slots__ = ("mode", "size")
    kind = "resize"
    work_names = ("nearest", "linear", "bilinear", "trilinear")
    choices: ClassVar[Choices] = {"mode": work_names}
    extent = "own"
    told = ("size",)
    fewer = unchanged

    def __init__(self, size: Sizes, mode: str = "nearest") -> None:
        self.size = size
        self.mode = mode

    def sees(self, shape: Shape, output: Shape) -> tuple[Seen, ...]:
        """Nearest: one element. Linear: the two around; before which of them the first begins isn't told."""
        taps = 1 if self.mode == "nearest" else 2
        return tuple(
            EACH if n == m else ALL if n == 1 else Seen(taps, n, None, finer=m)
            for n, m in zip(shape[1:], self.size, strict=True)
        )

    def out_shapes(self, inputs: tuple[Shape, ...]) -> tuple[Shape, ...]:
        return ((inputs[0][0], *self.size),)

    def work(self, inputs: tuple[Shape, ...], output: Shape) -> Parts:
        return {self.mode: elements(output)}


class RoiAlign(Op):
    """``maps`` regions of one map, each resized to ``size``; its figures are those of one region."""

    __slots__ = ("maps", "size")
    kind = "roi_align"
    sees = part
    cuts = True
    work_names = ("bilinear",)
    extent = "own"
    told = ("size",)
    fewer = unchanged

    def __init__(self, maps: Number, size: Sizes) -> None:
        self.maps = maps
        self.size = size

    def out_shapes(self, inputs: tuple[Shape, ...]) -> tuple[Shape, ...]:
        return ((inputs[0][0], *self.size),)

    def work(self, inputs: tuple[Shape, ...], output: Shape) -> Parts:
        return {"bilinear": elements(output)}

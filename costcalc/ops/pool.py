"""Pooling and resizing."""

from __future__ import annotations

from ..arithmetic import product
from .base import Number, Op, Parts, Shape, elements, size_text, stride_text
from .window import Padding, window_size

Pair = tuple[Number, Number]


class Pool(Op):
    """A window that slides."""

    __slots__ = ("ceil_mode", "kernel_size", "padding", "stride")

    def __init__(
        self, kernel_size: Pair, stride: Pair = (1, 1), padding: Padding = "same", ceil_mode: bool = False
    ) -> None:
        self.kernel_size = kernel_size
        self.stride = stride
        self.padding = padding
        self.ceil_mode = ceil_mode

    def out_shape(self, *inputs: Shape) -> Shape:
        c, h, w = inputs[0]
        (kh, kw), (sh, sw) = self.kernel_size, self.stride
        ph, pw = ("same", "same") if self.padding == "same" else self.padding
        return c, window_size(h, kh, sh, ph, 1, self.ceil_mode), window_size(w, kw, sw, pw, 1, self.ceil_mode)

    @property
    def stride_text(self) -> str:
        return stride_text(self.stride)

    @property
    def filter_text(self) -> str:
        return f"pool {size_text(self.kernel_size)}"

    @property
    def window(self) -> Number:
        return self.kernel_size[0] * self.kernel_size[1]


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

    def __init__(self, height: Number, width: Number) -> None:
        super().__init__((height, width), (1, 1), (0, 0))

    def out_shape(self, *inputs: Shape) -> Shape:
        return inputs[0][0], 1, 1

    @property
    def is_global(self) -> bool:
        return True


class GlobalAvgPool(AvgPool):
    """The mean of each channel."""

    __slots__ = ()

    def __init__(self, height: Number, width: Number) -> None:
        super().__init__((height, width), (1, 1), (0, 0))

    def out_shape(self, *inputs: Shape) -> Shape:
        return inputs[0][0], 1, 1

    @property
    def is_global(self) -> bool:
        return True


class Resize(Op):
    """To ``height`` × ``width``, by nearest neighbour or bilinear interpolation."""

    __slots__ = ("height", "mode", "width")
    kind = "resize"
    work_names = ("nearest", "bilinear")

    def __init__(self, height: Number, width: Number, mode: str = "nearest") -> None:
        self.height = height
        self.width = width
        self.mode = mode

    def out_shape(self, *inputs: Shape) -> Shape:
        return inputs[0][0], self.height, self.width

    def work(self, inputs: tuple[Shape, ...], output: Shape) -> Parts:
        return {self.mode: elements(output)}


class RoiAlign(Op):
    """``maps`` regions of one map, each resized to ``height`` × ``width``; its figures are those of one region."""

    __slots__ = ("height", "maps", "width")
    kind = "roi_align"
    work_names = ("bilinear",)

    def __init__(self, maps: Number, height: Number, width: Number) -> None:
        self.maps = maps
        self.height = height
        self.width = width

    def out_shape(self, *inputs: Shape) -> Shape:
        return inputs[0][0], self.height, self.width

    def work(self, inputs: tuple[Shape, ...], output: Shape) -> Parts:
        return {"bilinear": elements(output)}

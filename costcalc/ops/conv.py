"""Convolutions and fully connected layers: everything with multiply-accumulates."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from ..arithmetic import ceil_div, product, quotient
from ..errors import UsageError
from .base import (
    AsConvolution,
    Number,
    Op,
    Parts,
    Shape,
    Sizes,
    elements,
    point,
    require_divisor,
    size_text,
    stride_text,
)
from .seen import Seen, everything
from .window import Padding, seen_by_transposed, seen_by_windows, too_large, window_sizes


def _of_group(channels: Number, groups: Number) -> Number:
    """How many of the channels are one group's."""
    if type(channels) is int and type(groups) is int:
        return channels // groups
    return quotient(channels, groups)


class _Convolution(Op):
    """What convolutions have in common: their arguments, as in PyTorch, a number for each axis."""

    __slots__ = (
        "bias",
        "dilation",
        "fixed",
        "groups",
        "in_channels",
        "kernel_size",
        "out_channels",
        "padding",
        "stride",
    )
    weight_names = ("weight", "bias", "fixed")
    statistics = ("fixed",)
    work_names = ("mac", "bias_add")
    used_alike = True
    transposed: ClassVar[bool] = False
    told = ("in_channels", "out_channels", "kernel_size", "stride", "groups")

    def __init__(
        self,
        in_channels: Number,
        out_channels: Number,
        kernel_size: Sizes,
        stride: Sizes = (),
        padding: Padding = "same",
        dilation: Sizes = (),
        groups: Number = 1,
        bias: bool = False,
        fixed: bool = False,
    ) -> None:
        self.fixed = fixed
        self.in_channels = in_channels
        self.out_channels = out_channels
        self.kernel_size = kernel_size
        self.stride = stride or (1,) * len(kernel_size)
        self.padding = padding
        self.dilation = dilation or (1,) * len(kernel_size)
        self.groups = groups
        self.bias = bias

    def fewer(self, inputs: tuple[Shape, ...], keep: Callable[[int], int], *, stays: bool) -> Op:
        c, groups = inputs[0][0], self.groups
        if self.is_depthwise:
            if c < 2:
                raise UsageError("a single channel is left")
            return self.changed(in_channels=c, out_channels=c * (self.out_channels // self.in_channels), groups=c)
        require_divisor(groups, c)
        return self.changed(
            in_channels=c, out_channels=self.out_channels if stays else groups * keep(self.out_channels // groups)
        )

    def as_convolution(self) -> AsConvolution:
        sizes = self.kernel_size, self.stride, self.dilation
        return AsConvolution(self.transposed, self.in_channels, *sizes, self.groups, self.bias)

    @property
    def makes_channels(self) -> bool:
        return not self.is_depthwise

    @property
    def is_depthwise(self) -> bool:
        if type(self.groups) is int and type(self.in_channels) is int:
            return 1 < self.groups == self.in_channels
        return self.groups is self.in_channels

    @property
    def window(self) -> Number:
        return product(*self.kernel_size)

    def backward(self, inputs: tuple[Shape, ...], output: Shape, needed: tuple[bool, ...]) -> tuple[Number, Number]:
        mac = self.work(inputs, output)["mac"]
        return 0 if self.fixed else mac, mac if needed[0] else 0

    def _stored(self, weight: Number) -> Parts:
        parts: Parts = {"fixed" if self.fixed else "weight": weight}
        return {**parts, "bias": self.out_channels} if self.bias else parts


class Conv2d(_Convolution):
    """Standard, grouped, depthwise and dilated convolution.

    Weights: D_K·D_K·(M/g)·N; mult-adds: that times D_F·D_F of the output (MobileNetV1, equations 2 and 3).
    """

    __slots__ = ()
    kind = "conv2d"

    def out_shapes(self, inputs: tuple[Shape, ...]) -> tuple[Shape, ...]:
        size = inputs[0][1:]
        if self.padding == "same":  # as window_sizes has it; this is the most frequent call of all
            return ((self.out_channels, *map(ceil_div, size, self.stride)),)
        return ((self.out_channels, *window_sizes(size, self.kernel_size, self.stride, self.padding, self.dilation)),)

    def misfit(self, size: Sizes, result: Sizes) -> str:
        return too_large(self.kernel_size, self.padding, size)

    def sees(self, shape: Shape, output: Shape) -> tuple[Seen, ...]:
        return seen_by_windows(shape, self.kernel_size, self.stride, self.padding, self.dilation)

    def weights(self) -> Parts:
        weight = product(*self.kernel_size, _of_group(self.in_channels, self.groups), self.out_channels)
        return self._stored(weight)

    def work(self, inputs: tuple[Shape, ...], output: Shape) -> Parts:
        mac = product(*self.kernel_size, _of_group(self.in_channels, self.groups), *output)
        return {"mac": mac, "bias_add": product(*output)} if self.bias else {"mac": mac}

    @property
    def type_text(self) -> str:
        if self.is_depthwise:
            return "conv dw"
        return "conv" if type(self.groups) is int and self.groups == 1 else "group conv"

    @property
    def label(self) -> str:
        return f"{self.type_text} {size_text(self.kernel_size)}"

    @property
    def stride_text(self) -> str:
        return stride_text(self.stride)

    @property
    def filter_text(self) -> str:
        kernel = size_text(self.kernel_size)
        if self.is_depthwise:
            return f"{kernel}x{self.out_channels} dw"
        return f"{kernel}x{_of_group(self.in_channels, self.groups)}x{self.out_channels}"


class ConvTranspose2d(_Convolution):
    """Transposed convolution: each input element meets every weight of its group once."""

    __slots__ = ()
    kind = "conv_transpose2d"
    transposed = True
    extent = "own"

    def out_shapes(self, inputs: tuple[Shape, ...]) -> tuple[Shape, ...]:
        """n·s along each axis for ``same``, else (n-1)·s + d(k-1) + 1 - 2·pad."""
        size = inputs[0][1:]
        if self.padding == "same":
            return ((self.out_channels, *(n * s for n, s in zip(size, self.stride, strict=True))),)
        axes = zip(size, self.kernel_size, self.stride, self.padding, self.dilation, strict=True)
        return ((self.out_channels, *((n - 1) * s + d * (k - 1) + 1 - 2 * pad for n, k, s, pad, d in axes)),)

    def misfit(self, size: Sizes, result: Sizes) -> str:
        return f"the padding leaves nothing: the output would be {size_text(result)}"

    def sees(self, shape: Shape, output: Shape) -> tuple[Seen, ...]:
        return seen_by_transposed(self.kernel_size, self.stride, self.padding, self.dilation)

    def weights(self) -> Parts:
        weight = product(*self.kernel_size, self.in_channels, _of_group(self.out_channels, self.groups))
        return self._stored(weight)

    def work(self, inputs: tuple[Shape, ...], output: Shape) -> Parts:
        mac = product(*self.kernel_size, *inputs[0], _of_group(self.out_channels, self.groups))
        return {"mac": mac, "bias_add": product(*output)} if self.bias else {"mac": mac}

    @property
    def type_text(self) -> str:
        return "deconv"

    @property
    def label(self) -> str:
        return f"deconv {size_text(self.kernel_size)}"

    @property
    def stride_text(self) -> str:
        return stride_text(self.stride)

    @property
    def filter_text(self) -> str:
        return f"{size_text(self.kernel_size)}x{self.in_channels}x{_of_group(self.out_channels, self.groups)}"


class Linear(Op):
    """Fully connected, on the flattened input: M·N weights and mult-adds."""

    __slots__ = ("bias", "in_features", "out_features")
    kind = "linear"
    weight_names = ("weight", "bias")
    work_names = ("mac", "bias_add")
    used_alike = True
    extent = "point"
    told = ("in_features", "out_features")
    sees = everything

    def __init__(self, in_features: Number, out_features: Number, bias: bool = True) -> None:
        self.in_features = in_features
        self.out_features = out_features
        self.bias = bias

    def out_shapes(self, inputs: tuple[Shape, ...]) -> tuple[Shape, ...]:
        return (point(self.out_features, inputs[0]),)

    def backward(self, inputs: tuple[Shape, ...], output: Shape, needed: tuple[bool, ...]) -> tuple[Number, Number]:
        mac = self.work(inputs, output)["mac"]
        return mac, mac if needed[0] else 0

    def fewer(self, inputs: tuple[Shape, ...], keep: Callable[[int], int], *, stays: bool) -> Op:
        return self.changed(
            in_features=elements(inputs[0]), out_features=self.out_features if stays else keep(self.out_features)
        )

    def as_convolution(self) -> AsConvolution:
        return AsConvolution(False, self.in_features, (), (), (), 1, self.bias)

    @property
    def makes_channels(self) -> bool:
        return True

    def weights(self) -> Parts:
        weight = product(self.in_features, self.out_features)
        return {"weight": weight, "bias": self.out_features} if self.bias else {"weight": weight}

    def work(self, inputs: tuple[Shape, ...], output: Shape) -> Parts:
        mac = product(self.in_features, self.out_features)
        return {"mac": mac, "bias_add": self.out_features} if self.bias else {"mac": mac}

    @property
    def label(self) -> str:
        return "fc"

    @property
    def filter_text(self) -> str:
        return f"{self.in_features}x{self.out_features}"

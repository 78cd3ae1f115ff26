"""Convolutions and fully connected layers: everything with multiply-accumulates."""

from __future__ import annotations

from ..arithmetic import product, quotient
from .base import Number, Op, Parts, Shape, size_text, stride_text
from .window import Padding, window_size

Pair = tuple[Number, Number]


class _Convolution(Op):
    """What convolutions have in common: their arguments, as in PyTorch."""

    __slots__ = ("bias", "dilation", "groups", "in_channels", "kernel_size", "out_channels", "padding", "stride")
    weight_names = ("weight", "bias")
    work_names = ("mac", "bias_add")

    def __init__(
        self,
        in_channels: Number,
        out_channels: Number,
        kernel_size: Pair,
        stride: Pair = (1, 1),
        padding: Padding = "same",
        dilation: Pair = (1, 1),
        groups: Number = 1,
        bias: bool = False,
    ) -> None:
        self.in_channels = in_channels
        self.out_channels = out_channels
        self.kernel_size = kernel_size
        self.stride = stride
        self.padding = padding
        self.dilation = dilation
        self.groups = groups
        self.bias = bias

    @property
    def window(self) -> Number:
        return self.kernel_size[0] * self.kernel_size[1]


class Conv2d(_Convolution):
    """Standard, grouped, depthwise and dilated convolution.

    Weights: D_K·D_K·(M/g)·N; mult-adds: that times D_F·D_F of the output (MobileNetV1, equations 2 and 3).
    """

    __slots__ = ()
    kind = "conv2d"

    def out_shape(self, *inputs: Shape) -> Shape:
        _, h, w = inputs[0]
        (kh, kw), (sh, sw), (dh, dw) = self.kernel_size, self.stride, self.dilation
        ph, pw = ("same", "same") if self.padding == "same" else self.padding
        return self.out_channels, window_size(h, kh, sh, ph, dh), window_size(w, kw, sw, pw, dw)

    def weights(self) -> Parts:
        kh, kw = self.kernel_size
        weight = product(kh, kw, quotient(self.in_channels, self.groups), self.out_channels)
        return {"weight": weight, "bias": self.out_channels} if self.bias else {"weight": weight}

    def work(self, inputs: tuple[Shape, ...], output: Shape) -> Parts:
        n, h, w = output
        kh, kw = self.kernel_size
        mac = product(kh, kw, quotient(self.in_channels, self.groups), n, h, w)
        return {"mac": mac, "bias_add": product(n, h, w)} if self.bias else {"mac": mac}

    @property
    def is_depthwise(self) -> bool:
        """One group for each input channel."""
        if type(self.groups) is int and type(self.in_channels) is int:
            return 1 < self.groups == self.in_channels
        return self.groups is self.in_channels

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
        return f"{kernel}x{quotient(self.in_channels, self.groups)}x{self.out_channels}"


class ConvTranspose2d(_Convolution):
    """Transposed convolution: each input element meets every weight of its group once."""

    __slots__ = ()
    kind = "conv_transpose2d"

    def out_shape(self, *inputs: Shape) -> Shape:
        _, h, w = inputs[0]
        return self.out_channels, self._size(h, 0), self._size(w, 1)

    def _size(self, n: Number, axis: int) -> Number:
        """n·s for ``same``, else (n-1)·s + d(k-1) + 1 - 2·pad."""
        s = self.stride[axis]
        if self.padding == "same":
            return n * s
        return (n - 1) * s + self.dilation[axis] * (self.kernel_size[axis] - 1) + 1 - 2 * self.padding[axis]

    def weights(self) -> Parts:
        kh, kw = self.kernel_size
        weight = product(kh, kw, self.in_channels, quotient(self.out_channels, self.groups))
        return {"weight": weight, "bias": self.out_channels} if self.bias else {"weight": weight}

    def work(self, inputs: tuple[Shape, ...], output: Shape) -> Parts:
        m, h, w = inputs[0]
        n, oh, ow = output
        kh, kw = self.kernel_size
        mac = product(kh, kw, m, quotient(n, self.groups), h, w)
        return {"mac": mac, "bias_add": product(n, oh, ow)} if self.bias else {"mac": mac}

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
        return f"{size_text(self.kernel_size)}x{self.in_channels}x{quotient(self.out_channels, self.groups)}"


class Linear(Op):
    """Fully connected, on the flattened input: M·N weights and mult-adds."""

    __slots__ = ("bias", "in_features", "out_features")
    kind = "linear"
    weight_names = ("weight", "bias")
    work_names = ("mac", "bias_add")

    def __init__(self, in_features: Number, out_features: Number, bias: bool = True) -> None:
        self.in_features = in_features
        self.out_features = out_features
        self.bias = bias

    def out_shape(self, *inputs: Shape) -> Shape:
        return self.out_features, 1, 1

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

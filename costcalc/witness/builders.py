"""One small builder for each op: its own arguments and the tensors that arrive, to a PyTorch module.

A builder never sees what shape or how many weights are expected. Channels in are those of the tensor that arrives.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from torch import Tensor, nn

from .. import ops
from ..errors import CostcalcError
from .parts import (
    AddModule,
    MulModule,
    PadAddModule,
    Regions,
    ScaledL2Norm,
    Shuffle,
    ToChannels,
    WeightedAdd,
)
from .product_builders import PRODUCT_BUILDERS
from .products import GroupPReLU, fixed
from .windows import MapLinear, SameAvgPool2d, SameConv2d, SameConvTranspose2d, SameMaxPool2d

Builder = Callable[..., nn.Module]
"""``builder(op, *tensors)``: the tensors may be on the meta device; only their shapes are looked at."""

ACTIVATIONS: dict[str, Callable[[], nn.Module]] = {
    "relu": nn.ReLU,
    "relu6": nn.ReLU6,
    "leaky_relu": nn.LeakyReLU,
    "elu": nn.ELU,
    "swish": nn.SiLU,
    "hswish": nn.Hardswish,
    "sigmoid": nn.Sigmoid,
    "hsigmoid": nn.Hardsigmoid,
    "gelu": nn.GELU,
    "mish": nn.Mish,
    "tanh": nn.Tanh,
    "softmax": lambda: nn.Softmax(1),
}


def _centred(op: Any) -> tuple[int, ...] | None:
    """The pixels per side that SAME means for every size of the map; None where they depend on it."""
    dilation = getattr(op, "dilation", (1, 1))
    reach = [d * (k - 1) for k, d in zip(op.kernel_size, dilation, strict=True)]
    if op.stride != (1, 1) or any(r % 2 for r in reach):
        return None
    return tuple(r // 2 for r in reach)


def _convolution(op: ops.Conv2d, x: Tensor) -> nn.Module:
    settings = {"stride": op.stride, "dilation": op.dilation, "groups": op.groups, "bias": op.bias}
    pixels = _centred(op) if op.padding == "same" else op.padding
    if pixels is None:
        return SameConv2d(x.shape[1], op.out_channels, op.kernel_size, **settings)
    return nn.Conv2d(x.shape[1], op.out_channels, op.kernel_size, padding=pixels, **settings)


def _fixed(build: Builder) -> Builder:
    """A builder of convolutions whose weights aren't trained where the op says so."""
    return lambda op, x: fixed(build(op, x)) if op.fixed else build(op, x)


def _slopes(op: ops.PReLU, x: Tensor) -> nn.Module:
    return nn.PReLU(op.groups) if op.groups in (1, x.shape[1]) else GroupPReLU(op.groups)


def _transposed(op: ops.ConvTranspose2d, x: Tensor) -> nn.Module:
    settings = {"stride": op.stride, "dilation": op.dilation, "groups": op.groups, "bias": op.bias}
    if op.padding != "same":
        return nn.ConvTranspose2d(x.shape[1], op.out_channels, op.kernel_size, padding=op.padding, **settings)
    covered = [d * (k - 1) + 1 for k, d in zip(op.kernel_size, op.dilation, strict=True)]
    gap = tuple(max(s - c, 0) for s, c in zip(op.stride, covered, strict=True))
    return SameConvTranspose2d(x.shape[1], op.out_channels, op.kernel_size, output_padding=gap, **settings)


def _linear(op: ops.Linear, x: Tensor) -> nn.Module:
    return MapLinear(x.shape[1:].numel(), op.out_features, bias=op.bias)


def _max_pool(op: ops.MaxPool, x: Tensor) -> nn.Module:
    pixels = _centred(op) if op.padding == "same" else op.padding
    if pixels is None:
        return SameMaxPool2d(op.kernel_size, op.stride)
    ceil = op.ceil_mode and op.padding != "same"
    return _padded(op, pixels, float("-inf"), lambda p: nn.MaxPool2d(op.kernel_size, op.stride, p, ceil_mode=ceil))


def _avg_pool(op: ops.AvgPool, x: Tensor) -> nn.Module:
    same = op.padding == "same"
    pixels = _centred(op) if same else op.padding
    if pixels is None:
        return SameAvgPool2d(op.kernel_size, op.stride)
    ceil = op.ceil_mode and not same
    return _padded(op, pixels, 0.0, lambda p: nn.AvgPool2d(op.kernel_size, op.stride, p, ceil, not same))


def _padded(op: Any, pixels: Sequence[int], value: float, pool: Callable[[tuple[int, ...]], nn.Module]) -> nn.Module:
    """The pool, which takes at most half of its window as padding, behind what has to be padded before."""
    own = tuple(min(p, k // 2) for p, k in zip(pixels, op.kernel_size, strict=True))
    top, left = (p - o for p, o in zip(pixels, own, strict=True))
    if top == left == 0:
        return pool(own)
    return nn.Sequential(nn.ConstantPad2d((left, left, top, top), value), pool(own))


def _zeros(op: ops.Pad) -> nn.Module:
    return nn.ZeroPad2d((op.before[1], op.after[1], op.before[0], op.after[0]))


def _add(op: ops.Add, *inputs: Tensor) -> nn.Module:
    return AddModule() if op.weighted == "none" else WeightedAdd(len(inputs), op.weighted)


BUILDERS: dict[type[ops.Op], Builder] = {
    ops.Conv2d: _fixed(_convolution),
    ops.ConvTranspose2d: _fixed(_transposed),
    ops.Linear: _linear,
    ops.MaxPool: _max_pool,
    ops.AvgPool: _avg_pool,
    ops.GlobalMaxPool: lambda op, x: nn.AdaptiveMaxPool2d(1),
    ops.GlobalAvgPool: lambda op, x: nn.AdaptiveAvgPool2d(1),
    ops.Resize: lambda op, x: nn.Upsample(op.size, mode=op.mode),
    ops.RoiAlign: lambda op, x: Regions(op.maps, *op.size),
    ops.BatchNorm: lambda op, x: nn.BatchNorm2d(x.shape[1], affine=op.affine),
    ops.GroupNorm: lambda op, x: nn.GroupNorm(op.groups, x.shape[1], affine=op.affine),
    ops.L2Norm: lambda op, x: ScaledL2Norm(x.shape[1]),
    ops.LocalResponseNorm: lambda op, x: nn.LocalResponseNorm(op.size),
    ops.Activation: lambda op, x: ACTIVATIONS[op.function](),
    ops.PReLU: lambda op, x: _slopes(op, x),
    ops.Add: _add,
    ops.PadAdd: lambda op, wide, narrow: PadAddModule(),
    ops.Mul: lambda op, x, by: MulModule(),
    ops.ChannelShuffle: lambda op, x: Shuffle(op.groups),
    ops.Dropout: lambda op, x: nn.Dropout(float(op.p)),
    ops.Flatten: lambda op, x: ToChannels(),
    ops.Pad: lambda op, x: _zeros(op),
    **PRODUCT_BUILDERS,
}
"""A new op needs its builder here."""


def build_op(op: ops.Op, inputs: Sequence[Tensor]) -> nn.Module:
    """The module of one op. What PyTorch refuses raises PyTorch's own errors."""
    builder = BUILDERS.get(type(op))
    if builder is None:
        raise CostcalcError(f"the op {op.kind} has no counterpart in PyTorch")
    return builder(op, *inputs)

"""One small builder for each op: its own arguments and the tensors that arrive, to a PyTorch module.

A builder never sees what shape or how many weights are expected. Channels in are those of the tensor that arrives.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from torch import Tensor, nn

from .. import ops
from ..errors import CostcalcError
from . import windows
from .learned import GroupPReLU, fixed
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
from .windows import MapLinear

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


def _made(name: str, x: Tensor) -> Callable[..., nn.Module]:
    """The class for tensors of as many axes as ``x``: ``Conv`` is nn.Conv1d, nn.Conv2d or nn.Conv3d."""
    made: Callable[..., nn.Module] = getattr(windows if name.startswith("Same") else nn, f"{name}{x.dim() - 2}d")
    return made


def _centred(op: Any) -> tuple[int, ...] | None:
    """The pixels per side that SAME means for every size of the map; None where they depend on it."""
    ones = (1,) * len(op.kernel_size)
    dilation = getattr(op, "dilation", ones)
    reach = [d * (k - 1) for k, d in zip(op.kernel_size, dilation, strict=True)]
    if op.stride != ones or any(r % 2 for r in reach):
        return None
    return tuple(r // 2 for r in reach)


def _convolution(op: ops.Conv2d, x: Tensor) -> nn.Module:
    settings = {"stride": op.stride, "dilation": op.dilation, "groups": op.groups, "bias": op.bias}
    pixels = _centred(op) if op.padding == "same" else op.padding
    if pixels is None:
        return _made("SameConv", x)(x.shape[1], op.out_channels, op.kernel_size, **settings)
    return _made("Conv", x)(x.shape[1], op.out_channels, op.kernel_size, padding=pixels, **settings)


def _fixed(build: Builder) -> Builder:
    """A builder of convolutions whose weights aren't trained where the op says so."""
    return lambda op, x: fixed(build(op, x)) if op.fixed else build(op, x)


def _slopes(op: ops.PReLU, x: Tensor) -> nn.Module:
    return nn.PReLU(op.groups) if op.groups in (1, x.shape[1]) else GroupPReLU(op.groups)


def _transposed(op: ops.ConvTranspose2d, x: Tensor) -> nn.Module:
    settings = {"stride": op.stride, "dilation": op.dilation, "groups": op.groups, "bias": op.bias}
    if op.padding != "same":
        return _made("ConvTranspose", x)(x.shape[1], op.out_channels, op.kernel_size, padding=op.padding, **settings)
    covered = [d * (k - 1) + 1 for k, d in zip(op.kernel_size, op.dilation, strict=True)]
    gap = tuple(max(s - c, 0) for s, c in zip(op.stride, covered, strict=True))
    return _made("SameConvTranspose", x)(x.shape[1], op.out_channels, op.kernel_size, output_padding=gap, **settings)


def _linear(op: ops.Linear, x: Tensor) -> nn.Module:
    return MapLinear(x.shape[1:].numel(), op.out_features, bias=op.bias)


def _max_pool(op: ops.MaxPool, x: Tensor) -> nn.Module:
    pixels = _centred(op) if op.padding == "same" else op.padding
    if pixels is None:
        return _made("SameMaxPool", x)(op.kernel_size, op.stride)
    ceil = op.ceil_mode and op.padding != "same"
    pool = _made("MaxPool", x)
    return _padded(op, x, pixels, float("-inf"), lambda p: pool(op.kernel_size, op.stride, p, ceil_mode=ceil))


def _avg_pool(op: ops.AvgPool, x: Tensor) -> nn.Module:
    same = op.padding == "same"
    pixels = _centred(op) if same else op.padding
    if pixels is None:
        return _made("SameAvgPool", x)(op.kernel_size, op.stride)
    ceil = op.ceil_mode and not same
    pool = _made("AvgPool", x)
    return _padded(op, x, pixels, 0.0, lambda p: pool(op.kernel_size, op.stride, p, ceil, not same))


def _padded(
    op: Any, x: Tensor, pixels: Sequence[int], value: float, pool: Callable[[tuple[int, ...]], nn.Module]
) -> nn.Module:
    """The pool, which takes at most half of its window as padding, behind what has to be padded before."""
    own = tuple(min(p, k // 2) for p, k in zip(pixels, op.kernel_size, strict=True))
    rest = [p - o for p, o in zip(pixels, own, strict=True)]
    if not any(rest):
        return pool(own)
    around = tuple(n for pixels in reversed(rest) for n in (pixels, pixels))
    return nn.Sequential(_made("ConstantPad", x)(around, value), pool(own))


def _zeros(op: ops.Pad, x: Tensor) -> nn.Module:
    sides = [*zip(op.before, op.after, strict=True)]
    return _made("ZeroPad", x)(tuple(n for side in reversed(sides) for n in side))


def _add(op: ops.Add, *inputs: Tensor) -> nn.Module:
    return AddModule() if op.weighted == "none" else WeightedAdd(len(inputs), op.weighted)


BUILDERS: dict[type[ops.Op], Builder] = {
    ops.Conv2d: _fixed(_convolution),
    ops.ConvTranspose2d: _fixed(_transposed),
    ops.Linear: _linear,
    ops.MaxPool: _max_pool,
    ops.AvgPool: _avg_pool,
    ops.GlobalMaxPool: lambda op, x: _made("AdaptiveMaxPool", x)(1),
    ops.GlobalAvgPool: lambda op, x: _made("AdaptiveAvgPool", x)(1),
    ops.Resize: lambda op, x: nn.Upsample(op.size, mode=op.mode),
    ops.RoiAlign: lambda op, x: Regions(op.maps, *op.size),
    ops.BatchNorm: lambda op, x: _made("BatchNorm", x)(x.shape[1], affine=op.affine),
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
    ops.Pad: _zeros,
    **PRODUCT_BUILDERS,
}
"""A new op needs its builder here."""


def build_op(op: ops.Op, inputs: Sequence[Tensor]) -> nn.Module:
    """The module of one op. What PyTorch refuses raises PyTorch's own errors."""
    builder = BUILDERS.get(type(op))
    if builder is None:
        raise CostcalcError(f"the op {op.kind} has no counterpart in PyTorch")
    return builder(op, *inputs)

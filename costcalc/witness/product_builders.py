"""Builders of what multiplies activations, cuts them into parts, has learned numbers, or only moves elements."""

from __future__ import annotations

from collections.abc import Callable

from torch import Tensor, nn

from .. import ops
from . import along, learned, products, rearranging
from .parts import ChannelNorm, ConcatModule, CropModule, SplitModule
from .windows import same

RECURRENT = {"lstm": products.MapLSTM, "gru": products.MapGRU}
DIMS = {"channels": 1, "frames": -3, "height": -2, "width": -1, "positions": 0}


def _merge(op: ops.Merge, x: Tensor) -> nn.Module:
    if op.how == "heads":
        return rearranging.MergeHeads(op.parts)
    parts = tuple(-(-n // k) for n, k in zip(op.before[1:], op.size, strict=True))
    size = tuple(
        n if now == k else number * now
        for n, now, k, number in zip(op.before[1:], x.shape[2:], op.size, parts, strict=True)
    )
    return rearranging.MergeWindows(parts, size, op.how == "grid")


def _concat(op: ops.Concat, *inputs: Tensor) -> nn.Module:
    alike = op.along == "channels" and len(set(map(len, inputs))) == 1
    return ConcatModule() if alike else rearranging.ConcatAlong(DIMS[op.along])


def _split(op: ops.Split, x: Tensor) -> nn.Module:
    return SplitModule(*op.parts) if op.along == "channels" else rearranging.SplitAlong(DIMS[op.along], *op.parts)


def _unfold(op: ops.Unfold, x: Tensor) -> nn.Module:
    pads = op.padding
    if pads == "same":
        around = same(x, op.kernel_size, op.stride)
    else:
        around = [n for pixels in reversed(pads) for n in (pixels, pixels)]
    return rearranging.UnfoldModule(op.kernel_size, op.stride, tuple(around))


def _softmax(op: ops.Softmax, x: Tensor) -> nn.Module:
    return nn.Softmax(DIMS[op.over]) if op.over != "positions" else along.SoftmaxOver()


def _layer_norm(op: ops.LayerNorm, x: Tensor) -> nn.Module:
    """Over the channels, or over all of the map."""
    if op.positions == 1:
        return ChannelNorm(x.shape[1], elementwise_affine=op.affine)
    return nn.LayerNorm(tuple(x.shape[1:]), elementwise_affine=op.affine)


PRODUCT_BUILDERS: dict[type[ops.Op], Callable[..., nn.Module]] = {
    ops.Attention: lambda op, q, k, v, table=None: products.AttentionModule(op.heads, op.bias, op.talking),
    ops.MatMul: lambda op, a, b: products.MatMulModule(),
    ops.Recurrent: lambda op, x: RECURRENT[op.cell](x.shape[1], op.channels, op.layers, bidirectional=op.both),
    ops.Heads: lambda op, x: rearranging.HeadsModule(op.maps),
    ops.Windows: lambda op, x: rearranging.WindowsModule(*op.size, grid=op.grid),
    ops.Merge: _merge,
    ops.Learned: lambda op: learned.LearnedModule(op.channels, *op.size, fixed=op.fixed),
    ops.Scale: lambda op, x: learned.ScaleModule(op.groups),
    ops.Shift: lambda op, x: learned.ShiftModule(op.groups),
    ops.Transpose: lambda op, x: rearranging.TransposeModule(),
    ops.Reshape: lambda op, x: rearranging.ReshapeModule(*op.size),
    ops.SpaceToDepth: lambda op, x: rearranging.SpaceToDepthModule(*op.block),
    ops.DepthToSpace: lambda op, x: rearranging.DepthToSpaceModule(*op.block),
    ops.Roll: lambda op, x: rearranging.RollModule(*op.by),
    ops.Unfold: _unfold,
    ops.Concat: _concat,
    ops.Split: _split,
    ops.Crop: lambda op, x: CropModule(*op.size) if op.start is None else rearranging.CropFrom(op.size, op.start),
    ops.Sub: lambda op, a, b: along.SubModule(),
    ops.Div: lambda op, a, b: along.DivModule(),
    ops.Softmax: _softmax,
    ops.Elementwise: lambda op, x: along.FunctionModule(op.function),
    ops.AxisPool: lambda op, x: along.AxisPoolModule(op.how, DIMS[op.over]),
    ops.LayerNorm: _layer_norm,
    ops.RMSNorm: lambda op, x: along.ChannelRMSNorm(x.shape[1], elementwise_affine=op.affine),
}

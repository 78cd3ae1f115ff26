"""Norms over channels, groups of them, or the whole map."""

from __future__ import annotations

from math import prod
from typing import Any

from ..layout import Factors
from ..record import TraceNode
from .arranging import with_channels, with_parts
from .context import TraceLowering
from .operands import activation, static
from .registry import Gap, lowers
from .values import TensorValue


def normed(
    lowering: TraceLowering,
    node: TraceNode,
    x: TensorValue,
    word: str,
    arguments: dict[str, Any],
    weight: Any,
    bias: Any,
) -> TensorValue:
    """A norm over the channels; one that has a scale alone is a norm without, and a scale."""
    scale = static(lowering, weight) if weight is not None else None
    shift = static(lowering, bias) if bias is not None else None
    own = [list(one.params) if one else [] for one in (scale, shift)]
    numbers_of = [lowering.number(one) for one in own]
    full = prod(x.shape) if arguments.get("over") == "all" else x.shape[0]
    if any(number not in (0, full) for number in numbers_of):
        raise Gap("a norm whose weights are made of others", f"{numbers_of} for {full}")
    wanted = 1 if word == "rms" else 2
    affine = sum(map(bool, own)) == wanted and bool(own[0])
    arguments = {**arguments, "affine": affine}
    ref = lowering.emit(node, word, arguments, [x], x.shape, params=own[0] + own[1] if affine else ())
    x = x._replace(ref=ref)
    if not affine:
        for one, after in zip(own, ("scale", "shift"), strict=True):
            if one and arguments.get("over") == "all":
                raise Gap("a norm of the whole map without a shift", "")
            if one:
                x = x._replace(ref=lowering.emit(node, after, {}, [x], x.shape, params=one))
    return x


@lowers("batch_norm", "_native_batch_norm_legit_no_training")
def batch_norm(lowering: TraceLowering, node: TraceNode) -> TensorValue:
    x = activation(lowering, node, node.args[0])
    x = with_channels(lowering, node, x, x.layout.dims[1])
    return normed(lowering, node, x, "bn", {}, node.args[1], node.args[2])


@lowers("layer_norm", "native_layer_norm")
def layer_norm(lowering: TraceLowering, node: TraceNode) -> TensorValue:
    x = activation(lowering, node, node.args[0])
    number = len(lowering.argument(node, 1))
    last: Factors = tuple(factor for dim in x.layout.dims[-number:] for factor in dim)
    weight, bias = lowering.argument(node, 2, "weight"), lowering.argument(node, 3, "bias")
    if number > 1 and set(last) == set(x.layout.channels) | set(x.layout.positions):
        return normed(lowering, node, x, "ln", {"over": "all"}, weight, bias)
    x = with_channels(lowering, node, x, last)
    return normed(lowering, node, x, "ln", {}, weight, bias)


@lowers("rms_norm", "_fused_rms_norm")
def rms_norm(lowering: TraceLowering, node: TraceNode) -> TensorValue:
    x = activation(lowering, node, node.args[0])
    if len(node.args[1]) != 1:  # type: ignore[arg-type]
        raise Gap("an RMS norm over several dimensions", str(node.args[1]))
    x = with_channels(lowering, node, x, x.layout.dims[-1])
    return normed(lowering, node, x, "rms", {}, lowering.argument(node, 2, "weight"), None)


@lowers("group_norm")
def group_norm(lowering: TraceLowering, node: TraceNode) -> TensorValue:
    x = activation(lowering, node, node.args[0])
    x = with_parts(lowering, node, x, set(x.layout.dims[0]))
    x = with_channels(lowering, node, x, x.layout.dims[1])
    weight, bias = lowering.argument(node, 2, "weight"), lowering.argument(node, 3, "bias")
    return normed(lowering, node, x, "gn", {"g": node.args[1]}, weight, bias)


@lowers("instance_norm")
def instance_norm(lowering: TraceLowering, node: TraceNode) -> TensorValue:
    x = activation(lowering, node, node.args[0])
    x = with_channels(lowering, node, x, x.layout.dims[1])
    return normed(lowering, node, x, "gn", {"g": x.shape[0]}, node.args[1], node.args[2])

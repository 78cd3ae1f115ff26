"""What detectors have: regions of interest, and a norm to length 1."""

from __future__ import annotations

from typing import Any

from ..layout import Parts, factors_of
from ..record import TraceNode
from .arranging import as_map, with_channels
from .context import TraceLowering
from .operands import activation
from .registry import Gap, lowers
from .values import Static, TensorValue


@lowers("roi_align")
def regions(lowering: TraceLowering, node: TraceNode) -> TensorValue:
    """``roi_align(input, number, (height, width))``: each region is a part, and all that follows runs for each."""
    x = activation(lowering, node, node.args[0])
    x = as_map(lowering, node, x, x.layout.dims[1], x.layout.dims[2:])
    number: Any = node.args[1]
    size: Any = node.args[2]
    each = factors_of(number)
    axes = tuple(map(factors_of, size))
    layout = x.layout._replace(
        parts=(*x.layout.parts, Parts("rois", (each,))), axes=axes, dims=(each, x.layout.channels, *axes)
    )
    return TensorValue(lowering.emit(node, "rois", {"n": number, "size": size}, [x], layout.own_shape), layout)


@lowers("onnx.LpNormalization")
def unit_length(lowering: TraceLowering, node: TraceNode) -> TensorValue:
    """``(input, scale)`` along the channels."""
    x = activation(lowering, node, node.args[0])
    if node.args[1] is None:
        raise Gap("a norm to length 1 without a scale for each channel", "")
    scale = lowering.value(node.args[1])
    x = with_channels(lowering, node, x, x.layout.dims[1])
    if not isinstance(scale, Static) or lowering.number(scale.params) != x.shape[0]:
        raise Gap("a norm to length 1 without a scale for each channel", "")
    return x._replace(ref=lowering.emit(node, "l2norm", {}, [x], x.shape, params=scale.params))

"""Linear layers."""

from __future__ import annotations

from math import prod
from typing import Any

from ..layout import Factors, Layout, factors_of, size
from ..record import TraceNode
from .arranging import pattern, unrepeated, with_channels
from .context import TraceLowering
from .operands import activated, static
from .registry import Gap, lowers
from .values import Lowered, Scores, TensorValue


def talked(lowering: TraceLowering, scores: Scores, weight: Any, bias: Any) -> Scores:
    """Scores whose heads are mixed by a dense layer."""
    own = [*static(lowering, weight).params, *(static(lowering, bias).params if bias is not None else ())]
    return scores._replace(talking=(*scores.talking, *own))


@lowers("linear", "addmm")
def linear(lowering: TraceLowering, node: TraceNode) -> Lowered:
    weight, bias = node.args[1], lowering.argument(node, 2, "bias")
    scores = lowering.value(node.args[0])
    if isinstance(scores, Scores) and scores.order and scores.order[-1] == len(scores.shape) - 3:
        return talked(lowering, scores, weight, bias)
    x = activated(lowering, node, node.args[0])
    kernel = static(lowering, weight)
    out, features = kernel.shape
    return dense(lowering, node, x, features, out, weight, bias)


def dense(
    lowering: TraceLowering, node: TraceNode, x: TensorValue, features: int, out: int, weight: Any, bias: Any
) -> TensorValue:
    """A linear layer on the last dimension: ``fc`` where nothing else is left, else a 1x1 convolution."""
    unrepeated(x)
    last = x.layout.dims[-1]
    if size(last) != features:
        raise Gap("a linear layer over a part of a dimension", pattern(x.layout))
    alone = {factor for dim in x.layout.dims[:-1] for factor in dim} == set(x.layout.open)
    kernel, offset = static(lowering, weight), static(lowering, bias) if bias is not None else None
    own = [*kernel.params, *(offset.params if offset else ())]
    pieces = offset.pieces if offset and lowering.number(offset.params) not in (0, out) else ()
    fits = offset is None or pieces or lowering.number(offset.params) in (0, out)
    fixed = not kernel.params and prod(kernel.shape) == out * features
    if (lowering.number(kernel.params) != out * features and not fixed) or not fits or (fixed and offset and own):
        raise Gap("a weight that is made of other weights", ", ".join(own))
    with_bias = bool(offset and offset.params and not pieces)
    own = own if with_bias or not offset else list(kernel.params)
    new = factors_of(out)
    if alone and (not x.layout.parts or x.layout.positions) and not fixed:
        arguments: dict[str, Any] = {"c": out, "bias": with_bias, "act": "none"}
        axes: tuple[Factors, ...] = ((),) * len(x.layout.axes)
        ref = lowering.emit(node, "fc", arguments, [x], (out, *(1 for _ in axes)), params=own)
        return TensorValue(ref, Layout(x.layout.parts, new, axes, (*x.layout.dims[:-1], new)), free=True)
    x = with_channels(lowering, node, x, last)
    ones = (1,) * len(x.layout.axes)
    arguments = {
        "k": ones,
        "c": out,
        "s": ones,
        "g": 1,
        "norm": "none",
        "act": "none",
        "pad": "same",
        "d": ones,
        "bias": with_bias,
        "fixed": fixed,
    }
    layout = x.layout._replace(channels=new, dims=(*x.layout.dims[:-1], new))
    ref = lowering.emit(node, "conv", arguments, [x], layout.own_shape, params=own)
    made = TensorValue(ref, layout, free=True)
    return _in_pieces(lowering, node, made, pieces) if pieces else made


def _in_pieces(
    lowering: TraceLowering, node: TraceNode, x: TensorValue, pieces: tuple[tuple[int, tuple[str, ...]], ...]
) -> TensorValue:
    """``x`` with a bias for some of its channels only: apart, shifted, and together again."""
    widths = tuple(width for width, _ in pieces)
    shapes = [(width, *x.shape[1:]) for width in widths]
    number, _ = lowering.emit(node, "split", {"n": widths}, [x], *shapes)
    parts = []
    for k, ((_, own), shape) in enumerate(zip(pieces, shapes, strict=True)):
        part = x._replace(ref=(number, k))
        if own:
            part = part._replace(ref=lowering.emit(node, "shift", {}, [part], shape, params=own))
        parts.append(part)
    ref = lowering.emit(node, "concat", {}, parts, x.shape)
    lowering.pieces[ref] = tuple((width, part.ref) for width, part in zip(widths, parts, strict=True))
    return x._replace(ref=ref)

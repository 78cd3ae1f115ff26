"""Convolutions, and what their weights are made of."""

from __future__ import annotations

from math import prod
from typing import Any

from ..layout import Layout, factors_of, fresh, size
from ..record import TraceNode
from .arranging import as_map, ordered, pattern, unrepeated, with_channels
from .context import TraceLowering
from .operands import Sizes, activation, learned, numbers, static
from .registry import Gap, lowers
from .values import Scores, Static, TensorValue


def convolution(
    lowering: TraceLowering,
    node: TraceNode,
    x: TensorValue,
    weight: Any,
    bias: Any,
    stride: Any,
    padding: Any,
    dilation: Any,
    groups: int,
) -> TensorValue:
    """``weight`` is (out, in/groups, kernel …)."""
    shape = lowering.shape(weight)
    kernel, axes = shape[2:], len(shape) - 2
    s, d = numbers(stride, axes), numbers(dilation, axes)
    if isinstance(padding, str):
        p = tuple(b * (k - 1) // 2 for k, b in zip(kernel, d, strict=True)) if padding == "same" else (0,) * axes
    else:
        p = numbers(padding, axes, 0)
    unrepeated(x)
    dims = x.layout.dims
    pointwise = set(kernel) == {1} and set(s) == {1} and not any(p)
    if pointwise:
        x = with_channels(lowering, node, x, dims[1])
        x = ordered(lowering, node, x, dims[1]) if groups > 1 else x
    else:
        x = as_map(lowering, node, x, dims[1], dims[2:])
    more = len(x.layout.axes) - axes
    same = all(2 * a == b * (k - 1) for a, b, k in zip(p, d, kernel, strict=True))
    arguments: dict[str, Any] = {
        "k": (*kernel, *(1,) * more),
        "c": shape[0],
        "s": (*s, *(1,) * more),
        "g": groups,
        "norm": "none",
        "act": "none",
        "pad": "same" if same else (*p, *(0,) * more),
        "d": (*d, *(1,) * more),
    }
    if more < 0:
        raise Gap("more axes than the input has", pattern(x.layout))
    sizes = x.shape[1:] if pointwise else (*node.shape[-axes:], *(1,) * more)
    return _weighted(lowering, node, "conv", arguments, x, weight, bias, shape[0], sizes)


def _weighted(
    lowering: TraceLowering,
    node: TraceNode,
    word: str,
    arguments: dict[str, Any],
    x: TensorValue,
    weight: Any,
    bias: Any,
    channels: int,
    sizes: Sizes,
) -> TensorValue:
    """The call of a convolution; what its weight is multiplied by becomes a scale, and its bias then a shift."""
    kernel, offset = static(lowering, weight), static(lowering, bias) if bias is not None else None
    elements = prod(kernel.shape)
    extra = lowering.number(kernel.params) - elements
    if kernel.params and extra and (extra != channels or len(kernel.params) != 2):
        raise Gap("a weight that is made of other weights", ", ".join(kernel.params))
    main = [name for name in kernel.params if lowering.numbers[name] == elements] if extra else list(kernel.params)
    gain = [name for name in kernel.params if name not in main]
    if kernel.params and lowering.number(main) != elements:
        raise Gap("a weight that is made of other weights", ", ".join(kernel.params))
    own = list(offset.params) if offset else []
    has_bias = bool(own)
    if has_bias and lowering.number(own) != channels:
        raise Gap("a bias that is made of other weights", ", ".join(own))
    arguments |= {"bias": has_bias and not gain, "fixed": not kernel.params}
    if not kernel.params:
        arguments["bias"] = False
    shape = (channels, *sizes)
    inside = arguments["bias"]
    ref = lowering.emit(node, word, arguments, [x], shape, params=main + (own if inside else []))
    layout = _with_sizes(x.layout, channels, node.shape) if sizes != x.shape[1:] else _with_channels(x.layout, channels)
    made = TensorValue(ref, layout, free=arguments["g"] == 1 or x.free)
    if gain:
        made = made._replace(ref=lowering.emit(node, "scale", {}, [made], shape, params=gain))
    if has_bias and not inside:
        made = made._replace(ref=lowering.emit(node, "shift", {}, [made], shape, params=own))
    return made


def _with_sizes(layout: Layout, channels: int, shape: tuple[int, ...]) -> Layout:
    """``layout``, whose dimensions are batch, channels, axes, with other channels and other sizes."""
    new, axes = factors_of(channels), []
    for axis, number in zip(layout.axes, (*shape[2:], *(1,) * len(layout.axes)), strict=False):
        axes.append(axis if size(axis) == number else factors_of(number))
    return layout._replace(channels=new, axes=tuple(axes), dims=(layout.dims[0], new, *axes[: len(shape) - 2]))


def _with_channels(layout: Layout, channels: int) -> Layout:
    """``layout`` with other channels in its second dimension."""
    new = factors_of(channels)
    return layout._replace(channels=new, dims=(layout.dims[0], new, *layout.dims[2:]))


def _talking(lowering: TraceLowering, node: TraceNode, scores: Scores) -> TensorValue | Scores:
    """A 1x1 convolution whose channels are the heads of attention scores."""
    weights = [static(lowering, one) for one in node.args[1:3] if one is not None]
    heads = scores.shape[1]
    if scores.order or scores.shape[0] != 1 or weights[0].shape != (heads, heads, 1, 1):
        raise Gap("attention scores that something else reads", node.op)
    return scores._replace(talking=(*scores.talking, *(name for one in weights for name in one.params)))


@lowers("conv1d", "conv2d", "conv3d", "convolution")
def conv(lowering: TraceLowering, node: TraceNode) -> TensorValue | Scores:
    weight, bias = node.args[1], lowering.argument(node, 2, "bias")
    stride, padding = lowering.argument(node, 3, "stride"), lowering.argument(node, 4, "padding", 0)
    dilation, groups = lowering.argument(node, 5, "dilation"), lowering.argument(node, 6, "groups", 1)
    found = lowering.value(node.args[0])
    if isinstance(found, Scores):
        return _talking(lowering, node, found)
    if isinstance(found, Static):
        shape = found.shape
        layout = fresh(shape[1], (*shape[2:], *(1,) * (lowering.axes - len(shape) + 2)), f"NC{'012'[: len(shape) - 2]}")
        x = learned(lowering, node, found, layout)
    else:
        x = activation(lowering, node, found)
    return convolution(lowering, node, x, weight, bias, stride, padding, dilation, groups)


@lowers("conv_transpose1d", "conv_transpose2d", "conv_transpose3d")
def deconv(lowering: TraceLowering, node: TraceNode) -> TensorValue:
    weight, bias = node.args[1], lowering.argument(node, 2, "bias")
    shape = lowering.shape(weight)
    kernel, axes = shape[2:], len(shape) - 2
    s = numbers(lowering.argument(node, 3, "stride"), axes)
    p = numbers(lowering.argument(node, 4, "padding", 0), axes, 0)
    more = numbers(lowering.argument(node, 5, "output_padding", 0), axes, 0)
    groups = lowering.argument(node, 6, "groups", 1)
    d = numbers(lowering.argument(node, 7, "dilation"), axes)
    x = activation(lowering, node, node.args[0])
    x = as_map(lowering, node, x, x.layout.dims[1], x.layout.dims[2:])
    if len(x.layout.axes) != axes:
        raise Gap("a transposed convolution of fewer axes than the input has", str(shape))
    before, after = x.shape[1:], node.shape[2:]
    same = all(n == b * a for n, b, a in zip(after, s, before, strict=True))
    if any(more) and not same:
        raise Gap("a transposed convolution with output padding", str(more))
    arguments: dict[str, Any] = {
        "k": kernel,
        "c": shape[1] * groups,
        "s": s,
        "g": groups,
        "norm": "none",
        "act": "none",
        "pad": "same" if same else p,
        "d": d,
    }
    return _weighted(lowering, node, "deconv", arguments, x, weight, bias, shape[1] * groups, after)

"""Layers with weights: convolutions, linear layers, norms, recurrent layers."""

from __future__ import annotations

from math import prod
from typing import Any

from ..layout import Factors, Layout, factors_of, fresh, size
from ..record import TraceNode
from .arranging import as_map, ordered, pattern, unrepeated, with_channels, with_parts
from .context import TraceLowering
from .operands import activated, activation, learned
from .registry import Gap, lowers
from .values import Lowered, Scores, Static, TensorValue

Sizes = tuple[int, ...]


def numbers(value: Any, axes: int, default: int = 1) -> Sizes:
    """An argument that is a number, or one for each axis."""
    if value is None or value == ():
        return (default,) * axes
    if isinstance(value, tuple):
        return value * axes if len(value) == 1 else value
    return (value,) * axes


# -- convolutions


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
    kernel, offset = _static(lowering, weight), _static(lowering, bias) if bias is not None else None
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


def _static(lowering: TraceLowering, value: Any) -> Static:
    found = lowering.value(value)
    if not isinstance(found, Static):
        raise Gap("a convolution whose weights are computed from the input", "")
    return found


def _talking(lowering: TraceLowering, node: TraceNode, scores: Scores) -> TensorValue | Scores:
    """A 1x1 convolution whose channels are the heads of attention scores."""
    weights = [_static(lowering, one) for one in node.args[1:3] if one is not None]
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


# -- linear layers


def talked(lowering: TraceLowering, scores: Scores, weight: Any, bias: Any) -> Scores:
    """Scores whose heads are mixed by a dense layer."""
    own = [*_static(lowering, weight).params, *(_static(lowering, bias).params if bias is not None else ())]
    return scores._replace(talking=(*scores.talking, *own))


@lowers("linear", "addmm")
def linear(lowering: TraceLowering, node: TraceNode) -> Lowered:
    weight, bias = node.args[1], lowering.argument(node, 2, "bias")
    scores = lowering.value(node.args[0])
    if isinstance(scores, Scores) and scores.order and scores.order[-1] == len(scores.shape) - 3:
        return talked(lowering, scores, weight, bias)
    x = activated(lowering, node, node.args[0])
    kernel = _static(lowering, weight)
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
    kernel, offset = _static(lowering, weight), _static(lowering, bias) if bias is not None else None
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


# -- norms


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
    scale = _static(lowering, weight) if weight is not None else None
    shift = _static(lowering, bias) if bias is not None else None
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


# -- recurrent layers


@lowers("lstm", "gru")
def recurrent(lowering: TraceLowering, node: TraceNode) -> list[TensorValue]:
    """``lstm(input, states, params, has_biases, layers, dropout, train, both, batch_first)``."""
    x = activation(lowering, node, node.args[0])
    params = [name for one in node.args[2] for name in _static(lowering, one).params]  # type: ignore[union-attr]
    has_biases, layers, both, first = node.args[3], node.args[4], node.args[7], node.args[8]
    if not has_biases:
        raise Gap("a recurrent layer without biases", "")
    along = 1 if first else 0
    dims = x.layout.dims
    x = as_map(lowering, node, x, dims[2], (dims[along],))
    gates = 4 if node.op == "lstm" else 3
    cells = node.shape[2] // (2 if both else 1)
    expected = _recurrent_weights(size(dims[2]), cells, layers, 2 if both else 1, gates)  # type: ignore[arg-type]
    if lowering.number(params) != expected:
        raise Gap("a recurrent layer with a projection", f"{lowering.number(params)} weights, not {expected}")
    new = factors_of(node.shape[2])
    layout = x.layout._replace(channels=new, dims=(*x.layout.dims[:2], new))
    arguments: dict[str, Any] = {"c": cells, "layers": layers, "both": both}
    ref = lowering.emit(node, node.op, arguments, [x], layout.own_shape, params=params)
    return [TensorValue(ref, layout)]


def _recurrent_weights(features: int, cells: int, layers: int, directions: int, gates: int) -> int:
    total, wide = 0, features
    for _ in range(layers):
        total += directions * gates * cells * (wide + cells + 2)
        wide = directions * cells
    return total

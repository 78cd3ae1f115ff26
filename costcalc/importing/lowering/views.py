"""Views, permutations and what moves positions: pads, crops, rolls, resizes, pixel shuffles."""

from __future__ import annotations

from typing import Any

from ..layout import factors_of, size
from ..record import TraceNode
from .arranging import as_map, cut, pattern, whole, with_channels
from .context import TraceLowering
from .operands import activation
from .registry import Gap, lowers
from .values import Lowered, Scores, TensorValue


@lowers("view", "reshape", "_unsafe_view", "flatten", "unflatten", "squeeze", "unsqueeze", "view_as", "reshape_as")
def view(lowering: TraceLowering, node: TraceNode) -> Lowered:
    found = lowering.value(node.args[0])
    if isinstance(found, Scores):
        return _viewed_scores(lowering, node, found)
    x = activation(lowering, node, found)
    return in_parts(lowering, node, x.at(x.layout.view(node.shape)))


def _viewed_scores(lowering: TraceLowering, node: TraceNode, scores: Scores) -> Lowered:
    """Scores whose batch is regrouped: windows by images, as masks are added to them."""
    if scores.order or node.shape[-2:] != scores.shape[-2:]:
        return view_of(lowering, node, scores)
    flat = scores.queries.layout._replace(dims=(*scores.batch, scores.rows))
    regrouped = flat.view((*node.shape[:-2], size(scores.rows)))
    queries = scores.queries.at(regrouped._replace(dims=_with_rows(scores, regrouped.dims[:-1])))
    return scores._replace(queries=queries, shape=node.shape, batch=regrouped.dims[:-1])


def _with_rows(scores: Scores, batch: Any) -> Any:
    return (*batch, scores.rows, scores.inner)


def view_of(lowering: TraceLowering, node: TraceNode, scores: Scores) -> TensorValue:
    """Scores that are seen otherwise are a tensor of their own."""
    x = activation(lowering, node, scores)
    return x.at(x.layout.view(node.shape))


def in_parts(lowering: TraceLowering, node: TraceNode, x: TensorValue) -> TensorValue:
    """``x``; where outer or inner positions went into the batch, its parts are cut here."""
    layout = x.layout
    if not layout.dims or x.of_constants:
        return x
    batch = [f for f in layout.dims[0] if f in layout.positions]
    if not batch or len(layout.dims) < 3 or len(batch) == len(layout.positions):
        return x
    if layout.parts and not set(layout.open) <= set(layout.dims[0]):
        x = whole(lowering, node, x)
    try:
        return cut(lowering, node, x, batch)
    except Gap:
        return x


@lowers("permute", "transpose", "swapaxes", "swapdims", "t", "numpy_T", "movedim", "mT")
def permute(lowering: TraceLowering, node: TraceNode) -> Lowered:
    found = lowering.value(node.args[0])
    number = len(found.shape) if isinstance(found, Scores) else len(activation(lowering, node, found).layout.dims)
    order = permutation(node, number)
    if isinstance(found, Scores):
        now = found.order or tuple(range(number))
        new = tuple(now[k] for k in order)
        return found._replace(order=() if new == tuple(range(number)) else new)
    x = activation(lowering, node, found)
    return in_parts(lowering, node, x.at(x.layout.permute(order)))


def permutation(node: TraceNode, number: int) -> tuple[int, ...]:
    """The order of dimensions that a node asks for."""
    name = node.op
    if name in ("t", "numpy_T"):
        return tuple(reversed(range(number)))
    given: Any = node.args[1:]
    if name == "permute":
        order = given[0] if isinstance(given[0], tuple) else given
        return tuple(k % number for k in order)
    if name == "movedim":
        source, target = given[0] % number, given[1] % number
        rest = [k for k in range(number) if k != source]
        return (*rest[:target], source, *rest[target:])
    a, b = (-2, -1) if name == "mT" else given[:2]
    order = list(range(number))
    order[a % number], order[b % number] = order[b % number], order[a % number]
    return tuple(order)


@lowers("expand", "expand_as", "broadcast_to")
def expand(lowering: TraceLowering, node: TraceNode) -> TensorValue:
    x = activation(lowering, node, node.args[0])
    front = len(node.shape) - len(x.layout.dims)
    dims = (*((),) * front, *x.layout.dims)
    return x.at(x.layout._replace(dims=tuple(dim or factors_of(n) for dim, n in zip(dims, node.shape, strict=True))))


@lowers("roll")
def roll(lowering: TraceLowering, node: TraceNode) -> TensorValue:
    x = activation(lowering, node, node.args[0])
    shifts: Any
    dims: Any
    shifts, dims = (one if isinstance(one, tuple) else (one,) for one in node.args[1:3])
    x = as_map(lowering, node, x, x.layout.channels, _axes_of(x))
    by = [0] * len(x.layout.axes)
    for shift, dim in zip(shifts, dims, strict=True):
        axis = _axis(x, dim)
        by[axis] = shift % size(x.layout.axes[axis])
    ref = lowering.emit(node, "roll", {"by": tuple(by)}, [x], x.shape)
    return x._replace(ref=ref)


def _axes_of(x: TensorValue) -> Any:
    """The axes as they are once all parts are merged: the dimensions that lie in them."""
    regions = {factor for part in x.layout.parts if part.word == "rois" for factor in part.all}
    others = set(x.layout.channels) | regions
    dims = [dim for dim in x.layout.dims if dim and not set(dim) & others]
    return tuple(dims)


def _axis(x: TensorValue, dim: Any) -> int:
    """Which axis a dimension is."""
    factors = x.layout.dims[dim]
    if factors not in x.layout.axes:
        raise Gap("an operation along a part of an axis", pattern(x.layout))
    return x.layout.axes.index(factors)


@lowers("pad", "constant_pad_nd", "reflection_pad2d", "replication_pad2d", "zero_pad2d")
def pad(lowering: TraceLowering, node: TraceNode) -> TensorValue:
    x = activation(lowering, node, node.args[0])
    sides: Any = node.args[1]
    if not any(sides):
        return x
    dims = x.layout.dims
    channels, wanted = x.layout.channels, {}
    for k in range(len(sides) // 2):
        if sides[2 * k] or sides[2 * k + 1]:
            wanted[len(dims) - 1 - k] = (sides[2 * k], sides[2 * k + 1])
    if any(set(dims[k]) & set(channels) for k in wanted):
        return _padded_channels(lowering, node, x, wanted)
    x = as_map(lowering, node, x, channels, _axes_of(x))
    if min(sides) < 0:
        x = _cropped(lowering, node, x, wanted)
        wanted = {k: (max(before, 0), max(after, 0)) for k, (before, after) in wanted.items()}
        if not any(map(any, wanted.values())):
            return x
    names = (("top", "bottom"), ("left", "right"))
    arguments: dict[str, Any] = {}
    layout = x.layout
    for k, (before, after) in wanted.items():
        axis = _axis(x, k)
        if axis > 1:
            raise Gap("padding of a third axis", str(sides))
        arguments |= {name: n for name, n in zip(names[axis], (before, after), strict=True) if n}
        new = factors_of(size(layout.axes[axis]) + before + after)
        layout = layout._replace(
            axes=tuple(new if a == axis else one for a, one in enumerate(layout.axes)),
            dims=tuple(new if d == k else one for d, one in enumerate(layout.dims)),
        )
    ref = lowering.emit(node, "pad", arguments, [x], layout.own_shape)
    return x._replace(ref=ref, layout=layout)


def _padded_channels(lowering: TraceLowering, node: TraceNode, x: TensorValue, wanted: Any) -> TensorValue:
    """Channels of zeros before and after: a concatenation with tensors that aren't trained."""
    if len(wanted) > 1:
        raise Gap("padding of channels and positions at once", str(wanted))
    ((k, (before, after)),) = wanted.items()
    x = with_channels(lowering, node, x, x.layout.dims[k])
    if min(before, after) < 0:
        raise Gap("a slice of channels by a negative pad", pattern(x.layout))
    zeros = []
    for number in (before, after):
        shape = (number, *x.shape[1:])
        arguments = {"size": shape[1:], "c": number, "fixed": True}
        made = TensorValue(lowering.emit(node, "learned", arguments, [], shape), x.layout) if number else None
        zeros.append(made)
    parts = [one for one in (zeros[0], x, zeros[1]) if one is not None]
    new = factors_of(before + x.shape[0] + after)
    layout = x.layout.replaced(x.layout.channels, new)
    return TensorValue(lowering.emit(node, "concat", {}, parts, layout.own_shape), layout)


def _cropped(lowering: TraceLowering, node: TraceNode, x: TensorValue, wanted: Any) -> TensorValue:
    """Negative padding on all sides."""
    taken = {k: (max(-before, 0), max(-after, 0)) for k, (before, after) in wanted.items()}
    lengths = {k: (before, size(x.layout.dims[k]) - before - after) for k, (before, after) in taken.items()}
    return crop(lowering, node, x, lengths)


def crop(lowering: TraceLowering, node: TraceNode, x: TensorValue, wanted: dict[int, tuple[int, int]]) -> TensorValue:
    """From a first index on as many as said, of dimensions that are axes."""
    x = as_map(lowering, node, x, x.layout.channels, _axes_of(x))
    layout = x.layout
    first = [0] * len(layout.axes)
    for k, (start, length) in wanted.items():
        axis = _axis(x, k)
        if axis > 1:
            raise Gap("a slice of a third axis", pattern(x.layout))
        first[axis] = start
        new = factors_of(length)
        layout = layout._replace(
            axes=tuple(new if a == axis else one for a, one in enumerate(layout.axes)),
            dims=tuple(new if d == k else one for d, one in enumerate(layout.dims)),
        )
    arguments: dict[str, Any] = {"size": layout.own_shape[1:], "top": first[0]}
    if len(first) > 1:
        arguments["left"] = first[1]
    ref = lowering.emit(node, "crop", arguments, [x], layout.own_shape)
    return x._replace(ref=ref, layout=layout)


MODES = {
    "upsample_nearest1d": "nearest",
    "upsample_nearest2d": "nearest",
    "upsample_nearest3d": "nearest",
    "upsample_linear1d": "linear",
    "upsample_bilinear2d": "bilinear",
    "upsample_bicubic2d": "bilinear",
    "_upsample_bicubic2d_aa": "bilinear",
    "_upsample_bilinear2d_aa": "bilinear",
    "upsample_trilinear3d": "trilinear",
    "_upsample_nearest_exact2d": "nearest",
}


@lowers(*MODES)
def resize(lowering: TraceLowering, node: TraceNode) -> TensorValue:
    x = activation(lowering, node, node.args[0])
    dims = x.layout.dims
    x = as_map(lowering, node, x, dims[1], dims[2:])
    mode = MODES[node.op]
    if "bicubic" in node.op:
        lowering.note("a bicubic resize is written as a bilinear one")
    before, after = x.shape[1 : len(dims) - 1], node.shape[2:]
    more = (1,) * (len(x.layout.axes) - len(after))
    axes = tuple(factors_of(n) for n in (*after, *more))
    layout = x.layout._replace(axes=axes, dims=(*x.layout.dims[:2], *axes[: len(after)]))
    if mode == "nearest" and all(b % a == 0 for a, b in zip(before, after, strict=True)):
        factors = tuple(b // a for a, b in zip(before, after, strict=True))
        ref = lowering.emit(node, "up", {"s": (*factors, *more)}, [x], layout.own_shape)
    else:
        ref = lowering.emit(node, "resize", {"size": (*after, *more), "mode": mode}, [x], layout.own_shape)
    return x._replace(ref=ref, layout=layout)


@lowers("pixel_shuffle", "pixel_unshuffle")
def pixel_shuffle(lowering: TraceLowering, node: TraceNode) -> TensorValue:
    x = activation(lowering, node, node.args[0])
    x = as_map(lowering, node, x, x.layout.dims[1], x.layout.dims[2:])
    word = "depth_to_space" if node.op == "pixel_shuffle" else "space_to_depth"
    new = factors_of(node.shape[1]), *(factors_of(n) for n in node.shape[2:])
    layout = x.layout._replace(channels=new[0], axes=new[1:], dims=(x.layout.dims[0], *new))
    return x._replace(ref=lowering.emit(node, word, {"r": node.args[1]}, [x], layout.own_shape), layout=layout)


@lowers("channel_shuffle", "native_channel_shuffle")
def channel_shuffle(lowering: TraceLowering, node: TraceNode) -> TensorValue:
    x = activation(lowering, node, node.args[0])
    x = as_map(lowering, node, x, x.layout.dims[1], x.layout.dims[2:])
    new = factors_of(x.shape[0])
    layout = x.layout.replaced(x.layout.channels, new)
    return x._replace(ref=lowering.emit(node, "shuffle", {"g": node.args[1]}, [x], x.shape), layout=layout)


@lowers("im2col", "unfold")
def unfold(lowering: TraceLowering, node: TraceNode) -> TensorValue:
    if node.op == "unfold":
        raise Gap("windows of one dimension (Tensor.unfold)", "")
    x = activation(lowering, node, node.args[0])
    given: Any = node.args[1:5]
    kernel, dilation, padding, stride = (one if isinstance(one, tuple) else (one,) * 2 for one in given)
    if dilation != (1, 1):
        raise Gap("windows that are dilated (unfold)", str(dilation))
    x = as_map(lowering, node, x, x.layout.dims[1], x.layout.dims[2:])
    sizes = [(n + 2 * p - k) // s + 1 for n, p, k, s in zip(x.shape[1:], padding, kernel, stride, strict=True)]
    same = all(2 * p == k - 1 for p, k in zip(padding, kernel, strict=True))
    new = factors_of(x.shape[0]) + tuple(f for k in kernel for f in factors_of(k))
    axes = tuple(map(factors_of, sizes))
    layout = x.layout._replace(channels=new, axes=axes, dims=(x.layout.dims[0], new, axes[0] + axes[1]))
    arguments: dict[str, Any] = {"k": kernel, "s": stride, "pad": "same" if same else padding}
    return TensorValue(lowering.emit(node, "unfold", arguments, [x], layout.own_shape), layout)

"""Tensors taken apart: splits, slices, selections."""

from __future__ import annotations

from typing import Any

from ..layout import Factors, Layout, factors_of, new_factor, size
from ..record import Shape, TraceNode
from .arranging import cut, deepened, merged, ordered, pattern, with_axes
from .context import TraceLowering
from .operands import activation
from .registry import Gap, lowers
from .values import Lowered, Scores, Static, TensorValue
from .views import crop

MAX_PARTS = 1000


@lowers("split", "split_with_sizes", "chunk", "tensor_split", "unsafe_split", "unsafe_chunk")
def split(lowering: TraceLowering, node: TraceNode) -> list[Lowered]:
    x = activation(lowering, node, node.args[0])
    dim = lowering.argument(node, 2, "dim", 0) % len(x.layout.dims)
    widths = [shape[dim] for shape in node.shapes]
    parts = iter(parted(lowering, node, x, dim, [width for width in widths if width]))
    return [next(parts) if width else Static(shape) for width, shape in zip(widths, node.shapes, strict=True)]


@lowers("unbind")
def unbind(lowering: TraceLowering, node: TraceNode) -> list[TensorValue]:
    x = activation(lowering, node, node.args[0])
    dim = lowering.argument(node, 1, "dim", 0) % len(x.layout.dims)
    return [_dropped(one, dim) for one in parted(lowering, node, x, dim, [1] * len(node.shapes))]


def _dropped(x: TensorValue, dim: int) -> TensorValue:
    return x.at(x.layout._replace(dims=(*x.layout.dims[:dim], *x.layout.dims[dim + 1 :])))


def parted(lowering: TraceLowering, node: TraceNode, x: TensorValue, dim: int, widths: list[int]) -> list[TensorValue]:
    """``x`` in parts of these widths along a dimension."""
    if len(widths) == 1:
        return [x]
    if len(widths) > MAX_PARTS:
        raise Gap("a split into more than 1000 parts", str(len(widths)))
    own = x.layout.dims[dim]
    while set(own) & set(x.layout.open):
        x = merged(lowering, node, x)
    if set(own) <= set(x.layout.channels):
        return _split_channels(lowering, node, x, dim, widths)
    x = _along_axis(lowering, node, x, dim)
    if set(x.layout.dims[dim]) <= set(x.layout.channels):
        return _split_channels(lowering, node, x, dim, widths)
    axis = next(k for k, one in enumerate(x.layout.axes) if set(own) <= set(one))
    whole_axis = x.layout.axes[axis]
    rest = whole_axis[len(own) :]
    if whole_axis[: len(own)] != own:
        raise Gap("a split of inner positions", pattern(x.layout))
    word = ("height", "width", "frames")[axis] if len(x.layout.axes) == 2 else "positions"
    outputs, layouts = [], []
    for width in widths:
        new = factors_of(width)
        axes = tuple(new + rest if k == axis else one for k, one in enumerate(x.layout.axes))
        layouts.append(x.layout._replace(axes=axes, dims=(*x.layout.dims[:dim], new, *x.layout.dims[dim + 1 :])))
        outputs.append(layouts[-1].own_shape)
    numbers = tuple(width * size(rest) for width in widths)
    number, _ = lowering.emit(node, "split", {"n": numbers, "along": word}, [x], *outputs)
    return [x._replace(ref=(number, k), layout=layout) for k, layout in enumerate(layouts)]


def _along_axis(lowering: TraceLowering, node: TraceNode, x: TensorValue, dim: int) -> TensorValue:
    """``x`` with a dimension of positions inside of one axis, or as channels if it is inner positions."""
    own = x.layout.dims[dim]
    for axis in x.layout.axes:
        if set(own) <= set(axis):
            if axis[: len(own)] == own:
                return x
            return deepened(lowering, node, x, own)
    if own == x.layout.positions:
        return with_axes(lowering, node, x, (own,))
    raise Gap("a slice of positions and channels together", pattern(x.layout))


def _split_channels(
    lowering: TraceLowering, node: TraceNode, x: TensorValue, dim: int, widths: list[int]
) -> list[TensorValue]:
    own = x.layout.dims[dim]
    at = x.layout.channels.index(own[0]) if own else 0
    rest = tuple(f for f in x.layout.channels if f not in own)
    try:
        x = ordered(lowering, node, x, own + rest)
    except Gap:
        x = cut(lowering, node, x, x.layout.channels[:at])
        rest = tuple(f for f in x.layout.channels if f not in own)
        x = ordered(lowering, node, x, own + rest)
    wide = size(rest)
    numbers = tuple(width * wide for width in widths)
    known = lowering.pieces.get(x.ref, ())
    if tuple(width for width, _ in known) == numbers:
        refs = [ref for _, ref in known]
        return [
            x._replace(ref=ref, layout=_narrowed(x, rest, dim, width)) for ref, width in zip(refs, widths, strict=True)
        ]
    key = ("split", x.ref, numbers, tuple(factor.id for factor in rest))
    if key not in lowering.parted:
        outputs: list[Shape] = [(number, *x.shape[1:]) for number in numbers]
        number, _ = lowering.emit(node, "split", {"n": numbers}, [x], *outputs)
        lowering.parted[key] = number
    number = lowering.parted[key]
    parts = []
    for k, width in enumerate(widths):
        parts.append(x._replace(ref=(number, k), layout=_narrowed(x, rest, dim, width)))
    return parts


def _narrowed(x: TensorValue, rest: Factors, dim: int, width: int) -> Layout:
    new = factors_of(width)
    dims = (*x.layout.dims[:dim], new, *x.layout.dims[dim + 1 :])
    return x.layout._replace(channels=new + rest, dims=dims)


@lowers("slice", "narrow")
def sliced(lowering: TraceLowering, node: TraceNode) -> Lowered:
    found = lowering.value(node.args[0])
    if isinstance(found, Scores):
        raise Gap("attention scores that something else reads", node.op)
    x = activation(lowering, node, found)
    before = x.layout.shape
    dim = lowering.argument(node, 1, "dim", 0) % len(before)
    if before == node.shape:
        return x
    start = lowering.argument(node, 2, "start", 0) or 0
    step = 1 if node.op == "narrow" else lowering.argument(node, 4, "step", 1)
    start = max(0, start + before[dim]) if start < 0 else start
    return taken(lowering, node, x, dim, start, node.shape[dim], step)


def taken(
    lowering: TraceLowering, node: TraceNode, x: TensorValue, dim: int, start: int, length: int, step: int = 1
) -> TensorValue:
    """``length`` indices of a dimension, from ``start`` on."""
    if step > 1:
        return _every(lowering, node, x, dim, start, length, step)
    total = size(x.layout.dims[dim])
    own = x.layout.dims[dim]
    while set(own) & set(x.layout.open):
        x = merged(lowering, node, x)
    if set(own) <= set(x.layout.channels) and own:
        widths = [start, length, total - start - length]
        kept = [width for width in widths if width]
        return parted(lowering, node, x, dim, kept)[0 if not start else 1]
    if own not in x.layout.axes:
        x = _along_axis(lowering, node, x, dim)
        if own not in x.layout.axes:
            widths = [width for width in (start, length, total - start - length) if width]
            return parted(lowering, node, x, dim, widths)[0 if not start else 1]
    return crop(lowering, node, x, {dim: (start, length)})


def _every(
    lowering: TraceLowering, node: TraceNode, x: TensorValue, dim: int, start: int, length: int, step: int
) -> TensorValue:
    """Every so many positions: a pool of windows of one."""
    own = x.layout.dims[dim]
    if own not in x.layout.axes:
        if own and set(own) <= set(x.layout.channels) and size(own) % step == 0:
            shape = x.layout.shape
            y = x.at(x.layout.view((*shape[:dim], length, step, *shape[dim + 1 :])))
            return _dropped(parted(lowering, node, y, dim + 1, [1] * step)[start], dim + 1)
        raise Gap("every so many of a part of a dimension", pattern(x.layout))
    source, offsets = lowering.picks.get(x.ref, (x, {}))
    axis = x.layout.axes.index(own)
    y = crop(lowering, node, x, {dim: (start, size(own) - start)}) if start else x
    new = (new_factor(length),) if length > 1 else ()
    layout = y.layout._replace(
        axes=tuple(new if k == axis else one for k, one in enumerate(y.layout.axes)),
        dims=(*y.layout.dims[:dim], new, *y.layout.dims[dim + 1 :]),
    )
    ones = (1,) * len(layout.axes)
    arguments: dict[str, Any] = {
        "k": ones,
        "s": tuple(step if k == axis else 1 for k in range(len(ones))),
        "pad": "none",
        "ceil": False,
    }
    made = y._replace(ref=lowering.emit(node, "maxpool", arguments, [y], layout.own_shape), layout=layout)
    lowering.picks[made.ref] = (source, {**offsets, dim: (start, step)})
    return made


@lowers("select")
def select(lowering: TraceLowering, node: TraceNode) -> TensorValue:
    x = activation(lowering, node, node.args[0])
    dim, index = lowering.argument(node, 1, "dim", 0) % len(x.layout.dims), node.args[2]
    own = x.layout.dims[dim]
    total = size(own)
    assert isinstance(index, int)
    index %= max(total, 1)
    if total == 1:
        return _dropped(x, dim)
    if set(own) <= set(x.layout.channels) and total <= MAX_PARTS:
        return _dropped(parted(lowering, node, x, dim, [1] * total)[index], dim)
    return _dropped(taken(lowering, node, x, dim, index, 1), dim)


@lowers("index", "index_select")
def gather(lowering: TraceLowering, node: TraceNode) -> Lowered:
    """Positions by a table of indices: free, and only attention scores can have them added."""
    found = lowering.value(node.args[0])
    x = activation(lowering, node, found)
    channels = [k for k, dim in enumerate(x.layout.dims) if dim and set(dim) == set(x.layout.channels)]
    if not channels or not x.of_constants:
        raise Gap("positions that a table of indices picks", pattern(x.layout))
    wide = size(x.layout.channels)
    at = [k for k, number in enumerate(node.shape) if number == wide]
    if not at:
        raise Gap("positions that a table of indices picks", pattern(x.layout))
    dims = tuple(x.layout.channels if k == at[-1] else factors_of(n) for k, n in enumerate(node.shape))
    positions = tuple(f for k, dim in enumerate(dims) if k != at[-1] for f in dim)
    rest = ((),) * (len(x.layout.axes) - 1)
    layout = Layout((), x.layout.channels, (positions, *rest), dims)
    return x._replace(layout=layout, gathered=True)


@lowers("repeat", "repeat_interleave", "tile")
def repeat(lowering: TraceLowering, node: TraceNode) -> TensorValue:
    x = activation(lowering, node, node.args[0])
    if x.layout.shape == node.shape:
        return x
    raise Gap("a tensor that is repeated", str(node.shape))


CONSTANT = (
    "new_zeros",
    "new_ones",
    "new_full",
    "new_empty",
    "zeros_like",
    "ones_like",
    "full_like",
    "empty_like",
    "rand_like",
    "randn_like",
)


@lowers(*CONSTANT)
def constant(lowering: TraceLowering, node: TraceNode) -> Static:
    """A constant that has another tensor's shape."""
    return Static(node.shape, (), whole=True, name=node.name)

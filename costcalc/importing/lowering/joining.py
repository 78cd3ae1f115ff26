"""Tensors put together and taken apart: concatenation, stacks, splits, slices, selections."""

from __future__ import annotations

from math import prod
from typing import Any

from ..layout import Factors, Layout, factors_of, new_factor, refined, size
from ..record import Shape, TraceNode
from .arranging import as_map, cut, deepened, merged, ordered, pattern, with_axes, with_channels
from .context import TraceLowering
from .operands import activation, learned
from .registry import Gap, lowers
from .values import Lowered, Scores, Static, TensorValue
from .views import crop

MAX_PARTS = 1000

# -- together


@lowers("cat", "concat", "concatenate")
def concat(lowering: TraceLowering, node: TraceNode) -> TensorValue:
    items = [lowering.value(one) for one in node.args[0]]  # type: ignore[union-attr]
    dim = lowering.argument(node, 1, "dim", 0) % len(node.shape)
    return concatenated(lowering, node, items, dim)


@lowers("stack")
def stack(lowering: TraceLowering, node: TraceNode) -> TensorValue:
    items: list[Lowered] = []
    dim = lowering.argument(node, 1, "dim", 0) % len(node.shape)
    for one in node.args[0]:  # type: ignore[union-attr]
        found = lowering.value(one)
        if isinstance(found, Static):
            items.append(found._replace(shape=(*found.shape[:dim], 1, *found.shape[dim:])))
        else:
            x = activation(lowering, node, found)
            items.append(x.at(x.layout._replace(dims=(*x.layout.dims[:dim], (), *x.layout.dims[dim:]))))
    return concatenated(lowering, node, items, dim)


def concatenated(lowering: TraceLowering, node: TraceNode, items: list[Lowered], dim: int) -> TensorValue:
    """Items along a dimension that is all channels, an axis, all positions, or leads the channels."""
    items = [one for one in items if not isinstance(one, Static) or 0 not in one.shape]  # a part of no channels is none
    given = [one if isinstance(one, Static) else _unmixed(lowering, node, one, dim) for one in items]
    picked = _picked(lowering, node, given, dim)
    if picked is not None:
        return picked
    main = next((one for one in given if isinstance(one, TensorValue) and one.layout.dims[dim]), None)
    main = main or next(one for one in given if isinstance(one, TensorValue))
    own = main.layout.dims[dim]
    while set(own) & set(main.layout.open):
        main = merged(lowering, node, main)
    where = _where(main.layout, own, dim)
    rest = tuple(f for f in main.layout.channels if f not in own)
    if where == "channels":
        main = ordered(lowering, node, main, own + rest)
    elif where == "positions" and main.layout.positions != own:
        raise Gap("a concatenation of positions in another order", pattern(main.layout))
    aligned, common = [], main.layout
    for one in given:
        x = one if isinstance(one, TensorValue) else _filled(lowering, node, one, common, dim, where)
        x, common = _alike(lowering, node, x, common, dim, where)
        aligned.append(x)
    return _concatenated(lowering, node, aligned, common, dim, where)


def _unmixed(lowering: TraceLowering, node: TraceNode, item: Lowered, dim: int) -> TensorValue:
    """An item; where the dimension holds channels and blocks of positions, those become channels."""
    x = activation(lowering, node, item)
    own = x.layout.dims[dim]
    mixed = set(own) & set(x.layout.channels) and set(own) & set(x.layout.positions)
    return with_channels(lowering, node, x, own) if mixed else x


def _where(layout: Layout, own: Factors, dim: int) -> str:
    """What a dimension is of the tensor: its channels (or what leads them), an axis, or all positions."""
    if own and set(own) <= set(layout.channels):
        return "channels"
    if not own:
        return (
            "positions" if not layout.positions and dim < len(layout.dims) - 1 and len(layout.dims) == 3 else "channels"
        )
    if own == layout.positions:
        return "positions"
    if own in layout.axes:
        return ("height", "width", "frames")[layout.axes.index(own)] if len(layout.axes) < 3 else "positions"
    raise Gap("a concatenation along a part of an axis", pattern(layout))


def _filled(
    lowering: TraceLowering, node: TraceNode, static: Static, layout: Layout, dim: int, where: str
) -> TensorValue:
    """Weights, or constants, in the place of an item."""
    new = factors_of(static.shape[dim])
    own = layout.dims[dim]
    for k, number in enumerate(static.shape):
        if k != dim and number != size(layout.dims[k]):
            raise Gap("weights of another shape in a concatenation", str(static.shape))
    changed = _with_dim(layout, own, new, dim, where)
    static = static if static.params else static._replace(name=f"{static.name}.{dim}")
    return learned(lowering, node, static, changed)


def _with_dim(layout: Layout, own: Factors, new: Factors, dim: int, where: str) -> Layout:
    """``layout`` with other factors in a dimension."""
    channels, axes = layout.channels, layout.axes
    if where == "channels":
        channels = new + tuple(f for f in channels if f not in own)
    elif where == "positions":
        axes = (new, *((),) * (len(axes) - 1))
    else:
        at = ("height", "width", "frames").index(where)
        axes = tuple(new if k == at else axis for k, axis in enumerate(axes))
    return layout._replace(channels=channels, axes=axes, dims=(*layout.dims[:dim], new, *layout.dims[dim + 1 :]))


def _alike(
    lowering: TraceLowering, node: TraceNode, x: TensorValue, common: Layout, dim: int, where: str
) -> tuple[TensorValue, Layout]:
    """``x`` placed as the others are, but for the dimension along which they are joined."""
    own = x.layout.dims[dim]
    while set(own) & set(x.layout.open):
        x = merged(lowering, node, x)
    blank = [layout._replace(dims=(*layout.dims[:dim], (), *layout.dims[dim + 1 :])) for layout in (common, x.layout)]
    found = refined(*blank)
    if found is None:
        raise Gap("a concatenation of tensors whose dimensions lie apart", f"{pattern(common)}, {pattern(x.layout)}")
    joint = common.dims[dim]
    common = found[0]._replace(dims=(*found[0].dims[:dim], joint, *found[0].dims[dim + 1 :]))
    layout = found[1].renamed(found[2])
    x = x.at(layout._replace(dims=(*layout.dims[:dim], own, *layout.dims[dim + 1 :])))
    rest = tuple(f for f in common.channels if f not in joint)
    channels = own + rest if where == "channels" else common.channels
    if where == "positions":
        axes: tuple[Factors, ...] = x.layout.axes
        if x.layout.positions != own or set(x.layout.channels) != set(channels):
            x = as_map(lowering, node, x, channels, (own,))
            axes = x.layout.axes
    else:
        names = ("height", "width", "frames")
        axes = tuple(own if where == name else axis for name, axis in zip(names, common.axes, strict=False))
    if x.layout.open != common.open:
        while x.layout.parts:
            x = merged(lowering, node, x)
    if x.layout.channels != channels or x.layout.axes != axes:
        x = as_map(lowering, node, x, channels, axes)
    return x, common


def _concatenated(
    lowering: TraceLowering, node: TraceNode, items: list[TensorValue], common: Layout, dim: int, where: str
) -> TensorValue:
    new = factors_of(node.shape[dim])
    layout = _with_dim(common, common.dims[dim], new, dim, where)
    if {one.layout.open for one in items} != {layout.open}:
        raise Gap("a concatenation of tensors of different parts", pattern(layout))
    if (
        where == "positions"
        and len(layout.axes) > 1
        and all(one.layout.axes[1:] == ((),) * (len(layout.axes) - 1) for one in items)
    ):
        where = "height"
    arguments: dict[str, Any] = {} if where == "channels" else {"along": where}
    ref = lowering.emit(node, "concat", arguments, items, layout.own_shape)
    # Which channels are whose matters from here on: a shuffle mixes them.
    return TensorValue(ref, layout, free=where != "channels" and all(one.free for one in items))


def _picked(lowering: TraceLowering, node: TraceNode, items: list[Any], dim: int) -> TensorValue | None:
    """Every second pixel, in all ways, as channels: ``space_to_depth``."""
    picks = [lowering.picks.get(one.ref) for one in items if isinstance(one, TensorValue)]
    if len(picks) != len(items) or any(pick is None for pick in picks):
        return None
    source = picks[0][0]  # type: ignore[index]
    offsets = {tuple(sorted(pick[1].items())) for pick in picks if pick is not None and pick[0].ref == source.ref}
    if len(offsets) != len(items) or dim not in [
        k for k, d in enumerate(items[0].layout.dims) if d and set(d) == set(items[0].layout.channels)
    ]:
        return None
    dims = [k for k, _ in next(iter(offsets))]
    steps = {step for one in offsets for _, (_, step) in one}
    if (
        len(steps) != 1
        or prod(steps) ** len(dims) != len(items)
        or len({tuple(k for k, _ in one) for one in offsets}) > 1
    ):
        return None
    (step,) = steps
    layout, inner = source.layout, []
    for k in dims:
        axis = layout.dims[k]
        if axis not in layout.axes or size(axis) % step:
            return None
        view = layout.view([*layout.shape[:k], layout.shape[k] // step, step, *layout.shape[k + 1 :]])
        inner += list(view.dims[k + 1])
        layout = view._replace(dims=(*view.dims[:k], view.dims[k], *view.dims[k + 2 :]))
    x = deepened(lowering, node, source.at(layout), inner)
    at = x.layout.channels
    return x.at(x.layout._replace(dims=(*x.layout.dims[:dim], at, *x.layout.dims[dim + 1 :])))


# -- apart


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

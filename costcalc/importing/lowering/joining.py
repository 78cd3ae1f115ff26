"""Tensors put together: concatenations and stacks."""

from __future__ import annotations

from math import prod
from typing import Any

from ..layout import Factors, Layout, factors_of, refined, size
from ..record import TraceNode
from .arranging import as_map, deepened, merged, ordered, pattern, with_channels
from .context import TraceLowering
from .operands import activation, learned
from .registry import Gap, lowers
from .values import Lowered, Static, TensorValue


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

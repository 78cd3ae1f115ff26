"""A tensor brought to where an operation wants it: in parts, merged, transposed, reshaped. None of it costs."""

from __future__ import annotations

from collections.abc import Collection

from ..layout import Factor, Factors, Layout, Parts, size
from ..record import TraceNode
from .context import TraceLowering
from .registry import Gap
from .values import TensorValue


def with_channels(lowering: TraceLowering, node: TraceNode, x: TensorValue, wanted: Factors) -> TensorValue:
    """``x`` with exactly these factors as its channels, in whatever order; what else is in them becomes parts."""
    want = set(wanted)
    while True:
        layout = x.layout
        channels, positions = set(layout.channels), set(layout.positions)
        if want == channels:
            return x
        if want & set(layout.open):
            if layout.positions and want - set(layout.open) == positions:  # what was matched lies turned round
                x = transposed(lowering, node, x)
            x = merged(lowering, node, x)
        elif want < channels and want:
            x = cut(lowering, node, x, channels - want)
        elif want == positions:
            x = transposed(lowering, node, x)
        elif want < positions and want:
            x = cut(lowering, node, x, positions - want)
        elif want == channels | positions:
            x = flattened(lowering, node, x)
        elif want > channels and want - channels < positions:
            x = deepened(lowering, node, x, want - channels)
        elif layout.parts:
            x = merged(lowering, node, x)
        else:
            raise Gap("channels and positions that are mixed", pattern(layout))


def with_parts(lowering: TraceLowering, node: TraceNode, x: TensorValue, batch: Collection[Factor]) -> TensorValue:
    """``x`` with exactly these factors as its open parts."""
    want = set(batch)
    while not set(x.layout.open) <= want:
        x = merged(lowering, node, x)
    rest = want - set(x.layout.open)
    return cut(lowering, node, x, rest) if rest else x


def as_map(
    lowering: TraceLowering, node: TraceNode, x: TensorValue, channels: Factors, axes: tuple[Factors, ...]
) -> TensorValue:
    """``x`` with these channels, in this order, and these axes; all else becomes parts."""
    own = set(x.layout.channels) | set(x.layout.positions) | set(x.layout.open)
    within = set(channels) | {factor for axis in axes for factor in axis}
    x = with_parts(lowering, node, x, own - within)
    x = with_channels(lowering, node, x, channels)
    return with_axes(lowering, node, ordered(lowering, node, x, channels), axes)


def with_axes(lowering: TraceLowering, node: TraceNode, x: TensorValue, axes: tuple[Factors, ...]) -> TensorValue:
    """``x`` with its positions in these axes; the language's axes that are left have size 1."""
    number = len(x.layout.axes)
    if len(axes) > number:
        raise Gap("more axes than the input has", pattern(x.layout))
    axes = (*axes, *((),) * (number - len(axes)))
    if x.layout.axes == axes:
        return x
    flat = tuple(factor for axis in axes for factor in axis)
    if flat != x.layout.positions:
        raise Gap("positions in another order", pattern(x.layout))
    return reshaped(lowering, node, x, axes)


def ordered(lowering: TraceLowering, node: TraceNode, x: TensorValue, channels: Factors) -> TensorValue:
    """``x`` with its channels in this order: a shuffle where their order means something."""
    now = x.layout.channels
    if now == channels:
        return x
    if set(now) != set(channels):
        raise Gap("channels and positions that are mixed", pattern(x.layout))
    if x.free:
        return x.at(x.layout._replace(channels=channels))
    for k in range(1, len(now)):
        if now[k:] + now[:k] == channels:
            return shuffled(lowering, node, x, k)
    raise Gap("channels in an order that shuffle doesn't make", pattern(x.layout))


def shuffled(lowering: TraceLowering, node: TraceNode, x: TensorValue, k: int) -> TensorValue:
    """The first ``k`` factors of the channels behind the others."""
    now = x.layout.channels
    ref = lowering.emit(node, "shuffle", {"g": size(now[:k])}, [x], x.shape)
    return x._replace(ref=ref, layout=x.layout._replace(channels=now[k:] + now[:k]))


def reshaped(lowering: TraceLowering, node: TraceNode, x: TensorValue, axes: tuple[Factors, ...]) -> TensorValue:
    """The same positions, row by row, in other axes."""
    layout = x.layout._replace(axes=axes)
    ref = lowering.emit(node, "reshape", {"size": layout.own_shape[1:]}, [x], layout.own_shape)
    return x._replace(ref=ref, layout=layout)


def transposed(lowering: TraceLowering, node: TraceNode, x: TensorValue) -> TensorValue:
    """Positions as channels and channels as positions."""
    layout = x.layout
    rest = ((),) * (len(layout.axes) - 1)
    layout = layout._replace(channels=layout.positions, axes=(layout.channels, *rest))
    ref = lowering.emit(node, "transpose", {}, [x], layout.own_shape)
    return x._replace(ref=ref, layout=layout, free=False)


def flattened(lowering: TraceLowering, node: TraceNode, x: TensorValue) -> TensorValue:
    """All elements as channels."""
    layout = x.layout
    layout = layout._replace(channels=layout.channels + layout.positions, axes=((),) * len(layout.axes))
    ref = lowering.emit(node, "flatten", {}, [x], layout.own_shape)
    return x._replace(ref=ref, layout=layout)


def deepened(lowering: TraceLowering, node: TraceNode, x: TensorValue, inner: Collection[Factor]) -> TensorValue:
    """Blocks of neighbouring positions as channels."""
    layout = x.layout
    block, axes = [], []
    for axis in layout.axes:
        own = tuple(factor for factor in axis if factor in inner)
        if own and axis[-len(own) :] != own:
            raise Gap("positions as channels other than by blocks", pattern(layout))
        block.append(size(own))
        axes.append(axis[: len(axis) - len(own)])
    new = layout._replace(
        channels=tuple(f for axis in layout.axes for f in axis if f in inner) + layout.channels, axes=tuple(axes)
    )
    ref = lowering.emit(node, "space_to_depth", {"r": tuple(block)}, [x], new.own_shape)
    return x._replace(ref=ref, layout=new, free=True)


def cut(lowering: TraceLowering, node: TraceNode, x: TensorValue, factors: Collection[Factor]) -> TensorValue:
    """These factors as parts: of positions first, then of channels."""
    positions = [factor for factor in x.layout.positions if factor in factors]
    channels = tuple(factor for factor in x.layout.channels if factor in factors)
    if len(positions) + len(channels) != len(factors):
        raise Gap("parts of what isn't in the tensor", pattern(x.layout))
    if positions:
        x = _cut_positions(lowering, node, x, set(positions))
    if channels:
        x = _cut_channels(lowering, node, x, channels)
    return x


def _cut_channels(lowering: TraceLowering, node: TraceNode, x: TensorValue, heads: Factors) -> TensorValue:
    rest = tuple(factor for factor in x.layout.channels if factor not in heads)
    x = ordered(lowering, node, x, heads + rest)
    layout = x.layout._replace(parts=(*x.layout.parts, Parts("heads", (heads,), x.layout.axes)), channels=rest)
    ref = lowering.emit(node, "heads", {"n": size(heads)}, [x], layout.own_shape)
    return x._replace(ref=ref, layout=layout)


def _cut_positions(lowering: TraceLowering, node: TraceNode, x: TensorValue, factors: set[Factor]) -> TensorValue:
    layout = x.layout
    word = _word(layout.axes, factors)
    if not word:
        axes = _apart(layout, factors)
        if axes is None:
            raise Gap("parts of positions that are neither windows nor a grid", pattern(layout))
        x = reshaped(lowering, node, x, axes)
        layout = x.layout
        word = _word(axes, factors)
    outer = tuple(tuple(f for f in axis if f in factors) for axis in layout.axes)
    inner = tuple(tuple(f for f in axis if f not in factors) for axis in layout.axes)
    new = layout._replace(parts=(*layout.parts, Parts(word, outer, inner)), axes=inner)
    ref = lowering.emit(node, word, {"size": new.own_shape[1:]}, [x], new.own_shape)
    return x._replace(ref=ref, layout=new)


def _word(axes: tuple[Factors, ...], factors: set[Factor]) -> str:
    """``windows`` if the factors come first in each axis, ``grid`` if they come last; else nothing."""
    for word in ("windows", "grid"):
        for axis in axes:
            own = tuple(f for f in axis if f in factors)
            rest = tuple(f for f in axis if f not in factors)
            if axis != (own + rest if word == "windows" else rest + own):
                break
        else:
            return word
    return ""


def _apart(layout: Layout, factors: set[Factor]) -> tuple[Factors, ...] | None:
    """The positions in as many axes as it takes for the factors to be windows or a grid."""
    for windows in (True, False):
        groups: list[list[Factor]] = []
        for factor in layout.positions:
            first = (factor in factors) == windows
            last = groups[-1][-1] if groups else None
            new_group = last is None or (first and (last in factors) != windows)
            if new_group:
                groups.append([])
            groups[-1].append(factor)
        if len(groups) <= len(layout.axes):
            rest = ((),) * (len(layout.axes) - len(groups))
            axes: tuple[Factors, ...] = (*(tuple(group) for group in groups), *rest)
            if _word(axes, factors):
                return axes
    return None


def merged(lowering: TraceLowering, node: TraceNode, x: TensorValue) -> TensorValue:
    """The parts of the last cut together again."""
    part = x.layout.parts[-1]
    inner = tuple(factor for axis in part.inner for factor in axis)
    if part.word != "heads" and inner and set(inner) == set(x.layout.channels):  # positions that are channels now
        x = transposed(lowering, node, x)
    if part.word != "heads" and x.layout.positions == inner:
        x = with_axes(lowering, node, x, part.inner)
    layout = x.layout
    if part.word == "heads":
        new = layout._replace(channels=part.all + layout.channels)
    elif part.word == "windows":
        new = layout._replace(axes=tuple(a + b for a, b in zip(part.factors, layout.axes, strict=True)))
    else:
        new = layout._replace(axes=tuple(b + a for a, b in zip(part.factors, layout.axes, strict=True)))
    new = new._replace(parts=layout.parts[:-1])
    ref = lowering.emit(node, "merge", {}, [x], new.own_shape)
    return x._replace(ref=ref, layout=new)


def unrepeated(x: TensorValue) -> None:
    """Raise :class:`Gap` for a tensor that stands repeated: a product would be of all copies."""
    own = {*x.layout.channels, *x.layout.positions, *x.layout.open}
    if any(factor not in own for dim in x.layout.dims for factor in dim):
        raise Gap("a product of a tensor that is repeated", pattern(x.layout))


def whole(lowering: TraceLowering, node: TraceNode, x: TensorValue) -> TensorValue:
    """``x`` without open parts, but for regions of interest, which stay apart."""
    while x.layout.parts and x.layout.parts[-1].word != "rois":
        x = merged(lowering, node, x)
    return x


def pattern(layout: Layout) -> str:
    """``1 (c4 c8) h7 w7``: where the dimensions lie, for a message."""

    def letter(factor: Factor) -> str:
        if factor in layout.channels:
            return "c"
        for name, axis in zip("hwd" if len(layout.axes) > 1 else "l", layout.axes, strict=False):
            if factor in axis:
                return name
        return "p" if factor in layout.open else "?"

    def text(dim: Factors) -> str:
        inside = " ".join(f"{letter(f)}{f.size}" for f in dim)
        return inside if len(dim) == 1 else f"({inside})" if dim else "1"

    return " ".join(map(text, layout.dims))

"""Tensors that meet in a sum or a product: brought to the same parts, channels and axes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..layout import Factor, Layout, refined, size
from ..record import TraceNode
from .arranging import as_map, cut, pattern, whole
from .context import TraceLowering
from .registry import Gap
from .values import TensorValue


def joined(
    lowering: TraceLowering,
    node: TraceNode,
    word: str,
    operands: list[TensorValue],
    params: Sequence[str] = (),
    **arguments: Any,
) -> TensorValue:
    """``word`` of tensors whose dimensions match, or are 1 on one side; ``params`` are the call's own weights."""
    x = operands[0]
    if any(one.gathered for one in operands):
        raise Gap("positions that a table of indices picks", "")
    aligned = [x]
    for y in operands[1:]:
        x, y = align(lowering, node, x, y)
        aligned = [x if k == 0 else one for k, one in enumerate(aligned)]
        aligned.append(y)
    layout = aligned[0].layout
    for y in aligned[1:]:
        layout = _union(layout, y.layout)
    ref = lowering.emit(node, word, arguments, aligned, layout.own_shape, params=params)
    return TensorValue(ref, layout, free=all(one.free for one in aligned) and word == "add")


def align(lowering: TraceLowering, node: TraceNode, a: TensorValue, b: TensorValue) -> tuple[TensorValue, TensorValue]:
    """Both with the same parts, channels and axes, as far as they have them."""
    number = max(len(a.layout.dims), len(b.layout.dims))
    found = refined(_deep(a.layout, number), _deep(b.layout, number))
    if found is None and (a.layout.parts or b.layout.parts):
        a, b = whole(lowering, node, a), whole(lowering, node, b)
    if found is None:
        found = refined(_deep(a.layout.joined(), number), _deep(b.layout.joined(), number))
    if found is None:
        raise Gap(f"{node.op} of tensors whose dimensions lie apart", f"{pattern(a.layout)}, {pattern(b.layout)}")
    a, b = a.at(found[0]), b.at(found[1].renamed(found[2]))
    if _fit(a.layout, b.layout):
        return a, b
    if a.layout.parts != b.layout.parts:
        a, b = whole(lowering, node, a), whole(lowering, node, b)
    large = size(f for dim in a.layout.dims for f in dim) >= size(f for dim in b.layout.dims for f in dim)
    if _fit(a.layout, b.layout):
        return a, b
    small, big = (b, a) if large else (a, b)
    common = _partial(small.layout, big.layout)
    if common:
        small, big = (cut(lowering, node, one, common) for one in (small, big))
        a, b = (big, small) if large else (small, big)
        if _fit(a.layout, b.layout):
            return a, b
    return (a, _beside(lowering, node, b, a.layout)) if large else (_beside(lowering, node, a, b.layout), b)


def _partial(small: Layout, big: Layout) -> set[Factor]:
    """Factors of ``small`` that are a part of the channels, or of an axis, of ``big``: there both are cut."""
    found: set[Factor] = set()
    everywhere = {*small.channels, *small.positions}
    for own, wide in ((small.channels, big.channels), *zip(small.axes, big.axes, strict=True)):
        if own and set(own) < set(wide) and not (set(wide) - set(own)) & everywhere:
            found |= set(own)
    return found


def _beside(lowering: TraceLowering, node: TraceNode, x: TensorValue, layout: Layout) -> TensorValue:
    """``x`` with its factors where ``layout`` has them."""
    own = set(x.layout.channels) | set(x.layout.positions)
    axes = tuple(tuple(f for f in axis if f in own) for axis in layout.axes)
    return as_map(lowering, node, x, tuple(f for f in layout.channels if f in own), axes)


def _deep(layout: Layout, number: int) -> Layout:
    return layout._replace(dims=(*((),) * (number - len(layout.dims)), *layout.dims))


def _fit(a: Layout, b: Layout) -> bool:
    """Whether both lie alike, or one side has nothing."""
    if a.open != b.open:
        return False
    pairs = [(a.channels, b.channels), *zip(a.axes, b.axes, strict=True)]
    return all(not x or not y or x == y for x, y in pairs)


def _union(a: Layout, b: Layout) -> Layout:
    dims = tuple(x or y for x, y in zip(a.dims, b.dims, strict=True))
    return Layout(
        a.parts,
        a.channels or b.channels,
        tuple(x or y for x, y in zip(a.axes, b.axes, strict=True)),
        dims,
    )

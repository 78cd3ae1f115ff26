"""Shared weights: which layer has them, and where they are counted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..arithmetic import equal, is_array, logical_and, logical_or, truth, where
from ..errors import SpecError
from ..graph import Layer, Path
from ..ops import Op

Require = Callable[[Any, Callable[[], str]], None]
"""``require(condition, message)``: an error unless the condition holds."""


class Sharing:
    """Layers that share weights: pairs by the path below ``base``, which is set for each copy or member."""

    __slots__ = ("base", "counted", "mode", "must_pair", "table")

    def __init__(self, mode: str, table: dict[tuple[str, ...], Layer], must_pair: str = "") -> None:
        self.mode = mode
        self.table = table
        self.base: Path = None
        self.must_pair = must_pair
        self.counted: dict[tuple[str, ...], Any] = {}
        """Over arrays: where a layer's weights are counted already."""

    def covers(self, op: Op) -> bool:
        """``weights``: all but norms; ``all``: norms too."""
        return self.mode == "all" or not op.is_norm


def below(path: Path, base: Path) -> tuple[str, ...] | None:
    """The labels of ``path`` below ``base``, or None if it isn't there."""
    labels: list[str] = []
    while path is not base and path != base:
        if path is None:
            return None
        path, label = path
        labels.append(label)
    return tuple(reversed(labels))


def share(groups: list[Sharing], layer: Layer, require: Require) -> None:
    """Let ``layer`` have the weights of the earlier layer that it shares them with, if there is one.

    ``groups``: those that are open, the innermost last.
    """
    if not layer.op.weights():
        return
    for group in reversed(groups):
        if not group.covers(layer.op):
            continue
        key = below(layer.path, group.base)
        if key is None:
            continue
        owner = group.table.get(key)
        if owner is None:
            if group.must_pair:
                raise SpecError(f"{group.must_pair} has no layer {'.'.join(key)!r} to share weights with")
            group.table[key] = layer
            continue
        _same_weights(layer, owner, require)
        layer.owner = owner.owner or owner
        layer.weight_count = _uncounted(group, key, layer, owner)
        return


def _uncounted(group: Sharing, key: tuple[str, ...], layer: Layer, owner: Layer) -> Any:
    """Sets of weights that ``layer`` adds: where no layer before it that shares them runs, its own."""
    if not is_array(owner.weight_count) and not is_array(layer.weight_count):
        return 0
    before = group.counted.get(key, truth(owner.weight_count))
    group.counted[key] = logical_or(before, truth(layer.weight_count))
    return where(before, 0, layer.weight_count)


def _same_weights(layer: Layer, owner: Layer, require: Require) -> None:
    ours, theirs = layer.op.weights(), owner.op.weights()
    if layer.op.kind != owner.op.kind or ours.keys() != theirs.keys():
        has = [f"{op.kind} ({', '.join(op.weights())})" for op in (layer.op, owner.op)]
        raise SpecError(f"shared weights differ: {has[0]} here, {has[1]} in {owner.name}")
    same: Any = True
    for part in ours:
        same = logical_and(same, equal(ours[part], theirs[part]))
    for k, theirs_k in zip(_kernel(layer), _kernel(owner), strict=True):
        same = logical_and(same, equal(k, theirs_k))
    require(
        same,
        lambda: f"shared weights differ in shape: {layer.op.filter_text} here, {owner.op.filter_text} in {owner.name}",
    )


def _kernel(layer: Layer) -> tuple[Any, ...]:
    size: tuple[Any, ...] = getattr(layer.op, "kernel_size", ())
    return size

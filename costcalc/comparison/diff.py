"""The layers by which two networks differ: added, removed and changed ones."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import groupby
from typing import Literal

from ..cost import Cost
from ..graph import Layer, path_text
from ..ops import Shape
from ..record import Record
from ..rows import Row
from .align import align

FIELDS = ("type", "filter", "n", "output", "ops", "params", "mult_adds")
"""What of a layer is compared, the cause before its effect."""

# A pair of one kind costs less than two single layers, whatever else differs, unless both go by names of their own.
_GAP = 8
_KIND = 12
_WEIGHTS = {"type": 3, "filter": 4, "n": 2, "output": 4, "ops": 1}
_NUMBER, _NAME = 1, 12


class LayerState(Record):
    """A layer as one of two networks has it, a row of ``show``: ``n`` copies, whose sums the figures are.

    ``kind`` is the kind of layer (the type with its kernel); ``ops`` are its primitives, each with those arguments
    that no other field shows. ``block`` is the outermost block that it is in, or itself.
    """

    name: str
    kind: str
    type: str
    filter: str
    n: int
    output: Shape
    ops: tuple[tuple[str, dict[str, object]], ...]
    params: int
    mult_adds: int
    block: str = ""


class Change(Record):
    """A layer that differs.

    ``before`` is None if it was added, ``after`` if it was removed; ``fields`` are those of FIELDS that changed.
    """

    before: LayerState | None
    after: LayerState | None
    fields: tuple[str, ...]

    @property
    def kind(self) -> Literal["added", "removed", "changed"]:
        """What happened to the layer."""
        if self.before is None:
            return "added"
        return "removed" if self.after is None else "changed"


def difference(before: Cost, after: Cost) -> list[Change]:
    """The layers that were added, removed or changed from ``before`` to ``after``, in their order.

    Layers are paired by what they are and by their order; one that differs in nothing but its name is none of these.
    """
    changes = []
    for a, b in aligned(before, after):
        fields = () if a is None or b is None else changed_fields(a, b)
        if fields or a is None or b is None:
            changes.append(Change(a, b, fields))
    return changes


def changed_fields(a: LayerState, b: LayerState) -> tuple[str, ...]:
    """Those of FIELDS in which two layers differ."""
    return tuple(f for f in FIELDS if getattr(a, f) != getattr(b, f))


def aligned(before: Cost, after: Cost) -> list[tuple[LayerState | None, LayerState | None]]:
    """The layers of both in order, each beside the one that it is in the other; None opposite one that isn't there."""
    old, new = layer_states(before), layer_states(after)
    return align(old, new, _distance({s.name for s in old}, {s.name for s in new}), _GAP)


def layer_states(cost: Cost) -> list[LayerState]:
    """The rows of ``cost.by("layer")`` with what they compute."""
    groups = [list(layers) for _, layers in groupby(cost.graph.layers, key=lambda layer: layer.call)]
    return [_state(row, layers) for row, layers in zip(cost.by("layer"), groups, strict=True)]


def _state(row: Row, layers: list[Layer]) -> LayerState:
    shape = layers[-1].out_shape
    ops = tuple((layer.op.kind, _arguments(layer)) for layer in layers)
    label, block = layers[0].op.label, path_text(layers[0].block or layers[0].call)
    return LayerState(row.name, label, row.type, row.filter, row.count, shape, ops, row.params, row.mult_adds, block)


def _arguments(layer: Layer) -> dict[str, object]:
    return {name: value for name, value in layer.op.arguments().items() if name not in layer.op.told}


def _distance(old: set[str], new: set[str]) -> Callable[[LayerState, LayerState], int]:
    """How unlike two layers are, given the names of either network."""

    def distance(a: LayerState, b: LayerState) -> int:
        if a.kind != b.kind:
            return _KIND if a.name == b.name else 2 * _GAP + 1
        total = sum(weight for field, weight in _WEIGHTS.items() if getattr(a, field) != getattr(b, field))
        if a.name == b.name:
            return total
        if _letters(a.name) == _letters(b.name) or (a.name not in new and b.name not in old):
            return total + _NUMBER  # rows are numbered: one more, and all behind it have other names
        return total + _NAME

    return distance


def _letters(name: str) -> str:
    return re.sub(r"\d+", "", name)

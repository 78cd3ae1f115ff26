"""What a convention's tool has no rule for: layers that count 0 because it doesn't see them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..graph import Layer
from ..record import Record
from .convention import Convention


class Passed(Record):
    """The layers of a ``kind`` that a tool passes over: how many, and the parts of them that it doesn't see.

    ``parts`` has the numbers of operations (of stored values, where it is weights) of all these layers; ``whole`` says
    that they are all their work.
    """

    kind: str
    layers: Any
    parts: dict[str, Any]
    whole: bool = True

    @property
    def name(self) -> str:
        """The kind; and the parts, if others of its work are counted."""
        return self.kind if self.whole else f"{self.kind} ({', '.join(self.parts)})"


def passed_over(convention: Convention, layers: Iterable[Layer]) -> list[Passed]:
    """What the tool of ``convention`` passes over among ``layers``, by kind in the order of execution."""
    found: dict[str, Passed] = {}
    for layer in layers:
        names = convention.passed_over(layer.op)
        if not names or convention.excludes(layer):
            continue
        weights, work = layer.op.weights(), layer.op.work(layer.in_shapes, layer.out_shape)
        amounts = {p: weights[p] * layer.weight_count for p in names if p in weights}
        amounts |= {p: work[p] * layer.count for p in names if p in work}
        if not amounts:
            continue
        so_far = found.setdefault(layer.op.kind, Passed(layer.op.kind, 0, {}))
        so_far.layers = so_far.layers + layer.count
        so_far.whole = so_far.whole and set(work) <= set(amounts)
        for part, amount in amounts.items():
            so_far.parts[part] = so_far.parts.get(part, 0) + amount
    return list(found.values())

"""What a tool would count, but doesn't see as the code is written: a pool that is a function, a sum in place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ..conventions import Convention
from ..graph import Layer
from ..language.syntax import Name, Node, walk
from ..record import Record


class Unseen(Record):
    """The layers of a ``kind`` that count 0 as they are ``written`` (``global_pool is function``).

    ``parts`` has the numbers of operations of all these layers.
    """

    kind: str
    layers: Any
    parts: dict[str, Any]
    written: str


def unseen(convention: Convention, layers: Iterable[Layer]) -> list[Unseen]:
    """What ``convention``, one of a network, counts 0 among ``layers`` because of how its library writes that network.

    A part counts so if its rule asks for a property of the code, and gives 0 for the layer.
    """
    if convention.code is None:
        return []
    found: dict[str, Unseen] = {}
    for layer in layers:
        words = convention.words(layer)
        asked = {part: _asked(rule[1], words) for rule in convention.rules(layer.op)[1] for part in [rule[0]]}
        if not any(asked.values()) or convention.excludes(layer):
            continue
        work, counted = layer.op.work(layer.in_shapes, layer.out_shape), convention.amounts(layer)[1]
        zero = {part for part, names in asked.items() if names and part in work}
        if not zero or any(counted.values()):
            continue
        names = sorted({name for part in zero for name in asked[part]})
        written = ", ".join(f"{name} is {words[name]}" for name in names)
        so_far = found.setdefault(layer.op.kind, Unseen(layer.op.kind, 0, {}, written))
        so_far.layers = so_far.layers + layer.count
        for part in zero:
            so_far.parts[part] = so_far.parts.get(part, 0) + work[part] * layer.count
    return list(found.values())


def _asked(factor: object, words: Mapping[str, str]) -> set[str]:
    """The properties of the code that a rule asks for."""
    if not isinstance(factor, Node):
        return set()
    return {node.id for node in walk(factor) if isinstance(node, Name) and node.id in words}

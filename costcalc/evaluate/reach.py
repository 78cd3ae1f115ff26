"""Layers of a used network that no output depends on are dropped: a backbone's head, for example."""

from __future__ import annotations

from ..graph import Choice, Graph, Layer, Tensor


def drop_unreached(graph: Graph) -> None:
    """Keep a used network's layer only if an output, or a layer of the file itself, needs it."""
    if all(layer.net is None for layer in graph.layers):
        return
    needed: set[int] = set()
    pending: list[Layer | Choice] = [layer for layer in graph.layers if layer.net is None]
    pending += [t.layer for t in graph.outputs.values() if t.layer is not None]
    seen: set[int] = set()
    while pending:
        node = pending.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if isinstance(node, Layer):
            needed.add(id(node))
        inputs: tuple[Tensor, ...] = node.inputs
        pending += [t.layer for t in inputs if t.layer is not None]
    kept = [layer for layer in graph.layers if id(layer) in needed]
    _keep_owners(kept, needed)
    graph.layers[:] = kept


def _keep_owners(kept: list[Layer], needed: set[int]) -> None:
    """Where the owner of shared weights was dropped, the first that shares them becomes the owner."""
    heirs: dict[int, Layer] = {}
    for layer in kept:
        owner = layer.owner
        if owner is None or id(owner) in needed:
            continue
        heir = heirs.get(id(owner))
        if heir is None:
            heirs[id(owner)] = layer
            layer.owner, layer.weight_count = None, owner.weight_count
        else:
            layer.owner = heir

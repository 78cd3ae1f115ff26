"""Layers that no output depends on: a used network's are dropped (a backbone's head), a file's own are told of."""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter

from ..graph import Choice, Graph, Layer, Tensor

_NET = attrgetter("net")


def drop_unreached(graph: Graph) -> None:
    """Keep a used network's layer only if an output, or a layer of the file itself, needs it."""
    if not any(map(_NET, graph.layers)):
        return
    needed = _reached(graph, [layer for layer in graph.layers if layer.net is None])
    kept = [layer for layer in graph.layers if id(layer) in needed]
    _keep_owners(kept, needed)
    graph.layers[:] = kept


def unread(graph: Graph) -> list[Layer]:
    """The layers with weights or mult-adds that no output depends on at this configuration. They count as others do.

    Of a graph whose copies are written out: one layer for several copies hides what passes from one to the next.
    """
    needed = _reached(graph, [])
    found = [layer for layer in graph.layers if id(layer) not in needed]
    return [layer for layer in found if layer.op.weights() or "mac" in layer.op.work(layer.in_shapes, layer.out_shape)]


def _reached(graph: Graph, starts: Sequence[Layer]) -> set[int]:
    """The ids of ``starts``, of what makes the outputs, and of all layers that those depend on."""
    needed: set[int] = set()
    pending: list[Layer | Choice] = [*starts]
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
    return needed


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

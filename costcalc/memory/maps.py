"""The largest map at each size of maps: its channels, and its bytes where all else is gone."""

from __future__ import annotations

from ..graph import Graph, Layer


def largest_maps(graph: Graph) -> dict[str, int]:
    """The most channels at each size ("56x56") that have to be kept: of tensors that leave a block, or are of none.

    MobileNetV2 (arXiv 1801.04381), Table 3, counts so: what a block makes and reads itself isn't kept.
    """
    readers: dict[object, list[Layer]] = {}
    for layer in graph.layers:
        for tensor in layer.inputs:
            readers.setdefault(tensor.layer, []).append(layer)
    ends = {tensor.layer for tensor in graph.outputs.values()}
    found: dict[str, int] = {}
    for layer in graph.layers:
        leaves = layer.block is None or layer in ends or any(r.block != layer.block for r in readers.get(layer, ()))
        if leaves:
            channels, *size = layer.out_shape
            name = "x".join(map(str, size))
            found[name] = max(found.get(name, 0), channels)
    return found

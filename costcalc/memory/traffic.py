"""Bytes that a layer moves at least: its inputs, its outputs and its weights, once each."""

from __future__ import annotations

from typing import Any

from .. import arithmetic as ar
from ..graph import Graph, Layer
from ..ops import elements
from ..record import Record
from .definition import load_definition
from .tensors import parts_of
from .weights import read_once


class Moved(Record):
    """Bytes of all copies of a layer, for a batch of images: what they read, what they write, their weights."""

    name: str
    inputs: Any
    outputs: Any
    weights: Any

    @property
    def total(self) -> Any:
        return ar.total([self.inputs, self.outputs, self.weights])


def traffic(graph: Graph, *, bits: int = 32, weight_bits: int | None = None, batch: int = 1) -> dict[Layer, Moved]:
    """What each layer moves at ``bits`` a value; weights are read once for all ``batch`` images."""
    parts = parts_of(graph)
    found = {}
    for layer, weights in zip(graph.layers, read_once(graph, bits=weight_bits or bits), strict=True):
        own = parts.get(layer, 1)
        first = layer.inputs[0].layer if layer.inputs else None
        before = parts.get(first, 1) if isinstance(first, Layer) else 1
        inside = ar.quotient(own, layer.op.maps) if layer.op.cuts else own
        copies = ar.quotient(layer.count, inside)
        inputs = [_bytes(ar.mul(elements(shape), before), bits, batch) for shape in layer.in_shapes]
        outputs = [_bytes(ar.mul(elements(shape), own), bits, batch) for shape in layer.out_shapes]
        moved = (ar.total(inputs), ar.total(outputs), weights.total)
        found[layer] = Moved(layer.name, *(ar.mul(n, copies) for n in moved))
    return found


def moved_bytes(graph: Graph, *, bits: int = 32, batch: int = 1) -> dict[Layer, Any]:
    """What each layer moves in all; norms and activations work in the output before them and move nothing."""
    fused = load_definition("live")
    moved = traffic(graph, bits=bits, batch=batch)
    return {layer: one.total if fused.rule(layer.op.kind) == "makes" else 0 for layer, one in moved.items()}


def _bytes(elements_: Any, bits: int, batch: int) -> Any:
    return ar.ceil_div(ar.mul(ar.mul(elements_, batch), bits), 8)

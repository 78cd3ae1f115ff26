"""Bytes of weights as a deployed file holds them: batch norms folded into the convolutions before them."""

from __future__ import annotations

from typing import Any

from .. import arithmetic as ar
from ..graph import Graph, Layer
from ..record import Record

_FOLDED = ("batch_norm", "shift")
_BIAS_BYTES = 4
"""A bias is 32 bits wide beside weights of 8, since it is added to their products."""


class WeightBytes(Record):
    """Bytes of a layer's weights: ``weights`` themselves, ``biases`` (folded ones too), what ``norms`` keep."""

    name: str
    weights: Any
    biases: Any
    norms: Any

    @property
    def total(self) -> Any:
        return ar.add(ar.add(self.weights, self.biases), self.norms)


def flash(graph: Graph, *, bits: int = 8) -> list[WeightBytes]:
    """The bytes of each layer's weights, in the graph's order, each tensor begun on a whole byte.

    A batch norm or shift behind a convolution or a fully connected layer, whose output nothing else reads, becomes a
    bias of 32 bits a channel; another keeps a factor and a summand of ``bits`` a channel. Shared weights count once.
    """
    folded = _folded(graph)
    return [_of_layer(layer, bits, folded, layer.weight_count) for layer in graph.layers]


def read_once(graph: Graph, *, bits: int = 8) -> list[WeightBytes]:
    """What one run of each layer reads of its weights, whoever owns them."""
    folded = _folded(graph)
    return [_of_layer(layer, bits, folded, 1) for layer in graph.layers]


def _folded(graph: Graph) -> dict[Layer, bool]:
    """The batch norms and shifts that go into the layer before them, and whether that has a bias already."""
    readers: dict[Any, int] = {}
    for layer in graph.layers:
        for tensor in layer.inputs:
            readers[tensor.source] = readers.get(tensor.source, 0) + 1
    for tensor in graph.outputs.values():
        readers[tensor.source] = readers.get(tensor.source, 0) + 1
    found: dict[Layer, bool] = {}
    for layer in graph.layers:
        if layer.op.kind not in _FOLDED:
            continue
        before, _ = layer.inputs[0].source
        if not isinstance(before, Layer) or readers[layer.inputs[0].source] > 1:
            continue
        if before in found:
            found[layer] = True
        elif before.op.as_convolution() is not None:
            found[layer] = "bias" in before.op.weights()
    return found


def _of_layer(layer: Layer, bits: int, folded: dict[Layer, bool], sets: Any) -> WeightBytes:
    parts = layer.op.weights()
    statistics = layer.op.statistics

    def stored(number: Any, width: int) -> Any:
        return ar.mul(ar.ceil_div(ar.mul(number, width), 8), sets)

    if layer in folded:
        biases = 0 if folded[layer] else stored(parts.get("shift", layer.out_shape[0]), 8 * _BIAS_BYTES)
        return WeightBytes(layer.name, 0, biases, 0)
    made = WeightBytes(layer.name, 0, 0, 0)
    for name, number in parts.items():
        if name in statistics:
            continue
        if layer.op.is_norm:
            made.norms = ar.add(made.norms, stored(number, bits))
        elif name == "bias":
            made.biases = ar.add(made.biases, stored(number, 8 * _BIAS_BYTES))
        else:
            made.weights = ar.add(made.weights, stored(number, bits))
    return made

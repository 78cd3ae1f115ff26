"""Specs and single ops, built in torch and compared."""

from __future__ import annotations

from typing import Any

from costcalc import ops
from costcalc.conventions import DEFAULT, load_convention
from costcalc.graph import Graph, Layer, Tensor
from costcalc.language.source import Source
from costcalc.network import Network, network_from
from costcalc.rows import LayerCost
from costcalc.witness.building import build_module
from costcalc.witness.measuring import measure
from costcalc.witness.verifying import Difference, Verification, differences, verify


def network(layers: str, inputs: str = "9 x 8 x 6", more: str = "") -> Network:
    """A network of these steps."""
    body = "".join(f"  {line}\n" for line in layers.strip().splitlines())
    return network_from(Source("net.yaml", f"network: net\n{more}input: {inputs}\nlayers:\n{body}"))


def verified(net: Network, device: str = "cpu", **parameters: Any) -> Verification:
    return verify(net.cost(**parameters), net.graph(expand=True, **parameters), device)


def graph_of(op: ops.Op, *shapes: Any) -> Graph:
    """A network that is one layer."""
    graph = Graph()
    graph.inputs = {f"in{k}": Tensor(shape) for k, shape in enumerate(shapes)}
    layer = Layer((None, "x"), op, tuple(graph.inputs.values()), (None, "x"), None, getattr(op, "maps", 1))
    layer.weight_count = 1
    graph.layers = [layer]
    graph.outputs = {f"out{port}": Tensor(shape, layer, port) for port, shape in enumerate(layer.out_shapes)}
    return graph


def op_differences(op: ops.Op, *shapes: Any, device: str = "cpu") -> list[Difference]:
    """What differs between an op's own rules and torch."""
    graph = graph_of(op, *shapes)
    (layer,) = graph.layers
    (measured,) = measure(build_module(graph, device), device).layers
    params, work = load_convention(DEFAULT).count(layer)
    ours = LayerCost("x", op.kind, layer.in_shapes, layer.out_shape, layer.count, params, work * layer.count, 0)
    return differences(ours, layer, measured)

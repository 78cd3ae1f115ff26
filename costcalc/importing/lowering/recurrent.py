"""Recurrent layers."""

from __future__ import annotations

from typing import Any

from ..layout import factors_of, size
from ..record import TraceNode
from .arranging import as_map
from .context import TraceLowering
from .operands import activation, static
from .registry import Gap, lowers
from .values import TensorValue


@lowers("lstm", "gru")
def recurrent(lowering: TraceLowering, node: TraceNode) -> list[TensorValue]:
    """``lstm(input, states, params, has_biases, layers, dropout, train, both, batch_first)``."""
    x = activation(lowering, node, node.args[0])
    params = [name for one in node.args[2] for name in static(lowering, one).params]  # type: ignore[union-attr]
    has_biases, layers, both, first = node.args[3], node.args[4], node.args[7], node.args[8]
    if not has_biases:
        raise Gap("a recurrent layer without biases", "")
    along = 1 if first else 0
    dims = x.layout.dims
    x = as_map(lowering, node, x, dims[2], (dims[along],))
    gates = 4 if node.op == "lstm" else 3
    cells = node.shape[2] // (2 if both else 1)
    expected = _recurrent_weights(size(dims[2]), cells, layers, 2 if both else 1, gates)  # type: ignore[arg-type]
    if lowering.number(params) != expected:
        raise Gap("a recurrent layer with a projection", f"{lowering.number(params)} weights, not {expected}")
    new = factors_of(node.shape[2])
    layout = x.layout._replace(channels=new, dims=(*x.layout.dims[:2], new))
    arguments: dict[str, Any] = {"c": cells, "layers": layers, "both": both}
    ref = lowering.emit(node, node.op, arguments, [x], layout.own_shape, params=params)
    return [TensorValue(ref, layout)]


def _recurrent_weights(features: int, cells: int, layers: int, directions: int, gates: int) -> int:
    total, wide = 0, features
    for _ in range(layers):
        total += directions * gates * cells * (wide + cells + 2)
        wide = directions * cells
    return total

"""What ``lint`` warns of in a built network: it is possible, counted as it stands, and may not be meant."""

from __future__ import annotations

from collections.abc import Iterator

from ..cost import Cost
from ..errors import SpecError
from ..evaluate.reach import unread
from ..graph import Graph, Layer, path_labels, path_text
from ..language.model import LayerTable, Spec
from ..language.syntax import Call, Node, walk
from ..language.text import Text
from ..network import Network

_GATES = ("sigmoid", "hsigmoid")


def doubts(spec: Spec, graph: Graph) -> list[SpecError]:
    """The warnings, each at the row or step that the layer is in."""
    return [*_unread(spec, graph), *_norms_in_gates(spec, graph)]


def unread_names(cost: Cost, network: Network) -> list[str]:
    """The layers of a cost that no output depends on. They count as the text says."""
    found = unread(cost.graph)
    if any(layer.count != 1 for layer in found):
        found = unread(network.graph(expand=True, **cost.parameters))
    return [layer.name for layer in found]


def _unread(spec: Spec, graph: Graph) -> Iterator[SpecError]:
    """A call that no output depends on, in any of its copies."""
    idle = unread(graph)
    found = {id(layer) for layer in idle}
    at_work = {_text_of(layer) for layer in graph.layers if id(layer) not in found}
    told: set[str] = set()
    for layer in idle:
        call = path_text(layer.call)
        if _text_of(layer) not in at_work and call not in told:
            told.add(call)
            yield _doubt(spec, layer, "no output depends on it here, and it is counted")


def _norms_in_gates(spec: Spec, graph: Graph) -> Iterator[SpecError]:
    """A norm right before the sigmoid that scales a map's channels, where the text doesn't ask for it."""
    written = set(_steps_that_say(spec, "norm"))
    for layer in graph.layers:
        if layer.op.kind != "mul":
            continue
        sizes = [t.size for t in layer.inputs]
        for gate in layer.inputs:
            if any(n != 1 for n in gate.size) or all(size == gate.size for size in sizes):
                continue
            norm = _norm_before_sigmoid(gate.layer)
            if norm is not None and not written.intersection(path_labels(norm.call)):
                hint = "write norm=none, or norm=bn if its source has one"
                yield _doubt(spec, norm, f"a norm on one number per channel, before the sigmoid of a gate; {hint}")


def _norm_before_sigmoid(layer: object) -> Layer | None:
    if not isinstance(layer, Layer) or layer.op.kind not in _GATES:
        return None
    before = layer.inputs[0].layer
    return before if isinstance(before, Layer) and before.op.is_norm else None


def _text_of(layer: Layer) -> tuple[str, ...]:
    """What the copies of a call have in common."""
    return tuple(label for label in path_labels(layer.path) if not label.isdigit())


def _doubt(spec: Spec, layer: Layer, message: str) -> SpecError:
    labels = path_labels(layer.call)
    text = _places(spec).get(labels[0]) if labels else None
    return SpecError(message, text.place() if text is not None else spec.origin.place(), path_text(layer.call))


def _places(spec: Spec) -> dict[str, Text]:
    """Where the rows or steps of the network stand."""
    if isinstance(spec.layers, LayerTable):
        return {row.label: row.operator for row in spec.layers.rows}
    return {name: step.key for step in spec.layers for name in step.names} if isinstance(spec.layers, list) else {}


def _steps_that_say(spec: Spec, argument: str) -> Iterator[str]:
    """The names of steps, of the network or its blocks, one of whose calls gives ``argument``."""
    for body in [spec.layers, *(block.body for block in spec.blocks.values())]:
        for step in body if isinstance(body, list) else ():
            if step.node is not None and _says(step.node, argument):
                yield from step.names


def _says(node: Node, argument: str) -> bool:
    return any(name == argument for n in walk(node) if isinstance(n, Call) for name, _ in n.args)

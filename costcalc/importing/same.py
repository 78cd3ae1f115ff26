"""Whether two graphs are the same network, whatever their layers are called."""

from __future__ import annotations

from typing import Any

from ..graph import Choice, Graph, Layer, Tensor
from ..record import Record


class FirstDifference(Record):
    """The first layer that differs, by number, and a text that says so; no number if it is none of them."""

    layer: int | None
    what: str


def difference(a: Graph, b: Graph) -> FirstDifference | None:
    """What is first different between two networks of numbers, every copy written out; None if nothing is."""
    if [t.shape for t in a.inputs.values()] != [t.shape for t in b.inputs.values()]:
        return FirstDifference(None, "the inputs")
    ours, theirs = _described(a), _described(b)
    for k, (x, y) in enumerate(zip(ours, theirs, strict=False)):
        if x != y:
            return FirstDifference(k, b.layers[k].name)
    if len(ours) != len(theirs):
        return FirstDifference(None, f"the number of layers ({len(ours)}, not {len(theirs)})")
    return None if _outputs(a) == _outputs(b) else FirstDifference(None, "the outputs")


def _described(graph: Graph) -> list[tuple[Any, ...]]:
    """What each layer is, what it takes, how often it runs and whose weights it has."""
    at = _numbers(graph)
    return [
        (
            layer.op.kind,
            _arguments(layer),
            layer.out_shapes,
            layer.count,
            layer.weight_count,
            None if layer.owner is None else at[id(layer.owner)],
            [_source(t, at) for t in layer.inputs],
        )
        for layer in graph.layers
    ]


def _numbers(graph: Graph) -> dict[int, int]:
    inputs = {id(t): -1 - k for k, t in enumerate(graph.inputs.values())}
    return inputs | {id(layer): k for k, layer in enumerate(graph.layers)}


def _source(t: Tensor, at: dict[int, int]) -> tuple[int, int]:
    if isinstance(t.layer, Choice):
        raise TypeError("a choice stands only in evaluations of arrays")
    return at[id(t if t.layer is None else t.layer)], t.port


def _outputs(graph: Graph) -> list[tuple[int, int]]:
    at = _numbers(graph)
    return [_source(t, at) for t in graph.outputs.values()]


def _arguments(layer: Layer) -> dict[str, object]:
    """The op's arguments; a 1x1 kernel has no padding, however that is said."""
    found = layer.op.arguments()
    kernel, padding = found.get("kernel_size"), found.get("padding")
    if isinstance(kernel, tuple) and set(kernel) == {1} and isinstance(padding, tuple) and not any(padding):
        found["padding"] = "same"
    return found

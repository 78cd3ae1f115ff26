"""The tensors of a graph as a definition of memory sees them: how large, made when, last read when, in which buffer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .. import arithmetic as ar
from ..errors import UsageError
from ..graph import Choice, Graph, Layer, Tensor, path_text
from ..ops import elements
from ..record import Record, fresh
from .definition import MemoryDefinition

BEFORE = -1
"""The step at which inputs are there: before the first layer."""


class Lifetime(Record):
    """A tensor in memory: from the step ``made`` to the step ``last``, in a buffer that others may have had before.

    ``elements`` are those of all parts that a cut (heads, windows) made. ``present``: 1, or 0 where an array decides
    against its layer; where all copies' tensors are kept, how many these are.
    """

    of: str | Layer
    elements: Any
    made: int
    last: int
    buffer: int
    present: Any = 1
    later: list[tuple[int, Any]] = fresh(default_factory=list)

    @property
    def name(self) -> str:
        """The input's name, or that of the layer which makes it."""
        return self.of if isinstance(self.of, str) else self.of.name


class HeldTensors(Record):
    """All tensors of a graph, and of each step what it needs beside them, in values."""

    held: list[Lifetime]
    beside: dict[int, Any]


def held_tensors(graph: Graph, definition: MemoryDefinition) -> HeldTensors:
    """The tensors of ``graph``, a step for each layer. Raises :class:`UsageError` for a kind without a rule."""
    return _Walk(graph, definition).result()


class _Walk:
    def __init__(self, graph: Graph, definition: MemoryDefinition) -> None:
        self.graph = graph
        self.definition = definition
        self.reads = _reads(graph)
        self.held: list[Lifetime] = []
        self.buffers: dict[int, list[Lifetime]] = {}
        self.at: dict[Any, Lifetime | None] = {}
        self.parts = parts_of(graph)
        self.beside: dict[int, Any] = {}

    def result(self) -> HeldTensors:
        for name, tensor in self.graph.inputs.items():
            self._make(name, tensor.source, elements(tensor.shape), BEFORE, 1)
        for step, layer in enumerate(self.graph.layers):
            self._layer(step, layer)
        if self.definition.keeps_block_input:
            self._keep_inputs_of_blocks()
        if self.definition.plan == "all":
            for held in self.held:
                held.last = len(self.graph.layers)
        return HeldTensors(self.held, self.beside)

    def _layer(self, step: int, layer: Layer) -> None:
        rule = self.definition.rule(layer.op.kind, is_depthwise=layer.op.is_depthwise)
        first = self._first(layer) if rule in ("views", "in_place") else None
        copies = self._copies(layer)
        present = copies if self.definition.plan == "all" else 1 if isinstance(copies, int) else ar.minimum(copies, 1)
        for port, shape in enumerate(layer.out_shapes):
            key = (layer, port)
            size = ar.mul(elements(shape), self.parts.get(layer, 1))
            if rule == "weights":
                self.at[key] = None
            elif rule == "views" and first is not None:
                self.at[key] = first
                self._read(first, key, step)
            elif rule == "in_place" and first is not None and self._free(first, step):
                held = self._make(layer, key, size, step, present, first.buffer)
                if layer.op.is_depthwise:
                    self.beside[step] = ar.quotient(size, shape[0])  # a channel, until it can be written
                first.last = min(first.last, step)
                self.at[key] = held
            else:
                self._make(layer, key, size, step, present)

    def _copies(self, layer: Layer) -> Any:
        """How many copies of itself, and of all its parts, the layer stands for."""
        own = self.parts.get(layer, 1)
        return ar.quotient(layer.count, ar.quotient(own, layer.op.maps) if layer.op.cuts else own)

    def _make(
        self, of: str | Layer, key: Any, size: Any, step: int, present: Any, buffer: int | None = None
    ) -> Lifetime:
        held = Lifetime(of, size, step, step, len(self.held) if buffer is None else buffer, present)
        self._read(held, key, step)
        self.held.append(held)
        self.buffers.setdefault(held.buffer, []).append(held)
        self.at[key] = held
        return held

    def _read(self, held: Lifetime, key: Any, step: int) -> None:
        """Note who reads ``held`` under the name ``key``."""
        for at, weight in self.reads.get(key, [(step, 1)]):
            if isinstance(weight, int):
                held.last = max(held.last, at)
            else:
                held.later.append((at, weight))

    def _first(self, layer: Layer) -> Lifetime | None:
        """The tensor that the layer's first input is in; None for one that lies among the weights."""
        if not layer.inputs:
            return None
        keys = [key for key, _ in _sources(layer.inputs[0])]
        if len(keys) > 1:
            raise UsageError(f"{layer.name}: in which tensor it works depends on the point; take the points one by one")
        return self.at.get(keys[0])

    def _free(self, held: Lifetime, step: int) -> bool:
        """Whether nothing reads a tensor's buffer after ``step``."""
        others = self.buffers[held.buffer]
        return all(other.last <= step and all(at <= step for at, _ in other.later) for other in others)

    def _keep_inputs_of_blocks(self) -> None:
        """What a block reads from before it stays until its last layer."""
        ends: dict[str, int] = {}
        begins: dict[str, int] = {}
        for step, layer in enumerate(self.graph.layers):
            if layer.block is not None:
                name = path_text(layer.block)
                begins.setdefault(name, step)
                ends[name] = step
        for layer in self.graph.layers:
            if layer.block is None:
                continue
            name = path_text(layer.block)
            for tensor in layer.inputs:
                for key, weight in _sources(tensor):
                    held = self.at.get(key)
                    if held is None or held.made >= begins[name]:
                        continue
                    if isinstance(weight, int):
                        held.last = max(held.last, ends[name])
                    else:
                        held.later.append((ends[name], weight))


def parts_of(graph: Graph) -> dict[Layer, Any]:
    """Of how many parts, heads or windows, the outputs of a layer are one; those of others aren't listed."""
    found: dict[Layer, Any] = {}
    for layer in graph.layers:
        makers = [key[0] for tensor in layer.inputs for key, _ in _sources(tensor)]
        before = next((found[maker] for maker in makers if maker in found), 1)
        if layer.op.cuts:
            found[layer] = ar.mul(before, layer.op.maps)
        elif not (isinstance(before, int) and before == 1):
            merges = layer.op.merges
            found[layer] = before if isinstance(merges, int) and merges == 1 else ar.quotient(before, merges)
    return found


def sources_of(tensor: Tensor) -> list[Any]:
    """What tells apart the tensors that ``tensor`` may be: one, but where an array decides."""
    return [key for key, _ in _sources(tensor)]


def _reads(graph: Graph) -> dict[Any, list[tuple[int, Any]]]:
    """The steps that read each tensor, with 1, or an array's 1s and 0s; the outputs are read behind the last layer."""
    found: dict[Any, list[tuple[int, Any]]] = {}
    every = [(step, tensor) for step, layer in enumerate(graph.layers) for tensor in layer.inputs]
    for step, tensor in [*every, *((len(graph.layers), tensor) for tensor in graph.outputs.values())]:
        for key, weight in _sources(tensor):
            found.setdefault(key, []).append((step, weight))
    return found


def _sources(tensor: Tensor, weight: Any = 1) -> Iterator[tuple[Any, Any]]:
    """What tells apart the tensors that ``tensor`` may be, each with 1; where an array decides, with its 1s and 0s."""
    if isinstance(tensor.layer, Choice):
        yes = ar.as_count(tensor.layer.condition)
        for one, taken in zip(tensor.layer.inputs, (yes, ar.sub(1, yes)), strict=True):
            yield from _sources(one, ar.mul(weight, taken))
    else:
        yield tensor.source, weight

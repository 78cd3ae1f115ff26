"""A graph built as a module: each layer for the tensors that arrive at it along the graph's edges."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from .. import ops
from ..errors import CostcalcError, UsageError, quoted
from ..graph import Graph, Layer
from ..graph import Tensor as Edge
from .builders import build_op
from .module import GraphModule, ModuleStep, several
from .needs import is_out_of_memory, memory, reason

ROOT = "out"
"""The name of a layer that the spec gives none: the call that a whole network is."""


class LayerFailed(CostcalcError):
    """PyTorch refuses a layer, for the reason ``why``. ``module`` has all before it."""

    def __init__(self, layer: str, kind: str, why: str, module: GraphModule) -> None:
        super().__init__(f"PyTorch can't run this {kind}: {why}", path=layer)
        self.layer = layer
        self.kind = kind
        self.why = why
        self.module = module


def build_module(graph: Graph, device: str = "cpu") -> GraphModule:
    """``graph``, every copy of a repeat written out, as a module with fresh weights on ``device``, in training mode.

    Raises :class:`UsageError` for a graph over arrays or symbols, :class:`LayerFailed` for a layer that PyTorch
    refuses, :class:`.needs.OutOfMemory`.
    """
    _require_numbers(graph)
    building = _Building(graph, device)
    with memory("the module"):
        for layer in graph.layers:
            building.add_layer(layer)
    return building.finish()


def _require_numbers(graph: Graph) -> None:
    numbers = [n for t in graph.inputs.values() for n in t.shape]
    for layer in graph.layers:
        numbers += [layer.count, *(n for shape in layer.out_shapes for n in shape)]
    if not all(type(n) is int for n in numbers):
        raise UsageError("a module takes plain numbers for its parameters, no arrays or symbols")


class _Building:
    """Shapes flow through on the meta device: a layer is built and run there, then built anew where it is wanted."""

    def __init__(self, graph: Graph, device: str) -> None:
        self.graph = graph
        self.device = device
        self.numbers: dict[Any, int] = {}
        self.tensors: list[Tensor] = []
        self.flat: list[bool] = []
        self.last: dict[int, int] = {}
        self.names: set[str] = set()
        self.known: dict[Any, tuple[Tensor, ...]] = {}
        self.module = GraphModule({name: t.shape for name, t in graph.inputs.items()})
        every = [_name(layer) for layer in graph.layers]
        self.holders = {name[:k] for name in every for k, ch in enumerate(name) if ch == "."}
        for t in graph.inputs.values():
            self._add(t.source, torch.empty(1, *t.shape, device="meta"), False)

    def _add(self, key: Any, tensor: Tensor, flat: bool) -> int:
        self.numbers[key] = number = len(self.tensors)
        self.tensors.append(tensor)
        self.flat.append(flat)
        return number

    def number(self, t: Edge) -> int:
        """The tensor at an edge: an input of the network, or an output of the layer that the edge comes from."""
        if t.source not in self.numbers:
            raise CostcalcError("its input comes from a layer that doesn't run before it")
        return self.numbers[t.source]

    def add_layer(self, layer: Layer) -> None:
        """The next layer: its module, and its turn."""
        name, op = _name(layer), layer.op
        try:
            if name in self.names:
                raise CostcalcError("another layer has the same name")
            sources = tuple(map(self.number, layer.inputs))
            arriving = [self.tensors[k] for k in sources]
            made = self._made(op, arriving)
            self._place(layer, arriving)
        except Exception as e:
            if is_out_of_memory(e):
                raise
            why = e.message if isinstance(e, CostcalcError) else reason(e)
            raise LayerFailed(name, op.kind, why, self.finish()) from e
        self.names.add(name)
        flat = op.extent == "point" or (op.extent == "inputs" and all(self.flat[k] for k in sources))
        results = tuple(self._add((layer, port), tensor, flat) for port, tensor in enumerate(made))
        self.last.update(dict.fromkeys(sources, len(self.module.steps)))
        self.module.steps.append(ModuleStep(name, op.kind, sources, results, ()))

    def _made(self, op: ops.Op, arriving: list[Tensor]) -> tuple[Tensor, ...]:
        """What comes out of ``op``; one with the same arguments and inputs isn't run again for it."""
        key = (type(op), tuple(op.arguments().items()), tuple(x.shape for x in arriving))
        if key not in self.known:
            with torch.device("meta"):
                shadow = build_op(op, arriving).eval()
            with torch.no_grad():
                self.known[key] = several(shadow(*arriving))
        return self.known[key]

    def _place(self, layer: Layer, arriving: list[Tensor]) -> None:
        name, owner = _name(layer), layer.owner
        # A module that holds others below its name can't stand at two names.
        if owner is not None and _same_arguments(layer, owner) and not {name, _name(owner)} & self.holders:
            self.module.place(name, self.module.get_submodule(_name(owner)))
            return
        with torch.device(self.device):
            module = build_op(layer.op, arriving)
        if owner is not None:
            _share(module, self.module.get_submodule(_name(owner)), _name(owner))
        self.module.place(name, module)

    def finish(self) -> GraphModule:
        """The module with the outputs that there are so far; tensors are let go where nothing needs them any more."""
        ends = {name: t for name, t in self.graph.outputs.items() if self._is_made(t)}
        self.module.outputs = {name: self._output(t) for name, t in ends.items()}
        kept = {number for number, _ in self.module.outputs.values()}
        for k, step in enumerate(self.module.steps):
            done = [n for n in {*step.sources, *step.results} - kept if self.last.get(n, k) == k]
            self.module.steps[k] = step._replace(done=tuple(sorted(done)))
        module: GraphModule = self.module.train()
        return module

    def _is_made(self, t: Edge) -> bool:
        return t.layer is None or t.source in self.numbers

    def _output(self, t: Edge) -> tuple[int, bool]:
        k = self.number(t)
        return k, self.flat[k] and set(self.tensors[k].shape[2:]) == {1}


def _name(layer: Layer) -> str:
    return layer.name or ROOT


def _same_arguments(layer: Layer, owner: Layer) -> bool:
    return type(layer.op) is type(owner.op) and layer.op.arguments() == owner.op.arguments()


def _share(module: nn.Module, owner: nn.Module, name: str) -> None:
    """The owner's parameters and statistics in place of the module's own."""
    for own, kept in ((module._parameters, owner._parameters), (module._buffers, owner._buffers)):
        shapes: list[dict[str, Any]] = [{k: v.shape for k, v in d.items() if v is not None} for d in (own, kept)]
        if shapes[0] != shapes[1]:
            raise ValueError(f"the weights of {quoted(name)} have other shapes")
        own.update(kept)

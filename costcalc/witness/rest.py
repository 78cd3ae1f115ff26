"""What of a user's module no compared layer has: its other parameters, its other layers, its outputs."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from torch import Tensor, nn

from ..graph import Graph, Layer
from ..record import Record

Sizes = tuple[int, ...]


class Held(Record):
    """Trainable parameters by the name of the layer that has them, or by their own; ``type`` is the layer's."""

    name: str
    type: str
    params: int


class Rest(Record):
    """What isn't compared layer by layer.

    ``held`` are the parameters that no compared layer has, ``layers`` the types of the other layers that ran and how
    many there are of each, ``outputs`` the shapes of all tensors that the module gives, with their batch.
    """

    held: list[Held]
    layers: dict[str, int]
    outputs: list[Sizes]


def rest_of(module: nn.Module, compared: Collection[int], ran: Collection[int], made: Any) -> Rest:
    """``compared`` and ``ran`` are ids of layers; ``made`` is what the forward pass gave."""
    done = [m for m in module.modules() if m is not module and id(m) in ran and not any(m.children())]
    layers = Counter(type(m).__name__ for m in done if id(m) not in compared)
    return Rest(list(_held(module, compared, ran)), dict(layers), [tuple(t.shape) for t in _tensors(made)])


def _held(module: nn.Module, compared: Collection[int], ran: Collection[int]) -> Iterator[Held]:
    seen = {id(p) for m in module.modules() if id(m) in compared for p in m.parameters(recurse=False)}
    for name, layer in module.named_modules():
        own = {k: p for k, p in layer.named_parameters(recurse=False) if p.requires_grad and id(p) not in seen}
        seen.update(map(id, own.values()))
        type_name = type(layer).__name__ + ("" if id(layer) in ran else ", didn't run")
        if own and name and type(layer).__module__.startswith("torch.nn."):
            yield Held(name, type_name, sum(p.numel() for p in own.values()))
            continue
        for label, parameter in own.items():
            yield Held(f"{name}.{label}" if name else label, "Parameter", parameter.numel())


def _tensors(made: Any) -> Iterator[Tensor]:
    """Every tensor in tuples, lists, mappings and dataclasses, in order."""
    if isinstance(made, Tensor):
        yield made
        return
    parts: Any = ()
    if isinstance(made, Mapping):
        parts = made.values()
    elif isinstance(made, tuple | list):
        parts = made
    elif dataclasses.is_dataclass(made):
        parts = [getattr(made, field.name) for field in dataclasses.fields(made)]
    for part in parts:
        yield from _tensors(part)


def graph_outputs(graph: Graph) -> dict[str, Sizes]:
    """Our own outputs, with the number of maps in front."""
    return {n: (t.layer.count if isinstance(t.layer, Layer) else 1, *t.shape) for n, t in graph.outputs.items()}


def same_shape(ours: Sizes, theirs: Sizes | None) -> bool:
    """Whether the two are one shape: a module may leave out sizes of 1 (a 1x1 map, the height of a sequence)."""
    if theirs is None or len(ours) == len(theirs):
        return ours == theirs
    return ours[:2] == theirs[:2] and _long(ours) == _long(theirs)


def _long(shape: Sizes) -> Sizes:
    return tuple(n for n in shape[2:] if n != 1)

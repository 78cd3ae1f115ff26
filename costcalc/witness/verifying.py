"""What costcalc counts beside what a forward pass measures, layer by layer."""

from __future__ import annotations

from typing import Any

from ..cost import Cost
from ..graph import Graph, Layer, Tensor
from ..record import Record, fresh
from ..rows import LayerCost
from .building import ROOT, LayerFailed, build_module
from .measuring import Measured, measure

LARGE_MULT_ADDS = 2_000_000_000
LARGE_PARAMS = 100_000_000
Value = Any


class Difference(Record):
    """A figure of a layer, or of the whole network (no layer), that isn't what PyTorch has."""

    layer: str
    op: str
    figure: str
    ours: Value
    measured: Value


class Verification(Record):
    """One network at one point: our layers, the measured ones (fewer, if PyTorch refuses one), what differs.

    ``outputs`` and ``finite`` are those of the forward pass; ``failure`` is why there is none of some layers.
    """

    cost: Cost
    device: str
    layers: list[LayerCost]
    measured: list[Measured]
    differences: list[Difference]
    outputs: dict[str, tuple[int, ...]] = fresh(default_factory=dict)
    finite: bool | None = None
    failure: LayerFailed | None = None

    @property
    def agrees(self) -> bool:
        return not self.differences

    @property
    def params(self) -> int:
        """Measured."""
        return sum(layer.params for layer in self.measured)

    @property
    def mult_adds(self) -> int:
        """Measured."""
        return sum(layer.mult_adds for layer in self.measured)

    @property
    def differing_layers(self) -> int:
        """How many layers differ in anything."""
        return len({d.layer for d in self.differences if d.layer})


def usual_device(cost: Cost) -> str:
    """``meta``, which computes shapes but no values, for a network that would take long or much memory; else cpu."""
    return "meta" if cost.mult_adds > LARGE_MULT_ADDS or cost.params > LARGE_PARAMS else "cpu"


def verify(cost: Cost, graph: Graph, device: str) -> Verification:
    """``cost`` against a forward pass through ``graph`` (all copies written out) on cpu, meta or cuda.

    Raises :class:`.needs.OutOfMemory`, and :class:`UsageError` for a graph over arrays or symbols.
    """
    failure: LayerFailed | None = None
    try:
        module = build_module(graph, device)
    except LayerFailed as e:
        failure, module = e, e.module
    measurement = measure(module, device)
    ours = list(cost.layers)
    found = Verification(cost, device, ours, measurement.layers, [], measurement.outputs, measurement.finite)
    for ours_k, layer, measured in zip(ours, graph.layers, measurement.layers, strict=False):
        found.differences += differences(ours_k, layer, measured)
    if failure is not None:
        expected = next(layer.out_shapes for layer in graph.layers if _name(layer.name) == failure.layer)
        found.differences.append(Difference(failure.layer, failure.kind, "output", expected, failure.why))
        found.failure = failure
        return found
    if len(ours) != len(measurement.layers):
        found.differences.append(Difference("", "", "layers", len(ours), len(measurement.layers)))
    found.differences += _totals(found, graph)
    return found


def differences(ours: LayerCost, layer: Layer, measured: Measured) -> list[Difference]:
    """What differs of one layer. Its shape has to be the graph's and the cost's."""
    name = _name(ours.name)
    pairs: list[tuple[str, Value, Value]] = [
        ("name", name, measured.name),
        ("op", ours.op, measured.kind),
        ("output", layer.out_shapes, measured.out_shapes),
        ("output", (ours.out_shape, *layer.out_shapes[1:]), measured.out_shapes),
        ("maps", layer.count, measured.maps),
        ("params", ours.params, measured.params),
        ("mult-adds", ours.mult_adds, measured.mult_adds),
    ]
    found: list[Difference] = []
    for figure, a, b in pairs:
        if a != b and (figure, a) not in [(d.figure, d.ours) for d in found]:
            found.append(Difference(name, ours.op, figure, a, b))
    return found


def _totals(found: Verification, graph: Graph) -> list[Difference]:
    """Totals, which come from a graph whose like copies are folded, and the outputs."""
    shapes = {name: _batched(t, found.outputs.get(name, ())) for name, t in graph.outputs.items()}
    pairs = [
        ("params", found.cost.params, found.params),
        ("mult-adds", found.cost.mult_adds, found.mult_adds),
        ("outputs", shapes, found.outputs),
    ]
    return [Difference("", "", figure, a, b) for figure, a, b in pairs if a != b]


def _batched(t: Tensor, like: tuple[int, ...]) -> tuple[int, ...]:
    """With the number of maps in front; where the module leaves a size of 1 x 1 away, without that."""
    full = (t.layer.count if isinstance(t.layer, Layer) else 1, *t.shape)
    return full[:2] if len(like) == 2 and set(full[2:]) == {1} else full


def _name(name: str) -> str:
    return name or ROOT

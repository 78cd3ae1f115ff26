"""Totals that leave something out, or add it: the classifier, batch norm, biases, the second half of a FLOP."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from typing import Any, Literal

from ..conventions import Convention
from ..cost import Cost
from ..errors import CostcalcError
from ..graph import Layer
from ..network import Network
from ..record import Record
from .totals import whole

Measure = Literal["work", "params"]
CLASSES = "classes"
"""The parameter whose value the classifier's width is."""


class PartTotal(Record):
    """A total that differs from the convention's own by what ``words`` say. ``unit``: "" for the convention's."""

    measure: Measure
    value: Any
    words: str
    unit: str = ""


def parts(network: Network, values: Mapping[str, Any], cost: Cost) -> list[PartTotal]:
    """The totals of ``cost``, which is that at ``values``, without and with the parts that people leave out or add."""
    convention = cost.convention
    params, work = cost.params, cost.counted
    found = [
        PartTotal("params", params - _stored(cost.graph.layers, convention, norm=True), "without batch norm"),
        PartTotal("params", params - _stored(cost.graph.layers, convention, norm=False), "without biases"),
        PartTotal("params", params + _statistics(cost.graph.layers, convention), "with batch norm's moving statistics"),
        PartTotal("work", work + _uncounted(cost.graph.layers, convention, "bias_add"), "with biases"),
        PartTotal("work", work + _uncounted(cost.graph.layers, convention, "norm"), "with batch norm"),
        PartTotal("work", 2 * work, "two operations for each multiply-add", "FLOPs"),
        PartTotal("work", whole(Fraction(work) / 2), "half"),
    ]
    for head in _without_head(network, values, cost):
        found += [head]
    own = {"params": params, "work": work}
    return [part for part in found if part.value not in (own[part.measure], 0)]


def _stored(layers: Iterable[Layer], convention: Convention, *, norm: bool) -> Any:
    """Counted params of batch norm, or of the biases of all other layers."""
    total = 0
    for layer in layers:
        stored, _ = convention.amounts(layer)
        wanted = stored if norm and layer.op.kind == "batch_norm" else {} if norm else {"bias": stored.get("bias", 0)}
        total += sum(wanted.values()) * layer.weight_count
    return whole(total)


def _statistics(layers: Iterable[Layer], convention: Convention) -> Any:
    """What batch norm keeps of the data it saw, where the convention doesn't count that."""
    total = 0
    for layer in layers:
        if layer.op.kind == "batch_norm":
            stored, there = convention.amounts(layer)[0], layer.op.weights()
            total += sum(there[p] for p in layer.op.statistics if p in there and p not in stored) * layer.weight_count
    return total


def _uncounted(layers: Iterable[Layer], convention: Convention, part: str) -> Any:
    """One for each ``part`` of the layers' work, where the convention doesn't count that; norms: batch norm's."""
    total = 0
    for layer in layers:
        if part != "norm" or layer.op.kind == "batch_norm":
            there = layer.op.work(layer.in_shapes, layer.out_shape)
            if part in there and part not in convention.amounts(layer)[1]:
                total += there[part] * layer.count
    return total


def _without_head(network: Network, values: Mapping[str, Any], cost: Cost) -> Iterator[PartTotal]:
    """Without the layers whose params change with the number of classes."""
    if CLASSES not in network.parameter_codes:
        return
    try:
        wider = network.cost({**values, CLASSES: cost.parameters[CLASSES] + 1}, convention=cost.convention)
    except CostcalcError:
        return
    pairs = list(zip(cost.graph.layers, wider.graph.layers, strict=False))
    if len(cost.graph.layers) != len(wider.graph.layers):
        return
    params = work = 0
    names = []
    for layer, other in pairs:
        (p, w), (p_wider, _) = cost.convention.count(layer), cost.convention.count(other)
        if p != p_wider:
            names.append(layer.name)
            params, work = params + p * layer.weight_count, work + w * layer.count
    what = "the classifier" if len(names) == 1 else "the layers of the classes"
    if names:
        yield PartTotal("params", cost.params - params, f"without {what}")
        yield PartTotal("work", cost.counted - work, f"without {what}")

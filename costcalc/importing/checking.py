"""A text against what was traced: params, mult-adds, and the shape of every call, at the size that the text is for."""

from __future__ import annotations

from typing import Any, NamedTuple

from ..errors import SpecError
from ..graph import Graph, Layer
from ..language.source import Source
from ..network import Network, network_from
from .calls import Flat
from .flat_text import flat_text
from .record import Trace


class SizeCounts(NamedTuple):
    """What the module has at a size, and what the spec has there; ``at`` is what else was given: ``NAME=VALUE``."""

    size: tuple[int, ...]
    params: int
    spec_params: int
    mult_adds: int | None
    spec_mult_adds: int
    at: str = ""

    @property
    def agrees(self) -> bool:
        """Whether both counts are the same."""
        return self.params == self.spec_params and self.mult_adds in (None, self.spec_mult_adds)


class Checked(NamedTuple):
    """A spec that was loaded and counted: its network, the counts at each size, and shapes that differ."""

    network: Network
    sides: tuple[SizeCounts, ...]
    shapes: tuple[str, ...]

    @property
    def agrees(self) -> bool:
        """Whether nothing differs."""
        return not self.shapes and all(side.agrees for side in self.sides)


def loaded(text: str, name: str = "imported.yaml") -> Network:
    """The network of a text. Raises :class:`SpecError`."""
    return network_from(Source(name, text, ""))


def check(text: str, flat: Flat, first: Trace, second: Trace | None) -> Checked:
    """``text`` beside the traces, and the shapes of the calls that it is made of beside theirs.

    A text that can't be evaluated is an error.
    """
    network = loaded(text)
    sides = [_side(network, first, {})]
    shapes = [_shapes(loaded(flat_text(flat)).graph(expand=True), flat)]
    if second is not None:
        try:
            sides.append(_side(network, second, {"res": _resolution(second)}))
        except SpecError as error:
            shapes.append(f"at the second size: {error}")
    return Checked(network, tuple(sides), tuple(filter(None, shapes)))


def check_at(network: Network, trace: Trace, name: str, value: float) -> SizeCounts:
    """The counts where an argument of the module, which is a parameter of the spec, has a value."""
    return _side(network, trace, {name: value})._replace(at=f"{name}={value:g}")


def _resolution(trace: Trace) -> int | tuple[int, int]:
    height, width = trace.inputs[0].shape[-2:]
    return height if height == width else (height, width)


def _side(network: Network, trace: Trace, values: dict[str, Any]) -> SizeCounts:
    cost = network.cost(**values)
    unused = sum(number for _, number in trace.unused)
    return SizeCounts(
        trace.inputs[0].shape, trace.params - unused, int(cost.params), trace.mult_adds, int(cost.mult_adds)
    )


def _shapes(graph: Graph, flat: Flat) -> str:
    """The first call whose shapes aren't those of the trace; empty if there is none."""
    calls: dict[object, list[Layer]] = {}
    for layer in graph.layers:
        calls.setdefault(layer.call, []).append(layer)
    found = list(calls.values())
    if len(found) != len(flat.calls):
        return f"the spec has {len(found)} calls, the module {len(flat.calls)}"
    for layers, call in zip(found, flat.calls, strict=True):
        if layers[-1].out_shapes != call.outputs:
            return f"{call.path or call.word}: the spec has {layers[-1].out_shapes}, the module {call.outputs}"
    return ""

"""A trace as a flat list of calls: every operation lowered, rewritten as a person would write it, with its modules."""

from __future__ import annotations

from ..calls import Flat
from ..record import Trace, TraceNode
from . import convolutions, detection, elementwise, joining, linear, norms, parting, pools, products, recurrent, views
from .arranging import ordered, whole
from .context import Gaps, TraceLowering
from .registry import Gap
from .values import Scores, TensorValue

MODULES = (
    convolutions,
    detection,
    elementwise,
    joining,
    linear,
    norms,
    parting,
    pools,
    products,
    recurrent,
    views,
)
"""Those that register what they lower."""


def lower(trace: Trace) -> Flat:
    """The calls of ``trace``. Raises :class:`~.context.Gaps` for what the language can't say."""
    lowering = TraceLowering(trace)
    lowering.run()
    outputs = []
    for read in trace.outputs:
        value = lowering.values[read.node][read.output]
        if isinstance(value, Scores):
            raise Gap("attention scores that are a result", read.node)
        if isinstance(value, TensorValue):
            outputs.append(_result(lowering, lowering.nodes[read.node], value).ref)
    if lowering.gaps:
        raise Gaps(lowering.gaps)
    return Flat(
        name=trace.name,
        inputs=tuple(lowering.inputs),
        calls=lowering.calls,
        outputs=tuple(outputs),
        notes=[*trace.notes, *lowering.notes],
    )


def _result(lowering: TraceLowering, node: TraceNode, x: TensorValue) -> TensorValue:
    """A result as the module gives it: whole, its channels in order."""
    x = whole(lowering, node, x)
    for dim in x.layout.dims:
        if dim != x.layout.channels and set(dim) == set(x.layout.channels):
            return ordered(lowering, node, x, dim)
    return x

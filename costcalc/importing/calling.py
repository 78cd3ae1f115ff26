"""A module at hand as a network, without a process of its own: ``costcalc.from_torch(module, input_shape)``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..errors import CostcalcError
from ..network import Network
from .from_torch import trace_module
from .imported import imported
from .lowering.context import Gaps


def from_torch(module: Any, input_shape: Sequence[int], *, name: str = "") -> Network:
    """The network of a ``torch.nn.Module``; its ``text()`` is the spec.

    ``input_shape`` is channels first, the batch of 1 in front or not. The module is copied to the meta device and left
    as it is. Raises :class:`CostcalcError` for what PyTorch can't trace or the language can't say.
    """
    traces = trace_module(module, tuple(input_shape), name or type(module).__name__)
    try:
        made = imported(traces, f"PyTorch: {type(module).__module__}.{type(module).__qualname__}")
    except Gaps as found:
        gap = found.gaps[0]
        where = ", ".join(filter(None, [gap.path, gap.source]))
        raise CostcalcError(f"the language can't say it: {gap.kind}: {gap.op}, at {where or 'the top'}") from found
    if not made.agrees:
        raise CostcalcError(f"its spec differs from it: {made.checked.sides[0]}")
    return made.checked.network

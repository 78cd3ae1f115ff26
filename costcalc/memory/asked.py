"""What is asked of memory at many points: a definition, and of what its bytes are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..graph import Graph
from ..record import Record
from .definition import MemoryDefinition
from .usage import memory_of, require_batch, require_bits

PEAK, FLASH = "peak_memory", "weight_bytes"
"""The figures of a network: the most bytes of activations at a time, and the bytes of its weights."""


class MemoryAsked(Record):
    """The memory that is asked for: a definition, bits of activations and of weights, images at a time."""

    definition: MemoryDefinition
    bits: int = 32
    weight_bits: int | None = None
    batch: int = 1

    def check(self) -> None:
        """:class:`UsageError` for bits and a batch that there are not."""
        require_bits(self.bits)
        require_bits(self.bits if self.weight_bits is None else self.weight_bits)
        require_batch(self.batch)

    def figures(self, graph: Graph, expanded: Callable[[], Graph]) -> dict[str, Any]:
        """The bytes of a network by the figures' names; ``expanded``: its graph with every copy of a repeat.

        What holds a block's input, or places tensors one by one, sees the copies; what is alive is the same without.
        """
        seen = graph if self.definition.name == "live" else expanded()
        use = memory_of(seen, self.definition, bits=self.bits, weight_bits=self.weight_bits, batch=self.batch)
        return {PEAK: use.peak, FLASH: use.flash}

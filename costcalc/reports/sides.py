"""The networks that ``compare`` puts side by side."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import Any

from ..memory import MemoryUse
from ..record import Record, fresh
from .counted import Counted


class Side(Record):
    """One of the networks: its letter, its word on the command line, that without the point, and its cost.

    ``given``: the values of its parameters that were given; ``own``: the names of those in its own point.
    ``use``: its bytes, where they are asked for, and ``moved`` those that its layers read and write, for ``batch``
    images.
    """

    letter: str
    word: str
    spec: str
    counted: Counted
    given: dict[str, Any] = fresh(default_factory=dict)
    own: frozenset[str] = frozenset()
    use: MemoryUse | None = None
    moved: int = 0
    batch: int = 1

    def ask_bytes(self, definition: str, bits: int) -> None:
        """Its bytes by a definition of memory, at ``bits`` of a value."""
        from ..memory.traffic import moved_bytes

        cost = self.counted.default
        self.use = cost.memory(definition, bits=bits, batch=self.batch)
        self.moved = sum(moved_bytes(cost.graph, bits=bits, batch=self.batch).values())

    def total(self, measure: str) -> int:
        """``params`` or ``mult_adds``, exact."""
        total: int = getattr(self.counted.default, measure)
        return total


def letters() -> Iterator[str]:
    """A to Z, and then A1, B1 and so on."""
    for k in count():
        for ch in "ABCDEFGHIJKLMNOPQRSTUVWXYZ":
            yield f"{ch}{k or ''}"

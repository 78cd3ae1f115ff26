"""The frontier of all blocks from those of each."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..space.frontier import Frontier
from .asked import SweepRequest
from .forms import Rows
from .lines import as_lists


class Merged:
    """What is left of the rows that are added block by block: those that none beats."""

    def __init__(self, asked: SweepRequest) -> None:
        self.columns = list(dict.fromkeys([*asked.columns, *(aim.column for aim in asked.aims)]))
        self._aims = [aim.column for aim in asked.aims]
        self._frontier: Frontier[tuple[Any, ...]] = Frontier(asked.aims)
        self.points = self.invalid = 0

    def add(self, rows: Rows) -> None:
        """The frontier of the next block."""
        self.points += rows.points
        self.invalid += rows.invalid
        columns = as_lists(rows)
        figures = zip(*(columns[name] for name in self._aims), strict=True)
        for key, row in zip(figures, zip(*(columns[name] for name in self.columns), strict=True), strict=True):
            self._frontier.add(key, row)

    def rows(self) -> Rows:
        """The frontier of all."""
        kept = self._frontier.items
        columns = dict(zip(self.columns, map(list, zip(*kept, strict=True)), strict=False))
        found = {name: columns.get(name, []) for name in self.columns}
        return Rows(found, len(kept), self.points, self.invalid)


def best_of(asked: SweepRequest, blocks: Iterable[Rows]) -> Rows:
    """The frontier of ``blocks``."""
    merged = Merged(asked)
    for rows in blocks:
        merged.add(rows)
    return merged.rows()

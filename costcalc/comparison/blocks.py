"""What two networks cost block by block: which blocks stand for which, and by how much they differ."""

from __future__ import annotations

from typing import Literal

from ..cost import Cost
from ..record import Record
from .diff import LayerState, aligned, changed_fields


class BlockChange(Record):
    """A block, or a layer that is in none: its names in both networks, None where it isn't there, and its figures.

    ``params`` and ``mult_adds`` are exact, before and after, 0 where it isn't. ``is_changed``: whether a layer of it
    was added, removed or changed.
    """

    before: str | None
    after: str | None
    params: tuple[int, int]
    mult_adds: tuple[int, int]
    is_changed: bool

    @property
    def kind(self) -> Literal["added", "removed", "changed", "same"]:
        """What happened to the block."""
        if self.before is None:
            return "added"
        if self.after is None:
            return "removed"
        return "changed" if self.is_changed else "same"


class _Block:
    """The layers of a block beside those of its other side."""

    def __init__(self, before: str | None = None, after: str | None = None) -> None:
        self.before = before
        self.after = after
        self.pairs: list[tuple[LayerState | None, LayerState | None]] = []

    def change(self) -> BlockChange:
        changed = any(a is None or b is None or changed_fields(a, b) for a, b in self.pairs)
        return BlockChange(self.before, self.after, self._sums("params"), self._sums("mult_adds"), changed)

    def _sums(self, what: str) -> tuple[int, int]:
        before, after = zip(*self.pairs, strict=True)
        return sum(getattr(s, what) for s in before if s), sum(getattr(s, what) for s in after if s)


def block_changes(before: Cost, after: Cost) -> list[BlockChange]:
    """Every block of both networks, in order; the figures of each network add up to its totals.

    Two blocks are the same if layers of theirs are, as :func:`difference` pairs those; the first such pair decides.
    """
    pairs = aligned(before, after)
    old: dict[str, _Block] = {}
    new: dict[str, _Block] = {}
    for a, b in pairs:
        if a is not None and b is not None and a.block not in old and b.block not in new:
            old[a.block] = new[b.block] = _Block(a.block, b.block)
    found: dict[_Block, None] = {}
    for a, b in pairs:
        own = None if a is None else old.setdefault(a.block, _Block(before=a.block))
        other = None if b is None else new.setdefault(b.block, _Block(after=b.block))
        found |= {block: None for block in (own, other) if block is not None}
        if own is other and own is not None:
            own.pairs.append((a, b))
            continue
        if own is not None:
            own.pairs.append((a, None))
        if other is not None:
            other.pairs.append((None, b))
    return [block.change() for block in found]

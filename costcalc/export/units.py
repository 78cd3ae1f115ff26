"""Which layers of a network are a block's: each call of one is a unit with inputs, items in order, and outputs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any, NamedTuple

from torch import nn

from ..graph import CalledBlock
from ..witness.module import GraphModule, ModuleGroup
from .flow import Chain


class Item(NamedTuple):
    """A call within a unit: of layers, or of a unit inside of it. ``label`` is its name below the unit's."""

    label: str
    sources: tuple[int, ...]
    results: tuple[int, ...]
    unit: Unit | None = None


class Unit:
    """One call of a block, or the whole network (``path`` empty)."""

    def __init__(self, path: str, block: CalledBlock, module: nn.Module) -> None:
        self.path = path
        self.name = block.name
        self.arguments: Mapping[str, Any] = block.arguments
        self.module = module
        self.items: list[Item] = []
        self.units: dict[str, Unit] = {}
        """The units directly inside, by their labels."""
        self.inputs: tuple[int, ...] = ()
        self.outputs: tuple[int, ...] = ()


def whole_unit(module: GraphModule, blocks: Mapping[str, CalledBlock], chains: list[Chain], name: str) -> Unit:
    """The network as a unit of units."""
    return _Units(module, blocks, chains).unit("", CalledBlock(name, {}), 0, len(chains))


class _Units:
    def __init__(self, module: GraphModule, blocks: Mapping[str, CalledBlock], chains: list[Chain]) -> None:
        self.module = module
        self.chains = chains
        self.read_by: dict[int, list[int]] = {}
        for k, chain in enumerate(chains):
            for number in chain.sources:
                self.read_by.setdefault(number, []).append(k)
        for number, _ in module.outputs.values():
            self.read_by.setdefault(number, []).append(len(chains))
        self.extents = {path: extent for path in blocks for extent in [self._extent(path)] if extent}
        self.blocks = blocks

    def _extent(self, path: str) -> tuple[int, int] | None:
        """The chains below a path, if they are a group of layers in a row."""
        inside = [k for k, chain in enumerate(self.chains) if chain.name.startswith(f"{path}.")]
        if not inside or any(chain.name == path for chain in self.chains):
            return None
        in_a_row = inside == list(range(inside[0], inside[-1] + 1))
        is_group = type(self.module.get_submodule(path)) is ModuleGroup
        return (inside[0], inside[-1] + 1) if in_a_row and is_group else None

    def unit(self, path: str, block: CalledBlock, low: int, high: int) -> Unit:
        unit = Unit(path, block, self.module.get_submodule(path))
        within = {p: e for p, e in self.extents.items() if p != path and (not path or p.startswith(f"{path}."))}
        at = len(path) + 1 if path else 0
        k = low
        while k < high:
            starting = [p for p, (first, last) in within.items() if first == k and last <= high]
            if starting:
                inner = min(starting, key=len)
                made = self.unit(inner, self.blocks[inner], *self.extents[inner])
                unit.items.append(Item(inner[at:], made.inputs, made.outputs, made))
                unit.units[inner[at:]] = made
                k = self.extents[inner][1]
            else:
                chain = self.chains[k]
                unit.items.append(Item(chain.name[at:], chain.sources, chain.results))
                k += 1
        made_here = {number for item in unit.items for number in item.results}
        unit.inputs = tuple(dict.fromkeys(n for item in unit.items for n in item.sources if n not in made_here))
        made_before = [number for item in unit.items for number in item.results]
        outside = [n for n in made_before if any(not low <= k < high for k in self.read_by.get(n, ()))]
        unit.outputs = tuple(dict.fromkeys(outside)) or unit.items[-1].results
        unit.items = list(self._in_rows(unit))
        return unit

    def _in_rows(self, unit: Unit) -> Iterator[Item]:
        """Items that are all of a group of layers, each on what the one before it made, as one."""
        items, k = unit.items, 0
        uses = Counter(n for item in items for n in item.sources)
        uses.update(unit.outputs)
        while k < len(items):
            row = self._row(unit, k, uses)
            if row:
                yield Item(row, items[k].sources, items[k + self._length(unit, row) - 1].results)
                k += self._length(unit, row)
            else:
                yield items[k]
                k += 1

    def _length(self, unit: Unit, label: str) -> int:
        return len(unit.module.get_submodule(label)._modules)

    def _row(self, unit: Unit, k: int, uses: Counter[int]) -> str:
        """The label of the group that begins at item ``k``, if there is one."""
        label, _, _ = unit.items[k].label.rpartition(".")
        if unit.items[k].unit is None or not label or type(unit.module.get_submodule(label)) is not ModuleGroup:
            return ""
        below = [f"{label}.{name}" for name in unit.module.get_submodule(label)._modules]
        items = unit.items[k : k + len(below)]
        if [item.label for item in items] != below or any(len(i.sources) != 1 or len(i.results) != 1 for i in items):
            return ""
        follow = all(b.sources == a.results and uses[a.results[0]] == 1 for a, b in pairwise(items))
        return label if follow else ""


def every_unit(unit: Unit) -> Iterator[Unit]:
    """All units inside of one."""
    for inner in unit.units.values():
        yield inner
        yield from every_unit(inner)

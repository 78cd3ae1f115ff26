"""What a diagram shows: the blocks of a network to a depth, repeats folded, and the tensors between them.

Depth 1 are the rows of the spec's table, 2 the blocks of each, 3 the layers of these; a call of the spec is never
parted. The graph is the one whose equal copies are one already, so nothing is compared here: how many copies a block
stands for is read off the numbers that the written-out graph has.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction

from ..cost import Cost
from ..errors import UsageError
from ..graph import Graph, Layer, Tensor, path_labels
from ..ops import Shape, size_text
from ..record import Record, fresh

Key = tuple[str, ...]
"""The labels of a block's dotted name."""

SHADES = (
    (Fraction(0), "none", "#ffffff", "#1b1f24"),
    (Fraction(1, 100), "below 1 %", "#e4eef8", "#1b1f24"),
    (Fraction(5, 100), "1 to 5 %", "#b3d1ee", "#1b1f24"),
    (Fraction(20, 100), "5 to 20 %", "#6ba6dd", "#1b1f24"),
    (Fraction(2), "20 % or more", "#0b5fa5", "#ffffff"),
)
"""Shares of the mult-adds below or, for none, at a bound: what the key says, and the colours of block and text."""

_LABELS = 2
"""Shapes at an arrow."""


class DrawnBlock(Record):
    """A block: its name, the copies it stands for, what it is, the figures of all of them, the boxes around it."""

    id: str
    name: str
    copies: int
    about: str
    params: int
    mult_adds: int
    share: Fraction
    boxes: Sequence[Key] = ()
    is_end: bool = False

    @property
    def shade(self) -> int:
        """Which of :data:`SHADES` it has."""
        return next(k for k, (bound, *_) in enumerate(SHADES) if (self.share < bound if k else not self.share))

    @property
    def lines(self) -> list[str]:
        """What stands in it."""
        about = [self.about] * (self.about not in ("", self.name))
        return [times(self.name, self.copies), *about, *[_percent(self.share)] * bool(self.share)]


class DrawnArrow(Record):
    """Tensors that go from one block to another, by their ids, and their shapes."""

    source: str
    target: str
    shapes: Sequence[Shape]

    @property
    def text(self) -> str:
        """The shapes, each once."""
        texts = list(dict.fromkeys(size_text((*shape[1:], shape[0])) for shape in self.shapes))
        more = len(texts) - _LABELS
        return ", ".join(texts[:_LABELS]) + (f", {more} more" if more > 0 else "")


class Diagram(Record):
    """Blocks and arrows in order of execution. ``boxes``: what stands at each box around blocks, by its key."""

    title: str
    blocks: list[DrawnBlock]
    arrows: list[DrawnArrow]
    boxes: dict[Key, str] = fresh(default_factory=dict)

    def blocks_in(self, box: Key) -> list[DrawnBlock]:
        """The blocks that stand in ``box`` and in none inside of it; () is the whole."""
        return [block for block in self.blocks if (block.boxes[-1] if block.boxes else ()) == box]

    def boxes_in(self, box: Key) -> list[Key]:
        """The boxes that stand in ``box`` and in none inside of it."""
        return [own for own in self.boxes if self._around(own) == box]

    def _around(self, box: Key) -> Key:
        return next((box[:k] for k in range(len(box) - 1, 0, -1) if box[:k] in self.boxes), ())


def times(text: str, copies: int) -> str:
    """``text`` with the number of its copies."""
    return f"{text} × {copies}" if copies != 1 else text


def diagram_of(cost: Cost, written_out: Graph, depth: int = 1) -> Diagram:
    """The diagram of ``cost`` to a depth, 1 or more; ``written_out`` is its graph with every copy of a repeat.

    Raises :class:`UsageError` for another depth.
    """
    if depth < 1:
        raise UsageError(f"a diagram has a depth from 1, not {depth}")
    return _Folded(cost, written_out, depth).diagram()


class _Folded:
    """The groups of a graph's layers by the first labels of their calls."""

    def __init__(self, cost: Cost, written_out: Graph, depth: int) -> None:
        self._cost = cost
        self._calls = {layer: tuple(path_labels(layer.call)) for layer in cost.graph.layers}
        self._names = {tuple(name.split(".")): block.name for name, block in written_out.blocks.items()}
        self._numbers = _numbers(tuple(path_labels(layer.call)) for layer in written_out.layers)
        self._own_numbers = _numbers(self._calls.values())
        self.groups: dict[Key, list[Layer]] = {}
        for layer, call in self._calls.items():
            self.groups.setdefault(call[:depth], []).append(layer)
        self._ids = {key: f"n{k}" for k, key in enumerate(self.groups)}
        self._boxes = self._with_several()
        self._depth = depth

    def _with_several(self) -> set[Key]:
        """The names that have several others directly behind them, and so a box."""
        inside: dict[Key, set[Key]] = {}
        for key in self.groups:
            for k in range(1, len(key) + 1):
                inside.setdefault(key[:k], set()).add(key[: k + 1])
        return {key for key, behind in inside.items() if len(behind) > 1}

    def diagram(self) -> Diagram:
        costs = dict(zip(self._cost.graph.layers, self._cost.by("primitive"), strict=True))
        total = self._cost.mult_adds
        blocks = []
        for key, layers in self.groups.items():
            params, mult_adds = (sum(getattr(costs[la], what) for la in layers) for what in ("params", "mult_adds"))
            share = Fraction(mult_adds, total) if total else Fraction(0)
            boxes = [key[:k] for k in range(1, len(key) + 1) if key[:k] in self._boxes]
            name, copies = self._named(key, boxes)
            about = self._about(key, layers)
            blocks.append(DrawnBlock(self._ids[key], name, copies, about, params, mult_adds, share, boxes))
        ends, arrows = self._ends_and_arrows()
        title = f"{self._cost.spec}: {self._cost.params:,} params, {total:,} mult-adds"
        around = {box: self._box(box) for block in blocks for box in block.boxes}
        return Diagram(title, [*ends, *blocks], arrows, around)

    def _copies(self, key: Key) -> int:
        """How many copies a name stands for: up to the next number that has layers of its own."""
        if not key[-1].isdigit():
            return 1
        every, own = self._numbers.get(key[:-1], []), self._own_numbers[key[:-1]]
        later = [n for n in own if n > int(key[-1])]
        return sum(int(key[-1]) <= n < (min(later) if later else n + 1) for n in every) or 1

    def _named(self, key: Key, boxes: Iterable[Key]) -> tuple[str, int]:
        """A name without what the box around it tells, unless it began with a number then, and the copies likewise."""
        around = max((len(box) for box in boxes if len(box) < len(key) and box == key[: len(box)]), default=0)
        copies = 1
        for k in range(around + 1, len(key) + 1):
            copies *= self._copies(key[:k])
        return ".".join(key if key[around].isdigit() else key[around:]), copies

    def _about(self, key: Key, layers: Sequence[Layer]) -> str:
        """The kind of a single layer; the block that is called; what is repeated, and how often."""
        found = self._called(key, layers)
        told = ", ".join(times(what, copies) for what, copies in found.items())
        return told if len(found) <= _LABELS else f"{len({self._calls[layer] for layer in layers})} layers"

    def _called(self, key: Key, layers: Sequence[Layer]) -> dict[str, int]:
        """What stands behind a name, with its copies: through numbers, which name nothing."""
        calls = dict.fromkeys(self._calls[layer] for layer in layers)
        if len(calls) == 1:
            return {_kind(layers[0]): 1}
        if key in self._names:
            return {self._names[key]: 1}
        inside: dict[Key, list[Layer]] = {}
        for layer in layers:
            inside.setdefault(self._calls[layer][: len(key) + 1], []).append(layer)
        if not all(child[len(key) :] and child[-1].isdigit() for child in inside):
            return {f"{len(calls)} layers": 1}
        found: dict[str, int] = {}
        for child, own in inside.items():
            for what, copies in self._called(child, own).items():
                found[what] = found.get(what, 0) + copies * self._copies(child)
        return found

    def _box(self, key: Key) -> str:
        name, copies = self._named(key, self._boxes)
        about = self._names.get(key, name)
        return times(name if about == name else f"{name}: {about}", copies)

    def _ends_and_arrows(self) -> tuple[list[DrawnBlock], list[DrawnArrow]]:
        """The inputs and outputs as blocks of their own, and what goes where."""
        ends, found = list[DrawnBlock](), dict[tuple[str, str], list[Shape]]()
        ids: dict[object, str] = {}
        for name, tensor in self._cost.graph.inputs.items():
            ids[id(tensor)] = f"i{len(ends)}"
            ends.append(_end(ids[id(tensor)], "input" if name == "in" else f"input {name}"))

        def source(tensor: Tensor) -> str:
            maker = tensor.layer
            return self._id(maker) if isinstance(maker, Layer) else ids[id(tensor)]

        for layer in self._cost.graph.layers:
            for tensor in layer.inputs:
                if source(tensor) != self._id(layer):
                    found.setdefault((source(tensor), self._id(layer)), []).append(tensor.shape)
        results: dict[str, list[str]] = {}
        for name, tensor in self._cost.graph.outputs.items():
            results.setdefault(source(tensor), []).append(name)
            found.setdefault((source(tensor), f"o{list(results).index(source(tensor))}"), []).append(tensor.shape)
        for k, names in enumerate(results.values()):
            text = (
                "output" if names == ["out"] else f"output {names[0]}" if len(names) == 1 else f"{len(names)} outputs"
            )
            ends.append(_end(f"o{k}", text))
        return ends, [DrawnArrow(a, b, shapes) for (a, b), shapes in found.items()]

    def _id(self, layer: Layer) -> str:
        return self._ids[self._calls[layer][: self._depth]]


def _percent(share: Fraction) -> str:
    return "< 0.1 %" if share < Fraction(1, 1000) else f"{float(100 * share):.1f} %"


def _end(id: str, text: str) -> DrawnBlock:
    return DrawnBlock(id, text, 1, "", 0, 0, Fraction(0), is_end=True)


def _kind(layer: Layer) -> str:
    """``conv 3x3 / s2``."""
    stride = layer.op.stride_text
    return f"{layer.op.label} / {stride}" if stride and stride != "s1" else layer.op.label


def _numbers(calls: Iterable[Key]) -> dict[Key, list[int]]:
    """The numbers among the labels behind each name, in order."""
    found: dict[Key, dict[int, None]] = {}
    for call in calls:
        for k, label in enumerate(call):
            if label.isdigit():
                found.setdefault(call[:k], {})[int(label)] = None
    return {key: sorted(numbers) for key, numbers in found.items()}

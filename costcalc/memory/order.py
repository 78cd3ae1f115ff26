"""The order of a graph's layers that needs the least memory: the best one found, and what none can be below."""

from __future__ import annotations

from collections.abc import Iterator
from copy import copy
from heapq import heappop, heappush
from typing import Any

from ..errors import UsageError
from ..graph import Graph, Layer
from ..ops import elements
from ..record import Record
from .definition import MemoryDefinition
from .tensors import parts_of, sources_of
from .usage import MemoryUse, bytes_of, memory_of

MAX_STATES = 20_000
"""How many sets of layers that have run are looked at. What isn't decided by then has a bound instead."""


class Ordered(Record):
    """A graph in the best order that was found. ``bound``: no order has a peak below it; ``exact``: it has that peak.

    ``before`` is the graph's own order. The peaks are of what is alive; an arena may need more.
    """

    graph: Graph
    before: MemoryUse
    use: MemoryUse
    bound: int

    @property
    def exact(self) -> bool:
        """Whether no order is better."""
        return self.bound == max(self.use.live, default=0)


def best_order(
    graph: Graph, definition: MemoryDefinition, *, bits: int = 32, batch: int = 1, states: int = MAX_STATES
) -> Ordered:
    """The order of ``graph``'s layers with the least peak, among ``states`` sets of layers looked at.

    Never worse than the graph's own. Raises :class:`UsageError` for a definition by which blocks or training keep
    tensors, and for a graph of arrays or symbols.
    """
    if definition.keeps_block_input or definition.plan == "all":
        raise UsageError(
            f"{definition.name} keeps tensors whatever the order: only the graph's own order has an answer"
        )
    before = memory_of(graph, definition, bits=bits, batch=batch)
    if not all(isinstance(live, int) for live in before.live):
        raise UsageError("an order is looked for at one point at a time")
    problem = _Problem(graph, definition, bits, batch)
    own = max(before.live, default=0)
    order, bound = problem.solve(own, states)
    if order is None:
        return Ordered(graph, before, before, bound)
    found = copy(graph)
    found.layers = [graph.layers[k] for k in order]
    use = memory_of(found, definition, bits=bits, batch=batch)
    if use.peak > before.peak:  # an arena can fragment where less is alive
        return Ordered(graph, before, before, bound)
    return Ordered(found, before, use, bound)


class _Step:
    """A layer: the layers it waits for, the buffers it reads, what it makes or works in."""

    __slots__ = ("beside", "in_place", "makes", "needs", "reads", "scratch")

    def __init__(self) -> None:
        self.needs = 0
        self.reads: list[int] = []
        self.makes: list[int] = []
        self.in_place: int | None = None
        self.beside = 0
        self.scratch = 0


class _Problem:
    """Sets of layers are whole numbers, a bit for each layer; a set tells which buffers are alive behind it.

    A search over sets by the peak that leads to them, the least first: the first complete set is the best order, and
    whenever the search is stopped no order is below the peak of the next set.
    """

    def __init__(self, graph: Graph, definition: MemoryDefinition, bits: int, batch: int) -> None:
        self.sizes: list[int] = []
        self.readers: list[int] = []
        self.steps: list[_Step] = []
        self.after: list[list[int]] = [[] for _ in graph.layers]
        self.all = (1 << len(graph.layers)) - 1
        parts = parts_of(graph)
        number = {layer: k for k, layer in enumerate(graph.layers)}
        at: dict[Any, int | None] = {}

        def size(values: Any) -> int:
            return int(bytes_of(values, bits, batch, definition.align))

        def buffer(values: Any) -> int:
            self.sizes.append(size(values))
            self.readers.append(0)
            return len(self.sizes) - 1

        for tensor in graph.inputs.values():
            at[tensor.source] = buffer(elements(tensor.shape))
        self.start = sum(self.sizes)
        for k, layer in enumerate(graph.layers):
            step = _Step()
            self.steps.append(step)
            keys = [key for tensor in layer.inputs for key in sources_of(tensor)]
            for before, _ in keys:
                if isinstance(before, Layer) and not step.needs >> number[before] & 1:
                    step.needs |= 1 << number[before]
                    self.after[number[before]].append(k)
            read = [at[key] for key in keys]
            step.reads = list(dict.fromkeys(b for b in read if b is not None))
            for b in step.reads:
                self.readers[b] |= 1 << k
            rule = definition.rule(layer.op.kind, is_depthwise=layer.op.is_depthwise)
            kind = "depthwise" if layer.op.is_depthwise else layer.op.kind
            step.scratch = layer.op.window * definition.scratch[kind] if kind in definition.scratch else 0
            for port, shape in enumerate(layer.out_shapes):
                if rule == "weights":
                    at[layer, port] = None
                elif rule == "views" and read and read[0] is not None:
                    at[layer, port] = read[0]
                else:
                    values = elements(shape) * parts.get(layer, 1)
                    at[layer, port] = made = buffer(values)
                    step.makes.append(made)
                    if rule == "in_place" and read:
                        step.in_place = read[0]
                        step.beside = int(bytes_of(values // shape[0], bits, batch, 1)) if layer.op.is_depthwise else 0
        for tensor in graph.outputs.values():
            for key in sources_of(tensor):
                held = at[key]
                if held is not None:
                    self.readers[held] |= 1 << len(graph.layers)  # nobody who ever runs

    def run(self, done: int, live: int, k: int) -> tuple[int, int]:
        """The bytes while layer ``k`` runs behind the set ``done``, of which ``live`` are alive, and behind it."""
        step = self.steps[k]
        behind = done | 1 << k
        made = sum(self.sizes[b] for b in step.makes)
        kept = sum(self.sizes[b] for b in step.makes if self.readers[b])
        freed = sum(self.sizes[b] for b in step.reads if not self.readers[b] & ~behind)
        during = live + made + step.scratch
        over = step.in_place
        if over is not None and not self.readers[over] & ~behind:
            during += step.beside - min(made, self.sizes[over])
        return during, live + kept - freed

    def least(self) -> int:
        """What some layer needs in any order: all that it reads, and what it makes."""
        found = 0
        for step in self.steps:
            made, read = (sum(self.sizes[b] for b in buffers) for buffers in (step.makes, step.reads))
            over = min(made, self.sizes[step.in_place]) if step.in_place is not None else 0
            found = max(found, read + made + step.scratch - over)
        return found

    def solve(self, own: int, states: int) -> tuple[list[int] | None, int]:
        """An order with a peak below ``own``, or None; and a bound that no order is below."""
        floor = self.least()
        first = [k for k, step in enumerate(self.steps) if not step.needs]
        best: list[int] | None = None
        heap: list[tuple[int, int, int, int, int, list[int], Any]] = []
        seen: set[int] = set()
        tie = 0

        def push(peak: int, done: int, live: int, ready: list[int], path: Any) -> None:
            nonlocal tie
            peak, done, live, ready, path = self._forced(peak, done, live, ready, path)
            if peak < own and done not in seen:
                heappush(heap, (peak, -done.bit_count(), tie, done, live, ready, path))
                tie += 1

        push(floor, 0, self.start, first, None)
        while heap:
            peak, _, _, done, live, ready, path = heap[0]
            if done == self.all:
                return _listed(path), peak
            if len(seen) >= states:
                break
            heappop(heap)
            if done in seen:
                continue
            seen.add(done)
            for k in ready:
                during, behind = self.run(done, live, k)
                if (higher := max(peak, during)) < own:
                    push(higher, done | 1 << k, behind, self._ready(done | 1 << k, ready, k), (path, k))
        bound = heap[0][0] if heap else own
        for found in [*heap[:50], *sorted(heap, key=lambda state: state[1])[:50]]:
            peak, path = self._greedily(found)
            if peak < own:
                own, best = peak, _listed(path)
        return best, min(bound, own)

    def _forced(
        self, peak: int, done: int, live: int, ready: list[int], path: Any
    ) -> tuple[int, int, int, list[int], Any]:
        """Run what costs nothing: no more than the peak so far while it runs, and nothing more behind it.

        An order that runs such a layer later needs as much or more at every layer between.
        """
        moved = True
        while moved:
            moved = False
            for k in ready:
                during, behind = self.run(done, live, k)
                if during <= peak and behind <= live:
                    done, live, path, moved = done | 1 << k, behind, (path, k), True
                    ready = self._ready(done, ready, k)
                    break
        return peak, done, live, ready, path

    def _ready(self, done: int, ready: list[int], k: int) -> list[int]:
        return [j for j in ready if j != k] + [j for j in self.after[k] if not self.steps[j].needs & ~done]

    def _greedily(self, state: tuple[int, int, int, int, int, list[int], Any]) -> tuple[int, Any]:
        """The state's order to its end, always by the layer that needs least while it runs and behind it."""
        peak, _, _, done, live, ready, path = state
        while ready:
            during, behind, k = min((*self.run(done, live, k), k) for k in ready)
            peak, done, live, path = max(peak, during), done | 1 << k, behind, (path, k)
            ready = self._ready(done, ready, k)
        return peak, path


def _listed(path: Any) -> list[int]:
    return list(_backwards(path))[::-1]


def _backwards(path: Any) -> Iterator[int]:
    while path is not None:
        path, k = path
        yield k

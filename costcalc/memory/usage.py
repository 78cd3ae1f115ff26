"""What a network needs by a definition: bytes alive at each layer, the peak, and what is alive there."""

from __future__ import annotations

from typing import Any

from .. import arithmetic as ar
from ..errors import UsageError
from ..frames import data_frame
from ..graph import Graph
from ..record import Record, fresh
from ..shown import Shown, figure
from ..units import bytes_text
from .definition import MemoryDefinition
from .plan import Placed, place
from .tensors import BEFORE, HeldTensors, Lifetime, held_tensors
from .weights import flash

MAX_BITS = 64


class Alive(Record):
    """A tensor that is alive, and its bytes."""

    name: str
    bytes: Any


class MemoryUse(Shown, Record):
    """Bytes of activations. ``live``: at each layer, in their order; ``peak``: the most, at the layer ``at``.

    ``alive`` is what makes up the peak. Of a plan ``peak`` is the arena's size and ``placed`` where tensors lie in it.
    Over arrays and symbols ``at`` is empty: the peak moves. Values are of ``bits`` each and weights of ``weight_bits``;
    ``flash`` is what all weights take. docs/memory.md has the definitions and their sources.
    """

    definition: MemoryDefinition
    bits: int
    batch: int
    graph: Graph
    live: list[Any]
    peak: Any
    weight_bits: int = 32
    at: str = ""
    alive: list[Alive] = fresh(default_factory=list)
    placed: list[Placed] = fresh(default_factory=list)

    def __repr__(self) -> str:
        peak = bytes_text(self.peak) if isinstance(self.peak, int) else figure(self.peak)
        at = f" at {self.at}" if self.at else ""
        return f"<MemoryUse {self.definition.name}, {self.bits} bits, batch {self.batch}: peak {peak}{at}>"

    def to_pandas(self) -> Any:
        """A ``pandas.DataFrame`` with the bytes of each layer's weights, and of what is alive while it runs."""
        columns = zip(self.layers, self.weights, self.live, strict=True)
        return data_frame([{"name": name, "weight_bytes": own, "live_bytes": live} for name, own, live in columns])

    @property
    def layers(self) -> list[str]:
        """The names of the layers, in the order in which they run."""
        return [layer.name for layer in self.graph.layers]

    @property
    def weights(self) -> list[Any]:
        """Bytes of each layer's weights."""
        return [layer.total for layer in flash(self.graph, bits=self.weight_bits)]

    @property
    def flash(self) -> Any:
        """Bytes of all weights."""
        return ar.total(self.weights)


def memory_of(
    graph: Graph, definition: MemoryDefinition, *, bits: int = 32, weight_bits: int | None = None, batch: int = 1
) -> MemoryUse:
    """What ``graph`` needs at ``bits`` for each value (weights of ``weight_bits``) and ``batch`` images at a time.

    Raises :class:`UsageError` for bits outside 1 to 64, a batch below 1, and a kind of op without a rule.
    """
    require_bits(bits if weight_bits is None else weight_bits)
    require_bits(bits)
    require_batch(batch)
    tensors, sizes = _tensors(graph, definition, bits, batch)
    width = weight_bits or bits
    if definition.plan == "all":
        live = _all_so_far(tensors, sizes, len(graph.layers))
        return MemoryUse(definition, bits, batch, graph, live, ar.total(sizes), width)
    live, alive = _live(graph, definition, tensors, sizes, bits, batch)
    use = MemoryUse(definition, bits, batch, graph, live, _largest(live), width)
    if all(isinstance(x, int) for x in live):
        step = max(range(len(live)), key=lambda k: (live[k], -k)) if live else 0
        use.at = graph.layers[step].name if live else ""
        use.alive = [Alive(tensors.held[k].name, sizes[k]) for k in alive[step]] if live else []
        if definition.plan == "largest_first":
            use.placed = place(_buffers(tensors, sizes))
            use.peak = max((p.offset + p.bytes for p in use.placed), default=0)
    elif definition.plan == "largest_first":
        raise UsageError(f"{definition.name} places tensors one by one: it has no answer for many points at once")
    return use


def live_bytes(graph: Graph, definition: MemoryDefinition, bits: int, batch: int) -> list[Any]:
    """The bytes alive at each layer, which of symbols need no comparison."""
    tensors, sizes = _tensors(graph, definition, bits, batch)
    if definition.plan == "all":
        return _all_so_far(tensors, sizes, len(graph.layers))
    return _live(graph, definition, tensors, sizes, bits, batch)[0]


def _tensors(graph: Graph, definition: MemoryDefinition, bits: int, batch: int) -> tuple[HeldTensors, list[Any]]:
    tensors = held_tensors(graph, definition)
    return tensors, [_bytes(held, bits, batch, definition.align) for held in tensors.held]


def require_bits(bits: int) -> None:
    """:class:`UsageError` for a number of bits that no value has."""
    if type(bits) is not int or not 1 <= bits <= MAX_BITS:
        raise UsageError(f"a value has 1 to {MAX_BITS} bits, not {bits}")


def require_batch(batch: int) -> None:
    """:class:`UsageError` for a batch of no images."""
    if type(batch) is not int or batch < 1:
        raise UsageError(f"a batch is a whole number from 1, not {batch}")


def bytes_of(elements: Any, bits: int, batch: int, align: int) -> Any:
    """The bytes of so many values, begun on a whole byte and rounded up to ``align``."""
    size = ar.ceil_div(ar.mul(ar.mul(elements, batch), bits), 8)
    return ar.mul(ar.ceil_div(size, align), align) if align > 1 else size


def _bytes(held: Lifetime, bits: int, batch: int, align: int) -> Any:
    size = bytes_of(held.elements, bits, batch, align)
    return size if isinstance(held.present, int) and held.present == 1 else ar.mul(size, held.present)


def _all_so_far(tensors: HeldTensors, sizes: list[Any], steps: int) -> list[Any]:
    """The bytes of all tensors that are made by each step; they stand in that order."""
    found: list[Any] = []
    so_far: Any = 0
    k = 0
    for step in range(steps):
        while k < len(sizes) and tensors.held[k].made <= step:
            so_far = ar.add(so_far, sizes[k])
            k += 1
        found.append(so_far)
    return found


def _live(
    graph: Graph, definition: MemoryDefinition, tensors: HeldTensors, sizes: list[Any], bits: int, batch: int
) -> tuple[list[Any], list[list[int]]]:
    """For each layer the bytes that are alive while it runs, and the numbers of the tensors."""
    begins: dict[int, list[int]] = {}
    for k, held in enumerate(tensors.held):
        begins.setdefault(max(held.made, 0) if graph.layers else BEFORE, []).append(k)
    alive: list[int] = []
    live: list[Any] = []
    members: list[list[int]] = []
    for step, layer in enumerate(graph.layers):
        alive = [k for k in alive if _reaches(tensors.held[k], step)] + begins.get(step, [])
        buffers: dict[int, list[int]] = {}
        for k in alive:
            buffers.setdefault(tensors.held[k].buffer, []).append(k)
        found = [_largest([_while_alive(tensors.held[k], sizes[k], step) for k in ks]) for ks in buffers.values()]
        if step in tensors.beside:
            found.append(ar.ceil_div(ar.mul(ar.mul(tensors.beside[step], batch), bits), 8))
        kind = "depthwise" if layer.op.is_depthwise else layer.op.kind
        if kind in definition.scratch:
            found.append(ar.mul(layer.op.window, definition.scratch[kind]))
        live.append(ar.total(found))
        members.append([max(ks, key=lambda k: tensors.held[k].made) for ks in buffers.values()])
    return live, members


def _reaches(held: Lifetime, step: int) -> bool:
    return held.last >= step or any(at >= step for at, _ in held.later)


def _while_alive(held: Lifetime, size: Any, step: int) -> Any:
    """The bytes of a tensor at ``step``: none where an array decides against all that read it from then on."""
    if held.last >= step:
        return size
    return ar.mul(size, _largest([weight for at, weight in held.later if at >= step]))


def _largest(values: list[Any]) -> Any:
    return values[0] if len(values) == 1 else ar.maximum(*values) if values else 0


def _buffers(tensors: HeldTensors, sizes: list[Any]) -> list[Placed]:
    """The buffers of a plan, each as long as any of its tensors is alive, as large as its largest."""
    found: dict[int, Placed] = {}
    for k, held in enumerate(tensors.held):
        known = found.get(held.buffer)
        if known is None:
            found[held.buffer] = Placed(held.name, sizes[k], held.made, held.last)
        else:
            known.bytes = max(known.bytes, sizes[k])
            known.made, known.last = min(known.made, held.made), max(known.last, held.last)
    return list(found.values())

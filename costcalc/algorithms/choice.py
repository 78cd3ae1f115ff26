"""Every algorithm for each convolution of a graph, and the best that a limit of memory leaves."""

from __future__ import annotations

from collections.abc import Sequence

from .. import arithmetic as ar
from ..conventions import DEFAULT, load_convention
from ..graph import Graph, Layer
from ..memory.usage import bytes_of, require_batch, require_bits
from ..record import Record
from ..space.budgets import CostBudget
from ..sums import measure
from .convolution import Convolution, convolution_of
from .methods import Algorithm, Work, algorithms


class LayerAlgorithms(Record):
    """A layer, the :class:`Work` of one copy by every algorithm that applies, and why the others don't, by their id.

    ``best``: the id of the exact algorithm with the fewest multiply-adds and instructions of transforms, of equal ones
    the first, among those whose workspace is within the limit; direct always is. ``fewest``: without the limit.
    """

    layer: Layer
    convolution: Convolution
    works: dict[str, Work]
    reasons: dict[str, str]
    best: str
    fewest: str

    def used(self, id: str) -> str:
        """The algorithm that computes the layer where ``id`` is wanted: another takes its place if it can't."""
        return self.best if id == BEST else id if id in self.works else DIRECT


DIRECT = "direct"
BEST = "best"
"""In the place of an algorithm's id: of each layer its best."""


class Algorithms(Record):
    """The convolutions of a graph. ``others``: mult-adds of layers that are none, the same by any algorithm."""

    layers: Sequence[LayerAlgorithms]
    algorithms: Sequence[Algorithm]
    bits: int
    batch: int
    others: int

    def bytes(self, values: int) -> int:
        """So many values, in bytes."""
        return int(bytes_of(values, self.bits, 1, 1))

    def total(self, id: str) -> Work:
        """All layers by an algorithm, or by each its best; those it doesn't apply to are computed directly.

        Workspace is that of the layer with the most, since layers run one after another. Shared weights are
        transformed once.
        """
        made = Work(0)
        done: set[tuple[Layer, str]] = set()
        for one in self.layers:
            used, owner = one.used(id), one.layer.owner
            work = one.works[used]
            sets = one.layer.weight_count
            if owner is not None and (owner, used) not in done:  # which is computed in another way
                sets = owner.weight_count
            done.add((owner or one.layer, used))
            made.multiplications += work.multiplications * one.layer.count
            made.data += work.data * one.layer.count
            made.inverse += work.inverse * one.layer.count
            made.filter += work.filter * sets
            made.workspace = max(made.workspace, work.workspace if one.layer.count else 0)
            made.filters += work.filters * sets
        return made

    def applies(self, id: str) -> int:
        """To how many convolutions an algorithm applies, copies counted; of the best: all."""
        return sum(one.layer.count for one in self.layers if id == BEST or id in one.works)


def algorithms_of(
    graph: Graph,
    *,
    bits: int = 32,
    batch: int = 1,
    rank: int | None = None,
    implicit: bool = False,
    limit: CostBudget | None = None,
) -> Algorithms:
    """What each algorithm takes for each convolution of ``graph``, for ``batch`` images of values of ``bits``.

    ``rank``: also low rank. ``implicit``: matrices of im2col and tiles of inputs and outputs stay in caches and
    registers. ``limit``: of the bytes of a layer's workspace, for the best. Raises :class:`UsageError` for arrays
    and symbols, a batch or a rank below 1, and bits outside 1 to 64.
    """
    require_batch(batch)
    require_bits(bits)
    every = algorithms(rank)
    convention = load_convention(DEFAULT)
    made = Algorithms([], every, bits, batch, 0)
    found: list[LayerAlgorithms] = []
    for layer in graph.layers:
        conv = convolution_of(layer)
        if conv is None:
            made.others = ar.add(made.others, ar.mul(measure(layer, convention)[1], batch))
            continue
        reasons = {one.id: why for one in every if (why := one.why_not(conv))}
        works = {one.id: one.work(conv, batch, implicit=implicit) for one in every if one.id not in reasons}
        exact = [one.id for one in every if one.exact and one.id in works]
        within = [id for id in exact if limit is None or limit.holds(made.bytes(works[id].workspace))]
        best, fewest = (min(ids, key=lambda id: works[id].each_run, default=DIRECT) for ids in (within, exact))
        found.append(LayerAlgorithms(layer, conv, works, reasons, best, fewest))
    made.layers = found
    return made

"""The figures of a network at many points, as :meth:`Network.cost` gives them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib.util import find_spec
from typing import Any

from ..compiled import Form, compile_form
from ..conventions import Convention
from ..cost import Cost
from ..devices import Device
from ..errors import CostcalcError
from ..memory.asked import FLASH, PEAK, MemoryAsked
from ..network import Network
from ..record import Record
from ..roofline import roofline
from ..space.budgets import Kind

FEW = 24
"""Points that are evaluated one by one: an evaluation of arrays takes as long as some of these."""
BOUND = "bound"
MANY = 20_000
"""Points from which on a compiled form is worth its making."""


class NetworkFigure(Record):
    """A figure of a network: what it is, and how it is read from the cost at a point, or at arrays of points.

    ``is_counted``: it is a count, which adds up. ``is_compiled``: compiled forms have it too; ``memory``: of that.
    """

    id: str
    title: str
    kind: Kind
    of: Callable[[Network, Mapping[str, Any], Cost], Any]
    is_counted: bool = True
    memory: MemoryAsked | None = None

    @property
    def is_compiled(self) -> bool:
        return self.is_counted or self.memory is not None


class BoundAsked(Record):
    """The bound of time that is asked for: a device, the type of number there, images at a time."""

    device: Device
    dtype: str | None = None
    batch: int = 1


def figures(
    convention: Convention | None = None, memory: MemoryAsked | None = None, bound: BoundAsked | None = None
) -> dict[str, NetworkFigure]:
    """Every figure that there is, by its name: the work by ``convention`` too, bytes by ``memory``'s definition.

    ``bound``: the seconds that its device takes at least.
    """
    known = [
        NetworkFigure("params", "params", "count", lambda network, values, cost: cost.params),
        NetworkFigure("mult_adds", "mult-adds", "count", lambda network, values, cost: cost.mult_adds),
    ]
    if convention is not None:
        known.append(NetworkFigure("counted", f"counted ({convention.unit})", "count", _counted(convention)))
    if memory is not None:
        known.append(NetworkFigure(PEAK, f"RAM at {memory.bits} bits", "bytes", _use(memory, PEAK), False, memory))
        known.append(NetworkFigure(FLASH, "weights", "bytes", _use(memory, FLASH), False, memory))
    if bound is not None:
        known.append(NetworkFigure(BOUND, f"s on {bound.device.name}, at least", "seconds", _bound(bound), False))
    return {figure.id: figure for figure in known}


def _bound(asked: BoundAsked) -> Callable[[Network, Mapping[str, Any], Cost], Any]:
    def seconds(network: Network, values: Mapping[str, Any], cost: Cost) -> Any:
        return roofline(cost.graph, asked.device, dtype=asked.dtype, batch=asked.batch).bound

    return seconds


def _counted(convention: Convention) -> Callable[[Network, Mapping[str, Any], Cost], Any]:
    def counted(network: Network, values: Mapping[str, Any], cost: Cost) -> Any:
        if convention.scaled is None:
            return network.recount(cost, convention).counted
        point, scale = network.scaled(values, convention)
        return network.cost(point, convention=convention).counted * scale

    return counted


def _use(memory: MemoryAsked, what: str) -> Callable[[Network, Mapping[str, Any], Cost], Any]:
    def use(network: Network, values: Mapping[str, Any], cost: Cost) -> Any:
        return memory.figures(cost.graph, cost.expanded)[what]

    return use


class Evaluated(Record):
    """The figures of ``count`` points, by name, and which of the points can be built: arrays, or lists."""

    count: int
    columns: dict[str, Any]
    valid: Any


class Evaluator:
    """The ``wanted`` figures of ``network`` with ``given`` values, at points of some parameters, ``total`` in all."""

    def __init__(
        self, network: Network, given: Mapping[str, Any], wanted: Sequence[NetworkFigure], total: int, by: Any = None
    ) -> None:
        self._network = network
        self._given = given
        self._wanted = wanted
        self._convention = by
        self._is_many = total >= MANY and all(figure.is_compiled for figure in wanted)
        self._memory = next((figure.memory for figure in wanted if figure.memory is not None), None)
        self._form: Form | None = None

    def at(self, points: Mapping[str, Sequence[Any]]) -> Evaluated:
        """The figures at the points, a list of values for each parameter."""
        count = len(next(iter(points.values()), [None]))
        if count <= FEW or find_spec("numpy") is None:
            return self._one_by_one(points, count)
        try:
            return self._compiled(points, count) if self._is_many else self._on_arrays(points, count)
        except CostcalcError:
            pass  # what no mask says and no array can: it is an error at some points only
        return self._one_by_one(points, count)

    def _compiled(self, points: Mapping[str, Sequence[Any]], count: int) -> Evaluated:
        if self._form is None:
            ids = [figure.id for figure in self._wanted]
            self._form = compile_form(self._network, ids, list(points), self._given, self._convention, self._memory)
        columns, valid = self._form.on(points)
        return Evaluated(count, columns, valid)

    def _one_by_one(self, points: Mapping[str, Sequence[Any]], count: int) -> Evaluated:
        made = Evaluated(count, {figure.id: [] for figure in self._wanted}, [])
        for k in range(count):
            values = {**self._given, **{name: column[k] for name, column in points.items()}}
            try:
                cost = self._network.cost(values)
                found = [figure.of(self._network, values, cost) for figure in self._wanted]
            except CostcalcError:
                found = []
            made.valid.append(bool(found))
            for figure, value in zip(self._wanted, found or [0] * len(self._wanted), strict=True):
                made.columns[figure.id].append(value)
        return made

    def _on_arrays(self, points: Mapping[str, Sequence[Any]], count: int) -> Evaluated:
        """The points with the same words together, each group as arrays."""
        import numpy as np

        words = [name for name, column in points.items() if any(isinstance(v, str | bool) for v in column)]
        groups: dict[tuple[Any, ...], list[int]] = {}
        for k in range(count):
            groups.setdefault(tuple(points[name][k] for name in words), []).append(k)
        columns: dict[str, Any] = {figure.id: np.zeros(count, np.int64) for figure in self._wanted}
        valid = np.zeros(count, dtype=bool)
        for fixed, places in groups.items():
            values: dict[str, Any] = {**self._given, **dict(zip(words, fixed, strict=True))}
            for name, column in points.items():
                if name not in words:
                    values[name] = np.array([column[k] for k in places])
            cost = self._network.cost(values)
            valid[places] = cost.valid
            for figure in self._wanted:
                found = np.ma.filled(figure.of(self._network, values, cost), 0)
                if found.dtype != columns[figure.id].dtype:
                    columns[figure.id] = columns[figure.id].astype(np.float64)
                columns[figure.id][places] = found
        return Evaluated(count, columns, valid)

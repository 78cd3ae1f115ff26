"""The figures of a network at many points, as :meth:`Network.cost` gives them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib.util import find_spec
from typing import Any

from ..conventions import Convention
from ..cost import Cost
from ..errors import CostcalcError
from ..network import Network
from ..record import Record
from ..space.budgets import Kind

FEW = 24
"""Points that are evaluated one by one: an evaluation of arrays takes as long as some of these."""


class NetworkFigure(Record):
    """A figure of a network: what it is, and how it is read from the cost at a point, or at arrays of points."""

    id: str
    title: str
    kind: Kind
    of: Callable[[Network, Mapping[str, Any], Cost], Any]


def figures(convention: Convention | None = None) -> dict[str, NetworkFigure]:
    """Every figure that there is, by its name; the work by ``convention`` too."""
    known = [
        NetworkFigure("params", "params", "count", lambda network, values, cost: cost.params),
        NetworkFigure("mult_adds", "mult-adds", "count", lambda network, values, cost: cost.mult_adds),
    ]
    if convention is not None:
        known.append(NetworkFigure("counted", f"counted ({convention.unit})", "count", _counted(convention)))
    return {figure.id: figure for figure in known}


def _counted(convention: Convention) -> Callable[[Network, Mapping[str, Any], Cost], Any]:
    def counted(network: Network, values: Mapping[str, Any], cost: Cost) -> Any:
        if convention.scaled is None:
            return network.recount(cost, convention).counted
        point, scale = network.scaled(values, convention)
        return network.cost(point, convention=convention).counted * scale

    return counted


class Evaluated(Record):
    """The figures of ``count`` points, by name, and which of the points can be built: arrays, or lists."""

    count: int
    columns: dict[str, Any]
    valid: Any


def evaluate(
    network: Network, given: Mapping[str, Any], points: Mapping[str, Sequence[Any]], wanted: Sequence[NetworkFigure]
) -> Evaluated:
    """The ``wanted`` figures of ``network`` at ``given`` and the points, a list of values for each parameter."""
    count = len(next(iter(points.values()), [None]))
    if count > FEW and find_spec("numpy") is not None:
        try:
            return _on_arrays(network, given, points, wanted, count)
        except CostcalcError:
            pass  # what no mask says and no array can: it is an error at some points only
    return _one_by_one(network, given, points, wanted, count)


def _one_by_one(
    network: Network,
    given: Mapping[str, Any],
    points: Mapping[str, Sequence[Any]],
    wanted: Sequence[NetworkFigure],
    count: int,
) -> Evaluated:
    made = Evaluated(count, {figure.id: [] for figure in wanted}, [])
    for k in range(count):
        values = {**given, **{name: column[k] for name, column in points.items()}}
        try:
            cost = network.cost(values)
            found = [figure.of(network, values, cost) for figure in wanted]
        except CostcalcError:
            found = []
        made.valid.append(bool(found))
        for figure, value in zip(wanted, found or [0] * len(wanted), strict=True):
            made.columns[figure.id].append(value)
    return made


def _on_arrays(
    network: Network,
    given: Mapping[str, Any],
    points: Mapping[str, Sequence[Any]],
    wanted: Sequence[NetworkFigure],
    count: int,
) -> Evaluated:
    """The points with the same words together, each group as arrays."""
    import numpy as np

    words = [name for name, column in points.items() if any(isinstance(v, str | bool) for v in column)]
    groups: dict[tuple[Any, ...], list[int]] = {}
    for k in range(count):
        groups.setdefault(tuple(points[name][k] for name in words), []).append(k)
    columns: dict[str, Any] = {figure.id: np.zeros(count) for figure in wanted}
    valid = np.zeros(count, dtype=bool)
    for fixed, places in groups.items():
        values: dict[str, Any] = {**given, **dict(zip(words, fixed, strict=True))}
        for name, column in points.items():
            if name not in words:
                values[name] = np.array([column[k] for k in places])
        cost = network.cost(values)
        valid[places] = cost.valid
        for figure in wanted:
            found = np.ma.filled(figure.of(network, values, cost), 0)
            if columns[figure.id].dtype != found.dtype:
                columns[figure.id] = columns[figure.id].astype(found.dtype)
            columns[figure.id][places] = found
    return Evaluated(count, columns, valid)

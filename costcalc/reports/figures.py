"""A network's cost as tables: its rows, the kinds of layers, and notes on what the numbers count."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ..conventions import Convention
from ..cost import By, Cost, Row
from ..network import Network
from ..table import Column, Table, Value
from . import columns as arrange
from . import parameters

if TYPE_CHECKING:
    from .what_if import WhatIf

NAMES = {
    "layer": "layers", "primitive": "layers", "block": "blocks", "stage": "stages", "op": "ops", "kind": "kinds",
}  # fmt: skip
"""What the rows are, by ``--by``."""

_SINGLE = ("layer", "primitive")


class Counted:
    """A network's cost at one point, by the default count and, where asked for, by another convention's.

    ``scale`` is what the other's work is to be taken times, by its own rule of the resolution (``scaled``).
    ``what_if``: the same rows at fewer bits or after pruning.
    """

    def __init__(self, network: Network, default: Cost, other: Cost | None = None, scale: Any = 1) -> None:
        self.network = network
        self.default = default
        self.other = other
        self.scale = scale
        self.what_if: WhatIf | None = None

    @property
    def both_params(self) -> bool:
        """Whether the other convention counts other params."""
        return self.other is not None and self.other.params != self.default.params

    def rows(self, by: By) -> list[tuple[Row, Row]]:
        """Each row by the default count and by the other (or the default once more)."""
        rows = self.default.by(by)
        return list(zip(rows, self.other.by(by) if self.other else rows, strict=True))

    def work(self, counted: Any) -> Any:
        """The other convention's work, scaled; an int where it is whole, else the nearest float."""
        scaled = counted * self.scale
        return int(scaled) if scaled == int(scaled) else float(scaled)


def count(network: Network, values: dict[str, Any], convention: Convention | None) -> Counted:
    """The cost of ``network`` at ``values``, by the default count and by ``convention``."""
    cost = network.cost(values)
    if convention is None:
        return Counted(network, cost)
    from ..reconcile import counted

    other, scale = counted(network, values, convention)
    return Counted(network, cost, other, scale)


def main_table(
    counted: Counted, by: By, columns: str | None, sort: str | None, top: int | None, *, raw: bool = False
) -> Table:
    """The rows, their totals, and the network's name and parameters as the title.

    ``raw`` is for programs: a column of copies even if no row has several, and every input of a join.
    """
    table = _all_columns(counted, by, raw)
    standard = [*_standard(counted, by, raw or any(row[1] != 1 for row in table.rows))]
    if raw and counted.what_if:
        standard += [column.id for column in counted.what_if.columns]
    if sort is not None or top is not None:
        arrange.sort(table, "mult_adds" if sort is None else sort)
    if top is not None:
        arrange.top(table, top, NAMES[by])
    arrange.select(table, columns, standard)
    table.title = title(counted)
    return table


def kinds_table(counted: Counted) -> Table:
    """What each kind of layer costs, the largest first: MobileNetV1's Table 2."""
    table = main_table(counted, "kind", None, "mult_adds", None)
    table.title = "By kind of layer"
    return table


def title(counted: Counted) -> str:
    """The network and the values of its parameters."""
    about = counted.network.program.spec.title
    name = f"{counted.network.name} ({about})" if about else counted.network.name
    values = parameters.listed(counted.default.parameters)
    return f"{name}: {values}" if values else name


def _all_columns(counted: Counted, by: By, raw: bool) -> Table:
    """Every column that there is for ``by``."""
    unit = counted.other.unit if counted.other else ""
    name = "layer" if by == "primitive" else by
    columns = [
        Column("name", name),
        Column("n", "n", "int", 6) if by in _SINGLE else Column("layers", "layers", "int", 6),
        Column("type", "type", keep=5),
        Column("filter", "filter", keep=2),
        Column("input", "input", "shape", 3),
        Column("output", "output", "shape", 1),
        Column("params", "params", "count"),
        Column("params_share", "of params", "share", 4),
        Column("mult_adds", "mult-adds", "count"),
        Column("share", "share" if by in _SINGLE else "of mult-adds", "share", 4),
    ]
    if counted.other:
        columns += [
            Column("counted_params", "params counted", "count", 7),
            Column("counted", f"counted ({unit})", "count", 8),
            Column("counted_share", "of counted", "share", 4),
        ]
    rows = [_row(counted, *pair, raw) for pair in counted.rows(by)]
    if counted.what_if and (more := counted.what_if.columns):
        columns += more
        rows = [(*row, *cells) for row, cells in zip(rows, counted.what_if.rows(by), strict=True)]
    table = Table(columns, rows)
    if by not in _SINGLE:
        table.totals["layers"] = sum(row[1] for row in table.rows)  # type: ignore[misc]
    table.totals |= _totals(counted)
    return table


def _row(counted: Counted, row: Row, other: Row, raw: bool) -> tuple[Value, ...]:
    totals = counted.default
    same = len(row.in_shapes) == 1 or (len(set(row.in_shapes)) == 1 and not raw)
    shape = row.in_shapes[0] if same else row.in_shapes
    cells: list[Any] = [
        row.name, row.count, row.type, row.filter, shape, row.out_shape,
        row.params, share(row.params, totals.params), row.mult_adds, share(row.mult_adds, totals.mult_adds),
    ]  # fmt: skip
    if counted.other:
        cells += [other.params, counted.work(other.counted), share(other.counted, counted.other.counted)]
    return tuple(cells)


def share(part: Any, total: Any) -> Value:
    """``part`` of ``total``; nothing of nothing."""
    return None if total == 0 else part / total


def _totals(counted: Counted) -> dict[str, Value]:
    cost, other = counted.default, counted.other
    totals: dict[str, Value] = {"params": cost.params, "mult_adds": cost.mult_adds}
    if other:
        totals |= {"counted_params": other.params, "counted": counted.work(other.counted)}
    if counted.what_if:
        totals |= counted.what_if.totals
    shares = {"params": "params_share", "mult_adds": "share", "counted": "counted_share"}
    return totals | {shares[name]: 1 for name, total in totals.items() if name in shares and total != 0}


def _standard(counted: Counted, by: By, with_n: bool) -> Sequence[str]:
    """The columns shown unless others are asked for."""
    if by in _SINGLE:
        ids = ["name", *["n"] * with_n, "type", "filter", "input", "output", "params", "mult_adds", "share"]
    elif by in ("block", "stage"):
        ids = ["name", "layers", "input", "output", "params", "mult_adds", "share"]
    else:
        ids = ["name", "layers", "params", "params_share", "mult_adds", "share"]
    if counted.other:
        ids += ["counted_params"] * counted.both_params + ["counted"]
    return ids


# -- notes


def notes(counted: Counted, table: Table) -> list[str]:
    """What the figures of this network are of."""
    graph = counted.default.graph
    inputs = [f"{t.h}x{t.w}x{t.c}" if name == "in" else f"{name} {t.h}x{t.w}x{t.c}" for name, t in graph.inputs.items()]
    found = [f"Input {', '.join(inputs)}; batch 1, one forward pass."]
    if any(column.id == "n" for column in table.columns):
        found.append("n: copies; the figures of a row are those of all its copies.")
    if any(layer.owner is not None for layer in graph.layers):
        found.append("Shared weights are counted once, at the first layer that has them.")
    return found


def convention_notes(counted: Counted) -> list[str]:
    """What params and mult-adds count, in the convention's own words."""
    found = [f"mult-adds, params: {counted.default.convention.about}"]
    other = counted.other
    if other:
        convention = other.convention
        found.append(f"counted ({other.unit}): {convention.name}. {convention.about}".rstrip())
        if counted.scale != 1:
            res = counted.default.parameters["res"]
            found.append(f"counted is that at res {convention.scaled}, times ({res}/{convention.scaled})².")
        differing = {
            name: value
            for name, value in convention.parameters.items()
            if name in counted.network.parameter_codes and counted.default.parameters[name] != value
        }
        if differing:
            found.append(f"The networks of {convention.name} have {parameters.listed(differing)}.")
    return found

"""The tables and the JSON document of ``show``: a network's rows, the kinds of layers, and what the numbers count."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..record import Record
from ..rows import By
from ..table import Column, Table
from ..units import exact
from . import columns, parameters
from .counted import Counted, Line, decimal
from .definition import MULT_ADDS, defined
from .doubts import unread_names
from .fields import FIELD_ROWS, asks_for_fields, field_columns, field_notes
from .memory import Memory
from .memory import answer as memory_answer
from .memory import document as memory_document
from .memory import notes as memory_notes
from .passed import passed_document, passed_text
from .show_columns import arguments, columns_of, standard
from .training import answer as training_answer
from .training import document as training_document
from .values import plain, with_format

NAMES = {
    "layer": "layers", "primitive": "layers", "block": "blocks", "stage": "stages", "op": "ops", "kind": "kinds",
}  # fmt: skip
"""What the rows are, by ``--by``."""


_SHOWN_UNREAD = 4


class Selection(Record):
    """Which rows and columns are asked for: ``--by``, ``--columns``, ``--sort`` and ``--top``."""

    by: By = "layer"
    columns: str | None = None
    sort: str | None = None
    top: int | None = None


ROWS = Selection()
"""The rows of a network as they are shown unless others are asked for."""


def main_table(counted: Counted, selection: Selection = ROWS, *, raw: bool = False) -> Table:
    """The rows, their totals, and the network's name and parameters as the title.

    ``raw`` is for programs: the columns don't depend on the network, and a join has every input.
    Raises :class:`UsageError` for a column that there isn't.
    """
    by = selection.by
    lines = counted.lines(by)
    moves = 0
    if not raw and selection == ROWS:
        shown = [line for line in lines if not _moves(line)]
        lines, moves = shown, len(lines) - len(shown)
    known = columns_of(counted, by, raw=raw)
    if by in FIELD_ROWS and asks_for_fields(selection.columns, selection.sort):
        known += field_columns(counted, by)
    table = columns.table_of(known, lines, counted.heading)
    if selection.sort is not None or selection.top is not None:
        columns.sort(table, "mult_adds" if selection.sort is None else selection.sort)
    if selection.top is not None:
        columns.top(table, selection.top, NAMES[by])
    copies = any(line.row.count != 1 for line in lines)
    columns.select(table, selection.columns, standard(counted, by, raw=raw, copies=copies))
    if "counted" in [column.id for column in table.columns]:
        _decimals(table, "counted")
    table.notes += field_notes(table)
    if moves:
        what = "layer that only moves elements isn't" if moves == 1 else "layers that only move elements aren't"
        table.notes.append(f"{moves} {what} among the rows: --by primitive has all.")
    return table


def _moves(line: Line) -> bool:
    """Whether a row has nothing but heads, windows, merge, transpose and the like."""
    return bool(line.row.ops) and all(op.moves for op in line.row.ops)


def _decimals(table: Table, column: str) -> None:
    """Work that a convention scales, once it is added up, as an int or as the nearest float."""
    k = table.index(column)
    table.rows = [(*row[:k], decimal(row[k]), *row[k + 1 :]) for row in table.rows]
    table.totals = {id: decimal(value) if id == column else value for id, value in table.totals.items()}


def kinds_table(counted: Counted) -> Table:
    """What each kind of layer costs, the largest first. In a terminal the shares alone."""
    table = main_table(counted.without_memory(), Selection("kind", sort="mult_adds"))
    table.title = f"{counted.network.name} by kind of layer"
    table.bars = "share"
    return table


def tables(
    every: Sequence[Counted],
    selection: Selection = ROWS,
    more: Sequence[Sequence[Table]] = (),
    memory: Memory | None = None,
) -> list[Table]:
    """Each network's rows, and then its kinds of layers, what the figures count, and its totals.

    ``more`` are tables of each network to stand behind its rows.
    """
    rows: list[Table] = []
    ends: list[Table] = []
    for k, counted in enumerate(every):
        main = main_table(counted, selection)
        main.notes += notes(counted, main)
        rows += [main, *(more[k] if more else ())]
        end = rows[-1]
        if selection.by != "kind":
            end = kinds_table(counted)
            ends.append(end)
        end.answer += answer(counted)
        if memory is not None:
            end.notes += memory_notes(memory)
            end.answer += memory_answer(counted.memory)
        if counted.training is not None:
            end.answer += training_answer(counted.training)
    made = [*rows, *ends]
    made[-1].notes += convention_notes(every[-1])
    return made


def raw_table(every: Sequence[Counted], selection: Selection = ROWS, *, total: bool = False) -> Table:
    """One table for programs; of several networks the first column is the name. ``total``: each has a row of totals."""
    made = [main_table(counted, selection, raw=True) for counted in every]
    if total:
        made = [columns.with_total(table) for table in made]
    if len(made) == 1:
        return made[0]
    rows = [(c.network.name, *row) for c, table in zip(every, made, strict=True) for row in table.rows]
    return Table([Column("spec", "spec"), *made[0].columns], rows)


# -- JSON, which is a contract


def document(every: Sequence[Counted], selection: Selection = ROWS, memory: Memory | None = None) -> dict[str, object]:
    """The JSON: one network, or several under "networks"."""
    networks = [_network(counted, selection, memory) for counted in every]
    return with_format(networks[0] if len(networks) == 1 else {"networks": networks})


def _network(counted: Counted, selection: Selection, memory: Memory | None) -> dict[str, object]:
    """``layers`` are the primitives, every copy written out; ``rows`` those that are asked for."""
    default, other = counted.default, counted.other
    totals = {"params": default.params, "mult_adds": default.mult_adds}
    if other:
        totals |= {"counted": counted.work(other.counted), "unit": other.unit}
        if counted.both_params:
            totals["counted_params"] = plain(other.params)
    for extra in counted.extras:
        totals |= {id: getattr(extra.cost, of) for id, _, of in extra.columns}
    result: dict[str, object] = {
        "spec": default.spec,
        "parameters": {name: plain(value) for name, value in default.parameters.items()},
        "convention": (other or default).convention.name,
        "totals": totals,
    }
    if other and (passed := other.passed_over):
        result["passed_over"] = passed_document(passed)
    if memory is not None:
        result["memory"] = memory_document(memory, counted.memory)
    if counted.training is not None:
        result["training"] = training_document(counted.training)
    if counted.not_pruned:
        result["not_pruned"] = counted.not_pruned
    if selection != ROWS:
        result["by"] = selection.by
        rows = columns.records(main_table(counted, selection, raw=True))
        result["rows"] = [{id: plain(value) for id, value in row.items()} for row in rows]
    if names := unread_names(default, counted.network):
        result["unread"] = names
    result["layers"] = _layers(counted)
    return result


def _layers(counted: Counted) -> list[dict[str, object]]:
    layers: list[dict[str, object]] = []
    for layer in counted.default.layers:
        shapes = [list(shape) for shape in layer.in_shapes]
        entry: dict[str, Any] = {
            "name": layer.name,
            "op": layer.op,
            "in_shape": shapes[0] if len(shapes) == 1 else shapes,
            "out_shape": list(layer.out_shape),
        }
        if layer.primitive is not None:
            entry |= arguments(layer.primitive)
        entry |= {"params": layer.params, "mult_adds": layer.mult_adds}
        layers.append(entry)
    if counted.other:
        for entry, other in zip(layers, counted.other.layers, strict=True):
            entry["counted"] = counted.work(other.counted)
            if counted.both_params:
                entry["counted_params"] = plain(other.params)
    for at in counted.memory:
        for entry, bytes_ in zip(layers, at.layers(counted.memory), strict=True):
            entry |= bytes_
    for extra in counted.extras:
        for entry, figures in zip(layers, extra.cost.layers, strict=True):
            entry |= {id: getattr(figures, of) for id, _, of in extra.columns}
    return layers


# -- notes


def answer(counted: Counted) -> list[str]:
    """The totals: ``net, alpha=1.0, 224x224x3: 3,504,872 params, 300,774,272 mult-adds``."""
    default, other = counted.default, counted.other
    said = [f"{counted.point}: {exact(default.params)} params, {exact(default.mult_adds)} mult-adds"]
    if other:
        params = f"{exact(other.params)} params, " if counted.both_params else ""
        said.append(f"counted by {other.convention.name}: {params}{exact(counted.work(other.counted))} {other.unit}")
    return said


def notes(counted: Counted, table: Table) -> list[str]:
    """What the figures of this network are of."""
    graph = counted.default.graph
    found = []
    if any(column.id == "n" for column in table.columns):
        found.append("n: copies; the figures of a row are those of all its copies.")
    if letters := _letters(table):
        found.append(letters)
    if any(layer.owner is not None for layer in graph.layers):
        found.append("Shared weights are counted once, at the first layer that has them.")
    if names := unread_names(counted.default, counted.network):
        rest = len(names) - _SHOWN_UNREAD
        shown = ", ".join(names[:_SHOWN_UNREAD]) + (f", and {rest} more" if rest > 0 else "")
        found.append(f"Counted, though no output depends on it here: {shown}.")
    return found


def _letters(table: Table) -> str:
    """What the letters of unusual arguments stand for, where a type has them."""
    if "type" not in [column.id for column in table.columns]:
        return ""
    k = table.index("type")
    words = {word[0] for row in table.rows for word in str(row[k] or "").partition(" / ")[2].split()}
    return ", ".join(f"{word[0]}: {word}" for word in ("dilation", "groups", "padding") if word[0] in words)


def convention_notes(counted: Counted) -> list[str]:
    """What params and mult-adds count, and what else is to be known of another convention's figures."""
    found = [MULT_ADDS]
    other = counted.other
    if other:
        convention = other.convention
        found.append(defined(convention))
        if passed := other.passed_over:
            found.append(f"{convention.name} has no rule for {passed_text(passed)}: they count 0 here.")
        if counted.scale != 1:
            res = counted.default.parameters["res"]
            times = f"({res}/{convention.scaled})²" if isinstance(res, int) else f"{res}/{convention.scaled}²"
            found.append(f"counted is that at res {convention.scaled}, times {times}.")
        differing = {
            name: value
            for name, value in convention.parameters.items()
            if name in counted.network.parameter_codes and counted.default.parameters[name] != value
        }
        if differing:
            found.append(f"The networks of {convention.name} have {parameters.listed(differing)}.")
    return found

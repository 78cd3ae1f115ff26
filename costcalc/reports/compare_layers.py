"""The layers by which two networks differ, as a table and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from ..comparison import Change, LayerState, difference
from ..cost import Cost
from ..table import Column, Table, Value
from . import parameters
from .values import plain

_MARKS = {"added": "+", "removed": "-", "changed": "~"}
_OPS = 5  # the column of the primitives among those of a layer


def diff_table(first: tuple[str, Cost], other: tuple[str, Cost]) -> Table:
    """For people: an added or removed layer in a row, a changed one in two, the second with only what changed.

    ``first`` and ``other`` are the letters of the networks and their costs.
    """
    against = f"{other[0]} against {first[0]}"
    changes = difference(first[1], other[1])
    if not changes:
        return Table([], [], f"{against}: no layer differs")
    kinds = [change.kind for change in changes]
    counts = ", ".join(f"{kinds.count(kind)} {kind}" for kind in _MARKS if kind in kinds)
    columns = [
        Column("mark", ""),
        Column("layer", "layer"),
        Column("n", "n", "int"),
        Column("type", "type", keep=5),
        Column("filter", "filter", keep=7),
        Column("output", "output", "shape", 6),
        Column("ops", "ops"),
        Column("params", "params", "count"),
        Column("mult_adds", "mult-adds", "count"),
    ]
    rows = [row for change in changes for row in _rows(change)]
    # Copies and primitives are shown where they tell something.
    needless = [k for k, c in enumerate(columns) if c.id in ("n", "ops") and all(row[k] in (None, 1) for row in rows)]
    for k in reversed(needless):
        del columns[k]
        rows = [row[:k] + row[k + 1 :] for row in rows]
    table = Table(columns, rows, f"Layers of {against}: {counts}")
    if "changed" in kinds:
        table.notes.append(f"~: as in {first[0]}, and below it what is different in {other[0]}")
    return table


def raw_diff_table(networks: Sequence[tuple[str, Cost]]) -> Table:
    """For programs, the first network against each other: every value, a changed layer as it is in either."""
    names = ("from", "to", "change", "in", "layer", "n", "type", "filter", "output", "ops", "params", "mult_adds")
    table = Table([Column(name, name) for name in names], [])
    first, *others = networks
    for other in others:
        for change in difference(first[1], other[1]):
            for letter, layer in ((first[0], change.before), (other[0], change.after)):
                if layer is not None:
                    cells = _cells(layer, " + ".join(kind for kind, _ in layer.ops))
                    table.rows.append((first[0], other[0], change.kind, letter, *cells))
    return table


def diff_document(before: Cost, after: Cost) -> list[dict[str, object]]:
    """The same as objects."""
    return [
        {
            "change": change.kind,
            "fields": change.fields,
            "before": None if change.before is None else _layer(change.before),
            "after": None if change.after is None else _layer(change.after),
        }
        for change in difference(before, after)
    ]


def _layer(layer: LayerState) -> dict[str, object]:
    fields = ("name", "type", "filter", "n", "output", "params", "mult_adds")
    return {field: getattr(layer, field) for field in fields} | {
        "ops": [{"op": kind, **{name: plain(value) for name, value in given.items()}} for kind, given in layer.ops]
    }


def _rows(change: Change) -> Iterator[tuple[Value, ...]]:
    before, after, mark = change.before, change.after, _MARKS[change.kind]
    if before is None or after is None:
        single = before or after
        assert single is not None
        yield (mark, *_cells(single))
        return
    cells = _cells(before, _ops_of_one(before, after))
    others = _cells(after, _ops_of_one(after, before))
    yield (mark, *cells)
    yield ("", *(other if other != cell else None for cell, other in zip(cells, others, strict=True)))


def _cells(layer: LayerState, ops: str | None = None) -> tuple[Any, ...]:
    cells = [layer.name, layer.n, layer.type, layer.filter, layer.output, layer.params, layer.mult_adds]
    cells.insert(_OPS, ops)
    return tuple(cells)


def _ops_of_one(layer: LayerState, other: LayerState) -> str | None:
    """What the primitives of ``layer`` have and those of ``other`` don't; None if they are the same."""
    if layer.ops == other.ops:
        return None
    kinds, others = [kind for kind, _ in layer.ops], [kind for kind, _ in other.ops]
    if kinds != others:
        return ", ".join([kind for kind in kinds if kind not in others] or ["none"])
    return ", ".join(
        f"{name}={_shown(value)}"
        for (_, given), (_, theirs) in zip(layer.ops, other.ops, strict=True)
        for name, value in given.items()
        if value != theirs.get(name)
    )


def _shown(value: object) -> str:
    return "x".join(map(str, value)) if isinstance(value, tuple) else parameters.shown(value)

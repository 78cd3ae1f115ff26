"""The layers by which two networks differ, as a table and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from operator import itemgetter

from ..comparison import Change, LayerState, difference
from ..cost import Cost
from ..record import Record
from ..table import Column, Table, Value
from ..units import exact
from . import parameters
from .columns import table_of
from .compare_blocks import MARKS
from .values import plain


class _Line(Record):
    """A layer in a row: its mark, and what its primitives have that the other's don't.

    ``before`` is the same layer in the first network, where this row tells only what is different.
    """

    mark: str
    layer: LayerState
    ops: str | None = None
    before: _Line | None = None


_LAYER = (
    Column("layer", "layer", get=lambda line: line.layer.name),
    Column("n", "n", "int", get=lambda line: line.layer.n),
    Column("type", "type", keep=5, get=lambda line: line.layer.type),
    Column("filter", "filter", keep=7, get=lambda line: line.layer.filter),
    Column("output", "output", "shape", 6, lambda line: line.layer.output),
    Column("ops", "ops", get=lambda line: line.ops),
    Column("params", "params", "count", get=lambda line: line.layer.params),
    Column("mult_adds", "mult-adds", "count", get=lambda line: line.layer.mult_adds),
)


def _different(column: Column) -> Column:
    """``column`` without the values that are the same before."""
    get = column.get
    assert get is not None

    def value(line: _Line) -> Value:
        own = get(line)
        return None if line.before is not None and get(line.before) == own else own

    return Column(column.id, column.title, column.kind, column.keep, value)


def diff_table(first: tuple[str, Cost], other: tuple[str, Cost]) -> Table:
    """For people: an added or removed layer in a row, a changed one in two, the second with only what changed.

    ``first`` and ``other`` are the letters of the networks and their costs.
    """
    against = f"{other[0]} against {first[0]}"
    changes = difference(first[1], other[1])
    if not changes:
        return Table([], [], f"{against}: no layer differs")
    kinds = [change.kind for change in changes]
    counts = ", ".join(f"{kinds.count(kind)} {kind}" for kind in MARKS if kind in kinds)
    lines = [line for change in changes for line in _lines(change)]
    columns = [Column("mark", "", get=lambda line: line.mark)]
    for column in map(_different, _LAYER):
        # Copies and primitives are shown where they tell something.
        if column.id not in ("n", "ops") or any(column.get(line) not in (None, 1) for line in lines if column.get):
            columns.append(column)
    table = table_of(columns, lines, f"Layers of {against}: {counts}")
    table.answer.append(f"{against}: {counts}; {_more(first[1], other[1])}")
    if "changed" in kinds:
        table.notes.append(f"~: as in {first[0]}, and below it what is different in {other[0]}")
    return table


def _more(first: Cost, other: Cost) -> str:
    """``params -727,104, mult-adds +41,472``: by how much the totals differ."""
    both = {"params": other.params - first.params, "mult-adds": other.mult_adds - first.mult_adds}
    return ", ".join(f"{title} {'+' if more > 0 else ''}{exact(more)}" for title, more in both.items())


def _lines(change: Change) -> Iterator[_Line]:
    before, after, mark = change.before, change.after, MARKS[change.kind]
    if before is None or after is None:
        single = before or after
        assert single is not None
        yield _Line(mark, single)
        return
    line = _Line(mark, before, _ops_of_one(before, after))
    yield line
    yield _Line("", after, _ops_of_one(after, before), line)


def raw_diff_table(networks: Sequence[tuple[str, Cost]]) -> Table:
    """For programs, the first network against each other: every value, a changed layer as it is in either."""
    first, *others = networks
    rows = []
    for other in others:
        for change in difference(first[1], other[1]):
            for letter, layer in ((first[0], change.before), (other[0], change.after)):
                if layer is not None:
                    line = _Line(change.kind, layer, " + ".join(kind for kind, _ in layer.ops))
                    rows.append((first[0], other[0], change.kind, letter, line))
    names = ("from", "to", "change", "in")
    columns = [Column(name, name, get=itemgetter(k)) for k, name in enumerate(names)]
    return table_of([*columns, *(_of_last(column) for column in _LAYER)], rows)


def _of_last(column: Column) -> Column:
    """``column`` of the last part of a row."""
    get = column.get
    assert get is not None
    return Column(column.id, column.title, column.kind, get=lambda row: get(row[-1]))


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

"""The tables and the JSON document of ``compare``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from ..comparison import by_kind, by_stride, ratio
from ..cost import Cost
from ..table import Column, Table
from . import parameters
from .columns import table_of
from .compare_blocks import LONG, block_document, block_table
from .compare_formulas import are_letters, formula_document, formula_table, formulas, step_document, step_table, steps
from .compare_layers import diff_document, diff_table, raw_diff_table
from .show import convention_notes
from .sides import Side
from .values import FORMAT, plain

BY = ("spec", "formula", "kind", "stride", "layer")
"""What the rows of the tables are."""

_MEASURES = {"params": "Params", "mult_adds": "Mult-adds"}
_BYTES: tuple[tuple[str, str, Callable[[Side], Any]], ...] = (
    ("weight_bytes", "weights bytes", lambda side: side.use.flash if side.use else None),
    ("peak_bytes", "RAM", lambda side: side.use.peak if side.use else None),
    ("moved_bytes", "moved", lambda side: side.moved),
)
"""With ``--memory``: the column, its title, and what of a side it is."""


def tables(
    sides: Sequence[Side],
    by: str | None,
    diff: bool,
    *,
    raw: bool = False,
    wrt: Sequence[str] | None = None,
    folds: bool = False,
) -> list[Table]:
    """The tables of ``by``, or all, the totals last; ``diff``: with the layers that differ.

    ``raw`` is one table, for programs. Closed forms are there if ``wrt`` names their symbols, or all networks are in
    letters anyway.
    ``folds`` is for pages: of the layers that differ the totals come first, and long tables are folded.
    """
    in_letters = wrt is None and by is None and are_letters(sides)
    made: list[Table] = []
    if by == "stride" or (by is None and not in_letters):
        made.append(_strides(sides, raw))
    if by in (None, "kind"):
        made += [_kinds(sides, list(_MEASURES))] if raw else [_kinds(sides, [m]) for m in _MEASURES]
    if by == "layer" and raw:
        made.append(raw_diff_table([(side.letter, side.counted.default) for side in sides]))
    elif by == "layer" or (by is None and diff):
        first, *others = ((side.letter, side.counted.default) for side in sides)
        for other in others:
            made += _differences(first, other, folds) if by == "layer" else [diff_table(first, other)]
    if by == "formula" or (by is None and (wrt is not None or in_letters)):
        found = formulas(sides, wrt)
        moving = steps(sides, [v.parameter for form in found.forms for v in form.variables])
        if len(moving) > 1 and in_letters:
            made.append(step_table(sides, moving))
        made.append(formula_table(sides, found))
    if by in (None, "spec"):
        made.append(_totals(sides, raw))
    told = made[0] if folds and by == "layer" else made[-1]
    told.notes += [*_points(sides), *_batch(sides[0]), *convention_notes(sides[-1].counted)]
    return made


def _differences(first: tuple[str, Cost], other: tuple[str, Cost], folds: bool) -> list[Table]:
    """The blocks and the layers that differ; on a terminal the blocks last, whose title has the totals."""
    blocks, layers = block_table(first, other), diff_table(first, other)
    if not layers.rows:
        return [blocks]
    layers.answer = []  # the title of the blocks says it
    if not folds:
        return [layers, blocks]
    for table, what in ((blocks, "Blocks that differ"), (layers, layers.title)):
        if len(table.rows) > LONG:
            table.folded = what
    if blocks.folded:
        return [Table([], [], blocks.title), _untitled(blocks), _untitled(layers)]
    return [blocks, _untitled(layers)]


def _untitled(table: Table) -> Table:
    """``table`` without its title where the line that it is folded to says it."""
    table.title = "" if table.folded else table.title
    return table


def document(sides: Sequence[Side], diff: bool, *, wrt: Sequence[str] | None = None) -> dict[str, object]:
    """The JSON, whose lists of figures are in the order of the specs; null where a spec has no such layer."""
    counted = sides[0].counted
    costs = [side.counted.default for side in sides]
    closed: dict[str, object] = {}
    if wrt is not None or are_letters(sides):
        found = formulas(sides, wrt)
        closed["closed_forms"] = formula_document(found)
        if wrt is None:
            moving = steps(sides, [v.parameter for form in found.forms for v in form.variables])
            closed["steps"] = step_document(moving)
    return {
        "format": FORMAT,
        "convention": (counted.other or counted.default).convention.name,
        "specs": [_spec(side, sides[0]) for side in sides],
        **closed,
        "kinds": [{"kind": r.kind, "params": r.params, "mult_adds": r.mult_adds} for r in by_kind(costs)],
        "strides": [
            {"stride": r.stride, "maps": r.maps, "params": r.params, "mult_adds": r.mult_adds} for r in by_stride(costs)
        ],
        "diff": [
            {"from": 0, "to": k, "blocks": block_document(costs[0], cost), "layers": diff_document(costs[0], cost)}
            for k, cost in enumerate(costs)
            if k and diff
        ],
    }


# -- totals


def _totals(sides: Sequence[Side], raw: bool) -> Table:
    first = sides[0]
    times = f"× {first.letter}"
    columns = [
        Column("letter", "", get=lambda side: side.letter),
        Column("spec", "spec", get=lambda side: side.word),
    ]
    if raw:
        columns += [
            Column("name", "name", get=lambda side: side.counted.default.spec),
            Column("parameters", "parameters", get=lambda side: parameters.listed(side.counted.default.parameters)),
        ]
    for measure, title in (("params", "params"), ("mult_adds", "mult-adds")):
        columns += [
            Column(measure, title, "count", get=partial(_total, measure=measure)),
            Column(f"{measure}_ratio", times, "ratio", get=partial(_ratio, first=first, measure=measure)),
        ]
    if first.batch > 1:
        columns.append(Column("batch_mult_adds", f"of {first.batch} images", "count", get=_of_batch))
    if other := first.counted.other:
        columns += [
            Column("counted", f"counted ({other.unit})", "count", get=_work),
            Column("counted_ratio", times, "ratio", get=lambda side: _work_ratio(side, first)),
        ]
    if first.use is not None:
        for id, title, of in _BYTES:
            keep = 4 if id == "moved_bytes" else 9
            columns.append(Column(id, title, "count", keep, of))
            columns.append(Column(f"{id}_ratio", times, "ratio", keep, partial(_bytes_ratio, first=first, of=of)))
    return table_of(columns, sides)


def _total(side: Side, measure: str) -> int:
    return side.total(measure)


def _of_batch(side: Side) -> int:
    return side.batch * side.total("mult_adds")


def _ratio(side: Side, first: Side, measure: str) -> Any:
    return ratio(side.total(measure), first.total(measure))


def _bytes_ratio(side: Side, first: Side, of: Callable[[Side], Any]) -> Any:
    return ratio(of(side), of(first))


def _work(side: Side) -> Any:
    """By the other convention: an int where it is whole, else the nearest float."""
    assert side.counted.other is not None
    return side.counted.work(side.counted.other.counted)


def _work_ratio(side: Side, first: Side) -> Any:
    own, others = (s.counted.other.counted * s.counted.scale for s in (side, first) if s.counted.other)
    return ratio(own, others)


def _batch(side: Side) -> list[str]:
    """What is of how many images, where bytes or more than one image are asked for."""
    if side.use is None:
        return [] if side.batch == 1 else ["Params and mult-adds are of one image; params are the same for more."]
    images = "one image" if side.batch == 1 else f"{side.batch} images"
    of = f"at {side.use.bits} bits by {side.use.definition.name}"
    return [f"RAM is of {images} {of}; moved: what their layers read and write, and the weights once."]


def _points(sides: Sequence[Side]) -> list[str]:
    """Which network each letter is, at which point, on which input; what is the same for all is said once."""
    points = [f"{side.counted.point}" for side in sides]
    tails = {point.partition(", ")[2] for point in points}
    if len(tails) == 1 and not any(_path(side) for side in sides):
        return [f"Both at {tails.pop()}." if len(sides) == 2 else f"All at {tails.pop()}."]
    return [f"{side.letter}{_path(side)}: {point}" for side, point in zip(sides, points, strict=True)]


def _path(side: Side) -> str:
    return "" if side.spec == side.counted.network.name else f" ({side.spec})"


def _spec(side: Side, first: Side) -> dict[str, object]:
    cost = side.counted.default
    totals: dict[str, object] = {measure: side.total(measure) for measure in ("params", "mult_adds")}
    if side.batch > 1:
        totals |= {"batch": side.batch, "batch_mult_adds": side.batch * side.total("mult_adds")}
    ratios = {measure: ratio(side.total(measure), first.total(measure)) for measure in ("params", "mult_adds")}
    if side.counted.other:
        totals |= {"counted": _work(side), "unit": side.counted.other.unit}
        ratios["counted"] = _work_ratio(side, first)
    for id, _, of in _BYTES if side.use is not None else ():
        totals[id] = of(side)
        ratios[id] = _bytes_ratio(side, first, of)
    values = {name: plain(value) for name, value in cost.parameters.items()}
    return {"spec": cost.spec, "given_as": side.word, "parameters": values, "totals": totals, "ratios": ratios}


# -- kinds and strides


def _kinds(sides: Sequence[Side], measures: Sequence[str]) -> Table:
    """Each spec's figures, and by how much they differ from the first's."""
    first = sides[0].letter
    columns = [Column("kind", "kind", get=lambda row: row.kind)]
    for measure in measures:
        for k, side in enumerate(sides):
            id = f"{side.letter}_{measure}"
            columns.append(Column(id, side.letter, "count", 6 if k else 9, partial(_figure, m=measure, k=k), "sum"))
            if k:
                less = partial(_difference, m=measure, k=k)
                columns.append(Column(f"{id}_difference", f"{side.letter} - {first}", "count", 4, less, "sum"))
    rows = by_kind([side.counted.default for side in sides])
    return table_of(columns, rows, f"{_MEASURES[measures[0]]} by kind of layer")


def _figure(row: Any, m: str, k: int) -> Any:
    """What the side ``k`` has in a row; None where it has no such layers."""
    return getattr(row, m)[k]


def _difference(row: Any, m: str, k: int) -> Any:
    return (_figure(row, m, k) or 0) - (_figure(row, m, 0) or 0)


def _strides(sides: Sequence[Side], raw: bool) -> Table:
    """Each spec's feature map at a stride, and what its layers there cost."""
    columns = [Column("stride", "stride", get=lambda row: str(row.stride))]
    for k, side in enumerate(sides):
        own = side.letter
        columns.append(Column(f"{own}_map", f"{own} map", "shape", 5, partial(_figure, m="maps", k=k)))
        if raw:
            columns.append(
                Column(f"{own}_params", f"{own} params", "count", 9, partial(_figure, m="params", k=k), "sum")
            )
        work = partial(_figure, m="mult_adds", k=k)
        columns.append(Column(f"{own}_mult_adds", f"{own} mult-adds", "count", 6 if k else 9, work, "sum"))
    rows = by_stride([side.counted.default for side in sides])
    table = table_of(columns, rows, "Mult-adds by stride of the feature map")
    if not raw:
        table.notes.append("map: of the last block at a stride; head: the 1x1 maps behind the last pooling.")
    return table

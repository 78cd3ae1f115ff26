"""The columns of ``show``, each described once. A new one is a line here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ..ops import Op
from ..rows import By, Row
from ..table import Column, Value
from .counted import Counted, Line
from .memory import memory_columns, shown_ids

SINGLE = ("layer", "primitive")
"""The ``--by`` whose rows are calls of the spec, or less."""

ARGUMENTS = {
    "kernel": "kernel_size", "stride": "stride", "padding": "padding", "dilation": "dilation", "groups": "groups",
    "bias": "bias",
}  # fmt: skip
"""The arguments of an op that have a column, by its id."""


def columns_of(counted: Counted, by: By, *, raw: bool) -> list[Column]:
    """Every column that there is for ``by``. ``raw`` is for programs: every input of a join."""
    single = by in SINGLE
    columns = [
        Column("name", "layer" if by == "primitive" else by, get=lambda line: line.row.name),
        Column("n", "n", "int", 6, lambda line: line.row.count)
        if single
        else Column("layers", "layers", "int", 6, lambda line: line.row.count, "sum"),
        Column("type", "type", keep=5, get=lambda line: line.row.type if raw else type_text(line.row)),
        Column("filter", "filter", keep=3, get=lambda line: line.row.filter),
        Column("input", "input", "shape", 4, lambda line: _input(line.row, raw)),
        Column("output", "output", "shape", 1, lambda line: line.row.out_shape),
    ]
    if single:
        columns += [Column(id, id, _kind(id), 0, _argument(name)) for id, name in ARGUMENTS.items()]
    columns += [
        Column("params", "params", "count", 9, lambda line: line.row.params, "sum"),
        Column("params_share", "of params", "share", 4, adds="share", of="params"),
        Column("mult_adds", "mult-adds", "count", 9, lambda line: line.row.mult_adds, "sum"),
        Column("share", "share" if single else "of mult-adds", "share", 2, adds="share", of="mult_adds"),
    ]
    if counted.other:
        unit = counted.other.unit
        columns += [
            Column("counted_params", "params counted", "count", 7, lambda line: line.other.params, "sum"),
            Column("counted", f"counted ({unit})", "count", 8, lambda line: line.other.counted * counted.scale, "sum"),
            Column("counted_share", "of counted", "share", 4, adds="share", of="counted"),
        ]
    columns += memory_columns(counted.memory, raw=raw)
    for k, extra in enumerate(counted.extras):
        columns += [Column(id, title, "count", 6, _of_extra(k, what), "sum") for id, title, what in extra.columns]
    return columns


def standard(counted: Counted, by: By, *, raw: bool, copies: bool) -> Sequence[str]:
    """The ids of the columns shown unless others are asked for; ``copies``: whether a row has several."""
    if by in SINGLE:
        arguments = ARGUMENTS if raw else ()
        ids = ["name", *["n"] * (raw or copies), "type", "filter", "input", "output", *arguments]
        ids += ["params", "mult_adds", "share"]
    elif by in ("block", "stage"):
        ids = ["name", "layers", "input", "output", "params", "mult_adds", "share"]
    else:
        ids = ["name", "layers", "params", "params_share", "mult_adds", "share"]
    if counted.memory and not raw:
        ids = [id for id in ids if id not in ("share", "params_share", "layers", "filter", "input")]
    if counted.other:
        ids += ["counted_params"] * counted.both_params + ["counted"]
    ids += shown_ids(counted.memory, raw=raw)
    if raw:
        ids += [id for extra in counted.extras for id, _, _ in extra.columns]
    return ids


def arguments(op: Op) -> dict[str, Any]:
    """Those of :data:`ARGUMENTS` that ``op`` has."""
    return {id: getattr(op, name) for id, name in ARGUMENTS.items() if hasattr(op, name)}


def type_text(row: Row) -> str:
    """The type for people, with what the arguments have that isn't usual: "conv / s1 d2 g4 p0 bias"."""
    if not row.ops:
        return row.type
    unusual = _unusual(row.ops)
    if not unusual:
        return row.type
    return f"{row.type}{' ' if ' / ' in row.type else ' / '}{' '.join(unusual)}"


def _unusual(ops: Sequence[Op]) -> list[str]:
    """What filter and stride don't tell: dilation, groups, padding other than same, a bias beside a norm, no bias."""
    found = []
    given = arguments(ops[0])
    dilation, groups, padding = given.get("dilation"), given.get("groups"), given.get("padding")
    if dilation is not None and set(dilation) != {1}:
        found.append(f"d{_size(dilation)}")
    if groups is not None and groups != 1 and not ops[0].is_depthwise and ops[0].filter_text != str(groups):
        found.append(f"g{groups}")
    if padding is not None and padding != "same" and not ops[0].is_global:
        dilations = dilation or (1,) * len(padding)
        reach = [d * (k - 1) // 2 for d, k in zip(dilations, given["kernel"], strict=True)]
        if list(padding) != reach:
            found.append(f"p{_size(padding)}")
    if isinstance(given.get("bias"), bool):
        usual = not any(op.is_norm for op in ops)  # a norm has a bias of its own
        if given["bias"] != usual:
            found.append("bias" if given["bias"] else "no bias")
    return found


def _size(sizes: Sequence[Any]) -> str:
    return "x".join(map(str, dict.fromkeys(sizes) if len(set(sizes)) == 1 else sizes))


def _kind(id: str) -> Any:
    return "int" if id == "groups" else "text" if id == "bias" else "size"


def _argument(name: str) -> Callable[[Line], Value]:
    def get(line: Line) -> Value:
        value: Value = getattr(line.row.ops[0], name, None) if line.row.ops else None
        return value

    return get


def _of_extra(k: int, what: str) -> Callable[[Line], Value]:
    def get(line: Line) -> Value:
        value: Value = getattr(line.extras[k], what)
        return value

    return get


def _input(row: Row, raw: bool) -> Any:
    """The input's shape, or those of several; equal ones once, for people."""
    shapes = row.in_shapes
    same = len(shapes) == 1 or (len(set(shapes)) == 1 and not raw)
    return shapes[0] if same else shapes

"""The JSON of ``show``, which is a contract."""

from __future__ import annotations

from typing import Any

from ..table import Table
from .figures import Counted


def document(counted: Counted, by: str, table: Table | None) -> dict[str, object]:
    """One network. ``layers`` are its primitives, every copy written out; ``table``: the rows asked for."""
    default, other = counted.default, counted.other
    totals = {"params": default.params, "mult_adds": default.mult_adds}
    if other:
        totals |= {"counted": counted.work(other.counted), "unit": other.unit}
        if counted.both_params:
            totals["counted_params"] = plain(other.params)
    if counted.what_if:
        totals |= counted.what_if.totals
    result: dict[str, object] = {
        "spec": default.spec,
        "parameters": {name: plain(value) for name, value in default.parameters.items()},
        "convention": (other or default).convention.name,
        "totals": totals,
    }
    if counted.what_if and counted.what_if.problems:
        result["not_pruned"] = counted.what_if.problems
    if table is not None:
        result["by"] = by
        result["rows"] = [_row(table, row) for row in table.rows]
    result["layers"] = _layers(counted)
    return result


def _layers(counted: Counted) -> list[dict[str, object]]:
    layers: list[dict[str, object]] = []
    for layer in counted.default.layers:
        shapes = [list(shape) for shape in layer.in_shapes]
        layers.append(
            {
                "name": layer.name,
                "op": layer.op,
                "in_shape": shapes[0] if len(shapes) == 1 else shapes,
                "out_shape": list(layer.out_shape),
                "params": layer.params,
                "mult_adds": layer.mult_adds,
            }
        )
    if counted.other:
        for entry, other in zip(layers, counted.other.layers, strict=True):
            entry["counted"] = counted.work(other.counted)
            if counted.both_params:
                entry["counted_params"] = plain(other.params)
    if counted.what_if and counted.what_if.costs:
        for entry, figures in zip(layers, counted.what_if.layers(), strict=True):
            entry |= figures
    return layers


def _row(table: Table, row: tuple[Any, ...]) -> dict[str, object]:
    """Without columns that are for people: an empty type, a share that is a fraction of the totals."""
    return {c.id: plain(v) for c, v in zip(table.columns, row, strict=True)}


def plain(value: Any) -> Any:
    """What JSON holds: whole numbers as ints, fractions as floats where that is exact, else as text (6/7)."""
    if isinstance(value, bool | int | float | str) or value is None:
        return value
    if isinstance(value, tuple | list):
        return [plain(v) for v in value]
    if hasattr(value, "denominator"):
        if value.denominator == 1:
            return int(value)
        return float(value) if value.denominator & (value.denominator - 1) == 0 else str(value)
    return str(value)

"""What ``--columns``, ``--sort`` and ``--top`` do to a table."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from ..errors import UsageError, nearest, quoted
from ..table import Column, Table, Value

_NUMBERS = ("count", "int", "share", "ratio")


def select(table: Table, ids: str | None, standard: Sequence[str]) -> None:
    """Leave the columns of ``ids`` ("name,params"), or the ``standard`` ones, in that order.

    Raises :class:`UsageError` for one that there isn't.
    """
    wanted = [i.strip() for i in ids.split(",")] if ids is not None else list(standard)
    places = [_index(table, i) for i in dict.fromkeys(wanted)]
    table.columns = [table.columns[p] for p in places]
    table.rows = [tuple(row[p] for p in places) for row in table.rows]
    table.totals = {c.id: table.totals[c.id] for c in table.columns if c.id in table.totals}


def sort(table: Table, by: str) -> None:
    """Order the rows by a column: figures from the largest, text from A to Z, the other way round behind a "-"."""
    place = _index(table, by.removeprefix("-"))
    numbers = table.columns[place].kind in _NUMBERS
    filled = [row for row in table.rows if row[place] is not None]
    empty = [row for row in table.rows if row[place] is None]
    filled.sort(key=lambda row: _key(row[place], numbers), reverse=numbers != by.startswith("-"))
    table.rows = [*filled, *empty]


def top(table: Table, count: int, what: str) -> None:
    """Leave the first ``count`` rows, and one for all others together, so that the rows still add up."""
    rest = table.rows[count:]
    if not rest:
        return
    sums: list[Value] = [_sum([row[k] for row in rest], column) for k, column in enumerate(table.columns)]
    sums[0] = f"(other {len(rest)} {what})"
    table.rows = [*table.rows[:count], tuple(sums)]


def _sum(values: list[Any], column: Column) -> Value:
    if column.kind not in ("count", "share") and column.id != "layers":
        return None
    numbers = [v for v in values if v is not None]
    return sum(numbers) if numbers else None


def _key(value: Any, is_number: bool) -> Any:
    """Text by its letters and its numbers: stage2 before stage10. Shapes by their sizes."""
    if is_number:
        return value
    if isinstance(value, tuple):
        return _flat(value)
    parts = re.split(r"(\d+)", str(value).lower())
    return [(1, int(p), "") if p.isdecimal() else (0, 0, p) for p in parts]


def _flat(shape: tuple[Any, ...]) -> list[Any]:
    return [size for part in shape for size in (_flat(part) if isinstance(part, tuple) else [part])]


def _index(table: Table, column: str) -> int:
    known = [c.id for c in table.columns]
    if column not in known:
        raise UsageError(f"there is no column {quoted(column)}{nearest(column, known)}; there are {', '.join(known)}")
    return known.index(column)

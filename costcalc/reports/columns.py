"""Tables from described columns, and what ``--columns``, ``--sort`` and ``--top`` do to them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from ..errors import UsageError, nearest, quoted
from ..table import Column, Table, Value

_NUMBERS = ("count", "int", "share", "ratio", "difference")


def table_of(columns: Sequence[Column], items: Iterable[Any], title: str = "") -> Table:
    """A row for each of ``items``, read by the columns' getters, and the totals of the columns that add up."""
    every = list(items)
    cells: dict[str, list[Any]] = {c.id: [c.get(item) for item in every] for c in columns if c.get is not None}
    totals: dict[str, Value] = {c.id: _TOTALS[c.adds](cells[c.id]) for c in columns if c.adds in _TOTALS and every}
    for c in columns:
        if c.adds == "share":
            cells[c.id] = [share(part, totals[c.of]) for part in cells[c.of]]
            if every and totals[c.of] != 0:
                totals[c.id] = 1
    return Table(columns, list(zip(*(cells[c.id] for c in columns), strict=True)), title, totals)


def share(part: Any, total: Any) -> Value:
    """``part`` of ``total``; nothing of nothing."""
    return None if total == 0 else part / total


def records(table: Table) -> list[dict[str, Any]]:
    """The rows by the columns' ids, for JSON."""
    ids = [column.id for column in table.columns]
    return [dict(zip(ids, row, strict=True)) for row in table.rows]


def with_total(table: Table) -> Table:
    """``table`` with its totals as one more row, for a format that has rows only."""
    totals: list[Value] = [table.totals.get(column.id) for column in table.columns]
    if totals and totals[0] is None:
        totals[0] = "total"
    return Table(table.columns, [*table.rows, tuple(totals)], table.title)


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
    """Order the rows by a column: figures from the largest, text from A to Z.

    A "-" before it means descending and a "+" ascending, whatever the column holds.
    """
    place = _index(table, by.lstrip("+-") if by[:1] in ("+", "-") else by)
    numbers = table.columns[place].kind in _NUMBERS
    filled = [row for row in table.rows if row[place] is not None]
    empty = [row for row in table.rows if row[place] is None]
    descending = by.startswith("-") or (numbers and not by.startswith("+"))
    filled.sort(key=lambda row: _key(row[place], numbers), reverse=descending)
    table.rows = [*filled, *empty]


def top(table: Table, count: int, what: str) -> None:
    """Leave the first ``count`` rows, and one for all others together, so that the rows still add up."""
    rest = table.rows[count:]
    if not rest:
        return
    sums: dict[str, Value] = {
        c.id: _TOTALS[c.adds]([row[k] for row in rest]) for k, c in enumerate(table.columns) if c.adds in _TOTALS
    }
    sums |= {c.id: share(sums[c.of], table.totals[c.of]) for c in table.columns if c.adds == "share"}
    cells = [sums.get(column.id) for column in table.columns]
    cells[0] = f"(other {len(rest)} {what})"
    table.rows = [*table.rows[:count], tuple(cells)]


def _sum(values: Iterable[Any]) -> Any:
    return sum(v for v in values if v is not None)


def _largest(values: Iterable[Any]) -> Any:
    return max((v for v in values if v is not None), default=None)


_TOTALS: dict[str, Callable[[Iterable[Any]], Any]] = {"sum": _sum, "max": _largest}


def _key(value: Any, is_number: bool) -> Any:
    """Text by its letters and its numbers: stage2 before stage10. Shapes by their sizes."""
    if is_number:
        return value
    if isinstance(value, tuple):
        return _flat(value)
    # Every second piece is the number between two texts, so that like is compared with like.
    return [int(p) if k % 2 else p for k, p in enumerate(re.split(r"([0-9]+)", str(value).lower()))]


def _flat(shape: tuple[Any, ...]) -> list[Any]:
    return [size for part in shape for size in (_flat(part) if isinstance(part, tuple) else [part])]


def _index(table: Table, column: str) -> int:
    known = [c.id for c in table.columns]
    if column not in known:
        raise UsageError(f"there is no column {quoted(column)}{nearest(column, known)}; there are {', '.join(known)}")
    return known.index(column)

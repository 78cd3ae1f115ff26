"""What two networks cost block by block, and the line that says it all: made to stand in a pull request."""

from __future__ import annotations

from collections.abc import Sequence

from ..comparison import BlockChange, block_changes, difference
from ..cost import Cost
from ..table import Column, Table
from ..units import exact
from .columns import table_of

MARKS = {"added": "+", "removed": "-", "changed": "~", "same": ""}
"""What stands before a block or a layer that differs."""
LONG = 12
"""Rows from which on a table is folded, where a page can do that."""


def summary(first: Cost, other: Cost) -> str:
    """The totals in a line, and how many layers were added, removed and changed."""
    figures = [
        _moved("params", first.params, other.params),
        _moved("mult-adds", first.mult_adds, other.mult_adds),
        _counts([change.kind for change in difference(first, other)]),
    ]
    return "; ".join(figures)


def _moved(what: str, before: int, after: int) -> str:
    if before == after:
        return f"{what} {exact(after)}, the same"
    share = f", {100 * (after - before) / before:+.2f} %" if before else ""
    return f"{what} {exact(before)} → {exact(after)} ({'+' if after > before else ''}{exact(after - before)}{share})"


def _counts(kinds: Sequence[str]) -> str:
    counts = ", ".join(f"{kinds.count(kind)} {kind}" for kind in MARKS if kind in kinds)
    return f"layers: {counts}" if counts else "no layer differs"


def block_table(first: tuple[str, Cost], other: tuple[str, Cost]) -> Table:
    """A row for each block that differs, one for all others together, and the totals, which they add up to.

    ``first`` and ``other`` are the letters of the networks and their costs. Without a difference it is a line.
    """
    title = f"{other[0]} against {first[0]}: {summary(first[1], other[1])}"
    changes = block_changes(first[1], other[1])
    differing = [change for change in changes if change.kind != "same"]
    if not differing:
        return Table([], [], title)
    same = [change for change in changes if change.kind == "same"]
    rows = [*differing, *([_together(same)] if same else [])]
    columns = [
        Column("mark", "", get=lambda change: MARKS[change.kind]),
        Column("block", "block", get=_name),
        Column("params", "params", "count", 8, lambda change: change.params[1], "sum"),
        Column("params_difference", f"{other[0]} - {first[0]}", "difference", 9, lambda c: _more(c.params), "sum"),
        Column("mult_adds", "mult-adds", "count", 8, lambda change: change.mult_adds[1], "sum"),
        Column(
            "mult_adds_difference", f"{other[0]} - {first[0]}", "difference", 9, lambda c: _more(c.mult_adds), "sum"
        ),
    ]
    made = table_of(columns, rows, title)
    made.totals |= {"mark": "", "block": "total"}
    return made


def _together(changes: Sequence[BlockChange]) -> BlockChange:
    """The blocks that don't differ, in a row."""
    name = f"({len(changes)} other block{'s' * (len(changes) != 1)})"
    params, mult_adds = (sum(getattr(change, what)[1] for change in changes) for what in ("params", "mult_adds"))
    return BlockChange(name, name, (params, params), (mult_adds, mult_adds), False)


def _name(change: BlockChange) -> str:
    if change.before is None or change.after is None or change.before == change.after:
        return change.after or change.before or ""
    return f"{change.before} → {change.after}"


def _more(figures: tuple[int, int]) -> int:
    return figures[1] - figures[0]


def block_document(before: Cost, after: Cost) -> list[dict[str, object]]:
    """Every block that differs, with its names and its figures in both networks."""
    return [
        {
            "change": change.kind,
            "before": change.before,
            "after": change.after,
            "params": list(change.params),
            "mult_adds": list(change.mult_adds),
        }
        for change in block_changes(before, after)
        if change.kind != "same"
    ]

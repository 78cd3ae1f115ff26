"""What markdown and LaTeX share: a table's cells as text, laid out by ``tabulate``."""

from __future__ import annotations

from collections.abc import Callable

from tabulate import tabulate

from ..table import Table
from .cells import RIGHT_ALIGNED, text, totals, visible

_NO_ROW = "\0"
"""What no cell has: control characters are spelled out."""


def lines(table: Table, layout: str, escape: Callable[[str], str]) -> list[str]:
    """The lines that ``tabulate`` makes of the header, the rows and the totals, each cell escaped by ``escape``."""
    columns = table.columns
    if not columns:
        return []
    rows = [
        [escape(text(value, column.kind)) for value, column in zip(row, columns, strict=True)]
        for row in [*table.rows, *([totals(table)] if totals(table) else [])]
    ]
    made = tabulate(
        rows or [[_NO_ROW] * len(columns)],  # without rows tabulate forgets the columns too
        headers=[escape(visible(column.title)) for column in columns],
        tablefmt=layout,
        disable_numparse=True,  # "1e5" is a name and stays one
        colalign=["right" if column.kind in RIGHT_ALIGNED else "left" for column in columns],
    )
    return [line for line in made.split("\n") if _NO_ROW not in line]

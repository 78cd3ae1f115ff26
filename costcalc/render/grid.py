"""What markdown and LaTeX share: a table's cells as text, laid out by ``tabulate``."""

from __future__ import annotations

from collections.abc import Callable

from tabulate import tabulate

from ..table import Table
from .cells import RIGHT_ALIGNED, text, totals, visible


def lines(table: Table, layout: str, escape: Callable[[str], str]) -> list[str]:
    """The lines that ``tabulate`` makes of the header, the rows and the totals, each cell escaped by ``escape``."""
    columns = table.columns
    rows = [
        [escape(text(value, column.kind)) for value, column in zip(row, columns, strict=True)]
        for row in [*table.rows, *([totals(table)] if totals(table) else [])]
    ]
    made = tabulate(
        rows,
        headers=[escape(visible(column.title)) for column in columns],
        tablefmt=layout,
        disable_numparse=True,  # "1e5" is a name and stays one
        # tabulate 0.9 fails where it is told to align columns without rows
        colalign=["right" if column.kind in RIGHT_ALIGNED else "left" for column in columns] if rows else None,
    )
    return made.splitlines()

"""What markdown and LaTeX share: a table's cells as text, laid out by ``tabulate``."""

from __future__ import annotations

from collections.abc import Callable

from tabulate import tabulate

from ..table import Kind, Table, Typeset, Value
from .cells import RIGHT_ALIGNED, text, totals, visible

_NO_ROW = "\0"
"""What no cell has: control characters are spelled out."""


def lines(
    table: Table, layout: str, escape: Callable[[str], str], typeset: Callable[[Typeset], str] | None = None
) -> list[str]:
    """The lines that ``tabulate`` makes of the header, the rows and the totals, each cell escaped by ``escape``.

    ``typeset`` says what stands for a text that has a form of its own.
    """

    def cell(value: Value, kind: Kind) -> str:
        if typeset is not None and isinstance(value, Typeset):
            return typeset(value)
        return escape(text(value, kind))

    columns = table.columns
    if not columns:
        return []
    rows = [
        [cell(value, column.kind) for value, column in zip(row, columns, strict=True)]
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

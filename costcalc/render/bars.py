"""The rows of a table as one line of names, shares and bars."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..table import Table
from ..units import bar, share
from .cells import visible

_LINE = 80  # cells; longer bars tell no more
_LEAST = 10  # cells of all bars together, for which the smallest rows are left out


def bars_line(table: Table, width: int, width_of: Callable[[str], int]) -> str:
    """``mult-adds: conv 1x1 89.08 % ██████████  fc 0.43 %``, the largest first, in ``width`` cells at most.

    Rows without a share are left out, and the smallest, together, where there is no room. ``width_of`` tells the cells
    of a text.
    """
    k = table.index(table.bars)
    column = table.columns[k]
    what = f"{table.columns[table.index(column.of)].title}: " if column.of else ""
    shares: list[tuple[Any, str]] = [(row[k], visible(str(row[0]))) for row in table.rows if row[k]]
    shares.sort(key=lambda pair: pair[0], reverse=True)
    width = min(width, _LINE)
    for shown in range(len(shares), 0, -1):
        rest = shares[shown:]
        parts = [*shares[:shown], *([(sum(part for part, _ in rest), f"{len(rest)} more")] if rest else [])]
        texts = [f"{name} {share(part)}" for part, name in parts]
        taken = width_of(what) + sum(width_of(text) + 4 for text in texts) - 2  # 3 spaces, and what is rounded up
        room = width - taken
        if room >= _LEAST:
            whole = sum(part for part, _ in parts)
            bars = [bar(part, whole, room) for part, _ in parts]
            return what + "  ".join(f"{text} {bar}".rstrip() for text, bar in zip(texts, bars, strict=True))
    return f"{what}{shares[0][1]} {share(shares[0][0])}" if shares else ""

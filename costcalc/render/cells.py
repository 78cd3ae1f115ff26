"""Raw values to the text of a cell, as all renderers for people share it."""

from __future__ import annotations

from typing import cast

from .. import units
from ..table import Kind, Table, Value

RIGHT_ALIGNED = ("count", "int", "share", "ratio", "figure", "difference")
"""The kinds whose figures stand under each other."""

_SPACES = "\N{NO-BREAK SPACE}\N{THIN SPACE}\N{NARROW NO-BREAK SPACE}"
"""Not printable to Python, but harmless and usual in typeset figures."""
_DIGITS = 3
"""Significant digits of a shortened count."""


def visible(text: str) -> str:
    r"""``text`` with everything that a terminal would obey or hide written out: ESC as ``\x1b``, newline as ``\n``."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or c in _SPACES else c.encode("unicode_escape").decode("ascii") for c in text)


def shape(value: tuple[object, ...], *, squares: bool = False) -> str:
    """A shape (channels, height, width) as "112x56x32", or several joined by " + ".

    The sizes come first, as in the papers. With ``squares`` equal heights and widths are written as "112²x32".
    """
    if any(isinstance(part, tuple | list) for part in value):
        return " + ".join(shape(cast("tuple[object, ...]", part), squares=squares) for part in value)
    if not value:
        return ""
    channels, *sizes = (visible(str(size)) for size in value)
    if squares and len(sizes) > 1 and sizes[-1] == sizes[-2]:
        sizes[-2:] = [f"{sizes[-1]}²"]
    return "x".join((*sizes, channels))


def size(value: tuple[object, ...]) -> str:
    """A size (height, width) as "3x3"."""
    return "x".join(visible(str(n)) for n in value)


def text(value: Value, kind: Kind, *, shortened: bool = False, squares: bool = False) -> str:
    """The cell of a value: counts exact ("568,740,352") or ``shortened`` ("569 M"), shares in percent."""
    if value is None:
        return ""
    if isinstance(value, tuple | list):
        return size(value) if kind == "size" else shape(value, squares=squares)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str) or kind not in ("count", "share", "ratio", "difference"):
        return visible(str(value))
    if kind == "difference":
        return f"+{units.exact(value)}" if value > 0 else units.exact(value)
    if kind == "count":
        return units.short(value, _DIGITS) if shortened else units.exact(value)
    return units.share(value) if kind == "share" else units.ratio(value)


def totals(table: Table) -> list[Value]:
    """The totals in the order of the columns, with "total" in the first one if it has none; no totals, no row."""
    row: list[Value] = [table.totals.get(column.id) for column in table.columns]
    if all(value is None for value in row):
        return []
    if row[0] is None:
        row[0] = "total"
    return row

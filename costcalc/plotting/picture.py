"""What a picture shows: a table of raw values, and which of its columns stand where. Nothing of how it is drawn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

from ..record import Record
from ..table import Table


class Bars(Record):
    """A bar for each row and each column of ``figures``, which stand side by side; ``label`` and ``detail`` before.

    ``copies``: the column of how many of a row there are. The title, the totals and the notes are the table's.
    """

    table: Table
    figures: Sequence[str]
    label: str
    detail: str = ""
    copies: str = ""


class Curves(Record):
    """Each column of ``figures`` over the column ``x``, a curve for each value of ``group``; no figure: a gap."""

    table: Table
    figures: Sequence[str]
    x: str
    group: str = ""


class Scatter(Record):
    """A point for each row at its ``x`` and ``y``.

    ``label``: the column of the texts beside points. ``group``: that of series, which differ by shape and colour and
    are named once, and whose points are joined if they are among ``joined``. ``frontier``: that which says whether no
    other point is better. ``off``: that of what is wrong with a point, which is hollow then. ``log``: the columns whose
    axis is logarithmic. ``y_title``: what is upwards, where the column's title doesn't say all.
    """

    table: Table
    x: str
    y: str
    label: str = ""
    group: str = ""
    joined: Sequence[str] = ()
    frontier: str = ""
    off: str = ""
    log: Sequence[str] = ()
    y_title: str = ""


class Roof(Record):
    """A dot for each row at its ``x``, operations a byte, and its ``y``, operations a second, under a device's roof.

    ``peak``: operations a second; ``bandwidth``: bytes a second. ``group``: the column of what the dots are told apart
    by; ``size``: that of figures whose share of their sum is the area of a dot;
    ``copies``: that of how many of a row there are.
    """

    table: Table
    x: str
    y: str
    label: str
    group: str
    size: str
    copies: str
    peak: float
    bandwidth: float


Picture: TypeAlias = Bars | Curves | Scatter | Roof


def column(table: Table, id: str) -> list[Any]:
    """The cells of a column."""
    place = table.index(id)
    return [row[place] for row in table.rows]


def title(table: Table, id: str) -> str:
    """What a column is called."""
    return table.columns[table.index(id)].title


def names(picture: Bars | Roof) -> list[str]:
    """What the rows are called, with their copies."""
    every = [str(name) for name in column(picture.table, picture.label)]
    if not picture.copies:
        return every
    copies = column(picture.table, picture.copies)
    return [name if n in (1, None) else f"{name} × {n}" for name, n in zip(every, copies, strict=True)]


def groups(picture: Curves | Scatter | Roof) -> dict[str, list[int]]:
    """The numbers of the rows of each series, in the order in which they come."""
    if not picture.group:
        return {"": list(range(len(picture.table.rows)))}
    found: dict[str, list[int]] = {}
    for k, name in enumerate(column(picture.table, picture.group)):
        found.setdefault(str(name), []).append(k)
    return found

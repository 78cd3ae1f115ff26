"""The neutral table that every renderer reads: raw values, named columns, no formula."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from .record import Record, fresh

if TYPE_CHECKING:
    from fractions import Fraction

Kind = Literal["text", "count", "int", "shape", "size", "share", "ratio", "formula", "figure", "difference"]
"""What a column holds: ``count`` is an exact number of params or mult-adds, ``share`` a fraction of 1, ``ratio`` a
factor, ``int`` a small number without a unit, ``shape`` (channels, height, width) or a tuple of such shapes, ``size`` a
tuple (height, width), ``formula`` a text that is never cut but may go over several lines, broken at its spaces
(no-break ones excepted), ``figure`` a number that is a text already, in a unit that the column's title says,
``difference`` an exact number by which something is more or less: it has its sign."""

Adds = Literal["none", "sum", "max", "share"]
"""How a column's values become a total: not at all, by their sum, as the largest, as parts of another's total."""

Value: TypeAlias = "str | int | float | Fraction | tuple[object, ...] | None"
"""One cell; ``None`` is shown as an empty one."""


class Typeset(str):
    """A text that LaTeX has in a form of its own: mathematics, a citation.

    ``latex`` is that form, made by us and never escaped: whatever of it comes from a file is escaped or checked before.
    ``url`` is where a link leads to, in formats that have links.
    """

    __slots__ = ("latex", "url")

    def __new__(cls, text: str, latex: str = "", url: str = "") -> Typeset:
        made = super().__new__(cls, text)
        made.latex = latex
        made.url = url
        return made

    latex: str
    url: str


class Column(Record):
    """One column, described once: header, cells, totals, CSV and JSON come from it.

    ``id`` is stable (the ``--columns`` and ``--sort`` name, the CSV header); ``title`` is for people.
    ``keep`` ranks columns for narrow terminals: the smallest is dropped first, 9 is never dropped.
    ``get`` reads the value from what a row is of (a ``share`` has none: ``of`` names the column that it is a share of).
    ``adds`` says how the values become a total.
    """

    id: str
    title: str
    kind: Kind = "text"
    keep: int = 9
    get: Callable[[Any], Value] | None = None
    adds: Adds = "none"
    of: str = ""


class Table(Record):
    """Rows of raw values in the order of ``columns``.

    ``totals`` maps a column's id to its total. ``notes`` say what is counted (unit, convention, batch, resolution).
    ``marks`` say what signs in the cells mean: where they are pasted, the table is not right without them.
    ``answer`` are the lines that a terminal has last, so that they stay on the screen: what was asked for. ``bars``
    names a column of shares that a terminal draws in one line, in place of the rows.
    ``folded`` is what stands for the table until somebody unfolds it, in formats of pages that can do that.
    """

    columns: Sequence[Column]
    rows: list[tuple[Value, ...]]
    title: str = ""
    totals: dict[str, Value] = fresh(default_factory=dict)
    notes: list[str] = fresh(default_factory=list)
    marks: list[str] = fresh(default_factory=list)
    answer: list[str] = fresh(default_factory=list)
    bars: str = ""
    folded: str = ""

    def index(self, column: str) -> int:
        """Position of the column whose id is ``column``. Raises ``KeyError`` if there is none."""
        for i, c in enumerate(self.columns):
            if c.id == column:
                return i
        raise KeyError(column)

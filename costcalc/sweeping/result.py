"""``costcalc.sweep``: the rows of many configurations, as columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from ..errors import UsageError
from .asked import SweepRequest
from .forms import Rows
from .lines import shown

_SHOWN = 10


class Sweep:
    """Rows of a sweep: one for each configuration, a column for each parameter that varies and for each figure.

    ``sweep["params"]`` is a column: a NumPy array where NumPy is installed and the values are numbers of one kind, else
    a list. Figures of what can't be built are None in a list, and masked in an array. Iteration gives each row as a
    dict, which pandas understands.
    """

    def __init__(self, asked: SweepRequest, blocks: Sequence[Rows]) -> None:
        self._asked = asked
        self.columns: dict[str, Any] = {name: _column([b.columns[name] for b in blocks]) for name in asked.columns}
        self.invalid = sum(block.invalid for block in blocks)
        """How many of the configurations can't be built."""
        self._size = sum(block.size for block in blocks)

    def __len__(self) -> int:
        return self._size

    def __getitem__(self, column: str) -> Any:
        try:
            return self.columns[column]
        except KeyError:
            raise UsageError(f"there is no column {column!r}; there are {', '.join(self.columns)}") from None

    def __iter__(self) -> Iterator[dict[str, Any]]:
        columns = [c.tolist() if hasattr(c, "tolist") else c for c in self.columns.values()]
        return (dict(zip(self.columns, row, strict=True)) for row in zip(*columns, strict=True))

    def __repr__(self) -> str:
        names = ", ".join(part.word for part in self._asked.parts)
        return f"<Sweep {names}: {self._size:,} rows of {', '.join(self.columns)}>"

    def _repr_html_(self) -> str:
        from html import escape

        head = "".join(f"<th>{escape(name)}</th>" for name in self.columns)
        lines = []
        for row, _ in zip(self, range(_SHOWN), strict=False):
            cells = ("" if v is None else f"{v:,}" if type(v) is int else shown(v) for v in row.values())
            lines.append("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>")
        more = f"<p>{self._size:,} rows</p>" if self._size > _SHOWN else ""
        return f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(lines)}</tbody></table>{more}"

    def to_pandas(self) -> Any:
        """The rows as a ``pandas.DataFrame``."""
        try:
            import pandas
        except ImportError:
            raise UsageError("to_pandas() needs pandas: pip install pandas") from None
        return pandas.DataFrame({name: _plain(column) for name, column in self.columns.items()})

    def to_arrow(self) -> Any:
        """The rows as a ``pyarrow.Table``."""
        from .arrow import schema_of, table_of

        return table_of(Rows(self.columns, self._size, self._size), schema_of(self._asked))


def _plain(column: Any) -> Any:
    """A column without a mask: pandas knows None."""
    return column.tolist() if hasattr(column, "mask") else column


def _column(parts: Sequence[Any]) -> Any:
    """The values of all blocks: an array if they are arrays of one kind, else a list."""
    kinds = {getattr(part, "dtype", None) for part in parts}
    if len(kinds) == 1 and None not in kinds:
        import numpy

        masked = any(hasattr(part, "mask") for part in parts)
        return (numpy.ma if masked else numpy).concatenate(parts)
    return [value for part in parts for value in (part.tolist() if hasattr(part, "tolist") else part)]

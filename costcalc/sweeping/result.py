"""``costcalc.sweep``: the rows of many configurations, as columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from ..errors import UsageError
from ..frames import load_pandas
from ..shown import Shown
from .asked import SweepRequest
from .forms import Rows


class Sweep(Shown):
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

    @property
    def asked(self) -> SweepRequest:
        """What was asked for."""
        return self._asked

    def first(self, rows: int) -> Rows:
        """The first ``rows`` rows, as columns."""
        size = min(rows, self._size)
        return Rows({name: column[:rows] for name, column in self.columns.items()}, size, size)

    def to_pandas(self) -> Any:
        """The rows as a ``pandas.DataFrame``."""
        return load_pandas().DataFrame({name: _plain(column) for name, column in self.columns.items()})

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

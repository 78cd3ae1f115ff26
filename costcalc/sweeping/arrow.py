"""Rows as Apache Arrow: tables, an Arrow file, and Parquet as a folder of parts. Needs pyarrow."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from typing import Any

from ..errors import UsageError
from .asked import SweepRequest
from .forms import Rows
from .lines import shown
from .part_files import State, left_over

PART_BLOCKS = 64
"""Blocks in a part of a Parquet folder: a million rows where all are wanted."""
_STATE = "_sweep.json"
"""Readers of a folder pass over names that begin with _."""


def require_pyarrow(what: str) -> Any:
    """The module. Raises :class:`UsageError` where it isn't installed."""
    try:
        import pyarrow
    except ImportError:
        raise UsageError(f"{what} needs pyarrow: pip install 'costcalc[parquet]'") from None
    return pyarrow


def schema_of(asked: SweepRequest) -> Any:
    """The types of the columns: whole numbers, floats, yes and no, or else text."""
    pa = require_pyarrow("Arrow")
    types = {name: _type_of(pa, asked, name) for name in asked.columns}
    return pa.schema(list(types.items()))


def _type_of(pa: Any, asked: SweepRequest, name: str) -> Any:
    if name in asked.figures:
        return pa.int64()
    kinds: set[type] = set()
    for part in asked.parts:
        if name in part.given:
            kinds.add(type(part.given[name]))
        kinds |= {t for axis in part.points.axes if axis.name == name for t in axis.values.types()}
    if kinds == {int}:
        return pa.int64()
    if kinds and kinds <= {int, float}:
        return pa.float64()
    return pa.bool_() if kinds == {bool} else pa.string()


def table_of(rows: Rows, schema: Any) -> Any:
    """A block's rows as an Arrow table."""
    pa = require_pyarrow("Arrow")
    arrays = []
    for field in schema:
        column = rows.columns[field.name]
        if pa.types.is_string(field.type):
            values = column.tolist() if hasattr(column, "tolist") else column
            column = [value if value is None or isinstance(value, str) else shown(value) for value in values]
        elif hasattr(column, "mask"):
            column = column.tolist()
        elif pa.types.is_floating(field.type) and not hasattr(column, "dtype"):
            column = [None if value is None else float(value) for value in column]
        arrays.append(pa.array(column, field.type))
    return pa.Table.from_arrays(arrays, schema=schema)


class ArrowFile:
    """An Arrow file that grows block by block; it can't be gone on with."""

    def __init__(self, path: str, asked: SweepRequest) -> None:
        pa = require_pyarrow("--format arrow")
        self.target, self.part = path, f"{path}.part"
        self.schema = schema_of(asked)
        self._sink = pa.OSFile(self.part, "wb")
        self._writer = pa.ipc.new_file(self._sink, self.schema)

    def add(self, rows: Rows) -> None:
        """The rows of the next block."""
        self._writer.write_table(table_of(rows, self.schema))

    def whole(self) -> None:
        """All is written: the part becomes the file."""
        self._writer.close()
        self._sink.close()
        os.replace(self.part, self.target)

    def stop(self) -> None:
        """What is half written goes."""
        self._sink.close()
        os.unlink(self.part)


class ParquetFolder:
    """``FOLDER.part`` with a file for each :data:`PART_BLOCKS` blocks, which becomes FOLDER when it is whole.

    ``_sweep.json`` in it says first what was asked, then how far it is, and stays there.
    """

    def __init__(self, path: str, asked: SweepRequest, described: Mapping[str, Any], *, resume: bool) -> None:
        require_pyarrow("--format parquet")
        self.target, self.part = path.rstrip("/"), f"{path.rstrip('/')}.part"
        if os.path.exists(self.target):
            raise UsageError(f"'{self.target}' is there already; a folder is not written over")
        self.schema = schema_of(asked)
        self.state = State(os.path.join(self.part, _STATE), dict(described))
        self._waiting: list[Any] = []
        self._blocks = self._rows = self._invalid = 0
        if os.path.exists(self.part) and not resume:
            raise UsageError(left_over(self.part))
        if os.path.exists(self.part) and self.state.read():
            for name in os.listdir(self.part):
                if name not in (_STATE, *map(_name, range(self.parts))):
                    os.unlink(os.path.join(self.part, name))
        else:
            shutil.rmtree(self.part, ignore_errors=True)
            os.mkdir(self.part)
            self.state.write()

    @property
    def parts(self) -> int:
        """How many parts are written."""
        return -(-self.state.blocks // PART_BLOCKS)

    def add(self, rows: Rows) -> None:
        """The rows of the next block."""
        self._waiting.append(table_of(rows, self.schema))
        self._blocks, self._rows, self._invalid = self._blocks + 1, self._rows + rows.size, self._invalid + rows.invalid
        if self._blocks == PART_BLOCKS:
            self._write()

    def _write(self) -> None:
        pa = require_pyarrow("--format parquet")
        import pyarrow.parquet as parquet

        beside = os.path.join(self.part, "_new")
        parquet.write_table(pa.concat_tables(self._waiting or [self.schema.empty_table()]), beside)
        os.replace(beside, os.path.join(self.part, _name(self.parts)))
        state = self.state
        state.blocks, state.rows = state.blocks + self._blocks, state.rows + self._rows
        state.invalid += self._invalid
        state.write()
        self._waiting = []
        self._blocks = self._rows = self._invalid = 0

    def whole(self) -> None:
        """All is written: the part becomes the folder."""
        if self._waiting or not self.parts:
            self._write()
        os.replace(self.part, self.target)

    def stop(self) -> None:
        """Leave the parts that there are for later."""


def _name(part: int) -> str:
    return f"part-{part:05d}.parquet"

"""Where the rows of a sweep go: to the terminal, into a pipe, into a file that grows."""

from __future__ import annotations

import os
import stat
import sys
from contextlib import suppress
from typing import Any, BinaryIO, Protocol

import click

from ..errors import UsageError
from ..render import ROWS, formats
from ..reports.sweep import document, grids, json_head, refuse_long, rows_table, told_of_invalid
from ..sweeping.asked import SweepRequest
from ..sweeping.evaluating import Done, Shape
from ..sweeping.forms import Rows
from ..sweeping.lines import csv_head, csv_lines, json_lines
from ..sweeping.merging import Merged
from ..sweeping.part_files import PartFile
from ..sweeping.running import run
from .output import cannot_write, check_writable, to_stdout, write_tables
from .progress import counting

FORMATS = (*formats(), "jsonl", "parquet", "arrow")
FOR_PEOPLE = tuple(name for name in formats() if name != "json" and name not in ROWS)
"""The formats of whole tables, for which all rows are in memory."""
_BINARY = ("parquet", "arrow")
_RESUMABLE = ("csv", "jsonl", "parquet")
_ENDINGS = {
    ".csv": "csv",
    ".json": "json",
    ".html": "html",
    ".jsonl": "jsonl",
    ".parquet": "parquet",
    ".arrow": "arrow",
}


def format_of(ctx: click.Context, fmt: str, output: str | None) -> str:
    """The format that is asked for, or that FILE's ending says."""
    if output is not None and ctx.get_parameter_source("fmt") is click.core.ParameterSource.DEFAULT:
        return _ENDINGS.get(os.path.splitext(output.rstrip("/"))[1].lower(), fmt)
    return fmt


class Sink(Protocol):
    """Takes the blocks of a sweep in their order, from the block ``first`` on, each in its ``shape``."""

    shape: Shape
    first: int
    rows: int
    """How many it has already."""
    invalid: int

    def add(self, done: Done) -> None:
        """The next block."""

    def whole(self) -> None:
        """That was the last."""

    def stop(self) -> str:
        """No more will come. What to say of what is left."""


def write_sweep(
    asked: SweepRequest,
    fmt: str,
    output: str | None,
    told: dict[str, Any],
    *,
    grid: str | None = None,
    resume: bool = False,
    jobs: int = 1,
    cluster: bool = False,
    scheduler: str | None = None,
) -> None:
    """Evaluate ``asked`` and write its rows. ``told`` is what tells it from other sweeps."""
    try:
        sink = _sink(asked, fmt, output, told, grid=grid, resume=resume)
    except OSError as e:
        raise cannot_write(output, e) from e
    merged = Merged(asked) if asked.aims else None
    shape: Shape = "rows" if merged else sink.shape
    invalid, first = sink.invalid, None
    quiet = isinstance(sink, _Stream) and to_stdout(output) and sys.stdout is not None and sys.stdout.isatty()
    before = sum(stop - start for _, start, stop in map(asked.block, range(sink.first)))
    try:
        with counting(asked.count, "configurations", wanted=not quiet) as advance:
            advance(before)
            for done in run(asked, shape, first=sink.first, jobs=jobs, cluster=cluster, scheduler=scheduler):
                invalid += done.invalid
                first = first or done.first
                if merged is not None and done.rows is not None:
                    merged.add(done.rows)
                else:
                    sink.add(done)
                advance(done.points)
            if merged is not None:
                sink.add(_shaped(asked, merged.rows(), sink.shape))
            sink.whole()
    except BaseException as e:
        said = sink.stop()
        if isinstance(e, OSError) and not isinstance(e, BrokenPipeError):
            wrong = cannot_write(output, e)
            wrong.message += f"; {said}" if said else ""
            raise wrong from e
        if said and isinstance(e, KeyboardInterrupt | SystemExit):
            click.echo(said[:1].upper() + said[1:], err=True)
        raise
    if invalid:
        click.echo(told_of_invalid(asked, invalid, first), err=True)


def _shaped(asked: SweepRequest, rows: Rows, shape: Shape) -> Done:
    text = "" if shape == "rows" else (csv_lines if shape == "csv" else json_lines)(rows, asked.columns)
    return Done(0, rows.size, rows.points, rows.invalid, None, text, rows)


def _sink(
    asked: SweepRequest, fmt: str, output: str | None, told: dict[str, Any], *, grid: str | None, resume: bool
) -> Sink:
    if resume and (fmt not in _RESUMABLE or to_stdout(output) or asked.aims or grid):
        raise UsageError("--resume goes on with -o FILE of csv, jsonl or parquet, without --pareto and --grid")
    if fmt in _BINARY and (grid or to_stdout(output)):
        raise UsageError(f"--format {fmt} is for rows, and needs -o FILE")
    if output is not None and not to_stdout(output) and fmt != "parquet":
        check_writable(output)
    if grid is not None and fmt == "jsonl":
        raise UsageError("a matrix is no JSON lines; --format json has it")
    if grid is not None or fmt in FOR_PEOPLE:
        return _Gathered(asked, fmt, output, grid, told)
    if fmt == "parquet":
        return _Parquet(asked, str(output), told, resume=resume)
    if fmt == "arrow":
        return _Arrow(asked, str(output))
    head = csv_head(asked.columns) if fmt == "csv" else ""
    if fmt != "json" and output is not None and not to_stdout(output) and _is_plain(output):
        return _GrowingFile(output, told, head, fmt, resume=resume, keep=not asked.aims)
    if fmt == "json":
        begin, end = json_head(asked, told)
        return _Document(output, begin, end)
    return _Stream(output, head, "csv" if fmt == "csv" else "jsonl")


def _is_plain(path: str) -> bool:
    """Whether ``path`` is a file, or will be one: no device, no named pipe."""
    try:
        return stat.S_ISREG(os.stat(path).st_mode)
    except FileNotFoundError:
        return True


class _Stream:
    """Rows as text, written to stdout, a device or a pipe as they come."""

    first = rows = invalid = 0

    def __init__(self, output: str | None, head: str, shape: Shape) -> None:
        self.shape = shape
        self._file: BinaryIO | None = None
        if output is not None and not to_stdout(output):
            self._file = open(output, "wb")  # noqa: SIM115 - closed by whole() or stop()
        self._head = head

    def _put(self, text: str) -> None:
        text, self._head = self._head + text, ""
        if self._file is not None:
            self._file.write(text.encode())
        else:
            sys.stdout.write(text)

    def add(self, done: Done) -> None:
        self._put(done.text)
        (self._file or sys.stdout).flush()

    def whole(self) -> None:
        self._put("")
        if self._file is not None:
            self._file.close()

    def stop(self) -> str:
        file, self._file = self._file, None
        if file is not None:
            _close(file)
        return ""


class _Document(_Stream):
    """One JSON document, written row by row; a file of that name is the old one until all is there."""

    def __init__(self, output: str | None, begin: str, end: str) -> None:
        self._target = output if output is not None and not to_stdout(output) and _is_plain(output) else None
        self._end = end
        self._empty = True
        super().__init__(f"{self._target}.part" if self._target else output, begin, "jsonl")

    def add(self, done: Done) -> None:
        lines = done.text.splitlines()
        if lines:
            self._put(("\n" if self._empty else ",\n") + ",\n".join(f"    {line}" for line in lines))
            self._empty = False

    def whole(self) -> None:
        self._put(("" if self._empty else "\n  ") + self._end)
        super().whole()
        if self._target is not None:
            os.replace(f"{self._target}.part", self._target)

    def stop(self) -> str:
        if self._file is not None and self._target is not None:
            super().stop()
            os.unlink(f"{self._target}.part")
        return super().stop()


def _close(file: BinaryIO) -> None:
    """Close ``file``, and drop what it can't write any more."""
    with suppress(OSError):
        file.close()


class _GrowingFile:
    """Rows as text in FILE.part, which ``--resume`` goes on with."""

    def __init__(self, path: str, told: dict[str, Any], head: str, fmt: str, *, resume: bool, keep: bool) -> None:
        self.shape: Shape = "csv" if fmt == "csv" else "jsonl"
        self._file = PartFile(os.path.realpath(path), told, resume=resume, head=head)
        state = self._file.state
        self.first, self.rows, self.invalid = state.blocks, state.rows, state.invalid
        self._keep = keep

    def add(self, done: Done) -> None:
        self._file.add(done.text, done.size, done.invalid)

    def whole(self) -> None:
        self._file.whole()

    def stop(self) -> str:
        if not self._keep or self._file.state.blocks == 0:
            self._file.discard()
            return ""
        self._file.stop()
        return f"{self._file.state.rows:,} rows are in '{self._file.part}', and --resume goes on from there"


class _Gathered:
    """Rows for a table or a matrix, which is laid out when all are there."""

    shape: Shape = "rows"
    first = rows = invalid = 0

    def __init__(
        self, asked: SweepRequest, fmt: str, output: str | None, grid: str | None, told: dict[str, Any]
    ) -> None:
        self._asked, self._fmt, self._output, self._grid, self._told = asked, fmt, output, grid, told
        self._blocks: list[Rows] = []

    def add(self, done: Done) -> None:
        rows = done.rows
        assert rows is not None
        self._blocks.append(rows)
        self.rows += done.size
        refuse_long(self.rows)

    def whole(self) -> None:
        if self._grid is None:
            tables = [rows_table(self._asked, self._blocks)]
        else:
            raw = self._fmt in ("csv", "json")
            tables = grids(self._asked, self._blocks, self._grid, raw=raw)
        made = document(self._asked, self._told, tables, self._grid) if self._fmt == "json" else None
        write_tables(tables, self._fmt, self._output, made)

    def stop(self) -> str:
        return ""


class _Arrow:
    shape: Shape = "rows"
    first = rows = invalid = 0

    def __init__(self, asked: SweepRequest, path: str) -> None:
        from ..sweeping.arrow import ArrowFile

        self._file = ArrowFile(path, asked)

    def add(self, done: Done) -> None:
        rows = done.rows
        assert rows is not None
        self._file.add(rows)

    def whole(self) -> None:
        self._file.whole()

    def stop(self) -> str:
        self._file.stop()
        return ""


class _Parquet(_Arrow):
    def __init__(self, asked: SweepRequest, path: str, told: dict[str, Any], *, resume: bool) -> None:
        from ..sweeping.arrow import ParquetFolder

        self._folder = ParquetFolder(path, asked, told, resume=resume)
        state = self._folder.state
        self.first, self.rows, self.invalid = state.blocks, state.rows, state.invalid

    def add(self, done: Done) -> None:
        rows = done.rows
        assert rows is not None
        self._folder.add(rows)

    def whole(self) -> None:
        self._folder.whole()

    def stop(self) -> str:
        rows = self._folder.state.rows
        return f"{rows:,} rows are in '{self._folder.part}', and --resume goes on from there"

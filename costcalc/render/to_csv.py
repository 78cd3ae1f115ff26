"""Comma-separated values: raw, for programs. Column ids and rows: titles, notes and totals would break readers."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence

from ..table import Kind, Table, Value
from .cells import shape, size
from .options import Options


class _Lines:
    """Takes the writer's lines. It quotes a carriage return only if its own line end has one, so that is cut here."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def write(self, line: str) -> None:
        self.lines.append(line.removesuffix("\r\n") + "\n")


def render(tables: Sequence[Table], options: Options) -> str:
    """Header and rows of each table; several tables stand apart by an empty line."""
    return "\n".join(_one(table) for table in tables)


def _one(table: Table) -> str:
    out = _Lines()
    csv.writer(out, lineterminator="\r\n").writerows(_rows(table))
    return "".join(out.lines)


def _rows(table: Table) -> Iterator[list[str]]:
    yield [column.id for column in table.columns]
    for row in table.rows:
        yield [_raw(value, column.kind) for value, column in zip(row, table.columns, strict=True)]


def _raw(value: Value, kind: Kind) -> str:
    """Numbers with all their digits; a fraction that isn't whole as the nearest float."""
    if value is None:
        return ""
    if isinstance(value, tuple | list):
        return size(value) if kind == "size" else shape(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str | int | float) or value.denominator == 1:
        return str(value)
    return repr(float(value))

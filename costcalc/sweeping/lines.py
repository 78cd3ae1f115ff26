"""Rows as text: CSV, and a JSON object for each."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from ..language.values import Size
from .forms import Rows


def csv_head(columns: Sequence[str]) -> str:
    return ",".join(map(csv_cell, columns)) + "\n"


def csv_lines(rows: Rows, columns: Sequence[str]) -> str:
    """A line for each row."""
    return _lines(rows, columns, ",".join, csv_cell)


def json_lines(rows: Rows, columns: Sequence[str]) -> str:
    """An object for each row, on a line of its own."""
    keys = [json.dumps(name) for name in columns]

    def line(cells: Iterable[str]) -> str:
        return "{" + ", ".join([f"{key}: {cell}" for key, cell in zip(keys, cells, strict=True)]) + "}"

    return _lines(rows, columns, line, json_cell)


def _lines(rows: Rows, columns: Sequence[str], join: Callable[[Iterable[str]], str], cell: Callable[[Any], str]) -> str:
    cells = [_cells(rows.columns[name], cell) for name in columns]
    return "".join(f"{join(line)}\n" for line in zip(*cells, strict=True)) if rows.size else ""


def _cells(column: Any, cell: Callable[[Any], str]) -> list[str]:
    if hasattr(column, "dtype") and not hasattr(column, "mask"):
        return list(map(repr, column.tolist()))
    known: dict[Any, str] = {}
    texts = []
    for value in column.tolist() if hasattr(column, "tolist") else column:
        key = (type(value), value)
        text = known.get(key)
        if text is None:
            text = cell(value)
            if len(known) < 1000:
                known[key] = text
        texts.append(text)
    return texts


def csv_cell(value: Any) -> str:
    """A value as ``--set`` takes it, nothing for none."""
    if value is None:
        return ""
    text = shown(value)
    return '"' + text.replace('"', '""') + '"' if any(ch in text for ch in ',"\r\n') else text


def shown(value: Any) -> str:
    """A value as the command line takes it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "x".join(map(str, value)) if isinstance(value, tuple) else str(value)


def json_cell(value: Any) -> str:
    """A value as JSON: a fraction that is no decimal, and a rectangle, as text."""
    return json.dumps(as_json(value))


def as_json(value: Any) -> Any:
    """A value as JSON holds it."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    return shown(value) if isinstance(value, tuple | Size) or value.denominator != 1 else int(value)


def as_lists(rows: Rows) -> dict[str, Sequence[Any]]:
    """The columns as lists of Python's own values, None where there is none."""
    return {name: c.tolist() if hasattr(c, "tolist") else c for name, c in rows.columns.items()}

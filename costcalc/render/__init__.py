"""Renderers: neutral tables to text, one small module per format, each loaded when it is first asked for.

A renderer sees tables and ``units`` only, so none can hold a formula: rows and totals are shown as given.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import TYPE_CHECKING

from .options import UNLIMITED, Options, terminal_width

if TYPE_CHECKING:
    from ..table import Table

__all__ = ["PAGES", "ROWS", "UNLIMITED", "formats", "render", "terminal_width"]

_MODULES = {
    "table": "to_table",
    "json": "to_json",
    "csv": "to_csv",
    "markdown": "to_markdown",
    "latex": "to_latex",
    "html": "to_html",
}

ROWS = frozenset({"csv"})
"""The formats that hold one table of raw values for programs, without titles, notes and totals."""

PAGES = frozenset({"markdown", "html"})
"""The formats of pages, which can fold a table."""


def formats() -> tuple[str, ...]:
    """Names of the formats, the one for people first."""
    return tuple(_MODULES)


def render(
    tables: Sequence[Table], fmt: str, *, document: object = None, width: int | None = None, color: bool = False
) -> str:
    """The tables as text in the format ``fmt``, with one newline at its end.

    ``document`` is what ``json`` writes instead of the tables; the other formats ignore it. ``width`` (of ``table``
    only) is in terminal cells: ``None`` is the terminal's, without limit when stdout is no terminal, and ``UNLIMITED``
    is for files. ``color`` allows escape sequences. Raises ``ValueError`` for an unknown format or a row that doesn't
    match its table's columns, and ``TypeError`` or ``ValueError`` for a document that JSON can't hold.
    """
    if fmt not in _MODULES:
        raise ValueError(f"unknown format {fmt!r}: one of {', '.join(_MODULES)}")
    for table in tables:
        _check(table)
    module = import_module(f"costcalc.render.{_MODULES[fmt]}")
    text: str = module.render(tables, Options(document, terminal_width() if width is None else width, color))
    return text


def _check(table: Table) -> None:
    for number, row in enumerate(table.rows, start=1):
        if len(row) != len(table.columns):
            raise ValueError(f"row {number} has {len(row)} cells for {len(table.columns)} columns")

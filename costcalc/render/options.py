"""What a renderer may be told besides the tables."""

from __future__ import annotations

import os
import sys

from ..record import Record

UNLIMITED = 1_000_000
"""A width, in terminal cells, at which nothing is shortened or left out."""


class Options(Record):
    """``document`` is for json; ``width`` (terminal cells) and ``color`` are for the terminal's table."""

    document: object = None
    width: int = UNLIMITED
    color: bool = False


def terminal_width() -> int:
    """Cells per line: ``COLUMNS`` if set, else stdout's terminal, else ``UNLIMITED`` (a pipe loses nothing)."""
    columns = os.environ.get("COLUMNS", "")
    if columns.isdecimal() and int(columns) > 0:
        return int(columns)
    try:
        if not sys.stdout.isatty():
            return UNLIMITED
        return os.get_terminal_size(sys.stdout.fileno()).columns or 80  # some pseudo-terminals answer 0
    except (AttributeError, OSError, ValueError):  # no stdout, a closed one, or one without a file descriptor
        return UNLIMITED

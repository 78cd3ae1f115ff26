"""Markdown: a pipe table with its title above and its notes below."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape
from urllib.parse import quote

from ..table import Table, Typeset
from . import grid
from .cells import visible
from .options import Options

# Everything that could start emphasis, code, a link, HTML, an entity, mathematics or a cell. An underscore behind
# a letter (mult_adds) starts nothing and stays as it is.
_URL = ":/?&=%.,-_~+;@"
"""What stands in an address as it is."""

_SPECIAL = re.compile(r"[\\`*\[\]<>|~&$#]|(?<![^\W_])_")


def render(tables: Sequence[Table], options: Options) -> str:
    """Each table, apart by empty lines."""
    return "\n".join(_one(table) for table in tables)


def _one(table: Table) -> str:
    parts = [f"**{_escape(visible(table.title.strip()))}**"] if table.title.strip() else []
    if body := grid.lines(table, "pipe", _escape, _typeset):
        parts.append("\n".join(body))
    if notes := [*table.marks, *table.notes, *table.answer]:
        parts.append("\n".join(f"- {_escape(visible(note))}" for note in notes))
    if table.folded:
        # An element of HTML, in which Markdown goes on behind an empty line.
        summary = escape(visible(table.folded))
        parts = [f"<details>\n<summary>{summary}</summary>", *parts, "</details>"]
    return "\n\n".join(parts) + "\n"


def _typeset(text: Typeset) -> str:
    """A link, whose address holds nothing that would end it; mathematics stays text, which every page can show."""
    shown = _escape(visible(text))
    return f"[{shown}](<{quote(text.url, safe=_URL)}>)" if text.url else shown


def _escape(text: str) -> str:
    return _SPECIAL.sub(r"\\\g<0>", text)

"""HTML: a table with a bar behind each share, to stand in any page, notebook or comment.

Styles stand in the elements, since comments and notebooks drop style sheets; ``align`` is for those that drop styles
too. Colours are the page's own, so that they fit a light and a dark one. What is beyond ASCII is a character reference:
it's right whatever encoding a page is read in.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import escape

from ..table import Column, Table, Typeset, Value
from .cells import RIGHT_ALIGNED, text, totals, visible
from .options import Options

_TABLE = "border-collapse:collapse;font-variant-numeric:tabular-nums"
_RULE = "border-top:1px solid;border-color:color-mix(in srgb,currentColor 35%,transparent)"
_BAR = "rgba(66,133,190,.35)"
"""A blue that is seen on white and on black, and lets both colours of text be read."""
_SHORT = 24
"""Characters up to which a text stays in one line: "mult-adds" would be broken at its hyphen."""


def render(tables: Sequence[Table], options: Options) -> str:
    """Each table in an element of its own."""
    return "".join(f"{line}\n" for table in tables for line in _one(table))


def _one(table: Table) -> Iterator[str]:
    yield '<div class="costcalc" style="margin-bottom:1em;overflow-x:auto">'
    if table.folded:
        yield f"<details><summary>{_escape(table.folded)}</summary>"
    columns = table.columns
    title = _escape(table.title.strip())
    if columns:
        yield f'<table cellpadding="4" style="{_TABLE}">'
        if title:
            yield f'<caption style="text-align:left;font-weight:bold">{title}</caption>'
        head = (_cell("th", column, _escape(column.title)) for column in columns)
        yield f"<thead><tr>{''.join(head)}</tr></thead>"
        largest = [_largest([row[k] for row in table.rows], column) for k, column in enumerate(columns)]
        yield f'<tbody style="{_RULE}">'
        yield from (_row("td", columns, row, largest) for row in table.rows)
        yield "</tbody>"
        if last := totals(table):
            yield f'<tfoot style="{_RULE}">{_row("th", columns, last)}</tfoot>'
        yield "</table>"
    elif title:
        yield f"<p><strong>{title}</strong></p>"
    if notes := [*table.marks, *table.notes, *table.answer]:
        yield f"<ul>{''.join(f'<li>{_escape(note)}</li>' for note in notes)}</ul>"
    yield "</details></div>" if table.folded else "</div>"


def _row(tag: str, columns: Sequence[Column], row: Sequence[Value], largest: Sequence[Value] = ()) -> str:
    cells = []
    for k, (value, column) in enumerate(zip(row, columns, strict=True)):
        bar = _bar(value, largest[k]) if largest else ""
        words = text(value, column.kind, squares=True)
        content = _escape(words)
        if len(words) <= _SHORT and re.search(r"[\s-]", words) and column.kind not in RIGHT_ALIGNED:
            bar += ";white-space:nowrap"
        if isinstance(value, Typeset) and value.url:
            content = f'<a href="{_escape(value.url)}">{content}</a>'
        cells.append(_cell(tag, column, content, bar))
    return f"<tr>{''.join(cells)}</tr>"


def _cell(tag: str, column: Column, content: str, more: str = "") -> str:
    """A figure isn't broken at its space. A left cell needs no ``align``, but for a header, which has another one."""
    if column.kind in RIGHT_ALIGNED:
        content = content.replace(" ", "&nbsp;")
        return f'<{tag} align="right" style="text-align:right{more}">{content}</{tag}>'
    align = ' align="left"' if tag == "th" else ""
    return f'<{tag}{align} style="text-align:left{more}">{content}</{tag}>'


def _largest(values: Sequence[Value], column: Column) -> Value:
    """The largest share of a column, which fills its cell; 0 where there are no shares."""
    return max((_number(v) for v in values), default=0) if column.kind == "share" else 0


def _bar(value: Value, largest: Value) -> str:
    """A bar from the left whose length is ``value`` over ``largest``."""
    if not largest or not (part := _number(value)):
        return ""
    end = f"{100 * part / _number(largest):.1f}%"
    return f";background:linear-gradient(to right,{_BAR} {end},transparent {end})"


def _number(value: Value) -> float:
    """A share above 0; 0 for all else."""
    return max(float(value), 0.0) if value is not None and not isinstance(value, str | tuple | list) else 0.0


def _escape(words: str) -> str:
    return escape(visible(words)).encode("ascii", "xmlcharrefreplace").decode()

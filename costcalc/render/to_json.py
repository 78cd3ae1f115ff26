"""JSON: exact integers, one line per row. Pure ASCII, so that no text can reach a terminal as an escape sequence."""

from __future__ import annotations

import json
import operator
from collections.abc import Iterable, Sequence
from typing import Any

from ..table import Table
from .options import Options

_LINE = 120  # characters; a longer list of texts gets one line for each


def render(tables: Sequence[Table], options: Options) -> str:
    """The document, or the tables themselves where there is none.

    Raises ``TypeError`` for what JSON can't hold and ``ValueError`` for NaN and infinities.
    """
    return _dump(_from_tables(tables) if options.document is None else options.document) + "\n"


def _from_tables(tables: Sequence[Table]) -> dict[str, object]:
    """One table as an object, several as a list under "tables"; rows map column ids to raw values."""
    every = [_from_table(table) for table in tables]
    return every[0] if len(every) == 1 else {"tables": every}


def _from_table(table: Table) -> dict[str, object]:
    ids = [column.id for column in table.columns]
    return {
        "title": table.title,
        "columns": ids,
        "rows": [dict(zip(ids, row, strict=True)) for row in table.rows],
        "totals": dict(table.totals),
        "notes": [*table.marks, *table.notes],
    }


def _dump(value: Any, depth: int = 0) -> str:
    """``value`` on one line, or opened one level deep with two spaces of indent."""
    if isinstance(value, dict) and value and (depth == 0 or _opens(value)):
        # A dict of one entry lets json itself write (or refuse) the key.
        keys = [_line({key: 0})[1:-2] for key in value]
        return _block("{}", (key + _dump(v, depth + 1) for key, v in zip(keys, value.values(), strict=True)), depth)
    if isinstance(value, list | tuple) and _opens(value):
        return _block("[]", (_dump(v, depth + 1) for v in value), depth)
    return _line(value)


def _opens(value: Any) -> bool:
    """Whether a container needs lines of its own: it holds objects in a list, or long texts."""
    if isinstance(value, dict):
        return any(_opens(v) for v in value.values())
    if isinstance(value, list | tuple):
        texts = [v for v in value if isinstance(v, str)]
        return any(isinstance(v, dict) or _opens(v) for v in value) or sum(map(len, texts)) > _LINE
    return False


def _block(brackets: str, items: Iterable[str], depth: int) -> str:
    indent = "  " * depth
    body = ",\n".join(f"{indent}  {item}" for item in items)
    return f"{brackets[0]}\n{body}\n{indent}{brackets[1]}"


def _line(value: Any) -> str:
    return json.dumps(value, default=_plain, allow_nan=False)


def _plain(value: Any) -> object:
    """Numbers that json doesn't know: fractions stay exact, integers of other kinds (NumPy's) become int."""
    from fractions import Fraction  # most documents have none, and its import takes 7 ms

    if isinstance(value, Fraction):
        return {"numerator": value.numerator, "denominator": value.denominator}
    try:
        return operator.index(value)
    except TypeError:
        raise TypeError(f"JSON can't hold {value!r} ({type(value).__name__})") from None

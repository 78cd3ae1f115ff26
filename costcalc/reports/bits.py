"""``--bits`` of ``show``: the bytes of the params at fewer bits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..errors import UsageError, quoted
from ..slimming import size
from ..table import Column, Table
from .columns import table_of
from .counted import Counted, Extra

_WIDTHS = (32, 16, 8, 4)

_COLUMNS = [
    Column("bits", "bits", "int", get=lambda pair: int(pair[1].name)),
    Column("params", "params", "count", get=lambda pair: pair[0].default.params),
    Column("bytes", "bytes", "count", get=lambda pair: pair[1].cost.params),
]


def add_bits(counted: Counted, values: Mapping[str, Any], bits: str) -> Table:
    """The table of the params' bytes at each of ``bits`` ("8", "8,4", "all"); ``counted`` gets a column for each.

    Raises :class:`UsageError`.
    """
    found = []
    for n in _numbers(bits):
        title = f"bytes at {n} bits" if n > 1 else "bytes at 1 bit"
        found.append(Extra(str(n), size(counted.network, values, n), [(f"bytes_{n}", title, "params")]))
    counted.extras += found
    table = table_of(_COLUMNS, [(counted, extra) for extra in found], "Size of the params")
    table.notes.append("Each tensor begins on a whole byte; without batch norm's running statistics.")
    return table


def _numbers(text: str) -> list[int]:
    if text == "all":
        return list(_WIDTHS)
    found = [int(word) if word.strip().isdecimal() else 0 for word in text.split(",")]
    if not all(1 <= n <= 64 for n in found):
        raise UsageError(f"--bits takes numbers from 1 to 64 such as 8 or 16,8,4, or all, not {quoted(text)}")
    return list(dict.fromkeys(found))

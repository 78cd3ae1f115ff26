"""``--prune`` of ``show``: what is left without a share of the channels, and of the weights."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from ..errors import UsageError, quoted
from ..slimming import prune_channels, prune_weights
from ..table import Column, Table
from . import parameters
from .columns import share, table_of
from .counted import Counted, Extra

_COLUMNS = [
    Column("pruned", "without", get=lambda cells: cells[0]),
    Column("params", "params", "count", get=lambda cells: cells[2].params),
    Column("params_share", "of params", "share", 4, get=lambda cells: share(cells[2].params, cells[1].params)),
    Column("mult_adds", "mult-adds", "count", get=lambda cells: cells[2].counted),
    Column("share", "of mult-adds", "share", 4, get=lambda cells: share(cells[2].counted, cells[1].mult_adds)),
]


def add_pruned(counted: Counted, values: Mapping[str, Any], prune: str) -> Table:
    """The table of what pruning leaves, ``prune`` being "0.3", "30%" or "3/10"; ``counted`` gets its columns.

    What can't be pruned is said in ``counted.not_pruned``. Raises :class:`UsageError` for what is no share.
    """
    part = _share(prune)
    found = []
    for what, without in (("channels", prune_channels), ("weights", prune_weights)):
        columns = [
            (f"{what}_params", f"params, {what} pruned", "params"),
            (f"{what}_mult_adds", f"mult-adds, {what} pruned", "counted"),
        ]
        try:
            found.append(Extra(what, without(counted.network, values, part), columns))
        except UsageError as e:
            counted.not_pruned[what] = e.message
    counted.extras += found
    cells = [(f"{prune} of the {extra.name}", counted.default, extra.cost) for extra in found]
    table = table_of(_COLUMNS, cells, "What pruning would leave")
    table.notes.append("Of every layer but the results', rounded layer by layer; nothing is said of accuracy or speed.")
    table.notes += [f"Without {prune} of the {what}: {problem}" for what, problem in counted.not_pruned.items()]
    return table


def _share(text: str) -> Fraction:
    """A share, exactly."""
    number = text.removesuffix("%")
    if parameters.number(number) is not None:
        found = Fraction(number) / (100 if number != text else 1)
        if 0 <= found < 1:
            return found
    raise UsageError(f"--prune takes a share from 0 to less than 1, such as 0.3 or 30%, not {quoted(text)}")

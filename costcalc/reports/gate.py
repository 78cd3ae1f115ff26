"""``--max`` of ``show``: whether a network keeps within budgets, and which layers cost most where it doesn't."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from ..errors import UsageError
from .columns import table_of
from .counted import Counted
from .memory import column_id
from .show_columns import columns_of

if TYPE_CHECKING:
    from ..space.budgets import CostBudget, Kind

PEAK = "peak_memory"
"""The budget of the largest of live_bytes."""
_NAMED = 3
"""Layers that are named: those that cost most."""


def read_budgets(texts: Iterable[str], kinds: Mapping[str, Kind]) -> list[CostBudget]:
    """The budgets of ``--max``. Raises :class:`UsageError` for a column of which there are two."""
    from ..space.budgets import read_budget  # which a network that has no budget does without

    found = [read_budget(text, kinds) for text in texts]
    for budget in found:
        if [other.column for other in found].count(budget.column) > 1:
            raise UsageError(f"{budget.column} has two budgets")
    return found


def beyond(counted: Counted, texts: Iterable[str]) -> list[str]:
    """A line for each budget that the network's totals are beyond: by how much, and in which layers most of it is.

    Raises :class:`UsageError` for a column that has no total.
    """
    columns = [column for column in columns_of(counted, "layer", raw=True) if column.adds in ("sum", "max")]
    name = columns_of(counted, "layer", raw=True)[0]
    table = table_of([name, *columns], counted.lines("layer"))
    kinds: dict[str, Kind] = {c.id: "bytes" if "bytes" in c.id else "count" for c in columns}
    for at in counted.memory:
        table.totals |= {column_id(id, at, counted.memory): total for id, total in at.totals.items()}
    if len(counted.memory) == 1:
        texts = [re.sub(rf"^\s*{PEAK}\b", "live_bytes", text) for text in texts]
    return [
        line
        for budget in read_budgets(texts, kinds)
        if (line := _line(counted.network.name, budget, table.totals[budget.column], table.index(budget.column), table))
    ]


def _line(network: str, budget: CostBudget, total: Any, place: int, table: Any) -> str:
    if budget.holds(total):
        return ""
    most = sorted((row for row in table.rows if row[place]), key=lambda row: -row[place])[:_NAMED]
    layers = ", ".join(f"{row[0]} {row[place]:,} ({row[place] / total:.1%})" for row in most)
    where = "the most at" if table.columns[place].adds == "max" else "most of it"
    return f"{network}: {above(budget, total)}; {where}: {layers}"


def above(budget: CostBudget, figure: Any) -> str:
    """By how much ``figure`` is above a budget, in words."""
    by = figure - budget.most
    percent = 100 * float(by / budget.most) if budget.most else 0
    share = f", {percent:,.0f} %" if percent >= 10 else f", {percent:.2g} %" if percent else ""
    return f"{budget.column} {figure:,} is {_number(by)} above {_number(budget.most)}{share}"


def _number(x: Any) -> str:
    return f"{int(x):,}" if x == int(x) else f"{float(x):,}"

"""The answer of ``sweep``: rows and matrices as tables, the head of its JSON, and what there is to say of it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from ..errors import CostcalcError, UsageError
from ..memory.asked import FLASH, PEAK
from ..space.budgets import Kind
from ..space.points import Product
from ..sweeping.asked import COUNTED, SPEC, SweepRequest, figures, require_column
from ..sweeping.forms import Rows
from ..sweeping.lines import as_json, as_lists, shown
from ..table import Column, Table
from .definition import MULT_ADDS
from .memory import memory_note
from .values import listed, with_format

MOST_ROWS = 10_000
"""Rows of a table for people, and cells of a matrix."""
TITLES = {"mult_adds": "mult-adds", PEAK: "RAM", FLASH: "weights"}
_KINDS: dict[str, Kind] = {"params": "count", "mult_adds": "count", COUNTED: "count", PEAK: "bytes", FLASH: "bytes"}
_UNITS = ((10**9, "billions"), (10**6, "millions"), (10**3, "thousands"))


def refuse_long(rows: int) -> None:
    """Raise :class:`UsageError` for a table that nobody reads."""
    if rows > MOST_ROWS:
        advice = "--where and --pareto leave fewer, --format csv or -o FILE.csv takes all"
        raise UsageError(f"more than {MOST_ROWS:,} rows are no table; {advice}")


def with_budgets(where: str, texts: Sequence[str], *, counted: bool, memory: bool) -> str:
    """The condition ``where`` and the budgets of ``--max``. Raises :class:`UsageError` for what is no budget."""
    if not texts:
        return where
    from .gate import read_budgets  # which knows all columns of show

    known = {name: _KINDS[name] for name in figures(counted=counted, memory=memory)}
    budgets = [f"{budget.column} <= {int(budget.most)}" for budget in read_budgets(texts, known)]
    return " and ".join([*([f"({where})"] if where else []), *budgets])


def rows_table(asked: SweepRequest, blocks: Sequence[Rows]) -> Table:
    """A row for each configuration."""
    made = Table([_column(asked, name) for name in asked.columns], [], heading(asked))
    for rows in blocks:
        cells = as_lists(rows)
        lists = [[_cell(value) for value in cells[name]] for name in asked.columns]
        made.rows += zip(*lists, strict=True)
    made.notes += _notes(asked)
    if not made.rows:
        made.notes.append("No configuration meets the condition." if asked.where else "No configuration is left.")
    return made


def _notes(asked: SweepRequest) -> list[str]:
    """What the figures count, and of what they are bytes."""
    return [MULT_ADDS] if asked.memory is None else [MULT_ADDS, memory_note(asked.memory)]


def heading(asked: SweepRequest) -> str:
    """The network and what is the same in all rows."""
    if len(asked.parts) > 1:
        return ""
    (part,) = asked.parts
    fixed = {**part.given, **{a.name: a.values[0] for a in part.points.axes if a.values.size == 1}}
    told = {name: shown(value) for name, value in fixed.items() if name not in asked.columns}
    return f"{part.word}: {listed(told)}" if told else part.word


def _column(asked: SweepRequest, name: str) -> Column:
    if name in asked.figures:
        return Column(name, TITLES.get(name, name), "count")
    return Column(name, name, "text" if name == SPEC else "int")


def _cell(value: Any) -> Any:
    return value if value is None or isinstance(value, int | float | str) else shown(value)


# -- a matrix


def require_grid(asked: SweepRequest, column: str) -> None:
    """Raise :class:`UsageError` unless two parameters vary, of one network, and there is such a figure."""
    require_column(column, asked.figures)
    for part in asked.parts:
        axes = [axis for axis in part.points.axes if axis.values.size > 1]
        if len(axes) != 2:
            vary = ", ".join(axis.name for axis in axes) or "none"
            raise UsageError(
                f"--grid is for two parameters that vary, such as --alpha 1,0.5 --res 224,192; here: {vary}"
            )
        if not isinstance(part.points, Product):
            raise UsageError("--grid is of all combinations, and --random draws some")
        if part.points.count > MOST_ROWS:
            raise UsageError(f"a matrix of {part.points.count:,} cells is none that anybody reads; leave --grid out")


def grids(asked: SweepRequest, blocks: Sequence[Rows], column: str, *, raw: bool) -> list[Table]:
    """A matrix of ``column`` for each network: the first parameter downwards, the second to the right.

    Other figures that don't vary along the second parameter stand behind it. ``raw`` is for programs: all digits.
    """
    made = [_grid(asked, k, blocks, column, raw=raw) for k in range(len(asked.parts))]
    made[-1].notes += _notes(asked)
    return made


def _grid(asked: SweepRequest, k: int, blocks: Sequence[Rows], column: str, *, raw: bool) -> Table:
    part = asked.parts[k]
    down, right = (axis for axis in part.points.axes if axis.values.size > 1)
    cells: dict[str, dict[tuple[Any, Any], Any]] = {name: {} for name in asked.figures}
    for rows in blocks:
        columns = as_lists(rows)
        for n in range(rows.size):
            if len(asked.parts) == 1 or columns["spec"][n] == part.word:
                at = (columns[down.name][n], columns[right.name][n])
                for name in asked.figures:
                    cells[name][at] = columns[name][n]
    constant = [name for name in asked.figures if name != column and _is_constant(cells[name], list(down.values))]
    word, scale = ("", 1) if raw else _unit(cells[column])
    columns_made = [Column(down.name, f"{TITLES.get(column, column)}{word}", "text")]
    columns_made += [Column(shown(value), shown(value), "int") for value in right.values]
    columns_made += [Column(name, TITLES.get(name, name), "count") for name in constant]
    lines = []
    for value in down.values:
        figures = [cells[column].get((value, other)) for other in right.values]
        texts = figures if raw else [_short(figure, scale, cells[column]) for figure in figures]
        rest = [next((f for (v, _), f in cells[name].items() if v == value), None) for name in constant]
        label = value if raw else f"{down.name} {shown(value)}"
        lines.append((_cell(label), *texts, *rest))
    return Table(columns_made, lines, heading(asked) if len(asked.parts) == 1 else part.word)


def _is_constant(cells: dict[tuple[Any, Any], Any], down: list[Any]) -> bool:
    found = {(v, figure) for (v, _), figure in cells.items()}
    return len(found) == len({v for v, _ in found}) and bool(found)


def _unit(cells: dict[tuple[Any, Any], Any]) -> tuple[str, int]:
    """The unit in which the largest figure has one to four digits before its point."""
    largest = max((figure for figure in cells.values() if figure is not None), default=0)
    for scale, word in _UNITS:
        if largest >= 10 * scale:
            return f", {word}", scale
    return "", 1


def _short(figure: Any, scale: int, cells: dict[tuple[Any, Any], Any]) -> Any:
    """A figure in its unit, all with as many decimals as the smallest needs for two digits."""
    if figure is None or scale == 1:
        return figure
    smallest = min(f for f in cells.values() if f)
    decimals = next((d for d in range(4) if smallest * 10**d >= 10 * scale), 4)
    whole = (2 * figure * 10**decimals + scale) // (2 * scale)
    digits = str(whole).rjust(decimals + 1, "0")
    return f"{digits[:-decimals]}.{digits[-decimals:]}" if decimals else digits


# -- JSON, and what is told on stderr


def json_head(asked: SweepRequest, told: dict[str, Any]) -> tuple[str, str]:
    """What stands before the rows of the document, and what behind them."""
    head = with_format({"asked": told})
    begin = ",\n".join(f"  {json.dumps(key)}: {json.dumps(value)}" for key, value in head.items())
    return f'{{\n{begin},\n  "rows": [', "]\n}\n"


def document(asked: SweepRequest, told: dict[str, Any], tables: Sequence[Table], grid: str | None) -> dict[str, Any]:
    """The JSON of matrices."""
    made = []
    for part, table in zip(asked.parts, tables, strict=True):
        down, right = (axis for axis in part.points.axes if axis.values.size > 1)
        made.append(
            {
                "spec": part.word,
                "down": {"name": down.name, "values": [as_json(v) for v in down.values]},
                "right": {"name": right.name, "values": [as_json(v) for v in right.values]},
                "figures": [list(row[1 : 1 + right.values.size]) for row in table.rows],
            }
        )
    return with_format({"asked": told, "figure": grid, "grids": made})


def told_of_invalid(asked: SweepRequest, invalid: int, first: tuple[int, dict[str, Any]] | None) -> str:
    """How many configurations can't be built, and why the first can't."""
    if first is None:
        return f"{invalid:,} of {asked.count:,} configurations can't be built and have no figures."
    k, values = first
    part = asked.parts[k]
    try:
        part.network.cost({**part.given, **values}).mult_adds  # noqa: B018 - for its error
        reason = "its counts are too large"
    except CostcalcError as e:
        reason = str(e)
    told = {name: shown(value) for name, value in values.items()}
    where = f"{part.word} at {listed(told)}" if told else part.word
    return f"{invalid:,} of {asked.count:,} configurations can't be built and have no figures; {where}: {reason}"

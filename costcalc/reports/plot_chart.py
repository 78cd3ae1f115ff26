"""A paper's picture redrawn: what is counted here from left to right, and upwards the accuracies that it prints."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from ..fitting.measured import figures
from ..network import SpecLoader
from ..papers.charts import PaperChart, find_chart
from ..papers.check import Checker, Result
from ..papers.figure import Figure
from ..papers.read import Paper, PrintedRow
from ..plotting import Scatter
from ..table import Column, Table, Value
from .definition import MULT_ADDS
from .plot_accuracy import AXES, TITLES

_VAL = "ap_val"
_ABSENT = "not modelled"


def chart(name: str) -> Scatter:
    """The picture that ``name``, PAPER:N, means. Raises :class:`UsageError` if there is none.

    A point whose printed figure isn't what comes out is hollow; so is one whose network isn't there, at that figure.
    """
    found = find_chart(name)
    rows = _rows(found)
    x, y = figures()[found.x], found.y[0]
    columns = [
        Column("label", "point", keep=7),
        Column("series", "series", keep=6),
        Column("spec", "network", keep=8),
        Column(x.id, x.title, "count"),
        Column("printed", "printed", keep=7),
        Column("off", "why hollow", keep=5),
        Column(y, TITLES[y], "int"),
        Column("of", "of", keep=4),
    ]
    order = ("label", "series", "spec", "x", "printed", "off", "y", "of")
    cells: list[tuple[Value, ...]] = [tuple(row[key] for key in order) for row in rows]
    short = found.paper.title.partition(":")[0]
    table = Table(columns, cells, f"{short}, Figure {found.figure}, redrawn: {found.about}", {}, _notes(found, rows))
    joined = [series.name for series in found.series if series.joined]
    return Scatter(table, x.id, y, "label", "series", joined, off="off", log=[x.id] * found.log, y_title=AXES[y])


def _notes(found: PaperChart, rows: Sequence[Mapping[str, Any]]) -> list[str]:
    sources = dict.fromkeys(found.paper.sources[series.table.source] for series in found.series)
    said = [f"Accuracies as printed: {'; '.join(sources)}.", *[MULT_ADDS] * (found.x == "mult_adds")]
    absent = sum(row["off"] == _ABSENT for row in rows)
    if off := sum(bool(row["off"]) for row in rows) - absent:
        said.append(
            f"Hollow: {off} of {len(rows)}, whose printed figure isn't what its own table's counting gives here."
        )
    if absent:
        said.append(f"Hollow too: {absent} of {len(rows)}, whose network isn't there, at the printed figure.")
    if found.differs:
        said.append(f"{found.differs[0].upper()}{found.differs[1:]}.")
    return said


def _rows(found: PaperChart) -> list[dict[str, Any]]:
    """The points, in the order of the series."""
    loader, checker = SpecLoader(), Checker([found.paper])
    rows = []
    for series in found.series:
        for row, label in series.picked():
            y = next((column for column in found.y if column in row.kept), None)
            figure = next((f for f in row.figures if f.measure == found.x), None)
            if y is None:
                continue
            result = None if figure is None else _checked(checker, found.paper, series.table, row, figure)
            x, off = _x(loader, row, found.x, result)
            if x is None:
                continue
            rows.append(
                {
                    "label": label, "series": series.name, "x": x, "off": off, "y": _percent(row.kept[y]),
                    "spec": _spec(row), "of": "val" if y == _VAL else "",
                    "printed": "" if figure is None or figure.printed is None else figure.printed.text,
                }
            )  # fmt: skip
    return rows


def _checked(checker: Checker, paper: Paper, table: Any, row: PrintedRow, figure: Figure) -> Result:
    """The state of one figure."""
    alone = type(row)(**{**row.__dict__, "figures": [figure]})
    tables = [type(table)(**{**table.__dict__, "rows": [alone]})]
    return checker.check([type(paper)(**{**paper.__dict__, "tables": tables})])[0]


def _x(loader: SpecLoader, row: PrintedRow, measure: str, result: Result | None) -> tuple[Any, str]:
    """The count, or of what isn't there the printed figure; and what is wrong with it."""
    if row.network is None:
        printed = None if result is None else result.figure.printed
        return (None if printed is None else int(printed.value)), _ABSENT
    cost = loader.network(row.network).cost(row.at)
    return getattr(cost, measure), "" if result is None or result.state == "match" else result.state.replace("_", " ")


def _spec(row: PrintedRow) -> str:
    if row.network is None:
        return row.label
    at = ",".join(f"{name}={value}" for name, value in row.at.items())
    return f"{row.network}:{at}" if at else row.network


def _percent(text: str) -> float:
    return float(Fraction(text.strip().rstrip("% ")))

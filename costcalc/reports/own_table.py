"""The table and the JSON of the verdicts on a person's own table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from ..conventions import DEFAULT
from ..papers import PrintedRow
from ..table import Column, Table
from ..units import exact
from .causes import cause_document, chance_document, chance_text
from .values import FORMAT, plain
from .verdicts import VERDICTS, TableColumn, Verdict, columns


def summary(found: Iterable[Verdict]) -> str:
    """One line that counts the verdicts."""
    names = [v.verdict for v in found]
    counts = ", ".join(f"{names.count(n)} {n.replace('_', ' ')}" for n in VERDICTS if n in names)
    return f"{len(names)} figure{'s' if len(names) != 1 else ''}: {counts}"


def verdict_tables(found: Sequence[Verdict], *, every: bool = False) -> list[Table]:
    """A table for each of the paper's, for people. ``every``: with the evidence."""
    groups: dict[int, list[Verdict]] = {}
    for v in found:
        groups.setdefault(id(v.table), []).append(v)
    shown = [
        Column("network", "network", "formula"), Column("figure", "figure"), Column("printed", "printed"),
        Column("computed", "computed"), Column("verdict", "verdict", "formula"),
    ]  # fmt: skip
    tables = []
    for group in groups.values():
        source = group[0].table
        counted = ", ".join(source.counted) or DEFAULT
        table = Table(shown, [], f"{group[0].paper.title}: {source.name}, counted as {counted}")
        last: PrintedRow | None = None
        for v in group:
            subject = "" if v.row is last else v.subject
            table.rows.append((subject, v.figure.measure.replace("_", "-"), _text(v), _shown(v.computed), v.words))
            last = v.row
        table.notes += [note for column in columns(group) for note in _of_column(column)]
        if every:
            table.notes += [text for v in group for text in _evidence(v)]
        tables.append(table)
    return tables


def _of_column(column: TableColumn) -> list[str]:
    """How a column seems to be counted, and cut: by the figures that come out one way or another."""
    name, notes, of = column.measure.replace("_", "-"), [], len(column.verdicts)
    if column.best != column.own:
        best, own = (column.support.get(c, 0) for c in (column.best, column.own))
        notes.append(f"{name}: as {column.best} counts, {best} of {of} come out; as {column.own}, {own}.")
    causes = [c for v in column.verdicts for c in v.causes[:1]]
    cut = sum(c.kinds == ("cut",) and c.cut == "truncated" for c in causes)
    rounded = sum(c.kinds == () and c.cut == "rounded" for c in causes)
    if cut and rounded:
        others = f"{rounded} other{'s come' if rounded > 1 else ' comes'} out only if rounded"
        notes.append(f"{name}: {cut} figure{'s are' if cut > 1 else ' is'} cut, where {others}.")
    elif cut > 1:
        notes.append(f"{name}: what is printed of the plain count fits a column that is cut, and not rounded.")
    return notes


def _evidence(v: Verdict) -> list[str]:
    about = f"{v.subject}, {v.figure.measure.replace('_', '-')}"
    found = [f"{about}: {c.evidence}" for c in v.causes[:1] if c.evidence]
    if v.chance is not None and v.figure.printed is not None:
        found.append(f"{about}: {chance_text(v.chance, v.figure.printed)}")
    return found


def _text(v: Verdict) -> str:
    return v.figure.printed.text if v.figure.printed else ""


def _shown(value: Any) -> str:
    return "" if value is None else exact(value if value == int(value) else round(value))


def verdict_rows(found: Iterable[Verdict]) -> Table:
    """All figures in one table, for programs."""
    ids = ("table", "network", "at", "figure", "printed", "computed", "verdict", "words", "place")
    table = Table([Column(name, name) for name in ids], [])
    for v in found:
        at = ", ".join(f"{k}={value}" for k, value in v.row.at.items())
        place = str(v.figure.text.place())
        table.rows.append(
            (v.table.name, v.row.network or v.row.label, at, v.figure.measure, _text(v), plain(v.computed), v.verdict,
             v.words, place)
        )  # fmt: skip
    return table


def verdict_document(found: Sequence[Verdict]) -> dict[str, object]:
    """The JSON: every figure with its causes, and how many have which verdict."""
    names = [v.verdict for v in found]
    return {
        "format": FORMAT,
        "figures": [
            {
                "table": v.table.name,
                "network": v.row.network or v.row.label,
                "meant": v.network or None,
                "at": {k: plain(value) for k, value in v.row.at.items()},
                "figure": v.figure.measure,
                "printed": _text(v) or None,
                "computed": plain(v.computed),
                "verdict": v.verdict,
                "words": v.words,
                "causes": [cause_document(c) for c in v.causes],
                "nearest": [cause_document(c) for c in v.nearest],
                "chance": chance_document(v.chance),
                "place": str(v.figure.text.place()),
            }
            for v in found
        ],
        "counts": {name: names.count(name) for name in VERDICTS},
    }

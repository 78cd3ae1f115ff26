"""``table``: networks as the rows of a paper's table, in a unit and to a number of digits; raw values for programs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ..errors import UsageError, nearest, quoted
from ..ops import size_text
from ..record import Record
from ..table import Column, Table, Typeset, Value
from ..units import exact, significant
from . import printed
from .columns import records, select, sort, table_of
from .counted import Counted
from .definition import MULT_ADDS, defined
from .printed import STANDARD, PaperRow
from .titles import title_of
from .values import FORMAT, plain

COUNTS = {"1": 1, "k": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}
BYTES = {
    "B": 1, "kB": 10**3, "MB": 10**6, "GB": 10**9, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30,
}  # fmt: skip
OF_MEMORY = ("weight_bytes", "peak_memory")
"""The columns that a definition of memory is needed for."""


class Face(Record):
    """How figures are shown: the unit of each column of things or bytes, and their significant digits."""

    units: Mapping[str, str]
    digits: int


def titled(
    words: Sequence[str], titles: Sequence[str], every: Sequence[tuple[Counted, Mapping[str, Any]]]
) -> list[str]:
    """The title of each network: one of ``titles``, which are in the order of the SPECs, or its own at its point.

    Two networks never have the same of their own. Raises :class:`UsageError` for more titles than SPECs.
    """
    if len(titles) > len(words):
        raise UsageError(f"there are {len(titles)} titles for {len(words)} SPEC{'s'[: len(words) != 1]}")
    own = [title_of(counted.network, given) for counted, given in every]
    own = [f"{title}, {word}" if own.count(title) > 1 else title for title, word in zip(own, words, strict=True)]
    return [title or mine for title, mine in zip([*titles, *[""] * (len(own) - len(titles))], own, strict=True)]


# -- columns


def columns_of(rows: Sequence[PaperRow], face: Face | None) -> list[Column]:
    """Every column, with raw values; figures that papers print are as ``face`` shows them, where there is one."""
    other = rows[0].counted.other
    ours = ", counted" if rows[0].printed is not None else ""
    columns = [
        Column("title", "Network", get=lambda row: row.title),
        Column("spec", "SPEC", get=lambda row: row.word),
        Column("year", "Year", "int", get=lambda row: row.counted.network.program.spec.year),
        Column("res", "Input", get=_input),
        Column("params", f"Params{ours}", "count", get=lambda row: row.counted.default.params),
        Column("mult_adds", f"Mult-adds{ours}", "count", get=lambda row: row.counted.default.mult_adds),
    ]
    if other is not None:
        columns += [
            Column("counted_params", "Params counted", "count", get=lambda row: row.counted.other.params),
            Column(
                "counted", _heading(other.unit), "count", get=lambda row: row.counted.work(row.counted.other.counted)
            ),
        ]
    if rows[0].use is not None:
        columns += [
            Column("weight_bytes", "Weights", "count", get=lambda row: plain(row.use.flash)),
            Column("peak_memory", "Peak memory", "count", get=lambda row: plain(row.use.peak)),
        ]
    if rows[0].printed is not None:
        powers = {unit: len(str(scale)) - 1 for unit, scale in COUNTS.items()}
        columns += printed.raw_columns() if face is None else printed.columns(face.units, powers)
    return columns


def _heading(unit: str) -> str:
    return unit[:1].upper() + unit[1:]


def _input(row: PaperRow) -> Value:
    """The size of the input: of several, each."""
    sizes = [size_text(tensor.size) for tensor in row.counted.default.graph.inputs.values()]
    typeset = (size.replace("x", r" \times ") for size in sizes)
    return Typeset(", ".join(sizes), ", ".join(f"${size}$" for size in typeset))


def standard(rows: Sequence[PaperRow], *, raw: bool) -> list[str]:
    """The columns that are shown unless others are asked for; ``raw``: to programs, which read no notes."""
    other = rows[0].counted.other
    if rows[0].printed is not None:
        states = [f"{measure}_{part}" for measure in printed.MEASURES.values() for part in ("state", "table")]
        return [*STANDARD, *(["spec", "res", "params", "mult_adds", *states] if raw else [])]
    differing = other is not None and any(row.counted.both_params for row in rows)
    ids = [
        "title",
        *["spec", "res"] * raw,
        "params",
        *["counted_params"] * differing,
        "mult_adds",
        *["counted"] * (other is not None),
    ]
    return [*ids, *(OF_MEMORY if rows[0].use is not None else ())]


def faces(text: str | None, digits: int | None) -> Face:
    """What ``--unit`` and ``--digits`` say: ``M``, or ``params=M,mult_adds=G,peak_memory=KiB``.

    Raises :class:`UsageError` for what isn't one.
    """
    units = dict.fromkeys(("params", "mult_adds", "counted_params", "counted"), "M") | dict.fromkeys(OF_MEMORY, "KiB")
    for item in (text or "").split(",") if text is not None else ():
        column, equals, unit = item.strip().rpartition("=")
        if equals and column not in units:
            there = f"; there are {', '.join(units)}"
            raise UsageError(f"no column with a unit is called {quoted(column)}{nearest(column, units)}{there}")
        asked = [column] if equals else list(units)
        known = [name for name in asked if unit in _scales(name)]
        if not known:
            takes = ", ".join(dict.fromkeys(u for name in asked for u in _scales(name)))
            raise UsageError(f"--unit takes {takes}, such as M or mult_adds=G, not {quoted(item.strip())}")
        units |= dict.fromkeys(known, unit)
    return Face(units, digits or 3)


# -- tables


def raw_table(rows: Sequence[PaperRow], columns: str | None, order: str | None, face: Face | None = None) -> Table:
    """The exact values, for programs; with ``face`` those that are to be shown so."""
    made = table_of(columns_of(rows, face), rows)
    if order is not None:
        sort(made, order)
    select(made, columns, standard(rows, raw=face is None))
    return made


def shown_table(rows: Sequence[PaperRow], columns: str | None, order: str | None, face: Face, *, brief: bool) -> Table:
    """The table for people: figures in their units, which the columns' titles have.

    ``brief`` is for the screen, whose notes are lines; those of a table to be pasted say all.
    """
    made = raw_table(rows, columns, order, face)
    shown = [_shown(column, face) for column in made.columns]
    made.columns = [column for column, _ in shown]
    made.rows = [tuple(show(v) for v, (_, show) in zip(row, shown, strict=True)) for row in made.rows]
    ids = [column.id for column in made.columns]
    made.notes = notes(rows, ids, brief=brief)
    if set(printed.MEASURES) & set(ids):
        made.marks = printed.marks(rows)
        made.notes += printed.notes(rows, brief=brief)
    return made


def _shown(column: Column, face: Face) -> tuple[Column, Callable[[Value], Value]]:
    """The column as people read it, and what a cell of it becomes."""
    unit = face.units.get(column.id)
    if unit is None:
        return column, lambda value: value
    scale = _scales(column.id)[unit]
    title = column.title if unit == "1" else f"{column.title} ({unit})"

    def show(value: Any) -> str:
        return exact(value) if scale == 1 else significant(value, scale, face.digits)

    return Column(column.id, title, "figure", column.keep), show


def _scales(column: str) -> Mapping[str, int]:
    return BYTES if column in OF_MEMORY else COUNTS


def notes(rows: Sequence[PaperRow], ids: Sequence[str], *, brief: bool) -> list[str]:
    """What the figures count, and at which input."""
    found, first = [], rows[0].counted
    if {"params", "mult_adds"} & set(ids):
        whole = "Mult-adds: one for each multiply-accumulate of convolutions and linear layers, batch 1."
        found.append(MULT_ADDS if brief else whole)
    if first.other is not None and {"counted", "counted_params"} & set(ids):
        convention = first.other.convention
        whole = f"{_heading(first.other.unit)}: {convention.name}. {convention.about}".rstrip()
        found.append(defined(convention) if brief else whole)
    if (use := rows[0].use) is not None and set(OF_MEMORY) & set(ids):
        bits = f"{use.bits} bits" + ("" if use.weight_bits == use.bits else f", weights of {use.weight_bits}")
        found.append(f"Memory by the definition {use.definition.name}, {bits}, batch {use.batch}.")
    if "res" not in ids:
        found.append(_inputs(rows))
    return found


def _inputs(rows: Sequence[PaperRow]) -> str:
    by_size: dict[str, list[str]] = {}
    for row in rows:
        by_size.setdefault(str(_input(row)), []).append(row.title)
    if len(by_size) == 1:
        return f"Input {next(iter(by_size))}."
    each = (f"{size}: {', '.join(titles)}" for size, titles in by_size.items())
    return f"Input {'; '.join(each)}."


def document(rows: Sequence[PaperRow], columns: str | None, order: str | None) -> dict[str, object]:
    """The JSON: exact values of the columns asked for."""
    made = raw_table(rows, columns, order)
    convention = (rows[0].counted.other or rows[0].counted.default).convention
    told: dict[str, object] = {"format": FORMAT, "convention": convention.name, "unit": convention.unit}
    if (use := rows[0].use) is not None:
        told["memory"] = {
            "definition": use.definition.name,
            "bits": use.bits,
            "weight_bits": use.weight_bits,
            "batch": use.batch,
        }
    return told | {"rows": [{id: plain(value) for id, value in record.items()} for record in records(made)]}

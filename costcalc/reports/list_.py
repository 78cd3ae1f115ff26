"""The tables and the JSON of ``list``: networks and their variants, and what they cost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..catalogue import Entry, conventions
from ..record import Record, fresh
from ..table import Column, Table
from .columns import records, select, table_of
from .columns import sort as sort_rows
from .definition import MULT_ADDS, defined
from .values import listed, plain, shown, with_format

if TYPE_CHECKING:
    from ..conventions import Convention
    from ..memory.asked import MemoryAsked
    from ..reconcile import Total


class Listed(Record):
    """A row: a network or variant, its total under a convention that is asked for, and its bytes by a definition.

    ``problem``: why there are no bytes. ``variants``: how many of its variants the row stands for; None where each has
    a row of its own.
    """

    entry: Entry
    total: Total | None = None
    bytes: Mapping[str, int] = fresh(default_factory=dict)
    problem: str = ""
    variants: int | None = None


PEAK, FLASH = "peak_memory", "weight_bytes"
"""As memory calls them, which a list from the index doesn't load."""


STANDARD = ("name", "family", "params", "mult_adds", "counted_params", "counted", PEAK, FLASH, "parameters", "title")
"""The columns for programs unless others are asked for, where the table has them."""
SHOWN = (
    "name", "year", "res", "params", "mult_adds", "counted_params", "counted", PEAK, FLASH,
    "variants", "scales", "family",
)  # fmt: skip
"""Those for people."""
_MAY_BE_EMPTY = ("year", "res", "variants", "scales")
_MAY_BE_EMPTY = ("year", "res", "variants", "scales")
PIPED = ("name", "params", "mult_adds", "counted_params", "counted", PEAK, FLASH, "res")
"""Those of a pipe: a value each, and none has blanks."""
_MAIN = "classification"
"""The task of most networks: unless something is asked for, its are listed."""


def _of(get: Callable[[Entry], Any]) -> Callable[[Listed], Any]:
    return lambda row: get(row.entry)


COLUMNS = (
    Column("name", "name", get=_of(lambda e: e.name)),
    Column("family", "family", keep=2, get=_of(lambda e: e.family)),
    Column("network", "network", keep=2, get=_of(lambda e: e.network)),
    Column("aliases", "aliases", keep=2, get=_of(lambda e: ", ".join(e.aliases))),
    Column("task", "task", keep=2, get=_of(lambda e: e.task)),
    Column("year", "year", "int", keep=5, get=_of(lambda e: e.year)),
    Column("res", "at", keep=5, get=_of(lambda e: shown(e.parameters.get("res", "")))),
    Column("parameters", "parameters", keep=4, get=_of(lambda e: listed(_told(e)))),
    Column("variants", "variants", keep=4, get=lambda row: f"+{row.variants}" if row.variants else ""),
    Column("scales", "scales", keep=3, get=_of(lambda e: _scales(e))),
    Column("title", "title", keep=3, get=_of(lambda e: "" if e.is_variant else e.title)),
    Column("params", "params", "count", get=_of(lambda e: e.params)),
    Column("mult_adds", "mult-adds", "count", get=_of(lambda e: e.mult_adds)),
)


def _scales(entry: Entry) -> str:
    """The declared values of the first two parameters that are numbers and no resolution: ``alpha 0.25..1``."""
    numbers = {name: [v for v in values if not isinstance(v, bool)] for name, values in entry.values.items()}
    told = [
        f"{name} {min(values)}..{max(values)}"
        for name, values in numbers.items()
        if name != "res" and len(values) > 1 and all(isinstance(v, int | float) for v in values)
    ]
    return ", ".join(told[:2])


def _told(entry: Entry) -> dict[str, Any]:
    """The defaults of a network; of a variant what its row of the spec says."""
    names = entry.sets if entry.is_variant else entry.parameters
    return {name: entry.parameters[name] for name in names}


Watched = Callable[[list[Entry]], Iterable[Entry]]
"""What goes through networks, and may tell how far it is."""


def counted(entries: list[Entry], convention: Convention | None, watched: Watched = iter) -> list[Listed]:
    """The rows, with each network's total under ``convention``; ``watched`` goes through them meanwhile."""
    if convention is None:
        return [Listed(entry) for entry in entries]
    from ..network import SpecLoader
    from ..reconcile import totals

    loader = SpecLoader()
    return [Listed(e, totals(loader.network(e.name), {}, [convention])[0]) for e in watched(entries)]


def add_bytes(rows: Iterable[Listed], asked: MemoryAsked) -> None:
    """The bytes of each network, which is built for that."""
    from ..errors import CostcalcError
    from ..network import SpecLoader

    loader = SpecLoader()
    for row in rows:
        cost = loader.network(row.entry.name).cost()
        try:
            row.bytes = asked.figures(cost.graph, cost.expanded)
        except CostcalcError as e:
            row.problem = e.message


def table(rows: list[Listed], memory: MemoryAsked | None = None, title: str = "") -> Table:
    """All columns."""
    notes, further = [MULT_ADDS], list[Column]()
    found = [row.total for row in rows if row.total is not None]
    for total in found[:1]:
        further = [Column("counted", f"counted ({total.convention.unit})", "count", get=lambda r: r.total.work)]
        if any(row.total.params != row.entry.params for row in rows if row.total is not None):
            further.append(Column("counted_params", "params counted", "count", get=lambda r: r.total.params))
        notes.append(defined(total.convention))
    if memory is not None:
        from .memory import memory_note

        further.append(Column(PEAK, "RAM", "count", get=lambda r: r.bytes.get(PEAK)))
        further.append(Column(FLASH, "weights", "count", get=lambda r: r.bytes.get(FLASH)))
        notes.append(memory_note(memory))
        notes += [f"{row.entry.name}: {row.problem}" for row in rows if row.problem]
    notes += [f"{r.entry.name}: {r.total.problem}" for r in rows if r.total is not None and r.total.problem]
    made = table_of([*COLUMNS, *further], rows, title)
    made.notes = notes
    return made


def rows_table(
    rows: list[Listed],
    ids: Sequence[str],
    columns: str | None,
    sort: str | None,
    memory: MemoryAsked | None,
    *,
    raw: bool,
) -> Table:
    """One table for programs; ``raw``: figures are digits alone, and titles are the columns' ids."""
    made = _selected(table(rows, memory), ids, columns, sort)
    if raw:
        made.columns = [Column(c.id, c.id, "int" if c.kind == "count" else c.kind) for c in made.columns]
        made.notes = []
    return made


def _selected(made: Table, standard: Sequence[str], columns: str | None, sort: str | None) -> Table:
    """The rows in the order, and the columns, that are asked for."""
    if sort is not None:
        sort_rows(made, sort)
    there = {column.id for column in made.columns}
    select(made, columns, [name for name in standard if name in there])
    return made


# -- for people


def folded_rows(found: list[Entry], convention: Convention | None, watched: Watched = iter) -> list[Listed]:
    """A network's variants in one row with it, and how many; a variant whose network isn't found has its own."""
    networks = {entry.network for entry in found if not entry.is_variant}
    variants = Counter(entry.network for entry in found if entry.is_variant)
    rows = counted([e for e in found if not e.is_variant or e.network not in networks], convention, watched)
    for row in rows:
        row.variants = 0 if row.entry.is_variant else variants[row.entry.network]
    return rows


def main_task(found: list[Entry]) -> tuple[list[Entry], str]:
    """Those of the task of most networks, and which others there are."""
    tasks = Counter(entry.task for entry in found if not entry.is_variant)
    first, *others = (f"{task} ({n})" for task, n in tasks.most_common() if task != _MAIN)
    rest = f", {', '.join(others[:2])}, {len(others) - 2} more tasks" if len(others) > 2 else ""
    return [entry for entry in found if entry.task == _MAIN], f"Others: costcalc list {first}{rest}"


def tables(
    rows: list[Listed], every: list[Entry], columns: str | None, sort: str | None, memory: MemoryAsked | None
) -> list[Table]:
    """The rows of each task, the least expensive first; the task of most networks last, where a terminal ends."""
    tasks = Counter(row.entry.task for row in rows)
    rows = sorted(rows, key=lambda row: (row.entry.mult_adds, row.entry.params))
    made = []
    for task in sorted(tasks, key=lambda task: (task == _MAIN, tasks[task])):
        title = task.replace("_", " ").capitalize()
        of_task = table([row for row in rows if row.entry.task == task], memory, title)
        told = [id for id in SHOWN if id not in _MAY_BE_EMPTY or any(row[of_task.index(id)] for row in of_task.rows)]
        made.append(_selected(of_task, told, columns, sort))
    for one in made[:-1]:
        one.notes = one.notes[len(made[-1].notes) :]
    if made:
        here, networks = len({row.entry.network for row in rows}), len({entry.network for entry in every})
        said = f"{here} of {networks} networks; {len(every)} names with all variants: costcalc list --all"
        made[-1].answer.append(said)
    return made


# -- conventions

_CONVENTIONS = (
    Column("convention", "convention", get=lambda c: c["convention"]),
    Column("unit", "unit", get=lambda c: c["unit"]),
    Column("tool", "tool", keep=2, get=lambda c: c["tool"]),
    Column("about", "what it is", get=lambda c: c["about"]),
)


def conventions_table() -> Table:
    """The shipped conventions in a line each."""
    made = table_of(_CONVENTIONS, conventions())
    made.answer = ["What one counts: costcalc explain convention NAME"]
    return made


# -- JSON


def document(
    rows: list[Listed], columns: str | None, sort: str | None, memory: MemoryAsked | None
) -> dict[str, object]:
    """The JSON of all rows, or of the ``columns`` of each."""
    made, documents = table(rows, memory), {row.entry.name: _entry(row) for row in rows}
    if sort is not None:
        sort_rows(made, sort)
    names = [str(row[0]) for row in made.rows]
    if columns is None:
        return with_format({"networks": [documents[name] for name in names]})
    select(made, columns, ())
    pairs = zip(names, records(made), strict=True)
    return with_format(
        {"networks": [{id: documents[name].get(id, cell) for id, cell in row.items()} for name, row in pairs]}
    )


def _entry(row: Listed) -> dict[str, object]:
    """The JSON of a network: every parameter, raw values."""
    entry, total = row.entry, row.total
    own: dict[str, object] = {}
    if total is not None:
        own = {"counted_params": plain(total.params), "counted": plain(total.work)}
        own |= {"convention": total.convention.name, "unit": total.convention.unit}
    if row.bytes or row.problem:
        own |= {PEAK: row.bytes.get(PEAK), FLASH: row.bytes.get(FLASH)}
    return {
        "name": entry.name,
        "network": entry.network,
        "family": entry.family,
        "title": entry.title,
        "task": entry.task,
        "year": entry.year,
        "aliases": entry.aliases,
        "parameters": entry.parameters,
        "params": entry.params,
        "mult_adds": entry.mult_adds,
        **own,
    }

"""The table and the JSON of ``list``: networks and their variants, and what they cost."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from ..catalogue import Entry
from ..errors import UsageError, nearest, quoted
from ..language.index import folded
from ..record import Record, fresh
from ..table import Column, Table
from .columns import table_of
from .values import listed, plain

if TYPE_CHECKING:
    from ..conventions import Convention
    from ..memory.asked import MemoryAsked
    from ..reconcile import Total


class Listed(Record):
    """A row: a network or variant, its total under a convention that is asked for, and its bytes by a definition.

    ``problem``: why there are no bytes.
    """

    entry: Entry
    total: Total | None = None
    bytes: Mapping[str, int] = fresh(default_factory=dict)
    problem: str = ""


PEAK, FLASH = "peak_memory", "weight_bytes"
"""As memory calls them, which a list from the index doesn't load."""
STANDARD = ("name", "family", "params", "mult_adds", "counted_params", "counted", PEAK, FLASH, "parameters", "title")
"""The columns that are shown unless others are asked for, where the table has them."""


def _of(get: Callable[[Entry], Any]) -> Callable[[Listed], Any]:
    return lambda row: get(row.entry)


COLUMNS = (
    Column("name", "name", get=_of(lambda e: e.name)),
    Column("family", "family", keep=2, get=_of(lambda e: e.family)),
    Column("network", "network", keep=2, get=_of(lambda e: e.network)),
    Column("aliases", "aliases", keep=2, get=_of(lambda e: ", ".join(e.aliases))),
    Column("task", "task", keep=2, get=_of(lambda e: e.task)),
    Column("year", "year", "int", keep=2, get=_of(lambda e: e.year)),
    Column("parameters", "parameters", keep=4, get=_of(lambda e: listed(_told(e)))),
    Column("title", "title", keep=3, get=_of(lambda e: "" if e.is_variant else e.title)),
    Column("params", "params", "count", get=_of(lambda e: e.params)),
    Column("mult_adds", "mult-adds", "count", get=_of(lambda e: e.mult_adds)),
)


def _told(entry: Entry) -> dict[str, Any]:
    """The defaults of a network; of a variant what its row of the spec says."""
    names = entry.sets if entry.is_variant else entry.parameters
    return {name: entry.parameters[name] for name in names}


def matching(entries: list[Entry], words: tuple[str, ...]) -> list[Entry]:
    """Those with every word in a name or as family or task; if there are none, those with it in the title."""
    found = [entry for entry in entries if all(_is_called(entry, folded(word)) for word in words)]
    return found or [entry for entry in entries if all(_is_about(entry, folded(word)) for word in words)]


def _is_called(entry: Entry, word: str) -> bool:
    names = (entry.name, entry.network, *entry.aliases, *entry.points)
    return any(word in folded(name) for name in names) or word in (folded(entry.family), folded(entry.task))


def _is_about(entry: Entry, word: str) -> bool:
    return _is_called(entry, word) or word in folded(entry.title) or word in folded(entry.family)


def of_family(entries: list[Entry], family: str) -> list[Entry]:
    """Those of a family. Raises :class:`UsageError` if there is none."""
    found = [entry for entry in entries if entry.family.lower() == family.lower()]
    if not found:
        known = list(dict.fromkeys(entry.family for entry in entries if entry.family))
        there = f"; there are {', '.join(known)}"
        raise UsageError(f"no family is called {quoted(family)}{nearest(family, known)}{there}")
    return found


def nothing(words: tuple[str, ...], family: str | None, entries: list[Entry]) -> str:
    """That no network was found, with the name nearest to a single word."""
    where = "" if family is None else f" of the family {quoted(family)}"
    close = ""
    if len(words) == 1:
        close = nearest(words[0].lower(), [name for e in entries for name in (e.name, *e.aliases, *e.points)])
    return f"No network{where} matches {' '.join(map(quoted, words))}{close}."


def counted(entries: list[Entry], convention: Convention | None) -> list[Listed]:
    """The rows, with each network's total under ``convention``."""
    if convention is None:
        return [Listed(entry) for entry in entries]
    from ..network import SpecLoader
    from ..reconcile import totals

    loader = SpecLoader()
    return [Listed(e, total) for e in entries for total in totals(loader.network(e.name), {}, [convention])]


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


def table(rows: list[Listed], about: str, memory: MemoryAsked | None = None) -> Table:
    """All columns; ``about`` says what the costs count."""
    notes = [f"mult-adds, params: {about}"]
    further: list[Column] = []
    found = [row.total for row in rows if row.total is not None]
    for total in found[:1]:
        further = [Column("counted", f"counted ({total.convention.unit})", "count", get=lambda r: r.total.work)]
        if any(row.total.params != row.entry.params for row in rows if row.total is not None):
            further.append(Column("counted_params", "params counted", "count", get=lambda r: r.total.params))
        notes.append(f"counted: {total.convention.name}. {total.convention.about}")
    if memory is not None:
        from .memory import memory_note

        further.append(Column(PEAK, "RAM", "count", get=lambda r: r.bytes.get(PEAK)))
        further.append(Column(FLASH, "weights", "count", get=lambda r: r.bytes.get(FLASH)))
        notes.append(memory_note(memory))
        notes += [f"{row.entry.name}: {row.problem}" for row in rows if row.problem]
    notes += [f"{r.entry.name}: {r.total.problem}" for r in rows if r.total is not None and r.total.problem]
    made = table_of([*COLUMNS, *further], rows)
    made.notes = notes
    return made


def document(row: Listed) -> dict[str, object]:
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

"""The table and the JSON documents of ``list``: networks and their variants, and what they cost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from ..errors import UsageError, nearest, quoted
from ..network import Network
from ..reconcile import Total, totals
from ..table import Column, Table
from . import parameters
from .values import plain

if TYPE_CHECKING:
    from ..conventions import Convention
    from ..cost import Cost

COSTS = ("params", "mult_adds")
"""The columns that take longer: they are there if asked for."""


class Entry(NamedTuple):
    """A network, or a variant of one."""

    network: Network

    @property
    def is_variant(self) -> bool:
        return self.network.variant is not None

    @property
    def aliases(self) -> list[str]:
        return [] if self.is_variant else self.network.program.spec.aliases

    @property
    def values(self) -> dict[str, Any]:
        """The defaults of a network; of a variant what its row of the table says."""
        every = self.network.parameters
        if not self.is_variant:
            return every
        return {name: every[name] for name in self.network.program.spec.variants[self.network.name].values}

    def matches(self, word: str) -> bool:
        """Whether the name, family, title or an alias has ``word`` in it."""
        spec = self.network.program.spec
        texts = (self.network.name, spec.name, self.network.family, self.network.title, *self.aliases)
        return any(word.lower() in text.lower() for text in texts)


def of_family(entries: list[Entry], family: str) -> list[Entry]:
    """Those of a family. Raises :class:`UsageError` if there is none."""
    found = [entry for entry in entries if entry.network.family.lower() == family.lower()]
    if not found:
        known = list(dict.fromkeys(entry.network.family for entry in entries if entry.network.family))
        there = f"; there are {', '.join(known)}"
        raise UsageError(f"no family is called {quoted(family)}{nearest(family, known)}{there}")
    return found


def nothing(words: tuple[str, ...], family: str | None, entries: list[Entry]) -> str:
    """That no network was found, with the name nearest to a single word."""
    where = "" if family is None else f" of the family {quoted(family)}"
    close = ""
    if len(words) == 1:
        close = nearest(words[0].lower(), [name for e in entries for name in (e.network.name, *e.aliases)])
    return f"No network{where} matches {' '.join(map(quoted, words))}{close}."


def only(document: dict[str, object], ids: list[str] | None) -> dict[str, object]:
    """What the columns ``ids`` ask for, or all."""
    return document if ids is None else {name: document[name] for name in ids}


def own_columns(figures: list[Cost], counted: list[Total]) -> list[str]:
    """The columns of another convention, where it differs in them."""
    differ = any(cost.params != total.params for cost, total in zip(figures, counted, strict=bool(counted)))
    return [*["counted_params"] * differ, *["counted"] * bool(counted)]


def totals_of(entries: list[Entry], convention: Convention) -> list[Total]:
    """What ``convention`` makes of each network."""
    return [total for entry in entries for total in totals(entry.network, {}, [convention])]


def table(entries: list[Entry], figures: list[Cost], counted: list[Total]) -> Table:
    """All columns; without ``figures`` those of the costs are empty."""
    columns = [
        Column("name", "name"),
        Column("family", "family", keep=2),
        Column("network", "network", keep=2),
        Column("aliases", "aliases", keep=2),
        Column("parameters", "parameters"),
        Column("title", "title", keep=3),
        Column("params", "params", "count"),
        Column("mult_adds", "mult-adds", "count"),
    ]
    if counted:
        unit = counted[0].convention.unit
        columns += [
            Column("counted_params", "params counted", "count"),
            Column("counted", f"counted ({unit})", "count"),
        ]
    rows: list[tuple[Any, ...]] = []
    for k, entry in enumerate(entries):
        network = entry.network
        family, aliases = network.family, ", ".join(entry.aliases)
        title = "" if entry.is_variant else network.title
        values = parameters.listed(entry.values)
        cost = (figures[k].params, figures[k].mult_adds) if figures else (None, None)
        own = (counted[k].params, counted[k].work) if counted else ()
        rows.append((network.name, family, network.program.spec.name, aliases, values, title, *cost, *own))
    about = [f"mult-adds, params: {first.convention.about}" for first in figures[:1]]
    about += [f"counted: {first.convention.name}. {first.convention.about}" for first in counted[:1]]
    about += [f"{entry.network.name}: {t.problem}" for entry, t in zip(entries, counted, strict=False) if t.problem]
    return Table(columns, rows, notes=about or ["With params and mult-adds: costcalc list --costs"])


def document(entries: list[Entry], figures: list[Cost], counted: list[Total]) -> list[dict[str, object]]:
    """The JSON: an object for each network."""
    documents: list[dict[str, object]] = []
    for entry in entries:
        network = entry.network
        documents.append(
            {
                "name": network.name,
                "network": network.program.spec.name,
                "family": network.family,
                "title": network.title,
                "aliases": entry.aliases,
                "parameters": {name: plain(value) for name, value in network.parameters.items()},
            }
        )
    for found, cost in zip(documents, figures, strict=bool(figures)):
        found |= {"params": cost.params, "mult_adds": cost.mult_adds}
    for found, total in zip(documents, counted, strict=bool(counted)):
        found |= {"counted_params": plain(total.params), "counted": plain(total.work)}
        found |= {"convention": total.convention.name, "unit": total.convention.unit}
    return documents

"""``costcalc list``: which networks and variants there are, and what they cost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import click

from ..errors import UsageError, nearest, quoted
from ..network import Network, networks
from ..reports import columns as arrange
from ..reports import parameters
from ..table import Column, Table
from .options import complete_conventions, example, output_options
from .output import write_tables
from .specs import open_convention

if TYPE_CHECKING:
    from ..conventions import Convention
    from ..cost import Cost
    from ..reconcile import Total

_COSTS = ("params", "mult_adds")


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


@click.command(
    "list",
    epilog=example(
        "costcalc list mobilenet v2", "costcalc list --family mobile --sort -mult_adds", "costcalc list se_ --costs"
    ),
)
@click.argument("words", metavar="[WORD]...", nargs=-1)
@click.option("--family", metavar="NAME", help="Only the networks of a family.")
@click.option("--costs", is_flag=True, help="Also params and mult-adds at these parameters, which takes longer.")
@click.option(
    "--columns", metavar="ID,…", help="These columns, in this order (params and mult_adds too); a wrong one lists all."
)
@click.option(
    "--sort",
    metavar="COLUMN",
    help="Order the rows: figures from the largest, text from A to Z; -COLUMN the other way round. "
    "By params or mult_adds it shows them too.",
)
@click.option(
    "--convention",
    metavar="NAME",
    shell_complete=complete_conventions,
    help="With params and work by this convention: a shipped one, or a YAML file.",
)
@output_options
def list_(
    words: tuple[str, ...],
    family: str | None,
    costs: bool,
    columns: str | None,
    sort: str | None,
    convention: str | None,
    fmt: str,
    output: str | None,
) -> None:
    """Networks and their variants, with the parameters they have by default.

    Each WORD must be part of the name, title, family or an alias; upper or lower case is all the same.
    """
    every = [Entry(network) for network in networks()]
    every.sort(key=lambda e: (e.network.family.lower(), e.network.program.spec.name.lower()))
    entries = every if family is None else _of_family(every, family)
    entries = [entry for entry in entries if all(entry.matches(word) for word in words)]
    if not entries:
        click.echo(_nothing(words, family, every), err=True)
    asked = {name.strip() for name in (columns or "").split(",")}
    chosen = None if convention is None else open_convention(convention)
    costs = costs or chosen is not None or (sort or "").removeprefix("-") in _COSTS or not asked.isdisjoint(_COSTS)
    figures = [entry.network.cost() for entry in entries] if costs else []
    counted = [] if chosen is None else _counted(entries, chosen)
    table = _table(entries, figures, counted)
    if sort is not None:
        arrange.sort(table, sort)
    names = [row[0] for row in table.rows]
    standard = ["name", "family", *(_COSTS if costs else ()), *_own(figures, counted), "parameters", "title"]
    arrange.select(table, columns, standard)
    if fmt == "json":
        documents = {str(document["name"]): document for document in _document(entries, figures, counted)}
        ids = None if columns is None else [column.id for column in table.columns]
        write_tables([], fmt, output, [_only(documents[str(name)], ids) for name in names])
        return
    write_tables([table], fmt, output)


def _of_family(entries: list[Entry], family: str) -> list[Entry]:
    found = [entry for entry in entries if entry.network.family.lower() == family.lower()]
    if not found:
        known = list(dict.fromkeys(entry.network.family for entry in entries if entry.network.family))
        there = f"; there are {', '.join(known)}"
        raise UsageError(f"no family is called {quoted(family)}{nearest(family, known)}{there}")
    return found


def _nothing(words: tuple[str, ...], family: str | None, entries: list[Entry]) -> str:
    """That no network was found, with the name nearest to a single word."""
    where = "" if family is None else f" of the family {quoted(family)}"
    close = ""
    if len(words) == 1:
        close = nearest(words[0].lower(), [name for e in entries for name in (e.network.name, *e.aliases)])
    return f"No network{where} matches {' '.join(map(quoted, words))}{close}."


def _only(document: dict[str, object], ids: list[str] | None) -> dict[str, object]:
    return document if ids is None else {name: document[name] for name in ids}


def _own(figures: list[Cost], counted: list[Total]) -> list[str]:
    """The columns of another convention, where it differs in them."""
    differ = any(cost.params != total.params for cost, total in zip(figures, counted, strict=bool(counted)))
    return [*["counted_params"] * differ, *["counted"] * bool(counted)]


def _counted(entries: list[Entry], convention: Convention) -> list[Total]:
    from ..reconcile import totals

    return [total for entry in entries for total in totals(entry.network, {}, [convention])]


def _table(entries: list[Entry], figures: list[Cost], counted: list[Total]) -> Table:
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


def _document(entries: list[Entry], figures: list[Cost], counted: list[Total]) -> list[dict[str, object]]:
    from ..reports.document import plain

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
    for document, cost in zip(documents, figures, strict=bool(figures)):
        document |= {"params": cost.params, "mult_adds": cost.mult_adds}
    for document, total in zip(documents, counted, strict=bool(counted)):
        document |= {"counted_params": plain(total.params), "counted": plain(total.work)}
        document |= {"convention": total.convention.name, "unit": total.convention.unit}
    return documents

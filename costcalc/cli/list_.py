"""``costcalc list``: which networks and variants there are, and what they cost."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from ..errors import UsageError, nearest, quoted
from ..network import Network, network_from
from ..spec.find import open_shipped, shipped
from ..table import Column, Table
from . import arrange, parameters
from .options import example, output_options
from .output import write_tables

if TYPE_CHECKING:
    from ..cost import Cost


class Entry(NamedTuple):
    """A network, or a variant of one."""

    network: Network
    is_variant: bool

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


@click.command("list", epilog=example("costcalc list mobilenet --costs", "costcalc list --family mobile --sort name"))
@click.argument("words", metavar="[WORD]...", nargs=-1)
@click.option("--family", metavar="NAME", help="Only the networks of a family.")
@click.option("--costs", is_flag=True, help="Also params and mult-adds at these parameters, which takes longer.")
@click.option("--columns", metavar="ID,…", help="These columns, in this order; a wrong one lists all.")
@click.option(
    "--sort",
    metavar="COLUMN",
    help="Order the rows: figures from the largest, text from A to Z; -COLUMN the other way round.",
)
@output_options
def list_(
    words: tuple[str, ...],
    family: str | None,
    costs: bool,
    columns: str | None,
    sort: str | None,
    fmt: str,
    output: str | None,
) -> None:
    """Networks and their variants, with the parameters they have by default.

    Each WORD must be part of the name, title, family or an alias; upper or lower case is all the same.
    """
    entries = sorted(_entries(), key=lambda e: (e.network.family.lower(), e.network.program.spec.name.lower()))
    if family is not None:
        entries = _of_family(entries, family)
    entries = [entry for entry in entries if all(entry.matches(word) for word in words)]
    if not entries:
        click.echo(f"No network matches {' '.join(map(quoted, words))}.", err=True)
    figures = [entry.network.cost() for entry in entries] if costs else []
    if fmt == "json":
        write_tables([], fmt, output, _document(entries, figures))
        return
    table = _table(entries, figures)
    if sort is not None:
        arrange.sort(table, sort)
    with_costs = ["params", "mult_adds"] if costs else []
    arrange.select(table, columns, ["name", "family", *with_costs, "parameters", "title"])
    write_tables([table], fmt, output)


def _entries() -> Iterator[Entry]:
    """Every shipped network, each before its variants."""
    for path in shipped("networks").values():
        network = network_from(open_shipped(path))
        yield Entry(network, False)
        for variant in network.variants:
            yield Entry(Network(network.program, variant), True)


def _of_family(entries: list[Entry], family: str) -> list[Entry]:
    found = [entry for entry in entries if entry.network.family.lower() == family.lower()]
    if not found:
        known = list(dict.fromkeys(entry.network.family for entry in entries if entry.network.family))
        there = f"; there are {', '.join(known)}"
        raise UsageError(f"no family is called {quoted(family)}{nearest(family, known)}{there}")
    return found


def _table(entries: list[Entry], figures: list[Cost]) -> Table:
    columns = [
        Column("name", "name"),
        Column("family", "family", keep=2),
        Column("network", "network", keep=2),
        Column("aliases", "aliases", keep=2),
        Column("parameters", "parameters"),
        Column("title", "title", keep=3),
    ]
    rows: list[tuple[Any, ...]] = []
    for entry in entries:
        network = entry.network
        family, aliases = network.family, ", ".join(entry.aliases)
        title = "" if entry.is_variant else network.title
        values = parameters.listed(entry.values)
        rows.append((network.name, family, network.program.spec.name, aliases, values, title))
    table = Table(columns, rows, notes=["With params and mult-adds: costcalc list --costs"])
    if figures:
        table.columns = [*columns, Column("params", "params", "count"), Column("mult_adds", "mult-adds", "count")]
        table.rows = [(*row, cost.params, cost.mult_adds) for row, cost in zip(rows, figures, strict=True)]
        table.notes = [f"mult-adds, params: {figures[0].convention.about}"]
    return table


def _document(entries: list[Entry], figures: list[Cost]) -> list[dict[str, object]]:
    from .document import plain

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
    return documents

"""``costcalc list``: which networks and variants there are, and what they cost."""

from __future__ import annotations

import click

from ..network import networks
from ..reports import columns as arrange
from ..reports.list_ import COSTS, Entry, document, nothing, of_family, only, own_columns, table, totals_of
from ..reports.values import with_format
from .options import columns_option, convention_option, example, output_options, sort_option
from .output import write_tables
from .specs import open_convention


@click.command(
    "list",
    epilog=example(
        "costcalc list mobilenet v2", "costcalc list --family mobile --sort -mult_adds", "costcalc list se_ --costs"
    ),
)
@click.argument("words", metavar="[WORD]...", nargs=-1)
@click.option("--family", metavar="NAME", help="Only the networks of a family.")
@click.option("--costs", is_flag=True, help="Also params and mult-adds at these parameters, which takes longer.")
@columns_option(" (params and mult_adds too)")
@sort_option("By params or mult_adds it shows them too.")
@convention_option("With params and work by this convention")
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
    entries = every if family is None else of_family(every, family)
    entries = [entry for entry in entries if all(entry.matches(word) for word in words)]
    if not entries:
        click.echo(nothing(words, family, every), err=True)
    asked = {name.strip() for name in (columns or "").split(",")}
    chosen = None if convention is None else open_convention(convention)
    costs = costs or chosen is not None or (sort or "").lstrip("+-") in COSTS or not asked.isdisjoint(COSTS)
    figures = [entry.network.cost() for entry in entries] if costs else []
    counted = [] if chosen is None else totals_of(entries, chosen)
    made = table(entries, figures, counted)
    if sort is not None:
        arrange.sort(made, sort)
    names = [row[0] for row in made.rows]
    standard = ["name", "family", *(COSTS if costs else ()), *own_columns(figures, counted), "parameters", "title"]
    arrange.select(made, columns, standard)
    if fmt == "json":
        documents = {str(found["name"]): found for found in document(entries, figures, counted)}
        ids = None if columns is None else [column.id for column in made.columns]
        write_tables([], fmt, output, with_format({"networks": [only(documents[str(name)], ids) for name in names]}))
        return
    write_tables([made], fmt, output)
